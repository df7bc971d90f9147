"""Random crops in time that contain some of the sound."""

from __future__ import annotations

import torch
from torch import Tensor

from audio_cnn.augmentation.warping import random_tempo

# Columns this far below the clip's own maximum count as silence (0..1 of the 80 dB range).
SOUNDING_LEVEL = 0.25
SILENCE_WEIGHT = 0.01


def random_crop(log_mel: Tensor, frames: int, *, roll: bool, tempo: float = 0.0) -> Tensor:
    """Cut ``frames`` columns around a random sounding one: [B, M, F] -> [B, M, frames].

    Short sounds are padded with silence in ESC-50; a blind crop would often hold none of the
    sound it is labelled with. With ``roll`` the clip is taken as a circle, without it the crop
    stays inside. With ``tempo`` each example is cut up to so much faster or slower: 0.25 is from 0.8 to
    1.25 times its speed.
    """
    batch, bands, length = log_mel.shape
    anchor = sounding_column(log_mel)
    before = torch.randint(0, frames, (batch,), device=log_mel.device)
    offset = torch.arange(frames, device=log_mel.device).expand(batch, frames)
    if tempo:
        speed = random_tempo(batch, change=tempo, device=log_mel.device)
        offset, before = (offset * speed[:, None]).long(), (before * speed).long()
    start = anchor - before
    if not roll:
        start = torch.minimum(start.clamp(min=0), (length - 1 - offset[:, -1]).clamp(min=0))
    columns = (start[:, None] + offset) % length
    return log_mel.gather(2, columns[:, None, :].expand(batch, bands, frames))


def sounding_column(log_mel: Tensor) -> Tensor:
    """One column a row, drawn evenly from those that hold sound: [B, M, F] -> int64 [B]."""
    loud = log_mel.amax(dim=1) > SOUNDING_LEVEL
    weights = torch.where(loud, 1.0, SILENCE_WEIGHT)
    return torch.multinomial(weights, 1).squeeze(1)
