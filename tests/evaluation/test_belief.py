"""Which distances are usual: fitted so that belief is halved as far out as the usual is from the typical."""

from __future__ import annotations

import numpy as np
import pytest

from audio_cnn.evaluation.belief import Belief, fit_belief


def test_doubt_begins_where_a_twentieth_of_the_known_clips_lie() -> None:
    percent = np.arange(101, dtype=np.float32)
    belief = fit_belief(np.stack([percent, 2 * percent], axis=1))

    assert belief.usual == pytest.approx((95, 190))
    scores = np.array([[4.0, 2.0]] * 4, np.float32)
    # 140 is 45 beyond 95, as 95 is beyond 50; 280 likewise in the second layer.
    distance = np.array([[0, 0], [95, 190], [140, 280], [117.5, 1e6]], np.float32)
    lowered = belief.lowered(scores, distance)
    np.testing.assert_allclose(lowered, [[4, 2], [4, 2], [2, 1], [16 / 7, 8 / 7]], rtol=1e-5)


def test_clips_all_alike_are_no_division_by_nothing() -> None:
    belief = fit_belief(np.full((5, 1), 7.0, np.float32))

    assert belief.usual == (7.0,)
    assert np.isfinite(belief.lowered(np.ones((1, 2), np.float32), np.array([[8.0]], np.float32))).all()


def test_without_doubt_nothing_is_lowered() -> None:
    scores = np.random.default_rng(0).normal(size=(3, 4)).astype(np.float32)
    far = np.full((3, 2), 1e6, np.float32)
    np.testing.assert_array_equal(Belief((0.0, 0.0), (0.0, 0.0)).lowered(scores, far), scores)
