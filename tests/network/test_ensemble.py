"""Several networks as one: what it says, what it shows, and what cannot be one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from made_data import CLASSES, FAMILY_SETTINGS, tiny_config
from torch import Tensor

from audio_cnn.config import Config, NetworkConfig, override
from audio_cnn.errors import ConfigError
from audio_cnn.network.activations import recording
from audio_cnn.network.base import Network
from audio_cnn.network.ensemble import member_names
from audio_cnn.network.familiarity import of_any_kind
from audio_cnn.network.finished import FinishedNetwork
from audio_cnn.network.joining import joined
from audio_cnn.network.registry import build_network, parameter_count

KINDS = "resnet", "mobilenet", "efficientnet"


def finished(kind: str, *settings: str, folds: tuple[int, ...] = (1, 2)) -> FinishedNetwork:
    """As if it had been trained: also its batch norms and what is strange to it are no beginner's."""
    config = tiny_config(*FAMILY_SETTINGS[kind], f"name={kind}", *settings)
    torch.manual_seed(len(kind))
    network = build_network(config.network, config.front_end, len(CLASSES))
    network.train()
    with torch.no_grad():
        network(torch.rand(8, 32, 63))
        if network.familiarity is not None:
            network.familiarity.strangeness.weight.normal_()
            network.familiarity.strangeness.bias.normal_()
    return FinishedNetwork(
        network.eval(), config, CLASSES, {"folds": list(folds), "epochs": 3, "history": [{}]}
    )


def strangeness(network: Network, log_mel: Tensor) -> Tensor:
    with recording(network, ["familiarity.strangeness"]) as recorded:
        network(log_mel)
    return recorded["familiarity.strangeness"]


@pytest.mark.parametrize("kinds", [KINDS[:2], KINDS, ("resnet", "resnet")])
@torch.no_grad()
def test_its_scores_and_its_strangeness_are_the_mean_of_its_members(kinds: tuple[str, ...]) -> None:
    log_mel = torch.rand(5, 32, 63)
    members = [finished(kind, f"network.stem_kernel={3 + 2 * i}") for i, kind in enumerate(kinds)]
    scores = torch.stack([member.network(log_mel) for member in members])
    strange = torch.stack([strangeness(member.network, log_mel) for member in members])

    ensemble = joined(members).network

    assert isinstance(ensemble, Network)
    torch.testing.assert_close(ensemble(log_mel), scores.mean(dim=0), atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(strangeness(ensemble, log_mel), strange.mean(dim=0), atol=1e-4, rtol=1e-5)


@torch.no_grad()
def test_strange_sounds_lower_the_mean() -> None:
    log_mel = torch.rand(5, 32, 63)
    ensemble = joined([finished("resnet"), finished("mobilenet")]).network
    plain, strange = ensemble(log_mel), of_any_kind(strangeness(ensemble, log_mel))

    ensemble.familiarity.believe(usual=float(strange.min()), doubt=2.0)

    divisor = 1 + 2 * (strange - strange.min())
    torch.testing.assert_close(ensemble(log_mel), plain / divisor[:, None], atol=1e-5, rtol=1e-5)


def test_members_without_strangeness_make_an_ensemble_without() -> None:
    ensemble = joined([finished("resnet"), finished("mobilenet", "network.familiarity=false")]).network

    assert ensemble.familiarity is None


def test_a_member_that_has_not_learned_what_is_strange_makes_an_ensemble_without() -> None:
    blank = finished("mobilenet")
    assert blank.network.familiarity is not None
    blank.network.familiarity.strangeness.weight.zero_()

    file = joined([finished("resnet"), blank])

    assert file.network.familiarity is None
    assert not file.config.network.familiarity


def test_a_member_that_tells_other_kinds_apart_makes_an_ensemble_without() -> None:
    older = finished("mobilenet")
    assert older.network.familiarity is not None
    strange = older.network.familiarity.strangeness
    strange.load_state_dict({"weight": strange.weight[0], "bias": strange.bias[0]})

    assert joined([finished("resnet"), older]).network.familiarity is None


@pytest.mark.parametrize("setting", ["network.stem_pool=true", "network.stem_kernel=4"])
def test_members_whose_maps_are_of_other_sizes_are_refused(setting: str) -> None:
    with pytest.raises(ConfigError, match="same number of layers and the same stem"):
        joined([finished("resnet"), finished("mobilenet", setting)])


@torch.no_grad()
def test_its_layers_show_the_channels_of_all_members() -> None:
    log_mel = torch.rand(2, 32, 63)
    members = [finished("resnet"), finished("mobilenet")]
    maps = {}
    for member in members:
        with recording(member.network, member.network.activation_names) as recorded:
            member.network(log_mel)
        maps[member.config.name] = recorded
    ensemble = joined(members).network
    assert isinstance(ensemble, Network)

    with recording(ensemble, ensemble.activation_names) as shown:
        ensemble(log_mel)

    assert [name for name in shown if "." not in name] == ["conv1", "layer1", "layer2"]
    assert set(shown) == set(ensemble.activation_names) == set(ensemble.receptive_fields)
    for layer in ("conv1", "layer1", "layer2"):
        both = torch.cat([maps["resnet"][layer], maps["mobilenet"][layer]], dim=1)
        torch.testing.assert_close(shown[layer], both)
    for name, own in maps["mobilenet"].items():
        layer, _, inner = name.partition(".")
        if inner:
            torch.testing.assert_close(shown[f"{layer}.mobilenet.{inner}"], own)


def test_it_is_rebuilt_from_its_recipe_and_its_weights() -> None:
    file = joined([finished("resnet"), finished("efficientnet")])

    again = build_network(file.config.network, file.config.front_end, len(CLASSES)).eval()
    again.load_state_dict(file.network.state_dict())

    log_mel = torch.rand(3, 32, 63)
    assert torch.equal(again(log_mel), file.network(log_mel))


def test_it_has_the_parameters_of_its_members() -> None:
    members = [finished("resnet"), finished("mobilenet")]
    of_members = sum(parameter_count(member.network) for member in members)

    assert parameter_count(joined(members).network) == of_members - len(CLASSES)  # one bias for both


def test_its_record_holds_those_of_its_members() -> None:
    record = joined([finished("resnet", folds=(1, 2)), finished("mobilenet", folds=(2, 3))]).record

    assert record["folds"] == [1, 2, 3]
    assert record["members"] == [
        {"name": "resnet", "folds": [1, 2], "epochs": 3},
        {"name": "mobilenet", "folds": [2, 3], "epochs": 3},
    ]


def test_where_one_does_not_say_what_it_has_learned_from_neither_does_the_ensemble() -> None:
    silent = replace(finished("resnet"), record={})

    assert "folds" not in joined([silent, finished("mobilenet")]).record


def test_it_inherits_what_all_members_say_alike() -> None:
    members = [finished("resnet"), finished("mobilenet")]
    for member, data in zip(members, ("barks", "meows"), strict=True):
        member.record.update(licence="CC BY-NC 3.0", data=data)

    record = joined(members).record

    assert record["licence"] == "CC BY-NC 3.0"
    assert "data" not in record
    assert [member["data"] for member in record["members"]] == ["barks", "meows"]


def test_members_of_one_kind_are_numbered() -> None:
    kinds = [NetworkConfig(family=family) for family in ("resnet", "mobilenet", "resnet", "resnet")]

    assert member_names(kinds) == ["resnet", "mobilenet", "resnet2", "resnet3"]


def of_other_classes() -> FinishedNetwork:
    return replace(finished("mobilenet"), class_names=("cat", "dog", "pig"))


def of_other_ears() -> FinishedNetwork:
    return finished("mobilenet", "front_end.top_db=60.0")


def of_other_depth() -> FinishedNetwork:
    return finished("resnet", "network.blocks=[1]", "network.channels=[8]")


def of_members() -> FinishedNetwork:
    return joined([finished("resnet"), finished("mobilenet")])


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (of_other_classes, "mobilenet knows other classes"),
        (of_other_ears, "front end of mobilenet"),
        (of_other_depth, "same number of layers"),
        (of_members, "give its members"),
    ],
)
def test_what_does_not_go_together_is_refused(other: Callable[[], FinishedNetwork], message: str) -> None:
    members = [finished("resnet"), other()]

    with pytest.raises(ConfigError, match=message):
        joined(members)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (["network.members=[]"], "two members or more"),
        (["network.blocks=[1, 1]"], "its members' to say"),
        (['network.members=[{family="resnet"}, {family="ensemble"}]'], "no network family 'ensemble'"),
        (["network.family=resnet"], "no use for members"),
    ],
)
def test_recipes_that_make_no_sense(settings: list[str], message: str) -> None:
    both = ["network.family=ensemble", 'network.members=[{family="resnet"}, {family="mobilenet"}]']
    config = override(Config(), [*both, *settings])

    with pytest.raises(ConfigError, match=message):
        build_network(config.network, config.front_end, 3)
