"""Files of one's own classes as windows, cut and filled as the classifier will hear them, and their log-mels.

Files are decoded two at a time, since each may last an hour.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from audio_cnn.augmentation.waveform import VARIANTS, Float32Array
from audio_cnn.config import FrontEnd
from audio_cnn.dataset.cache import Progress, all_variants, quantised
from audio_cnn.dataset.clips import Clip
from audio_cnn.dataset.examples import UInt8Array
from audio_cnn.dataset.limits import CLIP_LIMITS
from audio_cnn.errors import AudioError, EmptyAudioError
from audio_cnn.spectrogram.log_mel import LogMel
from audio_cnn.waveform import decode, windows_of

MOST_WINDOWS = 60
WINDOWS_AT_ONCE = 8
DECODERS = 2


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
class HeardClip:
    """A readable clip: log-mels uint8 [V, W, M, F] and peaks [W] of its windows; see ``Cut``."""

    clip: Clip
    log_mel: UInt8Array
    peak: Float32Array
    short: bool
    digest: bytes


def heard_clips(
    clips: Sequence[Clip],
    front_end: FrontEnd,
    variants: Sequence[str],
    left_out: dict[Path, str],
    progress: Progress | None,
) -> Iterator[HeardClip]:
    """Each clip that can be read, in order.

    Args:
        variants: names of waveform changes; log-mels of each follow those of the windows as they are.
        left_out: receives, for each clip that cannot be read, its file and why.
        progress: called with (files done, files in all).
    """
    log_mel = LogMel(front_end).eval()
    for row, (clip, cut) in enumerate(_decoded(clips, front_end)):
        if isinstance(cut, AudioError):
            left_out[clip.path] = str(cut)
        else:
            log_mels = _log_mels(cut.windows, variants, row, log_mel)
            yield HeardClip(clip, log_mels, cut.peak, cut.short, cut.digest)
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
    cut = windows_of(samples, front_end)
    if len(samples) < front_end.window_samples:
        return Cut(np.stack(cut), True, digest)
    spread = np.linspace(0, len(cut) - 1, min(len(cut), MOST_WINDOWS)).round().astype(int)
    heard = [cut[i] for i in spread if cut[i].any()]
    return Cut(np.stack(heard or cut[:1]), False, digest)


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
