"""Music by chance: chords, arpeggios, tunes and drums in a few timbres."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from audio_cnn.sounds.events import decay, fade, placed
from audio_cnn.sounds.noise import band_noise
from audio_cnn.sounds.space import recorded, reverberant
from audio_cnn.sounds.timeline import FIVE_SECONDS, Signal, Sound, Timeline
from audio_cnn.sounds.tones import (
    falling_amplitudes,
    harmonic_tone,
    partials,
    phase_of,
    silence,
)

Timbre = Callable[[Timeline, float], Signal]

SCALE = (0, 2, 4, 5, 7, 9, 11)
"""Semitones of a major scale above its first note."""

PROGRESSIONS = ((0, 4, 5, 3), (0, 5, 3, 4), (1, 4, 0, 0), (5, 3, 0, 4), (0, 3, 0, 4))
"""Degrees of the scale that four chords in a row stand on."""

LOWEST_HZ = 110.0
BEATS_A_CHORD = 2
RELEASE_S = 0.03


def music(rng: np.random.Generator, timeline: Timeline = FIVE_SECONDS) -> Sound:
    """A few bars: chords, an arpeggio or a tune, with drums or without, or drums alone."""
    beat_s = 60 / rng.uniform(80, 150)
    parts = str(rng.choice(["chords", "arpeggio", "tune", "drums", "band"]))
    played = silence(timeline)
    if parts != "drums":
        played += _harmony(rng, timeline, beat_s, parts)
    if parts in ("drums", "band"):
        played += 0.8 * drum_loop(rng, timeline, beat_s)
    hall = reverberant(rng, timeline, played, seconds=rng.uniform(0.3, 1.5), wet_db=rng.uniform(-22, -12))
    return recorded(rng, timeline, hall, floor_db=rng.uniform(-80, -55))


def _harmony(rng: np.random.Generator, timeline: Timeline, beat_s: float, parts: str) -> Signal:
    """Chords of a progression, whole, broken, or under a tune."""
    timbre = TIMBRES[str(rng.choice(sorted(TIMBRES)))]
    key_hz = LOWEST_HZ * 2 ** (rng.integers(0, 24) / 12)
    degrees = PROGRESSIONS[rng.integers(len(PROGRESSIONS))]
    length_s = BEATS_A_CHORD * beat_s
    played = silence(timeline)
    for number in range(int(timeline.seconds / length_s) + 1):
        chord = [degrees[number % len(degrees)] + step for step in (0, 2, 4)]
        now_s = number * length_s
        if parts == "arpeggio":
            notes = [(now_s + k * beat_s / 2, chord[k % 3] + 7 * (k // 3), beat_s) for k in range(4)]
        elif parts == "tune":
            steps = rng.integers(0, 10, 4)
            notes = [(now_s + k * beat_s / 2, int(step) + 7, beat_s / 2) for k, step in enumerate(steps)]
            notes.append((now_s, chord[0], length_s))
        else:
            notes = [(now_s, degree, length_s) for degree in chord]
        played += _notes(timeline, timbre, key_hz, notes)
    return played


def _notes(
    timeline: Timeline, timbre: Timbre, key_hz: float, notes: Sequence[tuple[float, int, float]]
) -> Signal:
    """Notes (start in seconds, degree of the scale, length in seconds) in one timbre."""
    events = []
    for start_s, degree, length_s in notes:
        short = timeline.lasting(length_s)
        tone = timbre(short, key_hz * 2 ** (semitones(degree) / 12))
        events.append((start_s, fade(tone, short, in_s=0.004, out_s=RELEASE_S)))
    return placed(timeline, events)


def semitones(degree: int) -> int:
    """Of a degree of the scale, 0 the first note, above it: 7 is an octave."""
    octave, step = divmod(degree, len(SCALE))
    return 12 * octave + SCALE[step]


def organ(timeline: Timeline, pitch_hz: float) -> Signal:
    """Steady pipes of 8, 4, 2 2/3 and 2 feet."""
    return harmonic_tone(timeline, np.full(timeline.samples, pitch_hz), (1, 0.7, 0.4, 0.5, 0, 0.2, 0, 0.2))


def strings(timeline: Timeline, pitch_hz: float) -> Signal:
    """Bowed: all harmonics, a slow start and a vibrato."""
    vibrato = 1 + 0.006 * np.sin(2 * np.pi * 5.5 * timeline.time_s())
    tone = harmonic_tone(timeline, pitch_hz * vibrato, falling_amplitudes(24, 6.0))
    return fade(tone, timeline, in_s=0.08)


def piano(timeline: Timeline, pitch_hz: float) -> Signal:
    """Struck: stiff strings whose upper partials are sharp and die first."""
    number = np.arange(1.0, 16.0)
    stretched = number * np.sqrt(1 + 4e-4 * number**2)
    return partials(
        timeline, pitch_hz * stretched, falling_amplitudes(15, 7.0), np.asarray(1.2 / number**0.7)
    )


def guitar(timeline: Timeline, pitch_hz: float) -> Signal:
    """Plucked at a fifth of the string: every fifth partial is missing."""
    number = np.arange(1.0, 21.0)
    plucked = np.abs(np.sin(np.pi * number / 5)) / number
    return partials(timeline, pitch_hz * number, 2 * plucked, np.asarray(0.9 / np.sqrt(number)))


def electric_piano(timeline: Timeline, pitch_hz: float) -> Signal:
    """Frequency modulation, bright at first.

    Source: J. M. Chowning, "The Synthesis of Complex Audio Spectra by Means of FM", JAES 21(7), 1973.
    """
    phase = 2 * np.pi * pitch_hz * timeline.time_s()
    return np.asarray(decay(timeline, 0.8) * np.sin(phase + 1.5 * decay(timeline, 0.3) * np.sin(phase)))


def lead(timeline: Timeline, pitch_hz: float) -> Signal:
    """A square wave."""
    return harmonic_tone(
        timeline, np.full(timeline.samples, pitch_hz), (1, 0, 1 / 3, 0, 1 / 5, 0, 1 / 7, 0, 1 / 9)
    )


TIMBRES: dict[str, Timbre] = {
    "organ": organ,
    "strings": strings,
    "piano": piano,
    "guitar": guitar,
    "electric piano": electric_piano,
    "lead": lead,
}


def drum_loop(rng: np.random.Generator, timeline: Timeline, beat_s: float) -> Signal:
    """A bar of kick, snare and hi-hat, over and over."""
    kit = _kick(timeline, rng), _snare(timeline, rng), _hat(timeline, rng)
    kicks = [0.0, *rng.choice([0.5, 1.5, 2.0, 2.5, 3.5], 2, replace=False)]
    hats = np.arange(0, 4, rng.choice([0.25, 0.5]))
    beats = (
        [(at, kit[0]) for at in kicks] + [(at, kit[1]) for at in (1.0, 3.0)] + [(at, kit[2]) for at in hats]
    )
    bars = int(timeline.seconds / (4 * beat_s)) + 1
    return placed(timeline, (((4 * bar + at) * beat_s, drum) for bar in range(bars) for at, drum in beats))


def _kick(timeline: Timeline, rng: np.random.Generator) -> Signal:
    short = timeline.lasting(0.35)
    pitch_hz = rng.uniform(45, 60) * (1 + 3 * decay(short, 0.03))
    return decay(short, 0.1) * np.sin(phase_of(short, pitch_hz))


def _snare(timeline: Timeline, rng: np.random.Generator) -> Signal:
    short = timeline.lasting(0.25)
    wires = band_noise(rng, short, 1_500, 9_000) * decay(short, 0.06)
    return 0.3 * wires + partials(short, [rng.uniform(170, 220), 330], [0.5, 0.3], [0.06, 0.04])


def _hat(timeline: Timeline, rng: np.random.Generator) -> Signal:
    short = timeline.lasting(0.12)
    return 0.12 * band_noise(rng, short, 7_000, 14_000, order=4) * decay(short, rng.uniform(0.015, 0.05))
