"""Shares in words."""

from __future__ import annotations

import numpy as np
import pytest

from audio_cnn.evaluation.percent import percent


@pytest.mark.parametrize(
    ("share", "digits", "words"),
    [
        (0.8425, 1, "84.3%"),
        (0.8415, 1, "84.2%"),
        (0.125, 0, "13%"),
        (0.285, 0, "29%"),  # 28.499999999999996 times a hundred
        (0.84249, 1, "84.2%"),
        (1, 1, "100.0%"),
        (0.0, 2, "0.00%"),
        (1e-9, 1, "0.0%"),
        (np.float64(0.5), 1, "50.0%"),
    ],
)
def test_halves_go_up(share: float, digits: int, words: str) -> None:
    assert percent(share, digits) == words


def test_with_another_sign() -> None:
    assert percent(0.5, 1, sign=" %") == "50.0 %"
