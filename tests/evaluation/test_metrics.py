"""Figures, on cases worked out by hand."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from audio_cnn.evaluation.metrics import (
    calibration_bins,
    confusion_matrix,
    coverage,
    evaluate_probabilities,
    expected_calibration_error,
    log_loss,
    wilson_interval,
)

PROBABILITIES = np.array(
    [
        [0.7, 0.2, 0.1, 0.0],
        [0.5, 0.1, 0.4, 0.0],
        [0.1, 0.2, 0.3, 0.4],
        [0.25, 0.25, 0.25, 0.25],
    ],
    dtype=np.float32,
)
TARGET = np.array([0, 1, 3, 3])
NAMES = ("a", "b", "c", "d")


def test_all_figures_of_four_clips() -> None:
    figures = evaluate_probabilities(PROBABILITIES, TARGET, NAMES)

    assert figures.n == 4
    assert figures.accuracy == 0.5  # the first and the third
    assert figures.top3 == 0.75  # the second one's class comes third, the last one's class comes fourth
    assert figures.per_class == {"a": 1.0, "b": 0.0, "d": 0.5}
    assert figures.log_loss == pytest.approx(-sum(map(math.log, (0.7, 0.1, 0.4, 0.25))) / 4, rel=1e-6)
    assert figures.confusion.tolist() == [[1, 0, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0], [1, 0, 0, 1]]
    # Four bins of one clip: 0.7 right, 0.5 wrong, 0.4 right, 0.25 wrong.
    assert figures.ece == pytest.approx((0.3 + 0.5 + 0.6 + 0.25) / 4, rel=1e-6)


def test_figures_are_plain_json() -> None:
    figures = evaluate_probabilities(PROBABILITIES, TARGET, NAMES).to_dict()

    assert json.loads(json.dumps(figures)) == figures
    assert figures.keys() == {"accuracy", "top3", "n", "ece", "log_loss", "per_class", "most_confused"}


def test_rows_of_the_confusion_are_true_classes() -> None:
    confusion = confusion_matrix(predicted=np.array([2, 2, 0]), target=np.array([0, 1, 1]), classes=3)

    assert confusion.tolist() == [[0, 0, 1], [1, 0, 1], [0, 0, 0]]


def two_classes(*confidences: float) -> np.ndarray:
    return np.array([[confidence, 1 - confidence] for confidence in confidences], dtype=np.float32)


@pytest.mark.parametrize(
    ("confidences", "right", "expected"),
    [
        ([1.0, 1.0, 1.0, 1.0], [1, 1, 1, 1], 0.0),
        ([1.0, 1.0, 1.0, 1.0], [0, 0, 0, 0], 1.0),
        ([0.75, 0.75, 0.75, 0.75], [1, 1, 1, 0], 0.0),
        ([0.9, 0.9, 0.9, 0.9], [1, 1, 0, 0], 0.4),
        ([0.9, 0.9, 0.6, 0.6], [1, 0, 1, 0], 0.5 * 0.4 + 0.5 * 0.1),
    ],
    ids=["sure and right", "sure and wrong", "as sure as right", "too sure", "two bins"],
)
def test_calibration_error_by_hand(confidences: list[float], right: list[int], expected: float) -> None:
    error = expected_calibration_error(two_classes(*confidences), 1 - np.array(right))

    assert error == pytest.approx(expected, abs=1e-6)


def test_over_and_under_confidence_cancel_only_inside_a_bin() -> None:
    together = expected_calibration_error(two_classes(0.81, 0.79), np.array([0, 1]), bins=1)
    apart = expected_calibration_error(two_classes(0.81, 0.79), np.array([0, 1]), bins=5)

    assert together == pytest.approx(0.3, abs=1e-6)
    assert apart == pytest.approx((0.19 + 0.79) / 2, abs=1e-6)


def test_log_loss_of_a_certain_mistake_is_finite() -> None:
    assert log_loss(two_classes(1.0, 1.0), np.array([0, 1])) == pytest.approx(-math.log(1e-12) / 2)


def test_bins_hold_what_lies_in_them() -> None:
    first, last = calibration_bins(two_classes(0.6, 0.7, 0.9, 1.0), np.array([0, 1, 0, 0]), bins=4)

    assert (first.low, first.high, first.clips, first.accuracy) == (0.5, 0.75, 2, 0.5)
    assert first.confidence == pytest.approx(0.65, abs=1e-6)
    assert (last.low, last.high, last.clips, last.accuracy) == (0.75, 1.0, 2, 1.0)
    assert last.confidence == pytest.approx(0.95, abs=1e-6)


def test_the_surest_answers_come_first() -> None:
    curve = coverage(two_classes(0.6, 0.9, 0.75, 1.0), np.array([1, 0, 1, 0]))

    assert curve.confidence.tolist() == pytest.approx([1.0, 0.9, 0.75, 0.6], abs=1e-6)
    assert curve.share.tolist() == [0.25, 0.5, 0.75, 1.0]
    assert curve.accuracy.tolist() == pytest.approx([1, 1, 2 / 3, 0.5])
    assert curve.at(0.8) == (0.5, 1.0)
    assert curve.at(0.0) == (1.0, 0.5)


@pytest.mark.parametrize("right", [[0, 1], [1, 0]])
def test_equally_sure_clips_are_one_point(right: list[int]) -> None:
    curve = coverage(two_classes(0.75, 0.75), np.array(right))

    assert (curve.share.tolist(), curve.accuracy.tolist()) == ([1.0], [0.5])
    assert curve.at(0.8) is None


@pytest.mark.parametrize(
    ("share", "count", "low", "high"),
    [
        (0.5, 100, 0.4038, 0.5962),
        (1.0, 10, 0.7225, 1.0),
        (0.0, 10, 0.0, 0.2775),
        (0.735, 800, 0.7034, 0.7644),
    ],
)
def test_wilson_interval_of_the_textbook(share: float, count: int, low: float, high: float) -> None:
    assert wilson_interval(share, count) == pytest.approx((low, high), abs=1e-4)
