"""From the scores of windows to the probabilities of a sound."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from audio_cnn.labels import ESC50
from audio_cnn.prediction import Prediction
from audio_cnn.prediction.aggregate import aggregate, audible_windows, probabilities


def test_softmax_in_closed_form() -> None:
    scores = np.log(np.array([[1.0, 2.0, 5.0]], dtype=np.float32))

    np.testing.assert_allclose(probabilities(scores, 1.0), [[1 / 8, 2 / 8, 5 / 8]], rtol=1e-6)
    np.testing.assert_allclose(probabilities(2 * scores, 2.0), [[1 / 8, 2 / 8, 5 / 8]], rtol=1e-6)
    np.testing.assert_allclose(probabilities(2 * scores, 1.0), [[1 / 30, 4 / 30, 25 / 30]], rtol=1e-6)


def test_softmax_of_enormous_scores_is_finite() -> None:
    scores = np.array([1e30, 0.0, -1e30], dtype=np.float32)

    assert probabilities(scores, 0.05).tolist() == [1, 0, 0]


def test_temperature_changes_sureness_but_not_the_order() -> None:
    scores = np.random.default_rng(0).standard_normal((7, 50)).astype(np.float32)
    cold, hot = probabilities(scores, 0.5), probabilities(scores, 3.0)

    assert (cold.argsort() == hot.argsort()).all()
    assert (cold.max(axis=1) > hot.max(axis=1)).all()
    np.testing.assert_allclose(hot.sum(axis=1), 1, rtol=1e-5)


def test_silent_windows_have_no_say() -> None:
    windows = np.array([[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]], dtype=np.float32)

    assert aggregate(windows, np.array([True, False, True])).tolist() == [0.75, 0.25]
    assert aggregate(windows, np.array([True, True, True])).tolist() == [0.5, 0.5]


def test_the_noise_of_a_room_has_no_say_beside_the_sound_in_it() -> None:
    peaks = np.array([0.9, 0.5, 0.02, 0.001, 0.0], dtype=np.float32)

    assert audible_windows(peaks).tolist() == [True, True, False, False, False]
    assert audible_windows(peaks / 1000).tolist() == [True, True, False, False, False]  # relative to the loud


def test_one_bang_silences_no_long_recording() -> None:
    quiet = np.full(99, 0.002, dtype=np.float32)

    assert audible_windows(np.append(quiet, np.float32(1.0))).all()
    assert not audible_windows(np.zeros(3, dtype=np.float32)).any()


def test_where_all_is_silent_all_are_asked() -> None:
    windows = np.array([[1.0, 0.0], [0.5, 0.5]], dtype=np.float32)

    assert aggregate(windows, np.array([False, False])).tolist() == [0.75, 0.25]


def prediction(*values: float) -> Prediction:
    answers = np.array(values, dtype=np.float32)
    return Prediction(ESC50[: len(values)], answers, answers[None], duration_s=1.0)


def test_top_is_likeliest_first_and_no_longer_than_there_are_classes() -> None:
    top = prediction(0.1, 0.6, 0.3).top(2)

    assert [score.label.name for score in top] == ["rooster", "pig"]
    assert [score.confidence for score in top] == pytest.approx([0.6, 0.3])
    assert len(prediction(0.1, 0.6, 0.3).top(9)) == 3
    assert isinstance(top[0].confidence, float)


def test_equals_keep_the_classes_order() -> None:
    assert [score.label.index for score in prediction(0.25, 0.25, 0.25, 0.25).top(4)] == [0, 1, 2, 3]
    assert prediction(0.5, 0.5).best.label.name == "dog"


def test_the_arrays_do_not_crowd_a_printed_prediction() -> None:
    assert "array" not in repr(prediction(0.5, 0.5))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((1.0, 0.0, 0.0, 0.0), 0.0),
        ((0.5, 0.5, 0.0, 0.0), 0.5),
        ((0.25, 0.25, 0.25, 0.25), 1.0),
        ((1.0,), 0.0),
    ],
    ids=["all on one", "two of four alike", "all alike", "a single class"],
)
def test_uncertainty_is_relative_entropy(values: tuple[float, ...], expected: float) -> None:
    assert prediction(*values).uncertainty == pytest.approx(expected, abs=1e-6)


def test_an_answer_with_less_than_the_least_confidence_is_a_guess() -> None:
    answer = prediction(0.25, 0.75)

    assert answer.state == "known"  # a model without a threshold never says otherwise
    assert replace(answer, least_confidence=0.75).state == "known"
    assert replace(answer, least_confidence=0.76).state == "unsure"
    assert replace(answer, least_confidence=0.76, silent=True).state == "silence"
