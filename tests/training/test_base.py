"""What a training of one's own classes can start from, and what it takes over."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from audio_cnn.config import Config, FrontEnd
from audio_cnn.errors import CheckpointError, ConfigError
from audio_cnn.labels import ESC50
from audio_cnn.prediction import DEFAULT_MODEL
from audio_cnn.training.base import find_base, on_base
from audio_cnn.training.loop import CHECKPOINT_NAME
from audio_cnn.training.recipes import FURTHER, packaged


@pytest.mark.parametrize("name", ["esc50", DEFAULT_MODEL])
def test_the_shipped_network_by_either_name(name: str) -> None:
    base = find_base(name)

    assert base.file.config.name == DEFAULT_MODEL
    assert base.file.class_names == tuple(label.name for label in ESC50)
    assert base.origin["licence"].startswith("CC BY-NC 3.0")
    assert "Piczak" in base.origin["citation"]
    assert base.origin["fine_tuned_from"]["folds"] == [1, 2, 3, 4]


def test_a_model_file_a_run_folder_and_its_checkpoint(model_path: Path, trained_run: Path) -> None:
    checkpoint = trained_run / CHECKPOINT_NAME

    from_model, from_run, from_file = map(find_base, map(str, (model_path, trained_run, checkpoint)))

    assert from_model.digest == hashlib.sha256(model_path.read_bytes()).hexdigest()
    assert from_run.digest == from_file.digest == hashlib.sha256(checkpoint.read_bytes()).hexdigest()
    assert from_model.origin["licence"] == "made up; inherited from the network it was fine-tuned from"
    assert from_run.origin["licence"] == "not stated; inherited from the network it was fine-tuned from"
    assert from_run.file.class_names == from_model.file.class_names


def test_what_has_not_learned_what_is_strange_does_not_hand_it_on(trained_run: Path) -> None:
    base = find_base(str(trained_run))
    assert base.config == base.file.config

    assert base.file.network.familiarity is not None
    base.file.network.familiarity.strangeness.weight.zero_()

    assert not base.config.network.familiarity


def test_what_is_no_network_is_named(tmp_path: Path) -> None:
    for name in ("esc51", str(tmp_path), str(tmp_path / "none.onnx")):
        with pytest.raises(CheckpointError, match=r"no network '.*': no file .*, and not one of: .*esc50"):
            find_base(name)
    (tmp_path / "torn.safetensors").write_bytes(b"no")
    with pytest.raises(CheckpointError, match="cannot read the checkpoint"):
        find_base(str(tmp_path / "torn.safetensors"))


def test_front_end_and_network_are_the_bases(tiny: Config) -> None:
    recipe = on_base(packaged(FURTHER), tiny)

    assert recipe.front_end == tiny.front_end
    assert recipe.network == tiny.network
    assert recipe.training == packaged(FURTHER).training
    assert on_base(recipe, tiny) == recipe


def test_another_front_end_or_network_is_refused(tiny: Config) -> None:
    other = replace(packaged(FURTHER), front_end=FrontEnd(mel_bands=64))
    with pytest.raises(ConfigError, match="the front end is that of the network given with --from"):
        on_base(other, tiny)
    wider = replace(packaged(FURTHER), network=replace(tiny.network, channels=(8, 99)))
    with pytest.raises(ConfigError, match="the network is the one given with --from"):
        on_base(wider, tiny)
