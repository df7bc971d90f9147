"""The residual network and its parts."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from made_data import tiny_config
from torch import nn

from audio_cnn.config import Config, FrontEnd, NetworkConfig, load
from audio_cnn.errors import ConfigError
from audio_cnn.network.blocks import (
    FrequencyChannel,
    MeanMaxPooling,
    MeanPooling,
    ResidualBlock,
    shortcut,
)
from audio_cnn.network.registry import build_network, parameter_count
from audio_cnn.network.resnet import activation_names

CONFIGS = Path(__file__).parents[2] / "configs"


def preset(name: str) -> Config:
    return load(CONFIGS / f"{name}.toml")


def built(config: Config, classes: int = 50) -> nn.Module:
    torch.manual_seed(0)
    return build_network(config.network, config.front_end, classes)


@pytest.mark.parametrize(("name", "millions"), [("compact", 2.8), ("resnet34", 21.3)])
def test_presets_have_the_size_they_state(name: str, millions: float) -> None:
    with torch.device("meta"):
        config = preset(name)
        network = build_network(config.network, config.front_end, 50)

    assert parameter_count(network) / 1e6 == pytest.approx(millions, abs=0.2)


def test_resnet34_names_its_37_activations() -> None:
    names = activation_names(preset("resnet34").network)

    expected = ["conv1"]
    for layer, blocks in enumerate([3, 4, 6, 3], start=1):
        for block in range(blocks):
            expected += [f"layer{layer}.block{block}.conv", f"layer{layer}.block{block}.relu"]
        expected.append(f"layer{layer}")
    assert list(names) == expected
    assert len(names) == 37


@pytest.mark.parametrize("name", ["compact", "resnet34"])
def test_activation_names_are_submodules(name: str) -> None:
    with torch.device("meta"):
        config = preset(name)
        network = build_network(config.network, config.front_end, 50)

    assert set(activation_names(config.network)) <= set(dict(network.named_modules()))


@pytest.mark.parametrize(
    "settings",
    [
        [],
        ["network.stem_pool=true", "network.frequency_channel=false", "network.pooling=mean"],
        ["network.blocks=[1, 2, 1]", "network.channels=[4, 8, 12]", "network.stem_kernel=7"],
    ],
    ids=["tiny", "plain", "three stages"],
)
@pytest.mark.parametrize(("batch", "frames"), [(1, 63), (3, 63), (2, 32), (2, 7)])
def test_any_number_of_clips_of_any_length_gives_scores(settings: list[str], batch: int, frames: int) -> None:
    network = built(tiny_config(*settings), classes=5).eval()

    scores = network(torch.rand(batch, 32, frames))

    assert scores.shape == (batch, 5)
    assert scores.dtype == torch.float32
    assert torch.isfinite(scores).all()


def test_a_clip_is_scored_the_same_alone_and_in_a_batch() -> None:
    network = built(tiny_config()).eval()
    clips = torch.rand(4, 32, 63)

    together = network(clips)

    for clip, scores in zip(clips, together, strict=True):
        torch.testing.assert_close(network(clip[None])[0], scores, atol=1e-5, rtol=1e-4)


def test_dropout_is_for_training_only() -> None:
    network = built(tiny_config("network.dropout=0.5"))
    clips = torch.rand(2, 32, 63)

    assert not torch.equal(network.train()(clips), network(clips))
    assert torch.equal(network.eval()(clips), network(clips))


def test_a_block_is_what_its_drawing_shows() -> None:
    torch.manual_seed(0)
    block = ResidualBlock(4, 6, stride=2).train()
    x = torch.randn(2, 4, 10, 12)
    parts = block.residual

    inner = torch.relu(parts.bn1(parts.conv1(x)))
    expected = torch.relu(parts.bn2(parts.conv2(inner)) + block.shortcut(x))

    torch.testing.assert_close(block(x), expected)
    assert expected.shape == (2, 6, 5, 6)


def test_the_shortcut_is_free_where_shapes_allow() -> None:
    assert isinstance(shortcut(4, 4, 1), nn.Identity)
    assert parameter_count(shortcut(4, 8, 1)) == 4 * 8 + 2 * 8
    assert shortcut(4, 4, 2)(torch.rand(1, 4, 6, 6)).shape == (1, 4, 3, 3)


def test_the_frequency_channel_says_how_high_a_row_is() -> None:
    x = torch.rand(2, 3, 5, 7)

    widened = FrequencyChannel(5)(x)

    assert torch.equal(widened[:, :3], x)
    assert widened[1, 3, :, 4].tolist() == [-1, -0.5, 0, 0.5, 1]


def test_the_frequency_channel_lets_the_network_tell_heights_apart() -> None:
    low, high = torch.zeros(2, 1, 128, 63)
    low[0, 48], high[0, 80] = 1.0, 1.0  # far from the edges, a whole number of strides apart
    settings = "front_end.mel_bands=128", "network.pooling=mean"
    network = built(tiny_config(*settings)).eval()
    blind = built(tiny_config(*settings, "network.frequency_channel=false")).eval()

    assert (network(low) - network(high)).abs().max() > 1e-3
    assert (blind(low) - blind(high)).abs().max() < 1e-4


def test_poolings_in_closed_form() -> None:
    x = torch.zeros(1, 2, 2, 4)
    x[0, 0] = torch.tensor([[1.0, 2, 3, 4], [1, 2, 3, 8]])

    assert MeanPooling()(x).tolist() == [[3, 0]]
    assert MeanMaxPooling()(x).tolist() == [[3, 0, 6, 0]]


def test_an_unknown_family_is_named() -> None:
    with pytest.raises(ConfigError, match=r"no network family .transformer.; there are: .*resnet"):
        build_network(NetworkConfig(family="transformer"), FrontEnd(), 50)


@pytest.mark.parametrize("channels", [(8,), (8, 16, 32)])
def test_stages_and_widths_must_be_as_many(channels: tuple[int, ...]) -> None:
    with pytest.raises(ConfigError, match="blocks and channels"):
        build_network(NetworkConfig(blocks=(1, 1), channels=channels), FrontEnd(), 50)
