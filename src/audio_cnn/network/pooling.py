"""From the last map to the numbers that classes are told by.

Axes: B batch, C channels, H rows, W columns of the map, M mel bands, F frames of the log-mel.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

# Columns this far below the sound's own maximum count as silence (0..1 of the range of the log-mel).
SOUNDING_LEVEL = 0.25
SILENCE_WEIGHT = 1e-3


class Pooling(nn.Module):
    """Map [B, C, H, W] and log-mel [B, M, F] -> [B, ``widening`` C].

    Each number is a sum over the places of the map, and ``places`` tells what each of them adds.
    """

    widening: int

    def forward(self, x: Tensor, log_mel: Tensor) -> Tensor:
        raise NotImplementedError

    def places(self, x: Tensor, log_mel: Tensor) -> Tensor:
        """[B, ``widening`` C, H, W]: summed over H and W it is what ``forward`` gives."""
        raise NotImplementedError


class MeanPooling(Pooling):
    """Adaptive average pooling to one number a channel: [B, C, H, W] -> [B, C]."""

    widening = 1

    def __init__(self) -> None:
        super().__init__()
        self.mean = nn.AdaptiveAvgPool2d(1)

    def forward(self, x: Tensor, log_mel: Tensor) -> Tensor:  # noqa: ARG002 - all columns count alike
        pooled: Tensor = self.mean(x)
        return pooled.flatten(1)

    def places(self, x: Tensor, log_mel: Tensor) -> Tensor:  # noqa: ARG002
        return x / (x.shape[2] * x.shape[3])


class MeanMaxPooling(Pooling):
    """Mean over frequency, then mean and maximum over time side by side: [B, C, H, W] -> [B, 2 C].

    The mean answers "is it going on", the maximum "did it happen once".
    """

    widening = 2

    def forward(self, x: Tensor, log_mel: Tensor) -> Tensor:
        weight = self.weight(x, log_mel)
        over_time = x.mean(dim=2) * weight
        return torch.cat([over_time.sum(dim=2) / weight.sum(dim=2), over_time.amax(dim=2)], dim=1)

    def places(self, x: Tensor, log_mel: Tensor) -> Tensor:
        weight = self.weight(x, log_mel)
        over_time = x.mean(dim=2) * weight
        largest = (over_time == over_time.amax(dim=2, keepdim=True)).to(x.dtype)
        # Columns that are equally large have a part each.
        to_mean = weight / weight.sum(dim=2, keepdim=True)
        to_maximum = weight * largest / largest.sum(dim=2, keepdim=True)
        of_row = x / x.shape[2]
        return torch.cat([of_row * to_mean[:, :, None], of_row * to_maximum[:, :, None]], dim=1)

    def weight(self, x: Tensor, log_mel: Tensor) -> Tensor:  # noqa: ARG002
        """How much each column counts, [B, 1, W]."""
        return torch.ones_like(x[:, :1, 0])


class SoundingPooling(MeanMaxPooling):
    """``MeanMaxPooling`` over the columns that hold sound only: [B, C, H, W] -> [B, 2 C].

    A bark of half a second in five seconds of silence then weighs as much as rain of five seconds. Log-mel
    [B, M, F] says which columns sound; halved as often as the network halves, it is W columns wide, if the
    kernel of the stem is odd.
    """

    def weight(self, x: Tensor, log_mel: Tensor) -> Tensor:
        sounding = (log_mel.amax(dim=1, keepdim=True) > SOUNDING_LEVEL).to(x.dtype)
        while sounding.shape[2] > x.shape[3]:
            sounding = functional.max_pool1d(sounding, 3, stride=2, padding=1)
        # Where nothing sounds, all columns count alike.
        return sounding + SILENCE_WEIGHT


POOLINGS: dict[str, type[Pooling]] = {
    "mean": MeanPooling,
    "mean+max": MeanMaxPooling,
    "sounding": SoundingPooling,
}
