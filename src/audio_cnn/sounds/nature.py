"""Weather, water and fire. Each takes a generator and a timeline and gives float32 [T]."""

from __future__ import annotations

import numpy as np

from audio_cnn.sounds.events import chance, click, decay, fade, placed, rhythm, scattered, swells
from audio_cnn.sounds.noise import (
    band_gain,
    band_noise,
    drift,
    octave_noise,
    shaped_noise,
    tilted_noise,
    unit_power,
    wandering_band,
)
from audio_cnn.sounds.space import amplitude_of, recorded, reverberant
from audio_cnn.sounds.timeline import FIVE_SECONDS, Signal, Sound, Timeline
from audio_cnn.sounds.tones import harmonic_tone

OCTAVES_HZ = (40.0, 150.0, 400.0, 1_000.0, 2_500.0, 6_000.0, 16_000.0)
"""Edges of the bands in which waves and thunder change separately."""


def rain(rng: np.random.Generator, timeline: Timeline = FIVE_SECONDS) -> Sound:
    """A dense hiss of far drops with single near ones on top."""
    low_hz, high_hz = rng.uniform(80, 600), rng.uniform(2_500, 6_000)
    tilt = rng.uniform(0.7, 1.3)
    far = shaped_noise(rng, timeline, lambda hz: band_gain(hz, low_hz, high_hz, 1) ** tilt)
    far *= 1 + 0.06 * drift(rng, timeline, 1.5)
    near = unit_power(
        scattered(timeline, chance(rng, timeline, rng.uniform(150, 500)), lambda: _raindrop(rng, timeline))
    )
    return recorded(rng, timeline, far + rng.uniform(0.3, 0.8) * near, floor_db=-45)


def _raindrop(rng: np.random.Generator, timeline: Timeline) -> Signal:
    centre_hz = np.exp(rng.uniform(np.log(1_500), np.log(9_000)))
    size = 0.3 * np.exp(0.8 * rng.standard_normal())
    return np.asarray(
        size * click(rng, timeline, 0.7 * centre_hz, 1.4 * centre_hz, rng.uniform(0.0008, 0.003))
    )


def sea_waves(rng: np.random.Generator, timeline: Timeline = FIVE_SECONDS) -> Sound:
    """Surf: every band swells with the wave, high ones later, shorter and deeper."""
    crest_s = rng.uniform(0, 3) + np.array([-6.0, -3.0, 0.0, 3.0]) * rng.uniform(0.9, 1.4)
    length_s = rng.uniform(3.0, 4.5)
    envelopes = []
    for band in range(len(OCTAVES_HZ) - 1):
        swell = swells(timeline, crest_s + 0.12 * band, length_s - 0.25 * band, skew=0.8)
        depth = 0.35 + 0.1 * band
        level = amplitude_of(-2.5 * band + (2 if band == 2 else 0))
        envelopes.append(level * (1 - depth + depth * swell**1.3) * (1 + 0.12 * drift(rng, timeline, 6.0)))
    return recorded(rng, timeline, octave_noise(rng, timeline, OCTAVES_HZ, envelopes), floor_db=-50)


def wind(rng: np.random.Generator, timeline: Timeline = FIVE_SECONDS) -> Sound:
    """Rushing low noise in gusts, and one or two whistling edges that follow them."""
    gust = drift(rng, timeline, rng.uniform(0.25, 0.6))
    rush = tilted_noise(rng, timeline, rng.uniform(-12, -6), from_hz=rng.uniform(150, 500)) * np.exp(
        0.35 * gust
    )
    whistles = np.zeros(timeline.samples)
    for _ in range(rng.integers(1, 4)):
        centre_hz = rng.uniform(300, 900) * np.exp(0.12 * gust)
        whistles += wandering_band(rng, timeline, centre_hz, rng.uniform(12, 60)) * np.exp(0.7 * gust)
    return recorded(rng, timeline, rush + rng.uniform(0.1, 0.6) * whistles, floor_db=-60)


def thunderstorm(rng: np.random.Generator, timeline: Timeline = FIVE_SECONDS) -> Sound:
    """A clap whose echoes roll on: high bands die within a second, the lowest for many."""
    strike_s = rng.uniform(0.1, 1.2)
    roll = np.exp(0.45 * drift(rng, timeline, 3.0))
    darkness_db, envelopes = rng.uniform(3.5, 6.5), []
    for band in range(len(OCTAVES_HZ) - 1):
        length_s = rng.uniform(3.0, 5.0) * 0.55**band
        tail = placed(timeline, [(strike_s, decay(timeline, length_s, attack_s=0.25 / (band + 1)))])
        envelopes.append(amplitude_of(-darkness_db * band) * (tail * roll + 0.02))
    clap = octave_noise(rng, timeline, OCTAVES_HZ, envelopes)
    shower = amplitude_of(-52) * band_noise(rng, timeline, 800, 6_000, order=1)
    return recorded(rng, timeline, clap + shower, floor_db=-60)


def water_drops(rng: np.random.Generator, timeline: Timeline = FIVE_SECONDS) -> Sound:
    """Drops into standing water, one or two a second, in a tiled room."""
    times_s = rhythm(rng, timeline, rng.uniform(0.8, 2.5), jitter=0.12)
    dry = scattered(timeline, times_s, lambda: water_drop(rng, timeline, rng.uniform(0.002, 0.006)))
    wet = reverberant(rng, timeline, dry, seconds=rng.uniform(0.3, 0.8), wet_db=-19)
    return recorded(rng, timeline, wet, floor_db=rng.uniform(-62, -48))


def water_drop(rng: np.random.Generator, timeline: Timeline, radius_m: float) -> Signal:
    """The tick of the impact, then the bubble: a short tone that rises as it nears the surface.

    Source: K. van den Doel, "Physically based models for liquid sounds", ACM TAP 2(4), 2005
    (Minnaert frequency 3/r, damping 0.13/r + 0.0072 r^-1.5, rise proportional to damping).
    """
    start_hz = 3.0 / radius_m
    damping_per_s = 0.13 / radius_m + 0.0072 * radius_m**-1.5
    short = timeline.lasting(8 / damping_per_s)
    pitch_hz = start_hz * (1 + rng.uniform(0.05, 0.12) * damping_per_s * short.time_s())
    bubble = fade(harmonic_tone(short, pitch_hz, (1.0, 0.06)), short, in_s=0.001) * decay(
        short, 1 / damping_per_s
    )
    tick = rng.uniform(0.1, 0.4) * click(rng, timeline, 2_000, 9_000, 0.001)
    return placed(timeline.lasting(0.02 + short.seconds), [(0.0, tick), (rng.uniform(0.005, 0.015), bubble)])


def crackling_fire(rng: np.random.Generator, timeline: Timeline = FIVE_SECONDS) -> Sound:
    """A soft roar with crackles of very unequal size; a loud one brings a few after it."""
    sparks_s = chance(rng, timeline, rng.uniform(8, 25))
    bursts_s = [
        at_s + rng.exponential(0.03, rng.integers(1, 5)).cumsum() for at_s in chance(rng, timeline, 3.0)
    ]
    crackles = scattered(timeline, np.concatenate([sparks_s, *bursts_s]), lambda: _crackle(rng, timeline))
    flames = tilted_noise(rng, timeline, -5.0, from_hz=100) * np.exp(0.3 * drift(rng, timeline, 5.0))
    hiss = band_noise(rng, timeline, 1_500, 9_000, order=1)
    roar = amplitude_of(rng.uniform(-38, -28)) * (flames + 0.25 * hiss)
    loudest = float(np.abs(crackles).max(initial=1e-9))
    return recorded(rng, timeline, crackles / loudest + roar, floor_db=-60)


def _crackle(rng: np.random.Generator, timeline: Timeline) -> Signal:
    size = min(0.1 * rng.pareto(1.3) + 0.05, 2.0)
    return size * click(
        rng, timeline, rng.uniform(300, 1_500), rng.uniform(6_000, 14_000), rng.uniform(0.0008, 0.004)
    )
