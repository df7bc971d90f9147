"""Audio, decoded once, as a memory-mapped 8-bit log-mel cache.

    cache folder/
        log_mel.npy   uint8 [V, N, M, F]
        index.json    what it was made from: front end, variants, clips with size and time; remarks on each
        .lock         held by the one process that writes

An epoch of training then reads 22 kB a clip and never opens an audio file. A clip that cannot be read is left
out; the rows of the others come first.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from filelock import FileLock

from audio_cnn.augmentation.waveform import VARIANTS, Variant
from audio_cnn.config import FrontEnd, to_dict
from audio_cnn.dataset.clips import Clip, ClipSet
from audio_cnn.dataset.examples import Examples, UInt8Array
from audio_cnn.dataset.limits import CLIP_LIMITS
from audio_cnn.errors import AudioError, DatasetError
from audio_cnn.spectrogram.log_mel import LogMel
from audio_cnn.waveform import decode
from audio_cnn.waveform.windowing import followed_by_silence
from audio_cnn.writing import write_text

Progress = Callable[[int, int], None]
Float32Array = npt.NDArray[np.float32]
Shape = tuple[int, int, int, int]

LOG_MEL_NAME = "log_mel.npy"
INDEX_NAME = "index.json"
LOCK_NAME = ".lock"
ORIGINAL = "original"
REMARKS = "remarks"
DECODING = 2
"""Changes with what ``decode`` makes of a file, so that older caches are renewed."""
AHEAD = 8


@dataclass(frozen=True)
class Remark:
    """What is to be known of a clip.

    Attributes:
        unread: why it cannot be read, and is left out; empty if it can.
        longer: it holds more than the first window, which is all that is used.
        silent: its first window is digital silence.
    """

    unread: str = ""
    longer: bool = False
    silent: bool = False


Tell = Callable[[Mapping[Path, Remark]], None]


def cached_examples(
    clip_set: ClipSet,
    folder: Path,
    front_end: FrontEnd,
    *,
    variants: Sequence[str] = (),
    progress: Progress | None = None,
    tell: Tell | None = None,
) -> Examples:
    """Examples of audio clips from the cache in ``folder``, which is made or renewed where it must be.

    Of several processes one makes it, and the others wait for it.

    Args:
        variants: names of waveform changes (``augmentation.waveform.VARIANTS``) to keep beside each clip.
        progress: called with (clips done, clips in all).
        tell: called with what is to be known of each clip.

    Raises:
        DatasetError: no clip of a class can be read.
    """
    index = describe(clip_set, front_end, variants)
    shape = (1 + len(variants), len(clip_set.clips), front_end.mel_bands, front_end.frames)
    kept = read_cache(folder, index, shape)
    if kept is None:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / LOCK_NAME):
            kept = read_cache(folder, index, shape)  # which another process may just have made
            if kept is None:
                kept = write_cache(clip_set, folder, front_end, index, shape, variants, progress)
    log_mel, remarks = kept
    if tell is not None:
        tell({clip.path: remark for clip, remark in zip(clip_set.clips, remarks, strict=True)})
    check_classes(clip_set, remarks)
    clips = [clip for clip, remark in zip(clip_set.clips, remarks, strict=True) if not remark.unread]
    return Examples(
        log_mel=log_mel[:, : len(clips)],
        target=np.array([clip.target for clip in clips], dtype=np.int64),
        fold=np.array([clip.fold for clip in clips], dtype=np.int64),
        files=tuple(clip.path.name for clip in clips),
        class_names=clip_set.class_names,
    )


def check_classes(clip_set: ClipSet, remarks: Sequence[Remark]) -> None:
    """Refuse a class of which no clip can be read.

    Raises:
        DatasetError: naming it, and what is wrong with its first clip.
    """
    known = list(zip(clip_set.clips, remarks, strict=True))
    left = {clip.target for clip, remark in known if not remark.unread}
    for clip, remark in known:
        if clip.target not in left:
            name = clip_set.class_names[clip.target]
            raise DatasetError(f"no clip of the class '{name}' can be read; {clip.path}: {remark.unread}")


def describe(clip_set: ClipSet, front_end: FrontEnd, variants: Sequence[str]) -> dict[str, Any]:
    """All that the cache's content depends on; class and fold choose the partners of "mix"."""
    stats = [(clip, clip.path.stat()) for clip in clip_set.clips]
    return {
        "decoding": DECODING,
        "front_end": to_dict(front_end),
        "variants": [ORIGINAL, *variants],
        "clips": [
            [
                *(str(clip.path.resolve()), stat.st_size, stat.st_mtime_ns, os.access(clip.path, os.R_OK)),
                *(clip.target, clip.fold),
            ]
            for clip, stat in stats
        ],
    }


def read_cache(folder: Path, index: dict[str, Any], shape: Shape) -> tuple[UInt8Array, list[Remark]] | None:
    """Log-mels, memory-mapped, and what is to be known of each clip.

    None where the folder does not hold a whole cache with this index and log-mels of this shape.
    """
    try:
        written = json.loads((folder / INDEX_NAME).read_text(encoding="utf-8"))
        remarks = [Remark(*values) for values in written.pop(REMARKS)]
        log_mel: UInt8Array = np.load(folder / LOG_MEL_NAME, mmap_mode="r")
        fits = log_mel.shape == shape and log_mel.dtype == np.uint8
    except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return (log_mel, remarks) if fits and written == index else None


def write_cache(
    clip_set: ClipSet,
    folder: Path,
    front_end: FrontEnd,
    index: dict[str, Any],
    shape: Shape,
    variants: Sequence[str],
    progress: Progress | None,
) -> tuple[UInt8Array, list[Remark]]:
    """Fill the cache, which nobody else may write meanwhile; what ``read_cache`` then gives.

    The index is written last, so a half-made cache does not count.
    """
    (folder / INDEX_NAME).unlink(missing_ok=True)
    clips = clip_set.clips
    part = folder / (LOG_MEL_NAME + ".part")
    log_mels = np.lib.format.open_memmap(part, mode="w+", dtype=np.uint8, shape=shape)
    log_mel = LogMel(front_end).eval()
    changes = [VARIANTS[name] for name in variants]
    partners: dict[tuple[int, int], Float32Array] = {}
    remarks: list[Remark] = []
    row = 0
    for clip, (samples, remark) in zip(clips, decoded(clips, front_end), strict=True):
        remarks.append(remark)
        if not remark.unread:
            # The last clip of the same class and fold: a partner from another fold would leak it.
            partner = partners.get((clip.target, clip.fold), samples)
            partners[clip.target, clip.fold] = samples
            log_mels[:, row] = quantised(log_mel, all_variants(samples, partner, changes, row, front_end))
            row += 1
        if progress is not None:
            progress(len(remarks), len(clips))
    log_mels.flush()
    del log_mels
    part.replace(folder / LOG_MEL_NAME)
    written = {**index, REMARKS: [astuple(remark) for remark in remarks]}
    write_text(folder / INDEX_NAME, json.dumps(written))
    return np.load(folder / LOG_MEL_NAME, mmap_mode="r"), remarks


def decoded(clips: Sequence[Clip], front_end: FrontEnd) -> Iterator[tuple[Float32Array, Remark]]:
    """First window of each clip, float32 [T], in order; threads decode a few clips ahead."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # no more: a clip may last an hour
        for start in range(0, len(clips), AHEAD):
            yield from pool.map(lambda clip: first_window(clip, front_end), clips[start : start + AHEAD])


def first_window(clip: Clip, front_end: FrontEnd) -> tuple[Float32Array, Remark]:
    """The first window of a clip, filled up with silence as ESC-50's own clips are; none if it is unread."""
    length = front_end.window_samples
    try:
        samples = decode(clip.path, sample_rate_hz=front_end.sample_rate_hz, limits=CLIP_LIMITS).samples
    except AudioError as error:
        return np.empty(0, np.float32), Remark(unread=str(error))
    # A copy, or the window of a long clip would keep all of it in memory.
    first = samples[:length].copy()
    window = followed_by_silence(first, length)
    return window, Remark(longer=len(samples) > length, silent=not window.any())


def all_variants(
    samples: Float32Array, partner: Float32Array, changes: Sequence[Variant], row: int, front_end: FrontEnd
) -> Float32Array:
    """The clip and its changed copies, [V, T]; what is drawn depends on the clip's row only."""
    generator = np.random.default_rng(row)
    changed = [change(samples, partner, front_end.sample_rate_hz, generator) for change in changes]
    return np.stack([samples, *changed])


@torch.inference_mode()
def quantised(log_mel: LogMel, samples: Float32Array) -> npt.NDArray[np.uint8]:
    """8-bit log-mels uint8 [B, M, F] of windows float32 [B, T]."""
    values, _range_db = log_mel(torch.from_numpy(samples))
    result: npt.NDArray[np.uint8] = (values * 255).round().to(torch.uint8).numpy()
    return result
