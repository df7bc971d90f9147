"""``POST /inference``: what clients of the first Audio-CNN send and read."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from made_data import wav_bytes

from audio_cnn.prediction import Classifier
from audio_cnn.server import ServerSettings, create_app

FIRST_FRONT_END = (
    "front_end.sample_rate_hz=44100",
    "front_end.window_s=5.0",
    "front_end.n_fft=1024",
    "front_end.hop_samples=512",
    "front_end.mel_bands=128",
    "front_end.fmax_hz=11025.0",
    "front_end.frames=431",
    "front_end.frames_span=431.0",
)
NARROW = "network.channels=[8, 8, 8, 8]"


def shape_of(answer: Any) -> Any:
    """An answer with its numbers left out: keys, and how long lists are."""
    if isinstance(answer, dict):
        return {key: shape_of(value) for key, value in answer.items()}
    if isinstance(answer, list):
        first = shape_of(answer[0])
        assert all(shape_of(one) == first for one in answer)
        return [len(answer), first]
    return type(answer).__name__


def test_values_mean_what_they_did(client: TestClient, classifier: Classifier, dog: bytes) -> None:
    answer = client.post("/inference", json={"audio_data": base64.b64encode(dog).decode()}).json()
    exact = classifier.analyze(dog)
    assert [one["class"] for one in answer["predictions"]] == [
        one.label.name for one in exact.prediction.top(3)
    ]
    assert answer["predictions"][0]["confidence"] == pytest.approx(exact.prediction.best.confidence, abs=1e-5)
    assert list(answer["visualization"]) == list(exact.activations)
    for name, drawn in answer["visualization"].items():
        mean = exact.activations[name].mean(axis=0)
        assert drawn["shape"] == list(mean.shape)
        np.testing.assert_allclose(drawn["values"], mean, atol=1e-4)
    low_db, high_db = exact.range_db
    np.testing.assert_allclose(
        answer["input_spectrogram"]["values"], low_db + exact.log_mel * (high_db - low_db), atol=1e-3
    )
    np.testing.assert_allclose(answer["waveform"]["values"], exact.samples, atol=1e-5)
    assert answer["waveform"]["sample_rate"] == classifier.info.front_end.sample_rate_hz
    assert answer["waveform"]["duration"] == pytest.approx(1.0)


@pytest.mark.parametrize(
    "write",
    [
        lambda dog: "data:audio/wav;base64," + base64.b64encode(dog).decode(),
        lambda dog: base64.encodebytes(dog).decode(),
        lambda dog: base64.urlsafe_b64encode(dog).decode(),
    ],
    ids=["data URL", "lines", "for addresses"],
)
def test_base64_is_taken_in_other_forms(
    client: TestClient, dog: bytes, write: Callable[[bytes], str]
) -> None:
    assert client.post("/inference", json={"audio_data": write(dog)}).status_code == 200


@pytest.mark.slow
def test_all_maps_of_the_first_network(tmp_path: Path) -> None:
    """The preset of its depth, narrow, with the first front end, served: 37 maps, every shape as it was."""
    model = export_first_network(tmp_path)
    with TestClient(create_app(ServerSettings(model=str(model), decoders=1))) as client:
        body = {"audio_data": base64.b64encode(wav_bytes(np.zeros(220_500, np.float32), 44_100)).decode()}
        answer = client.post("/inference", json=body).json()
    assert len(answer["visualization"]) == 37
    assert shape_of(answer) == golden()


def export_first_network(folder: Path) -> Path:
    """Model file of the untrained network: what maps there are does not depend on training."""
    from audio_cnn.config import load, override
    from audio_cnn.export.onnx_file import export_model
    from audio_cnn.labels import ESC50
    from audio_cnn.network.finished import FinishedNetwork
    from audio_cnn.network.registry import build_network

    preset = load(Path(__file__).parents[2] / "configs" / "resnet34.toml")
    config = override(preset, [*FIRST_FRONT_END, NARROW])
    network = build_network(config.network, config.front_end, len(ESC50)).eval()
    path = folder / "first.onnx"
    export_model(FinishedNetwork(network, config, tuple(label.name for label in ESC50), {}), path)
    return path


def golden() -> dict[str, Any]:
    """Keys and lengths for five seconds: a stem that halves twice, then stages of 3, 4, 6 and 3 blocks."""
    sizes = {"conv1": (32, 108)}
    for stage, (blocks, size) in enumerate(
        zip((3, 4, 6, 3), ((32, 108), (16, 54), (8, 27), (4, 14)), strict=True), start=1
    ):
        for block in range(blocks):
            sizes[f"layer{stage}.block{block}.conv"] = size
            sizes[f"layer{stage}.block{block}.relu"] = size
        sizes[f"layer{stage}"] = size

    def drawn(height: int, width: int) -> dict[str, Any]:
        return {"shape": [2, "int"], "values": [height, [width, "float"]]}

    return {
        "predictions": [3, {"class": "str", "confidence": "float"}],
        "visualization": {name: drawn(*size) for name, size in sizes.items()},
        "input_spectrogram": drawn(128, 431),
        "waveform": {"values": [8167, "float"], "sample_rate": "int", "duration": "float"},
    }
