"""The sounds from which a finished network learns what is strange."""

from __future__ import annotations

import numpy as np
import torch
from made_data import tiny_config

from audio_cnn.dataset.examples import Examples
from audio_cnn.network.familiarity import KINDS, RULED_OUT, Strangeness, of_any_kind
from audio_cnn.training.familiarity import poor_copies, tell_apart
from audio_cnn.training.made_sounds import FIRST_SEED, KNOWN, made_sounds


def test_made_sounds_are_of_the_classes_that_code_can_make_and_of_none() -> None:
    made = made_sounds(tiny_config().front_end, ("siren", "hydrophone", "rain"), 5)

    files = np.array(made.files)
    assert sorted(files[made.target == KNOWN]) == [f"rain-{FIRST_SEED}", f"siren-{FIRST_SEED}"]
    for number, kind in enumerate(KINDS, start=1):
        assert sorted(files[made.target == number]) == [f"{kind}-{FIRST_SEED + i}" for i in range(5)]
    assert made.log_mel.shape == (1, len(files), 32, 63)
    assert all(log_mel.max() == 255 for log_mel in made.log_mel[0])  # each spans its own range


def test_a_class_of_the_data_is_no_outsider() -> None:
    made = made_sounds(tiny_config().front_end, ("speech", "music"), 1)

    kinds = [name.split("-")[0] for name in made.files]
    assert kinds == ["noise", "tones", "hum", "clicks"]
    assert [made.class_names[target] for target in made.target] == kinds


def test_each_kind_is_told_from_the_others_and_from_what_is_known_and_one_unheard_of_is_ruled_out() -> None:
    vectors = torch.eye(8).repeat(20, 1) + 0.05 * torch.randn(160, 8, generator=torch.manual_seed(0))
    target = torch.tensor([0, 0, 0, 1, 2, 3, 5, 6]).repeat(20)  # no tones
    strangeness = Strangeness([4])
    strangeness.load_state_dict({"weight": torch.zeros(8), "bias": torch.tensor(0.0)})  # begun long ago

    tell_apart(strangeness, vectors, target, torch.full((160,), 1 / 160))

    log_odds = vectors @ strangeness.weight.T + strangeness.bias
    strange = target != KNOWN
    assert torch.equal(log_odds[strange].argmax(dim=1), target[strange] - 1)
    assert of_any_kind(log_odds[~strange]).max() < 0 < of_any_kind(log_odds[strange]).min()
    assert (log_odds[:, KINDS.index("tones")] == RULED_OUT).all()
    assert strangeness.ruled_out == ("tones",)


def test_poor_copies_are_others_and_the_same_each_time(examples: Examples) -> None:
    clips = [torch.from_numpy(examples.log_mel[0]).float() / 255] * 2

    first, second = (list(poor_copies(clips, tiny_config())) for _ in range(2))

    assert [copy.shape for copy in first] == [clip.shape for clip in clips]
    assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True))
    changed = (first[0] != clips[0]).flatten(1).any(dim=1).float().mean()
    assert 0.4 < changed < 1  # each of four things happens to a quarter: 1 - 0.75 ** 4
    assert not torch.equal(first[0], first[1])
