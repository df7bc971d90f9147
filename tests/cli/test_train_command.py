"""``audio-cnn train``; that it trains is seen in ``tests/training``, here is how it is spoken to."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import Command
from made_data import RATE_HZ, class_sound, set_options, write_wav

from audio_cnn.training import loop
from audio_cnn.training.checkpoint import finished_network
from audio_cnn.training.lock import alone_in
from audio_cnn.training.state import TrainingState
from audio_cnn.training.tensors import read_tensors


@pytest.mark.slow
@pytest.mark.parametrize("data", ["esc50_tree", "class_tree", "feature_file"])
def test_one_epoch_on_each_layout(
    audio_cnn: Command, data: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    options = [*set_options("training.epochs=1"), "--validate-fold", "2", "--threads", "1", "--device", "cpu"]

    outcome = audio_cnn("train", "--data", request.getfixturevalue(data), "--run", tmp_path / "run", *options)

    finished = finished_network(tmp_path / "run" / "checkpoint.safetensors")
    assert outcome.code == 0, outcome.stderr
    assert f"{tmp_path / 'run'}: 1 epochs, loss" in outcome.stdout
    assert "on fold 2" in outcome.stdout
    assert f"next: audio-cnn export {tmp_path / 'run'}" in outcome.stdout
    assert finished.record["folds"] == [1, 3, 4, 5]
    assert len(finished.record["history"]) == 1


def test_folds_may_be_counted_from_0(audio_cnn: Command, feature_file: Path, tmp_path: Path) -> None:
    with np.load(feature_file) as features:
        np.savez(tmp_path / "from0.npz", **{**features, "fold": features["fold"] - 1})
    options = [*set_options("training.epochs=1"), "--validate-fold", "0", "--run", tmp_path / "run"]

    outcome = audio_cnn("train", "--data", tmp_path / "from0.npz", *options)

    assert outcome.code == 0, outcome.stderr
    assert "on fold 0" in outcome.stdout


@pytest.mark.slow
def test_what_is_not_learned_from_is_said(audio_cnn: Command, class_tree: Path, tmp_path: Path) -> None:
    data = shutil.copytree(class_tree, tmp_path / "data")
    late = np.concatenate([np.zeros(RATE_HZ, np.float32), class_sound("dog", 0)])
    write_wav(data / "dog" / "late.wav", late)
    (data / "pig" / "torn.wav").write_bytes(b"no sound at all")
    arguments = ["--data", data, *set_options("training.epochs=1")]

    trained = audio_cnn("train", "--run", tmp_path / "run", *arguments)
    validated = audio_cnn("evaluate", "--cross-validate", "--run", tmp_path / "cv", "--fold", "1", *arguments)

    for outcome in (trained, validated):
        notes = outcome.stderr.splitlines()
        assert outcome.code == 0, outcome.stderr
        assert notes[0].startswith(f"audio-cnn: left out: {data / 'pig' / 'torn.wav'}: ")
        assert notes[1] == (
            "audio-cnn: 1 of 31 files are longer than 1 s: only their first 1 s are learned from; "
            "train --from uses all of them"
        )
        assert notes[2] == (
            f"audio-cnn: 1 of 31 files are silent for 1 s at first, as {data / 'dog' / 'late.wav'} is"
        )


def test_a_class_that_cannot_be_read_is_named(audio_cnn: Command, class_tree: Path, tmp_path: Path) -> None:
    data = shutil.copytree(class_tree, tmp_path / "data")
    (data / "saw").mkdir()
    (data / "saw" / "torn.wav").write_bytes(b"no sound at all")

    outcome = audio_cnn("train", "--run", tmp_path / "run", "--data", data, *set_options())

    assert outcome.code == 1
    assert "no clip of the class 'saw' can be read" in outcome.stderr.splitlines()[-1]


def test_waveform_changes_become_variants(audio_cnn: Command, esc50_tree: Path, tmp_path: Path) -> None:
    options = [*set_options("training.epochs=1"), "--waveform", "noise", "--waveform", "mix"]

    outcome = audio_cnn("train", "--data", esc50_tree, "--run", tmp_path / "run", *options)

    assert outcome.code == 0, outcome.stderr
    _tensors, metadata = read_tensors(tmp_path / "run" / "checkpoint.safetensors")
    assert json.loads(metadata["state"])["data"]["variants"] == 3


def test_a_preset_file_and_single_settings(audio_cnn: Command, feature_file: Path, tmp_path: Path) -> None:
    preset = tmp_path / "mine.toml"
    preset.write_text("[training]\nepochs = 99\nseed = 5\n", encoding="utf-8")
    options = ["--config", preset, *set_options("training.epochs=1", "name=mine")]

    outcome = audio_cnn("train", "--data", feature_file, "--run", tmp_path / "run", *options)

    recipe = json.loads((tmp_path / "run" / "config.json").read_text(encoding="utf-8"))
    assert outcome.code == 0, outcome.stderr
    assert (recipe["name"], recipe["training"]["epochs"], recipe["training"]["seed"]) == ("mine", 1, 5)


@pytest.mark.slow
def test_a_teacher_must_not_have_heard_what_is_left_out(
    audio_cnn: Command, cross_validation: Path, feature_file: Path, tmp_path: Path
) -> None:
    teacher = ["--teacher", cross_validation / "fold5"]
    arguments = ["train", "--data", feature_file, *teacher, *set_options("training.epochs=1")]

    taught = audio_cnn(*arguments, "--run", tmp_path / "taught", "--validate-fold", "5")
    leaking = audio_cnn(*arguments, "--run", tmp_path / "leaking", "--validate-fold", "4")

    assert taught.code == 0, taught.stderr
    assert len(finished_network(tmp_path / "taught" / "checkpoint.safetensors").record["teachers"]) == 1
    assert leaking.code == 1
    assert "fold5 cannot teach: it has learned from fold 4, which is left out here" in leaking.stderr


def test_a_run_is_not_trained_over(audio_cnn: Command, trained_run: Path, feature_file: Path) -> None:
    before = (trained_run / "checkpoint.safetensors").read_bytes()

    outcome = audio_cnn("train", "--data", feature_file, "--run", trained_run, *set_options())

    assert outcome.code == 1
    assert "holds a training already; go on with --resume" in outcome.stderr
    assert (trained_run / "checkpoint.safetensors").read_bytes() == before


def test_a_run_that_another_process_trains_is_left_alone(
    audio_cnn: Command, feature_file: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    run.mkdir()
    (run / "log.jsonl").write_text("theirs\n", encoding="utf-8")

    with alone_in(run):
        outcome = audio_cnn("train", "--data", feature_file, "--run", run, *set_options(), "--resume")

    assert outcome.code == 1
    assert f"another process is training in {run}" in outcome.stderr
    assert (run / "log.jsonl").read_text(encoding="utf-8") == "theirs\n"


def test_an_interrupted_run_says_how_it_goes_on(
    audio_cnn: Command, feature_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = tmp_path / "run"
    arguments = ["train", "--data", feature_file, "--run", run, *set_options("training.epochs=2")]
    train_epoch = loop.train_epoch

    def stopped_in_the_second(state: TrainingState, *others: Any) -> float:
        if state.epoch == 1:
            raise KeyboardInterrupt
        return train_epoch(state, *others)

    with monkeypatch.context() as patch:
        patch.setattr(loop, "train_epoch", stopped_in_the_second)
        stopped = audio_cnn(*arguments)
    resumed = audio_cnn(*arguments, "--resume")

    assert (stopped.code, stopped.stdout) == (130, "")
    assert stopped.stderr.splitlines()[-1] == f"audio-cnn: interrupted; go on with: --run {run} --resume"
    assert resumed.code == 0, resumed.stderr
    assert "epoch 1/2" not in resumed.stderr
    assert "epoch 2/2" in resumed.stderr
    assert resumed.stdout.startswith(f"{run}: 2 epochs, loss ")


def test_a_run_needs_a_folder(audio_cnn: Command, feature_file: Path, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.touch()

    for command in (["train"], ["evaluate", "--cross-validate"]):
        outcome = audio_cnn(*command, "--data", feature_file, "--run", taken / "run", *set_options())

        assert outcome.code == 1
        assert outcome.stderr == f"audio-cnn: cannot write into {taken / 'run'}: {taken} is no folder\n"


@pytest.mark.parametrize("given", [["--data", "x"], ["--run", "x"]])
def test_data_and_run_are_needed(audio_cnn: Command, given: list[str]) -> None:
    assert audio_cnn("train", *given).code == 2


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--set", "training.epoch=1"], "unknown setting 'training.epoch'"),
        (["--set", "training.epochs=0"], "training.epochs is 0; it must be 1 or more"),
        (["--config", "none.toml"], "cannot read the configuration none.toml"),
        (["--waveform", "echo"], "no waveform change 'echo'; there are: noise, stretch,"),
        (["--validate-fold", "9"], "no clips in fold 9"),
        (["--device", "abacus"], "unknown device 'abacus'"),
        (["--set", "network.family=transformer"], "no network family 'transformer'"),
        (["--set", "network.channels=[8]"], "blocks and channels"),
        (["--set", "front_end.frames=60"], "the recipe wants (32, 60)"),
        (["--waveform", "noise"], "--waveform changes sounds, and"),
        (["--data", "nowhere"], "no such folder: nowhere"),
    ],
)
def test_errors_are_one_line(
    audio_cnn: Command, feature_file: Path, tmp_path: Path, options: list[str], reason: str
) -> None:
    arguments = ["train", "--data", feature_file, "--run", tmp_path / "run", *set_options(), *options]

    outcome = audio_cnn(*arguments)

    assert outcome.code == 1
    assert outcome.stderr.startswith("audio-cnn: ")
    assert reason in outcome.stderr
    assert len(outcome.stderr.splitlines()) == 1
    assert not (tmp_path / "run" / "checkpoint.safetensors").exists()


def test_without_the_training_extra_the_way_out_is_shown(
    audio_cnn: Command, feature_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tensorboard", None)

    outcome = audio_cnn("train", "--data", feature_file, "--run", tmp_path / "run")

    assert outcome.code == 1
    assert "pip install 'audio-cnn[train]'" in outcome.stderr


@pytest.mark.slow
def test_a_class_that_no_fold_but_one_has_is_named(
    audio_cnn: Command, class_tree: Path, tmp_path: Path
) -> None:
    data = shutil.copytree(class_tree, tmp_path / "data")
    shutil.rmtree(data / "dog")
    for take in range(6):
        write_wav(data / "dog" / f"{'yard' if take else 'street'}-{take}.wav", class_sound("dog", take))

    outcome = audio_cnn("train", "--run", tmp_path / "run", "--data", data, *set_options("training.epochs=1"))

    assert "audio-cnn: not in every fold, though of as many clips: dog. Files called" in outcome.stderr
