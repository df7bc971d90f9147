"""Frequency and time masks, drawn anew for every example.

Source: D. S. Park et al., "SpecAugment", Interspeech 2019 (without time warping).
"""

from __future__ import annotations

import torch
from torch import Tensor


def random_masks(log_mel: Tensor, *, dim: int, count: int, longest: int) -> Tensor:
    """Silence ``count`` stripes of 0..``longest`` rows (``dim=1``) or columns (``dim=2``).

    [B, M, F] -> [B, M, F]; each example gets its own stripes.
    """
    batch, length = log_mel.shape[0], log_mel.shape[dim]
    position = torch.arange(length, device=log_mel.device)
    kept = torch.ones(batch, length, dtype=torch.bool, device=log_mel.device)
    for _ in range(count):
        width = torch.randint(longest + 1, (batch, 1), device=log_mel.device)
        start = (torch.rand(batch, 1, device=log_mel.device) * (length - width + 1)).floor()
        kept &= (position < start) | (position >= start + width)
    return log_mel * kept.unsqueeze(3 - dim)
