"""Fitting the temperature on simulated scores."""

from __future__ import annotations

import numpy as np
import pytest

from audio_cnn.evaluation.calibration import HOTTEST, fit_temperature
from audio_cnn.evaluation.metrics import expected_calibration_error, log_loss
from audio_cnn.prediction.aggregate import probabilities


def simulated(temperature: float, clips: int = 6_000, classes: int = 10) -> tuple[np.ndarray, np.ndarray]:
    """Scores whose softmax at ``temperature`` is the true distribution of the classes."""
    generator = np.random.default_rng(0)
    scores = generator.standard_normal((clips, classes)).astype(np.float32) * 3
    truth = probabilities(scores, temperature)
    target = (truth.cumsum(axis=1) > generator.random((clips, 1))).argmax(axis=1)
    return scores, target


@pytest.mark.parametrize("temperature", [0.4, 1.0, 2.5, 8.0])
def test_a_known_temperature_is_found_again(temperature: float) -> None:
    scores, target = simulated(temperature)

    assert fit_temperature(scores, target) == pytest.approx(temperature, rel=0.05)


def test_no_other_temperature_is_likelier() -> None:
    scores, target = simulated(2.0, clips=500)
    fitted = fit_temperature(scores, target)

    losses = [log_loss(probabilities(scores, fitted * factor), target) for factor in (0.95, 1.0, 1.05)]
    assert losses[1] == min(losses)


def test_scores_twice_as_large_need_twice_the_temperature() -> None:
    scores, target = simulated(1.5, clips=500)

    assert fit_temperature(2 * scores, target) == pytest.approx(2 * fit_temperature(scores, target), rel=1e-4)


def test_the_fitted_temperature_calibrates() -> None:
    scores, target = simulated(2.5)

    before = expected_calibration_error(probabilities(scores, 1.0), target)
    after = expected_calibration_error(probabilities(scores, fit_temperature(scores, target)), target)
    assert before > 0.1
    assert after < 0.02


def test_scores_that_are_always_right_end_at_the_coldest() -> None:
    scores = np.eye(4, dtype=np.float32)

    assert 0.05 <= fit_temperature(scores, np.arange(4)) < 0.1


def test_with_doubt_few_that_are_all_right_ask_for_no_certainty() -> None:
    scores = 9 * np.eye(4, dtype=np.float32)

    temperature = fit_temperature(scores, np.arange(4), doubt=0.2)

    confidence = probabilities(scores, temperature).max(axis=1)
    assert confidence == pytest.approx(0.8 + 0.2 / 4, abs=1e-3)


def test_a_little_doubt_changes_little_where_clips_are_many() -> None:
    scores, target = simulated(2.5)

    assert fit_temperature(scores, target, doubt=1 / 6_002) == pytest.approx(
        fit_temperature(scores, target), rel=0.01
    )


@pytest.mark.parametrize("wrong", [1, 20, 60])
def test_clips_that_are_wrong_with_great_certainty_count_as_they_should(wrong: int) -> None:
    """Two classes 40 apart: with a share p of wrong ones, the likeliest temperature is 40 / logit(1 - p)."""
    scores = np.tile(np.array([[40.0, 0.0]], dtype=np.float32), (200, 1))
    target = (np.arange(200) < wrong).astype(np.int64)

    expected = min(HOTTEST, 40 / np.log((200 - wrong) / wrong))

    assert fit_temperature(scores, target) == pytest.approx(expected, rel=1e-5)


def test_windows_are_put_together_before_the_temperature_is_fitted() -> None:
    """Each clip is two windows, of which only the first counts."""
    scores, target = simulated(2.0, clips=500)
    windows = np.stack([scores, -scores], axis=1).reshape(-1, scores.shape[1])

    fitted = fit_temperature(windows, target, together=lambda log_probabilities: log_probabilities[::2])

    assert fitted == fit_temperature(scores, target)
