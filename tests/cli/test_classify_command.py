"""``audio-cnn classify``, from arguments to exit code."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import Command, Outcome
from made_data import CLASSES, class_sound, sine, write_wav

from audio_cnn.cli import terminal
from audio_cnn.prediction import Classifier, many


@pytest.fixture
def recordings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with three sounds, one deeper down, and a text; it is the working folder."""
    folder = tmp_path / "recordings"
    for i, name in enumerate(CLASSES):
        write_wav(folder / ("deep/er" if name == "pig" else "") / f"{name}.wav", class_sound(name, seed=i))
    (folder / "notes.txt").write_text("no sound", encoding="utf-8")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def classify(audio_cnn: Command, model_path: Path) -> Command:
    """The command with the tiny model."""

    def call(*arguments: str | Path, **options: Any) -> Outcome:
        return audio_cnn("classify", *arguments, "--model", model_path, **options)

    return call


def answers(outcome: Outcome) -> dict[str, str]:
    """File -> best label, from JSON."""
    return {one["file"]: one["predictions"][0]["label"] for one in json.loads(outcome.stdout)}


def test_a_file_is_named(classify: Command, recordings: Path) -> None:
    outcome = classify("dog.wav")

    assert outcome.code == 0
    assert "🐕 Dog" in outcome.stdout
    assert "dog.wav" in outcome.stdout
    assert outcome.stderr == ""


def test_several_files_in_the_order_given(classify: Command, recordings: Path) -> None:
    outcome = classify("rooster.wav", "dog.wav", "deep/er/pig.wav", "--format", "json")

    assert list(answers(outcome).items()) == [
        ("rooster.wav", "rooster"),
        ("dog.wav", "dog"),
        ("deep/er/pig.wav", "pig"),
    ]


def test_json_has_all_that_was_asked_for(classify: Command, classifier: Classifier, recordings: Path) -> None:
    outcome = classify("dog.wav", "--format", "json", "--top", "7")

    (document,) = json.loads(outcome.stdout)
    expected = classifier.classify("dog.wav").top(7)
    assert document.keys() == {
        "file",
        "predictions",
        "duration_s",
        "windows",
        "silent",
        "state",
        "uncertainty",
    }
    assert [one["label"] for one in document["predictions"]] == [score.label.name for score in expected]
    confidences = [one["confidence"] for one in document["predictions"]]
    assert confidences == pytest.approx([score.confidence for score in expected], abs=1e-5)
    assert document["duration_s"] == 1.0


def test_csv_can_be_read_back(classify: Command, recordings: Path) -> None:
    outcome = classify("dog.wav", "rooster.wav", "--format", "csv", "--top", "2")

    rows = list(csv.DictReader(io.StringIO(outcome.stdout)))
    assert [(row["file"], row["rank"]) for row in rows] == [
        ("dog.wav", "1"), ("dog.wav", "2"), ("rooster.wav", "1"), ("rooster.wav", "2"),
    ]  # fmt: skip
    assert rows[0]["label"] == "dog"


def test_a_folder_means_its_audio(classify: Command, recordings: Path) -> None:
    assert answers(classify(recordings, "--format", "json")) == {
        str(recordings / "dog.wav"): "dog",
        str(recordings / "rooster.wav"): "rooster",
    }


def test_recursive_goes_into_sub_folders(classify: Command, recordings: Path) -> None:
    outcome = classify(".", "--recursive", "--format", "json")

    assert sorted(answers(outcome).values()) == sorted(CLASSES)


@pytest.mark.parametrize(
    ("pattern", "labels"),
    [("*.wav", ["dog", "rooster"]), ("**/*.wav", ["dog", "pig", "rooster"]), ("d?g.*", ["dog"])],
)
def test_patterns_are_expanded(classify: Command, recordings: Path, pattern: str, labels: list[str]) -> None:
    assert sorted(answers(classify(pattern, "--format", "json")).values()) == labels


def test_a_folder_that_matches_a_pattern_means_its_audio(classify: Command, recordings: Path) -> None:
    shutil.copy("rooster.wav", "deep/rooster.wav")

    assert answers(classify("d*", "--format", "json")) == {"deep/rooster.wav": "rooster", "dog.wav": "dog"}
    assert answers(classify("de*", "--format", "json")) == {"deep/rooster.wav": "rooster"}
    assert answers(classify("de*", "--recursive", "--format", "json")) == {
        "deep/er/pig.wav": "pig",
        "deep/rooster.wav": "rooster",
    }


def test_a_pattern_names_nothing_twice(classify: Command, recordings: Path) -> None:
    outcome = classify("deep/**", "--recursive", "--format", "csv", "--top", "1")

    assert [line.split(",")[0] for line in outcome.stdout.splitlines()] == ["file", "deep/er/pig.wav"]


@pytest.mark.parametrize("name", ["a.w64", "b.aifc", "c.WV", "d.mkv", "e.3gp", "f.weba", "g.bwf"])
def test_a_folders_audio_is_of_any_format(classify: Command, recordings: Path, name: str) -> None:
    Path("more").mkdir()
    shutil.copy("dog.wav", Path("more", name))

    assert answers(classify("more", "--format", "json")) == {f"more/{name}": "dog"}


def test_what_a_folder_holds_besides_is_counted(classify: Command, recordings: Path) -> None:
    shutil.copy("dog.wav", "noext")
    Path("._dog.wav").write_bytes(b"what macOS leaves on a card")
    Path(".Trashes").mkdir()
    shutil.copy("dog.wav", ".Trashes/old.wav")
    Path("deep/link").symlink_to(recordings)

    outcome = classify(".", "--recursive", "--format", "json")
    named = classify(".", "noext", "notes.txt", "--format", "json")

    assert outcome.code == 0
    assert sorted(answers(outcome).values()) == sorted(CLASSES)
    passed_over, links = outcome.stderr.splitlines()
    assert passed_over.startswith("audio-cnn: files in folders passed over, ")
    assert ": 2; name them" in passed_over
    assert links == "audio-cnn: links to folders not followed: 1; name them to have them heard"
    assert "passed over" not in named.stderr


def test_what_cannot_be_looked_at_stops_nothing(
    classify: Command, recordings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look, state = os.scandir, Path.stat

    def may_not(path: Path | str) -> bool:
        return "deep" in Path(path).parts

    def scandir(path: str) -> Any:
        if may_not(path):
            raise PermissionError(13, "Permission denied", path)
        return look(path)

    def stat(path: Path, **options: Any) -> Any:
        if may_not(path):
            raise PermissionError(13, "Permission denied", str(path))
        return state(path, **options)

    monkeypatch.setattr(os, "scandir", scandir)  # as root one may look everywhere
    monkeypatch.setattr(Path, "stat", stat)
    Path("deep/er/pig.wav").unlink()

    outcome = classify(".", "deep/er/pig.wav", "x" * 300, "dog.wav", "-r", "--format", "json")

    failed = [one["file"] for one in json.loads(outcome.stdout) if "error" in one]
    assert failed == ["deep", "deep/er/pig.wav", "x" * 300]
    assert [one["file"] for one in json.loads(outcome.stdout) if "error" not in one] == [
        "dog.wav", "rooster.wav", "dog.wav",
    ]  # fmt: skip
    assert outcome.code == 1
    assert "audio-cnn: deep: cannot look into it: Permission denied\n" in outcome.stderr


def test_an_empty_name_is_not_the_working_folder(classify: Command, recordings: Path) -> None:
    outcome = classify("", "dog.wav", "--format", "csv", "--top", "1")

    assert outcome.code == 1
    assert outcome.stderr == "audio-cnn: '': the name is empty\n"
    assert outcome.stdout.splitlines()[-1].startswith("dog.wav,1,dog,")


def test_a_name_that_looks_like_a_pattern_is_a_file_first(classify: Command, recordings: Path) -> None:
    shutil.copy("dog.wav", "take [1].wav")

    assert answers(classify("take [1].wav", "--format", "json")) == {"take [1].wav": "dog"}


def test_standard_input(classify: Command, recordings: Path) -> None:
    outcome = classify("-", "--format", "json", stdin=Path("rooster.wav").read_bytes())

    assert answers(outcome) == {"-": "rooster"}


@pytest.mark.parametrize("name", ["große Übung.wav", "鳥 🐦.wav", "a'b\"c.wav", "-dash.wav"])
@pytest.mark.parametrize("format_", ["json", "csv", "table"])
def test_any_name_a_file_may_have(classify: Command, recordings: Path, name: str, format_: str) -> None:
    shutil.copy("dog.wav", name)

    outcome = classify(f"./{name}" if name.startswith("-") else name, "--format", format_)

    assert outcome.code == 0
    if format_ == "json":
        assert list(answers(outcome).values()) == ["dog"]


def test_colons_in_a_name_are_no_emoji(classify: Command, recordings: Path) -> None:
    shutil.copy("dog.wav", "12:cat:30.wav")

    assert "12:cat:30.wav" in classify("12:cat:30.wav").stdout


@pytest.mark.parametrize("format_", ["json", "csv", "table"])
def test_a_name_in_another_encoding_stops_nothing(classify: Command, recordings: Path, format_: str) -> None:
    name = os.fsdecode(b"caf\xe9.wav")
    try:
        shutil.copy("dog.wav", name)
    except OSError:
        pytest.skip("this file system refuses names that are not UTF-8")

    outcome = classify(".", "--format", format_, "--output", "named.txt")

    assert outcome.code == 0, outcome.stderr
    assert Path("named.txt").stat().st_size > 0


def test_bad_files_are_reported_and_the_rest_is_done(classify: Command, recordings: Path) -> None:
    Path("torn.wav").write_bytes(b"RIFF....WAVE")
    Path("empty.wav").touch()

    outcome = classify("torn.wav", "dog.wav", "gone.wav", "empty.wav", "rooster.wav", "--format", "json")

    documents = {one["file"]: one for one in json.loads(outcome.stdout)}
    assert outcome.code == 1
    bad = ["torn.wav", "gone.wav", "empty.wav"]
    assert [name for name, one in documents.items() if "error" in one] == bad
    assert documents["dog.wav"]["predictions"][0]["label"] == "dog"
    assert documents["gone.wav"]["error"] == "no such file: gone.wav"
    assert [line.split(": ")[:2] for line in outcome.stderr.splitlines()] == [
        ["audio-cnn", name] for name in bad
    ]
    assert "Traceback" not in outcome.stderr


@pytest.mark.parametrize("format_", ["table", "csv"])
def test_bad_files_are_reported_in_every_format(classify: Command, recordings: Path, format_: str) -> None:
    outcome = classify("gone.wav", "dog.wav", "--format", format_)

    assert outcome.code == 1
    assert "audio-cnn: gone.wav: no such file" in outcome.stderr
    assert "dog" in outcome.stdout


def test_a_pattern_without_a_match_is_reported(classify: Command, recordings: Path) -> None:
    outcome = classify("dog.wav", "*.flac", "--format", "json")

    assert outcome.code == 1
    assert "*.flac" in outcome.stderr
    assert json.loads(outcome.stdout)[0]["predictions"][0]["label"] == "dog"


@pytest.mark.parametrize("arguments", [[], ["empty"], ["*.flac"]], ids=["none", "empty folder", "no match"])
def test_nothing_to_listen_to_is_an_error(classify: Command, recordings: Path, arguments: list[str]) -> None:
    Path("empty").mkdir()

    outcome = classify(*arguments)

    assert outcome.code == 1
    assert outcome.stderr.startswith("audio-cnn: ")
    assert outcome.stdout == ""


def test_output_goes_to_a_file(classify: Command, recordings: Path) -> None:
    outcome = classify("dog.wav", "--format", "json", "--output", "answers.json")

    assert outcome.stdout == ""
    assert json.loads(Path("answers.json").read_text(encoding="utf-8"))[0]["file"] == "dog.wav"
    assert not list(recordings.glob("*.part"))


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
def test_ctrl_c_keeps_what_is_done(classify: Command, recordings: Path, format_: str) -> None:
    outcome = classify("dog.wav", "rooster.wav", "--format", format_, "--top", "1")

    assert outcome.code == 130
    assert outcome.stderr == "audio-cnn: interrupted; 1 of 2 sounds are done\n"
    assert outcome.stdout.count("dog.wav") == 1
    assert "rooster" not in outcome.stdout
    if format_ == "json":
        assert answers(outcome) == {"dog.wav": "dog"}


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_also_says_what_failed(classify: Command, recordings: Path) -> None:
    outcome = classify("gone.wav", "rooster.wav")

    assert outcome.stderr.splitlines() == [
        "audio-cnn: gone.wav: no such file: gone.wav",
        "audio-cnn: interrupted; 1 of 2 sounds are done",
    ]


@pytest.mark.usefixtures("ctrl_c")
@pytest.mark.parametrize("format_", ["json", "csv"])
def test_an_output_is_whole_or_as_it_was(classify: Command, recordings: Path, format_: str) -> None:
    Path("answers").write_text("old", encoding="utf-8")

    outcome = classify("dog.wav", "rooster.wav", "--format", format_, "--output", "answers")

    assert outcome.code == 130
    assert "1 of 2 sounds are done; what was written is in answers.part\n" in outcome.stderr
    assert Path("answers").read_text(encoding="utf-8") == "old"
    assert "dog.wav" in Path("answers.part").read_text(encoding="utf-8")


def test_json_lines_are_written_one_by_one(classify: Command, recordings: Path) -> None:
    outcome = classify("dog.wav", "gone.wav", "rooster.wav", "--format", "jsonl")

    documents = [json.loads(line) for line in outcome.stdout.splitlines()]
    assert [one["file"] for one in documents] == ["dog.wav", "gone.wav", "rooster.wav"]
    assert documents[0] == json.loads(classify("dog.wav", "--format", "json").stdout)[0]


@pytest.fixture
def long_sound(recordings: Path) -> str:
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


@pytest.mark.parametrize(("format_", "lines"), [("table", 7), ("csv", 7), ("jsonl", 2)])
def test_what_was_heard_when_in_every_format(
    classify: Command, long_sound: str, format_: str, lines: int
) -> None:
    outcome = classify(long_sound, "dog.wav", "--windows", "--format", format_, "--top", "1")

    assert outcome.code == 0, outcome.stderr
    assert len(outcome.stdout.splitlines()) == lines


@pytest.mark.parametrize("where", ["no/such/folder/out.json", "taken"])
def test_an_output_that_cannot_be_written_is_told(classify: Command, recordings: Path, where: str) -> None:
    Path("taken").mkdir()

    outcome = classify("dog.wav", "--format", "json", "--output", where)

    assert outcome.code == 1
    assert outcome.stderr.startswith(f"audio-cnn: cannot write {where}: ")
    assert len(outcome.stderr.splitlines()) == 1
    assert not list(recordings.glob("*.part"))


def test_too_long_a_sound_is_refused(classify: Command, recordings: Path) -> None:
    write_wav(Path("long.wav"), sine(440, seconds=2.5))

    outcome = classify("long.wav", "dog.wav", "--longest", "2", "--format", "json")

    assert outcome.code == 1
    assert [("error" in one) for one in json.loads(outcome.stdout)] == [True, False]
    assert "longer than 2 s; cut it into shorter pieces, or raise --longest" in outcome.stderr


def test_jobs_change_no_answer(classify: Command, recordings: Path) -> None:
    outcomes = [classify(".", "-r", "--format", "json", "--jobs", jobs).stdout for jobs in ("1", "3")]

    assert outcomes[0] == outcomes[1]


def test_silence_is_told(classify: Command, recordings: Path) -> None:
    write_wav(Path("quiet.wav"), 0 * sine(440))

    assert json.loads(classify("quiet.wav", "--format", "json").stdout)[0]["silent"] is True
    assert "silence" in classify("quiet.wav").stdout


@pytest.mark.parametrize(
    "option",
    ["--top=0", "--top=many", "--format=xml", "--colour", "--jobs=-1", "--longest=0"],
)
def test_usage_errors_exit_with_two(classify: Command, recordings: Path, option: str) -> None:
    outcome = classify("dog.wav", option)

    assert outcome.code == 2
    assert "Usage" in outcome.stderr
    assert outcome.stdout == ""


@pytest.mark.parametrize("model", ["no-such-model", "notes.txt"])
@pytest.mark.parametrize("format_", ["table", "csv"])
def test_a_model_that_cannot_be_used_is_one_line(
    audio_cnn: Command, recordings: Path, model: str, format_: str
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
