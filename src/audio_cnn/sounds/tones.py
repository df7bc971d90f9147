"""Tones: sines, chirps, harmonic voices over a moving pitch, pulse trains. All float64 [T]."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from audio_cnn.sounds.timeline import Signal, Timeline

CYCLE_POINTS = 1 << 16
"""Resolution of the table that ``repeated_cycle`` reads."""


def silence(timeline: Timeline) -> Signal:
    """Nothing at all: zeros."""
    return np.zeros(timeline.samples)


def sine(timeline: Timeline, frequency_hz: float, amplitude: float = 1.0) -> Signal:
    """A pure tone that starts at phase 0."""
    return np.asarray(amplitude * np.sin(2 * np.pi * frequency_hz * timeline.time_s()))


def chirp(timeline: Timeline, start_hz: float, end_hz: float, amplitude: float = 1.0) -> Signal:
    """A sine whose frequency moves evenly from one value to another."""
    return amplitude * np.sin(phase_of(timeline, np.linspace(start_hz, end_hz, timeline.samples)))


def phase_of(timeline: Timeline, frequency_hz: Signal) -> Signal:
    """Phase in radians, from 0, of a frequency over time: both [T]."""
    return np.asarray(2 * np.pi * (np.cumsum(frequency_hz) - frequency_hz[0]) / timeline.sample_rate_hz)


def harmonic_tone(timeline: Timeline, pitch_hz: Signal, amplitudes: Sequence[float] | Signal) -> Signal:
    """Harmonics 1, 2, 3 ... of a moving pitch [T] with given amplitudes; those too high are left out."""
    phase = phase_of(timeline, pitch_hz)
    top = timeline.top_hz / float(pitch_hz.max(initial=1.0))
    tone = silence(timeline)
    for number, amplitude in enumerate(amplitudes, start=1):
        if number < top:
            tone += amplitude * np.sin(number * phase)
    return tone


def repeated_cycle(
    timeline: Timeline, rate_hz: Signal, harmonics: NDArray[np.complexfloating] | Signal
) -> Signal:
    """A waveform repeated at a moving rate [T]: cheap where harmonics 1, 2, 3 ... are hundreds.

    ``harmonics`` are real or complex amplitudes of cosines; those too high are left out. One cycle is
    tabulated and read with linear interpolation, whose noise stays 80 dB down.
    """
    fitting = harmonics[: int(timeline.top_hz / float(rate_hz.max(initial=1.0)))]
    table = np.fft.irfft(np.concatenate([[0.0], fitting]), CYCLE_POINTS) * CYCLE_POINTS / 2
    turns = phase_of(timeline, rate_hz) / (2 * np.pi)
    points = np.arange(CYCLE_POINTS + 1)
    return np.asarray(np.interp(np.mod(turns, 1.0) * CYCLE_POINTS, points, np.append(table, table[0])))


def partials(
    timeline: Timeline,
    frequencies_hz: Sequence[float] | Signal,
    amplitudes: Sequence[float] | Signal,
    decays_s: Sequence[float] | Signal,
) -> Signal:
    """Exponentially decaying sines: what a struck solid rings with. ``decays_s`` is the time to 1/e."""
    time_s = timeline.time_s()
    ring = silence(timeline)
    for frequency_hz, amplitude, decay_s in zip(frequencies_hz, amplitudes, decays_s, strict=True):
        if frequency_hz < timeline.top_hz:
            ring += amplitude * np.exp(-time_s / decay_s) * np.sin(2 * np.pi * frequency_hz * time_s)
    return ring


def falling_amplitudes(count: int, db_per_octave: float) -> Signal:
    """Amplitudes of harmonics 1..count that fall by so many dB per octave, the first being 1."""
    exponent = db_per_octave / (20 * np.log10(2))
    return np.asarray(np.arange(1, count + 1, dtype=np.float64) ** -exponent)


def pulse_train(timeline: Timeline, rate_hz: Signal, sharpness: float) -> Signal:
    """Smooth pulses, 0..1, one per period of a moving rate [T]; a greater sharpness is a shorter pulse."""
    return np.asarray(np.exp(sharpness * (np.cos(phase_of(timeline, rate_hz)) - 1)))
