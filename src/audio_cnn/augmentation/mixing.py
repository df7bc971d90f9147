"""Mixing two sounds and their labels.

Sources: H. Zhang et al., "mixup", ICLR 2018; Y. Tokozume et al., "Learning from Between-class
Examples for Deep Sound Recognition", ICLR 2018.
"""

from __future__ import annotations

import torch
from torch import Tensor

from audio_cnn.augmentation.decibels import LOG_POWER_PER_DB

SMALLEST_SHARE = 1e-5


def mix_powers(log_mel: Tensor, target: Tensor, *, share: float, range_db: float) -> tuple[Tensor, Tensor]:
    """Mix ``share`` of the examples with another one as air would: powers add, not decibels.

    log_mel float [B, M, F] in 0..1, where 0..1 spans ``range_db``; target float [B, K].
    The ratio of each is even in 0..1, see ``mixture``.
    """
    batch = log_mel.shape[0]
    other = torch.randperm(batch, device=log_mel.device)
    ratio = torch.rand(batch, device=log_mel.device)
    ratio = torch.where(torch.rand(batch, device=log_mel.device) < share, ratio, torch.ones_like(ratio))
    mixed, column = mixture(log_mel, log_mel[other], ratio, range_db=range_db)
    return mixed, column * target + (1 - column) * target[other]


def mixture(first: Tensor, second: Tensor, ratio: Tensor, *, range_db: float) -> tuple[Tensor, Tensor]:
    """Two sounds at once, [B, M, F] each, amplitudes r and 1 - r, [B]; and the share of the first, [B, 1].

    A sound's share in the label is its share in what is heard: beside five seconds of rain a click of the
    same peak is hardly there. The result is brought back to its own minimum and maximum, as every clip is.
    """
    log_power = torch.logaddexp(_with_gain(first, ratio, range_db), _with_gain(second, 1 - ratio, range_db))
    mixed = log_power / (range_db * LOG_POWER_PER_DB)
    mixed = (mixed - mixed.amax(dim=(1, 2), keepdim=True) + 1).clamp(min=0)
    low = mixed.amin(dim=(1, 2), keepdim=True)
    mixed = (mixed - low) / (1 - low).clamp(min=1e-6)
    ours, theirs = ratio * _amplitude(first, range_db), (1 - ratio) * _amplitude(second, range_db)
    return mixed, (ours / (ours + theirs))[:, None]


def _amplitude(log_mel: Tensor, range_db: float) -> Tensor:
    """Of a whole example, [B]: the root of its mean power. What lies at the floor has none."""
    power = torch.exp((log_mel - 1) * (range_db * LOG_POWER_PER_DB)) * (log_mel > 0)
    return power.mean(dim=(1, 2)).clamp(min=1e-12).sqrt()


def _with_gain(log_mel: Tensor, amplitude: Tensor, range_db: float) -> Tensor:
    """Natural logarithm of power, with an amplitude factor [B] applied."""
    log_power = log_mel * (range_db * LOG_POWER_PER_DB)
    return log_power + 2 * torch.log(amplitude.clamp(min=SMALLEST_SHARE))[:, None, None]


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
