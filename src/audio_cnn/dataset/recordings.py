"""A folder of one's own classes, made ready to learn from and to measure with.

    files ─▶ windows, as the classifier will hear them ─▶ what belongs together ─▶ learned from | held out

A file that cannot be read is left out and named. What was cut from one recording never stands on both sides:
files are brought together by their names, by the samples in them, and by how alike they sound.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from audio_cnn.augmentation.waveform import Float32Array
from audio_cnn.config import FrontEnd
from audio_cnn.dataset.belonging import (
    Pair,
    linked,
    nearly_identical,
    recording_of,
    unexpected,
    without_repeats,
)
from audio_cnn.dataset.cache import Progress
from audio_cnn.dataset.clips import folder_clips
from audio_cnn.dataset.examples import Examples, Int64Array
from audio_cnn.dataset.features import is_feature_file
from audio_cnn.dataset.listening import HeardClip, heard_clips
from audio_cnn.dataset.sources import grouped
from audio_cnn.dataset.splitting import held_out
from audio_cnn.errors import DatasetError

LEARNED_FROM, HELD_OUT = 1, 2

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Findings:
    """What a person should know of the files.

    Attributes:
        left_out: file -> why it cannot be used.
        repeated: a file and the one whose very samples it holds again; it is left out.
        contradictory: two files of different classes with the same samples.
        alike: files that sound nearly the same, though their names say nothing of it; each group together.
        not_compared: classes of too many files to compare each with each.
    """

    left_out: dict[Path, str] = field(default_factory=dict)
    repeated: tuple[Pair, ...] = ()
    contradictory: tuple[Pair, ...] = ()
    alike: tuple[tuple[Path, ...], ...] = ()
    not_compared: tuple[str, ...] = ()


@dataclass(frozen=True)
class Recordings:
    """N clips of one's own classes, each as one window or several.

    Attributes:
        examples: one row a window; its fold is ``LEARNED_FROM`` or ``HELD_OUT``.
        clip: int64 [rows], which clip a window is of.
        paths: file of each clip.
        peak: float32 [rows], the largest magnitude in each window.
        target: int64 [N], class of each clip.
        short: bool [N], clips shorter than a window, all of whose windows hold the whole clip.
        source: int64 [N], the same number for all that was cut from one recording.
        fold: int64 [N], side of each clip.
        digest: SHA-256 over the samples of every clip, its class and its side.
    """

    examples: Examples
    clip: Int64Array
    peak: Float32Array
    paths: tuple[Path, ...]
    target: Int64Array
    short: BoolArray
    source: Int64Array
    fold: Int64Array
    digest: str
    findings: Findings

    @property
    def class_names(self) -> tuple[str, ...]:
        """Name of each class, in index order."""
        return self.examples.class_names

    def count(self, target: int, fold: int) -> int:
        """Clips of one class on one side."""
        return int(((self.target == target) & (self.fold == fold)).sum())

    def sources(self, target: int) -> int:
        """Recordings of one class."""
        return len(np.unique(self.source[self.target == target]))

    def names(self, target: int) -> int:
        """Recordings that one class would have if only file names told them apart."""
        return len({recording_of(self.paths[clip]) for clip in np.flatnonzero(self.target == target)})


def read_recordings(
    folder: Path,
    front_end: FrontEnd,
    *,
    share: float,
    seed: int = 0,
    variants: Sequence[str] = (),
    separate: bool = False,
    progress: Progress | None = None,
) -> Recordings:
    """Decode, check and split a folder with a sub-folder for each class.

    Args:
        share: part of each class's clips to hold out, by whole recordings; 0: none.
        seed: decides which.
        variants: names of waveform changes to keep beside each window.
        separate: every file is a recording of its own, but for one that holds another's very samples;
            otherwise ``creek-1`` and ``creek-2`` are pieces of one, as are files that sound nearly the same.
        progress: called with (files done, files in all).

    Raises:
        DatasetError: no such folder, or fewer than two classes with a sound that can be read.
    """
    found = folder_clips(_checked(folder))
    left_out: dict[Path, str] = {}
    heard = list(heard_clips(found.clips, front_end, variants, left_out, progress))
    heard, repeated, contradictory = without_repeats(heard)
    kinds = sorted({one.clip.target for one in heard})
    names = tuple(found.class_names[kind] for kind in kinds)
    if len(names) < 2:
        raise DatasetError(_too_few(folder, names, left_out))
    target = [kinds.index(one.clip.target) for one in heard]
    alike, not_compared = nearly_identical(heard, target)
    by_name = [] if separate else list(linked([recording_of(one.clip.path) for one in heard]))
    links = [*linked([one.digest for one in heard]), *by_name, *([] if separate else alike)]
    source = grouped(len(heard), links)
    findings = Findings(
        left_out,
        repeated,
        contradictory,
        tuple(unexpected([one.clip.path for one in heard], alike, by_name)),
        tuple(names[kind] for kind in not_compared),
    )
    out = held_out(target, source, share, seed)
    return _put_together(heard, names, target, source, out, findings)


def _checked(folder: Path) -> Path:
    if is_feature_file(folder):
        raise DatasetError(f"--from learns from sounds, and {folder} holds none; give a folder of them")
    if not folder.is_dir():
        raise DatasetError(f"no such folder: {folder}")
    if (folder / "meta" / "esc50.csv").is_file():
        raise DatasetError(
            f"{folder} is ESC-50 itself; --from takes a folder with a sub-folder for each class of your own"
        )
    return folder


def _too_few(folder: Path, names: Sequence[str], left_out: dict[Path, str]) -> str:
    unread = "".join(f"; {path}: {why}" for path, why in list(left_out.items())[:1])
    if not names:
        return f"none of the sounds in {folder} can be used{unread}"
    return (
        f"{folder} has one class only, '{names[0]}', and naming takes two: add a sub-folder of what it "
        f"should be told from, such as 'background'{unread}"
    )


def _put_together(
    heard: Sequence[HeardClip],
    names: tuple[str, ...],
    target: Sequence[int],
    source: Sequence[int],
    out: Sequence[bool],
    findings: Findings,
) -> Recordings:
    clip = np.repeat(np.arange(len(heard)), [one.log_mel.shape[1] for one in heard])
    kinds, fold = np.array(target, np.int64), np.where(out, HELD_OUT, LEARNED_FROM).astype(np.int64)
    paths = tuple(one.clip.path for one in heard)
    examples = Examples(
        log_mel=np.concatenate([one.log_mel for one in heard], axis=1),
        target=kinds[clip],
        fold=fold[clip],
        files=tuple(paths[i].name for i in clip),
        class_names=names,
    )
    whole = hashlib.sha256(b"".join(one.digest for one in heard) + kinds.tobytes() + fold.tobytes())
    return Recordings(
        examples=examples,
        clip=clip,
        peak=np.concatenate([one.peak for one in heard]),
        paths=paths,
        target=kinds,
        short=np.array([one.short for one in heard]),
        source=np.array(source, np.int64),
        fold=fold,
        digest=whole.hexdigest(),
        findings=findings,
    )
