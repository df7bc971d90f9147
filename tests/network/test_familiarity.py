"""Familiarity: the distance is Mahalanobis's, and only far sounds are believed less."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from audio_cnn.network.familiarity import SHRINKAGE, ClassDistance, Familiarity

CHANNELS = 6


@pytest.fixture
def clouds() -> tuple[Tensor, Tensor]:
    """Vectors [60, C] around three places, stretched; classes 0, 1 and 3 of four: int64 [60]."""
    generator = torch.Generator().manual_seed(0)
    target = torch.tensor([0, 1, 3]).repeat(20)
    middles = 10 * torch.randn(4, CHANNELS, generator=generator)
    stretch = torch.randn(CHANNELS, CHANNELS, generator=generator)
    return middles[target] + torch.randn(60, CHANNELS, generator=generator) @ stretch, target


@pytest.fixture
def distance(clouds: tuple[Tensor, Tensor]) -> ClassDistance:
    module = ClassDistance(4, CHANNELS)
    module.learn(*clouds)
    return module


def as_layer(vectors: Tensor) -> Tensor:
    """A last layer [N, C, 2, 3] whose means over bands and frames are the vectors [N, C]."""
    ripple = torch.tensor([[1.0, -2.0, 1.0], [-3.0, 0.0, 3.0]])
    return vectors[:, :, None, None] + ripple


def test_the_distance_is_that_of_the_textbook(distance: ClassDistance, clouds: tuple[Tensor, Tensor]) -> None:
    vectors, target = (part.numpy() for part in clouds)
    means = {which: vectors[target == which].mean(axis=0) for which in (0, 1, 3)}
    rest = vectors - np.stack([means[which] for which in target])
    covariance = rest.T @ rest / len(rest)
    covariance = (1 - SHRINKAGE) * covariance + SHRINKAGE * np.trace(covariance) / CHANNELS * np.eye(CHANNELS)
    away = [[vector - mean for mean in means.values()] for vector in vectors]
    expected = [min(d @ np.linalg.solve(covariance, d) for d in each) for each in away]

    assert not ClassDistance(4, CHANNELS).learned
    assert distance.learned
    np.testing.assert_allclose(distance(as_layer(clouds[0])), expected, rtol=1e-4)


def test_one_clip_a_class_is_enough(clouds: tuple[Tensor, Tensor]) -> None:
    distance = ClassDistance(4, CHANNELS)
    distance.learn(clouds[0][:3], clouds[1][:3])

    away = distance(as_layer(clouds[0][:6]))

    assert torch.isfinite(away).all()
    assert away[:3].max() < 1e-3 * away[3:].min()


def test_sixteen_bits_do_not_blur_it(distance: ClassDistance, clouds: tuple[Tensor, Tensor]) -> None:
    layer = as_layer(clouds[0]).bfloat16()
    exact = distance(layer.float())

    with torch.autocast("cpu", dtype=torch.bfloat16):
        mixed = distance(layer)

    torch.testing.assert_close(mixed, exact)


def test_only_scores_of_far_sounds_are_lowered_and_none_changes_places(
    distance: ClassDistance, clouds: tuple[Tensor, Tensor]
) -> None:
    familiarity = Familiarity(4, CHANNELS).eval()
    familiarity.distance = distance
    near, far = clouds[0][:1], clouds[0][:1] + 100
    scores = torch.tensor([[2.0, -1.0, 0.5, 1.0]])
    usual = float(distance(as_layer(near))) * 1.01
    familiarity.believe(usual, doubt=0.01)

    assert torch.equal(familiarity(scores, as_layer(near)), scores)
    beyond = float(distance(as_layer(far))) - usual
    torch.testing.assert_close(familiarity(scores, as_layer(far)), scores / (1 + 0.01 * beyond))


def test_scores_pass_in_training_and_before_anything_is_believed(
    distance: ClassDistance, clouds: tuple[Tensor, Tensor]
) -> None:
    familiarity = Familiarity(4, CHANNELS)
    familiarity.distance = distance
    scores, far = torch.randn(1, 4), as_layer(clouds[0][:1] + 100)

    assert torch.equal(familiarity.eval()(scores, far), scores)
    familiarity.believe(0.0, 1.0)
    assert torch.equal(familiarity.train()(scores, far), scores)
    assert not torch.equal(familiarity.eval()(scores, far), scores)
