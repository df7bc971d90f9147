"""The parts that networks are built from.

Sources: K. He et al., "Deep Residual Learning for Image Recognition", CVPR 2016 (block);
R. Liu et al., "An Intriguing Failing of Convolutional Neural Networks and the CoordConv
Solution", NeurIPS 2018 (coordinate channel).

Axes: B batch, C channels, M mel bands (height), F frames (width).
"""

from __future__ import annotations

from collections import OrderedDict

import torch
from torch import Tensor, nn

from audio_cnn.network.precision import full_precision


class Block(nn.Module):
    """What the layers of every family are made of.

    Two of its modules are there to be looked into: ``conv``, the sum with the shortcut, and ``relu``, what
    the last non-linearity lets through.

    Attributes:
        shown: their names in the order the sound meets them.
        kernels: width and stride of each convolution that the sound passes.
        sees_all: a place sees the whole input.
    """

    shown: tuple[str, ...]
    kernels: tuple[tuple[int, int], ...]
    sees_all = False


class ResidualBlock(Block):
    """Two 3x3 convolutions beside a shortcut.

    x ──┬─ 3x3/stride ─ BN ─ ReLU ─ 3x3 ─ BN ─┐
        └─ shortcut ──────────────────────────(+)─ ReLU ─▶
                                               │     │
                                      ``conv`` ┘     └ ``relu``      names of its activations

    With ``squeeze`` the residual's channels are weighted before the sum, see ``SqueezeExcitation``;
    ``attention`` stands in for the second convolution. [B, C_in, M, F] -> [B, C_out, M / stride, F / stride].
    """

    shown = "conv", "relu"

    def __init__(
        self,
        channels_in: int,
        channels_out: int,
        stride: int,
        *,
        attention: nn.Module | None = None,
        squeeze: int = 0,
        smooth: bool = False,
        drop_share: float = 0.0,
    ) -> None:
        super().__init__()
        self.kernels = (3, stride), (3, 1)
        self.sees_all = attention is not None
        self.residual = nn.Sequential(
            OrderedDict(
                conv1=nn.Conv2d(channels_in, channels_out, 3, stride, padding=1, bias=False),
                bn1=nn.BatchNorm2d(channels_out),
                relu1=nn.ReLU(),
                conv2=attention or nn.Conv2d(channels_out, channels_out, 3, padding=1, bias=False),
                bn2=nn.BatchNorm2d(channels_out),
            )
        )
        if squeeze:
            self.residual.add_module("weigh", SqueezeExcitation(channels_out, squeeze))
        if drop_share:
            self.residual.add_module("drop", DropPath(drop_share))
        self.shortcut = shortcut(channels_in, channels_out, stride, smooth=smooth)
        self.conv = Add()
        self.relu = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        added: Tensor = self.conv(self.residual(x), self.shortcut(x))
        activated: Tensor = self.relu(added)
        return activated


class InvertedResidual(Block):
    """Widen, look around in each channel by itself, narrow again without a non-linearity.

    x ──┬─ 1x1 ─ BN ─ act ─ kxk/stride ─ BN ─ act ─ 1x1 ─ BN ─┐
        │                                      │              │
        │                             ``relu`` ┘              │
        └─ where shapes allow ───────────────────────────────(+)─▶ ``conv``

    Inside it is ``expansion`` times as wide as x; where that is once, the first 1x1 is left out. With
    ``squeeze`` the wide channels are weighted by way of ``channels_in / squeeze`` numbers, which makes it the
    MBConv of EfficientNet. [B, C_in, M, F] -> [B, C_out, M / stride, F / stride].

    Sources: M. Sandler et al., "MobileNetV2", CVPR 2018; M. Tan et al., "MnasNet", CVPR 2019 (squeezing).
    """

    shown = "relu", "conv"

    def __init__(
        self,
        channels_in: int,
        channels_out: int,
        stride: int,
        *,
        expansion: int,
        kernel: int = 3,
        squeeze: int = 0,
        drop_share: float = 0.0,
        activation: type[nn.Module] = nn.ReLU,
    ) -> None:
        super().__init__()
        self.kernels = ((kernel, stride),)
        wide = expansion * channels_in
        self.widen = pointwise(channels_in, wide, activation) if expansion > 1 else nn.Identity()
        self.look = nn.Sequential(
            Depthwise(wide, kernel, stride),
            nn.BatchNorm2d(wide),
        )
        self.relu = activation()
        self.weigh = SqueezeExcitation(wide, expansion * squeeze) if squeeze else nn.Identity()
        self.narrow = pointwise(wide, channels_out)
        self.has_shortcut = stride == 1 and channels_in == channels_out
        self.drop = DropPath(drop_share) if drop_share and self.has_shortcut else nn.Identity()
        self.conv = Add() if self.has_shortcut else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        residual = self.drop(self.narrow(self.weigh(self.relu(self.look(self.widen(x))))))
        out: Tensor = self.conv(residual, x) if self.has_shortcut else self.conv(residual)
        return out


class Depthwise(nn.Conv2d):
    """A kernel of its own for each channel: [B, C, H, W] -> [B, C, H / stride, W / stride].

    Always in 32 bits, for which alone CPUs have fast gradients of such kernels: up to nine times as fast.
    """

    def __init__(self, channels: int, kernel: int, stride: int) -> None:
        super().__init__(channels, channels, kernel, stride, padding=kernel // 2, groups=channels, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        with full_precision(x):
            return super().forward(x.float()).to(x.dtype)


def pointwise(
    channels_in: int, channels_out: int, activation: type[nn.Module] | None = None
) -> nn.Sequential:
    """1x1 convolution, batch norm, and a non-linearity if one is given."""
    layers: list[nn.Module] = [
        nn.Conv2d(channels_in, channels_out, 1, bias=False),
        nn.BatchNorm2d(channels_out),
    ]
    return nn.Sequential(*layers, *([activation()] if activation else []))


class DropPath(nn.Module):
    """In training leaves out the residual of some clips and makes up for it in the others; else does nothing.

    Source: G. Huang et al., "Deep Networks with Stochastic Depth", ECCV 2016.
    """

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return x
        kept = torch.rand(x.shape[0], 1, 1, 1, device=x.device) >= self.share
        return x * (kept / (1 - self.share)).to(x.dtype)


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
        few = max(1, channels // reduction)
        self.weights = nn.Sequential(
            nn.AdaptiveAvgPool2d(1),
            nn.Conv2d(channels, few, 1),
            nn.ReLU(),
            nn.Conv2d(few, channels, 1),
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
        StridedPointwise(channels_in, channels_out, stride),
        nn.BatchNorm2d(channels_out),
    )


class StridedPointwise(nn.Conv2d):
    """A 1x1 convolution of every ``stride``-th place: [B, C_in, H, W] -> [B, C_out, H / stride, W / stride].

    The places are picked first: oneDNN's own gradient of a strided 1x1 convolution of few channels writes
    past its memory where several threads share it.
    """

    def __init__(self, channels_in: int, channels_out: int, stride: int) -> None:
        super().__init__(channels_in, channels_out, 1, bias=False)
        self.step = stride

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x[:, :, :: self.step, :: self.step] if self.step > 1 else x)


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
