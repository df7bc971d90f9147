"""Every family of networks on the whole way: trained, exported, listened with, by the commands themselves.

And an ensemble of two of them.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from conftest import Command, completed
from made_data import FAMILY_SETTINGS, RATE_HZ, class_sound, set_options

from audio_cnn.export.graph import ModelGraph
from audio_cnn.network.finished import FinishedNetwork
from audio_cnn.network.registry import FAMILIES, multiply_adds
from audio_cnn.output.analysis import analysis_document
from audio_cnn.prediction import Classifier
from audio_cnn.prediction.model_file import open_session
from audio_cnn.training.loading import load_network

pytestmark = pytest.mark.slow
TOLERANCE = 1e-4


ENSEMBLE = "ensemble"
MEMBERS = "resnet", "efficientnet"


# All tests of one file in one process, which alone makes it.
IN_TURN = [
    pytest.param(name, marks=pytest.mark.xdist_group(f"export {name}")) for name in [*FAMILIES, ENSEMBLE]
]


@pytest.fixture(scope="module", params=IN_TURN)
def path(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, feature_file: Path
) -> Path:
    """Model file of a short training, or of two, its weights beside it."""
    runs = [
        trained(tmp_path_factory.mktemp("runs") / family, feature_file)
        for family in (MEMBERS if request.param == ENSEMBLE else [request.param])
    ]
    path = runs[0].with_name(f"{request.param}.onnx")
    completed("export", *runs, "--output", path)
    return path


def trained(run: Path, feature_file: Path) -> Path:
    options = set_options(*FAMILY_SETTINGS[run.name], "network.stochastic_depth=0.1", f"name={run.name}")
    completed("train", "--data", feature_file, "--run", run, *options, "--threads", "1")
    return run


@pytest.fixture(scope="module")
def file(path: Path) -> FinishedNetwork:
    return load_network(path)


def in_torch(file: FinishedNetwork, feeds: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    names = tuple(file.network.activation_names)
    graph = ModelGraph(file.network, file.config.front_end, names).eval()
    with torch.inference_mode():
        values = graph(*map(torch.from_numpy, feeds.values()))
    return {name: value.numpy() for name, value in zip(graph.output_names, values, strict=True)}


def test_torch_and_the_model_file_agree_whatever_the_batches(path: Path, file: FinishedNetwork) -> None:
    session, _info = open_session(path, threads=1)
    generator = np.random.default_rng(0)
    for sounds, log_mels in [(0, 0), (0, 1), (0, 3), (1, 0), (3, 0), (1, 3)]:
        feeds = {
            "waveform": generator.standard_normal((sounds, RATE_HZ), dtype=np.float32),
            "features": generator.random((log_mels, 32, 63), dtype=np.float32),
        }
        expected = in_torch(file, feeds)
        outputs = session.run(list(expected), feeds)
        for (name, wanted), output in zip(expected.items(), outputs, strict=True):
            scale = max(1.0, float(np.abs(wanted).max(initial=0)))
            np.testing.assert_allclose(output, wanted, atol=TOLERANCE * scale, err_msg=name)


def test_only_operators_that_every_runtime_has(path: Path) -> None:
    model = onnx.load(path)

    assert {node.domain for node in model.graph.node} == {""}
    assert not model.functions
    assert not {node.op_type for node in model.graph.node} & {"STFT", "DFT", "If", "Loop", "Scan"}


def test_a_model_file_tells_its_family_and_its_cost(
    path: Path, file: FinishedNetwork, audio_cnn: Command
) -> None:
    (one,) = json.loads(audio_cnn("models", path, "--format", "json").stdout)

    assert one["family"] == file.config.network.family == path.stem
    assert one["multiply_adds"] == multiply_adds(file.network, file.config.front_end) > 0


def test_an_analysis_shows_every_layer(path: Path) -> None:
    classifier = Classifier(path, threads=1)
    sound = class_sound("dog", seed=1)

    maps = analysis_document(classifier.analyze(sound), sound, classifier.info)["activations"]

    assert [one["layer"] for one in maps if not one["inner"]] == ["conv1", "layer1", "layer2"]
    inner = {one["inner"] for one in maps if one["layer"] == "layer2"}
    of = [f"{member}." for member in MEMBERS] if path.stem == ENSEMBLE else [""]
    assert inner >= {f"{one}block1.{part}" for one in of for part in ("conv", "relu")} | {""}
    assert all(one["field_bands"] and one["field_frames"] for one in maps)
