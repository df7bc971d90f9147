"""Mixing two sounds and their labels.

Sources: H. Zhang et al., "mixup", ICLR 2018; Y. Tokozume et al., "Learning from Between-class
Examples for Deep Sound Recognition", ICLR 2018.
"""

from __future__ import annotations

import torch
from torch import Tensor

SMALLEST_SHARE = 1e-5


def mix_powers(log_mel: Tensor, target: Tensor, *, share: float, range_db: float) -> tuple[Tensor, Tensor]:
    """Mix ``share`` of the examples with another one as air would: powers add, not decibels.

    log_mel float [B, M, F] in 0..1, where 0..1 spans ``range_db``; target float [B, K].
    With r even in 0..1: amplitudes r and 1 - r. A sound's share in the label is its share in what is heard:
    beside five seconds of rain a click of the same peak is hardly there. The result is brought back to its
    own minimum and maximum, as every clip is.
    """
    batch = log_mel.shape[0]
    other = torch.randperm(batch, device=log_mel.device)
    ratio = torch.rand(batch, device=log_mel.device)
    ratio = torch.where(torch.rand(batch, device=log_mel.device) < share, ratio, torch.ones_like(ratio))
    level = torch.logaddexp(
        _with_gain(log_mel, ratio, range_db), _with_gain(log_mel[other], 1 - ratio, range_db)
    )
    mixed = level * (10 / torch.log(torch.tensor(10.0)) / range_db)
    mixed = (mixed - mixed.amax(dim=(1, 2), keepdim=True) + 1).clamp(min=0)
    low = mixed.amin(dim=(1, 2), keepdim=True)
    mixed = (mixed - low) / (1 - low).clamp(min=1e-6)
    first, second = ratio * _amplitude(log_mel, range_db), (1 - ratio) * _amplitude(log_mel[other], range_db)
    column = (first / (first + second))[:, None]
    return mixed, column * target + (1 - column) * target[other]


def _amplitude(log_mel: Tensor, range_db: float) -> Tensor:
    """Of a whole example, [B]: the root of its mean power. What lies at the floor has none."""
    power = torch.exp((log_mel - 1) * (range_db / 10 * torch.log(torch.tensor(10.0)))) * (log_mel > 0)
    return power.mean(dim=(1, 2)).clamp(min=1e-12).sqrt()


def _with_gain(log_mel: Tensor, amplitude: Tensor, range_db: float) -> Tensor:
    """Natural logarithm of power, with an amplitude factor [B] applied."""
    nepers = log_mel * (range_db / 10 * torch.log(torch.tensor(10.0)))
    return nepers + 2 * torch.log(amplitude.clamp(min=SMALLEST_SHARE))[:, None, None]


def mixup(log_mel: Tensor, target: Tensor, *, share: float, alpha: float) -> tuple[Tensor, Tensor]:
    """MixUp with probability ``share`` for the whole batch: decibels and labels averaged.

    log_mel float [B, M, F], target float [B, K]; one weight from Beta(alpha, alpha).
    """
    if torch.rand(()) >= share:
        return log_mel, target
    weight = torch.distributions.Beta(alpha, alpha).sample()
    other = torch.randperm(log_mel.shape[0], device=log_mel.device)
    return (
        weight * log_mel + (1 - weight) * log_mel[other],
        weight * target + (1 - weight) * target[other],
    )
