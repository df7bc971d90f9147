"""Networks by the name a configuration calls them by."""

from __future__ import annotations

from collections.abc import Callable

from torch import nn

from audio_cnn.config import FrontEnd, NetworkConfig
from audio_cnn.errors import ConfigError
from audio_cnn.network.resnet import ResNet

Builder = Callable[[NetworkConfig, FrontEnd, int], nn.Module]

FAMILIES: dict[str, Builder] = {
    "resnet": ResNet,
}


def build_network(config: NetworkConfig, front_end: FrontEnd, classes: int) -> nn.Module:
    """A freshly initialised network: float32 [B, M, F] in 0..1 -> scores [B, classes].

    Raises:
        ConfigError: no family of that name.
    """
    try:
        builder = FAMILIES[config.family]
    except KeyError:
        raise ConfigError(
            f"no network family '{config.family}'; there are: {', '.join(sorted(FAMILIES))}"
        ) from None
    return builder(config, front_end, classes)


def parameter_count(network: nn.Module) -> int:
    """Number of trained values."""
    return sum(parameter.numel() for parameter in network.parameters())
