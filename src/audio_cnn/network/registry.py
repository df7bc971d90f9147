"""Networks by the name a configuration calls them by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from audio_cnn.config import FrontEnd, NetworkConfig
from audio_cnn.errors import ConfigError
from audio_cnn.network.attention import AttentionResNet
from audio_cnn.network.base import Network
from audio_cnn.network.efficientnet import EfficientNet
from audio_cnn.network.ensemble import FAMILY as ENSEMBLE
from audio_cnn.network.ensemble import Ensemble
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
    "members": (ENSEMBLE,),
}


def build_network(config: NetworkConfig, front_end: FrontEnd, classes: int) -> Network:
    """A freshly initialised network: float32 [B, M, F] in 0..1 -> scores [B, classes].

    Raises:
        ConfigError: no family of that name, or settings that it has no use for or cannot be built with.
    """
    if config.family == ENSEMBLE:
        return build_ensemble(config, front_end, classes)
    return build_member(config, front_end, classes)


def build_ensemble(config: NetworkConfig, front_end: FrontEnd, classes: int) -> Ensemble:
    """A freshly initialised ensemble.

    Raises:
        ConfigError: a member that cannot be built, fewer than two, or settings that only members have.
    """
    own = replace(config, members=(), dropout=NetworkConfig.dropout, familiarity=False)
    if own != NetworkConfig(family=ENSEMBLE):
        raise ConfigError("an ensemble has members, dropout and familiarity; the rest is its members' to say")
    members = [build_member(replace(one, familiarity=False), front_end, classes) for one in config.members]
    return Ensemble(config, members, classes)


def build_member(config: NetworkConfig, front_end: FrontEnd, classes: int) -> StagedNetwork:
    """A freshly initialised network of one of ``FAMILIES``.

    Raises:
        ConfigError: as ``build_network``.
    """
    try:
        builder = FAMILIES[config.family]
    except KeyError:
        raise ConfigError(
            f"no network family '{config.family}'; there are: {', '.join(sorted({*FAMILIES, ENSEMBLE}))}"
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
