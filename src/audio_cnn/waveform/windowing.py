"""A sound of any length in, the windows of one length that it is heard in out.

sound   |-----------------|
windows |------|
            |------|
                |------|
                   |------|     the last ends with the sound: nothing lost, nothing padded
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from audio_cnn.config import Fill, FrontEnd
from audio_cnn.errors import EmptyAudioError
from audio_cnn.waveform.stream import Mono

NEGLIGIBLE_S = 0.1
"""What a last window must add to the one before it to be heard: codecs leave a few samples too many."""


def windows_of(samples: Mono, front_end: FrontEnd) -> list[Mono]:
    """Windows [T] that mono samples are heard in, at least one; no copies of a sound as long or longer.

    They overlap by half. A sound shorter than a window is filled up, see ``filled``.

    Raises:
        EmptyAudioError: no samples.
    """
    length = front_end.window_samples
    if 0 < len(samples) < length:
        return filled(samples, front_end)
    return [samples[start : start + length] for start in window_starts(len(samples), front_end)]


def window_starts(total_samples: int, front_end: FrontEnd) -> NDArray[np.int64]:
    """First sample of each window of a sound of ``total_samples``: int64 [n], rising from 0.

    For a sound shorter than a window a single 0, in however many ways it is filled up.

    Raises:
        EmptyAudioError: no samples.
    """
    if total_samples < 1:
        raise EmptyAudioError("there are no samples to cut into windows")
    length = front_end.window_samples
    last = max(0, total_samples - length)
    regular = np.arange(0, last, max(1, length // 2), dtype=np.int64)
    if len(regular) and last - regular[-1] < NEGLIGIBLE_S * front_end.sample_rate_hz:
        return regular
    return np.append(regular, last)


def filled(samples: Mono, front_end: FrontEnd) -> list[Mono]:
    """A short sound [t] as windows [T], by ``front_end.fill``.

    It is repeated, every second time backwards, which leaves no jumps; or silence is put behind it; or both:
    two windows, in this order.
    """
    length = front_end.window_samples
    ways: dict[Fill, list[Mono]] = {
        "repeat": [to_and_fro(samples, length)],
        "silence": [followed_by_silence(samples, length)],
        "both": [to_and_fro(samples, length), followed_by_silence(samples, length)],
    }
    return ways[front_end.fill]


def to_and_fro(samples: Mono, length: int) -> Mono:
    """[t] -> [length], every second time backwards."""
    return np.resize(np.concatenate([samples, samples[::-1]]), length)


def followed_by_silence(samples: Mono, length: int) -> Mono:
    """[t] -> [length], zeros behind it."""
    return np.pad(samples, (0, length - len(samples)))
