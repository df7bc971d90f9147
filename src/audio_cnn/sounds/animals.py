"""Animals: crickets and birds. Each takes a generator and a timeline and gives float32 [T]."""

from __future__ import annotations

import numpy as np

from audio_cnn.sounds.events import fade, placed, rhythm
from audio_cnn.sounds.noise import band_noise, drift, tilted_noise, wandering_band
from audio_cnn.sounds.space import amplitude_of, recorded, reverberant
from audio_cnn.sounds.timeline import FIVE_SECONDS, Signal, Sound, Timeline
from audio_cnn.sounds.tones import harmonic_tone, silence

CRICKET_HZ = (4_200.0, 4_900.0)
"""Carrier of the field crickets made here: the resonance of the wing.

Source: H. C. Bennet-Clark, "Wings as impedance matching structures in crickets", J. Exp. Biol. 206, 2003
(song frequencies of 4-5 kHz in *Gryllus*).
"""


def crickets(rng: np.random.Generator, timeline: Timeline = FIVE_SECONDS) -> Sound:
    """One cricket near, a few far away, in the hum of a night."""
    distances_db = [0.0, *rng.uniform(-30, -14, rng.integers(2, 6))]
    chorus = silence(timeline)
    for level_db in distances_db:
        chorus += amplitude_of(level_db) * cricket(
            rng, timeline, rng.uniform(*CRICKET_HZ), rng.uniform(2.0, 5.0)
        )
    meadow_hz = np.full(timeline.samples, rng.uniform(*CRICKET_HZ))
    meadow = amplitude_of(rng.uniform(-34, -16)) * wandering_band(rng, timeline, meadow_hz, 120.0)
    night = tilted_noise(rng, timeline, -3.0) + 0.4 * band_noise(rng, timeline, 3_000, 9_000)
    return recorded(
        rng, timeline, chorus + meadow + amplitude_of(rng.uniform(-46, -32)) * night, floor_db=-60
    )


def cricket(rng: np.random.Generator, timeline: Timeline, carrier_hz: float, chirps_per_s: float) -> Signal:
    """Chirps of three or four pulses, one pulse per closing of the wings."""
    pulses, pulse_s = int(rng.integers(3, 5)), rng.uniform(0.030, 0.042)
    chirps_s = rhythm(rng, timeline, chirps_per_s, jitter=0.03)
    times_s = [(chirp_s + k * pulse_s, k) for chirp_s in chirps_s for k in range(pulses)]
    return placed(
        timeline, ((at_s, (0.6 + 0.13 * k) * _wing_pulse(timeline, carrier_hz)) for at_s, k in times_s)
    )


def _wing_pulse(timeline: Timeline, carrier_hz: float) -> Signal:
    short = timeline.lasting(0.018)
    falling_hz = carrier_hz * np.linspace(1.02, 0.98, short.samples)
    return fade(harmonic_tone(short, falling_hz, (1.0, 0.03)), short, in_s=0.006, out_s=0.010)


def chirping_birds(rng: np.random.Generator, timeline: Timeline = FIVE_SECONDS) -> Sound:
    """Two to four birds that repeat phrases of their own, in front of leaves."""
    song = silence(timeline)
    for level_db in (0.0, *rng.uniform(-24, -8, rng.integers(1, 4))):
        song += amplitude_of(level_db) * bird(rng, timeline, rng.uniform(2_600, 5_200))
    song = reverberant(rng, timeline, song, seconds=rng.uniform(0.2, 0.6), wet_db=-20)
    outdoors = tilted_noise(rng, timeline, -4.0, from_hz=80)
    return recorded(
        rng,
        timeline,
        song / np.abs(song).max(initial=1e-9) + amplitude_of(rng.uniform(-36, -26)) * outdoors,
        floor_db=-60,
    )


def bird(rng: np.random.Generator, timeline: Timeline, centre_hz: float) -> Signal:
    """One bird: a phrase of whistled notes, repeated with pauses."""
    phrase = [_note_shape(rng, centre_hz) for _ in range(rng.integers(3, 8))]
    if rng.random() < 0.3:  # a trill: one note over and over
        phrase = phrase[:1] * int(rng.integers(5, 12))
    gap_s = rng.uniform(0.02, 0.09)
    events, now_s = [], rng.uniform(-0.5, 0.5)
    while now_s < timeline.seconds:
        for shape in phrase:
            note = _note(rng, timeline, shape)
            events.append((now_s, note))
            now_s += len(note) / timeline.sample_rate_hz + gap_s
        now_s += rng.uniform(0.15, 0.9)
    return placed(timeline, events)


def _note_shape(rng: np.random.Generator, centre_hz: float) -> Signal:
    """Seconds, and the pitch in Hz at the note's start, middle and end."""
    return np.array([rng.uniform(0.04, 0.16), *(centre_hz * np.exp(rng.uniform(-0.28, 0.28, 3)))])


def _note(rng: np.random.Generator, timeline: Timeline, shape: Signal) -> Signal:
    short = timeline.lasting(float(shape[0]))
    course = np.linspace(0, 2, short.samples)
    wobble = 1 + 0.004 * drift(rng, short, 60.0)
    pitch_hz = np.interp(course, (0, 1, 2), shape[1:]) * wobble
    tone = harmonic_tone(short, pitch_hz, (1.0, 0.05, 0.01))
    return rng.uniform(0.6, 1.0) * fade(tone, short, in_s=0.3 * float(shape[0]), out_s=0.5 * float(shape[0]))
