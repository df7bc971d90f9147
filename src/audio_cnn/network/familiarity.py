"""How much of a score to believe: less, the farther a sound lies from all that the network learned from.

A network names whatever it is given, often with confidence. What a layer made of the training clips forms a
cloud around each class; a sound outside of all of them is likely of no class. Class scores cannot tell, as
they only weigh the classes against each other. Every layer is asked: a pure tone is strange to the first, to
the last it may be a siren.

Source: K. Lee et al., "A Simple Unified Framework for Detecting Out-of-Distribution Samples and Adversarial
Attacks", NeurIPS 2018 (the distance, of several layers; what it does to the scores is this project's own).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from audio_cnn.network.precision import full_precision

SHRINKAGE = 0.1
SMALLEST_SPREAD = 1e-12  # where each class has a single clip


class Familiarity(nn.Module):
    """Divides the scores [B, K] of unfamiliar sounds, so that none of their classes gets a high probability.

    scores / (1 + the mean over layers of ``doubt`` * (distance - ``usual``), each between 0 and 1): which
    class is likeliest stays, and no layer outcries the others. In training, and before ``doubt`` is set,
    scores pass as they are.

    Args:
        classes: K.
        channels: C of each of the L layers' outputs [B, C, H, W].

    Attributes:
        usual: float32 [L], the distance that nearly all held-out clips of the classes stay below.
        doubt: float32 [L], what a unit of distance beyond counts; at 1 a layer doubts as much as it can.
    """

    usual: Tensor
    doubt: Tensor

    def __init__(self, classes: int, channels: Sequence[int]) -> None:
        super().__init__()
        self.distance = Distances(classes, channels)
        self.register_buffer("usual", torch.zeros(len(channels)))
        self.register_buffer("doubt", torch.zeros(len(channels)))

    def forward(self, scores: Tensor, layers: Sequence[Tensor]) -> Tensor:
        if self.training:
            return scores
        doubts: Tensor = (self.doubt * (self.distance(layers) - self.usual)).clamp(0, 1)
        return scores / (1 + doubts.mean(dim=1, keepdim=True))

    def believe(self, usual: Sequence[float], doubt: Sequence[float]) -> None:
        """Set what ``evaluation.belief`` has fitted on held-out clips, a number a layer."""
        self.usual.copy_(torch.tensor(usual))
        self.doubt.copy_(torch.tensor(doubt))


class Distances(nn.ModuleList):
    """From the nearest class, in each layer: L outputs [B, C, H, W] -> [B, L]."""

    def __init__(self, classes: int, channels: Sequence[int]) -> None:
        super().__init__(ClassDistance(classes, SUMMARIES * width) for width in channels)

    def forward(self, layers: Sequence[Tensor]) -> Tensor:
        with full_precision(layers[0]):  # sums of hundreds of squares
            away = [distance(summary(layer)) for distance, layer in zip(self, layers, strict=True)]
        return torch.stack(away, dim=1)

    @property
    def learned(self) -> bool:
        """Whether it knows any sound."""
        return all(distance.learned for distance in self)

    def learn(self, vectors: Sequence[Tensor], target: Tensor) -> None:
        """Take means and covariances of each layer's summaries [N, D] of classes int64 [N]."""
        for distance, of_layer in zip(self, vectors, strict=True):
            distance.learn(of_layer, target)

    def __iter__(self) -> Iterator[ClassDistance]:
        distances: Iterator[Any] = super().__iter__()
        return distances


class ClassDistance(nn.Module):
    """Squared Mahalanobis distance from the nearest class: [B, D] -> [B].

    With one covariance for all classes. ``whitening`` [D, D] makes that covariance the identity, about
    ``middle`` [D]; ``centres`` [K, D] are the class means after it.
    """

    middle: Tensor
    centres: Tensor
    whitening: Tensor

    def __init__(self, classes: int, dimensions: int) -> None:
        super().__init__()
        self.register_buffer("middle", torch.zeros(dimensions))
        self.register_buffer("centres", torch.zeros(classes, dimensions))
        self.register_buffer("whitening", torch.zeros(dimensions, dimensions))

    def forward(self, vectors: Tensor) -> Tensor:
        white = (vectors - self.middle) @ self.whitening
        return (white[:, None] - self.centres).square().sum(dim=2).amin(dim=1)

    @property
    def learned(self) -> bool:
        """Whether it knows any sound."""
        return bool(self.whitening.any())

    def learn(self, vectors: Tensor, target: Tensor) -> None:
        """Take means and covariance of vectors [N, D] of classes int64 [N].

        The covariance is shrunk towards that of a ball: of some directions, few clips say anything.
        """
        present = torch.unique(target)
        means = torch.stack([vectors[target == which].mean(dim=0) for which in present]).double()
        rest = vectors.double() - means[torch.searchsorted(present, target)]
        covariance = rest.T @ rest / len(rest)
        spread = covariance.diagonal().mean().clamp(min=SMALLEST_SPREAD)
        ball = spread * torch.eye(len(covariance), dtype=torch.float64)
        shrunk = torch.lerp(covariance, ball, SHRINKAGE)
        whitening = torch.linalg.cholesky(torch.linalg.inv(shrunk))
        middle = means.mean(dim=0)
        centres = (means - middle) @ whitening
        self.middle.copy_(middle)
        self.whitening.copy_(whitening)
        # A class without clips has the place of one with clips, so that no sound is nearest to nothing.
        self.centres.copy_(centres[:1].expand_as(self.centres))
        self.centres[present] = centres.to(self.centres)


SUMMARIES = 2
"""Numbers that ``summary`` keeps of a channel."""


def summary(layer: Tensor) -> Tensor:
    """Mean and standard deviation of each channel over bands and frames: [B, C, H, W] -> float32 [B, 2 C]."""
    values = layer.float().flatten(2)
    mean = values.mean(dim=2, keepdim=True)
    deviation = (values - mean).square().mean(dim=2).sqrt()
    return torch.cat([mean.squeeze(2), deviation], dim=1)
