"""``audio-cnn evaluate``."""

from __future__ import annotations

import io
import json
import shutil
import sys
from functools import partial
from pathlib import Path

import onnx
import pytest
from conftest import Command
from made_data import CLASSES, set_options
from rich.console import Console

from audio_cnn.cli.figures import hardest, tables
from audio_cnn.evaluation import conditions, rejection
from audio_cnn.evaluation.conditions import CLEAN, CONDITIONS
from audio_cnn.evaluation.percent import percent


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

    assert f"{percent(figures['accuracy'], 2)} of 30 clips" in table
    assert f"{percent(figures['ece'], 2)}" in table
    assert "hardest classes" in table


def test_a_class_that_is_always_right_is_not_hard() -> None:
    assert hardest({"dog": 1.0, "cat": 0.5, "hen": 0.25}) == "hen 25%, cat 50%"
    assert hardest({"dog": 1.0}) == "none: all are right"


def test_a_score_on_what_was_learned_from_comes_with_a_note(
    audio_cnn: Command, model_path: Path, feature_file: Path
) -> None:
    outcomes = [
        audio_cnn("evaluate", "--data", feature_file, "--model", model_path, "--fold", fold)
        for fold in ("1", "5")
    ]

    assert "note: The model learned from fold 1 of its data." in outcomes[0].stderr
    assert "note" not in outcomes[1].stderr


@pytest.mark.parametrize(
    ("record", "note"),
    [
        (
            {"held_out": {"accuracy": 0.75}},
            "note: The model learned classes of one's own. If it learned from these, the figures say "
            "nothing about new sounds. Its held-out accuracy is 75.0%.\n",
        ),
        (
            {"held_out": None},
            "note: The model learned classes of one's own. If it learned from these, the figures say "
            "nothing about new sounds.\n",
        ),
    ],
)
def test_a_score_of_own_classes_comes_with_a_note(
    audio_cnn: Command,
    model_path: Path,
    feature_file: Path,
    tmp_path: Path,
    record: dict[str, object],
    note: str,
) -> None:
    model = with_record(model_path, tmp_path / "own.onnx", {"fine_tuned_from": {"name": "tiny"}, **record})

    outcome = audio_cnn("evaluate", "--data", feature_file, "--model", model, "--fold", "5")

    assert (outcome.code, outcome.stderr) == (0, note)


def with_record(model: Path, copy: Path, record: dict[str, object]) -> Path:
    """A copy of a model file with another record."""
    proto = onnx.load(model)
    (entry,) = proto.metadata_props
    entry.value = json.dumps(json.loads(entry.value) | {"record": record})
    onnx.save(proto, copy)
    return copy


def test_sounds_of_no_class_beside_what_was_learned_from_come_with_a_note(
    few_sounds: None,
    audio_cnn: Command,
    model_path: Path,
    feature_file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one_a_kind = partial(rejection.evaluate_rejection, sounds_a_kind=1)
    monkeypatch.setattr(rejection, "evaluate_rejection", one_a_kind)
    arguments = ["evaluate", "--data", feature_file, "--model", model_path, "--rejection"]

    learned, held_out = (audio_cnn(*arguments, "--fold", fold) for fold in ("1", "5"))

    assert "note: The model learned from fold 1 of its data." in learned.stderr
    assert (held_out.code, held_out.stderr) == (0, "")


def test_conditions_of_what_was_learned_from_come_with_a_note(
    audio_cnn: Command, model_path: Path, class_tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conditions, "CONDITIONS", {CLEAN: CONDITIONS[CLEAN]})

    outcome = audio_cnn(
        "evaluate", "--data", class_tree, "--model", model_path, "--conditions", "--fold", "1"
    )

    assert outcome.code == 0
    assert "note: The model learned from fold 1 of its data." in outcome.stderr


@pytest.mark.parametrize("beyond", [None, "--rejection", "--conditions"])
def test_files_that_cannot_be_read_are_named_and_the_rest_is_scored(
    few_sounds: None,
    audio_cnn: Command,
    model_path: Path,
    class_tree: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    beyond: str | None,
) -> None:
    one_a_kind = partial(rejection.evaluate_rejection, sounds_a_kind=1)
    monkeypatch.setattr(rejection, "evaluate_rejection", one_a_kind)
    monkeypatch.setattr(conditions, "CONDITIONS", {CLEAN: CONDITIONS[CLEAN]})
    data = shutil.copytree(class_tree, tmp_path / "data")
    torn = data / "pig" / "5-torn.wav"
    torn.write_bytes(b"no sound at all")
    options = ["--model", model_path, "--format", "json", *([beyond] if beyond else [])]

    outcome = audio_cnn("evaluate", "--data", data, *options)

    figures = json.loads(outcome.stdout)
    assert outcome.code == 1
    assert f"audio-cnn: left out: {torn}: " in outcome.stderr
    assert figures.get("n", figures.get("known", {}).get("n")) == 30


def test_figures_go_to_a_file(
    audio_cnn: Command, model_path: Path, feature_file: Path, tmp_path: Path
) -> None:
    arguments = ["evaluate", "--data", feature_file, "--model", model_path, "--format", "json"]
    shown = audio_cnn(*arguments).stdout

    outcome = audio_cnn(*arguments, "--output", tmp_path / "figures.json")

    assert (outcome.code, outcome.stdout) == (0, "")
    assert (tmp_path / "figures.json").read_text(encoding="utf-8") == shown
    assert len(list(tmp_path.iterdir())) == 1


def test_brackets_in_a_class_name_are_text() -> None:
    figures = {"accuracy": 0.5, "n": 2, "top3": 1.0, "ece": 0.1, "log_loss": 0.7}
    screen = io.StringIO()

    Console(file=screen, width=100).print(*tables(figures | {"per_class": {"dog [indoor]": 0.5}}))

    assert "dog [indoor] 50%" in screen.getvalue()


@pytest.fixture
def few_sounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two kinds of sounds of no class, and none of the classes, which are soon heard."""
    monkeypatch.setattr(rejection, "kinds_of_none", lambda _names: ["hum", "noise"])
    monkeypatch.setattr(rejection, "SYNTHESISERS", {})


@pytest.mark.slow
def test_sounds_of_no_class_as_json_and_in_words(
    few_sounds: None, audio_cnn: Command, model_path: Path, feature_file: Path
) -> None:
    arguments = ["evaluate", "--data", feature_file, "--fold", "5", "--model", model_path, "--rejection"]

    figures = json.loads(audio_cnn(*arguments, "--format", "json").stdout)
    table = audio_cnn(*arguments).stdout

    assert figures["outside"].keys() == {"hum", "noise", "all"}
    assert figures["known"]["n"] == 6
    assert figures["accepted"] == 0.95
    assert f"not sure below            {percent(figures['least_confidence'], 2)} confidence" in table
    assert f"{figures['outside']['hum']['auroc']:.3f}" in table
    assert figures["made"] is None
    assert "others flagged" in table


def test_made_sounds_of_classes_in_words() -> None:
    known = {"accuracy": 0.8, "n": 10, "flagged": 0.1, "accuracy_accepted": 0.9, "accuracy_flagged": None}
    made = {"n": 8, "accuracy": 0.75, "right_flagged": 0.5, "auroc": 0.875}
    figures = {"known": known, "least_confidence": 0.4, "outside": {}, "made": made, "trade_off": []}
    console = Console(file=io.StringIO(), width=100)

    console.print(*tables(figures))

    assert isinstance(console.file, io.StringIO)
    rows = [line.split() for line in console.file.getvalue().splitlines()]
    assert ["named", "rightly", "75%", "of", "8"] in rows
    assert ["of", "these", "flagged", "50%"] in rows
    assert [*["AUROC", "of", "these", "against", "those", "of", "no", "class"], "0.875"] in rows


@pytest.mark.slow
def test_conditions_in_words_and_as_json(
    audio_cnn: Command, model_path: Path, class_tree: Path, tmp_path: Path
) -> None:
    arguments = ["evaluate", "--data", class_tree, "--fold", "5", "--model", model_path, "--conditions"]

    audio_cnn(*arguments, "--format", "json", "--output", tmp_path / "figures.json")
    table = audio_cnn(*arguments).stdout

    figures = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))
    assert "6 clips" in table
    for name, one in figures["conditions"].items():
        (row,) = [line for line in table.splitlines() if line.startswith(f"{name}  ")]
        assert f"{percent(one['accuracy'], 1)}" in row


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--data", "nowhere"], "no such folder: nowhere"),
        (["--data", "nowhere.npz"], "no such file: nowhere.npz"),
        (["--data", "FEATURES", "--fold", "9"], "no clips in fold 9; the data has folds 1, 2, 3, 4, 5"),
        (["--data", "FEATURES", "--cross-validate", "--set", "training.epoch=1"], "unknown setting"),
        (["--data", "FEATURES", "--cross-validate", "--device", "abacus"], "unknown device 'abacus'"),
        (["--data", "FEATURES", "--cross-validate", "--seeds", "1,1"], "--seeds 1,1: give a number of seeds"),
        (["--data", "FEATURES", "--jobs", "2"], "--jobs is about trainings; it needs --cross-validate"),
        (["--data", "FEATURES", "--member", "cv"], "--member is about trainings; it needs --cross-validate"),
        (
            ["--data", "FEATURES", "--cross-validate", "--member", "cv", "--threads", "1"],
            "is about trainings; with --member nothing is trained",
        ),
        (["--data", "FEATURES", "--seeds", "2"], "--seeds is about trainings; it needs --cross-validate"),
        (["--data", "FEATURES", "--config", "none.toml"], "--config is about trainings"),
        (["--data", "FEATURES", "--set", "nonsense=3"], "--set is about trainings"),
        (["--data", "FEATURES", "--variants", "none.npz"], "--variants is about trainings"),
        (["--data", "FEATURES", "--waveform", "echo"], "--waveform is about trainings"),
        (["--data", "FEATURES", "--device", "auto"], "--device is about trainings"),
        (["--data", "FEATURES", "--threads", "1"], "--threads is about trainings"),
        (["--data", "FEATURES", "--rejection", "--run", "nowhere"], "--run is about trainings"),
        (
            ["--data", "FEATURES", "--cross-validate", "--model", "MODEL"],
            "--model does not go with --cross-validate",
        ),
        (["--data", "FEATURES", "--report", "FEATURES"], "features.npz is no folder"),
        (["--data", "FEATURES", "--cross-validate", "--rejection"], "are three commands; give one of them"),
        (["--data", "FEATURES", "--conditions"], "holds no sounds that could be changed"),
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
    places = {"FEATURES": str(feature_file), "MODEL": str(model_path)}
    given = [places.get(argument, argument) for argument in arguments]
    if "--cross-validate" in given:
        given = [*set_options(), "--run", str(tmp_path), *given]
    else:
        given = ["--model", str(model_path), *given]

    outcome = audio_cnn("evaluate", *given)

    assert outcome.code == 1
    assert reason in outcome.stderr
    assert len(outcome.stderr.splitlines()) == 1
    assert outcome.stdout == ""


@pytest.mark.slow
def test_report_of_a_model(audio_cnn: Command, model_path: Path, esc50_tree: Path, tmp_path: Path) -> None:
    arguments = ["evaluate", "--data", esc50_tree, "--model", model_path, "--format", "json"]
    unseen = audio_cnn(*arguments, "--fold", "5", "--report", tmp_path / "unseen")
    seen = audio_cnn(*arguments, "--report", tmp_path / "seen")

    read = {
        name: json.loads((tmp_path / name / "report.json").read_text(encoding="utf-8"))
        for name in ("unseen", "seen")
    }
    assert json.loads(seen.stdout)["accuracy"] == read["seen"]["accuracy"]
    assert json.loads(unseen.stdout)["n"] == read["unseen"]["n"] == 6
    assert read["unseen"]["warning"] is None
    assert "learned from folds 1, 2, 3 and 4 of its data" in read["seen"]["warning"]
    assert (tmp_path / "unseen" / "predictions.csv").read_text().splitlines()[1].startswith("audio/5-")


def test_without_the_report_extra_the_way_out_is_shown(
    audio_cnn: Command, feature_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)

    outcome = audio_cnn("evaluate", "--data", feature_file, "--report", tmp_path / "report")

    assert outcome.code == 1
    assert "pip install 'audio-cnn[report]'" in outcome.stderr


def test_data_is_needed(audio_cnn: Command) -> None:
    assert audio_cnn("evaluate").code == 2
