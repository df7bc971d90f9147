"""Networks by the name a configuration calls them by."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from audio_cnn.config import FrontEnd, NetworkConfig
from audio_cnn.errors import ConfigError
from audio_cnn.network.attention import AttentionResNet
from audio_cnn.network.efficientnet import EfficientNet
from audio_cnn.network.mobilenet import MobileNet
from audio_cnn.network.resnet import ResNet
from audio_cnn.network.staged import StagedNetwork

Builder = Callable[[NetworkConfig, FrontEnd, int], StagedNetwork]

FAMILIES: dict[str, Builder] = {
    "resnet": ResNet,
    "mobilenet": MobileNet,
    "efficientnet": EfficientNet,
    "attention": AttentionResNet,
}

# Settings that not every family knows what to do with.
FOR_SOME: dict[str, tuple[str, ...]] = {
    "smooth_shortcut": ("resnet", "attention"),
    "heads": ("attention",),
    "expansion": ("mobilenet", "efficientnet"),
    "scale": ("efficientnet",),
}


def build_network(config: NetworkConfig, front_end: FrontEnd, classes: int) -> StagedNetwork:
    """A freshly initialised network: float32 [B, M, F] in 0..1 -> scores [B, classes].

    Raises:
        ConfigError: no family of that name, or settings that it has no use for or cannot be built with.
    """
    try:
        builder = FAMILIES[config.family]
    except KeyError:
        raise ConfigError(
            f"no network family '{config.family}'; there are: {', '.join(sorted(FAMILIES))}"
        ) from None
    for setting, families in FOR_SOME.items():
        chosen = getattr(config, setting)
        if config.family not in families and chosen != getattr(NetworkConfig, setting):
            raise ConfigError(
                f"family '{config.family}' has no use for {setting} = {chosen}; "
                f"it is for {' and '.join(families)}"
            )
    return builder(config, front_end, classes)


def parameter_count(network: nn.Module) -> int:
    """Number of trained values."""
    return sum(parameter.numel() for parameter in network.parameters())


@torch.no_grad()
def multiply_adds(network: nn.Module, front_end: FrontEnd) -> int:
    """Multiplications with an addition in the convolutions and matrix products for one log-mel [M, F].

    Not counted: batch norms, non-linearities, sums, and the front end, which is the same for every network.
    """
    with FlopCounterMode(display=False) as counted:
        network(torch.zeros(1, front_end.mel_bands, front_end.frames))
    return int(counted.get_total_flops()) // 2
