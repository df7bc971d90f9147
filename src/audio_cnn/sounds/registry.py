"""The sounds that can be made, by the name of their ESC-50 class."""

from __future__ import annotations

import zlib
from typing import Protocol

import numpy as np

from audio_cnn.errors import ConfigError
from audio_cnn.sounds import animals, domestic, nature, urban
from audio_cnn.sounds.timeline import FIVE_SECONDS, Sound, Timeline


class Synthesiser(Protocol):
    """Draws a new sound of its class from a generator; five seconds unless told otherwise."""

    def __call__(self, rng: np.random.Generator, timeline: Timeline = FIVE_SECONDS, /) -> Sound:
        """Float32 [T] with a peak of at most 1."""
        ...


SYNTHESISERS: dict[str, Synthesiser] = {
    "crickets": animals.crickets,
    "chirping_birds": animals.chirping_birds,
    "rain": nature.rain,
    "sea_waves": nature.sea_waves,
    "crackling_fire": nature.crackling_fire,
    "water_drops": nature.water_drops,
    "wind": nature.wind,
    "thunderstorm": nature.thunderstorm,
    "clapping": domestic.clapping,
    "footsteps": domestic.footsteps,
    "door_wood_knock": domestic.door_wood_knock,
    "mouse_click": domestic.mouse_click,
    "keyboard_typing": domestic.keyboard_typing,
    "washing_machine": domestic.washing_machine,
    "vacuum_cleaner": domestic.vacuum_cleaner,
    "clock_alarm": domestic.clock_alarm,
    "clock_tick": domestic.clock_tick,
    "helicopter": urban.helicopter,
    "siren": urban.siren,
    "car_horn": urban.car_horn,
    "engine": urban.engine,
    "church_bells": urban.church_bells,
    "airplane": urban.airplane,
    "hand_saw": urban.hand_saw,
}


def synthesise(name: str, seed: int = 0, sample_rate_hz: int = 44_100, seconds: float = 5.0) -> Sound:
    """Make a sound; the same arguments give the same sound, another seed a variation.

    Args:
        name: an ESC-50 class, one of ``SYNTHESISERS``.
        seed: which variation, 0 or more.
        sample_rate_hz: samples per second.
        seconds: length.

    Returns:
        Float32 [T] within -1..1, T = seconds x rate.

    Raises:
        ConfigError: nothing is known by that name.
    """
    if name not in SYNTHESISERS:
        raise ConfigError(f"no sound can be made for '{name}'; known: {', '.join(sorted(SYNTHESISERS))}")
    rng = np.random.default_rng([zlib.crc32(name.encode()), seed])
    return SYNTHESISERS[name](rng, Timeline(sample_rate_hz, seconds))
