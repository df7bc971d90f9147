"""``audio-cnn train --from``: classes of one's own, spoken to as a person would."""

from __future__ import annotations

import errno
import json
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import Command
from fastapi.testclient import TestClient
from made_data import OWN_HZ, knocks, noise, sine, write_wav

from audio_cnn.cli import own_classes
from audio_cnn.dataset import recordings
from audio_cnn.labels import Label
from audio_cnn.prediction import Classifier, shipped_models
from audio_cnn.server import ServerSettings, create_app
from audio_cnn.training import loop
from audio_cnn.training.loading import load_network
from audio_cnn.training.state import TrainingState
from audio_cnn.training.tensors import read_tensors

pytestmark = pytest.mark.slow

SHORT = (
    "training.epochs=2",
    "training.batch=8",
    "training.precision=fp32",
    "augmentation.crop_frames=32",
    "fine_tuning.fewest_draws=32",
)
QUICK = [part for text in SHORT for part in ("--set", text)]
KNOWN = sorted({*shipped_models(), "esc50"})
CLASSES = tuple(OWN_HZ)


def own_sound(name: str, seed: int) -> np.ndarray:
    tone = sine(OWN_HZ[name] * np.random.default_rng(seed).uniform(0.95, 1.05), seconds=0.9)
    return tone + noise(len(tone), amplitude=0.02, seed=seed)


@pytest.fixture
def fast_export(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Where model files would have been written: for tests that are not about them."""
    written: list[Path] = []

    def write(_network: object, path: Path, *_calibration: object) -> str:
        written.append(path)
        return f"{path}: written"

    monkeypatch.setattr(own_classes, "write_model", write)
    return written


@pytest.mark.slow
def test_from_a_folder_to_a_file_that_every_command_takes(
    audio_cnn: Command, own_tree: Path, trained_run: Path, tmp_path: Path
) -> None:
    labels = tmp_path / "labels.toml"
    labels.write_text('whistle = "😗"\n', encoding="utf-8")
    run, model = tmp_path / "run", tmp_path / "models" / "mine.onnx"

    files = ["--run", run, "--output", model, "--labels", labels]
    outcome = audio_cnn("train", "--data", own_tree, "--from", trained_run, *files, *QUICK)

    assert outcome.code == 0, outcome.stderr
    said = outcome.stdout.splitlines()
    assert said[0] == f"{own_tree}: 18 clips of 3 classes; 12 to learn from, 6 held out, by whole recordings"
    assert said[-1] == f"next: audio-cnn classify SOUND --model {model}"
    assert "of 6 clips named right" in outcome.stdout
    assert "it never says that it is not sure: that takes 10 held-out clips" in outcome.stdout

    figures = json.loads((run / "held_out.json").read_text(encoding="utf-8"))["held_out"]
    classifier = Classifier(model)
    info = classifier.info
    assert info.labels == (Label(0, "beep"), Label(1, "hum"), Label(2, "whistle", emoji="😗"))
    assert info.name == "own sounds"
    assert info.front_end == load_network(model).config.front_end
    assert info.temperature == pytest.approx(figures["temperature"], abs=1e-6)
    assert info.rejection is None
    assert info.record["licence"] == "not stated; inherited from the network it was fine-tuned from"
    assert info.record["fine_tuned_from"]["name"] == "tiny"
    assert info.record["held_out"]["accuracy"] == figures["accuracy"]
    assert info.record["held_out"]["n"] == figures["n"] == 6
    assert "folds" not in info.record

    # What the report says of the held-out clips is what the model file says of them.
    for one in figures["files"]:
        heard = classifier.classify(one["file"])
        assert heard.best.label.name == one["named"]
        assert heard.best.confidence == pytest.approx(one["confidence"], abs=0.03)
    new = {name: classifier.classify(own_sound(name, seed=77)).best.label.name for name in CLASSES}
    assert new == {name: name for name in CLASSES}
    sound = write_wav(tmp_path / "x.wav", own_sound("hum", 5))
    assert "Hum" in audio_cnn("classify", sound, "--model", model).stdout
    described = audio_cnn("models", model, "--format", "json")
    assert json.loads(described.stdout)[0]["labels"] == list(CLASSES)
    evaluated = audio_cnn("evaluate", "--data", own_tree, "--model", model, "--format", "json")
    assert json.loads(evaluated.stdout)["n"] == 18
    with TestClient(create_app(ServerSettings(model=str(model), threads=1, decoders=1))) as client:
        assert [one["emoji"] for one in client.get("/api/v1/labels").json()] == ["🔊", "🔊", "😗"]
        assert client.get("/api/v1/model").json()["record"]["fine_tuned_from"]["name"] == "tiny"
        answer = client.post("/api/v1/analyze", content=sound.read_bytes()).json()
        assert answer["predictions"][0]["label"] == "hum"

    again = tmp_path / "again.onnx"
    outcome = audio_cnn("export", run, "--output", again)
    assert outcome.code == 0
    assert "that takes the thresholds of more held-out clips" in outcome.stderr
    exported = Classifier(again).info
    assert exported.temperature == pytest.approx(info.temperature, abs=1e-6)
    assert (exported.labels, exported.record) == (info.labels, info.record)


def test_the_run_goes_where_the_data_is_called(
    audio_cnn: Command,
    own_tree: Path,
    trained_run: Path,
    tmp_path: Path,
    fast_export: list[Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)

    outcome = audio_cnn("train", "--data", own_tree, "--from", trained_run, *QUICK)

    assert outcome.code == 0, outcome.stderr
    assert (tmp_path / "runs" / "own sounds" / "held_out.json").is_file()
    assert fast_export == [Path("runs/own sounds.onnx")]


def test_what_is_odd_is_said_and_the_rest_is_learned(
    audio_cnn: Command, own_tree: Path, trained_run: Path, tmp_path: Path, fast_export: list[Path]
) -> None:
    data = shutil.copytree(own_tree, tmp_path / "data")
    (data / "hum" / "torn.wav").write_bytes(b"RIFF and no more")
    shutil.copy(data / "hum" / "recording1.wav", data / "hum" / "zz again.wav")
    shutil.copy(data / "hum" / "recording2.wav", data / "beep" / "other.wav")
    for i in range(4):
        write_wav(data / "kettle" / f"kettle-{i}.wav", own_sound("beep", 50 + i)[::2])
    write_wav(data / "[rare]" / "one.wav", own_sound("hum", 60)[::3])

    outcome = audio_cnn("train", "--data", data, "--from", trained_run, "--run", tmp_path / "run", *QUICK)

    assert outcome.code == 0, outcome.stderr
    notes = [line.removeprefix("audio-cnn: ") for line in outcome.stderr.splitlines()]
    assert any(note.startswith(f"left out: {data / 'hum' / 'torn.wav'}: ") for note in notes)
    again, first = data / "hum" / "zz again.wav", data / "hum" / "recording1.wav"
    assert f"left out: {again} holds the very sound of {first}" in notes
    assert any("hold the same sound, in two classes" in note for note in notes)
    not_measured = "is learned but not measured: that takes 3 recordings, and its"
    assert f"'[rare]' {not_measured} 1 clips are of 1" in notes
    way_out = "if its files are recordings of their own, say --separate"
    assert f"'kettle' {not_measured} 4 clips are of 1; {way_out}" in notes
    rows = {line.split()[0]: line.split()[1:] for line in outcome.stdout.splitlines() if line}
    assert rows["kettle"] == ["4", "0", "not", "measured"]
    assert rows["[rare]"] == ["1", "0", "not", "measured"]
    written = json.loads((tmp_path / "run" / "held_out.json").read_text(encoding="utf-8"))
    assert written["not_measured"] == {"[rare]": 1, "kettle": 1}
    assert list(written["left_out"]) == [str(data / "hum" / "torn.wav")]


@pytest.mark.slow
def test_files_can_be_declared_recordings_of_their_own(
    audio_cnn: Command, trained_run: Path, tmp_path: Path, fast_export: list[Path]
) -> None:
    for name in CLASSES[:2]:
        for i in range(4):
            write_wav(tmp_path / "data" / name / f"{name}-{i}.wav", own_sound(name, 50 + i))
    command = ["train", "--data", tmp_path / "data", "--from", trained_run, *QUICK]

    together = audio_cnn(*command, "--run", tmp_path / "together")
    apart = audio_cnn(*command, "--run", tmp_path / "apart", "--separate")

    assert "not measured: nothing was held out" in together.stdout
    assert "6 to learn from, 2 held out" in apart.stdout
    assert (
        json.loads((tmp_path / "together" / "held_out.json").read_text(encoding="utf-8"))["held_out"] is None
    )


def test_sounds_that_are_alike_are_one_line_and_no_reason_for_separating_names(
    audio_cnn: Command, own_tree: Path, trained_run: Path, tmp_path: Path, fast_export: list[Path]
) -> None:
    data, alike = shutil.copytree(own_tree, tmp_path / "data"), knocks(7)
    for i in range(5):
        write_wav(data / "kettle" / f"kettle{i}.wav", alike * (1 - 0.1 * i))
    command = ["train", "--data", data, "--from", trained_run, *QUICK, "--set", "training.epochs=1"]

    together = audio_cnn(*command, "--run", tmp_path / "together")
    apart = audio_cnn(*command, "--run", tmp_path / "apart", "--separate")

    named = f"{data / 'kettle' / 'kettle0.wav'}, {data / 'kettle' / 'kettle1.wav'} and 3 more"
    assert f"audio-cnn: {named} are nearly identical; taken for one recording" in together.stderr
    assert together.stderr.count("nearly identical") == 1
    assert "'kettle' is learned but not measured" in together.stderr
    assert "say --separate" not in together.stderr
    assert f"{named} are nearly identical; kept apart, as --separate says" in apart.stderr
    assert "not measured" not in apart.stderr


def test_everything_is_learned_from_where_nothing_is_to_be_held_out(
    audio_cnn: Command, own_tree: Path, trained_run: Path, tmp_path: Path, fast_export: list[Path]
) -> None:
    options = ["--run", tmp_path / "run", *QUICK, "--set", "fine_tuning.held_out_share=0"]

    outcome = audio_cnn("train", "--data", own_tree, "--from", trained_run, *options)

    assert outcome.code == 0, outcome.stderr
    assert "18 to learn from, 0 held out" in outcome.stdout
    assert "not measured: nothing was held out" in outcome.stdout
    assert "not measured" not in outcome.stderr


@pytest.mark.slow
def test_interrupted_and_gone_on_with_it_ends_in_the_same_weights(
    audio_cnn: Command,
    own_tree: Path,
    trained_run: Path,
    tmp_path: Path,
    fast_export: list[Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def train(run: Path, *options: str) -> Any:
        return audio_cnn("train", "--data", own_tree, "--from", trained_run, "--run", run, *QUICK, *options)

    train_epoch = loop.train_epoch

    def stopped_in_the_second(state: TrainingState, *others: Any) -> float:
        if state.epoch == 1:
            raise KeyboardInterrupt
        return train_epoch(state, *others)

    whole, run = tmp_path / "whole", tmp_path / "run"
    train(whole)
    with monkeypatch.context() as patch:
        patch.setattr(loop, "train_epoch", stopped_in_the_second)
        stopped = train(run)
    refused = train(run)
    resumed = train(run, "--resume")

    assert stopped.code == 130
    assert stopped.stderr.splitlines()[-1] == f"audio-cnn: interrupted; go on with: --run {run} --resume"
    assert refused.code == 1
    assert "holds a training already; go on with --resume" in refused.stderr
    assert resumed.code == 0, resumed.stderr
    ours, theirs = (read_tensors(folder / "checkpoint.safetensors")[0] for folder in (run, whole))
    assert all((tensor == theirs[name]).all() for name, tensor in ours.items())
    assert (run / "held_out.json").read_bytes() == (whole / "held_out.json").read_bytes()
    assert train(run, "--resume").stdout == resumed.stdout  # and again, with nothing left to train


def test_a_run_on_other_sounds_is_not_gone_on_with(
    audio_cnn: Command, own_tree: Path, trained_run: Path, tmp_path: Path, fast_export: list[Path]
) -> None:
    data = shutil.copytree(own_tree, tmp_path / "data")
    command = ["train", "--data", data, "--from", trained_run, "--run", tmp_path / "run", *QUICK]
    assert audio_cnn(*command).code == 0
    write_wav(data / "hum" / "recording1.wav", own_sound("hum", 99))

    outcome = audio_cnn(*command, "--resume")

    assert outcome.code == 1
    assert "was trained with other data; start anew in another --run folder" in outcome.stderr


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--from", "nowhere"], f"no file nowhere, and not one of: {', '.join(KNOWN)}"),
        (["--data", "nowhere"], "no such folder: nowhere"),
        (["--data", "ONE"], "has one class only, 'hum', and naming takes two"),
        (["--variants", "x.npz"], "--variants does not go with --from"),
        (["--validate-fold", "2"], "--validate-fold does not go with --from"),
        (["--teacher", "runs/other"], "--teacher does not go with --from"),
        (["--waveform", "echo"], "no waveform change 'echo'"),
        (["--set", "front_end.mel_bands=16"], "the front end is that of the network given with --from"),
        (["--set", "network.channels=[1]"], "the network is the one given with --from"),
        (["--set", "training.epochs=0"], "training.epochs is 0; it must be 1 or more"),
        (["--labels", "none.toml"], "cannot read none.toml"),
        (["--labels", "LABELS"], "no class 'kettle'; there are: beep, hum, whistle"),
        (["--output", "TAKEN"], "it is a folder"),
        (["--device", "abacus"], "unknown device 'abacus'"),
        (["--set", "fine_tuning.fewest_draws=1"], "fine_tuning.fewest_draws is 1; it must be 2 or more"),
    ],
)
def test_errors_are_one_line(
    audio_cnn: Command, own_tree: Path, trained_run: Path, tmp_path: Path, options: list[str], reason: str
) -> None:
    shutil.copytree(own_tree / "hum", tmp_path / "ONE" / "hum")
    (tmp_path / "LABELS").write_text('kettle = "🫖"\n', encoding="utf-8")
    (tmp_path / "TAKEN").mkdir()
    given = [str(tmp_path / one) if one.isupper() else one for one in options]
    command = ["train", "--data", own_tree, "--from", trained_run, "--run", tmp_path / "run", *QUICK]

    outcome = audio_cnn(*command, *given)

    assert outcome.code == 1
    assert reason in outcome.stderr
    assert len(outcome.stderr.splitlines()) == 1
    assert not (tmp_path / "run" / "checkpoint.safetensors").exists()


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--run", "FILE"], "cannot write into {0}: {0} is no folder"),
        (["--run", "FILE/run"], "cannot write into {0}: {0} is no folder"),
        (["--output", "FILE/mine.onnx"], "cannot write into {0}: {0} is no folder"),
        (["--output", "FULL/mine.onnx"], "No space left on device"),
    ],
)
def test_where_nothing_can_be_written_nothing_is_listened_to(
    audio_cnn: Command,
    own_tree: Path,
    trained_run: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    options: list[str],
    reason: str,
) -> None:
    (tmp_path / "FILE").touch()
    make = Path.mkdir

    def unless_full(path: Path, *arguments: Any, **named: Any) -> None:
        if path.name == "FULL":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        make(path, *arguments, **named)

    monkeypatch.setattr(Path, "mkdir", unless_full)
    monkeypatch.setattr(recordings, "read_recordings", None)
    command = ["train", "--data", own_tree, "--from", trained_run, "--run", tmp_path / "run", *QUICK]

    outcome = audio_cnn(*command, options[0], tmp_path / options[1])

    assert outcome.code == 1
    assert reason.format(tmp_path / "FILE") in outcome.stderr


@pytest.mark.parametrize(
    "text", ["kettle = 3", 'kettle = ""', f'kettle = "{"x" * 99}"', 'kettle = "\\u0007"', "kettle", "\xff"]
)
def test_a_labels_file_that_makes_no_sense_is_refused(
    audio_cnn: Command, own_tree: Path, trained_run: Path, tmp_path: Path, text: str
) -> None:
    labels = tmp_path / "labels.toml"
    labels.write_bytes(text.encode("latin-1"))

    outcome = audio_cnn("train", "--data", own_tree, "--from", trained_run, "--labels", labels)

    assert outcome.code == 1
    assert str(labels) in outcome.stderr


@pytest.mark.parametrize("option", [["--output", "x.onnx"], ["--labels", "x.toml"], ["--separate"]])
def test_what_is_only_for_own_classes_says_so(
    audio_cnn: Command, feature_file: Path, tmp_path: Path, option: list[str]
) -> None:
    outcome = audio_cnn("train", "--data", feature_file, "--run", tmp_path / "run", *option)

    assert outcome.code == 1
    assert outcome.stderr.startswith(f"audio-cnn: {option[0]} needs --from")
