"""All augmentation together, as a recipe asks for it."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from audio_cnn.augmentation.pipeline import augment
from audio_cnn.config import AugmentationConfig

NOTHING = AugmentationConfig(crop_frames=0, roll=False, mix="none", time_masks=0, frequency_masks=0)


def batch(seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    torch.manual_seed(seed)
    return torch.rand(12, 32, 63), torch.eye(4).repeat(3, 1)


def test_a_recipe_without_augmentation_changes_nothing() -> None:
    log_mel, target = batch()

    changed, labels = augment(log_mel, target, NOTHING, range_db=80)

    assert torch.equal(changed, log_mel)
    assert torch.equal(labels, target)


@pytest.mark.parametrize("mix", ["power", "mixup", "none"])
def test_shapes_ranges_and_labels(mix: str) -> None:
    config = AugmentationConfig(crop_frames=40, mix=mix, equaliser_db=6.0)  # type: ignore[arg-type]
    for seed in range(10):
        changed, labels = augment(*batch(seed), config, range_db=80)

        assert changed.shape == (12, 32, 40)
        assert float(changed.min()) >= 0
        assert float(changed.max()) <= 1 + 1e-6
        torch.testing.assert_close(labels.sum(dim=1), torch.ones(12))


@pytest.mark.parametrize(
    "config",
    [
        replace(NOTHING, roll=True),
        replace(NOTHING, mix="power"),
        replace(NOTHING, mix="mixup", mix_share=1.0),
        replace(NOTHING, time_masks=2),
        replace(NOTHING, frequency_masks=2),
        replace(NOTHING, equaliser_db=6.0),
    ],
    ids=["roll", "power", "mixup", "time masks", "frequency masks", "equaliser"],
)
def test_each_setting_does_something(config: AugmentationConfig) -> None:
    log_mel, target = batch()

    changed, _labels = augment(log_mel, target, config, range_db=80)

    assert not torch.equal(changed, log_mel)


def test_a_crop_longer_than_the_clip_is_the_clip() -> None:
    log_mel, target = batch()

    changed, _labels = augment(log_mel, target, replace(NOTHING, crop_frames=999, roll=False), range_db=80)

    assert torch.equal(changed, log_mel)
