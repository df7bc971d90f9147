"""``audio-cnn evaluate``."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from conftest import Command
from made_data import CLASSES, set_options
from rich.console import Console

from audio_cnn.cli.evaluate import _table


@pytest.mark.parametrize("data", ["esc50_tree", "class_tree", "feature_file"])
def test_json_has_the_promised_keys(
    audio_cnn: Command, model_path: Path, data: str, request: pytest.FixtureRequest
) -> None:
    path = request.getfixturevalue(data)

    outcome = audio_cnn("evaluate", "--data", path, "--fold", "5", "--model", model_path, "--format", "json")

    figures = json.loads(outcome.stdout)
    assert outcome.code == 0
    assert figures.keys() >= {"accuracy", "n", "per_class", "ece"}
    assert figures["n"] == 6
    assert figures["per_class"].keys() == set(CLASSES)
    assert 0 <= figures["ece"] <= 1
    assert figures["accuracy"] == pytest.approx(sum(figures["per_class"].values()) / 3, abs=1e-5)


def test_the_table_says_the_same(audio_cnn: Command, model_path: Path, feature_file: Path) -> None:
    arguments = ["evaluate", "--data", feature_file, "--model", model_path]
    figures = json.loads(audio_cnn(*arguments, "--format", "json").stdout)

    table = audio_cnn(*arguments).stdout

    assert f"{figures['accuracy']:.2%} of 30 clips" in table
    assert f"{figures['ece']:.2%}" in table
    assert "hardest classes" in table


def test_figures_go_to_a_file(
    audio_cnn: Command, model_path: Path, feature_file: Path, tmp_path: Path
) -> None:
    arguments = ["evaluate", "--data", feature_file, "--model", model_path, "--format", "json"]
    shown = audio_cnn(*arguments).stdout

    outcome = audio_cnn(*arguments, "--output", tmp_path / "figures.json")

    assert (outcome.code, outcome.stdout) == (0, "")
    assert (tmp_path / "figures.json").read_text(encoding="utf-8") == shown
    assert len(list(tmp_path.iterdir())) == 1


def test_cross_validation_as_json(cross_validation: Path) -> None:
    figures = json.loads(cross_validation.with_suffix(".json").read_text(encoding="utf-8"))

    assert figures == json.loads((cross_validation / "cross_validation.json").read_text(encoding="utf-8"))
    assert figures.keys() == {"mean_accuracy", "sd_accuracy", "temperature", "ece", "folds", "pooled"}
    assert figures["folds"].keys() == {"1", "2", "3", "4", "5"}
    assert figures["mean_accuracy"] == pytest.approx(sum(figures["folds"].values()) / 5, abs=1e-5)
    assert figures["mean_accuracy"] == pytest.approx(figures["pooled"]["accuracy"], abs=1e-5)
    assert figures["pooled"]["n"] == 30
    assert figures["pooled"]["per_class"].keys() == set(CLASSES)


def test_brackets_in_a_class_name_are_text() -> None:
    figures = {"accuracy": 0.5, "n": 2, "top3": 1.0, "ece": 0.1, "log_loss": 0.7}
    screen = io.StringIO()

    Console(file=screen, width=100).print(_table(figures | {"per_class": {"dog [indoor]": 0.5}}))

    assert "dog [indoor] 50%" in screen.getvalue()


def test_cross_validation_in_words(audio_cnn: Command, cross_validation: Path, feature_file: Path) -> None:
    figures = json.loads((cross_validation / "cross_validation.json").read_text(encoding="utf-8"))
    options = [*set_options("training.epochs=4"), "--run", cross_validation]  # finished: nothing is trained

    outcome = audio_cnn("evaluate", "--data", feature_file, "--cross-validate", *options)

    assert outcome.code == 0
    assert f"{figures['mean_accuracy']:.2%}" in outcome.stdout
    assert all(f"fold {fold}" in outcome.stdout for fold in range(1, 6))


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--data", "nowhere"], "no such folder: nowhere"),
        (["--data", "nowhere.npz"], "no such file: nowhere.npz"),
        (["--data", "FEATURES", "--fold", "9"], "no clips in fold 9; the data has folds 1, 2, 3, 4, 5"),
        (["--data", "FEATURES", "--cross-validate", "--set", "training.epoch=1"], "unknown setting"),
        (["--data", "FEATURES", "--cross-validate", "--device", "abacus"], "unknown device 'abacus'"),
    ],
)
def test_errors_are_one_line(
    audio_cnn: Command,
    model_path: Path,
    feature_file: Path,
    tmp_path: Path,
    arguments: list[str],
    reason: str,
) -> None:
    given = [str(feature_file) if argument == "FEATURES" else argument for argument in arguments]
    if "--cross-validate" in given:
        given = [*set_options(), "--run", str(tmp_path), *given]

    outcome = audio_cnn("evaluate", *given, "--model", model_path)

    assert outcome.code == 1
    assert reason in outcome.stderr
    assert len(outcome.stderr.splitlines()) == 1
    assert outcome.stdout == ""


def test_data_is_needed(audio_cnn: Command) -> None:
    assert audio_cnn("evaluate").code == 2
