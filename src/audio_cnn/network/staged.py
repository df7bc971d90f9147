"""The frame that all families share, with one set of names for its activations.

    log-mel [B, M, F] -> conv1 -> layer1 ... layerN -> head -> pool

A family says what its blocks are made of.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from torch import Tensor, nn

from audio_cnn.config import FrontEnd, NetworkConfig
from audio_cnn.errors import ConfigError
from audio_cnn.network.base import Network
from audio_cnn.network.blocks import Block, FrequencyChannel, pointwise
from audio_cnn.network.pooling import POOLINGS, Pooling


@dataclass(frozen=True)
class Place:
    """Where in a network a block stands.

    Attributes:
        layer: 1 for ``layer1``.
        drop_share: how often the block's residual is left out in training.
    """

    layer: int
    channels_in: int
    channels_out: int
    stride: int
    drop_share: float


class StagedNetwork(Network):
    """A stem, layers of blocks, and a linear layer over their mean.

    The stem halves bands and frames, and so does every layer but the first.

    Args:
        make_block: builds what stands at a place.
        activation: the non-linearity of stem and head.
        head_channels: of a 1x1 convolution before pooling; 0: none.

    Raises:
        ConfigError: a shape that no network can have.
    """

    heads = ("head",)

    def __init__(
        self,
        config: NetworkConfig,
        front_end: FrontEnd,
        classes: int,
        make_block: Callable[[Place], Block],
        *,
        activation: type[nn.Module] = nn.ReLU,
        head_channels: int = 0,
    ) -> None:
        super().__init__()
        check_shape(config)
        self.frequency = FrequencyChannel(front_end.mel_bands) if config.frequency_channel else nn.Identity()
        self.conv1 = stem(1 + config.frequency_channel, config, activation)
        layers = [[make_block(place) for place in layer] for layer in places(config)]
        self.layer_names = tuple(f"layer{i + 1}" for i in range(len(layers)))
        for name, blocks in zip(self.layer_names, layers, strict=True):
            named = OrderedDict[str, nn.Module]((f"block{b}", block) for b, block in enumerate(blocks))
            setattr(self, name, nn.Sequential(named))
        last = config.channels[-1]
        self.head = pointwise(last, head_channels, activation) if head_channels else nn.Identity()
        pooling = POOLINGS[config.pooling]
        self.pool = pooling()
        self.end(config, pooling.widening * (head_channels or last), config.channels, classes)
        self.receptive_fields = receptive_fields(layers, config, front_end)
        self.activation_names = tuple(self.receptive_fields)
        self.apply(initialise)

    def listen(self, log_mel: Tensor) -> tuple[Tensor, list[Tensor]]:
        x = self.conv1(self.frequency(standardise(log_mel).unsqueeze(1)))
        outputs = []
        for name in self.layer_names:
            x = getattr(self, name)(x)
            outputs.append(x)
        return self.pool(self.head(x), log_mel), outputs

    @property
    def poolings(self) -> list[Pooling]:
        return [self.pool]


def check_shape(config: NetworkConfig) -> None:
    """Refuse a shape that no network can have.

    Raises:
        ConfigError: saying why.
    """
    if len(config.blocks) != len(config.channels):
        raise ConfigError(f"blocks and channels differ in number: {config.blocks}, {config.channels}")
    if not config.blocks:
        raise ConfigError("blocks and channels are empty; a network has one layer at least")


def places(config: NetworkConfig) -> list[list[Place]]:
    """Where the blocks of each layer stand; the first one of a layer changes shape.

    Blocks are left out the more often the later they come, up to ``stochastic_depth``.

    Source: G. Huang et al., "Deep Networks with Stochastic Depth", ECCV 2016 (linear decay).
    """
    share = config.stochastic_depth / sum(config.blocks)
    layers: list[list[Place]] = []
    channels, before = config.channels[0], 0
    for layer, (blocks, width) in enumerate(zip(config.blocks, config.channels, strict=True), start=1):
        first = Place(layer, channels, width, 1 if layer == 1 else 2, share * (before + 1))
        others = [Place(layer, width, width, 1, share * (before + i + 1)) for i in range(1, blocks)]
        layers.append([first, *others])
        channels, before = width, before + blocks
    return layers


def standardise(log_mel: Tensor) -> Tensor:
    """0..1 -> about zero mean and unit deviation (figures of ESC-50's folds 1-4)."""
    return (log_mel - 0.35) / 0.24


def stem(channels_in: int, config: NetworkConfig, activation: type[nn.Module]) -> nn.Sequential:
    """First convolution, stride 2, batch norm, non-linearity, and max pooling where the preset has it."""
    kernel, width = config.stem_kernel, config.channels[0]
    layers: list[nn.Module] = [
        nn.Conv2d(channels_in, width, kernel, stride=2, padding=kernel // 2, bias=False),
        nn.BatchNorm2d(width),
        activation(),
    ]
    if config.stem_pool:
        layers.append(nn.MaxPool2d(3, stride=2, padding=1))
    return nn.Sequential(*layers)


def receptive_fields(
    layers: Sequence[Sequence[Block]], config: NetworkConfig, front_end: FrontEnd
) -> dict[str, tuple[int, int]]:
    """Bands and frames that one place of each activation sees, in the order the sound meets them.

    Each kernel of width k widens the field by k - 1 of the steps that the halvings so far have made. From
    attention on it is twice the input, which around any place holds all of it.
    """
    field, step = config.stem_kernel, 2
    if config.stem_pool:
        field, step = field + 2 * step, 2 * step
    seen = field, field
    fields = {"conv1": seen}
    for i, blocks in enumerate(layers):
        for b, block in enumerate(blocks):
            for kernel, stride in block.kernels:
                field, step = field + (kernel - 1) * step, step * stride
            everything = 2 * front_end.mel_bands, 2 * front_end.frames
            seen = everything if block.sees_all or seen == everything else (field, field)
            fields |= {f"layer{i + 1}.block{b}.{part}": seen for part in block.shown}
        fields[f"layer{i + 1}"] = seen
    return fields


def initialise(module: nn.Module) -> None:
    """Kaiming normal for convolutions (He et al. 2015), identity-like batch norms."""
    if isinstance(module, nn.Conv2d):
        # Where each channel has a kernel of its own, what one value reaches is that channel, not all of them.
        nn.init.kaiming_normal_(
            module.weight, mode="fan_out" if module.groups == 1 else "fan_in", nonlinearity="relu"
        )
