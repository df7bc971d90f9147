"""Sound from a low sample rate in, the same with its missing treble filled in out.

A network that has learned from whole recordings takes the emptiness above half of a low rate for a trait of
the sound. Noise that swells and fades with the highest octave there is comes closer to what was lost:
docs/robustness.md has the figures.
"""

from __future__ import annotations

import numpy as np

from audio_cnn.waveform.stream import Mono

WHOLE_HZ = 16_000
"""Rates from here on hold all that the default front end hears."""

DENSITY_DB = -10.0
"""Power per hertz of what is filled in, relative to the highest octave there is."""

SMOOTHING_S = 0.01
NOISE_S = 10.0
"""The noise is made once for so long, and repeated."""


def widened(samples: Mono, *, source_rate_hz: int, sample_rate_hz: int) -> Mono:
    """Fill the band between half of either rate, if the source's is under ``WHOLE_HZ``.

    Args:
        samples: float32 [T] at ``sample_rate_hz``.
        source_rate_hz: the rate before resampling.

    Returns:
        float32 [T], the same for the same samples; ``samples`` itself where nothing is missing.
    """
    if source_rate_hz >= min(WHOLE_HZ, sample_rate_hz):
        return samples
    filled = treble_level(samples, source_rate_hz, sample_rate_hz)
    noise = np.random.default_rng(0).standard_normal(
        min(samples.size, round(NOISE_S * sample_rate_hz)), dtype=np.float32
    )
    noise = above(noise, source_rate_hz, sample_rate_hz)
    for start in range(0, samples.size, noise.size):
        stretch = filled[start : start + noise.size]
        stretch *= noise[: stretch.size]
    filled += samples
    return filled


def treble_level(samples: Mono, source_rate_hz: int, sample_rate_hz: int) -> Mono:
    """Amplitude [T] that white noise of unit power needs to be ``DENSITY_DB`` beside the highest octave."""
    octave = above(resampled(samples, sample_rate_hz, source_rate_hz), source_rate_hz // 2, source_rate_hz)
    power = smoothed(octave**2, max(1, round(SMOOTHING_S * source_rate_hz)))
    # The octave is a quarter of the source's rate wide, white noise half of the sample rate.
    level = np.sqrt(power * (10 ** (DENSITY_DB / 10) * 2 * sample_rate_hz / source_rate_hz))
    return np.maximum(fitted(resampled(level, source_rate_hz, sample_rate_hz), samples.size), 0)


def above(samples: Mono, lower_hz: int, sample_rate_hz: int) -> Mono:
    """What a recorder at the rate ``lower_hz`` loses: all above half of that."""
    kept = resampled(resampled(samples, sample_rate_hz, lower_hz), lower_hz, sample_rate_hz)
    return samples - fitted(kept, samples.size)


def resampled(samples: Mono, source_rate_hz: int, sample_rate_hz: int) -> Mono:
    """Another rate, all at once."""
    import soxr  # here, because most sounds come at the right rate

    result: Mono = soxr.resample(samples, source_rate_hz, sample_rate_hz)
    return result


def fitted(samples: Mono, length: int) -> Mono:
    """Without what rounding has added, or with zeros for what it has lost."""
    return np.pad(samples[:length], (0, max(0, length - samples.size)))


def smoothed(values: Mono, width: int) -> Mono:
    """Mean of ``width`` values around each, of fewer at the ends; no less than 0."""
    total = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
    first = np.arange(values.size) - width // 2
    last = np.minimum(first + width, values.size)
    first = np.maximum(first, 0)
    mean: Mono = np.maximum((total[last] - total[first]) / (last - first), 0).astype(np.float32)
    return mean
