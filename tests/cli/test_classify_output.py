"""``audio-cnn classify``: what it writes, and its exit codes."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import Command
from made_data import class_sound, sine, write_wav

from audio_cnn.cli import terminal
from audio_cnn.prediction import Classifier, many


def test_json_has_all_that_was_asked_for(
    classify: Command, classifier: Classifier, three_sounds: Path
) -> None:
    outcome = classify("dog.wav", "--format", "json", "--top", "7")

    (document,) = json.loads(outcome.stdout)
    expected = classifier.classify("dog.wav").top(7)
    assert document.keys() == {
        "file",
        "model",
        "predictions",
        "duration_s",
        "windows",
        "silent",
        "state",
        "resembles",
        "sounds",
        "uncertainty",
    }
    assert [one["label"] for one in document["predictions"]] == [score.label.name for score in expected]
    confidences = [one["confidence"] for one in document["predictions"]]
    assert confidences == pytest.approx([score.confidence for score in expected], abs=1e-5)
    assert document["duration_s"] == 1.0


def test_csv_can_be_read_back(classify: Command, three_sounds: Path) -> None:
    outcome = classify("dog.wav", "rooster.wav", "--format", "csv", "--top", "2")

    rows = list(csv.DictReader(io.StringIO(outcome.stdout)))
    assert [(row["file"], row["rank"]) for row in rows] == [
        ("dog.wav", "1"), ("dog.wav", "2"), ("rooster.wav", "1"), ("rooster.wav", "2"),
    ]  # fmt: skip
    assert rows[0]["label"] == "dog"


def test_output_goes_to_a_file(classify: Command, three_sounds: Path) -> None:
    outcome = classify("dog.wav", "--format", "json", "--output", "answers.json")

    assert outcome.stdout == ""
    assert json.loads(Path("answers.json").read_text(encoding="utf-8"))[0]["file"] == "dog.wav"
    assert not list(three_sounds.glob("*.part"))


@pytest.fixture
def ctrl_c(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pressed when the first sound has its answer, and the second not yet."""
    classify_many = many.classify_many

    def stopped(model: str, sources: Any, **options: Any) -> Iterator[Any]:
        yield next(iter(classify_many(model, sources, **options)))
        raise KeyboardInterrupt

    monkeypatch.setattr(many, "classify_many", stopped)


@pytest.mark.usefixtures("ctrl_c")
@pytest.mark.parametrize("format_", ["table", "json", "jsonl", "csv"])
def test_ctrl_c_keeps_what_is_done(classify: Command, three_sounds: Path, format_: str) -> None:
    outcome = classify("dog.wav", "rooster.wav", "--format", format_, "--top", "1")

    assert outcome.code == 130
    assert outcome.stderr == "audio-cnn: interrupted; 1 of 2 sounds are done\n"
    assert outcome.stdout.count("dog.wav") == 1
    assert "rooster" not in outcome.stdout
    if format_ == "json":
        (document,) = json.loads(outcome.stdout)
        assert document["predictions"][0]["label"] == "dog"


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_also_says_what_failed(classify: Command, three_sounds: Path) -> None:
    outcome = classify("gone.wav", "rooster.wav")

    assert outcome.stderr.splitlines() == [
        "audio-cnn: gone.wav: no such file: gone.wav",
        "audio-cnn: interrupted; 1 of 2 sounds are done",
    ]


@pytest.mark.usefixtures("ctrl_c")
@pytest.mark.parametrize("format_", ["json", "csv"])
def test_an_output_is_whole_or_as_it_was(classify: Command, three_sounds: Path, format_: str) -> None:
    Path("answers").write_text("old", encoding="utf-8")

    outcome = classify("dog.wav", "rooster.wav", "--format", format_, "--output", "answers")

    assert outcome.code == 130
    way_on = "; --resume goes on with it" if format_ == "csv" else ""
    assert f"1 of 2 sounds are done; what was written is in answers.part{way_on}\n" in outcome.stderr
    assert Path("answers").read_text(encoding="utf-8") == "old"
    assert "dog.wav" in Path("answers.part").read_text(encoding="utf-8")


def test_json_lines_are_written_one_by_one(classify: Command, three_sounds: Path) -> None:
    outcome = classify("dog.wav", "gone.wav", "rooster.wav", "--format", "jsonl")

    documents = [json.loads(line) for line in outcome.stdout.splitlines()]
    assert [one["file"] for one in documents] == ["dog.wav", "gone.wav", "rooster.wav"]
    assert documents[0] == json.loads(classify("dog.wav", "--format", "json").stdout)[0]


@pytest.fixture
def long_sound(three_sounds: Path) -> str:
    """A dog, silence, and a pig: name of a sound of five windows."""
    parts = class_sound("dog", seed=1), 0 * sine(440), class_sound("pig", seed=1)
    return str(write_wav(Path("long.wav"), np.concatenate(parts)))


def test_what_was_heard_when(classify: Command, long_sound: str) -> None:
    outcome = classify(long_sound, "dog.wav", "--windows", "--format", "json", "--top", "1")

    long, short = json.loads(outcome.stdout)
    assert [(one["start_s"], one["end_s"]) for one in long["timeline"]] == [
        (0, 1), (0.5, 1.5), (1, 2), (1.5, 2.5), (2, 3),
    ]  # fmt: skip
    heard = [(one["predictions"][0]["label"], one["state"]) for one in long["timeline"]]
    assert (heard[0][0], heard[2][1], heard[4][0]) == ("dog", "silence", "pig")
    assert [(one["start_s"], one["end_s"]) for one in short["timeline"]] == [(0, 1)]
    assert "timeline" not in json.loads(classify("dog.wav", "--format", "json").stdout)[0]


@pytest.mark.parametrize(("format_", "lines"), [("table", 9), ("csv", 7), ("jsonl", 2)])
def test_what_was_heard_when_in_every_format(
    classify: Command, long_sound: str, format_: str, lines: int
) -> None:
    outcome = classify(long_sound, "dog.wav", "--windows", "--format", format_, "--top", "1")

    assert outcome.code == 0, outcome.stderr
    assert len(outcome.stdout.splitlines()) == lines


def test_windows_say_at_what_time_of_day_they_began(classify: Command, long_sound: str) -> None:
    Path(long_sound).rename("20240531_235959.WAV")

    outcome = classify("20240531_235959.WAV", "--windows", "--format", "csv", "--top", "1")

    assert [row["recorded_at"] for row in csv.DictReader(io.StringIO(outcome.stdout))][:3] == [
        "2024-05-31T23:59:59.000", "2024-05-31T23:59:59.500", "2024-06-01T00:00:00.000",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "start", "said"),
    [
        ("names.csv", "file,rank,label", "CSV"),
        ("größe.CSV", "file,rank,label", "CSV"),
        ("names.json", "[\n", "JSON"),
        ("names.jsonl", '{"file": "dog.wav"', "JSONL"),
        ("names.txt", "file ", None),
        ("names", "file ", None),
    ],
)
def test_the_ending_of_the_output_decides(
    classify: Command, three_sounds: Path, name: str, start: str, said: str | None
) -> None:
    outcome = classify("dog.wav", "--output", name)

    assert Path(name).read_text(encoding="utf-8").startswith(start)
    note = f"audio-cnn: {name} is written as {said}, after its ending; --format would say otherwise\n"
    assert outcome.stderr == (note if said else "")


def test_a_format_that_is_given_wins(classify: Command, three_sounds: Path) -> None:
    outcome = classify("dog.wav", "--output", "names.csv", "--format", "json")

    assert json.loads(Path("names.csv").read_text(encoding="utf-8"))[0]["file"] == "dog.wav"
    assert outcome.stderr == ""


def test_nothing_is_folded_but_on_a_terminal(
    classify: Command, three_sounds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "recorder_" * 10 + ".wav"
    Path("dog.wav").rename(name)
    folded = name not in classify(name).stdout, name not in classify(name, "--windows").stdout
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)

    assert folded == (False, False)
    assert name not in classify(name).stdout


@pytest.mark.parametrize("where", ["no/such/folder/out.json", "taken"])
def test_an_output_that_cannot_be_written_is_told(classify: Command, three_sounds: Path, where: str) -> None:
    Path("taken").mkdir()

    outcome = classify("dog.wav", "--format", "json", "--output", where)

    assert outcome.code == 1
    assert outcome.stderr.startswith(f"audio-cnn: cannot write {where}: ")
    assert len(outcome.stderr.splitlines()) == 1
    assert not list(three_sounds.glob("*.part"))


def test_jobs_change_no_answer(classify: Command, three_sounds: Path) -> None:
    outcomes = [classify(".", "-r", "--format", "json", "--jobs", jobs).stdout for jobs in ("1", "3")]

    assert outcomes[0] == outcomes[1]


def test_silence_is_told(classify: Command, three_sounds: Path) -> None:
    write_wav(Path("quiet.wav"), 0 * sine(440))

    assert json.loads(classify("quiet.wav", "--format", "json").stdout)[0]["silent"] is True
    assert "silence" in classify("quiet.wav").stdout


@pytest.mark.parametrize(
    "option",
    [
        *("--top=0", "--top=many", "--format=xml", "--colour", "--jobs=-1", "--longest=0"),
        *("--min-confidence=1.1", "--min-confidence=nan", "--min-confidence=-0.1"),
    ],
)
def test_usage_errors_exit_with_two(classify: Command, three_sounds: Path, option: str) -> None:
    outcome = classify("dog.wav", option)

    assert outcome.code == 2
    assert "Usage" in outcome.stderr
    assert outcome.stdout == ""


@pytest.mark.parametrize("model", ["no-such-model", "notes.txt"])
@pytest.mark.parametrize("format_", ["table", "csv"])
def test_a_model_that_cannot_be_used_is_one_line(
    audio_cnn: Command, three_sounds: Path, model: str, format_: str
) -> None:
    outcome = audio_cnn("classify", "dog.wav", "--model", model, "--format", format_)

    assert outcome.code == 1
    assert outcome.stderr.startswith("audio-cnn: ")
    assert model in outcome.stderr
    assert len(outcome.stderr.splitlines()) == 1
    assert outcome.stdout == ""


def test_a_bar_is_for_terminals_only(capsys: pytest.CaptureFixture[str]) -> None:
    with terminal.progress_bar("listening") as progress:
        progress(1, 2)

    assert capsys.readouterr().err == ""
