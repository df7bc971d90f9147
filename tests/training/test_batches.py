"""Batches of an epoch."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
import torch
from made_data import tiny_config

from audio_cnn.dataset.examples import Examples
from audio_cnn.training.batches import Batches, Sampling, augmentation_in, seed_epoch

PLAIN = tuple(
    f"augmentation.{text}" for text in ("crop_frames=0", "mix=none", "time_masks=0", "frequency_masks=0")
)


def numbered(clips: int = 20, variants: int = 1) -> Examples:
    """Log-mels that hold 10 x clip + variant everywhere."""
    values = 10 * np.arange(clips)[None, :] + np.arange(variants)[:, None]
    log_mel = np.broadcast_to(values[:, :, None, None], (variants, clips, 32, 63)).astype(np.uint8)
    folds = np.arange(clips) % 2 + 1
    return Examples(log_mel, np.arange(clips) % 3, folds, tuple(map(str, range(clips))), ("a", "b", "c"))


def batches_of(examples: Examples, *settings: str, folds: tuple[int, ...] = (1, 2)) -> Batches:
    config = tiny_config(*PLAIN, *settings)
    return Batches(examples, examples.rows(folds), config, torch.device("cpu"))


def drawn(batches: Batches, epoch: int = 1) -> list[list[int]]:
    """Numbers in the log-mels of each batch of an epoch."""
    seed_epoch(batches.config.training.seed, epoch)
    return [(log_mel[:, 0, 0] * 255).round().int().tolist() for log_mel, _target in batches]


def test_every_clip_of_the_folds_comes_once_an_epoch() -> None:
    batches = batches_of(numbered(), folds=(2,))
    numbers = [number for batch in drawn(batches) for number in batch]

    assert sorted(numbers) == [10 * clip for clip in range(1, 20, 2)]


def test_classes_go_with_their_clips() -> None:
    seed_epoch(0, 1)
    for log_mel, target in batches_of(numbered()):
        clips = (log_mel[:, 0, 0] * 255 / 10).round().int()
        assert torch.equal(target.argmax(dim=1), clips % 3)
        assert torch.equal(target.sum(dim=1), torch.ones(len(target)))


@pytest.mark.parametrize(("clips", "sizes"), [(16, [8, 8]), (20, [8, 8, 4]), (17, [8, 8]), (18, [8, 8, 2])])
def test_a_last_batch_of_one_clip_is_left_out(clips: int, sizes: list[int]) -> None:
    batches = batches_of(numbered(clips))

    assert [len(batch) for batch in drawn(batches)] == sizes
    assert batches.steps == len(sizes)


def test_an_epoch_is_a_function_of_seed_and_epoch() -> None:
    batches = batches_of(numbered())

    assert drawn(batches, 3) == drawn(batches, 3)
    assert drawn(batches, 3) != drawn(batches, 4)
    assert drawn(batches, 3) != drawn(batches_of(numbered(), "training.seed=1"), 3)


def test_the_share_of_changed_versions_is_kept_and_each_is_drawn() -> None:
    batches = batches_of(numbered(variants=4), "augmentation.variant_share=0.6")
    counts: Counter[int] = Counter()
    for epoch in range(100):
        numbers = [number for batch in drawn(batches, epoch) for number in batch]
        assert len({number // 10 for number in numbers}) == 20
        counts.update(number % 10 for number in numbers)

    shares = [counts[variant] / 2_000 for variant in range(4)]
    assert shares == pytest.approx([0.4, 0.2, 0.2, 0.2], abs=0.04)


def test_the_clip_itself_is_all_there_is_without_variants() -> None:
    assert all(number % 10 == 0 for batch in drawn(batches_of(numbered())) for number in batch)


def test_sampled_clips_come_as_often_as_they_weigh() -> None:
    weight = np.where(np.arange(20) < 4, 3.0, 1.0)
    weight[10:] = 0.0
    batches = replace(batches_of(numbered(), folds=(1,)), sampling=Sampling(weight, draws=4_000))

    counts = Counter(number // 10 for batch in drawn(batches) for number in batch)

    assert batches.steps == 500
    assert counts.keys() == {0, 2, 4, 6, 8}  # fold 1 holds every other clip
    assert sum(counts.values()) == 4_000
    assert (counts[0] + counts[2]) / 4_000 == pytest.approx(6 / 9, abs=0.03)


def test_sampled_epochs_repeat_themselves() -> None:
    batches = replace(batches_of(numbered()), sampling=Sampling(np.ones(20), draws=50))

    assert drawn(batches) == drawn(batches) != drawn(batches, epoch=2)
    assert [len(batch) for batch in drawn(batches)] == [8] * 6 + [2]


@pytest.mark.parametrize(("share", "first"), [(0.0, 21), (0.1, 19), (0.25, 16), (1.0, 1)])
def test_the_last_epochs_mix_nothing(share: float, first: int) -> None:
    settings = "augmentation.mix=power", "augmentation.mix_share=1.0", "training.epochs=20"
    batches = batches_of(numbered(), *settings, f"augmentation.unmixed_share={share}")

    for epoch in (first - 1, first):
        seed_epoch(0, epoch)
        pure = all((target.amax(dim=1) == 1).all() for _log_mel, target in batches.of_epoch(epoch))
        assert pure == (epoch >= first)


@pytest.mark.parametrize("poor_from", ["start", "ending"])
def test_recordings_are_poor_from_when_the_recipe_says(poor_from: str) -> None:
    shares = {"piece_share": 0.1, "room_share": 0.2, "band_limit": 0.3, "noise_db": 40.0}
    config = tiny_config(
        "training.epochs=4",
        "training.ending_epochs=2",
        f"augmentation.poor_from={poor_from}",
        *(f"augmentation.{name}={share}" for name, share in shares.items()),
    )

    for epoch in range(1, 7):
        given = augmentation_in(epoch, config)
        poor = poor_from == "start" or epoch > 4
        assert {name: getattr(given, name) for name in shares} == (
            shares if poor else dict.fromkeys(shares, 0)
        )
        assert given.mix == ("none" if epoch > 4 else "power")
