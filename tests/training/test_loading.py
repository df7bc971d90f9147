"""A network out of its model file, as it went in."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import onnx
import pytest
import torch
from made_data import CLASSES, FAMILY_SETTINGS, tiny_config
from torch import nn

from audio_cnn.errors import CheckpointError
from audio_cnn.export.onnx_file import export_model
from audio_cnn.network.finished import FinishedNetwork
from audio_cnn.network.registry import build_network
from audio_cnn.prediction.model_file import METADATA_KEY
from audio_cnn.training.checkpoint import finished_network
from audio_cnn.training.loading import fill, load_network
from audio_cnn.training.loop import CHECKPOINT_NAME

RECORD = {"folds": [1, 2], "licence": "ours"}


def finished() -> FinishedNetwork:
    """A network that has seen a batch, so that no tensor is at its default."""
    config = tiny_config(*FAMILY_SETTINGS["efficientnet"])
    torch.manual_seed(0)
    network = build_network(config.network, config.front_end, len(CLASSES))
    network(torch.rand(4, 32, 63))
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(torch.randn_like(parameter) / 100)
    return FinishedNetwork(network.eval(), config, CLASSES, RECORD, {"dog": "🦮"})


@pytest.mark.slow
def test_what_comes_back_is_the_network_in_sixteen_bits(tmp_path: Path) -> None:
    """Of one family; that every family comes back is seen in ``export/test_every_family.py``."""
    file = finished()
    export_model(file, tmp_path / "network.onnx")

    loaded = load_network(tmp_path / "network.onnx")

    assert (loaded.config, loaded.class_names, loaded.record) == (file.config, CLASSES, RECORD)
    assert loaded.emoji == {"dog": "🦮"}
    assert not loaded.network.training
    assert_rounded(loaded, file)


def test_a_trained_network_comes_back_with_what_it_believes(model_path: Path, trained_run: Path) -> None:
    trained, loaded = finished_network(trained_run / CHECKPOINT_NAME), load_network(model_path)
    trained.network.familiarity.usual.copy_(loaded.network.familiarity.usual)
    trained.network.familiarity.doubt.copy_(loaded.network.familiarity.doubt)

    assert_rounded(loaded, trained)
    assert loaded.network.familiarity.doubt > 0


def assert_rounded(loaded: FinishedNetwork, file: FinishedNetwork) -> None:
    weights = loaded.network.state_dict()
    for name, tensor in file.network.state_dict().items():
        if tensor.is_floating_point():
            expected = tensor.half().float() if tensor.ndim > 1 else tensor
            assert torch.equal(weights[name], expected), name


def without(part: str) -> Callable[[bytes], bytes]:
    """The same model file, a weight or an entry of its description under another name."""

    def renamed(data: bytes) -> bytes:
        model = onnx.load_model_from_string(data)
        for tensor in model.graph.initializer:
            tensor.name = tensor.name.replace(part, "other")
        for entry in model.metadata_props:
            entry.value = entry.value.replace(part, "other")
            entry.key = entry.key.replace(part, "other")
        return model.SerializeToString()

    return renamed


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda data: data[:-10], "no model file, or a damaged one"),
        (lambda _: b"RIFF" * 100, "no model file, or a damaged one"),
        (lambda _: b"", "no model file that"),
        (without(METADATA_KEY), "no model file that"),
        (without('"config"'), "does not hold a whole network"),
        (without("linear.weight"), "no weights linear.weight"),
        (without('"resnet"'), "does not hold a whole network"),
    ],
    ids=["cut", "other", "empty", "foreign", "old", "weight", "family"],
)
def test_a_damaged_file_is_one_clear_error(
    tmp_path: Path, model_path: Path, damage: Callable[[bytes], bytes], message: str
) -> None:
    path = tmp_path / "network.onnx"
    path.write_bytes(damage(model_path.read_bytes()))

    with pytest.raises(CheckpointError, match=rf"network\.onnx.*{message}"):
        load_network(path)


def described(change: Callable[[dict[str, Any]], None], tmp_path: Path, model_path: Path) -> Path:
    """The model file with another description."""
    model = onnx.load_model(model_path)
    (entry,) = [entry for entry in model.metadata_props if entry.key == METADATA_KEY]
    values = json.loads(entry.value)
    change(values)
    entry.value = json.dumps(values)
    onnx.save_model(model, tmp_path / "described.onnx")
    return tmp_path / "described.onnx"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.update(config=[]), "does not hold a whole network"),
        (lambda d: d.update(receptive_fields=[]), "does not hold a whole network"),
        (lambda d: d.update(parameters=float("inf")), "does not hold a whole network"),
        (lambda d: d["labels"][0].update(name=["dog"]), "is no text"),
        (lambda d: d["config"]["network"].update(blocks=[1, 0]), "it must be 1 or more"),
        (
            lambda d: d["config"]["network"].update(frequency_channel=False),
            "no place for the weights|size mismatch",
        ),
    ],
)
def test_a_description_that_does_not_fit_is_one_clear_error(
    tmp_path: Path, model_path: Path, change: Callable[[dict[str, Any]], None], message: str
) -> None:
    with pytest.raises(CheckpointError, match=rf"described\.onnx.*({message})"):
        load_network(described(change, tmp_path, model_path))


def test_weights_that_there_is_no_place_for_are_refused() -> None:
    network = nn.Linear(2, 2)

    with pytest.raises(ValueError, match="no place for the weights another"):
        fill(network, {**network.state_dict(), "another": torch.zeros(1)})


@pytest.mark.parametrize("record", [None, [], "good", {"folds": 4}, {"folds": [[1], "2"]}])
def test_a_record_of_any_form_tells_nothing(tmp_path: Path, model_path: Path, record: object) -> None:
    file = load_network(described(lambda d: d.update(record=record), tmp_path, model_path))

    assert file.folds is None


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"none\.onnx"):
        load_network(tmp_path / "none.onnx")


def test_a_file_of_another_name_is_read_all_the_same(tmp_path: Path, model_path: Path) -> None:
    path = shutil.copy(model_path, tmp_path / "mine.v3")

    assert load_network(path).class_names == load_network(model_path).class_names
