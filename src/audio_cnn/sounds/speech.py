"""Somebody talking nonsense: a voice whose harmonics the formants of moving vowels make loud or soft.

Not a word of it is of any language, but pitch, formants, syllables and pauses are those of speech.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audio_cnn.sounds.events import fade, placed
from audio_cnn.sounds.noise import band_noise, drift, unit_power
from audio_cnn.sounds.space import recorded, reverberant
from audio_cnn.sounds.timeline import FIVE_SECONDS, Signal, Sound, Timeline
from audio_cnn.sounds.tones import phase_of, silence

VOWELS_HZ: tuple[tuple[float, float, float], ...] = (
    (270, 2290, 3010), (390, 1990, 2550), (530, 1840, 2480), (660, 1720, 2410), (730, 1090, 2440),
    (570, 840, 2410), (440, 1020, 2240), (300, 870, 2240), (640, 1190, 2390), (490, 1350, 1690),
)  # fmt: skip
"""First three formants of ten vowels.

Source: G. E. Peterson and H. L. Barney, "Control Methods Used in a Study of the Vowels", 1952 (men).
"""

NASAL_HZ = (250.0, 1_100.0, 2_200.0)
FOURTH_HZ = 3_500.0
BANDWIDTHS_HZ = (70.0, 100.0, 160.0, 250.0)
CONTROL_HZ = 200.0
"""How often the mouth's position is worked out; between, it moves evenly."""

HIGHEST_HZ = 7_000.0
"""Above, nothing of the voice is left."""

TILT = -1.0
"""Exponent of the harmonics' amplitudes: a glottal pulse falls by 12 dB an octave, lips radiate 6 dB more."""

HISSES_HZ = ((4_000.0, 9_000.0), (2_000.0, 6_000.0), (900.0, 9_000.0))
"""Bands of s, sh and f."""

HISS = 0.2
"""Amplitude of a hiss relative to the voice."""


@dataclass(frozen=True)
class Voice:
    """One talker.

    Attributes:
        pitch_hz: where the voice lies.
        tract: formants relative to a man's, greater in a shorter throat.
        syllables_per_s: how fast he or she talks.
    """

    pitch_hz: float
    tract: float
    syllables_per_s: float


@dataclass(frozen=True)
class Syllable:
    """A consonant and a vowel.

    Attributes:
        onset: "hiss", "stop", "nasal" or "none".
        formants_hz: of the vowel, [4].
    """

    start_s: float
    onset: str
    onset_s: float
    vowel_s: float
    formants_hz: Signal

    @property
    def vowel_start_s(self) -> float:
        """Where the consonant ends."""
        return self.start_s + self.onset_s

    @property
    def end_s(self) -> float:
        """Where the next one may begin."""
        return self.vowel_start_s + self.vowel_s


def speech(rng: np.random.Generator, timeline: Timeline = FIVE_SECONDS) -> Sound:
    """One person talking in a room."""
    voice = draw_voice(rng)
    syllables = list(_syllables(rng, timeline, voice))
    talk = voiced(rng, timeline, voice, syllables) + _consonants(rng, timeline, syllables)
    room = reverberant(rng, timeline, talk, seconds=rng.uniform(0.15, 0.6), wet_db=rng.uniform(-20, -10))
    return recorded(rng, timeline, room, floor_db=rng.uniform(-60, -45))


def draw_voice(rng: np.random.Generator) -> Voice:
    """A man, a woman or a child, as chance will have it."""
    height = rng.uniform(0, 1)
    return Voice(85 * (300 / 85) ** height, 1 + 0.3 * height, rng.uniform(3.5, 6.0))


def voiced(rng: np.random.Generator, timeline: Timeline, voice: Voice, syllables: list[Syllable]) -> Signal:
    """What the vocal folds give: each harmonic of the pitch, as loud as the formants let it through."""
    control_s = np.arange(0, timeline.seconds + 1 / CONTROL_HZ, 1 / CONTROL_HZ)
    formants_hz, loudness = mouth(control_s, voice, syllables)
    pitch_hz = np.interp(timeline.time_s(), control_s, _melody(rng, control_s, voice, syllables))
    phase = phase_of(timeline, pitch_hz)
    pitch_at_control = np.interp(control_s, timeline.time_s(), pitch_hz)
    voice_sound = silence(timeline)
    for number in range(1, int(min(timeline.top_hz, HIGHEST_HZ) / pitch_hz.max()) + 1):
        gain = loudness * number**TILT * formant_gain(number * pitch_at_control, formants_hz)
        voice_sound += np.interp(timeline.time_s(), control_s, gain) * np.sin(number * phase)
    return unit_power(voice_sound)


def formant_gain(frequency_hz: Signal, formants_hz: NDArray[np.float64]) -> Signal:
    """Amplitude at frequencies [n] that resonances [n, 4] in a row let through; 1 far below them.

    Source: G. Fant, "Acoustic Theory of Speech Production", 1960.
    """
    square = formants_hz**2
    distance = square - frequency_hz[:, None] ** 2
    width = np.array(BANDWIDTHS_HZ) * frequency_hz[:, None]
    return np.asarray(np.prod(square / np.hypot(distance, width), axis=1))


def mouth(control_s: Signal, voice: Voice, syllables: list[Syllable]) -> tuple[NDArray[np.float64], Signal]:
    """Formants [n, 4] and loudness [n] of the voice at points in time [n]."""
    times_s, targets, levels = [0.0], [np.array([500, 1_500, 2_500, FOURTH_HZ]) * voice.tract], [0.0]
    for one in syllables:
        nasal = np.array([*NASAL_HZ, FOURTH_HZ]) * voice.tract
        onset, level = (nasal, 0.3) if one.onset == "nasal" else (one.formants_hz, 0.0)
        ramp_s = min(0.03, one.vowel_s / 4)
        times_s += [one.start_s, one.vowel_start_s, one.vowel_start_s + ramp_s, one.end_s - ramp_s, one.end_s]
        targets += [onset, onset, one.formants_hz, one.formants_hz, one.formants_hz]
        levels += [0.0, level, 1.0, 0.7, 0.0]
    track = np.stack(targets)
    formants_hz = np.stack(
        [np.interp(control_s, times_s, track[:, k]) for k in range(track.shape[1])], axis=1
    )
    return formants_hz, np.interp(control_s, times_s, levels)


def _syllables(rng: np.random.Generator, timeline: Timeline, voice: Voice) -> Iterator[Syllable]:
    """Phrases of three to nine syllables with pauses between."""
    now_s, left = rng.uniform(0, 0.3), int(rng.integers(3, 10))
    while now_s < timeline.seconds:
        length_s = rng.gamma(12.0, 1 / 12) / voice.syllables_per_s
        vowel = np.array([*VOWELS_HZ[rng.integers(len(VOWELS_HZ))], FOURTH_HZ])
        formants_hz = vowel * voice.tract * np.exp(0.03 * rng.standard_normal(4))
        onset = str(rng.choice(["hiss", "stop", "nasal", "none"], p=[0.3, 0.3, 0.2, 0.2]))
        onset_s = 0.02 if onset == "none" else rng.uniform(0.25, 0.4) * length_s
        one = Syllable(now_s, onset, onset_s, length_s - onset_s, formants_hz)
        yield one
        left -= 1
        now_s = one.end_s
        if left == 0:
            now_s, left = now_s + rng.uniform(0.2, 0.6), int(rng.integers(3, 10))


def _melody(rng: np.random.Generator, control_s: Signal, voice: Voice, syllables: list[Syllable]) -> Signal:
    """Pitch [n]: accents on some syllables, falling over the sentence, never quite steady."""
    starts_s = [one.vowel_start_s for one in syllables]
    accents = rng.choice([0.0, 0.08, 0.2], len(syllables)) if syllables else np.zeros(0)
    contour = np.interp(control_s, [0.0, *starts_s], [0.0, *accents])
    fall = 0.12 * control_s / control_s[-1]
    shaky = 0.012 * drift(rng, Timeline(int(CONTROL_HZ), len(control_s) / CONTROL_HZ), 8.0)
    return np.asarray(voice.pitch_hz * np.exp(contour - fall + shaky))


def _consonants(rng: np.random.Generator, timeline: Timeline, syllables: list[Syllable]) -> Signal:
    """Hisses and the bursts of stops."""
    events = []
    for one in syllables:
        low_hz, high_hz = HISSES_HZ[rng.integers(len(HISSES_HZ))]
        if one.onset == "hiss":
            events.append((one.start_s, HISS * _burst(rng, timeline.lasting(one.onset_s), low_hz, high_hz)))
        elif one.onset == "stop":
            burst_s = rng.uniform(0.01, 0.03)
            burst = _burst(rng, timeline.lasting(burst_s), 0.3 * low_hz, high_hz)
            events.append((one.vowel_start_s - burst_s, 2 * HISS * burst))
    return placed(timeline, events)


def _burst(rng: np.random.Generator, timeline: Timeline, low_hz: float, high_hz: float) -> Signal:
    ends_s = timeline.seconds / 3
    return fade(band_noise(rng, timeline, low_hz, high_hz), timeline, in_s=ends_s, out_s=ends_s)
