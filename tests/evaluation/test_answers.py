"""Answers put together over folds and seeds."""

from __future__ import annotations

import numpy as np
import pytest

from audio_cnn.evaluation.answers import Answers, deviation
from audio_cnn.evaluation.metrics import wilson_interval


def answers_that_are(right: list[bool], fold: list[int], seed: list[int]) -> Answers:
    """Two classes, all clips of the first, 0.9 sure."""
    sure = np.array([[0.9, 0.1] if one else [0.1, 0.9] for one in right], dtype=np.float32)
    files = tuple(f"{row}.wav" for row in range(len(right)))
    target = np.zeros(len(right), dtype=np.int64)
    return Answers(files, np.array(fold), np.array(seed), target, sure, ("dog", "cat"))


@pytest.fixture
def two_seeds() -> Answers:
    """Folds 1 and 2 of two clips each; seed 7 has one mistake, seed 3 has three."""
    right = [True, True, True, False, True, False, False, False]
    return answers_that_are(right, fold=[1, 1, 2, 2] * 2, seed=[7] * 4 + [3] * 4)


def test_figures_of_each_training(two_seeds: Answers) -> None:
    assert {part: one.accuracy for part, one in two_seeds.by_training.items()} == {
        (7, 1): 1.0,
        (7, 2): 0.5,
        (3, 1): 0.5,
        (3, 2): 0.0,
    }
    assert two_seeds.seeds == (7, 3)
    assert two_seeds.fold_accuracies().tolist() == [0.75, 0.25]
    assert two_seeds.seed_accuracies().tolist() == [0.75, 0.25]
    assert two_seeds.evaluation.accuracy == 0.5
    assert two_seeds.of_fold(2).evaluation.accuracy == 0.25


def test_a_second_seed_does_not_make_more_clips(two_seeds: Answers) -> None:
    assert two_seeds.interval() == wilson_interval(0.5, 4)


def test_deviation_of_a_sample() -> None:
    assert deviation([0.7, 0.8]) == pytest.approx(0.1 / np.sqrt(2))
    assert deviation([0.7]) is None
