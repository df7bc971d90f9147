"""The residual network: log-mel in, class scores out.

Source: K. He et al., "Deep Residual Learning for Image Recognition", CVPR 2016, with a
spectrogram's single channel, an optional frequency channel, and few or no pooling layers early.

    log-mel [B, M, F] -> conv1 -> layer1 -> layer2 -> layer3 -> layer4 -> pool -> dropout -> linear
"""

from __future__ import annotations

from torch import Tensor, nn

from audio_cnn.config import FrontEnd, NetworkConfig
from audio_cnn.errors import ConfigError
from audio_cnn.network.blocks import POOLINGS, FrequencyChannel, ResidualBlock


class ResNet(nn.Module):
    """Residual classifier of log-mel spectrograms.

    Input: float32 [B, M, F] in 0..1. Output: scores (logits) float32 [B, K].

    Raises:
        ConfigError: stages and their widths differ in number.
    """

    activation_names: tuple[str, ...]
    receptive_fields: dict[str, tuple[int, int]]

    def __init__(self, config: NetworkConfig, front_end: FrontEnd, classes: int) -> None:
        super().__init__()
        if len(config.blocks) != len(config.channels):
            raise ConfigError(f"blocks and channels differ in number: {config.blocks}, {config.channels}")
        self.frequency = FrequencyChannel(front_end.mel_bands) if config.frequency_channel else nn.Identity()
        self.conv1 = stem(1 + config.frequency_channel, config)
        widths = (config.channels[0], *config.channels)
        self.layers = len(config.blocks)
        for i, blocks in enumerate(config.blocks):
            layer = stage(widths[i], widths[i + 1], blocks, stride=1 if i == 0 else 2, config=config)
            setattr(self, f"layer{i + 1}", layer)
        pooling = POOLINGS[config.pooling]
        self.pool = pooling()
        self.dropout = nn.Dropout(config.dropout)
        self.linear = nn.Linear(pooling.widening * widths[-1], classes)
        self.activation_names = activation_names(config)
        self.receptive_fields = receptive_fields(config)
        self.apply(initialise)

    def forward(self, log_mel: Tensor) -> Tensor:
        x = self.conv1(self.frequency(standardise(log_mel).unsqueeze(1)))
        for i in range(self.layers):
            x = getattr(self, f"layer{i + 1}")(x)
        scores: Tensor = self.linear(self.dropout(self.pool(x, log_mel)))
        return scores


def standardise(log_mel: Tensor) -> Tensor:
    """0..1 -> about zero mean and unit deviation (figures of ESC-50's folds 1-4)."""
    return (log_mel - 0.35) / 0.24


def stem(channels_in: int, config: NetworkConfig) -> nn.Sequential:
    """First convolution, stride 2, batch norm, ReLU, and max pooling where the preset has it."""
    kernel, width = config.stem_kernel, config.channels[0]
    layers: list[nn.Module] = [
        nn.Conv2d(channels_in, width, kernel, stride=2, padding=kernel // 2, bias=False),
        nn.BatchNorm2d(width),
        nn.ReLU(),
    ]
    if config.stem_pool:
        layers.append(nn.MaxPool2d(3, stride=2, padding=1))
    return nn.Sequential(*layers)


def stage(
    channels_in: int, channels_out: int, blocks: int, stride: int, config: NetworkConfig
) -> nn.Sequential:
    """``blocks`` residual blocks named block0, block1, ...; the first one changes shape."""
    layers = nn.Sequential()
    for i in range(blocks):
        first = i == 0
        block = ResidualBlock(
            channels_in if first else channels_out,
            channels_out,
            stride if first else 1,
            squeeze=config.squeeze,
            smooth=config.smooth_shortcut,
        )
        layers.add_module(f"block{i}", block)
    return layers


def activation_names(config: NetworkConfig) -> tuple[str, ...]:
    """Names of all activations in the order the sound meets them."""
    names = ["conv1"]
    for i, blocks in enumerate(config.blocks):
        layer = f"layer{i + 1}"
        names += [f"{layer}.block{b}.{part}" for b in range(blocks) for part in ("conv", "relu")]
        names.append(layer)
    return tuple(names)


def receptive_fields(config: NetworkConfig) -> dict[str, tuple[int, int]]:
    """How many bands and frames of the log-mel one place of each activation sees, squeezing apart.

    Each convolution of width k widens the field by k - 1 of the steps that the halvings so far have made.
    """
    field, step = config.stem_kernel, 2
    if config.stem_pool:
        field, step = field + 2 * step, 2 * step
    fields = {"conv1": field}
    for i, blocks in enumerate(config.blocks):
        for b in range(blocks):
            field += 2 * step
            step *= 2 if i > 0 and b == 0 else 1
            field += 2 * step
            fields[f"layer{i + 1}.block{b}.conv"] = fields[f"layer{i + 1}.block{b}.relu"] = field
        fields[f"layer{i + 1}"] = field
    return {name: (size, size) for name, size in fields.items()}


def initialise(module: nn.Module) -> None:
    """Kaiming normal for convolutions (He et al. 2015), identity-like batch norms."""
    if isinstance(module, nn.Conv2d):
        nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
