"""From the scores of windows to the probabilities of a sound."""

from __future__ import annotations

import numpy as np
import pytest

from audio_cnn.prediction.aggregate import (
    aggregate,
    log_aggregate,
    probabilities,
    strange_kinds,
    weights_of,
    window_weights,
)


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


def test_windows_count_by_their_weights() -> None:
    windows = np.array([[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]], dtype=np.float32)

    assert aggregate(windows, np.array([1, 0, 1], dtype=np.float32)).tolist() == [0.75, 0.25]
    assert aggregate(windows, np.array([6, 1, 1], dtype=np.float32)).tolist() == [0.8125, 0.1875]


def test_where_all_is_silent_all_count_alike() -> None:
    windows = np.array([[1.0, 0.0], [0.5, 0.5]], dtype=np.float32)
    weights = window_weights(windows, np.zeros(2, dtype=np.float32))

    assert weights.tolist() == [0, 0]
    assert aggregate(windows, weights).tolist() == [0.75, 0.25]


def test_a_window_counts_the_more_the_surer_and_the_louder_it_is() -> None:
    windows = np.array([[0.8, 0.2], [0.5, 0.5], [0.1, 0.9], [1.0, 0.0]], dtype=np.float32)
    peaks = np.array([0.25, 1.0, 0.04, 0.0], dtype=np.float32)

    np.testing.assert_allclose(window_weights(windows, peaks), [0.4, 0.5, 0.18, 0.0], rtol=1e-6)


def test_as_loud_as_a_recorder_makes_it_the_answer_is_the_same() -> None:
    generator = np.random.default_rng(0)
    windows = generator.dirichlet(np.ones(5), 9).astype(np.float32)
    peaks = generator.uniform(0.01, 1, 9).astype(np.float32)

    heard, softer = (aggregate(windows, window_weights(windows, peaks * gain)) for gain in (1, 0.02))

    np.testing.assert_allclose(heard, softer, rtol=1e-5)
    np.testing.assert_allclose(heard.sum(), 1, rtol=1e-6)


def test_a_bark_is_not_outvoted_by_the_room() -> None:
    bark, room = [0.9, 0.1], [0.4, 0.6]
    peaks = np.array([0.8] * 2 + [0.01] * 20, dtype=np.float32)
    windows = np.array([bark] * 2 + [room] * 20, dtype=np.float32)

    assert windows.mean(axis=0).argmax() == 1
    assert aggregate(windows, window_weights(windows, peaks)).argmax() == 0


def test_one_bang_silences_no_long_recording() -> None:
    peaks = np.append(np.full(99, 0.002), 1.0).astype(np.float32)
    windows = np.array([[0.9, 0.1]] * 99 + [[0.0, 1.0]], dtype=np.float32)

    assert aggregate(windows, window_weights(windows, peaks)).argmax() == 0


def test_a_window_is_of_its_likeliest_kind_if_all_kinds_together_are_likelier_than_usual() -> None:
    odds = np.array([[3.0, 0.5, 0.0], [0.4, 0.5, 0.2], [0.4, 0.3, 0.2], [1e-9, 0.0, 2.0]], dtype=np.float32)
    with np.errstate(divide="ignore"):
        strangeness = np.log(odds)

    assert strange_kinds(strangeness, ("speech", "music", "hum")) == ("speech", "music", None, "hum")
    assert strange_kinds(np.zeros((2, 0), np.float32), ()) == ()


def test_the_windows_of_a_short_sound_count_alike() -> None:
    windows = np.array([[0.9, 0.1], [0.6, 0.4]], dtype=np.float32)
    peaks = np.array([0.5, 0.5], dtype=np.float32)

    assert weights_of(windows, peaks, short=True).tolist() == [1, 1]
    assert weights_of(windows, peaks, short=False).tolist() == window_weights(windows, peaks).tolist()


@pytest.mark.parametrize("weights", [[1.0, 3.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.2, 0.0]])
def test_logarithms_are_put_together_likewise(weights: list[float]) -> None:
    windows = np.array([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8]], dtype=np.float32)
    given = np.array(weights, dtype=np.float32)

    together = log_aggregate(np.log(windows.astype(np.float64)), given)

    np.testing.assert_allclose(np.exp(together), aggregate(windows, given), rtol=1e-6)


def test_a_logarithm_of_a_single_window_stays_as_it_is() -> None:
    alone = np.array([[-900.0, -0.0]])

    assert log_aggregate(alone, np.array([0.37], dtype=np.float32)).tolist() == [-900.0, 0.0]
