"""Worse recordings of the same sound, on the log-mel: shorter, farther away, less treble, more noise."""

from __future__ import annotations

import torch
from torch import Tensor

from audio_cnn.augmentation.crop import SOUNDING_LEVEL, sounding_column
from audio_cnn.augmentation.decibels import LOG_POWER_PER_DB

SHORTEST_FRAMES = 14
"""Of a piece; with 28.8 ms a column, 0.4 s."""

LONGEST_TAIL_FRAMES = 28
"""In which a room's tail falls by 60 dB at most; 0.8 s."""

SHORTEST_TAIL_FRAMES = 7
"""Likewise at least; 0.2 s."""

LOWEST_LIMIT = 0.5
"""The lowest share of the bands that is left; with 128 up to 8 kHz, half of them reach 1.7 kHz."""


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


def random_piece(log_mel: Tensor, *, share: float) -> Tensor:
    """Keep only a short piece of ``share`` of the examples, one in which something sounds, and fill it up.

    As a short sound is heard: every second one is repeated to and fro, the others have silence behind.
    [B, M, F] -> the same shape, brought back to its own minimum and maximum.
    """
    batch, bands, frames = log_mel.shape
    device = log_mel.device
    shortest = min(SHORTEST_FRAMES, frames)
    length = (shortest * (frames / shortest) ** torch.rand(batch, 1, device=device)).long()
    before = (torch.rand(batch, 1, device=device) * length).long()
    start = torch.minimum((sounding_column(log_mel)[:, None] - before).clamp(min=0), frames - length)
    time = torch.arange(frames, device=device).expand(batch, frames)
    there_and_back = time % (2 * length)
    column = start + torch.minimum(there_and_back, 2 * length - 1 - there_and_back)
    repeated = torch.rand(batch, 1, device=device) < 0.5
    piece = log_mel.gather(2, column[:, None].expand(batch, bands, frames))
    piece = piece * (repeated | (time < length))[:, None]
    sounding = piece.amax(dim=(1, 2), keepdim=True) > SOUNDING_LEVEL
    return torch.where(_chosen(batch, share, device) & sounding, _own_range(piece), log_mel)


def random_room(log_mel: Tensor, *, share: float, range_db: float) -> Tensor:
    """Add a diffuse tail, up to as strong as the sound itself, to ``share`` of the examples.

    [B, M, F] in 0..1, where 0..1 spans ``range_db``; brought back to its own minimum and maximum. Powers fall
    by 60 dB in a random time, in all bands alike.
    """
    batch, device = len(log_mel), log_mel.device
    tail_frames = SHORTEST_TAIL_FRAMES + torch.rand(batch, 1, device=device) * (
        LONGEST_TAIL_FRAMES - SHORTEST_TAIL_FRAMES
    )
    kept = torch.exp(-60 * LOG_POWER_PER_DB / tail_frames)
    log_range = range_db * LOG_POWER_PER_DB
    power = torch.exp((log_mel - 1) * log_range) * (log_mel > 0)  # what lies at the floor leaves no tail
    tail = torch.zeros_like(power)
    for t in range(1, power.shape[2]):
        tail[:, :, t] = kept * (tail[:, :, t - 1] + power[:, :, t - 1])
    strength = torch.rand(batch, 1, device=device) * (1 - kept) / kept
    heard = torch.log(power + strength[:, :, None] * tail) / log_range + 1
    heard = heard.clamp(min=0)
    return torch.where(_chosen(batch, share, device), _own_range(heard), log_mel)


def random_noise(log_mel: Tensor, *, loudest_db: float, range_db: float, share: float = 1.0) -> Tensor:
    """Add white noise, up to ``loudest_db`` above the floor, to ``share`` of the examples.

    Powers add, not decibels. [B, M, F] in 0..1, where 0..1 spans ``range_db``; brought back to its own
    minimum and maximum, as the front end does. Bands of equal area hear white noise equally loud; its power
    wavers as two bins' does.
    """
    batch = log_mel.shape[0]
    level_db = torch.rand(batch, 1, 1, device=log_mel.device) * loudest_db
    bins = torch.rand(2, *log_mel.shape, device=log_mel.device).clamp(min=1e-6)
    noise = level_db * LOG_POWER_PER_DB + torch.log(-torch.log(bins).mean(dim=0))
    noisy = torch.logaddexp(log_mel * (range_db * LOG_POWER_PER_DB), noise)
    low, high = noisy.amin(dim=(1, 2), keepdim=True), noisy.amax(dim=(1, 2), keepdim=True)
    noisy = (noisy - low) / (high - low).clamp(min=1e-6)
    return torch.where(_chosen(batch, share, log_mel.device), noisy, log_mel)


def _chosen(batch: int, share: float, device: torch.device) -> Tensor:
    """bool [B, 1, 1], true for about ``share`` of the examples."""
    return torch.rand(batch, 1, 1, device=device) < share


def _own_range(log_mel: Tensor) -> Tensor:
    """As the front end ends: relative to the own maximum, the minimum at 0; what lay at the floor stays."""
    relative = log_mel - log_mel.amax(dim=(1, 2), keepdim=True) + 1
    relative = torch.where(log_mel > 0, relative, 0)
    low = relative.amin(dim=(1, 2), keepdim=True)
    return (relative - low) / (1 - low).clamp(min=1e-6)
