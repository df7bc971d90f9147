"""The parts a residual network is built from.

Sources: K. He et al., "Deep Residual Learning for Image Recognition", CVPR 2016 (block);
R. Liu et al., "An Intriguing Failing of Convolutional Neural Networks and the CoordConv
Solution", NeurIPS 2018 (coordinate channel).

Axes: B batch, C channels, M mel bands (height), F frames (width).
"""

from __future__ import annotations

from collections import OrderedDict

import torch
from torch import Tensor, nn
from torch.nn import functional

# Columns this far below the sound's own maximum count as silence (0..1 of the range of the log-mel).
SOUNDING_LEVEL = 0.25
SILENCE_WEIGHT = 1e-3


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions beside a shortcut.

    x ──┬─ 3x3/stride ─ BN ─ ReLU ─ 3x3 ─ BN ─┐
        └─ shortcut ──────────────────────────(+)─ ReLU ─▶
                                               │     │
                                      ``conv`` ┘     └ ``relu``      names of its activations

    With ``squeeze`` the residual's channels are weighted before the sum, see ``SqueezeExcitation``.
    [B, C_in, M, F] -> [B, C_out, M / stride, F / stride].
    """

    def __init__(
        self, channels_in: int, channels_out: int, stride: int, *, squeeze: int = 0, smooth: bool = False
    ) -> None:
        super().__init__()
        self.residual = nn.Sequential(
            OrderedDict(
                conv1=nn.Conv2d(channels_in, channels_out, 3, stride, padding=1, bias=False),
                bn1=nn.BatchNorm2d(channels_out),
                relu1=nn.ReLU(),
                conv2=nn.Conv2d(channels_out, channels_out, 3, padding=1, bias=False),
                bn2=nn.BatchNorm2d(channels_out),
            )
        )
        if squeeze:
            self.residual.add_module("weigh", SqueezeExcitation(channels_out, squeeze))
        self.shortcut = shortcut(channels_in, channels_out, stride, smooth=smooth)
        self.conv = Add()
        self.relu = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        added: Tensor = self.conv(self.residual(x), self.shortcut(x))
        activated: Tensor = self.relu(added)
        return activated


class Add(nn.Module):
    """Sum of two tensors, as a module so that a hook can record it."""

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        return a + b


class SqueezeExcitation(nn.Module):
    """Weighs each channel by a glance at all of them: [B, C, M, F] -> the same shape.

    Source: J. Hu et al., "Squeeze-and-Excitation Networks", CVPR 2018.
    """

    def __init__(self, channels: int, reduction: int) -> None:
        super().__init__()
        self.weights = nn.Sequential(
            nn.AdaptiveAvgPool2d(1),
            nn.Conv2d(channels, channels // reduction, 1),
            nn.ReLU(),
            nn.Conv2d(channels // reduction, channels, 1),
            nn.Sigmoid(),
        )

    def forward(self, x: Tensor) -> Tensor:
        weighted: Tensor = x * self.weights(x)
        return weighted


def shortcut(channels_in: int, channels_out: int, stride: int, *, smooth: bool = False) -> nn.Module:
    """Identity where shapes allow, else a strided 1x1 convolution with batch norm.

    With ``smooth`` a mean over 3x3 places is what is strided, so that no place is passed over.

    Source: T. He et al., "Bag of Tricks for Image Classification", CVPR 2019 (ResNet-D).
    """
    if stride == 1 and channels_in == channels_out:
        return nn.Identity()
    if smooth and stride > 1:
        return nn.Sequential(
            nn.AvgPool2d(3, stride, padding=1, count_include_pad=False),
            nn.Conv2d(channels_in, channels_out, 1, bias=False),
            nn.BatchNorm2d(channels_out),
        )
    return nn.Sequential(
        nn.Conv2d(channels_in, channels_out, 1, stride, bias=False),
        nn.BatchNorm2d(channels_out),
    )


class FrequencyChannel(nn.Module):
    """Adds a channel that holds each row's height, -1 (lowest band) to 1 (highest).

    A convolution is blind to where on the frequency axis it stands, yet for sounds, unlike for
    pictures, a shape two octaves higher is another thing. [B, C, M, F] -> [B, C + 1, M, F].
    """

    height: Tensor

    def __init__(self, bands: int) -> None:
        super().__init__()
        self.register_buffer("height", torch.linspace(-1, 1, bands).view(1, 1, bands, 1), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        height = self.height.expand(x.shape[0], 1, self.height.shape[2], x.shape[3])
        return torch.cat([x, height.to(x.dtype)], dim=1)


class MeanPooling(nn.Module):
    """Adaptive average pooling to one number a channel: [B, C, H, W] -> [B, C]."""

    widening = 1

    def __init__(self) -> None:
        super().__init__()
        self.mean = nn.AdaptiveAvgPool2d(1)

    def forward(self, x: Tensor, _log_mel: Tensor) -> Tensor:
        pooled: Tensor = self.mean(x)
        return pooled.flatten(1)


class MeanMaxPooling(nn.Module):
    """Mean over frequency, then mean and maximum over time side by side: [B, C, H, W] -> [B, 2 C].

    The mean answers "is it going on", the maximum "did it happen once".
    """

    widening = 2

    def forward(self, x: Tensor, _log_mel: Tensor) -> Tensor:
        over_time = x.mean(dim=2)
        return torch.cat([over_time.mean(dim=2), over_time.amax(dim=2)], dim=1)


class SoundingPooling(nn.Module):
    """``MeanMaxPooling`` over the columns that hold sound only: [B, C, H, W] -> [B, 2 C].

    A bark of half a second in five seconds of silence then weighs as much as rain of five seconds. Log-mel
    [B, M, F] says which columns sound; halved as often as the network halves, it is W columns wide.
    """

    widening = 2

    def forward(self, x: Tensor, log_mel: Tensor) -> Tensor:
        sounding = (log_mel.amax(dim=1, keepdim=True) > SOUNDING_LEVEL).to(x.dtype)
        while sounding.shape[2] > x.shape[3]:
            sounding = functional.max_pool1d(sounding, 3, stride=2, padding=1)
        over_time = x.mean(dim=2)
        # Where nothing sounds, all columns count alike.
        weight = sounding + SILENCE_WEIGHT
        mean = (over_time * weight).sum(dim=2) / weight.sum(dim=2)
        return torch.cat([mean, (over_time * weight).amax(dim=2)], dim=1)


POOLINGS: dict[str, type[MeanPooling] | type[MeanMaxPooling] | type[SoundingPooling]] = {
    "mean": MeanPooling,
    "mean+max": MeanMaxPooling,
    "sounding": SoundingPooling,
}
