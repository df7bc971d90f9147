"""How much of a score to believe: less where a sound is likely of none of the classes.

A network names whatever it is given, often with confidence: class scores only weigh the classes against each
other. Its layers know better. Means and deviations of their channels tell speech from insects by a plain
weighted sum, learned after the network from sounds of no class that are made by code. Every layer is asked: a
pure tone is strange to the first, to the last it may be a siren.

Sources: D. Hendrycks et al., "Deep Anomaly Detection with Outlier Exposure", ICLR 2019 (learning from
outsiders); K. Lee et al., "A Simple Unified Framework for Detecting Out-of-Distribution Samples and
Adversarial Attacks", NeurIPS 2018 (a regression over what all layers say). What it does to the scores is this
project's own.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from audio_cnn.network.precision import full_precision

SUMMARIES = 2
"""Numbers that ``summary`` keeps of a channel."""


class Familiarity(nn.Module):
    """Divides the scores [B, K] of strange sounds, so that none of their classes gets a high probability.

    scores / (1 + ``doubt`` * max(0, strangeness - ``usual``)): which class is likeliest stays. In training,
    and before ``doubt`` is set, scores pass as they are.

    Args:
        channels: C of each of the layers' outputs [B, C, H, W].

    Attributes:
        usual: the strangeness that most held-out clips of the classes stay below (``evaluation.belief``).
        doubt: what is added to the divisor for each unit of strangeness beyond.
    """

    usual: Tensor
    doubt: Tensor

    def __init__(self, channels: Sequence[int]) -> None:
        super().__init__()
        self.strangeness = Strangeness(channels)
        self.register_buffer("usual", torch.tensor(0.0))
        self.register_buffer("doubt", torch.tensor(0.0))

    def forward(self, scores: Tensor, layers: Sequence[Tensor]) -> Tensor:
        if self.training:
            return scores
        beyond = functional.relu(self.strangeness(layers) - self.usual)
        return scores / (1 + self.doubt * beyond)[:, None]

    def believe(self, usual: float, doubt: float) -> None:
        """Set what ``evaluation.belief`` has fitted on held-out clips."""
        self.usual.fill_(usual)
        self.doubt.fill_(doubt)


class Strangeness(nn.Module):
    """Logarithm of the odds that a sound is of none of the classes: layers' outputs [B, C, H, W] -> [B].

    A weighted sum of their summaries. ``weight`` [D] and ``bias`` are no parameters: the network is finished
    when they are learned.
    """

    weight: Tensor
    bias: Tensor

    def __init__(self, channels: Sequence[int]) -> None:
        super().__init__()
        self.register_buffer("weight", torch.zeros(SUMMARIES * sum(channels)))
        self.register_buffer("bias", torch.tensor(0.0))

    def forward(self, layers: Sequence[Tensor]) -> Tensor:
        with full_precision(layers[0]):
            return torch.cat([summary(layer) for layer in layers], dim=1) @ self.weight + self.bias

    @property
    def learned(self) -> bool:
        """Whether it can tell."""
        return bool(self.weight.any())


def summary(layer: Tensor) -> Tensor:
    """Mean and standard deviation of each channel over bands and frames: [B, C, H, W] -> float32 [B, 2 C]."""
    values = layer.float().flatten(2)
    mean = values.mean(dim=2, keepdim=True)
    deviation = (values - mean).square().mean(dim=2).sqrt()
    return torch.cat([mean.squeeze(2), deviation], dim=1)
