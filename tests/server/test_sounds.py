"""Sounds in, answers out: the same as the classifier gives without a server."""

from __future__ import annotations

import base64
import struct
import tempfile
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from made_data import RATE_HZ, class_sound, wav_bytes

from audio_cnn.output.document import NamedPrediction, prediction_document
from audio_cnn.output.segment_document import segments_document
from audio_cnn.prediction import Classifier


def values_of(document: dict[str, Any]) -> np.ndarray:
    """An array as the wire carries it, back as numbers."""
    steps = np.frombuffer(base64.b64decode(document["data"]), np.uint8).reshape(document["shape"])
    return document["min"] + steps / 255 * (document["max"] - document["min"])


def assert_quantised(document: dict[str, Any], exact: np.ndarray) -> None:
    """The same array, but for half a step."""
    assert document["shape"] == list(exact.shape)
    assert document["min"] == pytest.approx(exact.min(), rel=1e-5, abs=1e-6)
    assert document["max"] == pytest.approx(exact.max(), rel=1e-5, abs=1e-6)
    half_step = (exact.max() - exact.min()) / 255 / 2
    np.testing.assert_allclose(values_of(document), exact, atol=half_step * 1.01 + 1e-6)


@pytest.mark.parametrize("sound", ["dog", "long_dog"])
def test_classify_says_what_the_classifier_says(
    sound: str, client: TestClient, classifier: Classifier, request: pytest.FixtureRequest
) -> None:
    data = request.getfixturevalue(sound)
    answer = client.post("/api/v1/classify", content=data).json()
    expected = classifier.classify(data)
    assert [one["label"] for one in answer["predictions"]] == [one.label.name for one in expected.top(5)]
    for one, score in zip(answer["predictions"], expected.top(5), strict=True):
        assert one["confidence"] == pytest.approx(score.confidence, abs=2e-6)
    assert answer["duration_s"] == pytest.approx(expected.duration_s)
    assert answer["windows"] == len(expected.window_probabilities)
    assert answer["silent"] is False
    assert answer["state"] == expected.state
    assert answer["sounds"] == [label.name for label in expected.sounds]
    assert answer["uncertainty"] == pytest.approx(expected.uncertainty, abs=1e-5)


@pytest.fixture
def dog_and_rooster() -> bytes:
    """A WAV file of two sounds, one after the other."""
    return wav_bytes(np.concatenate([class_sound(name, seed=6, seconds=4.0) for name in ("dog", "rooster")]))


def as_on_the_command_line(answer: dict[str, Any], listed: str) -> list[dict[str, Any]]:
    """What it lists; of an upload it is not known when it was recorded."""
    return [{**one, "recorded_at": None} for one in answer[listed]]


def test_windows_and_segments_are_those_of_the_command_line(
    client: TestClient, classifier: Classifier, dog_and_rooster: bytes
) -> None:
    heard = NamedPrediction("upload", classifier.classify(dog_and_rooster), model=classifier.path.stem)

    answer = client.post("/api/v1/classify?windows=true&segments=true&top=2", content=dog_and_rooster).json()

    assert answer["model"] == heard.model
    expected = prediction_document(heard, top=2, timeline=True)["timeline"]
    assert as_on_the_command_line(answer, "timeline") == expected
    assert as_on_the_command_line(answer, "segments") == segments_document(heard, top=2)["segments"]
    assert {one["label"] for one in answer["segments"]} >= {"dog", "rooster"}


def test_without_being_asked_for_they_are_not_told(client: TestClient, dog_and_rooster: bytes) -> None:
    answer = client.post("/api/v1/classify", content=dog_and_rooster).json()

    assert not {"timeline", "segments"} & answer.keys()


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("only=Dog", {"dog"}),
        ("only=dog,rooster&except=dog", {"rooster"}),
        ("except=dog&except=rooster", set()),
        ("min_confidence=1", set()),
    ],
)
def test_windows_and_segments_of_what_is_wanted(
    client: TestClient, dog_and_rooster: bytes, query: str, told: set[str]
) -> None:
    whole = client.post("/api/v1/classify", content=dog_and_rooster).json()

    answer = client.post(f"/api/v1/classify?windows=1&segments=1&{query}", content=dog_and_rooster).json()

    assert {one["label"] for one in answer["segments"]} & {"dog", "rooster"} == told
    assert {one["predictions"][0]["label"] for one in answer["timeline"]} & {"dog", "rooster"} == told
    assert {key: answer[key] for key in whole} == whole


def test_silence_is_a_segment_where_guesses_are(client: TestClient) -> None:
    silence = wav_bytes(np.zeros(3 * RATE_HZ, np.float32))
    address = "/api/v1/classify?segments=true"

    assert client.post(address, content=silence).json()["segments"] == []
    (segment,) = client.post(f"{address}&unsure=true", content=silence).json()["segments"]
    assert (segment["label"], segment["state"]) == (None, "silence")


@pytest.mark.parametrize("query", ["only=dgo", "except=dgo"])
def test_a_class_that_is_not_known_is_told_with_those_near_it(
    client: TestClient, dog: bytes, query: str
) -> None:
    answer = client.post(f"/api/v1/classify?{query}", content=dog)

    assert answer.status_code == 422
    assert answer.json()["title"] == "No such class"
    assert "no class 'dgo'; near it: dog" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("address", "known"),
    [
        ("classify?tpo=1", "except, min_confidence, model, only, segments, top, unsure, windows"),
        ("classify?top=1&Top=2", "except, min_confidence, model, only, segments, top, unsure, windows"),
        ("analyze?top=1", "model"),
    ],
)
def test_a_parameter_that_there_is_not_is_told(
    client: TestClient, dog: bytes, address: str, known: str
) -> None:
    answer = client.post(f"/api/v1/{address}", content=dog)

    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/no-parameter"
    assert answer.json()["detail"].endswith(f"; there are: {known}")


def test_a_form_and_a_body_are_the_same(client: TestClient, dog: bytes) -> None:
    as_body = client.post("/api/v1/classify", content=dog, headers={"Content-Type": "audio/wav"})
    as_form = client.post("/api/v1/classify", files={"file": ("собака.wav", dog)})
    assert as_body.status_code == as_form.status_code == 200
    assert as_body.json() == as_form.json()


def test_types_are_the_same_in_any_case(client: TestClient, dog: bytes) -> None:
    form = client.build_request("POST", "/api/v1/classify", files={"file": dog})
    form.headers["Content-Type"] = form.headers["Content-Type"].replace(
        "multipart/form-data", "Multipart/Form-Data"
    )
    assert client.send(form).status_code == 200


def test_a_form_needs_no_disk(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    large = wav_bytes(np.zeros(700_000, np.float32), 48_000)
    assert len(large) > 2**20
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    assert client.post("/api/v1/classify", files={"file": large}).status_code == 200


def test_top_is_kept(client: TestClient, dog: bytes) -> None:
    answer = client.post("/api/v1/classify?top=1", content=dog).json()
    assert [one["label"] for one in answer["predictions"]] == ["dog"]


def test_the_analysis_is_what_the_network_saw(client: TestClient, classifier: Classifier, dog: bytes) -> None:
    document = client.post("/api/v1/analyze", content=dog).json()
    exact = classifier.analyze(dog)
    low_db, high_db = exact.range_db
    assert_quantised(document["spectrogram"], low_db + exact.log_mel * (high_db - low_db))
    assert len(document["spectrogram"]["hz"]) == exact.log_mel.shape[0]
    assert [one["name"] for one in document["activations"]] == list(classifier.info.activations)
    for one in document["activations"]:
        assert_quantised(one, exact.activations[one["name"]].mean(axis=0))
        assert one["channels"] == exact.activations[one["name"]].shape[0]
    assert len(document["predictions"]) == len(classifier.info.labels)
    assert document["timeline"] == []


def test_the_analysis_tells_what_speaks_for_the_likeliest_classes(
    client: TestClient, classifier: Classifier, dog: bytes
) -> None:
    document = client.post("/api/v1/analyze", content=dog).json()
    exact = classifier.analyze(dog)
    assert exact.evidence is not None
    assert [one["label"] for one in document["evidence"]] == [
        score.label.name for score in exact.prediction.top(5)
    ]
    for one, score in zip(document["evidence"], exact.prediction.top(5), strict=True):
        assert_quantised(one, exact.evidence[score.label.index])
        rows, columns = one["shape"]
        assert (rows * one["band_step"], columns * one["frame_step"]) == pytest.approx(
            exact.log_mel.shape, rel=1e-4
        )


def test_the_envelope_bounds_the_sound(client: TestClient, classifier: Classifier, dog: bytes) -> None:
    waveform = client.post("/api/v1/analyze", content=dog).json()["waveform"]
    samples = classifier.analyze(dog).samples
    low, high = values_of(waveform["low"]), values_of(waveform["high"])
    assert low.min() == pytest.approx(samples.min(), abs=1e-5)
    assert high.max() == pytest.approx(samples.max(), abs=1e-5)
    assert (low <= high + 1e-2).all()


def test_a_long_sound_has_a_timeline(client: TestClient, long_dog: bytes) -> None:
    document = client.post("/api/v1/analyze", content=long_dog).json()
    assert len(document["timeline"]) == document["windows"] > 1
    starts = [one["start_s"] for one in document["timeline"]]
    assert starts == sorted(starts)
    assert document["timeline"][-1]["end_s"] == pytest.approx(document["duration_s"])
    assert {one["state"] for one in document["timeline"]} == {"known"}


def test_silent_windows_of_a_long_sound_are_told(client: TestClient) -> None:
    sound = np.concatenate([np.zeros(2 * RATE_HZ, np.float32), class_sound("dog", seed=6)])
    document = client.post("/api/v1/analyze", content=wav_bytes(sound)).json()
    states = [one["state"] for one in document["timeline"]]
    assert states[0] == "silence"
    assert states[-1] == "known"


def test_every_channel_of_an_activation(client: TestClient, classifier: Classifier, dog: bytes) -> None:
    key = client.post("/api/v1/analyze", content=dog).json()["id"]
    exact = classifier.analyze(dog).activations["layer2.block0.conv"]
    content = client.get(f"/api/v1/analyses/{key}/activations/layer2.block0.conv").content
    channels, height, width = struct.unpack_from("<3I", content)
    assert (channels, height, width) == exact.shape
    low = np.frombuffer(content, "<f4", channels, 12)[:, None, None]
    high = np.frombuffer(content, "<f4", channels, 12 + 4 * channels)[:, None, None]
    steps = np.frombuffer(content, np.uint8, offset=12 + 8 * channels).reshape(exact.shape)
    half_step = float((high - low).max()) / 255 / 2
    np.testing.assert_allclose(low + steps / 255 * (high - low), exact, atol=half_step * 1.01 + 1e-4)


@pytest.mark.parametrize(
    ("path", "slug"),
    [("nobody/activations/conv1", "no-analysis"), ("{id}/activations/conv9", "no-activation")],
)
def test_unknown_activations(client: TestClient, dog: bytes, path: str, slug: str) -> None:
    key = client.post("/api/v1/analyze", content=dog).json()["id"]
    answer = client.get(f"/api/v1/analyses/{path.format(id=key)}")
    assert answer.status_code == 404
    assert answer.json()["type"] == f"/problems/{slug}"


def test_silence_is_said(client: TestClient) -> None:
    answer = client.post("/api/v1/classify", content=wav_bytes(np.zeros(8000, np.float32))).json()
    assert (answer["silent"], answer["state"]) == (True, "silence")
    analysis = client.post("/api/v1/analyze", content=wav_bytes(np.zeros(8000, np.float32))).json()
    assert analysis["evidence"] == []
