"""Tempo and pitch on the log-mel."""

from __future__ import annotations

import torch

from audio_cnn.augmentation.crop import random_crop
from audio_cnn.augmentation.warping import random_pitch, random_tempo


def test_pitch_moves_every_column_of_an_example_alike() -> None:
    torch.manual_seed(0)
    log_mel = torch.zeros(200, 64, 5)
    log_mel[:, 30] = 1
    moved = random_pitch(log_mel, bands=4)
    rows = torch.arange(64.0)
    centre = (moved * rows[None, :, None]).sum(1) / moved.sum(1)
    torch.testing.assert_close(moved.sum(1), torch.ones(200, 5))
    torch.testing.assert_close(centre, centre[:, :1].expand_as(centre))
    assert centre.min() < 27
    assert centre.max() > 33
    assert (centre - 30).abs().max() <= 4


def test_what_moves_out_is_gone_and_what_moves_in_is_silent() -> None:
    torch.manual_seed(0)
    full = torch.ones(100, 16, 3)
    moved = random_pitch(full, bands=8)
    assert moved.min() == 0
    assert moved.max() <= 1
    assert ((moved[:, 0] == 0) | (moved[:, -1] == 0)).any(1).float().mean() > 0.8


def test_as_often_faster_as_slower() -> None:
    torch.manual_seed(0)
    speed = random_tempo(4000, change=0.25, device=torch.device("cpu"))
    assert speed.min() >= 0.8 - 1e-6
    assert speed.max() <= 1.25 + 1e-6
    assert abs(float(speed.log().mean())) < 0.01


def test_a_crop_at_another_tempo_has_its_period_changed() -> None:
    torch.manual_seed(0)
    ramp = torch.arange(173.0).expand(64, 8, 173) / 173
    crops = random_crop(ramp, 40, roll=False, tempo=0.25)
    steps = (crops[:, 0, -1] - crops[:, 0, 0]) * 173 / 39
    assert crops.shape == (64, 8, 40)
    assert steps.min() < 0.9
    assert steps.max() > 1.1
    assert steps.min() > 0.75
    assert steps.max() < 1.3
