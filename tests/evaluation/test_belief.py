"""Which strangeness is usual, and how steeply belief falls from there on."""

from __future__ import annotations

import numpy as np
import pytest

from audio_cnn.evaluation.belief import Belief, fit_belief


def test_doubt_begins_where_a_twentieth_of_the_known_clips_lie() -> None:
    strangeness = np.arange(101, dtype=np.float32)  # a percent of them at each step
    belief = fit_belief(strangeness)

    assert belief.usual == pytest.approx(95)
    scores = np.array([[4.0, 2.0]] * 4, np.float32)
    # 140 is as far beyond 95 as that is beyond 50, and 110 is a third as far.
    lowered = belief.lowered(scores, np.array([0, 95, 110, 140], np.float32))
    np.testing.assert_allclose(lowered, [[4, 2], [4, 2], [2, 1], [1, 0.5]], rtol=1e-5)


def test_clips_all_alike_are_no_division_by_nothing() -> None:
    belief = fit_belief(np.full(5, 7.0, np.float32))

    assert belief.usual == 7.0
    assert np.isfinite(belief.lowered(np.ones((1, 2), np.float32), np.array([8.0], np.float32))).all()


def test_without_doubt_nothing_is_lowered() -> None:
    scores = np.random.default_rng(0).normal(size=(3, 4)).astype(np.float32)
    np.testing.assert_array_equal(Belief(0.0, 0.0).lowered(scores, np.full(3, 1e6, np.float32)), scores)
