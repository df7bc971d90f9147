"""Samples that are already in memory in, mono float32 at the wanted rate out."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from audio_cnn.errors import EmptyAudioError, NotAudioError
from audio_cnn.waveform.mono import to_mono, without_offset
from audio_cnn.waveform.resample import Resampler
from audio_cnn.waveform.stream import Mono
from audio_cnn.waveform.widening import widened


def from_array(samples: ArrayLike, *, source_rate_hz: int, sample_rate_hz: int) -> Mono:
    """Resample mono samples [T], nominally -1..1, any float type; NaN and infinities become 0.

    A constant offset is taken away; the treble that a low sample rate lacks is filled in, see ``widening``.

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
    mono = without_offset(to_mono(sound))
    if source_rate_hz == sample_rate_hz:
        return mono
    resampler = Resampler(source_rate_hz, sample_rate_hz)
    resampled = np.concatenate([resampler.push(mono), resampler.finish()])
    return widened(resampled, source_rate_hz=source_rate_hz, sample_rate_hz=sample_rate_hz)
