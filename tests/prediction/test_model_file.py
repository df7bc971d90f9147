"""Model files: found, read, and refused with a reason."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from made_data import noise

from audio_cnn.errors import ModelError
from audio_cnn.labels import ESC50
from audio_cnn.network.familiarity import KINDS
from audio_cnn.output.analysis import analysis_document
from audio_cnn.prediction import Classifier, find_model, model_file, shipped_models
from audio_cnn.prediction.pruning import with_outputs

Change = Callable[[dict[str, Any]], None]
Changed = Callable[[Change], Path]


@pytest.fixture
def changed(model_path: Path, tmp_path: Path) -> Changed:
    """A copy of the model file with another description."""

    def make(change: Change) -> Path:
        model = onnx.load(model_path)
        described = json.loads(model.metadata_props[0].value)
        change(described)
        model.metadata_props[0].value = json.dumps(described)
        path = tmp_path / "changed.onnx"
        onnx.save(model, path)
        return path

    return make


def test_what_a_model_file_says_about_itself(classifier: Classifier) -> None:
    info = classifier.info

    assert info.name == "tiny"
    assert info.labels == ESC50
    assert info.front_end.window_samples == 8_000
    assert len(info.band_hz) == 32
    assert list(info.band_hz) == sorted(info.band_hz)
    assert info.activations[0] == "conv1"
    assert info.temperature > 0
    assert info.family == "resnet"
    assert info.multiply_adds is not None
    assert info.multiply_adds > 100 * info.parameters  # most weights are used at many places


@pytest.mark.parametrize(
    ("record", "accuracy"),
    [
        ({"cross_validation": {"mean_accuracy": 0.84}}, 0.84),
        ({"held_out": {"accuracy": 0.9}}, 0.9),
        ({"held_out": None}, None),
        ({"cross_validation": 3}, None),
        ({"cross_validation": {"mean_accuracy": "all"}}, None),
        ({"cross_validation": {"mean_accuracy": float("nan")}}, None),
        ([], None),
        ("good", None),
        (None, None),
    ],
)
def test_the_accuracy_that_a_record_states(
    classifier: Classifier, record: Any, accuracy: float | None
) -> None:
    assert replace(classifier.info, record=record).accuracy == accuracy


def test_a_path_is_a_model_and_so_is_a_shipped_name(
    model_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_file, "shipped_models", lambda: {"tiny": model_path})

    assert find_model(model_path) == find_model(str(model_path)) == find_model("tiny") == model_path
    with pytest.raises(ModelError, match=r"no model 'tinny': not a file, and not .* shipped \(tiny\)"):
        find_model("tinny")


def test_shipped_models_are_usable() -> None:
    for name, path in shipped_models().items():
        info = Classifier(path, threads=1).info
        assert info.name == name
        assert info.labels == ESC50


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no model '.*none\.onnx'"):
        Classifier(tmp_path / "none.onnx")


@pytest.mark.parametrize(
    "damage",
    [lambda data: b"", lambda data: b"hello", lambda data: data[: len(data) // 2], lambda data: data[:-20]],
    ids=["empty", "text", "half", "cut"],
)
def test_what_is_no_onnx_says_so(model_path: Path, tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "damaged.onnx"
    path.write_bytes(damage(model_path.read_bytes()))

    with pytest.raises(ModelError, match=r"damaged\.onnx"):
        Classifier(path)


def test_somebody_elses_onnx_is_not_ours(model_path: Path, tmp_path: Path) -> None:
    model = onnx.load(model_path)
    del model.metadata_props[:]
    onnx.save(model, tmp_path / "foreign.onnx")

    with pytest.raises(ModelError, match="an ONNX file, but not one that 'audio-cnn export' has made"):
        Classifier(tmp_path / "foreign.onnx")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda d: d.update(format=2), "has format 2; this version reads 1"),
        (lambda d: d.pop("labels"), "description is damaged: KeyError"),
        (lambda d: d.update(temperature="warm"), "description is damaged: ValueError"),
        (lambda d: d.update(temperature=0), "a temperature of 0"),
        (lambda d: d.update(temperature=float("nan")), "a temperature of nan"),
        (lambda d: d.update(name=5), "5 is no text"),
        (lambda d: d["labels"][0].update(name=["dog"]), "is no text"),
        (lambda d: d.update(receptive_fields=[]), "description is damaged: AttributeError"),
        (lambda d: d.update(parameters=float("inf")), "description is damaged: OverflowError"),
        (lambda d: d["labels"][0].update(colour="red"), "description is damaged: TypeError"),
        (lambda d: d["front_end"].update(hop=3), "description is damaged: ConfigError"),
        (lambda d: d.update(multiply_adds="few"), "description is damaged: ValueError"),
        (lambda d: d.update(rejection={"accepted": 0.9}), "description is damaged: KeyError"),
        (lambda d: d.update(rejection=0.5), "description is damaged: TypeError"),
        (lambda d: d["rejection"].update(least_confidence=1.5), "least_confidence=1.5.* is not in 0..1"),
        (lambda d: d["rejection"].update(least_confidence=float("nan")), "is not in 0..1"),
        (lambda d: d.update(kinds=[3]), "3 is no text"),
        (lambda d: d.update(kinds=["speech"]), "its graph lacks the 'strangeness' that"),
    ],
)
def test_a_damaged_description_says_so(changed: Changed, change: Change, reason: str) -> None:
    with pytest.raises(ModelError, match=reason):
        Classifier(changed(change))


def test_a_description_without_end_says_so(model_path: Path, tmp_path: Path) -> None:
    model = onnx.load(model_path)
    model.metadata_props[0].value = '{"format":' + "[" * 100_000
    onnx.save(model, tmp_path / "deep.onnx")

    with pytest.raises(ModelError, match="description is damaged"):
        Classifier(tmp_path / "deep.onnx")


def test_a_network_that_gives_no_numbers_says_so(model_path: Path, tmp_path: Path) -> None:
    model = onnx.load(model_path)
    (bias,) = [one for one in model.graph.initializer if one.name == "network.linear.bias"]
    values = np.full_like(onnx.numpy_helper.to_array(bias), np.nan)
    bias.CopyFrom(onnx.numpy_helper.from_array(values, bias.name))
    onnx.save(model, tmp_path / "nan.onnx")

    with pytest.raises(ModelError, match="gives scores that are no numbers"):
        Classifier(tmp_path / "nan.onnx").classify(noise(8_000))


def test_a_file_from_before_kinds_were_told_apart_never_says_what_a_guess_is_like(changed: Changed) -> None:
    def change(described: dict[str, Any]) -> None:
        del described["kinds"]
        described["rejection"] = {"least_confidence": 1.0, "accepted": 0.0}

    answer = Classifier(changed(change), threads=1).classify(noise(8_000))

    assert (answer.state, answer.resembles) == ("unsure", None)


def test_a_kind_that_is_ruled_out_is_not_among_those_found(changed: Changed) -> None:
    found = [one for one in KINDS if one != "speech"]

    info = Classifier(changed(lambda described: described.update(ruled_out=["speech"])), threads=1).info

    assert info.kinds == KINDS
    assert list(info.kinds_found) == found


def test_a_file_from_before_evidence_was_told_tells_none(changed: Changed) -> None:
    older = Classifier(changed(lambda described: described.pop("evidence")), threads=1)
    sound = noise(8_000)

    analysis = older.analyze(sound)

    assert analysis.evidence is None
    assert analysis_document(analysis, sound, older.info)["evidence"] == []


def test_a_graph_without_the_evidence_that_is_promised_says_so(model_path: Path, tmp_path: Path) -> None:
    others = [one.name for one in onnx.load(model_path).graph.output if one.name != "evidence"]
    (tmp_path / "less.onnx").write_bytes(with_outputs(model_path.read_bytes(), others))

    with pytest.raises(ModelError, match="its graph lacks the 'evidence' that"):
        Classifier(tmp_path / "less.onnx", threads=1).analyze(noise(8_000))


@pytest.mark.parametrize(
    ("change", "lacking"),
    [
        (lambda described: described["front_end"].update(window_s=2.0), "waveform"),
        (lambda described: described["labels"].pop(), "scores"),
        (lambda described: described["kinds"].pop(), "strangeness"),
    ],
    ids=["another window", "fewer classes", "fewer kinds"],
)
def test_a_description_that_is_not_the_graphs_says_so(changed: Changed, change: Change, lacking: str) -> None:
    with pytest.raises(ModelError, match=f"its graph lacks the '{lacking}' that"):
        Classifier(changed(change), threads=1)


def test_an_activation_that_the_graph_has_not_says_so(changed: Changed) -> None:
    other = Classifier(changed(lambda described: described["activations"].append("layer9")), threads=1)
    with pytest.raises(ModelError, match="its graph lacks the 'layer9' that"):
        other.analyze(noise(8_000))


@pytest.mark.parametrize(
    "change",
    [
        lambda described: described["band_hz"].pop(),
        lambda described: described["band_hz"].reverse(),
        lambda described: described["labels"][0].update(name="dog\x1b[2J"),
    ],
    ids=["fewer bands", "bands in another order", "a class that clears the screen"],
)
def test_a_description_of_what_cannot_be_says_so(changed: Changed, change: Change) -> None:
    with pytest.raises(ModelError, match="description is damaged"):
        Classifier(changed(change), threads=1)


def test_a_graph_that_fails_says_so(model_path: Path, tmp_path: Path) -> None:
    model = onnx.load(model_path)
    (last,) = [node for node in model.graph.node if "scores" in node.output]
    last.output[0] = "whole"
    model.graph.initializer.append(onnx.numpy_helper.from_array(np.array(1000), "beyond"))
    model.graph.node.extend(
        [
            onnx.helper.make_node("ArgMax", ["whole"], ["best"], axis=1, keepdims=0),
            onnx.helper.make_node("Add", ["best", "beyond"], ["no row"]),
            onnx.helper.make_node("Gather", ["whole", "no row"], ["scores"], axis=0),
        ]
    )
    onnx.save(model, tmp_path / "fails.onnx")

    with pytest.raises(ModelError, match=r"the network in .* cannot be run: "):
        Classifier(tmp_path / "fails.onnx", threads=1).classify(noise(8_000))


def test_own_classes_and_temperature_are_taken_from_the_file(changed: Changed) -> None:
    def change(described: dict[str, Any]) -> None:
        described["labels"][0] = {"name": "dishwasher"}
        described["temperature"] = 123.0

    info = Classifier(changed(change), threads=1).info

    assert (info.labels[0].name, info.labels[0].emoji, info.labels[1].name) == ("dishwasher", "🔊", "rooster")
    assert info.temperature == 123.0


def test_files_that_are_too_old_to_tell_family_and_cost_can_be_used(changed: Changed) -> None:
    def change(described: dict[str, Any]) -> None:
        del described["family"], described["multiply_adds"]

    info = Classifier(changed(change), threads=1).info

    assert (info.family, info.multiply_adds) == (None, None)


def test_an_older_file_never_says_that_it_is_not_sure(changed: Changed) -> None:
    older = Classifier(changed(lambda described: described.pop("rejection")), threads=1)

    assert older.info.rejection is None
    assert older.classify(noise(8_000)).state == "known"
    assert older.classify(np.zeros(8_000, np.float32)).state == "silence"


def test_the_threshold_of_the_file_is_kept(changed: Changed) -> None:
    strict = Classifier(
        changed(lambda described: described["rejection"].update(least_confidence=1.0)), threads=1
    )

    answer = strict.classify(noise(8_000))

    assert answer.least_confidence == 1.0
    assert answer.best.confidence < 1
    assert answer.state == "unsure"
