"""Recipes: read, changed, written, and refused where they make no sense."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from audio_cnn.config import (
    Config,
    FrontEnd,
    NetworkConfig,
    differing,
    from_dict,
    load,
    override,
    to_dict,
)
from audio_cnn.errors import ConfigError

CONFIGS = Path(__file__).parents[1] / "configs"
PRESETS = sorted(path for path in CONFIGS.glob("*.toml") if not path.stem.endswith("-card"))


def recipe_file(folder: Path, text: str) -> Path:
    path = folder / "own.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_front_end_numbers_follow_from_each_other() -> None:
    front_end = FrontEnd()

    assert front_end.window_samples == 220_500
    assert front_end.stft_frames == 431
    assert front_end.frame_s * 173 == pytest.approx(5.0, rel=0.01)


def test_columns_are_picked_as_the_shared_features_were() -> None:
    assert FrontEnd().column_index() == [int((k + 0.5) * 431 / 173.6) for k in range(173)]
    assert max(FrontEnd().column_index()) < 431


def test_every_frame_is_picked_where_the_span_is_the_frame_count() -> None:
    front_end = FrontEnd(window_s=1.0, frames=87, frames_span=87.0)

    assert front_end.column_index() == list(range(front_end.stft_frames))


def test_settings_that_differ_are_told_by_name() -> None:
    changed = override(Config(name="x"), ["network.blocks=[1, 2]", "training.seed=3"])

    assert differing(Config(name="x"), changed) == {
        "network.blocks": ((1, 2, 2, 2), (1, 2)),
        "training.seed": (0, 3),
    }
    assert differing(changed, changed) == {}


def test_dictionary_and_back_also_through_json() -> None:
    config = Config(name="x", network=NetworkConfig(blocks=(1, 2), channels=(3, 4)))

    assert from_dict(Config, json.loads(json.dumps(to_dict(config)))) == config


@pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.stem)
def test_presets_say_what_they_mean(path: Path) -> None:
    config = load(path)

    assert config.name == path.stem
    for section, settings in tomllib.loads(path.read_text(encoding="utf-8")).items():
        for key, value in settings.items():
            assert to_dict(config)[section][key] == (tuple(value) if isinstance(value, list) else value)


def test_a_preset_changes_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    config = load(recipe_file(tmp_path, "[training]\nepochs = 3\nmax_lr = 1\n[network]\nblocks = [1, 1]"))

    changes = ["name=own", "training.epochs=3", "training.max_lr=1.0", "network.blocks=[1, 1]"]
    assert config == override(Config(), changes)
    assert isinstance(config.training.max_lr, float)
    assert config.network.blocks == (1, 1)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[training]\nepoch = 3", r"unknown setting 'training\.epoch'; known here: .*epochs"),
        ("[trainning]\nepochs = 3", "unknown setting 'trainning'"),
        ("[training]\nepochs = '3'", r"'training\.epochs' is '3'; it must be of type int"),
        ("[training]\nepochs = 3.0", r"'training\.epochs' is 3\.0; it must be of type int"),
        ("[training]\nepochs = true", r"'training\.epochs' is True; it must be of type int"),
        ("[training]\nmax_lr = true", r"'training\.max_lr' is True; it must be of type float"),
        ("[augmentation]\nroll = 1", r"'augmentation\.roll' is 1; it must be of type bool"),
        ("[augmentation]\nmix = 'pwer'", r"'augmentation\.mix' is 'pwer'; it must be one of: power, mixup"),
        ("[network]\nblocks = 3", r"'network\.blocks' must be a list"),
        ("[network]\nblocks = [1, 'b']", r"'network\.blocks' is 'b'; it must be of type int"),
        ("training = 3", "'training' must be a table of settings"),
        ("[training", r"own\.toml is not valid TOML"),
    ],
)
def test_what_makes_no_sense_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(ConfigError, match=reason):
        load(recipe_file(tmp_path, text))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("training.warmup_share=1.0", r"training\.warmup_share is 1\.0; it must be from 0 to below 1"),
        ("training.ema_decay=nan", "from 0 to below 1"),
        ("training.clip_norm=0", r"training\.clip_norm is 0\.0; it must be above 0"),
        ("training.max_lr=inf", "above 0"),
        ("training.teacher_share=3", r"training\.teacher_share is 3\.0; it must be from 0 to 1"),
        ("network.blocks=[1, 0]", r"network\.blocks is \[1, 0\]; it must be 1 or more"),
        ("augmentation.crop_frames=-3", r"augmentation\.crop_frames is -3; it must be 0 or more"),
        ("front_end.top_db=-5", r"front_end\.top_db is -5\.0; it must be above 0"),
        ("fine_tuning.held_out_share=1", "from 0 to below 1"),
    ],
)
def test_settings_out_of_their_range_are_refused(text: str, reason: str) -> None:
    with pytest.raises(ConfigError, match=reason):
        override(Config(), [text])


@pytest.mark.parametrize("section", ["front_end", "network", "augmentation", "training", "fine_tuning"])
def test_no_number_can_be_anything(section: str) -> None:
    """But ``scale``, which only one family has."""
    for name, value in to_dict(Config())[section].items():
        if isinstance(value, (int, float)) and not isinstance(value, bool) and name != "scale":
            with pytest.raises(ConfigError, match=rf"{section}\.{name} is -99"):
                override(Config(), [f"{section}.{name}=-99"])


def test_a_preset_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    assert load(recipe_file(tmp_path, "\ufeff[training]\nepochs = 3")).training.epochs == 3


def test_a_preset_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_bytes(b"name = '\xff'")

    with pytest.raises(ConfigError, match=r"own\.toml is not valid TOML"):
        load(tmp_path / "own.toml")


def test_an_even_stem_does_not_go_with_columns_that_sound() -> None:
    assert override(Config(), ["network.stem_kernel=4"]).network.stem_kernel == 4

    with pytest.raises(ConfigError, match=r"network\.stem_kernel is 4; with .* it must be odd"):
        override(Config(), ["network.stem_kernel=4", "network.pooling=sounding"])


def test_a_missing_preset_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"cannot read the configuration .*none\.toml: No such file"):
        load(tmp_path / "none.toml")


def test_overrides_are_toml_values_or_plain_words() -> None:
    texts = ["training.epochs=7", "augmentation.mix=none", 'name="a b"', "network.channels=[1, 2, 3, 4]"]
    config = override(Config(), texts)

    assert (config.training.epochs, config.augmentation.mix, config.name) == (7, "none", "a b")
    assert config.network.channels == (1, 2, 3, 4)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("training.epochs", "not of the form"),
        ("training.epoch=3", r"unknown setting 'training\.epoch'"),
        ("trainings.epochs=3", "unknown section"),
        ("training.epochs.more=3", "unknown section"),
        ("training.epochs=many", r"'training\.epochs' is 'many'"),
        ("training=3", "must be a table"),
    ],
)
def test_overrides_that_make_no_sense_are_refused(text: str, reason: str) -> None:
    with pytest.raises(ConfigError, match=reason):
        override(Config(), [text])
