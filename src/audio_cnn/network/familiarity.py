"""How much of a score to believe: less where a sound is likely of none of the classes.

A network names whatever it is given, often with confidence: class scores only weigh the classes against each
other. Its layers know better. Means and deviations of their channels tell speech from insects by a plain
weighted sum, learned after the network from sounds of no class that are made by code, one for each kind of
them: speech is strange in another way than a pure tone. Every layer is asked: a pure tone is strange to the
first, to the last it may be a siren.

Sources: D. Hendrycks et al., "Deep Anomaly Detection with Outlier Exposure", ICLR 2019 (learning from
outsiders); K. Lee et al., "A Simple Unified Framework for Detecting Out-of-Distribution Samples and
Adversarial Attacks", NeurIPS 2018 (a regression over what all layers say). What it does to the scores is this
project's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from audio_cnn.network.precision import full_precision

SUMMARIES = 2
"""Numbers that ``summary`` keeps of a channel."""

KINDS = "speech", "music", "noise", "tones", "hum", "clicks"
"""Kinds of sounds of no class, as ``Strangeness`` tells them apart."""

RULED_OUT = -1e4
"""Logarithm of the odds of a kind that a network never finds: a bias, beside which no sum counts."""


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
        beyond = functional.relu(of_any_kind(self.strangeness(layers)) - self.usual)
        return scores / (1 + self.doubt * beyond)[:, None]

    def believe(self, usual: float, doubt: float) -> None:
        """Set what ``evaluation.belief`` has fitted on held-out clips."""
        self.usual.fill_(usual)
        self.doubt.fill_(doubt)


class Strangeness(nn.Module):
    """For each of ``KINDS``, the logarithm of the odds that a sound is of it, not of a class.

    Layers' outputs [B, C, H, W] -> float32 [B, R]: weighted sums of their summaries. ``weight`` [R, D] and
    ``bias`` [R] are no parameters: the network is finished when they are learned. Older networks have learned
    one sum for all kinds: R is 1.
    """

    weight: Tensor
    bias: Tensor

    def __init__(self, channels: Sequence[int]) -> None:
        super().__init__()
        self.register_buffer("weight", torch.zeros(len(KINDS), SUMMARIES * sum(channels)))
        self.register_buffer("bias", torch.zeros(len(KINDS)))

    def forward(self, layers: Sequence[Tensor]) -> Tensor:
        with full_precision(layers[0]):
            summaries = torch.cat([summary(layer) for layer in layers], dim=1)
            return functional.linear(summaries, self.weight, self.bias)

    @property
    def learned(self) -> bool:
        """Whether it can tell."""
        return bool(self.weight.any())

    @property
    def kinds(self) -> tuple[str, ...]:
        """Names of the R kinds that it tells apart; none where it does not."""
        return KINDS if self.learned and len(self.bias) == len(KINDS) else ()

    @property
    def ruled_out(self) -> tuple[str, ...]:
        """Those of ``kinds`` that it never finds, as one of the classes is of that kind."""
        least = RULED_OUT / 10  # also of an ensemble in which not all members rule it out
        return tuple(kind for kind, bias in zip(self.kinds, self.bias, strict=False) if bias < least)

    def _load_from_state_dict(self, state_dict: dict[str, Tensor], prefix: str, *rest: Any) -> None:
        """An older network's single sum has no dimension for the kinds."""
        own = {prefix + "weight": self.weight, prefix + "bias": self.bias}
        if own.keys() <= state_dict.keys() and state_dict[prefix + "bias"].numel() == 1:
            self.weight, self.bias = (one[:1].clone() for one in own.values())
            state_dict |= {name: state_dict[name].reshape(own[name][:1].shape) for name in own}
        super()._load_from_state_dict(state_dict, prefix, *rest)


def of_any_kind(log_odds: Tensor) -> Tensor:
    """How strange a sound is: the logarithm of the odds that it is of one kind or another, [B, R] -> [B]."""
    return log_odds.logsumexp(dim=1)


def summary(layer: Tensor) -> Tensor:
    """Mean and standard deviation of each channel over bands and frames: [B, C, H, W] -> float32 [B, 2 C]."""
    values = layer.float().flatten(2)
    mean = values.mean(dim=2, keepdim=True)
    deviation = (values - mean).square().mean(dim=2).sqrt()
    return torch.cat([mean.squeeze(2), deviation], dim=1)
