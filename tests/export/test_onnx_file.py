"""The model file: the trained network's own answers, and everything about it inside."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from made_data import CLASSES, RATE_HZ, class_sound, made_clips, noise, sine
from onnx import TensorProto, helper, numpy_helper
from onnxruntime import InferenceSession as Session

from audio_cnn.config import FrontEnd, from_dict, override, to_dict
from audio_cnn.errors import ModelError
from audio_cnn.export.graph import ModelGraph
from audio_cnn.export.onnx_file import store_halved
from audio_cnn.export.parity import TOLERANCE, largest_difference, probe_windows
from audio_cnn.labels import ESC50
from audio_cnn.network.activations import recording
from audio_cnn.network.familiarity import KINDS
from audio_cnn.network.finished import FinishedNetwork
from audio_cnn.network.registry import parameter_count
from audio_cnn.prediction import Classifier
from audio_cnn.prediction.aggregate import probabilities
from audio_cnn.spectrogram.log_mel import LogMel
from audio_cnn.spectrogram.mel_scale import band_edges_hz
from audio_cnn.training.loading import load_network


@pytest.fixture(scope="module")
def network_file(model_path: Path) -> FinishedNetwork:
    """The weights that the model file was made of."""
    return load_network(model_path)


@pytest.fixture(scope="module")
def session(model_path: Path) -> Session:
    """The graph, with nothing of ours around it."""
    return Session(model_path, providers=["CPUExecutionProvider"])


@pytest.fixture(scope="module")
def windows() -> np.ndarray:
    """Windows [B, T] of every kind: classes, noise, a click, a fading tone, next to nothing, silence."""
    click = np.zeros(RATE_HZ, np.float32)
    click[3_000] = 1
    fading = sine(700) * np.exp(-np.arange(RATE_HZ) / 800).astype(np.float32)
    sounds = [class_sound(name, seed) for seed, name in enumerate(CLASSES)]
    return np.stack([*sounds, noise(RATE_HZ), click, fading, noise(RATE_HZ, amplitude=1e-5), 0 * click])


@pytest.fixture(scope="module")
def features(windows: np.ndarray) -> np.ndarray:
    """Log-mels [B', M, F] that no waveform would give."""
    return np.random.default_rng(0).random((3, 32, 63), dtype=np.float32)


def run(session: Session, outputs: list[str], waveform: np.ndarray, features: np.ndarray) -> list[np.ndarray]:
    feeds = {"waveform": waveform, "features": features}
    results: list[np.ndarray] = session.run(outputs, feeds)
    return results


def in_torch(file: FinishedNetwork, waveform: np.ndarray, features: np.ndarray) -> dict[str, np.ndarray]:
    """The same outputs from torch, by name."""
    names = tuple(file.network.activation_names)
    graph = ModelGraph(file.network, file.config.front_end, names).eval()
    with torch.inference_mode():
        values = graph(torch.from_numpy(waveform), torch.from_numpy(features))
    return {name: value.numpy() for name, value in zip(graph.output_names, values, strict=True)}


NO_WAVEFORM = np.zeros((0, RATE_HZ), np.float32)
NO_FEATURES = np.zeros((0, 32, 63), np.float32)


@pytest.mark.parametrize("kind", ["waveforms", "features", "both", "one"])
def test_every_output_equals_the_trained_networks(
    kind: str, session: Session, network_file: FinishedNetwork, windows: np.ndarray, features: np.ndarray
) -> None:
    given = {
        "waveforms": (windows, NO_FEATURES),
        "features": (NO_WAVEFORM, features),
        "both": (windows, features),
        "one": (windows[:1], NO_FEATURES),
    }[kind]
    expected = in_torch(network_file, *given)

    outputs = run(session, list(expected), *given)

    for (name, wanted), output in zip(expected.items(), outputs, strict=True):
        assert output.shape == wanted.shape, name
        scale = float(np.abs(wanted).max(initial=1.0))
        np.testing.assert_allclose(output, wanted, atol=2e-4 * scale, err_msg=name)
    difference = probabilities(outputs[0], 1.0) - probabilities(expected["scores"], 1.0)
    assert np.abs(difference).max() < 1e-4


def test_the_classifier_gives_the_same_probabilities(
    classifier: Classifier, network_file: FinishedNetwork, windows: np.ndarray, features: np.ndarray
) -> None:
    expected = in_torch(network_file, windows, features)["scores"]
    trained = probabilities(expected, classifier.info.temperature)

    heard = np.stack([classifier.classify(window).probabilities for window in windows])
    seen = classifier.classify_features(features)

    assert np.abs(heard - trained[: len(windows)]).max() < 1e-4
    assert np.abs(seen - trained[len(windows) :]).max() < 1e-4


def test_what_is_trained_on_is_what_is_served(classifier: Classifier, feature_file: Path) -> None:
    with np.load(feature_file) as arrays:
        from_features = classifier.classify_features(arrays["log_mel"].astype(np.float32) / np.float32(255))
    answers = [classifier.classify(clip.samples) for clip in made_clips()]
    from_sound = np.stack([answer.probabilities for answer in answers])

    assert (from_features.argmax(axis=1) == from_sound.argmax(axis=1)).all()
    assert np.abs(from_features - from_sound).mean() < 0.005  # eight bits


def test_inputs_and_outputs_by_name(session: Session, network_file: FinishedNetwork) -> None:
    inputs = {one.name: one.shape[1:] for one in session.get_inputs()}
    outputs = [one.name for one in session.get_outputs()]

    assert inputs == {"waveform": [RATE_HZ], "features": [32, 63]}
    told = ["scores", "log_mel", "range_db", "strangeness", "evidence"]
    assert outputs == [*told, *network_file.network.activation_names]


def test_how_strange_a_sound_is_in_each_kind_is_counted_from_what_is_usual(
    session: Session, network_file: FinishedNetwork, windows: np.ndarray
) -> None:
    familiarity = network_file.network.familiarity
    assert familiarity is not None
    (given,) = run(session, ["strangeness"], windows, NO_FEATURES)

    log_mel, _range_db = LogMel(network_file.config.front_end)(torch.from_numpy(windows))
    with torch.inference_mode(), recording(network_file.network, ["familiarity.strangeness"]) as recorded:
        network_file.network(log_mel)

    expected = recorded["familiarity.strangeness"] - familiarity.usual
    np.testing.assert_allclose(given, expected.numpy(), atol=1e-3)
    assert given.shape == (len(windows), len(KINDS))


def test_both_batches_may_be_empty(session: Session) -> None:
    scores, log_mel, range_db, conv1 = run(
        session, ["scores", "log_mel", "range_db", "conv1"], NO_WAVEFORM, NO_FEATURES
    )

    assert (scores.shape, log_mel.shape, range_db.shape) == ((0, 50), (0, 32, 63), (0, 2))
    assert conv1.shape[0] == 0


def test_the_description_is_complete(
    model_path: Path, network_file: FinishedNetwork, cross_validation: Path, trained_run: Path
) -> None:
    model = onnx.load(model_path)
    (entry,) = model.metadata_props
    described = json.loads(entry.value)
    figures = json.loads((cross_validation / "cross_validation.json").read_text(encoding="utf-8"))

    assert entry.key == "audio_cnn"
    assert described["format"] == 1
    assert described["name"] == "tiny"
    assert [label["name"] for label in described["labels"]] == [label.name for label in ESC50]
    assert described["labels"][0] == {"name": "dog", "category": "animals", "emoji": "🐕"}
    assert from_dict(FrontEnd, described["front_end"]) == network_file.config.front_end
    centres_hz = band_edges_hz(network_file.config.front_end)[1:-1]
    np.testing.assert_allclose(described["band_hz"], centres_hz, atol=1e-3)
    assert described["activations"] == list(network_file.network.activation_names)
    assert described["temperature"] == figures["temperature"]
    (chosen,) = (row for row in figures["rejection"] if row["accepted"] == 0.95)
    assert described["rejection"] == {"least_confidence": chosen["least_confidence"], "accepted": 0.95}
    assert described["parameters"] == parameter_count(network_file.network)
    assert described["record"]["licence"] == "made up"
    assert described["record"]["folds"] == [1, 2, 3, 4]
    assert described["record"]["epochs"] == 12
    assert described["record"]["cross_validation"]["mean_accuracy"] == figures["mean_accuracy"]
    assert "pooled" not in described["record"]["cross_validation"]
    assert "history" not in described["record"]


def test_only_operators_that_every_runtime_has(model_path: Path) -> None:
    model = onnx.load(model_path)
    operators = {node.op_type for node in model.graph.node}

    assert {node.domain for node in model.graph.node} == {""}
    assert [one.version for one in model.opset_import if one.domain == ""] == [18]
    assert not model.functions
    assert not operators & {"STFT", "DFT", "MelWeightMatrix", "If", "Loop", "Scan"}
    onnx.checker.check_model(model, full_check=True)


def test_nothing_of_the_exporting_machine_is_inside(model_path: Path) -> None:
    data = model_path.read_bytes()
    traces = [Path.home(), Path.cwd(), Path(sys.prefix), model_path.parent, Path(torch.__file__).parent]

    assert not [trace for trace in traces if str(trace) != "/" and os.fsencode(trace) in data]
    assert b"site-packages" not in data
    assert b".py" not in data
    assert not list(model_path.parent.glob("*.part"))


def test_matrices_are_the_very_halves_of_the_weights(model_path: Path, network_file: FinishedNetwork) -> None:
    stored = {
        tensor.name: numpy_helper.to_array(tensor) for tensor in onnx.load(model_path).graph.initializer
    }
    matrices = {f"network.{k}": v for k, v in network_file.network.state_dict().items() if v.ndim > 1}

    assert {name.removesuffix(".half") for name in stored if name.endswith(".half")} == matrices.keys()
    for name, tensor in matrices.items():
        values = stored[f"{name}.half"]
        assert values.dtype == np.float16
        np.testing.assert_array_equal(values.astype(np.float32), tensor.numpy(), err_msg=name)


def linear_model(weight: np.ndarray) -> onnx.ModelProto:
    """y = x W + b, with names as the exporter gives them."""
    initializers = [
        numpy_helper.from_array(weight, "network.linear.weight"),
        numpy_helper.from_array(np.ones(weight.shape[1], np.float32), "network.linear.bias"),
        numpy_helper.from_array(np.eye(weight.shape[1], dtype=np.float32), "log_mel.mel_basis"),
    ]
    nodes = [
        helper.make_node("MatMul", ["x", "network.linear.weight"], ["product"]),
        helper.make_node("MatMul", ["product", "log_mel.mel_basis"], ["same"]),
        helper.make_node("Add", ["same", "network.linear.bias"], ["y"]),
    ]
    shapes = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [None, None]) for name in "xy"]
    graph = helper.make_graph(nodes, "linear", shapes[:1], shapes[1:], initializers)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)


def test_storing_halves_keeps_exactly_their_numbers_and_half_the_size() -> None:
    weight = np.random.default_rng(0).standard_normal((400, 30)).astype(np.float16).astype(np.float32)
    x = np.random.default_rng(1).standard_normal((5, 400)).astype(np.float32)
    model = linear_model(weight)
    before = model.SerializeToString()

    store_halved(model, {"network.linear.weight", "network.linear.bias"})

    after = model.SerializeToString()
    onnx.checker.check_model(model, full_check=True)
    assert len(before) - len(after) == pytest.approx(2 * weight.size, abs=300)
    answers = [
        Session(data, providers=["CPUExecutionProvider"]).run(["y"], {"x": x})[0] for data in (before, after)
    ]
    np.testing.assert_array_equal(*answers)
    stored = {tensor.name: tensor.data_type for tensor in model.graph.initializer}
    assert stored == {
        "network.linear.weight.half": TensorProto.FLOAT16,
        "network.linear.bias": TensorProto.FLOAT,
        "log_mel.mel_basis": TensorProto.FLOAT,
    }


def test_the_front_end_adds_no_bases_to_the_file(model_path: Path, network_file: FinishedNetwork) -> None:
    largest = max(
        int(np.prod(tensor.dims)) for tensor in onnx.load(model_path).graph.initializer
        if not tensor.name.startswith("network.")
    )  # fmt: skip

    mel_basis = 257 * network_file.config.front_end.mel_bands
    assert largest <= 1.5 * mel_basis  # some bins have two places, one of them without weight


def test_parity_is_measured(model_path: Path, network_file: FinishedNetwork) -> None:
    windows = probe_windows(network_file)
    other = load_network(model_path)
    with torch.no_grad():
        other.network.linear.bias[0] += 1.0

    assert windows.shape == (8, RATE_HZ)
    assert np.array_equal(windows, probe_windows(network_file))
    assert largest_difference(network_file, model_path, windows) < TOLERANCE
    assert largest_difference(other, model_path, windows) > 100 * TOLERANCE


@pytest.mark.parametrize("shown", ["strangeness", "log_mel"])
def test_a_file_that_shows_something_else_is_refused(
    model_path: Path, network_file: FinishedNetwork, shown: str
) -> None:
    other = load_network(model_path)
    if shown == "strangeness":
        assert other.network.familiarity is not None
        other.network.familiarity.usual += 0.1
    else:
        other = replace(other, config=override(other.config, ["front_end.top_db=70.0"]))

    with pytest.raises(ModelError, match=f"'{shown}' in .* differs from the trained network by"):
        largest_difference(other, model_path, probe_windows(network_file, 1))


def test_the_front_end_rides_along_unchanged(classifier: Classifier, network_file: FinishedNetwork) -> None:
    assert to_dict(classifier.info.front_end) == to_dict(network_file.config.front_end)
