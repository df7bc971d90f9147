"""The residual network and its parts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from made_data import tiny_config
from torch import nn
from torch.nn import functional

from audio_cnn.config import Config, FrontEnd, NetworkConfig, load
from audio_cnn.errors import ConfigError
from audio_cnn.network.activations import recording
from audio_cnn.network.blocks import FrequencyChannel, ResidualBlock, SqueezeExcitation, shortcut
from audio_cnn.network.pooling import MeanMaxPooling, MeanPooling, SoundingPooling
from audio_cnn.network.registry import build_network, parameter_count
from audio_cnn.network.resnet import ResNet
from audio_cnn.network.staged import StagedNetwork

CONFIGS = Path(__file__).parents[2] / "configs"
NARROW = """
import torch
from audio_cnn.network.blocks import shortcut

path = shortcut(8, 8, 2).to(memory_format=torch.channels_last)
for i in range(5):
    for size in ((64, 44), (32, 22), (16, 11), (64, 87), (32, 44), (16, 22)):
        x = torch.randn(8 - 2 * (i % 2), 8, *size).to(memory_format=torch.channels_last)
        path(x.requires_grad_()).sum().backward()
        [torch.randn(100 + k) for k in range(50)]  # meets the damage, if there is any
"""


def preset(name: str) -> Config:
    return load(CONFIGS / f"{name}.toml")


def built(config: Config, classes: int = 50) -> StagedNetwork:
    torch.manual_seed(0)
    return build_network(config.network, config.front_end, classes)


def sketched(name: str) -> StagedNetwork:
    """A preset's network without its numbers."""
    config = preset(name)
    with torch.device("meta"):
        return build_network(config.network, config.front_end, 50)


@pytest.mark.parametrize(("name", "millions"), [("compact", 4.25), ("resnet34", 21.3)])
def test_presets_have_the_size_they_state(name: str, millions: float) -> None:
    assert parameter_count(sketched(name)) / 1e6 == pytest.approx(millions, rel=0.05)


def test_resnet34_names_its_37_activations() -> None:
    names = sketched("resnet34").activation_names

    expected = ["conv1"]
    for layer, blocks in enumerate([3, 4, 6, 3], start=1):
        for block in range(blocks):
            expected += [f"layer{layer}.block{block}.conv", f"layer{layer}.block{block}.relu"]
        expected.append(f"layer{layer}")
    assert list(names) == expected
    assert len(names) == 37


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


@pytest.mark.parametrize("size", [(6, 8), (5, 7)])
def test_a_strided_shortcut_is_a_strided_convolution(size: tuple[int, int]) -> None:
    torch.manual_seed(0)
    path, x = shortcut(3, 4, 2), torch.randn(2, 3, *size)

    torch.testing.assert_close(path[0](x), functional.conv2d(x, path[0].weight, stride=2))
    assert list(path.state_dict())[:2] == ["0.weight", "1.weight"]


@pytest.mark.slow
def test_narrow_shortcuts_learn_on_several_threads() -> None:
    done = subprocess.run([sys.executable, "-c", NARROW], env={**os.environ, "OMP_NUM_THREADS": "2"})

    assert done.returncode == 0


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

    log_mel = torch.zeros(1, 8, 8)
    log_mel[0, 3, 4:] = 0.5  # sounds from the middle on

    assert MeanPooling()(x, log_mel).tolist() == [[3, 0]]
    assert MeanMaxPooling()(x, log_mel).tolist() == [[3, 0, 6, 0]]
    sounding = SoundingPooling()(x, log_mel)
    torch.testing.assert_close(sounding, torch.tensor([[4.5, 0, 6, 0]]), atol=0.01, rtol=0)


def test_silence_behind_a_sound_changes_little_where_only_sounding_columns_count() -> None:
    torch.manual_seed(0)
    sound = torch.rand(1, 32, 64)
    padded = torch.cat([sound, torch.zeros(1, 32, 192)], dim=2)
    changes = {}
    for pooling in ("mean+max", "sounding"):
        network = ResNet(tiny_config(f"network.pooling={pooling}").network, FrontEnd(mel_bands=32), 3).eval()
        network.load_state_dict(changes.setdefault("weights", network.state_dict()))
        with torch.inference_mode():
            changes[pooling] = (network(sound) - network(padded)).abs().max()
            assert network(torch.zeros(1, 32, 128)).isfinite().all()
    assert changes["sounding"] < changes["mean+max"] / 3


def test_squeezing_weighs_channels_between_nothing_and_all() -> None:
    x = torch.randn(2, 8, 4, 4)
    share = SqueezeExcitation(8, 2)(x) / x
    assert ((share > 0) & (share < 1)).all()
    torch.testing.assert_close(share, share[:, :, :1, :1].expand_as(share))


def test_a_smooth_shortcut_passes_no_place_over() -> None:
    x = torch.zeros(1, 1, 8, 8)
    x[0, 0, 3, 3] = 1  # between the places that a stride of two takes
    for smooth in (False, True):
        path = shortcut(1, 1, 2, smooth=smooth).eval()
        seen = path(x)
        assert seen.shape == (1, 1, 4, 4)
        assert bool(seen.any()) == smooth


def test_an_unknown_family_is_named() -> None:
    with pytest.raises(ConfigError, match=r"no network family .transformer.; there are: .*resnet"):
        build_network(NetworkConfig(family="transformer"), FrontEnd(), 50)


@pytest.mark.parametrize("channels", [(8,), (8, 16, 32)])
def test_stages_and_widths_must_be_as_many(channels: tuple[int, ...]) -> None:
    with pytest.raises(ConfigError, match="blocks and channels"):
        build_network(NetworkConfig(blocks=(1, 1), channels=channels), FrontEnd(), 50)


@pytest.mark.parametrize("pool", [False, True])
def test_receptive_fields_are_what_gradients_reach(pool: bool) -> None:
    config = tiny_config("network.blocks=[1, 2]", f"network.stem_pool={str(pool).lower()}")
    network = ResNet(config.network, FrontEnd(mel_bands=128), 3).eval()
    log_mel = torch.rand(1, 128, 128, requires_grad=True)
    with recording(network, network.activation_names) as activations:
        network(log_mel)
    assert set(network.receptive_fields) == set(network.activation_names)
    for name, activation in activations.items():
        if name.endswith(".relu"):
            continue  # may be zero at the very place, with no gradient
        step, middle = 128 // activation.shape[2], activation.shape[2] // 2
        if name.endswith(".conv"):
            (reached,) = torch.autograd.grad(
                activation[0, :, middle, middle].sum(), log_mel, retain_graph=True
            )
            rows = reached[0].abs().sum(1).nonzero().flatten()
            assert int(rows[-1] - rows[0]) + 1 == network.receptive_fields[name][0]
            assert int(rows[-1] + rows[0]) // 2 == middle * step
