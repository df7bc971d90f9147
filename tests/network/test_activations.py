"""Recording what every layer gave."""

from __future__ import annotations

import pytest
import torch
from made_data import tiny_config
from torch import nn

from audio_cnn.network.activations import recording
from audio_cnn.network.registry import build_network
from audio_cnn.network.staged import standardise

NAMES = (
    "conv1",
    "layer1.block0.conv",
    "layer1.block0.relu",
    "layer1",
    "layer2.block0.conv",
    "layer2.block0.relu",
    "layer2.block1.conv",
    "layer2.block1.relu",
    "layer2",
)


@pytest.fixture
def network() -> nn.Module:
    """Two stages, with batch norms that have seen something."""
    config = tiny_config("network.blocks=[1, 2]")
    torch.manual_seed(0)
    network = build_network(config.network, config.front_end, 3)
    for _ in range(3):
        network(torch.rand(4, 32, 63))
    return network.eval()


@pytest.fixture
def clips() -> torch.Tensor:
    return torch.rand(2, 32, 63, generator=torch.Generator().manual_seed(1))


def by_hand(network: nn.Module, clips: torch.Tensor) -> dict[str, torch.Tensor]:
    """Every activation from the submodules' own arithmetic, one after the other."""
    modules = dict(network.named_modules())
    x = modules["conv1"](modules["frequency"](standardise(clips)[:, None]))
    found = {"conv1": x.clone()}
    for layer, blocks in (("layer1", 1), ("layer2", 2)):
        for index in range(blocks):
            block = f"{layer}.block{index}"
            summed = modules[f"{block}.residual"](x) + modules[f"{block}.shortcut"](x)
            x = summed.clamp(min=0)
            found |= {f"{block}.conv": summed.clone(), f"{block}.relu": x.clone()}
        found[layer] = x.clone()
    return found


def test_recorded_is_what_submodules_give_by_hand(network: nn.Module, clips: torch.Tensor) -> None:
    with recording(network, NAMES) as recorded:
        network(clips)

    expected = by_hand(network, clips)
    assert tuple(network.activation_names) == NAMES
    assert recorded.keys() == expected.keys()
    for name in NAMES:
        torch.testing.assert_close(recorded[name], expected[name], msg=name)


def test_recording_changes_no_score(network: nn.Module, clips: torch.Tensor) -> None:
    before = network(clips)
    with recording(network, NAMES):
        within = network(clips)

    assert torch.equal(before, within)
    assert torch.equal(before, network(clips))


def test_sums_have_negatives_that_the_relu_takes_away(network: nn.Module, clips: torch.Tensor) -> None:
    with recording(network, NAMES) as recorded:
        network(clips)

    for name in NAMES:
        if name.endswith(".conv"):
            assert recorded[name].min() < 0, name
            rectified = recorded[name].clamp(min=0)
            assert torch.equal(recorded[name.replace(".conv", ".relu")], rectified), name


def test_a_stage_ends_with_its_last_block(network: nn.Module, clips: torch.Tensor) -> None:
    with recording(network, NAMES) as recorded:
        network(clips)

    assert torch.equal(recorded["layer2"], recorded["layer2.block1.relu"])


def test_only_the_wanted_ones_are_kept_and_only_inside_the_block(
    network: nn.Module, clips: torch.Tensor
) -> None:
    with recording(network, ["layer1"]) as recorded:
        network(clips)
    first = recorded["layer1"]
    network(clips * 0)

    assert recorded.keys() == {"layer1"}
    assert recorded["layer1"] is first


def test_hooks_go_even_after_an_error(network: nn.Module) -> None:
    with pytest.raises(ZeroDivisionError), recording(network, NAMES):
        _ = 1 / 0

    assert not any(module._forward_hooks for module in network.modules())
