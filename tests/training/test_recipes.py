"""The recipes that come along."""

from __future__ import annotations

from pathlib import Path

import pytest

from audio_cnn.config import load
from audio_cnn.training.recipes import FROM_SCRATCH, FURTHER, packaged

CONFIGS = Path(__file__).parents[2] / "configs"


@pytest.mark.parametrize("name", [FROM_SCRATCH, FURTHER])
def test_each_is_among_the_presets(name: str) -> None:
    assert packaged(name) == load(CONFIGS / name)


def test_training_further_takes_small_steps() -> None:
    assert packaged(FURTHER).training.max_lr < packaged(FROM_SCRATCH).training.max_lr / 2
