"""Crops: of the right length, from the clip, and with sound in them."""

from __future__ import annotations

import pytest
import torch

from audio_cnn.augmentation.crop import random_crop, sounding_column


def short_event(clips: int, *, begin: int = 70, end: int = 75, frames: int = 173) -> torch.Tensor:
    """Silence but for a few columns."""
    log_mel = torch.zeros(clips, 8, frames)
    log_mel[:, 3, begin:end] = 1.0
    return log_mel


@pytest.mark.parametrize("roll", [True, False])
def test_a_crop_holds_the_short_event_nearly_always(roll: bool) -> None:
    torch.manual_seed(0)
    crops = random_crop(short_event(2_000), 40, roll=roll)

    holds = (crops.amax(dim=(1, 2)) > 0).float().mean()
    assert crops.shape == (2_000, 8, 40)
    assert float(holds) > 0.75  # a blind crop: a quarter of them
    assert float(holds) < 1  # silence is drawn now and then


def test_a_blind_anchor_would_not_do() -> None:
    torch.manual_seed(0)
    anchors = sounding_column(short_event(2_000))

    sounding = ((anchors >= 70) & (anchors < 75)).float().mean()
    assert float(sounding) == pytest.approx(5 / (5 + 168 * 0.01), abs=0.03)


def test_anchors_of_a_sound_that_goes_on_are_even() -> None:
    torch.manual_seed(1)
    anchors = sounding_column(torch.ones(20_000, 2, 20))

    assert torch.bincount(anchors, minlength=20).float().std() < 100


def columns_numbered(clips: int, frames: int) -> torch.Tensor:
    """Each column holds its own number."""
    return torch.arange(1.0, frames + 1).expand(clips, 4, frames).clone()


def test_with_roll_the_clip_is_a_circle() -> None:
    torch.manual_seed(2)
    crops = random_crop(columns_numbered(500, 30), 12, roll=True)[:, 0]

    steps = crops.diff(dim=1)
    assert set(steps.unique().tolist()) == {1.0, -29.0}
    assert len(crops[:, 0].unique()) == 30  # every start occurs


def test_without_roll_the_crop_stays_inside() -> None:
    torch.manual_seed(3)
    crops = random_crop(columns_numbered(500, 30), 12, roll=False)[:, 0]

    assert set(crops.diff(dim=1).unique().tolist()) == {1.0}
    assert set(crops[:, 0].tolist()) == set(range(1, 20))


def test_a_crop_of_the_whole_length_keeps_every_column() -> None:
    clips = columns_numbered(20, 30)

    assert torch.equal(random_crop(clips, 30, roll=False), clips)
    assert torch.equal(random_crop(clips, 30, roll=True).sort(dim=2).values, clips)


def test_digital_silence_can_be_cropped() -> None:
    assert random_crop(torch.zeros(3, 8, 50), 10, roll=True).shape == (3, 8, 10)
