"""A folder of one's own classes, made ready to learn from and to measure with.

    files ─▶ windows, as the classifier will hear them ─▶ what belongs together ─▶ learned from | held out

A file that cannot be read is left out and named. What was cut from one recording never stands on both sides:
files are brought together by their names, by the samples in them, and by how alike they sound.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from audio_cnn.augmentation.waveform import VARIANTS, Float32Array
from audio_cnn.config import FrontEnd
from audio_cnn.dataset.cache import Progress, all_variants, quantised
from audio_cnn.dataset.clips import Clip, folder_clips
from audio_cnn.dataset.examples import Examples, Int64Array, UInt8Array
from audio_cnn.dataset.features import is_feature_file
from audio_cnn.dataset.likeness import NEARLY_IDENTICAL, likenesses
from audio_cnn.dataset.limits import CLIP_LIMITS
from audio_cnn.dataset.sources import grouped, source_name
from audio_cnn.dataset.splitting import held_out
from audio_cnn.errors import AudioError, DatasetError, EmptyAudioError
from audio_cnn.spectrogram.log_mel import LogMel
from audio_cnn.waveform import decode, window_starts, windows

LEARNED_FROM, HELD_OUT = 1, 2
MOST_WINDOWS = 60
WINDOWS_AT_ONCE = 8
MOST_COMPARED = 1_000
DECODERS = 2

Pair = tuple[Path, Path]
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
        return len({_name(self.paths[clip]) for clip in np.flatnonzero(self.target == target)})


@dataclass(frozen=True)
class Cut:
    """A file as windows float32 [W, T].

    Attributes:
        short: the file is shorter than a window, and each of them holds it.
        digest: tells its samples apart.
    """

    windows: Float32Array
    short: bool
    digest: bytes

    @property
    def peak(self) -> Float32Array:
        """The largest magnitude in each window, float32 [W]."""
        largest: Float32Array = np.abs(self.windows).max(axis=1)
        return largest


@dataclass(frozen=True)
class _Heard:
    """A readable clip: log-mels uint8 [V, W, M, F] and peaks [W] of its windows; see ``Cut``."""

    clip: Clip
    log_mel: UInt8Array
    peak: Float32Array
    short: bool
    digest: bytes


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
    heard = list(_listened(found.clips, front_end, variants, left_out, progress))
    heard, repeated, contradictory = without_repeats(heard)
    kinds = sorted({one.clip.target for one in heard})
    names = tuple(found.class_names[kind] for kind in kinds)
    if len(names) < 2:
        raise DatasetError(_too_few(folder, names, left_out))
    target = [kinds.index(one.clip.target) for one in heard]
    alike, not_compared = nearly_identical(heard, target)
    by_name = [] if separate else list(_same([_name(one.clip.path) for one in heard]))
    links = [*_same_samples(heard), *by_name, *([] if separate else alike)]
    source = grouped(len(heard), links)
    findings = Findings(
        left_out,
        repeated,
        contradictory,
        tuple(_unexpected([one.clip.path for one in heard], alike, by_name)),
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


def _listened(
    clips: Sequence[Clip],
    front_end: FrontEnd,
    variants: Sequence[str],
    left_out: dict[Path, str],
    progress: Progress | None,
) -> Iterator[_Heard]:
    """Each clip that can be read; the others enter ``left_out``."""
    log_mel = LogMel(front_end).eval()
    for row, (clip, cut) in enumerate(_decoded(clips, front_end)):
        if isinstance(cut, AudioError):
            left_out[clip.path] = str(cut)
        else:
            log_mels = _log_mels(cut.windows, variants, row, log_mel)
            yield _Heard(clip, log_mels, cut.peak, cut.short, cut.digest)
        if progress is not None:
            progress(row + 1, len(clips))


def _decoded(clips: Sequence[Clip], front_end: FrontEnd) -> Iterator[tuple[Clip, Cut | AudioError]]:
    """Windows of each clip, or why there are none, in order; few at a time: each may last an hour."""
    with ThreadPoolExecutor(DECODERS) as pool:
        for start in range(0, len(clips), DECODERS):
            some = clips[start : start + DECODERS]
            yield from zip(some, pool.map(lambda clip: cut_windows(clip.path, front_end), some), strict=True)


def cut_windows(path: Path, front_end: FrontEnd) -> Cut | AudioError:
    """The windows of a file, as the classifier hears them; or the error.

    Of a long recording at most ``MOST_WINDOWS``, evenly spread; none that is digital silence.
    """
    try:
        samples = decode(path, sample_rate_hz=front_end.sample_rate_hz, limits=CLIP_LIMITS).samples
        if not samples.any():
            raise EmptyAudioError("there is only silence in it")
    except AudioError as error:
        return error.with_traceback(None)  # which would keep the samples alive
    digest = hashlib.sha256(samples.tobytes()).digest()
    length = front_end.window_samples
    if len(samples) <= length:
        filled = windows(samples, window_samples=length, hop_samples=length, fill=front_end.fill)
        return Cut(filled, len(samples) < length, digest)
    starts = window_starts(len(samples), window_samples=length, hop_samples=max(1, length // 2))
    starts = front_end.worth_hearing(starts)
    spread = np.linspace(0, len(starts) - 1, min(len(starts), MOST_WINDOWS)).round().astype(int)
    cut = [samples[start : start + length] for start in starts[spread]]
    return Cut(np.stack([window for window in cut if window.any()] or cut[:1]), False, digest)


def _log_mels(cut: Float32Array, variants: Sequence[str], row: int, log_mel: LogMel) -> UInt8Array:
    """uint8 [V, W, M, F] of windows [W, T] and their changed copies."""
    changes = [VARIANTS[name] for name in variants]
    parts = []
    for start in range(0, len(cut), WINDOWS_AT_ONCE):
        some = cut[start : start + WINDOWS_AT_ONCE]
        # The partner to mix with is another window of the same clip: one of another clip might be held out.
        stacks = [
            all_variants(window, cut[i - 1], changes, row * MOST_WINDOWS + i, log_mel.front_end)
            for i, window in enumerate(some, start)
        ]
        stack = np.stack(stacks, axis=1)
        flat = quantised(log_mel, stack.reshape(-1, stack.shape[2]))
        parts.append(flat.reshape(*stack.shape[:2], *flat.shape[1:]))
    return np.concatenate(parts, axis=1)


def without_repeats(heard: Sequence[_Heard]) -> tuple[list[_Heard], tuple[Pair, ...], tuple[Pair, ...]]:
    """Clips but those that hold another's samples again; (repeated, first) pairs; pairs across classes."""
    first: dict[tuple[int, bytes], _Heard] = {}
    anywhere: dict[bytes, _Heard] = {}
    repeated, contradictory = [], []
    for one in heard:
        before = first.setdefault((one.clip.target, one.digest), one)
        elsewhere = anywhere.setdefault(one.digest, one)
        if before is not one:
            repeated.append((one.clip.path, before.clip.path))
        elif elsewhere.clip.target != one.clip.target:
            contradictory.append((one.clip.path, elsewhere.clip.path))
    return list(first.values()), tuple(repeated), tuple(contradictory)


def nearly_identical(
    heard: Sequence[_Heard], target: Sequence[int]
) -> tuple[list[tuple[int, int]], list[int]]:
    """Pairs of clips of one class whose last windows sound the same; and classes too large to compare.

    The last window: that of a short sound is the one that is not repeated.
    """
    pairs: list[tuple[int, int]] = []
    not_compared = []
    for kind in sorted(set(target)):
        rows = [i for i, t in enumerate(target) if t == kind]
        if len(rows) > MOST_COMPARED:
            not_compared.append(kind)
            continue
        alike = likenesses(np.stack([heard[i].log_mel[0, -1] for i in rows]))
        pairs += [(rows[a], rows[b]) for a, b in np.argwhere(np.triu(alike > NEARLY_IDENTICAL, 1))]
    return pairs, not_compared


def _unexpected(
    paths: Sequence[Path], alike: Sequence[tuple[int, int]], by_name: Sequence[tuple[int, int]]
) -> Iterator[tuple[Path, ...]]:
    """Groups of files that are connected by likeness; but for those that names put together anyway."""
    expected = grouped(len(paths), by_name)
    members: dict[int, list[int]] = {}
    for i, group in enumerate(grouped(len(paths), alike)):
        members.setdefault(group, []).append(i)
    for rows in members.values():
        if len({expected[i] for i in rows}) > 1:
            yield tuple(paths[i] for i in rows)


def _name(path: Path) -> tuple[str, str]:
    """Equal for files that are pieces of one recording by their names."""
    return str(path.parent), source_name(path.stem)


def _same_samples(heard: Sequence[_Heard]) -> Iterator[tuple[int, int]]:
    return _same([one.digest for one in heard])


def _same(keys: Sequence[object]) -> Iterator[tuple[int, int]]:
    """Pairs that connect all places of equal keys."""
    first: dict[object, int] = {}
    for i, key in enumerate(keys):
        if first.setdefault(key, i) != i:
            yield first[key], i


def _put_together(
    heard: Sequence[_Heard],
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
