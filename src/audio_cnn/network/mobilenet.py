"""MobileNet: inverted residuals, whose 3x3 kernels each look at one channel.

Sources: M. Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", CVPR 2018 (blocks);
A. Howard et al., "Searching for MobileNetV3", ICCV 2019 (optional squeezing, width of the head).
"""

from __future__ import annotations

from audio_cnn.config import FrontEnd, NetworkConfig
from audio_cnn.network.blocks import InvertedResidual
from audio_cnn.network.staged import Place, StagedNetwork


class MobileNet(StagedNetwork):
    """Classifier of log-mel spectrograms by inverted residuals, see ``StagedNetwork``.

    ReLU instead of the papers' ReLU6 and hard swish: ONNX Runtime computes it within the convolution.
    """

    def __init__(self, config: NetworkConfig, front_end: FrontEnd, classes: int) -> None:
        def make_block(place: Place) -> InvertedResidual:
            return InvertedResidual(
                place.channels_in,
                place.channels_out,
                place.stride,
                expansion=expansion_at(place, config),
                squeeze=config.squeeze,
                drop_share=place.drop_share,
            )

        head_channels = config.expansion * config.channels[-1]
        super().__init__(config, front_end, classes, make_block, head_channels=head_channels)


def expansion_at(place: Place, config: NetworkConfig) -> int:
    """How many times wider a block is inside; not at all in the first layer, as in the papers."""
    return 1 if place.layer == 1 else config.expansion
