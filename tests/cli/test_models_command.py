"""``audio-cnn models`` and ``audio-cnn dataset show``, and the command as a whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import Command

import audio_cnn as package
from audio_cnn.cli.models import measured_on
from audio_cnn.labels import ESC50
from audio_cnn.prediction import shipped_models
from audio_cnn.prediction.model_file import ModelInfo

VERBS = ("classify", "evaluate", "train", "export", "models", "dataset")


def test_a_model_file_is_described(audio_cnn: Command, model_path: Path) -> None:
    (one,) = json.loads(audio_cnn("models", model_path, "--format", "json").stdout)

    assert one["name"] == "tiny"
    assert one["file"] == str(model_path)
    assert one["size_bytes"] == model_path.stat().st_size
    assert len(one["labels"]) == 50
    assert one["activations"][0] == "conv1"
    assert one["front_end"]["sample_rate_hz"] == 8_000
    assert one["kinds"] == ["speech", "music", "noise", "tones", "hum", "clicks"]
    assert one["record"]["licence"] == "made up"


def test_a_table_of_models(audio_cnn: Command, model_path: Path) -> None:
    outcome = audio_cnn("models", model_path)

    assert outcome.code == 0
    assert outcome.stdout.split("\n")[1].split()[:3] == ["tiny", "50", "0.01"]


def test_a_file_is_called_as_it_is_asked_for(audio_cnn: Command, model_path: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine \x1b[2J.onnx"
    mine.write_bytes(model_path.read_bytes())

    outcome = audio_cnn("models", mine)
    classes = audio_cnn("models", mine, "--classes").stdout

    assert outcome.stdout.split("\n")[1].startswith(r"mine \x1b[2J")
    assert classes.splitlines()[0].strip() == r"mine \x1b[2J: 50 classes"
    assert json.loads(audio_cnn("models", mine, "--format", "json").stdout)[0]["name"] == "tiny"


def test_models_are_compared_as_their_files_state(audio_cnn: Command, model_path: Path) -> None:
    (one,) = json.loads(audio_cnn("models", model_path, "--format", "json").stdout)
    figures = one["record"]["cross_validation"]

    assert one["family"] == "resnet"
    assert one["parameters"] < one["multiply_adds"]
    assert one["accuracy"] == figures["mean_accuracy"]
    assert list(figures["folds"]) == ["1", "2", "3", "4", "5"]
    assert one["held_out"] == "folds 1-5"
    assert one["window_ms"] is None


def test_a_window_is_timed_on_request(audio_cnn: Command, model_path: Path) -> None:
    heading, *rows = audio_cnn("models", model_path, model_path, "--time").stdout.splitlines()

    assert heading.split()[4] == "ms"
    times_ms = [float(row.split()[6]) for row in rows if row.startswith("tiny")]
    assert len(times_ms) == 2
    assert all(0 < ms < 1_000 for ms in times_ms)


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ({"cross_validation": {"folds": {"4": 0.8, "1": 0.9}}}, "folds 1, 4"),
        ({"cross_validation": {"folds": {"1": 0.8, "2": 0.9}}}, "folds 1, 2"),
        ({"cross_validation": {"folds": {"3": 0.8, "2": 0.9, "1": 1.0}}}, "folds 1-3"),
        ({"held_out": {"accuracy": 0.9, "n": 12}}, "12 clips"),
        ({"held_out": None}, None),
        ({"cross_validation": {"folds": 4}, "held_out": {"n": "all"}}, None),
        ("good", None),
    ],
)
def test_what_an_accuracy_was_measured_on(record: object, words: str | None) -> None:
    assert measured_on(record) == words


def test_an_accuracy_is_rounded_as_on_paper(audio_cnn: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ModelInfo, "accuracy", 0.8425)

    assert "84.3%" in audio_cnn("models", "compact").stdout


def test_shipped_models_are_listed(audio_cnn: Command) -> None:
    listed = json.loads(audio_cnn("models", "--format", "json").stdout)

    assert [one["name"] for one in listed] == list(shipped_models())


def test_the_classes_that_models_know(audio_cnn: Command, model_path: Path) -> None:
    heading, *rows = audio_cnn("models", model_path, "compact", "--classes").stdout.splitlines()

    assert heading.strip() == "tiny, compact: 50 classes"
    text = "\n".join(rows)
    assert all(f"{label.emoji} {label.name}" in text for label in ESC50)
    assert all(category in text for category in {label.category for label in ESC50})


def test_an_unknown_model_is_one_line(audio_cnn: Command) -> None:
    outcome = audio_cnn("models", "nobody")

    assert outcome.code == 1
    assert outcome.stderr.startswith("audio-cnn: no model 'nobody'")


@pytest.mark.parametrize("data", ["esc50_tree", "class_tree", "feature_file"])
def test_a_data_set_is_counted(audio_cnn: Command, data: str, request: pytest.FixtureRequest) -> None:
    outcome = audio_cnn("dataset", "show", request.getfixturevalue(data))

    lines = outcome.stdout.splitlines()
    assert outcome.code == 0
    assert lines[0].split("  ")[-1].strip() == "clips"
    assert sorted(line.split()[0] for line in lines[1:4]) == ["dog", "pig", "rooster"]
    assert {tuple(line.split()[1:]) for line in lines[1:4]} == {("2", "2", "2", "2", "2", "10")}
    assert lines[-1] == "30 clips, 3 classes, 5 folds"


def test_what_is_no_data_set_is_one_line(audio_cnn: Command, tmp_path: Path) -> None:
    outcome = audio_cnn("dataset", "show", tmp_path)

    assert outcome.code == 1
    assert "neither ESC-50" in outcome.stderr


def test_samples_are_listed_with_credit(audio_cnn: Command) -> None:
    outcome = audio_cnn("dataset", "samples")

    assert outcome.code == 0
    assert "1-26806-A-1" in outcome.stdout
    assert "CC" in outcome.stdout


def test_version(audio_cnn: Command) -> None:
    assert audio_cnn("--version").stdout == f"{package.__version__}\n"


def test_help_names_every_verb(audio_cnn: Command) -> None:
    outcome = audio_cnn("--help")

    assert outcome.code == 0
    assert all(verb in outcome.stdout for verb in VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(audio_cnn: Command, verb: str) -> None:
    outcome = audio_cnn(verb, "--help")

    assert outcome.code == 0
    assert "Usage" in outcome.stdout
    assert "Example" in outcome.stdout or verb == "dataset"


@pytest.mark.parametrize("arguments", [["hear"], ["--loud"], ["dataset", "eat"]])
def test_unknown_words_exit_with_two(audio_cnn: Command, arguments: list[str]) -> None:
    assert audio_cnn(*arguments).code == 2
