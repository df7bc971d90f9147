"""A residual network that looks at all places at once in its last layer.

Source: A. Srinivas et al., "Bottleneck Transformers for Visual Recognition", CVPR 2021: in the last stage,
where places are few, attention stands for the second convolution of each block.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from audio_cnn.config import FrontEnd, NetworkConfig
from audio_cnn.errors import ConfigError
from audio_cnn.network.blocks import ResidualBlock
from audio_cnn.network.staged import Place, StagedNetwork

# Distances beyond these count alike. In training on half-length crops, columns farther apart are rare.
FAR_ROWS, FAR_COLUMNS = 8, 4


class AttentionResNet(StagedNetwork):
    """Residual classifier of log-mel spectrograms with attention in its last layer, see ``StagedNetwork``.

    Raises:
        ConfigError: the last layer's channels cannot be shared out to the heads.
    """

    def __init__(self, config: NetworkConfig, front_end: FrontEnd, classes: int) -> None:
        def make_block(place: Place) -> ResidualBlock:
            last = place.layer == len(config.blocks)
            return ResidualBlock(
                place.channels_in,
                place.channels_out,
                place.stride,
                attention=SelfAttention(place.channels_out, config.heads) if last else None,
                squeeze=config.squeeze,
                smooth=config.smooth_shortcut,
                drop_share=place.drop_share,
            )

        super().__init__(config, front_end, classes, make_block)


class SelfAttention(nn.Module):
    """Every place of a map asks all places, in several heads: [B, C, H, W] -> the same shape.

    softmax(q k / sqrt(C / heads) + nearness) v, where ``nearness`` [heads, rows apart, columns apart] is
    learned, as attention does not know where things stand. Any H and W will do.

    Source of the relative term: Z. Liu et al., "Swin Transformer", ICCV 2021.

    Raises:
        ConfigError: the channels cannot be shared out to the heads.
    """

    def __init__(self, channels: int, heads: int) -> None:
        super().__init__()
        if heads < 1 or channels % heads:
            raise ConfigError(f"{channels} channels cannot be shared out to {heads} heads of attention")
        self.heads = heads
        self.query_key_value = nn.Conv2d(channels, 3 * channels, 1, bias=False)
        self.nearness = nn.Parameter(torch.zeros(heads, 2 * FAR_ROWS + 1, 2 * FAR_COLUMNS + 1))
        self.join = nn.Conv2d(channels, channels, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        height, width = x.shape[2:]
        shared_out = self.query_key_value(x).flatten(2).unflatten(1, (3, self.heads, -1))
        query, key, value = shared_out.unbind(1)  # [B, heads, C / heads, H * W]
        likeness = query.transpose(2, 3) @ key * query.shape[2] ** -0.5
        attention = (likeness + self.bias(height, width)).softmax(dim=-1)
        seen = value @ attention.transpose(2, 3)
        joined: Tensor = self.join(seen.flatten(1, 2).unflatten(2, (height, width)))
        return joined

    def bias(self, height: int, width: int) -> Tensor:
        """What the distance of two places adds, [heads, H * W, H * W]."""
        rows = torch.arange(height, device=self.nearness.device).repeat_interleave(width)
        columns = torch.arange(width, device=self.nearness.device).repeat(height)
        return self.nearness[:, apart(rows, FAR_ROWS), apart(columns, FAR_COLUMNS)]


def apart(places: Tensor, far: int) -> Tensor:
    """Signed distance of each two places [N], cut off at ``far``, as an index from 0: [N, N]."""
    return (places[:, None] - places[None, :]).clamp(-far, far) + far
