"""Five kinds of sound that ESC-50 has no class for, with the variety that recordings have."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from made_data import Samples, write_wav

from audio_cnn.sounds.events import chance, click, placed
from audio_cnn.sounds.noise import coloured, drift
from audio_cnn.sounds.space import recorded, reverberant
from audio_cnn.sounds.timeline import Signal, Timeline
from audio_cnn.sounds.tones import harmonic_tone, partials, phase_of

RATE_HZ = 44_100
DOT_DASH = {
    "a": ".-",
    "e": ".",
    "k": "-.-",
    "n": "-.",
    "o": "---",
    "q": "--.-",
    "r": ".-.",
    "s": "...",
    "t": "-",
}


def theremin(rng: np.random.Generator, timeline: Timeline) -> Signal:
    """A voice that glides from note to note with vibrato and never stops."""
    notes = np.cumsum(rng.choice([-7, -5, -2, 2, 3, 5, 7], 8)) + rng.uniform(48, 60)
    at = np.linspace(0, timeline.seconds, len(notes)) + rng.uniform(-0.1, 0.1, len(notes))
    glide = np.interp(timeline.time_s(), at, np.clip(notes, 45, 80))
    vibrato = rng.uniform(0.2, 0.6) * np.sin(2 * np.pi * rng.uniform(4.5, 7) * timeline.time_s())
    pitch_hz = 440 * 2 ** ((glide + vibrato - 69) / 12)
    loudness = 1 + 0.3 * np.clip(drift(rng, timeline, 2.0), -2, 2)
    return harmonic_tone(timeline, pitch_hz, rng.uniform(0.25, 0.6) ** np.arange(5)) * loudness


def morse_code(rng: np.random.Generator, timeline: Timeline) -> Signal:
    """Random letters at 10 to 28 words a minute."""
    dot_s, carrier_hz = 1.2 / rng.uniform(10, 28), rng.uniform(450, 1_100)
    gate, position_s = np.zeros(timeline.samples), rng.uniform(0, 0.5)
    while position_s < timeline.seconds:
        for mark in DOT_DASH[rng.choice(list(DOT_DASH))]:
            length_s = dot_s if mark == "." else 3 * dot_s
            start = round(position_s * timeline.sample_rate_hz)
            gate[start : start + round(length_s * timeline.sample_rate_hz)] = 1
            position_s += length_s + dot_s
        position_s += dot_s * rng.choice([2, 6])
    soft = np.hanning(round(0.006 * timeline.sample_rate_hz))
    keyed = np.convolve(gate, soft / soft.sum(), mode="same")
    return keyed * np.sin(2 * np.pi * carrier_hz * timeline.time_s())


def kalimba(rng: np.random.Generator, timeline: Timeline) -> Signal:
    """Plucked tines: notes of a scale that ring with their inharmonic overtones."""
    root_hz, tempo = rng.uniform(180, 330), rng.uniform(2, 5)
    events = []
    for at_s in np.arange(rng.uniform(0, 0.4), timeline.seconds, 1 / tempo):
        if rng.random() < 0.85:
            note_hz = root_hz * 2 ** (rng.choice([0, 2, 4, 7, 9, 12, 14]) / 12)
            ring = partials(
                timeline.lasting(1.5), note_hz * np.array([1, 5.6, 9.8]), [1, 0.25, 0.1],
                rng.uniform(0.25, 0.5) * np.array([1, 0.2, 0.1]),
            )  # fmt: skip
            events.append((at_s, rng.uniform(0.4, 1) * ring))
    return placed(timeline, events)


def geiger_counter(rng: np.random.Generator, timeline: Timeline) -> Signal:
    """Dry clicks by chance, now fewer, now more."""
    low_hz = rng.uniform(900, 2_000)
    one = click(rng, timeline, low_hz, 3 * low_hz, rng.uniform(0.0008, 0.003))
    return placed(
        timeline, ((at_s, rng.uniform(0.7, 1) * one) for at_s in chance(rng, timeline, rng.uniform(6, 25)))
    )


def modem(rng: np.random.Generator, timeline: Timeline) -> Signal:
    """Two tones that take turns at random, many times a second, over a hissing carrier."""
    low_hz, step_hz = rng.uniform(980, 1_400), rng.uniform(200, 1_000)
    symbols = rng.integers(0, 2, round(timeline.seconds * rng.uniform(20, 60)) + 1)
    at = (timeline.time_s() / timeline.seconds * (len(symbols) - 1)).astype(int)
    tone = np.sin(phase_of(timeline, low_hz + step_hz * symbols[at]))
    return tone + 0.3 * np.sin(phase_of(timeline, low_hz + 2.1 * step_hz * symbols[::-1][at]))


KINDS: dict[str, Callable[[np.random.Generator, Timeline], Signal]] = {
    "theremin": theremin,
    "morse_code": morse_code,
    "kalimba": kalimba,
    "geiger_counter": geiger_counter,
    "modem": modem,
}


def own_sound(kind: str, seed: int) -> Samples:
    """Two to six seconds of it in some room, through some microphone, over more or less noise."""
    rng = np.random.default_rng([list(KINDS).index(kind), seed])
    timeline = Timeline(RATE_HZ, round(rng.uniform(2, 6), 1))  # other lengths may be slow to transform
    dry = KINDS[kind](rng, timeline)
    room = reverberant(rng, timeline, dry, seconds=rng.uniform(0.1, 0.6), wet_db=rng.uniform(-20, -6))
    heard = coloured(rng, timeline, room, depth_db=rng.uniform(0, 4))
    return recorded(rng, timeline, heard, floor_db=rng.uniform(-45, -12))


def write_own_sounds(folder: Path, seeds: range) -> Path:
    """A sub-folder for each kind, a recording for each seed."""
    for kind in KINDS:
        for seed in seeds:
            write_wav(folder / kind / f"recording{seed:03}.wav", own_sound(kind, seed), RATE_HZ)
    return folder
