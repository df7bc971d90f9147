"""What every family of networks keeps to, and what is particular to each."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from made_data import FAMILY_SETTINGS, tiny_config
from torch import Tensor, nn
from torch.nn import functional

from audio_cnn.config import Config, FrontEnd, NetworkConfig, load, override
from audio_cnn.errors import ConfigError
from audio_cnn.network.activations import recording
from audio_cnn.network.attention import SelfAttention
from audio_cnn.network.blocks import Depthwise, DropPath, InvertedResidual
from audio_cnn.network.efficientnet import scaled
from audio_cnn.network.familiarity import KINDS
from audio_cnn.network.registry import FAMILIES, build_network, multiply_adds, parameter_count
from audio_cnn.network.staged import StagedNetwork, places
from audio_cnn.training.loop import train_step
from audio_cnn.training.state import initial_state

CONFIGS = Path(__file__).parents[2] / "configs"
PRESETS = {path.stem: load(path) for path in sorted(CONFIGS.glob("*.toml")) if "card" not in path.stem}

each_family = pytest.mark.parametrize("family", FAMILIES)


def tiny(family: str, *settings: str) -> Config:
    return tiny_config(*FAMILY_SETTINGS[family], *settings)


def built(config: Config) -> StagedNetwork:
    torch.manual_seed(0)
    return build_network(config.network, config.front_end, 3)


def sketched(config: Config) -> StagedNetwork:
    """The network of a whole recipe without its numbers."""
    with torch.device("meta"):
        return build_network(config.network, config.front_end, 50)


def test_every_family_has_a_preset() -> None:
    assert {config.network.family for config in PRESETS.values()} == set(FAMILIES)


@pytest.mark.parametrize(
    ("name", "millions"), [("mobilenet", 0.83), ("efficientnet", 1.02), ("attention", 1.03)]
)
def test_presets_have_the_size_that_the_documentation_states(name: str, millions: float) -> None:
    assert parameter_count(sketched(PRESETS[name])) / 1e6 == pytest.approx(millions, abs=0.005)


@pytest.mark.parametrize("name", PRESETS)
def test_names_are_those_of_all_families(name: str) -> None:
    network = sketched(PRESETS[name])
    names = network.activation_names

    assert set(names) <= set(dict(network.named_modules()))
    assert set(names) == set(network.receptive_fields)
    assert [one for one in names if "." not in one] == ["conv1", "layer1", "layer2", "layer3", "layer4"]
    inner = [one.split(".") for one in names if "." in one]
    assert {part for _layer, _block, part in inner} == {"conv", "relu"}
    assert len({(layer, block) for layer, block, _part in inner}) == len(inner) / 2


@each_family
def test_no_convolution_of_single_places_is_strided(family: str) -> None:
    """Its gradient crashes where channels are few and threads several."""
    settings = "network.squeeze=0", "network.blocks=[1, 2, 1]", "network.channels=[8, 8, 16]"
    convolutions = [m for m in built(tiny(family, *settings)).modules() if isinstance(m, nn.Conv2d)]

    assert not [one for one in convolutions if one.kernel_size == (1, 1) and one.stride != (1, 1)]


@each_family
@pytest.mark.parametrize(("batch", "frames"), [(1, 63), (3, 63), (2, 32), (2, 7)])
def test_any_number_of_clips_of_any_length_gives_scores(family: str, batch: int, frames: int) -> None:
    scores = built(tiny(family)).eval()(torch.rand(batch, 32, frames))

    assert scores.shape == (batch, 3)
    assert scores.dtype == torch.float32
    assert torch.isfinite(scores).all()


@each_family
def test_a_clip_is_scored_the_same_alone_and_in_a_batch(family: str) -> None:
    network = built(tiny(family)).eval()
    clips = torch.rand(4, 32, 63)

    together = network(clips)

    for clip, scores in zip(clips, together, strict=True):
        torch.testing.assert_close(network(clip[None])[0], scores, atol=1e-5, rtol=1e-4)


@each_family
def test_activations_halve_with_every_layer_in_the_order_they_are_named(family: str) -> None:
    network = built(tiny(family)).eval()
    with recording(network, network.activation_names) as activations:
        network(torch.rand(2, 32, 63))

    assert tuple(activations) == network.activation_names
    sizes = {name: (x.shape[2], x.shape[3]) for name, x in activations.items()}
    assert {size for name, size in sizes.items() if not name.startswith("layer2")} == {(16, 32)}
    assert {size for name, size in sizes.items() if name.startswith("layer2")} == {(8, 16)}
    last = "conv" if family in ("mobilenet", "efficientnet") else "relu"
    assert torch.equal(activations["layer2"], activations[f"layer2.block1.{last}"])


@each_family
def test_receptive_fields_are_what_gradients_reach(family: str) -> None:
    settings = "network.blocks=[1, 1, 1]", "network.channels=[8, 8, 8]", "network.squeeze=0"
    config = tiny(family, *settings, "network.frequency_channel=false", "front_end.mel_bands=128")
    network = built(config).eval()
    log_mel = torch.rand(1, 128, 128, requires_grad=True)
    with recording(network, network.activation_names) as activations:
        network(log_mel)
    for name in (one for one in network.activation_names if one.endswith(".conv")):
        middle = activations[name].shape[2] // 2
        place = activations[name][0, :, middle, middle].sum()
        (reached,) = torch.autograd.grad(place, log_mel, retain_graph=True)
        rows = reached[0].abs().sum(1).nonzero().flatten()
        extent = int(rows[-1] - rows[0]) + 1
        if family == "attention" and name.startswith("layer3"):
            assert extent == 128
            assert network.receptive_fields[name] == (256, 126)  # twice the bands and frames of a window
        else:
            assert network.receptive_fields[name] == (extent, extent)
            assert int(rows[-1] + rows[0]) // 2 == middle * 128 // activations[name].shape[2]


@each_family
def test_one_step_of_training_lowers_the_loss(family: str) -> None:
    config = tiny(family, "network.dropout=0.0", "training.max_lr=0.05")
    state = initial_state(config, 3, 10, torch.device("cpu"))
    clips = torch.rand(8, 32, 32, generator=torch.Generator().manual_seed(0))
    target = functional.one_hot(torch.arange(8) % 3, 3).float()

    def loss() -> float:
        return float(train_step(state, clips, target, config))

    assert loss() > loss()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in state.network.parameters())


@each_family
def test_stochastic_depth_is_for_training_only(family: str) -> None:
    settings = "network.dropout=0.0", "network.blocks=[2, 2]"
    always = built(tiny(family, *settings)).eval()
    at_times = built(tiny(family, *settings, "network.stochastic_depth=0.9")).eval()
    clips = torch.rand(8, 32, 63)

    assert always.state_dict().keys() == at_times.state_dict().keys()
    torch.testing.assert_close(at_times(clips), always(clips), atol=0, rtol=0)
    torch.manual_seed(0)
    assert not torch.allclose(at_times.train()(clips), always.train()(clips))


def test_a_left_out_residual_is_made_up_for_by_the_others() -> None:
    torch.manual_seed(0)
    x = torch.rand(4000, 2, 1, 1) + 1
    drop = DropPath(0.25)

    factors = (drop.train()(x) / x).round(decimals=4)

    assert drop.eval()(x) is x
    assert torch.equal(factors[:, 0], factors[:, 1])  # a clip as a whole
    assert factors.unique().tolist() == pytest.approx([0, 4 / 3], abs=1e-4)
    assert float(factors.mean()) == pytest.approx(1, abs=0.03)


def test_later_blocks_are_left_out_more_often() -> None:
    config = NetworkConfig(blocks=(1, 2, 1), channels=(8, 8, 8), stochastic_depth=0.2)

    shares = [place.drop_share for layer in places(config) for place in layer]

    assert shares == pytest.approx([0.05, 0.1, 0.15, 0.2])


def test_an_inverted_residual_is_what_its_drawing_shows() -> None:
    torch.manual_seed(0)
    block = InvertedResidual(4, 4, stride=1, expansion=3, kernel=5, squeeze=2).train()
    x = torch.randn(2, 4, 10, 12)
    (widen, bn1, _), (look, bn2), (narrow, bn3) = block.widen, block.look, block.narrow

    inside = torch.relu(bn2(look(torch.relu(bn1(widen(x))))))
    weighed = inside * block.weigh.weights(inside)

    torch.testing.assert_close(block(x), bn3(narrow(weighed)) + x)
    assert look.groups == look.out_channels == 12
    assert block.weigh.weights[1].out_channels == 2  # channels_in / squeeze


def test_a_kernel_for_each_channel_keeps_to_32_bits() -> None:
    torch.manual_seed(0)
    depthwise, x = Depthwise(6, kernel=5, stride=2), torch.randn(2, 6, 9, 8)
    exact = functional.conv2d(x, depthwise.weight, stride=2, padding=2, groups=6)

    with torch.autocast("cpu", dtype=torch.bfloat16):
        mixed, halved = depthwise(x), depthwise(x.bfloat16())

    assert torch.equal(depthwise(x), exact)
    assert torch.equal(mixed, exact)
    assert halved.dtype == torch.bfloat16
    torch.testing.assert_close(halved.float(), exact, rtol=0.02, atol=0.02)


def test_an_inverted_residual_has_a_shortcut_only_where_shapes_allow() -> None:
    def has_shortcut(channels_out: int, stride: int) -> bool:
        block = InvertedResidual(4, channels_out, stride, expansion=1).eval()
        for parameter in block.narrow.parameters():
            nn.init.zeros_(parameter)
        return bool(block(torch.ones(1, 4, 6, 6)).any())

    assert has_shortcut(4, 1)
    assert not has_shortcut(8, 1)
    assert not has_shortcut(4, 2)


def attended(attention: SelfAttention, x: Tensor) -> Tensor:
    """The same by plain loops over heads and places."""
    _, channels, height, width = x.shape
    each = channels // attention.heads
    out = torch.zeros_like(x)
    query, key, value = attention.query_key_value(x)[0].chunk(3)
    spots = [(row, column) for row in range(height) for column in range(width)]
    for head in range(attention.heads):
        mine = slice(head * each, (head + 1) * each)
        for row, column in spots:
            likeness = torch.stack(
                [
                    query[mine, row, column] @ key[mine, r, c] / each**0.5
                    + attention.nearness[head, row - r + 8, max(-4, min(4, column - c)) + 4]
                    for r, c in spots
                ]
            )
            weights = likeness.softmax(0)
            for weight, (r, c) in zip(weights, spots, strict=True):
                out[0, mine, row, column] += weight * value[mine, r, c]
    return attention.join(out)  # type: ignore[no-any-return]


@torch.no_grad()
def test_attention_is_what_its_formula_says() -> None:
    torch.manual_seed(0)
    attention = SelfAttention(6, heads=2)
    nn.init.normal_(attention.nearness)
    x = torch.randn(1, 6, 3, 7)  # wide enough for places that are farther apart than is told apart

    torch.testing.assert_close(attention(x), attended(attention, x), atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize(
    ("scale", "blocks", "channels"),
    [
        (0.0, (1, 2, 3, 3), (24, 40, 80, 160)),
        (1.0, (2, 3, 4, 4), (24, 48, 88, 176)),
        (3.0, (2, 4, 6, 6), (32, 56, 104, 216)),
        (-3.0, (1, 2, 2, 2), (24, 32, 64, 120)),  # 18.03 would be nearer to 16, but that is a tenth less
    ],
)
def test_compound_scaling(scale: float, blocks: tuple[int, ...], channels: tuple[int, ...]) -> None:
    base = PRESETS["efficientnet"].network

    grown = scaled(override(Config(network=base), [f"network.scale={scale}"]).network)

    assert (grown.blocks, grown.channels) == (blocks, channels)


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ("family=resnet scale=1.0", "family 'resnet' has no use for scale = 1.0; it is for efficientnet"),
        ("family=mobilenet heads=2", "family 'mobilenet' has no use for heads = 2; it is for attention"),
        ("family=efficientnet smooth_shortcut=true", "no use for .* it is for resnet and attention"),
        ("family=attention expansion=4", "no use for .* it is for mobilenet and efficientnet"),
        ("family=attention heads=3", "256 channels cannot be shared out to 3 heads"),
        ("family=efficientnet scale=60.0", "scale is 60.0; it must be from -4 to 8"),
        ("family=efficientnet scale=nan", "scale is nan"),
        ("blocks=[] channels=[]", "blocks and channels are empty"),
        ("blocks=[1,2] channels=[8]", "blocks and channels differ in number"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_reason(settings: str, reason: str) -> None:
    config = override(Config(), [f"network.{setting}" for setting in settings.split()])

    with pytest.raises(ConfigError, match=reason):
        build_network(config.network, config.front_end, 50)


SMALL = FrontEnd(mel_bands=4, frames=6)
MAP = nn.Unflatten(1, (1, 4))  # [B, M, F] -> [B, 1, M, F]


@pytest.mark.parametrize(
    ("network", "expected"),
    [
        (nn.Linear(6, 5), 4 * 6 * 5),
        (nn.Sequential(MAP, nn.Conv2d(1, 3, 3, padding=1)), 4 * 6 * 3 * 9),
        (nn.Sequential(MAP, nn.Conv2d(1, 3, 3, stride=2, padding=1)), 2 * 3 * 3 * 9),
        (nn.Sequential(MAP, nn.Conv2d(1, 8, 1), nn.Conv2d(8, 8, 3, groups=8)), 24 * 8 + 2 * 4 * 8 * 9),
        # Queries, keys and values; likeness and sum for each two of 24 places; joining.
        (
            nn.Sequential(MAP, nn.Conv2d(1, 8, 1), SelfAttention(8, 2)),
            24 * 8 + 24 * 8 * 24 + 2 * 24 * 24 * 8 + 24 * 8 * 8,
        ),
        (nn.Sequential(nn.ReLU(), nn.AvgPool1d(2)), 0),
    ],
    ids=["linear", "convolution", "strided", "depthwise", "attention", "none"],
)
def test_multiply_adds_in_closed_form(network: nn.Module, expected: int) -> None:
    assert multiply_adds(network, SMALL) == expected


def test_multiply_adds_of_a_whole_network() -> None:
    config = tiny_config("network.pooling=mean", "network.frequency_channel=false")
    stem, first, second = 9 * 8 * 16 * 32, 2 * 9 * 8 * 8 * 16 * 32, (9 * 8 * 16 + 9 * 16 * 16) * 8 * 16
    shortcut, linear = 8 * 16 * 8 * 16, 16 * 3
    strangeness = len(KINDS) * 2 * (8 + 16)
    expected = stem + first + second + shortcut + linear + strangeness

    assert multiply_adds(built(config).eval(), config.front_end) == expected
