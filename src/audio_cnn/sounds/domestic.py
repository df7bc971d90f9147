"""Things in a house, and people walking and clapping. Each gives float32 [T]."""

from __future__ import annotations

import numpy as np

from audio_cnn.sounds.events import click, fade, placed, rhythm, scattered, thump
from audio_cnn.sounds.noise import (
    band_gain,
    band_noise,
    coloured,
    drift,
    shaped_noise,
    tilted_noise,
    unit_power,
)
from audio_cnn.sounds.space import recorded, reverberant
from audio_cnn.sounds.timeline import FIVE_SECONDS, Signal, Sound, Timeline
from audio_cnn.sounds.tones import falling_amplitudes, harmonic_tone, partials, silence


def clock_tick(rng: np.random.Generator, timeline: Timeline = FIVE_SECONDS) -> Sound:
    """A clock on a table: one, two or four ticks a second, tick and tock alternating."""
    ticks_per_s = float(rng.choice([1.0, 2.0, 4.0]))
    case = ticking(rng, timeline, ticks_per_s)
    heard = reverberant(rng, timeline, case, seconds=rng.uniform(0.1, 0.3), wet_db=-18)
    return recorded(rng, timeline, heard, floor_db=rng.uniform(-66, -56))


def ticking(rng: np.random.Generator, timeline: Timeline, ticks_per_s: float) -> Signal:
    """Two clicks in turn, each a handful of short modes of a small metal mechanism and its case."""
    pair = [_tick(rng, timeline, pitch) for pitch in (1.0, rng.uniform(0.75, 0.95))]
    times_s = rhythm(rng, timeline, ticks_per_s)
    return placed(timeline, ((at_s, pair[k % 2]) for k, at_s in enumerate(times_s)))


def _tick(rng: np.random.Generator, timeline: Timeline, pitch: float) -> Signal:
    short = timeline.lasting(0.08)
    gear = partials(
        short, pitch * rng.uniform(1_200, 10_000, 24), rng.uniform(0.3, 1, 24), rng.uniform(0.002, 0.006, 24)
    )
    case = partials(
        short, pitch * rng.uniform(200, 900, 3), rng.uniform(0.05, 0.3, 3), rng.uniform(0.006, 0.02, 3)
    )
    escapement = [(0.0, 0.4 * gear), (rng.uniform(0.008, 0.02), gear + case)]
    return placed(short, [*escapement, (0.0, 0.5 * click(rng, timeline, 1_000, 12_000, 0.001))])


def clock_alarm(rng: np.random.Generator, timeline: Timeline = FIVE_SECONDS) -> Sound:
    """Either the beeps of a digital clock or the two bells of a wound one."""
    ringing = digital_alarm(rng, timeline) if rng.random() < 0.5 else bell_alarm(rng, timeline)
    heard = reverberant(rng, timeline, ringing, seconds=0.3, wet_db=-16)
    return recorded(rng, timeline, heard, floor_db=rng.uniform(-62, -50))


def digital_alarm(rng: np.random.Generator, timeline: Timeline) -> Signal:
    """Groups of four beeps a second from a small piezo disc: a square wave, odd harmonics."""
    pitch_hz, beep_s = rng.uniform(1_900, 3_300), rng.uniform(0.05, 0.075)
    short = timeline.lasting(beep_s)
    tone = harmonic_tone(short, np.full(short.samples, pitch_hz), (1, 0.02, 1 / 3, 0.01, 1 / 5, 0, 1 / 7))
    beep = fade(tone, short, in_s=0.002, out_s=0.004)
    starts_s = rhythm(rng, timeline, 1.0)
    return placed(timeline, ((at_s + k * 2 * beep_s, beep) for at_s in starts_s for k in range(4)))


def bell_alarm(rng: np.random.Generator, timeline: Timeline) -> Signal:
    """A hammer between two small bells, many strokes a second, with the rattle of the case."""
    strokes_per_s = rng.uniform(16, 26)
    bells = [_small_bell(rng, timeline, rng.uniform(1_100, 1_900)) for _ in range(2)]
    hammer = click(rng, timeline, 1_500, 12_000, 0.003)
    times_s = rhythm(rng, timeline, strokes_per_s, jitter=0.03)
    ring = placed(timeline, ((at_s, bells[k % 2]) for k, at_s in enumerate(times_s)))
    return ring + 0.6 * placed(timeline, ((at_s, hammer) for at_s in times_s))


def _small_bell(rng: np.random.Generator, timeline: Timeline, pitch_hz: float) -> Signal:
    ratios = np.array([1.0, 2.1, 2.62, 3.4, 4.3, 5.1, 6.2]) * np.exp(0.03 * rng.standard_normal(7))
    return partials(timeline.lasting(1.5), pitch_hz * ratios, rng.uniform(0.4, 1.0, 7), 0.35 / ratios**0.5)


def door_wood_knock(rng: np.random.Generator, timeline: Timeline = FIVE_SECONDS) -> Sound:
    """Knuckles on a door, three to five times, perhaps once more, in a room."""
    door = thump(rng, timeline, rng.uniform(80, 140), 3_000, rng.uniform(0.03, 0.06), modes=30)
    door /= np.abs(door).max()
    knocks_per_s, first_s = rng.uniform(4.5, 7.5), rng.uniform(0.1, 0.6)
    starts_s = [first_s] if rng.random() < 0.5 else [first_s, first_s + rng.uniform(1.8, 2.6)]
    knuckles = int(rng.integers(3, 6))
    times_s = [
        at_s + (k + 0.06 * rng.standard_normal()) / knocks_per_s for at_s in starts_s for k in range(knuckles)
    ]
    dry = scattered(timeline, times_s, lambda: _knock(rng, timeline, door))
    room = reverberant(rng, timeline, dry, seconds=rng.uniform(0.25, 0.6), wet_db=rng.uniform(-14, -8))
    return recorded(rng, timeline, room, floor_db=-76)


def _knock(rng: np.random.Generator, timeline: Timeline, door: Signal) -> Signal:
    knuckle = click(rng, timeline, 500, 5_000, 0.004)
    loudness = rng.uniform(0.7, 1.0)
    return loudness * placed(timeline.lasting(0.6), [(0.0, door), (0.0, 0.25 * knuckle)])


def footsteps(rng: np.random.Generator, timeline: Timeline = FIVE_SECONDS) -> Sound:
    """Someone walking on a gritty floor: heel, then the sole that rolls off."""
    times_s = rhythm(rng, timeline, rng.uniform(1.6, 2.2), jitter=0.03)
    grit = rng.uniform(0.15, 0.5)
    dry = scattered(timeline, times_s, lambda: _step(rng, timeline, grit))
    hall = reverberant(rng, timeline, dry, seconds=rng.uniform(0.3, 0.7), wet_db=-12)
    return recorded(rng, timeline, hall, floor_db=rng.uniform(-58, -48))


def _step(rng: np.random.Generator, timeline: Timeline, grit: float) -> Signal:
    heel, tap = thump(rng, timeline, 70, 900, 0.03, modes=10), click(rng, timeline, 800, 6_000, 0.006)
    sole = timeline.lasting(rng.uniform(0.12, 0.2))
    scuff = band_noise(rng, sole, 700, 7_000) * np.exp(0.8 * drift(rng, sole, 40)) * np.hanning(sole.samples)
    loudness = rng.uniform(0.7, 1.0)
    return loudness * placed(timeline.lasting(0.5), [(0.0, heel), (0.0, 0.5 * tap), (0.04, grit * scuff)])


def mouse_click(rng: np.random.Generator, timeline: Timeline = FIVE_SECONDS) -> Sound:
    """A mouse button pressed and let go, singly and twice, in a quiet room."""
    press, release = (_switch(rng, timeline) for _ in range(2))
    held_s, events, now_s = rng.uniform(0.07, 0.11), [], rng.uniform(0.1, 0.5)
    while now_s < timeline.seconds:
        for k in range(rng.integers(1, 3)):
            start_s = now_s + 0.2 * k + 0.01 * rng.standard_normal()
            events += [(start_s, press), (start_s + held_s, 0.7 * release)]
        now_s += rng.uniform(0.5, 1.6)
    heard = reverberant(rng, timeline, placed(timeline, events), seconds=0.12, wet_db=-18)
    return recorded(rng, timeline, heard, floor_db=rng.uniform(-66, -56))


def _switch(rng: np.random.Generator, timeline: Timeline) -> Signal:
    snap = click(rng, timeline, rng.uniform(300, 1_500), 14_000, rng.uniform(0.001, 0.002))
    shell = thump(rng, timeline, 900, 6_000, 0.006, modes=8)
    return placed(timeline.lasting(0.06), [(0.0, 0.5 * snap), (0.0012, snap), (0.0012, 0.15 * shell)])


def keyboard_typing(rng: np.random.Generator, timeline: Timeline = FIVE_SECONDS) -> Sound:
    """Someone typing quickly: every key a click going down, a thud on the plate, a click coming up."""
    gaps_s = rng.gamma(3.0, 1 / (3.0 * rng.uniform(5, 9)), 80)
    times_s = np.cumsum(gaps_s)
    dry = scattered(timeline, times_s, lambda: _key(rng, timeline))
    heard = reverberant(rng, timeline, dry, seconds=0.15, wet_db=-20)
    return recorded(rng, timeline, heard, floor_db=rng.uniform(-58, -48))


def _key(rng: np.random.Generator, timeline: Timeline) -> Signal:
    down = click(rng, timeline, 600, 9_000, rng.uniform(0.003, 0.007))
    plate = thump(rng, timeline, 180, 2_500, 0.014, modes=9)
    up = click(rng, timeline, 1_800, 9_000, 0.003)
    parts = [
        (0.0, 0.5 * down),
        (0.006, 0.25 * plate),
        (0.006, 0.6 * down),
        (rng.uniform(0.06, 0.1), 0.35 * up),
    ]
    return rng.uniform(0.4, 1.0) * placed(timeline.lasting(0.2), parts)


def vacuum_cleaner(rng: np.random.Generator, timeline: Timeline = FIVE_SECONDS) -> Sound:
    """Rushing air, coloured by the hose, with the motor's turns and the whine of its fan."""
    turns_hz = rng.uniform(280, 420) * (1 + 0.002 * drift(rng, timeline, 1.0))
    air = shaped_noise(rng, timeline, lambda hz: _hose(hz, 230.0) * band_gain(hz, 250, 2_500, 1))
    motor = unit_power(harmonic_tone(timeline, turns_hz, falling_amplitudes(10, 5.0)))
    fan = unit_power(harmonic_tone(timeline, turns_hz * int(rng.integers(9, 16)), (1.0, 0.3)))
    mix = coloured(rng, timeline, air, 3.0) + rng.uniform(0.3, 0.8) * motor + rng.uniform(0.1, 0.4) * fan
    return recorded(rng, timeline, mix, floor_db=-50)


def _hose(frequency_hz: Signal, spacing_hz: float) -> Signal:
    return np.asarray(1 + 0.5 * np.cos(2 * np.pi * frequency_hz / spacing_hz) * np.exp(-frequency_hz / 1_500))


def washing_machine(rng: np.random.Generator, timeline: Timeline = FIVE_SECONDS) -> Sound:
    """A drum that turns about once a second and sloshes, over hum and a motor's whine."""
    turn_hz = rng.uniform(0.8, 1.4)
    slosh = 1 + 0.25 * np.sin(2 * np.pi * turn_hz * timeline.time_s()) + 0.15 * drift(rng, timeline, 8.0)
    water = tilted_noise(rng, timeline, -4.5, from_hz=200) * slosh
    hum = unit_power(
        harmonic_tone(
            timeline, np.full(timeline.samples, 50.0), rng.uniform(0.1, 1.0, 60) * falling_amplitudes(60, 6.0)
        )
    )
    whine_hz = rng.uniform(350, 600) * (1 + 0.012 * np.sin(2 * np.pi * turn_hz * timeline.time_s()))
    whine = unit_power(harmonic_tone(timeline, whine_hz, falling_amplitudes(14, 3.0)))
    mix = water + rng.uniform(0.5, 1.0) * hum + rng.uniform(0.1, 0.3) * whine
    return recorded(rng, timeline, mix, floor_db=-45)


def clapping(rng: np.random.Generator, timeline: Timeline = FIVE_SECONDS) -> Sound:
    """A few people applauding, each at a rate of their own."""
    hall = silence(timeline)
    for _ in range(rng.integers(1, 9)):
        hall += rng.uniform(0.5, 1.0) * _applause(rng, timeline)
    heard = reverberant(rng, timeline, hall, seconds=rng.uniform(0.4, 0.9), wet_db=-8)
    return recorded(rng, timeline, heard, floor_db=-52)


def _applause(rng: np.random.Generator, timeline: Timeline) -> Signal:
    """One person's."""
    times_s = rhythm(rng, timeline, rng.uniform(2.8, 4.2), jitter=0.04)
    cup_hz = rng.uniform(700, 1_600)
    return scattered(timeline, times_s, lambda: clap(rng, timeline, cup_hz))


def clap(rng: np.random.Generator, timeline: Timeline, cup_hz: float) -> Signal:
    """Two hands: a sharp burst coloured by the air enclosed between them."""
    slap = click(rng, timeline, 600, 4_000, 0.004)
    cup = click(rng, timeline, 0.8 * cup_hz, 1.25 * cup_hz, 0.010)
    return rng.uniform(0.7, 1.0) * placed(timeline.lasting(0.1), [(0.0, slap), (0.0, cup)])
