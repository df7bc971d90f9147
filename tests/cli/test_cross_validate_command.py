"""``audio-cnn evaluate --cross-validate``."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest
import torch
from conftest import Command
from made_data import CLASSES, TINY_SETTINGS, set_options

from audio_cnn.cli.cross_validation import read_seeds
from audio_cnn.errors import ConfigError
from audio_cnn.evaluation.percent import percent
from audio_cnn.training.checkpoint import finished_epochs, finished_network
from audio_cnn.training.lock import alone_in
from audio_cnn.training.tensors import read_tensors

pytestmark = pytest.mark.slow


def test_cross_validation_as_json(cross_validation: Path) -> None:
    figures = json.loads(cross_validation.with_suffix(".json").read_text(encoding="utf-8"))

    assert figures == json.loads((cross_validation / "cross_validation.json").read_text(encoding="utf-8"))
    assert figures.keys() == {
        "mean_accuracy",
        "sd_accuracy",
        "temperature",
        "familiarity",
        "ece",
        "rejection",
        "folds",
        "recipe",
        "pooled",
    }
    assert figures["folds"].keys() == {"1", "2", "3", "4", "5"}
    assert figures["mean_accuracy"] == pytest.approx(sum(figures["folds"].values()) / 5, abs=1e-5)
    assert figures["mean_accuracy"] == pytest.approx(figures["pooled"]["accuracy"], abs=1e-5)
    assert figures["pooled"]["n"] == 30
    assert figures["pooled"]["per_class"].keys() == set(CLASSES)


def test_cross_validation_in_words(audio_cnn: Command, cross_validation: Path, feature_file: Path) -> None:
    figures = json.loads((cross_validation / "cross_validation.json").read_text(encoding="utf-8"))
    options = [*set_options("training.epochs=4"), "--run", cross_validation]  # finished: nothing is trained

    outcome = audio_cnn("evaluate", "--data", feature_file, "--cross-validate", *options)

    assert outcome.code == 0
    assert f"{percent(figures['mean_accuracy'], 2)}" in outcome.stdout
    assert all(f"fold {fold}" in outcome.stdout for fold in range(1, 6))


@pytest.mark.parametrize(
    ("text", "seeds"), [(None, []), ("3", [0, 1, 2]), ("0,1,2", [0, 1, 2]), ("7,3", [7, 3]), ("5,", [5])]
)
def test_seeds_as_a_number_or_a_list(text: str | None, seeds: list[int]) -> None:
    assert read_seeds(text) == seeds


@pytest.mark.parametrize("text", ["", ",", "0", "-1", "1,-2", "2,2", "two", "1.5", "1 2"])
def test_seeds_that_make_no_sense(text: str) -> None:
    with pytest.raises(ConfigError, match="give a number of seeds, as in 3, or different ones"):
        read_seeds(text)


@pytest.mark.slow
def test_report_of_a_cross_validation(
    audio_cnn: Command, cross_validation: Path, feature_file: Path, tmp_path: Path
) -> None:
    options = [*set_options("training.epochs=4"), "--run", cross_validation]  # finished: nothing is trained

    outcome = audio_cnn(
        "evaluate",
        "--data",
        feature_file,
        "--cross-validate",
        *options,
        "--report",
        tmp_path / "new" / "report",
    )

    report = json.loads((tmp_path / "new" / "report" / "report.json").read_text(encoding="utf-8"))
    figures = json.loads((cross_validation / "cross_validation.json").read_text(encoding="utf-8"))
    page = (tmp_path / "new" / "report" / "report.html").read_text(encoding="utf-8")
    assert outcome.code == 0, outcome.stderr
    assert outcome.stderr.splitlines()[-1] == f"report: {tmp_path / 'new' / 'report' / 'report.html'}"
    assert report["mean_of_folds"] == figures["mean_accuracy"]
    assert report["sd_of_folds"] == figures["sd_accuracy"]
    assert {str(one["fold"]): one["accuracy"] for one in report["trainings"]} == figures["folds"]
    assert report["recipe"]["name"] == "tiny"
    assert "last averaged weights, no epoch chosen" in page
    assert "4 epochs of batches of 8, seed 0" in page


@pytest.mark.slow
def test_side_by_side_ends_in_the_same_weights(
    audio_cnn: Command, cross_validation: Path, feature_file: Path, tmp_path: Path
) -> None:
    options = [*set_options("training.epochs=4"), "--run", tmp_path, "--fold", "1", "--fold", "2"]
    many = ["--jobs", "2", "--threads", "1"]  # more threads add up in another order

    outcome = audio_cnn("evaluate", "--data", feature_file, "--cross-validate", *options, *many)

    assert outcome.code == 0, outcome.stderr
    assert {"fold 1  epoch 4/4", "fold 2  epoch 4/4"} <= {line[:17] for line in outcome.stderr.splitlines()}
    for fold in ("fold1", "fold2"):
        ours, _metadata = read_tensors(tmp_path / fold / "checkpoint.safetensors")
        theirs, _metadata = read_tensors(cross_validation / fold / "checkpoint.safetensors")
        assert all(torch.equal(tensor, theirs[name]) for name, tensor in ours.items())


@pytest.mark.slow
def test_each_fold_is_taught_by_networks_that_have_not_heard_it(
    audio_cnn: Command, cross_validation: Path, feature_file: Path, tmp_path: Path
) -> None:
    options = [*set_options("training.epochs=1"), "--run", tmp_path, "--fold", "1", "--fold", "2"]
    taught = ["--teacher", cross_validation]

    outcome = audio_cnn("evaluate", "--data", feature_file, "--cross-validate", *options, *taught)

    assert outcome.code == 0, outcome.stderr
    for fold in ("fold1", "fold2"):
        (teacher,) = finished_network(tmp_path / fold / "checkpoint.safetensors").record["teachers"]
        given = (cross_validation / fold / "checkpoint.safetensors").read_bytes()
        assert teacher["sha256"] == hashlib.sha256(given).hexdigest()


def test_side_by_side_nothing_begins_where_a_fold_lacks_its_teacher(
    audio_cnn: Command, cross_validation: Path, feature_file: Path, tmp_path: Path
) -> None:
    shutil.copytree(cross_validation / "fold1", tmp_path / "teachers" / "fold1")
    options = [*set_options(), "--run", tmp_path / "run", "--fold", "1", "--fold", "2"]
    taught = ["--teacher", tmp_path / "teachers", "--jobs", "2"]

    outcome = audio_cnn("evaluate", "--data", feature_file, "--cross-validate", *options, *taught)

    assert outcome.code == 1
    assert f"no network '{tmp_path / 'teachers' / 'fold2'}'" in outcome.stderr
    assert not (tmp_path / "run").exists()


def two_presets(folder: Path, second: str) -> list[str | Path]:
    """Arguments for two: one of defaults, and one of these settings."""
    (folder / "first.toml").touch()
    (folder / "second.toml").write_text(second)
    return ["--config", folder / "first.toml", "--config", folder / "second.toml"]


@pytest.mark.slow
def test_of_two_presets_each_is_trained_and_their_mean_is_scored(
    audio_cnn: Command, feature_file: Path, tmp_path: Path
) -> None:
    settings = [f"--set={text}" for text in TINY_SETTINGS if not text.startswith("name=")]
    presets = two_presets(tmp_path, 'network.family = "mobilenet"\nnetwork.expansion = 3')
    options = [*settings, "--set=training.seed=4", *presets, "--fold", "1", "--fold", "2"]
    both, again = tmp_path / "both", tmp_path / "again"

    outcome = audio_cnn("evaluate", "--data", feature_file, "--cross-validate", *options, "--run", both)

    assert outcome.code == 0, outcome.stderr
    for name in ("first", "second"):
        seed = finished_network(both / name / "fold2" / "checkpoint.safetensors").config.training.seed
        assert seed == 4
    members = ["--member", both / "first", "--member", both / "second", "--fold", "1", "--fold", "2"]
    audio_cnn("evaluate", "--data", feature_file, "--cross-validate", *members, "--run", again)
    assert (both / "cross_validation.json").read_bytes() == (again / "cross_validation.json").read_bytes()


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        ('name = "first"', "kept in folders of their names, which must differ"),
        ("front_end.fmax_hz = 7000", "the front end of second is not that of first"),
        ("network.blocks = [1, 1]\nnetwork.channels = [8, 16]", "all with the same number of layers"),
        ("network.block = [1, 1]", "unknown setting"),
    ],
)
def test_presets_that_do_not_go_together_are_refused_before_any_training(
    audio_cnn: Command, feature_file: Path, tmp_path: Path, second: str, reason: str
) -> None:
    options = ["--cross-validate", *two_presets(tmp_path, second), "--run", tmp_path / "both"]

    outcome = audio_cnn("evaluate", "--data", feature_file, *options)

    assert outcome.code == 1
    assert reason in outcome.stderr
    assert not (tmp_path / "both").exists()


@pytest.mark.long
def test_side_by_side_a_fold_that_fails_does_not_stop_the_others(
    audio_cnn: Command, feature_file: Path, tmp_path: Path
) -> None:
    options = [*set_options("training.epochs=1"), "--run", tmp_path, "--fold", "1", "--fold", "2"]

    with alone_in(tmp_path / "fold1"):
        outcome = audio_cnn("evaluate", "--data", feature_file, "--cross-validate", *options, "--jobs", "2")

    log = tmp_path / "fold1" / "output.log"
    assert outcome.code == 1
    assert f"{tmp_path / 'fold1'} failed: another process is training in" in outcome.stderr
    assert f"what it said is in {log}" in outcome.stderr
    assert "1 of 2 trainings failed" in outcome.stderr.splitlines()[-1]
    assert "another process is training in" in log.read_text(encoding="utf-8")
    assert finished_epochs(tmp_path / "fold2" / "checkpoint.safetensors") == 1
    assert not (tmp_path / "cross_validation.json").exists()
