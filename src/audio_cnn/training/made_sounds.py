"""Sounds made by code, from which a finished network learns what is strange."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from audio_cnn.config import FrontEnd
from audio_cnn.dataset.cache import quantised
from audio_cnn.dataset.examples import Examples
from audio_cnn.network.familiarity import KINDS
from audio_cnn.sounds.outside import kinds_of_none, outside_sound
from audio_cnn.sounds.registry import SYNTHESISERS, synthesise
from audio_cnn.spectrogram.log_mel import LogMel

FIRST_SEED = 1_000
"""Of the sounds learned from; ``evaluate --rejection`` listens to seeds from 0 on."""

FEWER_OF_CLASSES = 5
"""So many times fewer sounds are made of a class than of a kind of no class: there are more classes."""

KNOWN = 0
"""What a sound of a class is, in place of it; one of no class is 1 + its place in ``KINDS``."""


@lru_cache(maxsize=1)
def made_sounds(front_end: FrontEnd, class_names: tuple[str, ...], a_kind: int) -> Examples:
    """Sounds of the classes, as far as code can make them, and of none: the same each time.

    A kind that a class is called after (``kinds_of_none``) is left out.

    Args:
        a_kind: how many of each kind of no class.
    """
    classes = [name for name in class_names if name in SYNTHESISERS]
    kinds = kinds_of_none(class_names)
    of_class = range(FIRST_SEED, FIRST_SEED + -(-a_kind // FEWER_OF_CLASSES))
    of_none = range(FIRST_SEED, FIRST_SEED + a_kind)
    sounds = [(name, seed, KNOWN) for name in classes for seed in of_class]
    sounds += [(kind, seed, 1 + KINDS.index(kind)) for kind in kinds for seed in of_none]
    log_mel = LogMel(front_end).eval()
    maps = []
    for name, seed, target in sounds:
        make = synthesise if target == KNOWN else outside_sound
        samples = make(name, seed, front_end.sample_rate_hz, front_end.window_s)
        maps.append(quantised(log_mel, samples[None]))
    return Examples(
        log_mel=np.concatenate(maps)[None],
        target=np.array([target for *_, target in sounds]),
        fold=np.ones(len(sounds), dtype=np.int64),
        files=tuple(f"{name}-{seed}" for name, seed, _ in sounds),
        class_names=("of a class", *KINDS),
    )
