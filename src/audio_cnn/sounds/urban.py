"""Streets, vehicles, tools and bells. Each takes a generator and a timeline and gives float32 [T]."""

from __future__ import annotations

import numpy as np

from audio_cnn.sounds.events import click, fade, placed, rhythm
from audio_cnn.sounds.noise import (
    band_gain,
    band_noise,
    coloured,
    drift,
    shaped_noise,
    tilted_noise,
    unit_power,
)
from audio_cnn.sounds.space import amplitude_of, recorded, reverberant
from audio_cnn.sounds.timeline import FIVE_SECONDS, Signal, Sound, Timeline
from audio_cnn.sounds.tones import (
    falling_amplitudes,
    harmonic_tone,
    partials,
    pulse_train,
    repeated_cycle,
    silence,
)

SIREN_HZ = (550.0, 1_500.0)
"""Between these the pitch of a siren moves."""

BLADES_HZ = (11.0, 20.0)
"""How often a helicopter's blades pass in a second."""


def siren(rng: np.random.Generator, timeline: Timeline = FIVE_SECONDS) -> Sound:
    """An ambulance in a street: slow wail, quick yelp or two tones, with echoes from the houses."""
    pitch_hz = siren_hz(rng, timeline)
    horn = harmonic_tone(timeline, pitch_hz, falling_amplitudes(14, 9.0))
    street = reverberant(rng, timeline, horn, seconds=rng.uniform(0.8, 1.8), wet_db=rng.uniform(-14, -8))
    traffic = amplitude_of(rng.uniform(-44, -34)) * tilted_noise(rng, timeline, -5.0, from_hz=80)
    return recorded(rng, timeline, street / np.abs(street).max() + traffic, floor_db=-60)


def siren_hz(rng: np.random.Generator, timeline: Timeline) -> Signal:
    """The pitch [T] of a siren of some kind, between ``SIREN_HZ``."""
    low_hz, high_hz = rng.uniform(SIREN_HZ[0], 700), rng.uniform(1_150, SIREN_HZ[1])
    match rng.choice(["wail", "yelp", "two tones"], p=[0.5, 0.25, 0.25]):
        case "wail":
            return wail_hz(timeline, low_hz, high_hz, rng.uniform(3.0, 8.0), rng.uniform(0, 1))
        case "yelp":
            return wail_hz(timeline, low_hz, high_hz, rng.uniform(0.25, 0.4), rng.uniform(0, 1))
        case _:
            return two_tones_hz(timeline, low_hz, rng.uniform(1.25, 1.5) * low_hz, rng.uniform(1.0, 1.6))


def two_tones_hz(timeline: Timeline, low_hz: float, high_hz: float, period_s: float) -> Signal:
    """A pitch [T] that is low for half of every period and high for the other."""
    return np.where(np.mod(timeline.time_s() / period_s, 1.0) < 0.5, low_hz, high_hz)


def wail_hz(timeline: Timeline, low_hz: float, high_hz: float, period_s: float, start: float = 0.0) -> Signal:
    """A pitch [T] that rises and falls evenly on the musical scale; ``start`` is a share of the period."""
    turn = np.mod(timeline.time_s() / period_s + start, 1.0)
    return np.asarray(low_hz * (high_hz / low_hz) ** (1 - np.abs(2 * turn - 1)))


def church_bells(rng: np.random.Generator, timeline: Timeline = FIVE_SECONDS) -> Sound:
    """Two or three bells that swing, already ringing when the recording starts."""
    nominal_hz = rng.uniform(650, 1_100)
    longer = timeline.lasting(timeline.seconds + 6)
    peal = silence(longer)
    for ratio in (1.0, 0.84, 0.67)[: rng.integers(1, 4)]:
        bell = bell_stroke(rng, timeline.lasting(6.0), nominal_hz * ratio)
        swing_per_s = rng.uniform(0.65, 1.1)
        peal += placed(
            longer, ((at_s, rng.uniform(0.7, 1) * bell) for at_s in rhythm(rng, longer, swing_per_s, 0.02))
        )
    air = reverberant(rng, longer, peal, seconds=2.0, wet_db=-12)[-timeline.samples :]
    town = amplitude_of(-42) * tilted_noise(rng, timeline, -5.0, from_hz=80)
    return recorded(rng, timeline, air / np.abs(air).max() + town, floor_db=-60)


def bell_stroke(rng: np.random.Generator, timeline: Timeline, nominal_hz: float) -> Signal:
    """Hum, prime, tierce, quint, nominal and what is above: pairs of partials that beat slowly.

    Source: W. A. Hibbert, "The Quantification of Strike Pitch and Pitch Shifts in Church Bells", 2008
    (ratios of a true-harmonic bell's partials to its nominal).
    """
    ratios = np.array(
        [0.25, 0.5, 0.6, 0.75, 1.0, 1.25, 1.333, 1.5, 2.0, 2.61, 3.25, 3.93, 4.63, 5.35, 6.1, 6.9]
    )
    levels = np.array([0.5, 0.8, 0.9, 0.35, 1.0, 0.3, 0.3, 0.7, 0.55, 0.45, 0.35, 0.28, 0.2, 0.16, 0.12, 0.1])
    decays_s = 2.6 * np.minimum(1.6, (0.5 / ratios) ** 0.75)
    tuned_hz = nominal_hz * ratios * np.exp(0.01 * rng.standard_normal(len(ratios)))
    split = 1 + rng.uniform(0.0005, 0.002, len(ratios))
    ring = partials(timeline, tuned_hz, levels, decays_s) + partials(
        timeline, tuned_hz * split, 0.5 * levels, decays_s
    )
    return ring + placed(timeline, [(0.0, 0.6 * click(rng, timeline, 800, 7_000, 0.008))])


def helicopter(rng: np.random.Generator, timeline: Timeline = FIVE_SECONDS) -> Sound:
    """Blades that slap the air, the rush they stir, and the whine of the turbine."""
    blades_hz = rng.uniform(*BLADES_HZ)
    return recorded(rng, timeline, rotor(rng, timeline, blades_hz), floor_db=-48)


def rotor(rng: np.random.Generator, timeline: Timeline, blades_hz: float) -> Signal:
    """Slaps at ``blades_hz`` a second: low thumps, noise that comes with them, and steady noise."""
    rate_hz = blades_hz * (1 + 0.004 * drift(rng, timeline, 0.5))
    slap = pulse_train(timeline, rate_hz, sharpness=4.0)
    thumps = rng.uniform(0.9, 1.8) * unit_power(
        repeated_cycle(timeline, rate_hz, _thump_amplitudes(blades_hz))
    )
    rush = coloured(rng, timeline, band_noise(rng, timeline, 150, 900, order=2), 2.0) * (0.7 + slap)
    air = coloured(rng, timeline, tilted_noise(rng, timeline, rng.uniform(-5, -3), from_hz=200), 3.0)
    turbine_hz = np.full(timeline.samples, rng.uniform(2_500, 5_500))
    whine = unit_power(
        harmonic_tone(timeline, turbine_hz * (1 + 0.001 * drift(rng, timeline, 1.0)), (1.0, 0.3))
    )
    distance = np.exp(0.15 * drift(rng, timeline, 0.4))
    return (thumps + 0.5 * rush + rng.uniform(0.5, 1.0) * air + rng.uniform(0.005, 0.05) * whine) * distance


def _thump_amplitudes(blades_hz: float) -> Signal:
    frequency_hz = blades_hz * np.arange(1.0, 200.0)
    return band_gain(frequency_hz, 35.0, 110.0, 2)


def engine(rng: np.random.Generator, timeline: Timeline = FIVE_SECONDS) -> Sound:
    """A motor at idle: unequal cylinders firing in turn, the clatter of valves, an exhaust that hums."""
    cycle_hz = rng.uniform(6, 11)
    cylinders = int(rng.choice([2, 4]))
    rate_hz = cycle_hz * (1 + 0.01 * drift(rng, timeline, 2.0))
    loudness = rng.uniform(0.6, 1.0, cylinders)
    exhaust, gate = firing(timeline, rate_hz, loudness)
    clatter = coloured(rng, timeline, band_noise(rng, timeline, 600, 6_000, order=1), 5.0, 2.0) * (0.2 + gate)
    breath = coloured(rng, timeline, tilted_noise(rng, timeline, -5.0, from_hz=150), 4.0, 2.0) * (
        0.8 + 0.4 * gate
    )
    mix = unit_power(exhaust) + rng.uniform(0.3, 0.6) * breath + rng.uniform(0.03, 0.12) * clatter
    return recorded(rng, timeline, coloured(rng, timeline, mix, 3.0), floor_db=-45)


def firing(timeline: Timeline, cycle_hz: Signal, loudness: Signal) -> tuple[Signal, Signal]:
    """The pressure of cylinders that fire evenly spaced, and the envelope of their strokes: both [T]."""
    numbers = np.arange(1.0, 2_001.0)
    strokes = np.exp(-2j * np.pi * np.outer(numbers, np.arange(len(loudness)) / len(loudness))) @ loudness
    exhaust_gain = band_gain(numbers * float(cycle_hz.mean()), 30.0, 120.0, 2)
    exhaust = repeated_cycle(timeline, cycle_hz, strokes * exhaust_gain)
    gate = pulse_train(timeline, cycle_hz * len(loudness), sharpness=3.0)
    return exhaust, gate


def airplane(rng: np.random.Generator, timeline: Timeline = FIVE_SECONDS) -> Sound:
    """A plane overhead: a roar, combed by its reflection from the ground; perhaps propellers."""
    roar = airy_roar(rng, timeline)
    near_s, far_s = rng.permutation([rng.uniform(0.001, 0.002), rng.uniform(0.003, 0.006)])
    delay_s = np.linspace(float(near_s), float(far_s), timeline.samples)
    swept = roar + rng.uniform(0.1, 0.35) * _delayed(roar, timeline, delay_s)
    passing = np.exp(-0.5 * ((timeline.time_s() - rng.uniform(1, 4)) / rng.uniform(2.0, 4.0)) ** 2)
    turns_hz = np.linspace(1.03, 0.97, timeline.samples) * rng.uniform(70, 120)
    propeller = unit_power(harmonic_tone(timeline, turns_hz, falling_amplitudes(60, 6.0)))
    flutter = np.exp(0.12 * drift(rng, timeline, 2.0))
    mix = (unit_power(swept) + rng.choice([0.05, 0.8]) * propeller) * flutter * (0.3 + passing)
    return recorded(rng, timeline, mix, floor_db=-62)


def airy_roar(rng: np.random.Generator, timeline: Timeline) -> Signal:
    """Low noise from far away: the air has swallowed what is high."""
    far_hz = rng.uniform(2_000, 4_000)
    exponent = -rng.uniform(0.8, 1.4)
    roar = shaped_noise(
        rng, timeline, lambda hz: band_gain(hz, 60, far_hz, 2) * np.maximum(hz / 200, 1.0) ** exponent
    )
    return coloured(rng, timeline, roar, 2.0)


def _delayed(signal: Signal, timeline: Timeline, delay_s: Signal) -> Signal:
    return np.interp(timeline.time_s() - delay_s, timeline.time_s(), signal, left=0.0)


def car_horn(rng: np.random.Generator, timeline: Timeline = FIVE_SECONDS) -> Sound:
    """Two horns a third apart, sounded one to three times in a street."""
    low_hz = rng.uniform(330, 430)
    honk_s = rng.uniform(0.3, 2.0)
    starts_s = rng.uniform(0.2, 0.8) + np.arange(rng.integers(1, 4)) * (honk_s + rng.uniform(0.12, 0.35))
    honk = _honk(timeline.lasting(honk_s), low_hz) + _honk(timeline.lasting(honk_s), 1.25 * low_hz)
    street = reverberant(
        rng, timeline, placed(timeline, ((at_s, honk) for at_s in starts_s)), seconds=0.9, wet_db=-14
    )
    traffic = amplitude_of(rng.uniform(-40, -26)) * tilted_noise(rng, timeline, -5.0, from_hz=80)
    return recorded(rng, timeline, street / np.abs(street).max() + traffic, floor_db=-60)


def _honk(timeline: Timeline, pitch_hz: float) -> Signal:
    numbers = np.arange(1.0, 25.0)
    amplitudes = band_gain(pitch_hz * numbers, 500.0, 2_500.0, 2)  # the trumpet of the horn favours these
    return fade(
        harmonic_tone(timeline, np.full(timeline.samples, pitch_hz), amplitudes), timeline, 0.02, 0.04
    )


def hand_saw(rng: np.random.Generator, timeline: Timeline = FIVE_SECONDS) -> Sound:
    """Strokes to and fro: the push rasps loud, the pull softer and duller."""
    strokes_per_s = rng.uniform(1.4, 2.4)
    times_s = rhythm(rng, timeline, strokes_per_s, jitter=0.03, start_s=-0.3)
    push, pull = 0.48 / strokes_per_s, 0.40 / strokes_per_s
    wood_hz = rng.uniform(450, 800)
    strokes = [(at_s, _stroke(rng, timeline.lasting(push), wood_hz)) for at_s in times_s]
    back = [
        (at_s + 1.05 * push, 0.45 * _stroke(rng, timeline.lasting(pull), 0.8 * wood_hz)) for at_s in times_s
    ]
    room = reverberant(rng, timeline, placed(timeline, [*strokes, *back]), seconds=0.35, wet_db=-14)
    return recorded(rng, timeline, room, floor_db=-50)


def _stroke(rng: np.random.Generator, timeline: Timeline, wood_hz: float) -> Signal:
    rasp = shaped_noise(
        rng, timeline, lambda hz: band_gain(hz, 900, 7_000, 1) + band_gain(hz, wood_hz, 1.3 * wood_hz, 3)
    )
    speed = np.sin(np.pi * np.linspace(0, 1, timeline.samples)) ** 0.6
    teeth = 0.6 + 0.4 * pulse_train(timeline, 140 * speed + 20, sharpness=2.0)
    return rasp * speed * teeth
