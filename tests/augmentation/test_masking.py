"""Masks: how wide, how many, and where."""

from __future__ import annotations

import pytest
import torch

from audio_cnn.augmentation.masking import random_masks


def widths(masked: torch.Tensor, dim: int) -> torch.Tensor:
    """How many rows or columns of each example are silent, after checking that they are so throughout."""
    other = 3 - dim
    silent_anywhere = (masked == 0).any(dim=other)
    silent_throughout = (masked == 0).all(dim=other)
    assert torch.equal(silent_anywhere, silent_throughout)
    return silent_throughout.sum(dim=1)


@pytest.mark.parametrize("dim", [1, 2])
def test_one_mask_is_a_stripe_of_up_to_the_longest_width(dim: int) -> None:
    torch.manual_seed(0)
    masked = random_masks(torch.ones(3_000, 24, 40), dim=dim, count=1, longest=7)

    found = widths(masked, dim)
    assert int(found.max()) == 7
    assert int(found.min()) == 0
    assert float(found.float().mean()) == pytest.approx(3.5, abs=0.15)
    stripes = (masked.amin(dim=3 - dim).diff(dim=1) != 0).sum(dim=1)
    assert int(stripes.max()) <= 2  # one beginning, one end


def test_two_masks_are_at_most_twice_as_much() -> None:
    torch.manual_seed(1)
    found = widths(random_masks(torch.ones(2_000, 24, 60), dim=2, count=2, longest=6), 2)

    assert 6 < int(found.max()) <= 12


def test_each_example_gets_its_own() -> None:
    torch.manual_seed(2)
    masked = random_masks(torch.ones(200, 24, 60), dim=2, count=1, longest=20)

    assert len({tuple(row.tolist()) for row in masked[:, 0]}) > 150


def test_masks_lie_evenly_away_from_the_edges() -> None:
    torch.manual_seed(3)
    masked = random_masks(torch.ones(20_000, 1, 30), dim=2, count=1, longest=6)

    share = (masked == 0).float().mean(dim=(0, 1))
    assert float(share[5:-5].std() / share[5:-5].mean()) < 0.1
    assert float(share[-1]) > 0


def test_masks_reach_the_first_column() -> None:
    torch.manual_seed(3)
    masked = random_masks(torch.ones(20_000, 1, 30), dim=2, count=1, longest=6)

    assert bool((masked[:, 0, 0] == 0).any())


def test_what_is_not_masked_is_untouched() -> None:
    torch.manual_seed(4)
    clips = torch.rand(50, 10, 20) + 0.1
    masked = random_masks(clips, dim=1, count=2, longest=4)

    assert torch.equal(masked[masked > 0], clips[masked > 0])


@pytest.mark.parametrize(("count", "longest"), [(0, 5), (3, 0)])
def test_no_masks_change_nothing(count: int, longest: int) -> None:
    clips = torch.rand(4, 10, 20)

    assert torch.equal(random_masks(clips, dim=2, count=count, longest=longest), clips)
