"""Faster, slower, higher, lower: what another dog of the same class would have done to the log-mel.

Far more variety than the few changed copies that a cache can hold, at no cost in decoding.
Source: D. Niizumi et al., "BYOL for Audio", IJCNN 2021 (random resize crop), with ranges that keep the class.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor


def random_pitch(log_mel: Tensor, *, bands: float) -> Tensor:
    """Move each example up or down by up to ``bands`` rows, a fraction of a row being in between two.

    [B, M, F] -> [B, M, F]; rows that nothing moves to are silent. Where the default front end has its 128
    bands a row is 0.42 of a semitone above 1 kHz, and a fixed step of 23 Hz below.
    """
    batch, rows, _ = log_mel.shape
    shift = (torch.rand(batch, 1, device=log_mel.device) * 2 - 1) * bands
    position = torch.arange(rows, device=log_mel.device) + shift
    low = position.floor()
    share = (position - low)[:, :, None]
    return torch.lerp(_rows(log_mel, low.long()), _rows(log_mel, low.long() + 1), share)


def _rows(log_mel: Tensor, index: Tensor) -> Tensor:
    """Rows ``index`` [B, M] of each example; silence where there is no such row."""
    inside = (index >= 0) & (index < log_mel.shape[1])
    rows = index.clamp(0, log_mel.shape[1] - 1)[:, :, None].expand_as(log_mel)
    return log_mel.gather(1, rows) * inside[:, :, None]


def random_tempo(batch: int, *, change: float, device: torch.device) -> Tensor:
    """Speeds [B], as often faster as slower, between 1 / (1 + ``change``) and 1 + ``change``."""
    return torch.exp((torch.rand(batch, device=device) * 2 - 1) * math.log1p(change))
