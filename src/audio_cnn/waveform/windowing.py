"""A sound of any length in, windows of one length out."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from audio_cnn.errors import ConfigError, EmptyAudioError

Fill: TypeAlias = Literal["repeat", "silence", "both"]


def windows(
    samples: ArrayLike, *, window_samples: int, hop_samples: int, fill: Fill = "repeat"
) -> NDArray[np.float32]:
    """Cut a sound into windows that overlap, or fill a short one up to a single window.

        sound   |-----------------|
        windows |------|
                    |------|
                        |------|
                           |------|     the last ends with the sound: nothing lost, nothing padded

    Args:
        samples: [T], mono.
        window_samples: length of a window.
        hop_samples: from one window's start to the next's, at most ``window_samples``.
        fill: a short sound is repeated, every second time backwards, which leaves no jumps; or silence is put
            behind it; or both: two windows, in this order.

    Returns:
        float32 [n, window_samples], n >= 1. Exactly one window's worth of float32 is not copied.

    Raises:
        EmptyAudioError: no samples.
        ConfigError: lengths or ``fill`` make no sense.
    """
    sound = np.asarray(samples, dtype=np.float32)
    if sound.ndim != 1:
        raise ConfigError(f"windows are cut from mono samples [T], not from an array of shape {sound.shape}")
    starts = window_starts(sound.size, window_samples=window_samples, hop_samples=hop_samples)
    if sound.size < window_samples:
        return _filled(sound, window_samples, fill)
    if sound.size == window_samples:
        return sound[np.newaxis]
    return np.lib.stride_tricks.sliding_window_view(sound, window_samples)[starts]


def window_starts(total_samples: int, *, window_samples: int, hop_samples: int) -> NDArray[np.int64]:
    """First sample of each window that ``windows`` cuts from a sound of ``total_samples``.

    Returns:
        int64 [n], rising from 0 and ending with ``total_samples - window_samples`` (0 for short sounds).

    Raises:
        EmptyAudioError: no samples.
        ConfigError: lengths that make no sense.
    """
    if not 1 <= hop_samples <= window_samples:
        raise ConfigError(
            f"windows of {window_samples} samples every {hop_samples}: "
            "both must be at least 1, and the step no longer than the window, or sound would be skipped"
        )
    if total_samples < 1:
        raise EmptyAudioError("there are no samples to cut into windows")
    last = max(0, total_samples - window_samples)
    return np.append(np.arange(0, last, hop_samples, dtype=np.int64), last)


def _filled(sound: NDArray[np.float32], window_samples: int, fill: Fill) -> NDArray[np.float32]:
    repeated = np.resize(np.concatenate([sound, sound[::-1]]), window_samples)
    padded = np.pad(sound, (0, window_samples - sound.size))
    choices = {"repeat": [repeated], "silence": [padded], "both": [repeated, padded]}
    if fill not in choices:
        raise ConfigError(f"fill is {fill!r}; it must be one of: {', '.join(choices)}")
    return np.stack(choices[fill])
