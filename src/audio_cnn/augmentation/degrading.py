"""Worse recordings of the same sound, on the log-mel: less treble, more noise."""

from __future__ import annotations

import math

import torch
from torch import Tensor

LOWEST_LIMIT = 0.5
"""The lowest share of the bands that is left; with 128 up to 8 kHz, half of them reach 1.7 kHz."""

NEPERS_PER_DB = math.log(10) / 10


def random_band_limit(log_mel: Tensor, *, share: float) -> Tensor:
    """Silence all bands above a random one in ``share`` of the examples, as a low sample rate does.

    [B, M, F] in 0..1, brought back to its own maximum; an example with nothing below the limit is left alone.
    """
    batch, bands, _ = log_mel.shape
    limit = torch.rand(batch, device=log_mel.device) * (1 - LOWEST_LIMIT) + LOWEST_LIMIT
    limit = torch.where(torch.rand(batch, device=log_mel.device) < share, limit, torch.ones_like(limit))
    kept = torch.arange(bands, device=log_mel.device) < (limit * bands)[:, None]
    left = log_mel * kept[:, :, None]
    loudest = left.amax(dim=(1, 2), keepdim=True)
    louder = torch.where(left > 0, left + (log_mel.amax(dim=(1, 2), keepdim=True) - loudest), left)
    return torch.where(loudest > 0, louder, log_mel)


def random_noise(log_mel: Tensor, *, loudest_db: float, range_db: float) -> Tensor:
    """Add white noise, up to ``loudest_db`` above the floor: powers add, not decibels.

    [B, M, F] in 0..1, where 0..1 spans ``range_db``; brought back to its own minimum and maximum, as the
    front end does. Bands of equal area hear white noise equally loud; its power wavers as two bins' does.
    """
    batch = log_mel.shape[0]
    level_db = torch.rand(batch, 1, 1, device=log_mel.device) * loudest_db
    bins = torch.rand(2, *log_mel.shape, device=log_mel.device).clamp(min=1e-6)
    noise = level_db * NEPERS_PER_DB + torch.log(-torch.log(bins).mean(dim=0))
    noisy = torch.logaddexp(log_mel * (range_db * NEPERS_PER_DB), noise)
    low, high = noisy.amin(dim=(1, 2), keepdim=True), noisy.amax(dim=(1, 2), keepdim=True)
    return (noisy - low) / (high - low).clamp(min=1e-6)
