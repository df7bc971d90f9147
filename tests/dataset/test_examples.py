"""Rows of examples by fold."""

from __future__ import annotations

import numpy as np
import pytest

from audio_cnn.dataset.examples import Examples
from audio_cnn.errors import DatasetError


@pytest.fixture
def examples() -> Examples:
    return Examples(
        log_mel=np.zeros((1, 4, 2, 3), np.uint8),
        target=np.array([0, 1, 0, 1]),
        fold=np.array([3, 1, 3, 5]),
        files=("a", "b", "c", "d"),
        class_names=("x", "y"),
    )


def test_rows_of_folds_in_the_clips_order(examples: Examples) -> None:
    assert examples.folds == (1, 3, 5)
    assert examples.rows([3]).tolist() == [0, 2]
    assert examples.rows((5, 3)).tolist() == [0, 2, 3]


def test_a_fold_that_is_not_there_is_named_beside_those_that_are(examples: Examples) -> None:
    with pytest.raises(DatasetError, match="no clips in fold 2, 4; the data has folds 1, 3, 5"):
        examples.rows([2, 3, 4])
