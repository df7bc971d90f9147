"""Short events and where they fall in time: clicks, thumps, rhythms, envelopes. All float64 [T]."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from audio_cnn.sounds.noise import band_noise
from audio_cnn.sounds.timeline import Signal, Timeline
from audio_cnn.sounds.tones import partials


def decay(timeline: Timeline, seconds: float, attack_s: float = 0.0) -> Signal:
    """An envelope that falls to 1/e in so many seconds, after an attack of its own length."""
    time_s = timeline.time_s()
    rise = np.minimum(1.0, time_s / attack_s) if attack_s > 0 else 1.0
    return np.asarray(rise * np.exp(-time_s / seconds))


def fade(signal: Signal, timeline: Timeline, in_s: float = 0.0, out_s: float = 0.0) -> Signal:
    """A copy with raised-cosine ends, so that it neither starts nor stops with a click."""
    faded = signal.copy()
    for seconds, end in ((in_s, slice(None)), (out_s, slice(None, None, -1))):
        ramp_samples = min(round(seconds * timeline.sample_rate_hz), len(faded))
        faded[end][:ramp_samples] *= 0.5 - 0.5 * np.cos(
            np.pi * np.arange(ramp_samples) / max(ramp_samples, 1)
        )
    return faded


def click(
    rng: np.random.Generator, timeline: Timeline, low_hz: float, high_hz: float, decay_s: float
) -> Signal:
    """A burst of noise in a band with a sharp start, as long as it can be heard."""
    short = timeline.lasting(8 * decay_s)
    return band_noise(rng, short, low_hz, high_hz) * decay(short, decay_s)


def thump(
    rng: np.random.Generator,
    timeline: Timeline,
    low_hz: float,
    high_hz: float,
    decay_s: float,
    modes: int = 6,
) -> Signal:
    """A struck solid: modes spread at random over a band, lower ones louder and longer."""
    frequencies_hz = np.sort(np.exp(rng.uniform(np.log(low_hz), np.log(high_hz), modes)))
    weights = (low_hz / frequencies_hz) ** 0.7
    gains = weights * rng.choice([-1.0, 1.0], modes) * rng.uniform(0.5, 1.0, modes)
    return partials(timeline.lasting(8 * decay_s), frequencies_hz, gains, decay_s * weights)


def rhythm(
    rng: np.random.Generator,
    timeline: Timeline,
    rate_hz: float,
    jitter: float = 0.0,
    start_s: float | None = None,
) -> Signal:
    """Times in seconds of regular events; ``jitter`` is their deviation as a share of the period."""
    start_s = rng.uniform(0, 1 / rate_hz) if start_s is None else start_s
    times_s = np.arange(start_s, timeline.seconds, 1 / rate_hz)
    return np.sort(times_s + jitter / rate_hz * rng.standard_normal(len(times_s)))


def chance(rng: np.random.Generator, timeline: Timeline, rate_hz: float) -> Signal:
    """Times in seconds of events that happen independently, so many per second on average."""
    return np.sort(rng.uniform(0, timeline.seconds, rng.poisson(rate_hz * timeline.seconds)))


def placed(timeline: Timeline, events: Iterable[tuple[float, Signal]]) -> Signal:
    """Sounds added up at their times in seconds; what sticks out on either side is cut off."""
    track = np.zeros(timeline.samples)
    for at_s, sound in events:
        first = round(at_s * timeline.sample_rate_hz)
        start, stop = max(first, 0), min(first + len(sound), len(track))
        if start < stop:
            track[start:stop] += sound[start - first : stop - first]
    return track


def scattered(timeline: Timeline, times_s: Iterable[float], make: Callable[[], Signal]) -> Signal:
    """A fresh sound from ``make`` at every time."""
    return placed(timeline, ((at_s, make()) for at_s in times_s))


def swells(timeline: Timeline, times_s: Iterable[float], length_s: float, skew: float = 1.0) -> Signal:
    """An envelope of smooth humps starting at the given times; a skew over 1 rises late."""
    course = np.linspace(0, 1, max(timeline.lasting(length_s).samples, 2)) ** skew
    hump = np.sin(np.pi * course) ** 2
    return placed(timeline, ((at_s, hump) for at_s in times_s))
