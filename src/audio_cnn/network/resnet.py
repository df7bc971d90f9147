"""The residual network.

Source: K. He et al., "Deep Residual Learning for Image Recognition", CVPR 2016, with a
spectrogram's single channel, an optional frequency channel, and few or no pooling layers early.
"""

from __future__ import annotations

from audio_cnn.config import FrontEnd, NetworkConfig
from audio_cnn.network.blocks import ResidualBlock
from audio_cnn.network.staged import Place, StagedNetwork


class ResNet(StagedNetwork):
    """Residual classifier of log-mel spectrograms, see ``StagedNetwork``."""

    def __init__(self, config: NetworkConfig, front_end: FrontEnd, classes: int) -> None:
        def make_block(place: Place) -> ResidualBlock:
            return ResidualBlock(
                place.channels_in,
                place.channels_out,
                place.stride,
                squeeze=config.squeeze,
                smooth=config.smooth_shortcut,
                drop_share=place.drop_share,
            )

        super().__init__(config, front_end, classes, make_block)
