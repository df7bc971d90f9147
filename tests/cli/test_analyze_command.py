"""``audio-cnn analyze``: what the classifier saw, in a file."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import numpy as np
import pytest
from conftest import Command
from fastapi.testclient import TestClient
from made_data import noise, wav_bytes

from audio_cnn.prediction import Classifier


@pytest.fixture
def analyze(audio_cnn: Command, model_path: Path) -> Command:
    """The command with the tiny model."""
    return lambda *arguments, **options: audio_cnn("analyze", *arguments, "--model", model_path, **options)


def test_json_is_the_document_of_the_server(
    analyze: Command, client: TestClient, three_sounds: Path, model_path: Path
) -> None:
    outcome = analyze("dog.wav")

    assert (outcome.code, outcome.stderr) == (0, "")
    document = json.loads(outcome.stdout)
    served = client.post("/api/v1/analyze", content=Path("dog.wav").read_bytes()).json()
    assert document.keys() == served.keys() - {"id", "expires_s"} | {"source"}
    assert (document["model"], document["source"]) == (model_path.stem, {"name": "dog.wav"})
    for key in ("waveform", "timeline", "state", "sounds", "windows"):
        assert document[key] == served[key]
    assert [one["name"] for one in document["activations"]] == [one["name"] for one in served["activations"]]
    for ours, theirs in zip(document["predictions"], served["predictions"], strict=True):
        assert ours == theirs | {"confidence": pytest.approx(theirs["confidence"], abs=1e-5)}


def test_with_the_sound_its_bytes_are_in_it(analyze: Command, three_sounds: Path) -> None:
    assert analyze("dog.wav", "--with-sound", "--output", "dog.json").code == 0

    source = json.loads(Path("dog.json").read_text(encoding="utf-8"))["source"]
    assert (source["name"], source["type"]) == ("dog.wav", "audio/x-wav")
    assert base64.b64decode(source["data"]) == Path("dog.wav").read_bytes()


def test_arrays_are_what_the_classifier_saw(
    analyze: Command, classifier: Classifier, three_sounds: Path
) -> None:
    assert analyze("dog.wav", "--output", "größe.NPZ").code == 0

    seen = classifier.analyze("dog.wav")
    with np.load("größe.NPZ") as arrays:
        assert [*arrays["labels"]] == [label.name for label in classifier.info.labels]
        np.testing.assert_array_equal(arrays["samples"], seen.samples)
        assert tuple(arrays["band_hz"]) == classifier.info.band_hz
        expected = {
            "probabilities": seen.prediction.probabilities,
            "log_mel": seen.log_mel,
            "range_db": seen.range_db,
            "evidence": seen.evidence,
            **{f"activations/{name}": values for name, values in seen.activations.items()},
        }
        for name, values in expected.items():
            np.testing.assert_allclose(arrays[name], values, rtol=1e-3, atol=1e-4)


def test_of_activations_only_those_that_are_named(analyze: Command, three_sounds: Path) -> None:
    assert analyze("dog.wav", "-a", "layer1", "-a", "conv1", "-o", "dog.npz").code == 0

    with np.load("dog.npz") as arrays:
        assert {key for key in arrays if "/" in key} == {"activations/layer1", "activations/conv1"}


def test_standard_input_is_a_sound(analyze: Command) -> None:
    outcome = analyze("-", "--with-sound", stdin=wav_bytes(noise(8_000)))

    source = json.loads(outcome.stdout)["source"]
    assert source["name"] == "-"
    assert base64.b64decode(source["data"]) == wav_bytes(noise(8_000))


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["nope.wav"], "no such file: nope.wav"),
        ([".", "-o", "all.json"], ". is 2 sounds; analyze takes one"),
        ([""], "the name is empty"),
        (["notes.txt"], "no known audio format"),
        (["dog.wav", "-a", "layer9"], "no activation 'layer9'; there are: conv1, "),
        (["dog.wav", "-f", "npz"], "name a file for them with --output FILE.npz"),
        (["dog.wav", "-o", "dog.npz", "--with-sound"], "--with-sound is of JSON"),
        (["dog.wav", "-o", "nowhere/dog.npz"], "there is no folder nowhere"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_written(
    analyze: Command, three_sounds: Path, arguments: list[str], reason: str
) -> None:
    before = set(Path().iterdir())

    outcome = analyze(*arguments)

    assert (outcome.code, outcome.stdout) == (1, "")
    assert outcome.stderr.startswith("audio-cnn: ")
    assert reason in outcome.stderr
    assert set(Path().iterdir()) == before
