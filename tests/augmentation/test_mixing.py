"""Mixing: powers add, labels follow, nothing is lost."""

from __future__ import annotations

import math

import pytest
import torch

from audio_cnn.augmentation.mixing import mix_powers, mixture, mixup

RANGE_DB = 80.0


def one_hot(*classes: int, count: int = 4) -> torch.Tensor:
    return torch.nn.functional.one_hot(torch.tensor(classes), count).float()


def constant(*levels: float) -> torch.Tensor:
    """Log-mels [B, 2, 3], each of one level."""
    return torch.tensor(levels)[:, None, None].expand(-1, 2, 3).clone()


def test_a_sound_mixed_with_itself_stays_as_it_is() -> None:
    torch.manual_seed(0)
    clip = torch.rand(8, 6)
    clip = (clip - clip.min()) / (clip.max() - clip.min())
    # Only the floor may rise: two floors at any ratio are still at least half the power of one.
    mixed, _target = mix_powers(clip.expand(5, 8, 6), one_hot(0, 1, 2, 3, 0), share=1.0, range_db=RANGE_DB)

    torch.testing.assert_close(mixed, clip.expand(5, 8, 6))


def rows(*levels_db: tuple[float, ...]) -> torch.Tensor:
    """Log-mels [B, M, 3] of rows of one level each, relative to full scale."""
    return (1 + torch.tensor(levels_db) / RANGE_DB)[:, :, None].expand(-1, -1, 3).clone()


def in_own_range(levels_db: list[float]) -> torch.Tensor:
    """What the front end makes of these levels."""
    levels = torch.tensor(levels_db)
    return (levels - levels.min()) / (levels.max() - levels.min())


def mixed_db(one: tuple[float, ...], other: tuple[float, ...], ratio: float) -> torch.Tensor:
    """Levels of rows of one level each, mixed."""
    mixed, _share = mixture(rows(one), rows(other), torch.tensor([ratio]), range_db=RANGE_DB)
    return mixed[0, :, 0]


@pytest.mark.parametrize("ratio", [0.1, 0.25, 0.5, 0.9])
def test_powers_of_two_levels_add_in_closed_form(ratio: float) -> None:
    def level_db(a_db: float, b_db: float) -> float:
        return 10 * math.log10(ratio**2 * 10 ** (a_db / 10) + (1 - ratio) ** 2 * 10 ** (b_db / 10))

    expected = in_own_range([level_db(0, -8), level_db(-8, 0), level_db(-60, -60)])
    torch.testing.assert_close(mixed_db((0, -8, -60), (-8, 0, -60), ratio), expected)


def test_half_and_half_gives_three_decibels_over_what_one_half_has() -> None:
    expected = in_own_range([0, -10 * math.log10(2), -50])  # in the second row only the other one sounds
    torch.testing.assert_close(mixed_db((0, -80, -50), (0, 0, -50), 0.5), expected, atol=1e-5, rtol=0)


def test_shares_are_those_of_what_is_heard() -> None:
    click, rain = torch.zeros(2, 1, 1, 4).unbind()
    click[..., 0], rain[:] = 1.0, 1.0  # a quarter of the power, half of the amplitude
    soft = torch.full((1, 1, 4), 1 - 20 / RANGE_DB)

    for first, second, share in (
        (click, rain, 0.15 / 0.85),
        (rain, click, 0.3 / 0.65),
        (rain, soft, 0.3 / 0.37),
    ):
        _mixed, found = mixture(first, second, torch.tensor([0.3]), range_db=RANGE_DB)
        assert float(found) == pytest.approx(share, abs=1e-5)


def test_labels_follow_the_share() -> None:
    torch.manual_seed(5)
    levels = torch.rand(16, 8, 10)

    _mixed, labels = mix_powers(levels, torch.eye(16), share=1.0, range_db=RANGE_DB)

    assert ((labels > 0).sum(dim=1) == 2).float().mean() > 0.7  # but where one met itself
    torch.testing.assert_close(labels.sum(dim=1), torch.ones(16))


@pytest.mark.parametrize("mix", ["power", "mixup"])
def test_mixed_batches_are_sound(mix: str) -> None:
    torch.manual_seed(1)
    clips, target = torch.rand(32, 8, 10), one_hot(*[i % 4 for i in range(32)])
    if mix == "power":
        mixed, labels = mix_powers(clips, target, share=0.7, range_db=RANGE_DB)
        torch.testing.assert_close(mixed.amax(dim=(1, 2)), torch.ones(32))
        torch.testing.assert_close(mixed.amin(dim=(1, 2)), torch.zeros(32))
    else:
        mixed, labels = mixup(clips, target, share=1.0, alpha=0.2)

    assert mixed.shape == clips.shape
    assert mixed.min() >= 0
    assert mixed.max() <= 1 + 1e-6
    torch.testing.assert_close(labels.sum(dim=1), torch.ones(32))
    assert labels.min() >= 0


def test_the_share_of_mixed_examples_is_kept() -> None:
    torch.manual_seed(2)
    batch = 2_000
    target = torch.eye(batch)

    _mixed, labels = mix_powers(torch.rand(batch, 1, 2), target, share=0.7, range_db=RANGE_DB)

    unmixed = (labels.amax(dim=1) == 1).float().mean()
    assert float(unmixed) == pytest.approx(0.3, abs=0.04)


def test_an_example_that_is_not_mixed_stays_as_it_is() -> None:
    clips = torch.zeros(2, 2, 3)
    clips[0, 0] = clips[1, 1] = 1.0
    target = one_hot(0, 1)

    mixed, labels = mix_powers(clips, target, share=0.0, range_db=RANGE_DB)

    torch.testing.assert_close(labels, target)
    # What is left of the partner lies 100 dB down, below the floor: less than an eighth of an 8-bit step.
    torch.testing.assert_close(mixed, clips, atol=1e-3, rtol=0)


def test_mixup_averages_decibels_and_labels_with_one_weight() -> None:
    torch.manual_seed(4)
    clips, target = constant(0.2, 0.8, 0.4), one_hot(0, 1, 2)

    mixed, labels = mixup(clips, target, share=1.0, alpha=1.0)

    for row, label in zip(mixed, labels, strict=True):
        expected = float(label @ torch.tensor([0.2, 0.8, 0.4, 0.0]))
        torch.testing.assert_close(row, torch.full((2, 3), expected))


def test_mixup_lets_a_share_of_batches_alone() -> None:
    torch.manual_seed(5)
    clips, target = torch.rand(3, 2, 2), one_hot(0, 1, 2)

    same = [mixup(clips, target, share=0.3, alpha=1.0)[0] is clips for _ in range(400)]

    assert sum(same) / 400 == pytest.approx(0.7, abs=0.07)
