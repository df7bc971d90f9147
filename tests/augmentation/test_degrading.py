"""Shorter, farther away, less treble and more noise, on the log-mel."""

from __future__ import annotations

import pytest
import torch

from audio_cnn.augmentation.decibels import LOG_POWER_PER_DB
from audio_cnn.augmentation.degrading import (
    LOWEST_LIMIT,
    SHORTEST_FRAMES,
    random_band_limit,
    random_noise,
    random_piece,
    random_room,
)
from audio_cnn.augmentation.pipeline import augment
from audio_cnn.config import AugmentationConfig


def test_a_piece_runs_to_and_fro_or_has_silence_behind() -> None:
    torch.manual_seed(6)
    clips = (torch.arange(60.0) / 60 + 1 / 60).expand(300, 4, 60)  # every column tells its place

    pieces = random_piece(clips, share=1.0)[:, 0]

    lengths = pieces.argmax(dim=1) + 1
    ended = 0
    for piece, length in zip(pieces, lengths.tolist(), strict=True):
        after = piece[length : 2 * length]
        assert length >= SHORTEST_FRAMES
        assert (piece[:length].diff() > 0).all()
        if len(after) and not after.any():
            ended += 1
        else:
            torch.testing.assert_close(after, piece[:length].flip(0)[: len(after)])
    assert 100 < ended < 200  # half of them


def test_a_piece_holds_some_of_the_sound_at_its_own_full_scale() -> None:
    torch.manual_seed(7)
    clips = torch.zeros(200, 8, 86)
    clips[:, 3, 50], clips[:, 4, 50] = 0.5, 0.25  # a click

    pieces = random_piece(clips, share=1.0)

    left_alone = (pieces == clips).all(dim=2).all(dim=1)  # a piece of theirs would have been silent
    assert 30 < int(left_alone.sum()) < 150
    at_full_scale = torch.tensor([0.0, 0.75, 1.0])
    assert torch.equal(pieces[~left_alone].unique(), at_full_scale)


def test_a_room_adds_a_tail_that_falls_evenly() -> None:
    torch.manual_seed(8)
    clips = torch.zeros(50, 2, 40)
    clips[:, 0, 5] = 1.0

    heard = random_room(clips, share=1.0, range_db=80)[:, 0] * 80  # dB above the floor

    tail = heard[:, 6:]
    steps = tail.diff(dim=1)[:, :5]
    torch.testing.assert_close(steps, steps[:, :1].expand_as(steps), rtol=0.02, atol=0.05)
    assert -float(steps.max()) > 60 / 28 - 0.1
    assert -float(steps.min()) < 60 / 7 + 0.1
    power = torch.exp((heard - 80) * LOG_POWER_PER_DB)
    assert (power[:, 6:].sum(dim=1) < 1.05 * power[:, 5]).all()  # no stronger than the sound itself
    assert torch.equal(heard[:, :5], torch.zeros(50, 5))


def test_silence_stays_silent_and_others_are_left_alone() -> None:
    silence = torch.zeros(4, 8, 30)
    assert torch.equal(random_piece(silence, share=1.0), silence)
    assert torch.equal(random_room(silence, share=1.0, range_db=80), silence)
    clips = torch.rand(4, 8, 30)
    assert torch.equal(random_piece(clips, share=0.0), clips)
    assert torch.equal(random_room(clips, share=0.0, range_db=80), clips)
    assert torch.equal(random_noise(clips, loudest_db=60, range_db=80, share=0.0), clips)


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
    assert torch.equal(given(noise_db=60.0, noise_share=0.0), clips)
    assert not torch.equal(given(piece_share=1.0), clips)
    assert not torch.equal(given(room_share=1.0), clips)
