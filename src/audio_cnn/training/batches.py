"""Augmented batches of one epoch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from audio_cnn.augmentation.pipeline import augment
from audio_cnn.config import AugmentationConfig, Config
from audio_cnn.dataset.examples import Examples, Int64Array

Float64Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Sampling:
    """What an epoch draws where it is not each clip once.

    Attributes:
        weight: float64 [N], how likely each clip of the examples is drawn.
        draws: clips an epoch.
    """

    weight: Float64Array
    draws: int


@dataclass(frozen=True)
class Batches:
    """Draws from the clips ``rows`` of ``examples``, each once an epoch unless sampled, in random order.

    All randomness comes from torch's global generator, which ``seed_epoch`` sets, so an epoch
    is the same whether or not training was interrupted before it.
    """

    examples: Examples
    rows: Int64Array
    config: Config
    device: torch.device
    sampling: Sampling | None = None

    @property
    def steps(self) -> int:
        """Batches an epoch; a last, smaller one counts unless it holds one clip only."""
        drawn = self.sampling.draws if self.sampling else len(self.rows)
        full, rest = divmod(drawn, self.config.training.batch)
        return full + (rest > 1)

    def of_epoch(self, epoch: int) -> Self:
        """The same for epoch 1, 2, ...: mixed at first, then not; poor recordings from when they are due.

        Source: Z. He et al., "Data Augmentation Revisited", arXiv 1909.09148 (refinement on plainer data).
        """
        return replace(self, config=replace(self.config, augmentation=augmentation_in(epoch, self.config)))

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        order = self.rows[self._order()]
        for step in range(self.steps):
            start = step * self.config.training.batch
            yield self._batch(order[start : start + self.config.training.batch])

    def _order(self) -> Int64Array:
        if self.sampling is None:
            return torch.randperm(len(self.rows)).numpy()
        weight = torch.from_numpy(self.sampling.weight[self.rows])
        return torch.multinomial(weight, self.sampling.draws, replacement=True).numpy()

    def _batch(self, rows: Int64Array) -> tuple[Tensor, Tensor]:
        log_mel = self.examples.log_mel[self._variants(len(rows)), rows]
        classes = functional.one_hot(
            torch.from_numpy(self.examples.target[rows]), len(self.examples.class_names)
        )
        return augment(
            torch.from_numpy(log_mel).to(self.device).float().div_(255),
            classes.float().to(self.device),
            self.config.augmentation,
            range_db=self.config.front_end.top_db,
        )

    def _variants(self, count: int) -> Int64Array:
        """Which variant of each clip: 0 (the clip itself) or, with ``variant_share``, another."""
        variants = self.examples.log_mel.shape[0]
        if variants == 1:
            return np.zeros(count, dtype=np.int64)
        other = torch.randint(1, variants, (count,))
        changed = torch.rand(count) < self.config.augmentation.variant_share
        return torch.where(changed, other, 0).numpy()


def augmentation_in(epoch: int, config: Config) -> AugmentationConfig:
    """What is done to the sounds of epoch 1, 2, ...: not all of the recipe all the time."""
    augmentation, epochs = config.augmentation, config.training.epochs
    if epoch > round((1 - augmentation.unmixed_share) * epochs):
        augmentation = replace(augmentation, mix="none")
    if augmentation.poor_from == "ending" and epoch <= epochs:
        augmentation = replace(augmentation, piece_share=0.0, room_share=0.0, band_limit=0.0, noise_db=0.0)
    return augmentation


def seed_epoch(seed: int, epoch: int) -> None:
    """Make every random choice of an epoch a function of (seed, epoch)."""
    torch.manual_seed(seed * 100_003 + epoch)
