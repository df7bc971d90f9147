"""The sounds from which a finished network learns what is strange."""

from __future__ import annotations

import numpy as np
import torch
from made_data import tiny_config

from audio_cnn.dataset.examples import Examples
from audio_cnn.sounds.outside import OUTSIDE
from audio_cnn.training.familiarity import poor_copies
from audio_cnn.training.made_sounds import FIRST_SEED, KNOWN, OUTSIDER, made_sounds


def test_made_sounds_are_of_the_classes_that_code_can_make_and_of_none() -> None:
    made = made_sounds(tiny_config().front_end, ("siren", "hydrophone", "rain"), 5)

    files = np.array(made.files)
    known, outsiders = (sorted(files[made.target == which]) for which in (KNOWN, OUTSIDER))
    assert known == [f"rain-{FIRST_SEED}", f"siren-{FIRST_SEED}"]
    assert outsiders == sorted(f"{kind}-{FIRST_SEED + i}" for kind in OUTSIDE for i in range(5))
    assert made.log_mel.shape == (1, len(files), 32, 63)
    assert all(log_mel.max() == 255 for log_mel in made.log_mel[0])  # each spans its own range


def test_a_class_of_the_data_is_no_outsider() -> None:
    made = made_sounds(tiny_config().front_end, ("speech", "music"), 1)

    assert {name.split("-")[0] for name in made.files} == OUTSIDE.keys() - {"speech", "music"}
    assert (made.target == OUTSIDER).all()


def test_poor_copies_are_others_and_the_same_each_time(examples: Examples) -> None:
    clips = [torch.from_numpy(examples.log_mel[0]).float() / 255] * 2

    first, second = (list(poor_copies(clips, tiny_config())) for _ in range(2))

    assert [copy.shape for copy in first] == [clip.shape for clip in clips]
    assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True))
    changed = (first[0] != clips[0]).flatten(1).any(dim=1).float().mean()
    assert 0.4 < changed < 1  # each of four things happens to a quarter: 1 - 0.75 ** 4
    assert not torch.equal(first[0], first[1])
