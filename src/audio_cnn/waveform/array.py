"""Samples that are already in memory in, mono float32 at the wanted rate out."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from audio_cnn.errors import EmptyAudioError, NotAudioError
from audio_cnn.waveform.mono import to_mono
from audio_cnn.waveform.resample import Resampler
from audio_cnn.waveform.stream import Mono


def from_array(samples: ArrayLike, *, source_rate_hz: int, sample_rate_hz: int) -> Mono:
    """Resample mono samples [T], nominally -1..1, any float type; NaN and infinities become 0.

    Raises:
        EmptyAudioError: no samples.
        NotAudioError: more than one axis, or not numbers.
    """
    sound = np.asarray(samples)
    if sound.ndim != 1 or sound.dtype.kind != "f":
        raise NotAudioError(
            f"samples must be mono floats [T] in -1..1, not {sound.dtype} of shape {list(sound.shape)}"
        )
    if not sound.size:
        raise EmptyAudioError("there are no samples")
    mono = to_mono(sound)
    if source_rate_hz == sample_rate_hz:
        return mono
    resampler = Resampler(source_rate_hz, sample_rate_hz)
    return np.concatenate([resampler.push(mono), resampler.finish()])
