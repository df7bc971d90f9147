"""Musical instruments that there are not: each drawn anew within what its family has in common.

A violin and an oboe differ in how partials start, end, tremble and fall off, and which of them the body lets
through. An instrument here is a set of such traits, so that there is no end of them.

Sources: N. H. Fletcher and T. D. Rossing, "The Physics of Musical Instruments", 2nd edition, 1998 (partials
of strings, bars and pipes); J.-C. Risset and M. V. Mathews, "Analysis of Musical-Instrument Tones", Physics
Today 22(2), 1969 (the louder brass is, the more of its partials sound).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from audio_cnn.sounds.events import fade
from audio_cnn.sounds.noise import white_noise
from audio_cnn.sounds.space import amplitude_of
from audio_cnn.sounds.speech import FOURTH_HZ, VOWELS_HZ, formant_gain
from audio_cnn.sounds.timeline import Signal, Sound, Timeline
from audio_cnn.sounds.tones import falling_amplitudes, silence

MANY = 24
"""Partials of a rich tone."""

BAR_PARTIALS = ((1.0, 2.756, 5.404, 8.933), (1.0, 3.0, 6.2, 10.1), (1.0, 3.984, 10.668, 18.0))
"""Of a plain bar, of one that is tuned to a twelfth (xylophone), to two octaves (marimba, vibraphone)."""

Body: TypeAlias = Callable[[float], float]
"""Frequency in Hz -> how much of it is let through."""

START_S, RELEASE_S = 0.002, 0.04
"""Over which every note begins and ends."""

VIBRATO_S = 0.3
"""After which a note trembles in full."""


def wooden(rng: np.random.Generator, most: float) -> Body:
    """A body with a few resonances anywhere, each of which adds ``most`` at the most."""
    resonances_hz = np.exp(rng.uniform(np.log(150), np.log(5_000), int(rng.integers(1, 5))))
    added = rng.uniform(0, most)

    def gain(hz: float) -> float:
        return float(1 + added * np.exp(-((3 * np.log2(hz / resonances_hz)) ** 2)).sum())

    return gain


def throat(rng: np.random.Generator) -> Body:
    """The formants of one vowel."""
    vowel_hz = np.array([[*VOWELS_HZ[rng.integers(len(VOWELS_HZ))], FOURTH_HZ]]) * rng.uniform(0.95, 1.3)
    return lambda hz: float(formant_gain(np.array([hz]), vowel_hz)[0])


def _open(_: float) -> float:
    return 1.0


@dataclass(frozen=True)
class Instrument:
    """The traits of one instrument.

    Attributes:
        ratios: frequency of each partial relative to the pitch, float64 [P].
        amplitudes: of each at first, float64 [P].
        ring_s: time in which each falls to 1/e, float64 [P]; infinite where it is blown or bowed.
        attack_s: how long the first partial takes to rise.
        later: by how many attacks each further partial takes longer.
        vibrato: how far the pitch trembles, relative to it, and how often in a second.
        tremolo: how far the loudness trembles, 0..1, and how often in a second.
        breath_db: noise of breath, bow or hammer relative to the tone.
        mistuned: relative mistuning of each of the tones that sound as one.
        body: how much of each frequency in Hz is let through.
    """

    ratios: Signal
    amplitudes: Signal
    ring_s: Signal
    attack_s: float = START_S
    later: float = 0.0
    vibrato: tuple[float, float] = (0.0, 5.0)
    tremolo: tuple[float, float] = (0.0, 5.0)
    breath_db: float = -40.0
    mistuned: tuple[float, ...] = (0.0,)
    body: Body = _open

    def play(self, rng: np.random.Generator, timeline: Timeline, pitch_hz: float) -> Signal:
        """One note as long as the timeline, without a click at its end."""
        tone = silence(timeline)
        for mistuning in self.mistuned:
            tone += self._tone(rng, timeline, pitch_hz * (1 + mistuning))
        level = amplitude_of(self.breath_db) * np.sqrt(np.mean(tone**2))
        tone += level * white_noise(rng, timeline) * _exp(-timeline.time_s() / self.ring_s[0])
        return fade(tone, timeline, in_s=START_S, out_s=RELEASE_S)

    def _tone(self, rng: np.random.Generator, timeline: Timeline, pitch_hz: float) -> Signal:
        """Its partials, trembling together."""
        time_s = timeline.time_s()
        depth, often_hz = self.vibrato
        trembling = depth * (1 - np.exp(-time_s / VIBRATO_S)) / (2 * np.pi * often_hz)
        turns = pitch_hz * (time_s - trembling * np.cos(2 * np.pi * often_hz * time_s))
        tone = silence(timeline)
        for number in np.flatnonzero(pitch_hz * self.ratios < timeline.top_hz):
            gain = self.amplitudes[number] * self.body(pitch_hz * self.ratios[number])
            attack_s = self.attack_s * (1 + self.later * number) / 2
            envelope = (1 - _exp(-time_s / attack_s)) * _exp(-time_s / self.ring_s[number])
            tone += gain * envelope * _sine_of(self.ratios[number] * turns + rng.random())
        depth, often_hz = self.tremolo
        return np.asarray(tone * (1 + depth * np.sin(2 * np.pi * often_hz * time_s)))


def struck_string(rng: np.random.Generator) -> Instrument:
    """Pianos and dulcimers: stiff strings, two or three to a note, upper partials die first."""
    number = np.arange(1.0, MANY + 1)
    return Instrument(
        ratios=number * np.sqrt(1 + 10 ** rng.uniform(-5, -3) * number**2),
        amplitudes=falling_amplitudes(MANY, rng.uniform(4, 12)),
        ring_s=rng.uniform(0.4, 2.5) / number ** rng.uniform(0.2, 0.9),
        breath_db=rng.uniform(-40, -25),
        mistuned=_unison(rng, 2, 6e-4),
        body=wooden(rng, most=1.0),
    )


def plucked_string(rng: np.random.Generator) -> Instrument:
    """Guitars, harps, basses: where a string is plucked, partials that rest there are missing."""
    number = np.arange(1.0, MANY + 1)
    plucked = np.abs(np.sin(np.pi * number * rng.uniform(0.06, 0.5)))
    return Instrument(
        ratios=number * np.sqrt(1 + 10 ** rng.uniform(-6, -4) * number**2),
        amplitudes=plucked * falling_amplitudes(MANY, rng.uniform(3, 9)),
        ring_s=rng.uniform(0.15, 1.5) / number ** rng.uniform(0.2, 0.9),
        body=wooden(rng, most=2.0),
    )


def bowed_string(rng: np.random.Generator) -> Instrument:
    """Fiddles of all sizes, alone or many."""
    return Instrument(
        ratios=np.arange(1.0, MANY + 1),
        amplitudes=falling_amplitudes(MANY, rng.uniform(4, 8)),
        ring_s=np.full(MANY, np.inf),
        attack_s=rng.uniform(0.03, 0.25),
        vibrato=(rng.uniform(0, 0.012), rng.uniform(4.5, 7)),
        breath_db=rng.uniform(-45, -25),
        mistuned=_unison(rng, int(rng.choice([1, 1, 3, 5])), 4e-3),
        body=wooden(rng, most=4.0),
    )


def reed(rng: np.random.Generator) -> Instrument:
    """Clarinets, oboes, saxophones, accordions: even partials are softer, or not."""
    number = np.arange(1, MANY + 1)
    even = np.where(number % 2 == 0, rng.uniform(0.05, 1), 1.0)
    return Instrument(
        ratios=number.astype(np.float64),
        amplitudes=even * falling_amplitudes(MANY, rng.uniform(3, 9)),
        ring_s=np.full(MANY, np.inf),
        attack_s=rng.uniform(0.01, 0.08),
        vibrato=(rng.choice([0.0, rng.uniform(0, 0.01)]), rng.uniform(4.5, 6)),
        tremolo=(rng.choice([0.0, rng.uniform(0, 0.3)]), rng.uniform(4, 7)),
        breath_db=rng.uniform(-45, -25),
        mistuned=_unison(rng, int(rng.choice([1, 1, 2])), 3e-3),
        body=wooden(rng, most=3.0),
    )


def brass(rng: np.random.Generator) -> Instrument:
    """Trumpets, trombones, horns: the higher a partial, the later it comes."""
    return Instrument(
        ratios=np.arange(1.0, MANY + 1),
        amplitudes=falling_amplitudes(MANY, rng.uniform(2, 8)),
        ring_s=np.full(MANY, np.inf),
        attack_s=rng.uniform(0.02, 0.1),
        later=rng.uniform(0.05, 0.4),
        vibrato=(rng.choice([0.0, rng.uniform(0, 0.008)]), rng.uniform(4.5, 6)),
        breath_db=rng.uniform(-50, -35),
        mistuned=_unison(rng, int(rng.choice([1, 1, 3])), 3e-3),
        body=wooden(rng, most=3.0),
    )


def pipe(rng: np.random.Generator) -> Instrument:
    """Flutes, recorders, whistles, bottles: few partials and breath."""
    return Instrument(
        ratios=np.arange(1.0, 9.0),
        amplitudes=falling_amplitudes(8, rng.uniform(6, 20)),
        ring_s=np.full(8, np.inf),
        attack_s=rng.uniform(0.02, 0.12),
        vibrato=(rng.uniform(0, 0.01), rng.uniform(4, 6)),
        tremolo=(rng.uniform(0, 0.3), rng.uniform(4, 6)),
        breath_db=rng.uniform(-35, -12),
    )


def organ(rng: np.random.Generator) -> Instrument:
    """Pipes of several feet at once, or drawbars before a turning loudspeaker."""
    return Instrument(
        ratios=np.array([0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0]),
        amplitudes=rng.uniform(0, 1, 9) ** 2 + np.eye(9)[1],
        ring_s=np.full(9, np.inf),
        attack_s=rng.uniform(0.005, 0.08),
        vibrato=(rng.choice([0.0, rng.uniform(0, 0.006)]), rng.uniform(0.7, 7)),
        tremolo=(rng.choice([0.0, rng.uniform(0, 0.4)]), rng.uniform(0.7, 7)),
        breath_db=rng.uniform(-50, -30),
    )


def bar(rng: np.random.Generator) -> Instrument:
    """Xylophones, marimbas, vibraphones, music boxes."""
    ratios = np.array(BAR_PARTIALS[rng.integers(len(BAR_PARTIALS))])
    return Instrument(
        ratios=ratios,
        amplitudes=falling_amplitudes(4, rng.uniform(4, 20)),
        ring_s=10 ** rng.uniform(-1.2, 0.4) / np.arange(1.0, 5) ** rng.uniform(0.5, 1.5),
        tremolo=(rng.choice([0.0, rng.uniform(0, 0.5)]), rng.uniform(3, 7)),
        breath_db=rng.uniform(-40, -25),
    )


def synthesiser(rng: np.random.Generator) -> Instrument:
    """Saw teeth, squares and pulses behind a filter that opens and shuts."""
    number = np.arange(1.0, MANY + 1)
    wave = np.sin(np.pi * number * rng.choice([0.5, rng.uniform(0.1, 0.5)])) if rng.random() < 0.5 else 1.0
    return Instrument(
        ratios=number,
        amplitudes=np.abs(wave) * falling_amplitudes(MANY, rng.uniform(5, 10)),
        ring_s=np.full(MANY, rng.choice([np.inf, rng.uniform(0.2, 2)])),
        attack_s=10 ** rng.uniform(-2.5, -0.5),
        vibrato=(rng.choice([0.0, rng.uniform(0, 0.01)]), rng.uniform(3, 7)),
        mistuned=_unison(rng, int(rng.choice([1, 2, 3])), 8e-3),
        body=wooden(rng, most=3.0),
    )


def singer(rng: np.random.Generator) -> Instrument:
    """One voice, or a choir, on one vowel."""
    return Instrument(
        ratios=np.arange(1.0, 2 * MANY + 1),
        amplitudes=falling_amplitudes(2 * MANY, 6.0),
        ring_s=np.full(2 * MANY, np.inf),
        attack_s=rng.uniform(0.04, 0.2),
        vibrato=(rng.uniform(0, 0.015), rng.uniform(4.5, 6.5)),
        breath_db=rng.uniform(-45, -25),
        mistuned=_unison(rng, int(rng.choice([1, 1, 4])), 6e-3),
        body=throat(rng),
    )


FAMILIES: dict[str, Callable[[np.random.Generator], Instrument]] = {
    "struck string": struck_string,
    "plucked string": plucked_string,
    "bowed string": bowed_string,
    "reed": reed,
    "brass": brass,
    "pipe": pipe,
    "organ": organ,
    "bar": bar,
    "synthesiser": synthesiser,
    "singer": singer,
}
"""Family -> what draws an instrument of it."""


def _unison(rng: np.random.Generator, tones: int, most: float) -> tuple[float, ...]:
    """So many tones, each mistuned by at most so much; the first is in tune."""
    return 0.0, *rng.uniform(-most, most, tones - 1)


def _sine_of(turns: Signal) -> Sound:
    """Whole turns are dropped first: single precision is fast, and has 120 dB of one turn."""
    cycle = (turns - np.floor(turns)).astype(np.float32)
    return np.asarray(np.sin(np.float32(2 * np.pi) * cycle))


def _exp(exponent: Signal) -> Sound:
    return np.asarray(np.exp(exponent.astype(np.float32)))
