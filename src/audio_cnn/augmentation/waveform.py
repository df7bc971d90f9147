"""Changes to the waveform that keep the label; they enter training as extra cached variants.

Each takes a window float32 [T], a partner of the same class and fold, the sample rate, and a
generator, and gives a window of the same length.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import soxr

Float32Array = npt.NDArray[np.float32]
Variant = Callable[[Float32Array, Float32Array, int, np.random.Generator], Float32Array]

NOISE_DEVIATION = 0.005
STRETCH_RATES = (0.9, 1.1)
PITCH_SEMITONES = (-2.0, 2.0)
GAIN_DB = (-12.0, 12.0)
GRAIN_S = 0.046


def add_noise(
    samples: Float32Array, _partner: Float32Array, _rate_hz: int, generator: np.random.Generator
) -> Float32Array:
    """White noise of a fixed level."""
    noise = generator.standard_normal(len(samples), dtype=np.float32)
    return samples + NOISE_DEVIATION * noise


def stretch(
    samples: Float32Array, _partner: Float32Array, rate_hz: int, generator: np.random.Generator
) -> Float32Array:
    """Faster or slower by up to a tenth at the same pitch."""
    return fit_length(time_stretch(samples, rate_hz, generator.uniform(*STRETCH_RATES)), len(samples))


def pitch(
    samples: Float32Array, _partner: Float32Array, rate_hz: int, generator: np.random.Generator
) -> Float32Array:
    """Higher or lower by up to two semitones at the same speed."""
    factor = 2 ** (generator.uniform(*PITCH_SEMITONES) / 12)
    longer = time_stretch(samples, rate_hz, 1 / factor)
    shifted = soxr.resample(longer, rate_hz * factor, rate_hz)
    return fit_length(shifted, len(samples))


def gain(
    samples: Float32Array, _partner: Float32Array, _rate_hz: int, generator: np.random.Generator
) -> Float32Array:
    """Louder or softer, clipped where a recorder would clip."""
    factor = np.float32(10 ** (generator.uniform(*GAIN_DB) / 20))
    clipped: Float32Array = np.clip(samples * factor, -1, 1)
    return clipped


def shift(
    samples: Float32Array, _partner: Float32Array, _rate_hz: int, generator: np.random.Generator
) -> Float32Array:
    """Begun somewhere else, the end joined to the beginning."""
    return np.roll(samples, int(generator.integers(len(samples))))


def mix(
    samples: Float32Array, partner: Float32Array, _rate_hz: int, generator: np.random.Generator
) -> Float32Array:
    """Two recordings of one class at once, amplitudes r and 1 - r, at the power of one.

    Source: Y. Tokozume et al., "Learning from Between-class Examples for Deep Sound Recognition", ICLR 2018.
    """
    ratio = generator.uniform(0.2, 0.8)
    mixed: Float32Array = (ratio * samples + (1 - ratio) * partner) / np.hypot(ratio, 1 - ratio)
    return mixed.astype(np.float32)


VARIANTS: dict[str, Variant] = {
    "noise": add_noise,
    "stretch": stretch,
    "pitch": pitch,
    "gain": gain,
    "shift": shift,
    "mix": mix,
}


def time_stretch(samples: Float32Array, rate_hz: int, speed: float) -> Float32Array:
    """``speed`` times as fast at the same pitch, by overlapping grains laid where they fit best.

    Source: W. Verhelst and M. Roelands, "An overlap-add technique based on waveform similarity
    (WSOLA)", ICASSP 1993.
    """
    grain = int(GRAIN_S * rate_hz) // 2 * 2
    half, tolerance = grain // 2, grain // 4
    window = np.hanning(grain + 1)[:-1].astype(np.float32)
    length = round(len(samples) / speed)
    padded = np.pad(samples, (tolerance, grain + 2 * tolerance))
    stretched = np.zeros(length + grain, dtype=np.float32)
    position = tolerance
    for start in range(0, length, half):
        stretched[start : start + grain] += window * padded[position : position + grain]
        expected = padded[position + half : position + half + grain]
        wanted = min(int((start + half) * speed), len(samples) - 1)
        position = wanted + best_lag(padded[wanted : wanted + grain + 2 * tolerance], expected)
    return stretched[:length]


def best_lag(region: Float32Array, template: Float32Array) -> int:
    """Where in ``region`` the template correlates most, by FFT."""
    size = 1 << (len(region) + len(template) - 1).bit_length()
    spectrum = np.fft.rfft(region, size) * np.conj(np.fft.rfft(template, size))
    lags = len(region) - len(template) + 1
    return int(np.argmax(np.fft.irfft(spectrum, size)[:lags]))


def fit_length(samples: Float32Array, length: int) -> Float32Array:
    """Cut, or filled with silence at the end, to ``length`` samples."""
    cut = samples[:length]
    return np.pad(cut, (0, length - len(cut))).astype(np.float32)
