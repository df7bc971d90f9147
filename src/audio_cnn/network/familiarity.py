"""How much of a score to believe: less, the farther a sound lies from all that the network learned from.

A network names whatever it is given, often with confidence. What its last layer made of the training clips
forms a cloud around each class; a sound outside of all of them is likely of no class. Class scores cannot
tell, as they only weigh the classes against each other.

Source: K. Lee et al., "A Simple Unified Framework for Detecting Out-of-Distribution Samples and Adversarial
Attacks", NeurIPS 2018 (the distance; what it does to the scores is this project's own).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from audio_cnn.network.precision import full_precision

SHRINKAGE = 0.1
SMALLEST_SPREAD = 1e-12  # where each class has a single clip


class Familiarity(nn.Module):
    """Divides the scores [B, K] of unfamiliar sounds, so that none of their classes gets a high probability.

    scores / (1 + ``doubt`` * max(0, distance - ``usual``)): which class is likeliest stays. In training, and
    before ``doubt`` is set, scores pass as they are.

    Args:
        classes: K.
        channels: C, of the last layer's output [B, C, H, W].

    Attributes:
        usual: the distance that most held-out clips of the classes stay below.
        doubt: what is added to the divisor for each unit of distance beyond.
    """

    usual: Tensor
    doubt: Tensor

    def __init__(self, classes: int, channels: int) -> None:
        super().__init__()
        self.distance = ClassDistance(classes, channels)
        self.register_buffer("usual", torch.tensor(0.0))
        self.register_buffer("doubt", torch.tensor(0.0))

    def forward(self, scores: Tensor, last_layer: Tensor) -> Tensor:
        if self.training:
            return scores
        beyond = functional.relu(self.distance(last_layer) - self.usual)
        return scores / (1 + self.doubt * beyond)[:, None]

    def believe(self, usual: float, doubt: float) -> None:
        """Set what ``evaluation.belief`` has fitted on held-out clips."""
        self.usual.fill_(usual)
        self.doubt.fill_(doubt)


class ClassDistance(nn.Module):
    """Squared Mahalanobis distance from the nearest class: [B, C, H, W] -> [B].

    Of the mean over bands and frames, with one covariance for all classes. ``whitening`` [C, C] makes that
    covariance the identity; ``centres`` [K, C] are the class means after it.
    """

    centres: Tensor
    whitening: Tensor

    def __init__(self, classes: int, channels: int) -> None:
        super().__init__()
        self.register_buffer("centres", torch.zeros(classes, channels))
        self.register_buffer("whitening", torch.zeros(channels, channels))

    def forward(self, last_layer: Tensor) -> Tensor:
        with full_precision(last_layer):  # sums of hundreds of squares
            white = mean_vector(last_layer) @ self.whitening
        return (white[:, None] - self.centres).square().sum(dim=2).amin(dim=1)

    @property
    def learned(self) -> bool:
        """Whether it knows any sound."""
        return bool(self.whitening.any())

    def learn(self, vectors: Tensor, target: Tensor) -> None:
        """Take means and covariance of vectors [N, C] of classes int64 [N].

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
        self.whitening.copy_(whitening)
        # A class without clips has the place of one with clips, so that no sound is nearest to nothing.
        self.centres.copy_((means @ whitening)[:1].expand_as(self.centres))
        self.centres[present] = (means @ whitening).to(self.centres)


def mean_vector(last_layer: Tensor) -> Tensor:
    """Mean over bands and frames: [B, C, H, W] -> float32 [B, C]."""
    return last_layer.float().mean(dim=(2, 3))
