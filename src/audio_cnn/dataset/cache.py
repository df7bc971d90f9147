"""Audio, decoded once, as a memory-mapped 8-bit log-mel cache.

    cache folder/
        log_mel.npy   uint8 [V, N, M, F]
        index.json    what it was made from: front end, variants, clips with size and time

An epoch of training then reads 22 kB a clip and never opens an audio file.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from audio_cnn.augmentation.waveform import VARIANTS, Variant
from audio_cnn.config import FrontEnd, to_dict
from audio_cnn.dataset.clips import Clip, ClipSet
from audio_cnn.dataset.examples import Examples
from audio_cnn.errors import AudioError, DatasetError
from audio_cnn.spectrogram.log_mel import LogMel
from audio_cnn.waveform import decode, windows

Progress = Callable[[int, int], None]
Float32Array = npt.NDArray[np.float32]

LOG_MEL_NAME = "log_mel.npy"
INDEX_NAME = "index.json"
ORIGINAL = "original"
DECODING = 2
"""Changes with what ``decode`` makes of a file, so that older caches are renewed."""
AHEAD = 8


def cached_examples(
    clip_set: ClipSet,
    folder: Path,
    front_end: FrontEnd,
    *,
    variants: Sequence[str] = (),
    progress: Progress | None = None,
) -> Examples:
    """Examples of audio clips from the cache in ``folder``, which is made or renewed where it must be.

    Args:
        variants: names of waveform changes (``augmentation.waveform.VARIANTS``) to keep beside each clip.
        progress: called with (clips done, clips in all).

    Raises:
        DatasetError: a clip cannot be decoded.
    """
    index = describe(clip_set, front_end, variants)
    if not is_current(folder, index):
        write_cache(clip_set, folder, front_end, index, variants, progress)
    return Examples(
        log_mel=np.load(folder / LOG_MEL_NAME, mmap_mode="r"),
        target=np.array([clip.target for clip in clip_set.clips], dtype=np.int64),
        fold=np.array([clip.fold for clip in clip_set.clips], dtype=np.int64),
        files=tuple(clip.path.name for clip in clip_set.clips),
        class_names=clip_set.class_names,
    )


def describe(clip_set: ClipSet, front_end: FrontEnd, variants: Sequence[str]) -> dict[str, Any]:
    """All that the cache's content depends on; class and fold choose the partners of "mix"."""
    stats = [(clip, clip.path.stat()) for clip in clip_set.clips]
    return {
        "decoding": DECODING,
        "front_end": to_dict(front_end),
        "variants": [ORIGINAL, *variants],
        "clips": [
            [str(clip.path.resolve()), stat.st_size, stat.st_mtime_ns, clip.target, clip.fold]
            for clip, stat in stats
        ],
    }


def is_current(folder: Path, index: dict[str, Any]) -> bool:
    """True where the folder holds a whole cache with just this index."""
    try:
        written = json.loads((folder / INDEX_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return bool(written == index) and (folder / LOG_MEL_NAME).is_file()


def write_cache(
    clip_set: ClipSet,
    folder: Path,
    front_end: FrontEnd,
    index: dict[str, Any],
    variants: Sequence[str],
    progress: Progress | None,
) -> None:
    """Fill the cache; the index is written last, so a half-made one does not count."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / INDEX_NAME).unlink(missing_ok=True)
    clips = clip_set.clips
    shape = (1 + len(variants), len(clips), front_end.mel_bands, front_end.frames)
    part = folder / (LOG_MEL_NAME + ".part")
    log_mels = np.lib.format.open_memmap(part, mode="w+", dtype=np.uint8, shape=shape)
    log_mel = LogMel(front_end).eval()
    changes = [VARIANTS[name] for name in variants]
    partners: dict[tuple[int, int], Float32Array] = {}
    for row, samples in enumerate(decoded(clips, front_end)):
        # The last clip of the same class and fold: a partner from another fold would leak it.
        kind = (clips[row].target, clips[row].fold)
        partner = partners.get(kind, samples)
        partners[kind] = samples
        log_mels[:, row] = quantised(log_mel, all_variants(samples, partner, changes, row, front_end))
        if progress is not None:
            progress(row + 1, len(clips))
    log_mels.flush()
    del log_mels
    part.replace(folder / LOG_MEL_NAME)
    beside = folder / (INDEX_NAME + ".part")
    beside.write_text(json.dumps(index), encoding="utf-8")
    beside.replace(folder / INDEX_NAME)


def decoded(clips: Sequence[Clip], front_end: FrontEnd) -> Iterator[Float32Array]:
    """Each clip as one window, float32 [T], in order; threads decode a few clips ahead."""
    with ThreadPoolExecutor() as pool:
        for start in range(0, len(clips), AHEAD):
            yield from pool.map(lambda clip: one_window(clip, front_end), clips[start : start + AHEAD])


def one_window(clip: Clip, front_end: FrontEnd) -> Float32Array:
    """The first window of a clip, filled up with silence as ESC-50's own clips are."""
    try:
        samples = decode(clip.path, sample_rate_hz=front_end.sample_rate_hz).samples
        length = front_end.window_samples
        window: Float32Array = windows(
            samples[:length], window_samples=length, hop_samples=length, fill="silence"
        )[0]
        return window
    except AudioError as error:
        raise DatasetError(f"{clip.path}: {error}") from error


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
