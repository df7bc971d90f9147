"""A new last layer on frozen features."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from made_data import FAMILY_SETTINGS, tiny_config
from torch import nn
from torch.nn import functional

from audio_cnn.config import Config, NetworkConfig
from audio_cnn.dataset.examples import Examples
from audio_cnn.errors import ConfigError
from audio_cnn.network.registry import build_network
from audio_cnn.training.logistic_regression import logistic_regression
from audio_cnn.training.probe import penultimate, with_new_head
from audio_cnn.training.scoring import scores_of

CPU = torch.device("cpu")


def clouds(classes: int = 3, each: int = 40, apart: float = 3.0) -> tuple[torch.Tensor, torch.Tensor]:
    """Points [N, 5] around a centre for each class, on scales that differ a thousandfold."""
    generator = torch.Generator().manual_seed(0)
    target = torch.arange(classes).repeat_interleave(each)
    points = torch.randn(len(target), 5, generator=generator)
    points[:, :classes] += apart * functional.one_hot(target, classes)
    return points * torch.tensor([1.0, 100.0, 0.1, 1.0, 10.0]) + 7, target


def even(count: int) -> torch.Tensor:
    return torch.full((count,), 1 / count)


def test_clouds_apart_are_told_apart() -> None:
    points, target = clouds(apart=6.0)

    matrix, bias = logistic_regression(points, target, even(120), 3, decay=0.01)

    assert ((points @ matrix.T + bias).argmax(dim=1) == target).float().mean() > 0.98


def test_it_ends_where_the_loss_is_flat() -> None:
    points, target = clouds(apart=1.0)
    share, decay = torch.arange(1.0, 121) / torch.arange(1.0, 121).sum(), 0.05
    matrix, bias = logistic_regression(points, target, share, 3, decay)

    mean = share @ points
    deviation = (share @ (points - mean) ** 2).sqrt()
    scaled, weights = (points - mean) / deviation, matrix * deviation
    error = torch.softmax(points @ matrix.T + bias, dim=1) - functional.one_hot(target, 3)
    gradient = (share[:, None] * error).T @ scaled + decay * weights
    assert gradient.abs().max() < 1e-3
    assert (share @ error).abs().max() < 1e-3


def test_more_decay_is_less_certain() -> None:
    points, target = clouds()
    certainty = []
    for decay in (0.01, 1.0):
        matrix, bias = logistic_regression(points, target, even(120), 3, decay)
        certainty.append(torch.softmax(points @ matrix.T + bias, dim=1).amax(dim=1).mean())

    assert certainty[0] > certainty[1] + 0.2


def test_a_feature_that_never_changes_does_no_harm() -> None:
    points, target = clouds()
    points[:, 4] = 3.0

    matrix, bias = logistic_regression(points, target, even(120), 3, decay=0.1)

    assert torch.isfinite(matrix).all()
    assert torch.isfinite(bias).all()


@pytest.fixture(params=["resnet", "ensemble"])
def recipe(tiny: Config, request: pytest.FixtureRequest) -> Config:
    if request.param == "resnet":
        return tiny
    members = tiny.network, tiny_config(*FAMILY_SETTINGS["mobilenet"]).network
    return replace(tiny, network=NetworkConfig(family="ensemble", members=members, familiarity=True))


@pytest.fixture
def base(recipe: Config) -> nn.Module:
    torch.manual_seed(0)
    return build_network(recipe.network, recipe.front_end, 50).eval()


def test_only_the_last_layer_is_new(base: nn.Module, recipe: Config, examples: Examples) -> None:
    own = replace(examples, target=examples.target % 3, class_names=("a", "b", "c"))
    before = {name: tensor.clone() for name, tensor in base.state_dict().items()}
    rows = own.rows([1, 2, 3, 4])
    calls: list[tuple[int, int]] = []

    network = with_new_head(
        base, recipe, own, rows, np.ones(len(own)), CPU, lambda done, all_: calls.append((done, all_))
    )

    after = network.state_dict()
    assert calls == [(24, 24)]
    assert after["linear.weight"].shape == (3, base.linear.in_features)
    for name, tensor in base.state_dict().items():
        assert torch.equal(tensor, before[name])
        assert name.startswith("linear.") or torch.equal(tensor, after[name])
    held_out = own.rows([5])
    assert (scores_of(network, own, held_out).argmax(axis=1) == own.target[held_out]).mean() > 0.8


def test_what_goes_into_the_last_layer(base: nn.Module, examples: Examples) -> None:
    rows = examples.rows([2])

    seen = penultimate(base, examples, rows, CPU)

    with torch.no_grad():
        scores = base.linear(seen).numpy()
    np.testing.assert_allclose(scores, scores_of(base, examples, rows), atol=1e-5)


def test_a_network_without_such_a_layer_is_refused(tiny: Config, examples: Examples) -> None:
    with pytest.raises(ConfigError, match="has no last layer to replace"):
        with_new_head(nn.Conv1d(1, 1, 1), tiny, examples, examples.rows([1]), np.ones(30), CPU)
