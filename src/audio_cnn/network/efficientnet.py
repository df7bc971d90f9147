"""EfficientNet: inverted residuals with squeezing, deeper and wider by one number.

Source: M. Tan and Q. Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks",
ICML 2019.
"""

from __future__ import annotations

import math
from dataclasses import replace

from torch import nn

from audio_cnn.config import FrontEnd, NetworkConfig
from audio_cnn.errors import ConfigError
from audio_cnn.network.blocks import InvertedResidual
from audio_cnn.network.mobilenet import expansion_at
from audio_cnn.network.staged import Place, StagedNetwork, check_shape

# What one step of ``scale`` multiplies. The paper's third factor, resolution, is the front end's to say.
DEPTH, WIDTH = 1.2, 1.1
WIDTH_STEP = 8
SCALES = -4.0, 8.0
WIDE_KERNEL_FROM_LAYER = 3


class EfficientNet(StagedNetwork):
    """Classifier of log-mel spectrograms by MBConv blocks, see ``StagedNetwork``.

    Hard swish, as in MobileNetV3, instead of the paper's swish: without its exponentials a window takes a
    seventh less time.

    Raises:
        ConfigError: a scale out of bounds.
    """

    def __init__(self, config: NetworkConfig, front_end: FrontEnd, classes: int) -> None:
        config = scaled(config)

        def make_block(place: Place) -> InvertedResidual:
            return InvertedResidual(
                place.channels_in,
                place.channels_out,
                place.stride,
                expansion=expansion_at(place, config),
                kernel=5 if place.layer >= WIDE_KERNEL_FROM_LAYER else 3,
                squeeze=config.squeeze,
                drop_share=place.drop_share,
                activation=nn.Hardswish,
            )

        head_channels = config.expansion * config.channels[-1]
        super().__init__(
            config, front_end, classes, make_block, activation=nn.Hardswish, head_channels=head_channels
        )


def scaled(config: NetworkConfig) -> NetworkConfig:
    """Blocks and channels after ``scale`` steps of compound scaling.

    Raises:
        ConfigError: a scale out of bounds, or nothing to scale.
    """
    check_shape(config)
    low, high = SCALES
    if not low <= config.scale <= high:
        raise ConfigError(f"scale is {config.scale}; it must be from {low:g} to {high:g}")
    return replace(
        config,
        blocks=tuple(math.ceil(blocks * DEPTH**config.scale) for blocks in config.blocks),
        channels=tuple(width(channels * WIDTH**config.scale) for channels in config.channels),
    )


def width(channels: float) -> int:
    """The nearest multiple of 8, never a tenth below what was asked for, as in the paper's own code."""
    nearest = max(WIDTH_STEP, int(channels + WIDTH_STEP / 2) // WIDTH_STEP * WIDTH_STEP)
    return nearest + WIDTH_STEP * (nearest < 0.9 * channels)
