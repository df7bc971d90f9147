"""Noises: white, tilted, in bands, and slow random movement. All float64 [T].

Spectra are shaped by multiplying the FFT of white noise, which keeps it stationary to its ends.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from audio_cnn.sounds.timeline import Signal, Timeline


def white_noise(rng: np.random.Generator, timeline: Timeline) -> Signal:
    """Gaussian noise of unit power and a flat spectrum."""
    return rng.standard_normal(timeline.samples)


def shaped_noise(rng: np.random.Generator, timeline: Timeline, gain: Callable[[Signal], Signal]) -> Signal:
    """Gaussian noise of unit power whose spectrum follows ``gain``, an amplitude over Hz."""
    spectrum = np.fft.rfft(white_noise(rng, timeline))
    frequency_hz = np.asarray(np.fft.rfftfreq(timeline.samples, 1 / timeline.sample_rate_hz), np.float64)
    return unit_power(np.fft.irfft(spectrum * gain(frequency_hz), timeline.samples))


def tilted_noise(
    rng: np.random.Generator, timeline: Timeline, db_per_octave: float, from_hz: float = 60.0
) -> Signal:
    """Noise that is flat up to ``from_hz`` and tilts from there on: -3 is pink, -6 is brown."""
    exponent = db_per_octave / (20 * np.log10(2))
    return shaped_noise(
        rng, timeline, lambda hz: _without_dc(hz) * (np.maximum(hz, from_hz) / from_hz) ** exponent
    )


def band_noise(
    rng: np.random.Generator, timeline: Timeline, low_hz: float, high_hz: float, order: int = 2
) -> Signal:
    """Noise between two frequencies, with skirts of ``6 * order`` dB per octave on both sides."""
    return shaped_noise(rng, timeline, lambda hz: _without_dc(hz) * band_gain(hz, low_hz, high_hz, order))


def octave_noise(
    rng: np.random.Generator, timeline: Timeline, edges_hz: Sequence[float], envelopes: Sequence[Signal]
) -> Signal:
    """A sum of noise bands between neighbouring edges, each with its own envelope over time.

    A filter that moves, for sounds whose colour changes slowly: a breaking wave, thunder.
    """
    bands = zip(edges_hz[:-1], edges_hz[1:], envelopes, strict=True)
    return sum(
        (band_noise(rng, timeline, low, high, order=3) * envelope for low, high, envelope in bands),
        start=np.zeros(timeline.samples),
    )


def band_gain(frequency_hz: Signal, low_hz: float, high_hz: float, order: int) -> Signal:
    """Amplitude of a Butterworth-like band pass; 0.7 at both edges."""
    frequency_hz = np.maximum(frequency_hz, 1e-3)
    below = 1 + (low_hz / frequency_hz) ** (2 * order)
    above = 1 + (frequency_hz / high_hz) ** (2 * order)
    return np.asarray(1 / np.sqrt(below * above))


def coloured(
    rng: np.random.Generator,
    timeline: Timeline,
    signal: Signal,
    depth_db: float,
    ripples_per_octave: float = 1.0,
) -> Signal:
    """The signal through a random smooth equaliser, as bodies, rooms and microphones are; same power."""
    waves_per_octave = rng.uniform(0.2, ripples_per_octave, 6)
    starts = rng.uniform(0, 2 * np.pi, 6)
    frequency_hz = np.fft.rfftfreq(len(signal), 1 / timeline.sample_rate_hz)
    octaves = np.log2(np.maximum(frequency_hz, 20.0) / 20.0)
    curve = np.sum(
        np.cos(2 * np.pi * np.outer(waves_per_octave, octaves) + starts[:, None]), axis=0
    ) / np.sqrt(3)
    spectrum = np.fft.rfft(signal) * 10 ** (depth_db * curve / 20)
    return unit_power(np.fft.irfft(spectrum, len(signal)))


def drift(rng: np.random.Generator, timeline: Timeline, fastest_hz: float) -> Signal:
    """Slow random movement around 0 with unit deviation and nothing faster than ``fastest_hz``."""
    longer = timeline.lasting(timeline.seconds + 4 / fastest_hz)  # so that start and end need not meet
    moved = shaped_noise(rng, longer, lambda hz: np.exp(-((hz / fastest_hz) ** 2)))
    return moved[: timeline.samples]


def wandering_band(
    rng: np.random.Generator, timeline: Timeline, centre_hz: Signal, width_hz: float
) -> Signal:
    """Narrow noise around a centre frequency [T] that may move: a whistle of wind."""
    phase = 2 * np.pi * np.cumsum(centre_hz) / timeline.sample_rate_hz
    cosine, sine = drift(rng, timeline, width_hz), drift(rng, timeline, width_hz)
    return unit_power(cosine * np.cos(phase) - sine * np.sin(phase))


def unit_power(signal: Signal) -> Signal:
    """Scaled to a mean square of 1; silence stays silence."""
    power = float(np.mean(signal**2))
    return signal / np.sqrt(power) if power > 0 else signal


def _without_dc(frequency_hz: Signal) -> Signal:
    return np.minimum(1.0, (frequency_hz / 20.0) ** 2)
