"""Wilson's interval."""

from __future__ import annotations

import numpy as np
import pytest

from audio_cnn.evaluation.metrics import Z_95, wilson_interval


@pytest.mark.parametrize(("right", "n"), [(0, 10), (3, 7), (9, 10), (10, 10), (400, 500)])
def test_its_bounds_are_where_the_score_test_turns(right: int, n: int) -> None:
    for bound in wilson_interval(right / n, n):
        deviation = np.sqrt(n * bound * (1 - bound))
        assert abs(right - n * bound) == pytest.approx(Z_95 * deviation, abs=1e-6)


def test_all_right_of_few_is_no_certainty() -> None:
    low, high = wilson_interval(1.0, 10)

    assert (low, high) == pytest.approx((0.7225, 1.0), abs=1e-4)
