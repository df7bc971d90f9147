"""Random smooth equaliser: what another microphone or room would have done.

Source: H. Nam et al., "FilterAugment", ICASSP 2022 (linear type).
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

POINTS = 5


def random_equaliser(log_mel: Tensor, *, strongest_db: float, range_db: float) -> Tensor:
    """Raise and lower bands along a random smooth curve of up to +-``strongest_db``.

    [B, M, F] in 0..1, where 0..1 spans ``range_db``. Silence (0) stays silence.
    """
    batch, bands, _ = log_mel.shape
    points = (torch.rand(batch, 1, POINTS, device=log_mel.device) * 2 - 1) * (strongest_db / range_db)
    curve = functional.interpolate(points, size=bands, mode="linear", align_corners=True)
    shifted = (log_mel + curve.transpose(1, 2)).clamp(0, 1)
    return torch.where(log_mel > 0, shifted, log_mel)
