"""Finished networks to one that answers with the mean of their scores. Nothing is trained for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from audio_cnn.config import Config, NetworkConfig
from audio_cnn.errors import ConfigError
from audio_cnn.network.ensemble import FAMILY, Ensemble
from audio_cnn.network.familiarity import SUMMARIES, Familiarity
from audio_cnn.network.finished import FinishedNetwork
from audio_cnn.network.staged import StagedNetwork

SHARED = "data", "data_sha256", "features", "licence", "citation", "limits", "fine_tuned_from"
"""What a record says that goes for an ensemble, too, where all members say the same."""


def joined(members: Sequence[FinishedNetwork]) -> FinishedNetwork:
    """An ensemble of two finished networks or more, which become its parts.

    What is strange to it is what is strange to them on average, if all of them can tell, and tell the same
    kinds apart.

    Raises:
        ConfigError: they know other classes than each other, hear otherwise, or are of different depth.
    """
    first, *others = members
    for other in others:
        if other.class_names != first.class_names:
            raise ConfigError(
                f"{other.config.name} knows other classes than {first.config.name}, or in another order"
            )
    recipe = joined_recipe([member.config for member in members])
    networks = [member.network for member in members if isinstance(member.network, StagedNetwork)]
    if not tell_alike(networks):
        recipe = replace(recipe, network=replace(recipe.network, familiarity=False))
    return FinishedNetwork(
        mean_of(networks, recipe.network).eval(),
        recipe,
        first.class_names,
        joined_record(members),
        {key: value for member in reversed(members) for key, value in member.emoji.items()},
    )


def tell_alike(networks: Sequence[StagedNetwork]) -> bool:
    """Whether all know what is strange, and by as many kinds."""
    known = [network.familiarity.strangeness for network in networks if network.familiarity is not None]
    return (
        len(known) == len(networks)
        and all(one.learned for one in known)
        and len({len(one.bias) for one in known}) == 1
    )


def joined_recipe(recipes: Sequence[Config]) -> Config:
    """What describes an ensemble of the networks that these recipes make.

    Raises:
        ConfigError: they hear otherwise than each other, or one is an ensemble already.
    """
    first, *others = recipes
    for other in others:
        if other.front_end != first.front_end:
            raise ConfigError(f"the front end of {other.name} is not that of {first.name}")
    networks = [recipe.network for recipe in recipes]
    if any(network.members for network in networks):
        raise ConfigError("an ensemble cannot be a member of another one; give its members")
    familiarity = all(network.familiarity for network in networks)
    joined = NetworkConfig(family=FAMILY, members=tuple(networks), familiarity=familiarity)
    return replace(first, name=FAMILY, network=joined)


@torch.no_grad()
def mean_of(networks: Sequence[StagedNetwork], config: NetworkConfig) -> Ensemble:
    """The ensemble whose scores, and whose strangeness, are the mean of theirs."""
    ends, share = [network.linear for network in networks], 1 / len(networks)
    ensemble = Ensemble(config, networks, ends[0].out_features)
    ensemble.linear.weight.copy_(share * torch.cat([end.weight for end in ends], dim=1))
    ensemble.linear.bias.copy_(torch.stack([end.bias for end in ends]).mean(dim=0))
    if ensemble.familiarity is not None:
        own = [network.familiarity for network in networks if network.familiarity is not None]
        by_layer = zip(*map(of_layers, own, networks), strict=True)
        strangeness = ensemble.familiarity.strangeness
        strangeness.weight = share * torch.cat([part for layer in by_layer for part in layer], dim=1)
        strangeness.bias = torch.stack([one.strangeness.bias for one in own]).mean(dim=0)
    return ensemble


def of_layers(familiarity: Familiarity, network: StagedNetwork) -> Sequence[Tensor]:
    """The weights of strangeness that each layer's summary has, [R, 2 C]."""
    widths = [SUMMARIES * channels for channels in network.layer_channels]
    return torch.split(familiarity.strangeness.weight, widths, dim=1)


def joined_record(members: Sequence[FinishedNetwork]) -> dict[str, Any]:
    """What all have learned from, and each member's own record."""
    folds = [member.folds for member in members]
    known = {"folds": sorted({fold for own in folds for fold in own or ()})} if all(folds) else {}
    records = [{"name": member.config.name, **member.record} for member in members]
    first = records[0]
    shared = {
        key: first[key] for key in SHARED if all(key in own and own[key] == first[key] for own in records)
    }
    return {
        **shared,
        **known,
        "members": [{k: v for k, v in one.items() if k != "history"} for one in records],
    }
