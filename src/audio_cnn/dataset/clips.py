"""Audio data sets on disk: which clip is of which class and fold."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from audio_cnn.dataset.sources import source_name
from audio_cnn.errors import DatasetError
from audio_cnn.labels import ESC50

AUDIO_SUFFIXES = frozenset(
    {".wav", ".wave", ".bwf", ".rf64", ".w64", ".flac", ".mp3", ".mp2", ".ogg", ".oga", ".opus"}
    | {".aif", ".aiff", ".aifc", ".au", ".snd", ".caf", ".voc", ".m4a", ".m4b", ".aac", ".amr"}
    | {".mp4", ".m4v", ".mov", ".3gp", ".3g2", ".mka", ".mkv", ".weba", ".webm", ".wma", ".wmv"}
    | {".wv", ".tta", ".avi", ".flv", ".mpg", ".mpeg"}
)
FOLDS = 5
ESC50_NAME = re.compile(r"([1-5])-\d+-[A-Z]-\d+")


@dataclass(frozen=True)
class Clip:
    """One labelled recording.

    Attributes:
        target: class index.
        fold: cross-validation fold, 1-based.
    """

    path: Path
    target: int
    fold: int


@dataclass(frozen=True)
class ClipSet:
    """Labelled recordings with their classes."""

    clips: tuple[Clip, ...]
    class_names: tuple[str, ...]


def find_clips(folder: Path) -> ClipSet:
    """Read ESC-50's own layout, or any folder with one sub-folder for each class.

    Raises:
        DatasetError: neither layout.
    """
    if not folder.is_dir():
        raise DatasetError(f"no such folder: {folder}")
    if (folder / "meta" / "esc50.csv").is_file():
        return esc50_clips(folder)
    return folder_clips(folder)


def esc50_clips(folder: Path) -> ClipSet:
    """Clips of ESC-50 as published: ``audio/`` and ``meta/esc50.csv``.

    Source: https://github.com/karolpiczak/ESC-50

    Raises:
        DatasetError: the table is damaged, or clips it lists are missing.
    """
    try:
        with (folder / "meta" / "esc50.csv").open(newline="", encoding="utf-8") as file:
            clips = tuple(
                Clip(folder / "audio" / row["filename"], int(row["target"]), int(row["fold"]))
                for row in csv.DictReader(file)
            )
    except (OSError, KeyError, TypeError, ValueError, csv.Error) as error:  # TypeError: too short a row
        raise DatasetError(f"{folder}/meta/esc50.csv is not ESC-50's table: {error!r}") from error
    foreign = [clip.target for clip in clips if not 0 <= clip.target < len(ESC50)]
    if foreign:
        raise DatasetError(f"{folder}/meta/esc50.csv is not ESC-50's table: there is no class {foreign[0]}")
    missing = [clip.path.name for clip in clips if not clip.path.is_file()]
    if missing or not clips:
        listed = f"{len(missing)} of {len(clips)} clips are missing from {folder / 'audio'}"
        raise DatasetError(f"{listed}; 'audio-cnn dataset download esc50' fetches them")
    return ClipSet(clips, tuple(label.name for label in ESC50))


def folder_clips(folder: Path) -> ClipSet:
    """Clips of a tree with one sub-folder for each class; its name is the class's.

    Classes are in alphabetical order. Files named as ESC-50 names them keep their fold, others are
    dealt out over five.

    Raises:
        DatasetError: no sub-folder with audio in it.
    """
    found = {
        sub.name: sorted(audio_files(path for path in sub.rglob("*") if not hidden(path.relative_to(sub))))
        for sub in sorted(folder.iterdir())
        if sub.is_dir() and not sub.name.startswith(".")
    }
    found = {name: paths for name, paths in found.items() if paths}
    if not found:
        raise DatasetError(
            f"{folder} is neither ESC-50 (audio/ and meta/esc50.csv) nor a folder with a sub-folder a class"
        )
    clips = [
        Clip(path, target, fold)
        for target, paths in enumerate(found.values())
        for path, fold in zip(paths, deal_folds([path.stem for path in paths]), strict=True)
    ]
    return ClipSet(tuple(clips), tuple(found))


def deal_folds(stems: Sequence[str]) -> list[int]:
    """Folds 1 to 5 for the files of one class, in their order.

    ``5-1234-A-40`` (ESC-50's fold-source-take-class) is of fold 5. Otherwise the recordings take turns, as
    ``source_name`` knows them: ``creek-1`` and ``creek-2`` are pieces of one. Where that would make all files
    of the class one recording, they are numbered, not cut: each takes its turn.
    """
    sources = [source_name(stem) for stem in stems]
    if len(set(sources)) == 1:
        sources = list(stems)
    turn: dict[str, int] = {}
    return [
        int(match[1])
        if (match := ESC50_NAME.fullmatch(stem))
        else turn.setdefault(source, len(turn)) % FOLDS + 1
        for stem, source in zip(stems, sources, strict=True)
    ]


def audio_files(paths: Iterable[Path]) -> Iterable[Path]:
    """Those that look like audio by their names, and are files."""
    return (path for path in paths if called_like_audio(path) and path.is_file())


def called_like_audio(path: Path) -> bool:
    """Whether the name is that of a sound; a hidden one, such as the ``._rec.wav`` of macOS, is not."""
    return path.suffix.lower() in AUDIO_SUFFIXES and not path.name.startswith(".")


def hidden(path: Path) -> bool:
    """Whether a name or a folder in it begins with a dot: such files belong to programs."""
    return any(part.startswith(".") for part in path.parts)
