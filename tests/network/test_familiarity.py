"""Strangeness is a weighted sum a kind of what all layers say, and only strange sounds are believed less."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from audio_cnn.network.familiarity import KINDS, RULED_OUT, Familiarity, Strangeness, of_any_kind, summary
from audio_cnn.sounds.outside import OUTSIDE

CHANNELS = 3, 5


@pytest.fixture
def layers() -> tuple[Tensor, ...]:
    """What two layers make of twenty sounds: [20, C, 4, 6]."""
    generator = torch.Generator().manual_seed(1)
    return tuple(torch.randn(20, width, 4, 6, generator=generator) for width in CHANNELS)


@pytest.fixture
def familiarity() -> Familiarity:
    """To which sounds are music that are loud in the second layer's first channel."""
    module = Familiarity(CHANNELS).eval()
    module.strangeness.bias.fill_(RULED_OUT)
    module.strangeness.weight[KINDS.index("music"), 2 * CHANNELS[0]] = 2.0
    module.strangeness.bias[KINDS.index("music")] = -1.0
    return module


def test_a_channel_is_summed_up_by_mean_and_deviation(layers: tuple[Tensor, ...]) -> None:
    expected = torch.cat([layers[0].mean((2, 3)), layers[0].std((2, 3), correction=0)], dim=1)

    torch.testing.assert_close(summary(layers[0]), expected)


def test_each_kind_is_a_weighted_sum_over_all_layers(layers: tuple[Tensor, ...]) -> None:
    module = Strangeness(CHANNELS)
    assert not module.learned
    module.weight[2] = torch.arange(16.0)
    module.bias[2] = 7.0
    first, second = (summary(layer) for layer in layers)

    expected = 7 + first @ torch.arange(6.0) + second @ torch.arange(6.0, 16.0)

    assert module.learned
    torch.testing.assert_close(module(layers), torch.eye(len(KINDS))[2] * expected[:, None])


def test_odds_of_all_kinds_add_up() -> None:
    odds = torch.tensor([[0.5, 1.0, 2.5], [0.1, 0.0, 0.0]])

    torch.testing.assert_close(of_any_kind(odds.log()).exp(), torch.tensor([4.0, 0.1]))


def test_the_kinds_are_those_that_code_can_make() -> None:
    assert tuple(OUTSIDE) == KINDS


def test_a_network_of_the_time_of_one_sum_is_as_strange_as_it_was(layers: tuple[Tensor, ...]) -> None:
    older = {"weight": torch.arange(16.0), "bias": torch.tensor(7.0)}
    first, second = (summary(layer) for layer in layers)
    module = Strangeness(CHANNELS)

    module.load_state_dict(older)

    expected = 7 + first @ torch.arange(6.0) + second @ torch.arange(6.0, 16.0)
    torch.testing.assert_close(of_any_kind(module(layers)), expected)
    again = Strangeness(CHANNELS)
    again.load_state_dict(module.state_dict())
    assert torch.equal(again(layers), module(layers))


def test_it_is_no_parameter_that_training_could_change() -> None:
    assert not list(Familiarity(CHANNELS).parameters())
    assert "strangeness.weight" in Familiarity(CHANNELS).state_dict()


def test_sixteen_bits_on_the_way_do_not_blur_it(familiarity: Familiarity, layers: tuple[Tensor, ...]) -> None:
    rounded = [layer.bfloat16() for layer in layers]
    exact = familiarity.strangeness([layer.float() for layer in rounded])

    with torch.autocast("cpu", dtype=torch.bfloat16):
        mixed = familiarity.strangeness(rounded)

    torch.testing.assert_close(mixed, exact)


def test_only_scores_of_strange_sounds_are_lowered_and_none_changes_places(
    familiarity: Familiarity, layers: tuple[Tensor, ...]
) -> None:
    scores = torch.randn(20, 4)
    louder = layers[1].clone()
    louder[:, 0] += 10
    usual = float(of_any_kind(familiarity.strangeness(layers)).max())
    familiarity.believe(usual, doubt=0.5)

    assert torch.equal(familiarity(scores, layers), scores)
    beyond = of_any_kind(familiarity.strangeness([layers[0], louder])) - usual
    torch.testing.assert_close(familiarity(scores, [layers[0], louder]), scores / (1 + 0.5 * beyond)[:, None])


def test_scores_pass_in_training_and_before_anything_is_believed(
    familiarity: Familiarity, layers: tuple[Tensor, ...]
) -> None:
    scores = torch.randn(20, 4)

    assert torch.equal(familiarity(scores, layers), scores)
    familiarity.believe(-100.0, 1.0)
    assert torch.equal(familiarity.train()(scores, layers), scores)
    assert not torch.equal(familiarity.eval()(scores, layers), scores)
