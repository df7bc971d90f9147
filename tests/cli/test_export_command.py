"""``audio-cnn export``; what it makes is seen in ``tests/export``, here is how it is spoken to."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import Command

from audio_cnn.evaluation.rejection import ACCEPTED
from audio_cnn.export import onnx_file, parity
from audio_cnn.network.finished import FinishedNetwork
from audio_cnn.prediction.model_file import Rejection
from audio_cnn.training import base
from audio_cnn.training.loading import load_network


@pytest.fixture
def fast_export(monkeypatch: pytest.MonkeyPatch, model_path: Path) -> list[dict[str, Any]]:
    """The model file that is there already stands in for the one that would be made; how it would be."""
    asked: list[dict[str, Any]] = []

    def copy(_file: object, path: Path, **options: Any) -> None:
        asked.append(options)
        shutil.copy(model_path, path)

    monkeypatch.setattr(onnx_file, "export_model", copy)
    return asked


def test_a_card_enters_the_record(model_path: Path) -> None:
    assert load_network(model_path).record["licence"] == "made up"


def test_what_is_usual_comes_from_the_cross_validation(model_path: Path, cross_validation: Path) -> None:
    figures = json.loads((cross_validation / "cross_validation.json").read_text(encoding="utf-8"))
    familiarity = load_network(model_path).network.familiarity

    assert float(familiarity.usual) == pytest.approx(figures["familiarity"]["usual"])
    assert float(familiarity.doubt) == pytest.approx(figures["familiarity"]["doubt"])


def test_a_model_file_can_be_exported_again(
    fast_export: None, audio_cnn: Command, model_path: Path, cross_validation: Path, tmp_path: Path
) -> None:
    again = tmp_path / "again.onnx"

    outcome = audio_cnn("export", model_path, "--cross-validation", cross_validation, "--output", again)

    assert outcome.code == 0, outcome.stderr
    assert f"{again}: 0.1 MB, differs from the trained network by at most" in outcome.stdout


@pytest.mark.parametrize("record", ["cross_validation", "held_out", "few", "damaged", "neither"])
def test_a_network_that_is_exported_again_keeps_its_calibration(
    fast_export: list[dict[str, Any]],
    audio_cnn: Command,
    model_path: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    record: str,
) -> None:
    file = load_network(model_path)
    figures = file.record["cross_validation"]
    records = {
        "cross_validation": {"cross_validation": figures},
        "held_out": {"held_out": {"temperature": 1.25, "rejection": figures["rejection"]}},
        "few": {"held_out": {"temperature": 1.25, "rejection": None}},
        "damaged": {"held_out": {"temperature": 1.25, "rejection": [3, {"accepted": "all"}]}},
        "neither": {"held_out": None, "cross_validation": "yes"},
    }
    monkeypatch.setattr(base, "load_network", lambda _: replace(file, record=records[record]))
    monkeypatch.setattr(parity, "largest_difference", lambda *_: 0.0)

    outcome = audio_cnn("export", model_path, "--output", tmp_path / "again.onnx")

    (threshold,) = (row["least_confidence"] for row in figures["rejection"] if row["accepted"] == 0.95)
    assert outcome.code == 0, outcome.stderr
    assert fast_export == [
        {
            "cross_validation": {
                "temperature": figures["temperature"],
                "rejection": Rejection(threshold, 0.95),
            },
            "held_out": {"temperature": 1.25, "rejection": Rejection(threshold, 0.95)},
            "few": {"temperature": 1.25, "rejection": None},
            "damaged": {"temperature": 1.25, "rejection": None},
            "neither": {"temperature": 1.0, "rejection": None},
        }[record]
    ]


@pytest.mark.parametrize(
    ("stated", "options", "accepted"),
    [(0.9, [], 0.9), (0.9, ["--accept", "0.98"], 0.98), ("all", [], 0.95), (None, ["--accept", "0.9"], 0.9)],
)
def test_the_share_to_accept_is_kept(
    fast_export: list[dict[str, Any]],
    audio_cnn: Command,
    model_path: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    stated: object,
    options: list[str],
    accepted: float,
) -> None:
    file = load_network(model_path)
    record = file.record | ({} if stated is None else {"accept": stated})
    monkeypatch.setattr(base, "load_network", lambda _: replace(file, record=record))
    monkeypatch.setattr(parity, "largest_difference", lambda *_: 0.0)

    outcome = audio_cnn("export", model_path, "--output", tmp_path / "again.onnx", *options)

    assert outcome.code == 0, outcome.stderr
    assert [made["rejection"].accepted for made in fast_export] == [accepted]
    assert record.get("accept") == (accepted if options else stated)


@pytest.mark.parametrize(
    ("source", "output", "made"),
    [
        ("runs/v1.2", None, "v1.2.onnx"),
        (".", None, "v1.2.onnx"),
        ("runs/v1.2", "new/mine.v3", "mine.v3"),
        ("runs/v1.2", "new/mine.onnx", "mine.onnx"),
    ],
)
def test_names_of_what_is_made(
    fast_export: None,
    audio_cnn: Command,
    trained_run: Path,
    cross_validation: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    source: str,
    output: str | None,
    made: str,
) -> None:
    run = tmp_path / "runs" / "v1.2"
    shutil.copytree(trained_run, run)
    before = sorted(run.rglob("*"))
    monkeypatch.chdir(run if source == "." else tmp_path)

    options = ["--output", output] if output else []
    outcome = audio_cnn("export", source, "--cross-validation", cross_validation, *options)

    folder = tmp_path / "new" if output else run.parent
    assert outcome.code == 0, outcome.stderr
    assert sorted(path.name for path in folder.iterdir() if path.is_file()) == [made]
    assert sorted(run.rglob("*")) == before


def test_a_folder_cannot_be_the_model_file(
    fast_export: None, audio_cnn: Command, trained_run: Path, tmp_path: Path
) -> None:
    taken = tmp_path / "taken"
    taken.mkdir()

    outcome = audio_cnn("export", trained_run, "--output", taken)

    assert outcome.code == 1
    assert outcome.stderr == f"audio-cnn: cannot write {taken}: it is a folder\n"
    assert list(tmp_path.iterdir()) == [taken]


@pytest.mark.parametrize("sources", [["MODEL"], ["RUN", "RUN"]])
def test_where_to_has_to_be_said_but_for_a_run_folder(
    fast_export: None, audio_cnn: Command, trained_run: Path, model_path: Path, sources: list[str]
) -> None:
    places = {"RUN": trained_run, "MODEL": model_path}

    outcome = audio_cnn("export", *(places[one] for one in sources))

    assert outcome.code == 1
    assert outcome.stderr == (
        "audio-cnn: --output is missing: where to is clear only for a single run folder\n"
    )


def test_figures_are_those_of_the_network(
    fast_export: None, audio_cnn: Command, trained_run: Path, cross_validation: Path, tmp_path: Path
) -> None:
    """Those of shorter trainings are taken, and said to be so; those of another network are not."""
    figures = json.loads((cross_validation / "cross_validation.json").read_text(encoding="utf-8"))
    figures["recipe"]["network"]["squeeze"] = 2
    (tmp_path / "cross_validation.json").write_text(json.dumps(figures), encoding="utf-8")
    output = ["--output", tmp_path / "out.onnx"]

    other = audio_cnn("export", trained_run, "--cross-validation", tmp_path, *output)
    shorter = audio_cnn("export", trained_run, "--cross-validation", cross_validation, *output)

    assert other.code == 1
    assert "the cross-validation of another network: network.squeeze 2, here 0" in other.stderr
    assert shorter.code == 0
    assert "of another training: training.epochs 4, here 12" in shorter.stderr


def test_an_older_cross_validation_gives_no_threshold_and_says_so(
    fast_export: None, audio_cnn: Command, trained_run: Path, cross_validation: Path, tmp_path: Path
) -> None:
    figures = json.loads((cross_validation / "cross_validation.json").read_text(encoding="utf-8"))
    del figures["rejection"]
    (tmp_path / "cross_validation.json").write_text(json.dumps(figures), encoding="utf-8")

    outcome = audio_cnn("export", trained_run, "--cross-validation", tmp_path, "-o", tmp_path / "old.onnx")

    assert outcome.code == 0
    assert "it will never say that it is not sure" in outcome.stderr


@pytest.mark.parametrize(("difference", "said"), [(0.01, "1.0e-02"), (float("nan"), "nan")])
def test_a_file_that_is_off_is_not_handed_over_and_replaces_nothing(
    fast_export: None,
    audio_cnn: Command,
    trained_run: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    difference: float,
    said: str,
) -> None:
    monkeypatch.setattr(parity, "largest_difference", lambda *_: difference)
    earlier = tmp_path / "off.onnx"
    earlier.write_text("an earlier one")

    outcome = audio_cnn("export", trained_run, "--output", earlier)

    assert outcome.code == 1
    assert f"differs from the trained network by {said}" in outcome.stderr
    assert earlier.read_text() == "an earlier one"
    assert list(tmp_path.iterdir()) == [earlier]


def test_a_folder_that_is_called_as_a_shipped_network_is_itself(
    fast_export: None,
    audio_cnn: Command,
    trained_run: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shutil.copytree(trained_run, tmp_path / "mobilenet")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(parity, "largest_difference", lambda file, *_: float(file.config.name != "tiny"))

    assert audio_cnn("export", "./mobilenet", "--output", "mine.onnx").code == 0


def test_a_training_that_has_not_come_to_its_end_is_said_to_be_so(
    fast_export: None, audio_cnn: Command, trained_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FinishedNetwork, "epochs_left", 7)
    monkeypatch.setattr(parity, "largest_difference", lambda *_: 0.0)

    outcome = audio_cnn("export", trained_run, "--output", tmp_path / "early.onnx")

    assert outcome.code == 0
    assert f"{trained_run} is not finished: 7 epochs are left" in outcome.stderr


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["nowhere"], "no network 'nowhere'"),
        (["EMPTY"], "no network '"),
        (["RUN", "attention"], "the front end of attention is not that of tiny"),
        (["TORN"], "held_out.json: KeyError"),
        (["RUN", "--card", "none.toml"], "cannot read none.toml"),
        (["RUN", "--card", "DATED"], "not JSON serializable"),
        (["RUN", "RUN"], "a source is given twice"),
        (["RUN", "--output", "CHECKPOINT"], "a checkpoint's place, or no file"),
        (["RUN", "--output", "/dev/null"], "a checkpoint's place, or no file"),
        (["RUN", "--output", "DATED/x.onnx"], "dated.toml is no folder"),
        (["RUN", "--cross-validation", "TORN"], "cross_validation.json is damaged"),
        (["RUN", "--cross-validation", "EMPTY"], "no finished cross-validation in"),
        (["RUN", "--cross-validation", "CV", "--accept", "0.93"], "--accept is one of: 0.99, 0.98, 0.95,"),
    ],
)
def test_errors_are_one_line(
    fast_export: None,
    audio_cnn: Command,
    trained_run: Path,
    cross_validation: Path,
    model_path: Path,
    tmp_path: Path,
    arguments: list[str],
    reason: str,
) -> None:
    torn = tmp_path / "torn"
    torn.mkdir()
    shutil.copy(trained_run / "checkpoint.safetensors", torn)
    (torn / "held_out.json").write_text('{"caveats": []}', encoding="utf-8")
    (torn / "cross_validation.json").write_text("[{}]", encoding="utf-8")
    (tmp_path / "dated.toml").write_text("measured = 2026-01-01", encoding="utf-8")
    places = {
        "CHECKPOINT": trained_run / "checkpoint.safetensors",
        "DATED": tmp_path / "dated.toml",
        "DATED/x.onnx": tmp_path / "dated.toml" / "x.onnx",
        "RUN": trained_run,
        "EMPTY": tmp_path,
        "CV": cross_validation,
        "MODEL": model_path,
        "TORN": torn,
    }
    output = tmp_path / "out.onnx"

    where = [] if "--output" in arguments else ["--output", output]
    outcome = audio_cnn("export", *(str(places.get(one, one)) for one in arguments), *where)

    assert outcome.code == 1
    *notes, error = outcome.stderr.splitlines()
    assert reason in error
    assert all("another training" in note for note in notes)
    assert not output.exists()


def test_the_help_names_every_share_that_is_taken(audio_cnn: Command) -> None:
    """Written out there, as what knows them would take long to import for a help."""
    words = audio_cnn("export", "--help").stdout.replace("│", " ").split()

    assert {f"{share:g}" for share in ACCEPTED} <= {word.strip(",;") for word in words}
