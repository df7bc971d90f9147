"""Sounds of none of ESC-50's classes: does a model that hears them say that it is not sure?

Some lie close to a class: noise to rain, hum to an engine, clicks to a mouse, a sweep to a siren.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence

import numpy as np

from audio_cnn.errors import ConfigError
from audio_cnn.sounds.events import chance, click, decay, fade, placed, rhythm
from audio_cnn.sounds.music import music
from audio_cnn.sounds.noise import band_noise, drift, tilted_noise, white_noise
from audio_cnn.sounds.registry import Synthesiser
from audio_cnn.sounds.space import amplitude_of, normalised
from audio_cnn.sounds.speech import speech
from audio_cnn.sounds.timeline import FIVE_SECONDS, Signal, Sound, Timeline
from audio_cnn.sounds.tones import chirp, phase_of, silence, sine

KEYPAD_HZ = ((697, 770, 852, 941), (1_209, 1_336, 1_477, 1_633))
"""Rows and columns. Source: ITU-T Q.23."""

LINE_TONES: tuple[tuple[tuple[float, ...], float, float], ...] = (
    ((350, 440), 5.0, 0.0),
    ((480, 620), 0.5, 0.5),
    ((440, 480), 2.0, 4.0),
    ((425,), 5.0, 0.0),
    ((425,), 0.48, 0.48),
)
"""Frequencies, seconds on, seconds off of dial, busy and ringing tones. Source: ITU-T E.180, supplement 2."""


def noise(rng: np.random.Generator, timeline: Timeline = FIVE_SECONDS) -> Sound:
    """Steady noise: white, pink, brown, or a band of it."""
    match rng.choice(["white", "pink", "brown", "band"]):
        case "white":
            made = white_noise(rng, timeline)
        case "pink":
            made = tilted_noise(rng, timeline, -3.0, from_hz=20)
        case "brown":
            made = tilted_noise(rng, timeline, -6.0, from_hz=20)
        case _:
            low_hz = np.exp(rng.uniform(np.log(150), np.log(4_000)))
            made = band_noise(rng, timeline, low_hz, low_hz * rng.uniform(1.2, 3), order=4)
    return normalised(made, peak=rng.uniform(0.3, 0.9))


def tones(rng: np.random.Generator, timeline: Timeline = FIVE_SECONDS) -> Sound:
    """What machines send: a sine, a sweep, a number dialled, a telephone line."""
    match rng.choice(["sine", "sweep", "keypad", "line"]):
        case "sine":
            made = sine(timeline, _any_hz(rng, timeline))
        case "sweep":
            made = chirp(timeline, _any_hz(rng, timeline), _any_hz(rng, timeline))
        case "keypad":
            made = keypad(rng, timeline)
        case _:
            made = line_tone(timeline, int(rng.integers(len(LINE_TONES))))
    return normalised(made + amplitude_of(-70) * white_noise(rng, timeline), peak=rng.uniform(0.3, 0.9))


def _any_hz(rng: np.random.Generator, timeline: Timeline) -> float:
    return float(np.exp(rng.uniform(np.log(100), np.log(min(6_000, timeline.top_hz)))))


def keypad(rng: np.random.Generator, timeline: Timeline) -> Signal:
    """Keys pressed in turn, each two tones at once."""
    key = timeline.lasting(rng.uniform(0.08, 0.25))
    rows_hz, columns_hz = KEYPAD_HZ
    times_s = rhythm(rng, timeline, 1 / (key.seconds + rng.uniform(0.05, 0.3)))
    pairs = zip(rng.choice(rows_hz, len(times_s)), rng.choice(columns_hz, len(times_s)), strict=True)
    keys = (fade(sine(key, low) + sine(key, high), key, in_s=0.003, out_s=0.003) for low, high in pairs)
    return placed(timeline, zip(times_s, keys, strict=True))


def line_tone(timeline: Timeline, which: int) -> Signal:
    """One of ``LINE_TONES``."""
    frequencies_hz, on_s, off_s = LINE_TONES[which]
    tone = sum((sine(timeline, hz) for hz in frequencies_hz), start=silence(timeline))
    return np.asarray(tone * (np.mod(timeline.time_s(), on_s + off_s) < on_s))


def hum(rng: np.random.Generator, timeline: Timeline = FIVE_SECONDS) -> Sound:
    """A cable or a transformer: harmonics of 50 or 60 Hz, and a little noise."""
    mains_hz = float(rng.choice([50.0, 60.0])) * (1 + 2e-4 * drift(rng, timeline, 0.5))
    phase = phase_of(timeline, mains_hz)
    hummed = silence(timeline)
    for number in range(1, int(rng.integers(4, 30))):
        hummed += rng.uniform(0.1, 1) * number ** -rng.uniform(0.5, 1.5) * np.sin(number * phase)
    hiss = amplitude_of(rng.uniform(-60, -35)) * white_noise(rng, timeline)
    return normalised(hummed + hiss, peak=rng.uniform(0.3, 0.9))


def clicks(rng: np.random.Generator, timeline: Timeline = FIVE_SECONDS) -> Sound:
    """Regular or random clicks of a circuit: single samples, or bursts of noise."""
    rate_hz = np.exp(rng.uniform(np.log(1), np.log(30)))
    times_s = rhythm(rng, timeline, rate_hz) if rng.random() < 0.5 else chance(rng, timeline, rate_hz)
    low_hz = rng.uniform(300, 4_000)
    short = timeline.lasting(0.02)
    burst = click(rng, short, low_hz, 3 * low_hz, 0.002) if rng.random() < 0.5 else decay(short, 1e-5)
    floor = amplitude_of(rng.uniform(-80, -60)) * white_noise(rng, timeline)
    return normalised(placed(timeline, ((at_s, burst) for at_s in times_s)) + floor, rng.uniform(0.3, 0.9))


OUTSIDE: dict[str, Synthesiser] = {
    "speech": speech,
    "music": music,
    "noise": noise,
    "tones": tones,
    "hum": hum,
    "clicks": clicks,
}
"""Kind of sound -> what draws one from a generator."""

ALSO_CALLED = {"speech": {"conversation", "talking", "voice", "voices"}}
"""Other words by which a class is known to be of a kind."""


def kinds_of_none(class_names: Sequence[str]) -> list[str]:
    """Those of ``OUTSIDE`` that no class is called after: beside ``Human_Speech``, speech is not strange."""
    words = {word for name in class_names for word in re.split(r"[\W_]+", name.casefold())}
    return [kind for kind in OUTSIDE if words.isdisjoint({kind} | ALSO_CALLED.get(kind, set()))]


def outside_sound(kind: str, seed: int = 0, sample_rate_hz: int = 44_100, seconds: float = 5.0) -> Sound:
    """Make a sound of no class; the same arguments give the same sound, another seed another one.

    Args:
        kind: one of ``OUTSIDE``.
        seed: which one, 0 or more.

    Returns:
        Float32 [T] within -1..1, T = seconds x rate.

    Raises:
        ConfigError: there is no such kind.
    """
    if kind not in OUTSIDE:
        raise ConfigError(f"no sound of the kind '{kind}'; there are: {', '.join(OUTSIDE)}")
    rng = np.random.default_rng([zlib.crc32(kind.encode()), seed])
    return OUTSIDE[kind](rng, Timeline(sample_rate_hz, seconds))
