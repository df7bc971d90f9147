"""Less treble and more noise, on the log-mel."""

from __future__ import annotations

import pytest
import torch

from audio_cnn.augmentation.degrading import LOWEST_LIMIT, random_band_limit, random_noise
from audio_cnn.augmentation.pipeline import augment
from audio_cnn.config import AugmentationConfig


def test_bands_above_a_limit_are_silent_and_those_below_are_not() -> None:
    torch.manual_seed(0)
    clips = torch.full((300, 40, 5), 0.5)

    kept = random_band_limit(clips, share=1.0)[:, :, 0] > 0

    count = kept.sum(dim=1)
    assert torch.equal(kept, torch.arange(40) < count[:, None])
    assert LOWEST_LIMIT * 40 <= int(count.min()) <= LOWEST_LIMIT * 40 + 1
    assert int(count.max()) >= 39


def test_so_many_examples_are_limited() -> None:
    torch.manual_seed(1)
    clips = torch.rand(2_000, 16, 3) * 0.9 + 0.1

    changed = (random_band_limit(clips, share=0.3) != clips).any(dim=2).any(dim=1)

    assert float(changed.float().mean()) == pytest.approx(0.3, abs=0.04)


def test_what_is_left_gets_the_clips_own_maximum() -> None:
    torch.manual_seed(2)
    clips = torch.zeros(50, 16, 4)
    clips[:, 2] = 0.25
    clips[:, 15] = 1.0  # the loudest band, most often lost
    clips[0, 2] = 0  # nothing else is in the first one

    limited = random_band_limit(clips, share=1.0)

    lost = limited[1:, 15, 0] == 0
    assert lost.sum() > 30
    assert torch.equal(limited[1:][lost][:, 2], torch.ones(int(lost.sum()), 4))
    assert torch.equal(limited[0], clips[0])


def test_noise_fills_the_silence_and_leaves_the_peak() -> None:
    torch.manual_seed(3)
    clips = torch.zeros(200, 32, 40)
    clips[:, 5, 7] = 1.0

    noisy = random_noise(clips, loudest_db=40, range_db=80)

    assert torch.equal(noisy.amax(dim=(1, 2)), torch.ones(200))
    assert torch.equal(noisy.argmax(dim=2)[:, 5], torch.full((200,), 7))
    assert (noisy.amin(dim=(1, 2)) == 0).all()
    assert 0 < float(noisy[:, 20].mean()) < 0.6


def test_noise_at_the_floor_changes_nothing_that_is_loud() -> None:
    torch.manual_seed(4)
    clips = torch.rand(4, 32, 40) * 0.5 + 0.5
    clips[:, 0, 0], clips[:, 0, 1] = 0.0, 1.0

    noisy = random_noise(clips, loudest_db=1e-6, range_db=80)

    # Only the one silent place moves, and the scale by the few decibels that the noise wavers.
    assert float((noisy[:, 1:] - clips[:, 1:]).abs().max()) < 0.2


def test_the_recipe_turns_them_on() -> None:
    clips, target = torch.rand(8, 32, 20), torch.eye(8)
    off = AugmentationConfig(crop_frames=0, roll=False, mix="none", time_masks=0, frequency_masks=0)

    def given(**settings: float) -> torch.Tensor:
        torch.manual_seed(5)
        config = AugmentationConfig(**{**vars(off), **settings})
        return augment(clips, target, config, range_db=80)[0]

    assert torch.equal(given(), clips)
    assert (given(band_limit=1.0)[:, -1] == 0).all()
    assert not torch.equal(given(noise_db=60.0), clips)
