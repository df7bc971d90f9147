"""Familiarity: distances are Mahalanobis's, and only far sounds are believed less."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from audio_cnn.network.familiarity import SHRINKAGE, ClassDistance, Distances, Familiarity, summary

DIMENSIONS = 6
CHANNELS = 3, 5


@pytest.fixture
def clouds() -> tuple[Tensor, Tensor]:
    """Vectors [60, D] around three places, stretched; classes 0, 1 and 3 of four: int64 [60]."""
    generator = torch.Generator().manual_seed(0)
    target = torch.tensor([0, 1, 3]).repeat(20)
    middles = 10 * torch.randn(4, DIMENSIONS, generator=generator)
    stretch = torch.randn(DIMENSIONS, DIMENSIONS, generator=generator)
    return middles[target] + torch.randn(60, DIMENSIONS, generator=generator) @ stretch, target


@pytest.fixture
def layers() -> tuple[Tensor, ...]:
    """What two layers make of twenty sounds: [20, C, 4, 6]."""
    generator = torch.Generator().manual_seed(1)
    return tuple(torch.randn(20, width, 4, 6, generator=generator) for width in CHANNELS)


@pytest.fixture
def familiarity(layers: tuple[Tensor, ...]) -> Familiarity:
    """Of these sounds as examples of two classes."""
    module = Familiarity(2, CHANNELS).eval()
    module.distance.learn([summary(layer) for layer in layers], torch.arange(20) % 2)
    return module


def test_a_channel_is_summed_up_by_mean_and_deviation(layers: tuple[Tensor, ...]) -> None:
    expected = torch.cat([layers[0].mean((2, 3)), layers[0].std((2, 3), correction=0)], dim=1)

    torch.testing.assert_close(summary(layers[0]), expected)


def test_the_distance_is_that_of_the_textbook(clouds: tuple[Tensor, Tensor]) -> None:
    distance = ClassDistance(4, DIMENSIONS)
    assert not distance.learned
    distance.learn(*clouds)

    vectors, target = (part.numpy() for part in clouds)
    means = {which: vectors[target == which].mean(axis=0) for which in (0, 1, 3)}
    rest = vectors - np.stack([means[which] for which in target])
    covariance = rest.T @ rest / len(rest)
    ball = np.trace(covariance) / DIMENSIONS * np.eye(DIMENSIONS)
    covariance = (1 - SHRINKAGE) * covariance + SHRINKAGE * ball
    away = [[vector - mean for mean in means.values()] for vector in vectors]
    expected = [min(d @ np.linalg.solve(covariance, d) for d in each) for each in away]

    assert distance.learned
    np.testing.assert_allclose(distance(clouds[0]), expected, rtol=1e-4)


def test_one_clip_a_class_is_enough(clouds: tuple[Tensor, Tensor]) -> None:
    distance = ClassDistance(4, DIMENSIONS)
    distance.learn(clouds[0][:3], clouds[1][:3])

    away = distance(clouds[0][:6])

    assert torch.isfinite(away).all()
    assert away[:3].max() < 1e-3 * away[3:].min()


def test_stored_in_sixteen_bits_it_is_the_same_far_from_zero(clouds: tuple[Tensor, Tensor]) -> None:
    distance = ClassDistance(4, DIMENSIONS)
    vectors = clouds[0] / 100 + 50  # as what a layer lets through: large, and hardly different
    distance.learn(vectors, clouds[1])
    exact = distance(vectors)

    distance.centres.copy_(distance.centres.half())
    distance.whitening.copy_(distance.whitening.half())

    torch.testing.assert_close(distance(vectors), exact, rtol=0.01, atol=0.01)


def test_sixteen_bits_on_the_way_do_not_blur_it(familiarity: Familiarity, layers: tuple[Tensor, ...]) -> None:
    rounded = [layer.bfloat16() for layer in layers]
    exact = familiarity.distance([layer.float() for layer in rounded])

    with torch.autocast("cpu", dtype=torch.bfloat16):
        mixed = familiarity.distance(rounded)

    torch.testing.assert_close(mixed, exact)


def test_each_layer_is_asked(familiarity: Familiarity, layers: tuple[Tensor, ...]) -> None:
    strange = [layers[0], layers[1] + 10]

    usual, other = (familiarity.distance(each) for each in (layers, strange))

    assert usual.shape == (20, len(CHANNELS))
    torch.testing.assert_close(other[:, 0], usual[:, 0])
    assert other[:, 1].min() > usual[:, 1].max()


def test_only_scores_of_far_sounds_are_lowered_and_none_changes_places(
    familiarity: Familiarity, layers: tuple[Tensor, ...]
) -> None:
    scores = torch.randn(20, 4)
    distance = familiarity.distance(layers)
    far = [layers[0], layers[1] + 10]
    usual = distance.amax(dim=0) + 1
    beyond = familiarity.distance(far)[:, 1:] - usual[1]
    doubt = 1 / float(beyond.median())
    familiarity.believe(usual.tolist(), [doubt, doubt])

    assert torch.equal(familiarity(scores, layers), scores)
    assert (doubt * beyond > 1).any()  # of which no more than 1 counts
    expected = scores / (1 + (doubt * beyond).clamp(max=1) / len(CHANNELS))
    torch.testing.assert_close(familiarity(scores, far), expected)


def test_scores_pass_in_training_and_before_anything_is_believed(
    familiarity: Familiarity, layers: tuple[Tensor, ...]
) -> None:
    scores = torch.randn(20, 4)

    assert torch.equal(familiarity(scores, layers), scores)
    familiarity.believe([0.0, 0.0], [1.0, 1.0])
    assert torch.equal(familiarity.train()(scores, layers), scores)
    assert not torch.equal(familiarity.eval()(scores, layers), scores)


def test_without_a_class_learned_no_layer_has(layers: tuple[Tensor, ...]) -> None:
    distance = Distances(2, CHANNELS)
    assert not distance.learned
    distance[0].learn(summary(layers[0]), torch.arange(20) % 2)
    assert not distance.learned
