"""Random crops in time that contain some of the sound."""

from __future__ import annotations

import torch
from torch import Tensor

# Columns this far below the clip's own maximum count as silence (0..1 of the 80 dB range).
SOUNDING_LEVEL = 0.25
SILENCE_WEIGHT = 0.01


def random_crop(log_mel: Tensor, frames: int, *, roll: bool) -> Tensor:
    """Cut ``frames`` columns around a random sounding one: [B, M, F] -> [B, M, frames].

    Short sounds are padded with silence in ESC-50; a blind crop would often hold none of the
    sound it is labelled with. With ``roll`` the clip is taken as a circle, without it the crop
    stays inside.
    """
    batch, bands, length = log_mel.shape
    anchor = sounding_column(log_mel)
    start = anchor - torch.randint(0, frames, (batch,), device=log_mel.device)
    if not roll:
        start = start.clamp(0, length - frames)
    columns = (start[:, None] + torch.arange(frames, device=log_mel.device)) % length
    return log_mel.gather(2, columns[:, None, :].expand(batch, bands, frames))


def sounding_column(log_mel: Tensor) -> Tensor:
    """One column a row, drawn evenly from those that hold sound: [B, M, F] -> int64 [B]."""
    loud = log_mel.amax(dim=1) > SOUNDING_LEVEL
    weights = torch.where(loud, 1.0, SILENCE_WEIGHT)
    return torch.multinomial(weights, 1).squeeze(1)
