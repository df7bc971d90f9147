"""Music by chance: chords, arpeggios, tunes, bass and drums."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np

from audio_cnn.sounds.events import decay, placed
from audio_cnn.sounds.instruments import FAMILIES
from audio_cnn.sounds.noise import band_noise
from audio_cnn.sounds.space import recorded, reverberant
from audio_cnn.sounds.timeline import FIVE_SECONDS, Signal, Sound, Timeline
from audio_cnn.sounds.tones import partials, phase_of, silence

Note: TypeAlias = tuple[float, int, float]
"""Start in beats, degree of the scale above the chord's, length in beats."""

Part: TypeAlias = Callable[[np.random.Generator], list[Note]]
"""Gives the notes of one chord."""

SCALES = (0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10)
"""Semitones of a major and a minor scale above their first note."""

PROGRESSIONS = ((0, 4, 5, 3), (0, 5, 3, 4), (1, 4, 0, 0), (5, 3, 0, 4), (0, 3, 0, 4))
"""Degrees of the scale that four chords in a row stand on."""

LOWEST_HZ = 110.0
BEATS_A_CHORD = 2
DRUMMED = 0.35
"""Share of pieces with drums."""


def music(rng: np.random.Generator, timeline: Timeline = FIVE_SECONDS) -> Sound:
    """A few bars: chords, an arpeggio, a tune, or all of it, with drums or without, or drums alone."""
    beat_s = 60 / rng.uniform(60, 160)
    parts = str(rng.choice(sorted(PARTS)))
    played = silence(timeline)
    if PARTS[parts]:
        played += _harmony(rng, timeline, beat_s, PARTS[parts])
    if parts == "drums" or rng.random() < DRUMMED:
        played += rng.uniform(0.2, 1) * np.abs(played).max(initial=1.0) * drum_loop(rng, timeline, beat_s)
    hall = reverberant(rng, timeline, played, seconds=rng.uniform(0.3, 1.5), wet_db=rng.uniform(-22, -8))
    return recorded(rng, timeline, hall, floor_db=rng.uniform(-80, -55))


def _harmony(rng: np.random.Generator, timeline: Timeline, beat_s: float, parts: Sequence[Part]) -> Signal:
    """Chords of a progression, each part of them by an instrument of its own."""
    scale = SCALES[rng.integers(len(SCALES))]
    key_hz = LOWEST_HZ * 2 ** (rng.integers(0, 18) / 12)
    degrees = PROGRESSIONS[rng.integers(len(PROGRESSIONS))]
    bars = int(timeline.seconds / (BEATS_A_CHORD * beat_s)) + 1
    played = silence(timeline)
    for part in parts:
        instrument = FAMILIES[str(rng.choice(sorted(FAMILIES)))](rng)
        notes = []
        for number in range(bars):
            for at, step, beats in part(rng):
                pitch_hz = key_hz * 2 ** (semitones(degrees[number % len(degrees)] + step, scale) / 12)
                short = timeline.lasting(beats * beat_s)
                tone = rng.uniform(0.4, 1) * instrument.play(rng, short, pitch_hz)
                notes.append(((BEATS_A_CHORD * number + at) * beat_s, tone))
        line = placed(timeline, notes)
        played += rng.uniform(0.3, 1) * line / np.abs(line).max(initial=1e-9)
    return played


def chords(_: np.random.Generator) -> list[Note]:
    """Three notes at once."""
    return [(0.0, step, BEATS_A_CHORD) for step in (0, 2, 4)]


def arpeggio(rng: np.random.Generator) -> list[Note]:
    """The notes of the chord one after the other, let ring."""
    return [(k / 2, (7, 9, 11, 14)[k], rng.choice([0.5, 1.0])) for k in range(4)]


def tune(rng: np.random.Generator) -> list[Note]:
    """Notes of the scale, half a beat or a whole one each."""
    length = rng.choice([0.5, 1.0])
    starts = np.arange(0, BEATS_A_CHORD, length)
    return [(at, int(rng.integers(7, 19)), length) for at in starts if rng.random() < 0.85]


def bass(_: np.random.Generator) -> list[Note]:
    """The chord's lowest note, an octave below, on each beat."""
    return [(float(beat), -7, 1.0) for beat in range(BEATS_A_CHORD)]


PARTS: dict[str, tuple[Part, ...]] = {
    "chords": (chords,),
    "arpeggio": (arpeggio,),
    "tune": (tune,),
    "tune and chords": (tune, chords),
    "tune and bass": (tune, bass),
    "arpeggio and tune": (arpeggio, tune),
    "band": (chords, tune, bass),
    "drums": (),
}
"""What is played -> by what."""


def semitones(degree: int, scale: Sequence[int]) -> int:
    """Of a degree of the scale, 0 the first note, above it: 7 is an octave."""
    octave, step = divmod(degree, len(scale))
    return 12 * octave + scale[step]


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
