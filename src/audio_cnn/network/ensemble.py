"""Several networks as one: each hears the sound by itself, and their scores are averaged.

Networks of different kinds fail on different sounds, so their mean is right more often than the best of them.

Source: L. Hansen and P. Salamon, "Neural Network Ensembles", IEEE PAMI 1990.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from audio_cnn.config import NetworkConfig
from audio_cnn.errors import ConfigError
from audio_cnn.network.base import Network
from audio_cnn.network.pooling import Pooling
from audio_cnn.network.staged import StagedNetwork, standardise

FAMILY = "ensemble"
"""What recipes and model files call it."""

Fields = dict[str, tuple[int, int]]


class SideBySide(nn.ModuleDict):
    """The same part of each member, by the member's name.

    Called with what the parts gave, [B, C_i, H, W] each, it gives all channels, [B, sum of C_i, H, W].
    """

    def each(self, inputs: Sequence[Tensor], *also: Tensor) -> list[Tensor]:
        """What every part makes of its own input, and of what all of them are given."""
        return [part(x, *also) for part, x in zip(self.values(), inputs, strict=True)]

    def forward(self, outputs: Sequence[Tensor]) -> Tensor:
        return torch.cat(list(outputs), dim=1)


class Ensemble(Network):
    """The mean of its members' scores: one linear layer over what all of them heard.

    ``conv1``, ``layer1``, ... show the channels of all members, one member's behind the other's;
    ``layer1.mobilenet.block0.conv`` belongs to one of them.

    Args:
        config: ``members`` for their names, ``dropout`` and ``familiarity`` for what comes behind them.
        members: their parts become this network's; their own last layers are not used.

    Raises:
        ConfigError: fewer than two members, or their maps are not of one size.
    """

    frequency: SideBySide
    conv1: SideBySide
    head: SideBySide
    pool: SideBySide

    def __init__(self, config: NetworkConfig, members: Sequence[StagedNetwork], classes: int) -> None:
        super().__init__()
        if len(members) < 2 or len({_map_sizes(member) for member in config.members}) > 1:
            raise ConfigError(
                "an ensemble has two members or more, all with the same number of layers and the same stem: "
                "stem_pool, and stem_kernel even or odd"
            )
        names, self.layers = member_names(config.members), members[0].layer_names
        for part in ("frequency", "conv1", *self.layers, "head", "pool"):
            of_members = zip(names, members, strict=True)
            setattr(self, part, SideBySide({name: getattr(member, part) for name, member in of_members}))
        self.layer_names = tuple(f"{layer}.{name}" for layer in self.layers for name in names)
        self.heads = tuple(f"head.{name}" for name in names)
        by_layer = zip(*(member.layer_channels for member in members), strict=True)
        width = sum(member.linear.in_features for member in members)
        self.end(config, width, [channels for layer in by_layer for channels in layer], classes)
        self.receptive_fields = fields_side_by_side(
            {name: member.receptive_fields for name, member in zip(names, members, strict=True)}
        )
        self.activation_names = tuple(self.receptive_fields)

    def listen(self, log_mel: Tensor) -> tuple[Tensor, list[Tensor]]:
        x = standardise(log_mel).unsqueeze(1)
        streams = _shown(self.conv1, self.frequency.each([x] * len(self.frequency)))
        outputs: list[Tensor] = []
        for layer in self.layers:
            streams = _shown(getattr(self, layer), streams)
            outputs += streams
        return torch.cat(self.pool.each(self.head.each(streams), log_mel), dim=1), outputs

    @property
    def poolings(self) -> list[Pooling]:
        return [part for part in self.pool.values() if isinstance(part, Pooling)]


def _shown(part: SideBySide, inputs: Sequence[Tensor]) -> list[Tensor]:
    """What every member's part gives; the part itself is called too, for whoever records its activation."""
    outputs = part.each(inputs)
    part(outputs)
    return outputs


def _map_sizes(member: NetworkConfig) -> tuple[int, bool, int]:
    """What the sizes of a network's maps follow from."""
    return len(member.blocks), member.stem_pool, member.stem_kernel % 2


def member_names(members: Sequence[NetworkConfig]) -> list[str]:
    """Their families, with a number where one occurs again: ``resnet``, ``mobilenet``, ``resnet2``."""
    families = [member.family for member in members]
    counts = [families[: i + 1].count(family) for i, family in enumerate(families)]
    return [family if n == 1 else f"{family}{n}" for family, n in zip(families, counts, strict=True)]


def fields_side_by_side(of_members: dict[str, Fields]) -> Fields:
    """Receptive fields by the ensemble's names; where channels of several stand together, the widest."""
    first, *_ = of_members.values()
    fields: Fields = {}
    for layer in (name for name in first if "." not in name):
        for member, own in of_members.items():
            fields |= {_within(name, member): own[name] for name in own if name.startswith(f"{layer}.")}
        bands, frames = zip(*(own[layer] for own in of_members.values()), strict=True)
        fields[layer] = max(bands), max(frames)
    return fields


def _within(name: str, member: str) -> str:
    """``layer1.block0.conv`` -> ``layer1.mobilenet.block0.conv``"""
    part, dot, rest = name.partition(".")
    return f"{part}.{member}{dot}{rest}"
