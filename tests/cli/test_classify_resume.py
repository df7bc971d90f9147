"""``audio-cnn classify --resume``: an interrupted run is gone on with, and ends as if nothing had been."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import Command
from made_data import class_sound, sine, write_wav

from audio_cnn.prediction import many

HeardNames = list[str]

WAYS = {
    "csv": [],
    "csv of windows": ["--windows", "--top", "2"],
    "csv of some windows": ["--windows", "--only", "dog,pig", "--top", "1"],
    "csv of segments": ["--segments", "--unsure"],
    "csv of some segments": ["--segments", "--only", "pig"],
    "csv of some sounds": ["--except", "dog", "--top", "60"],
    "jsonl": [],
    "jsonl of windows": ["--windows"],
    "jsonl of segments": ["--segments", "--min-confidence", "0.5"],
    "jsonl of some sounds": ["--only", "dog"],
}


def options(way: str) -> list[str]:
    return ["--format", way.split()[0], *WAYS[way]]


@pytest.fixture
def sounds(three_sounds: Path) -> list[str]:
    """Good ones, a long one, one that is not there, odd names, and one given again and again."""
    parts = class_sound("dog", seed=1), 0 * sine(440), class_sound("pig", seed=1)
    write_wav(Path("long.wav"), np.concatenate(parts))
    odd = ['größe, "鳥".wav', "two\nlines.wav"]
    for name in odd:
        shutil.copy("deep/er/pig.wav", name)
    return ["dog.wav", "dog.wav", odd[0], "gone.wav", "long.wav", odd[1], "dog.wav", "rooster.wav"]


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> HeardNames:
    """Names of all that is listened to."""
    classify_many, names = many.classify_many, list[str]()

    def listened(model: str, sources: Any, **options: Any) -> Iterator[Any]:
        for source, answer in classify_many(model, sources, **options):
            names.append(str(source))
            yield source, answer

    monkeypatch.setattr(many, "classify_many", listened)
    return names


def interrupted(classify: Command, monkeypatch: pytest.MonkeyPatch, after: int, *arguments: str) -> Any:
    """Ctrl-C when so many sounds have their answers."""
    classify_many = many.classify_many

    def stopped(model: str, sources: Any, **options: Any) -> Iterator[Any]:
        for count, answered in enumerate(classify_many(model, sources, **options)):
            if count == after:
                raise KeyboardInterrupt
            yield answered

    with monkeypatch.context() as patch:
        patch.setattr(many, "classify_many", stopped)
        return classify(*arguments)


@pytest.mark.parametrize("way", WAYS)
def test_after_ctrl_c_it_ends_as_an_uninterrupted_run(
    classify: Command, sounds: list[str], monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    whole = classify(*sounds, *options(way), "--output", "whole")

    first = interrupted(classify, monkeypatch, 3, *sounds, *options(way), "--output", "out")
    second = interrupted(classify, monkeypatch, 2, *sounds, *options(way), "--output", "out", "--resume")
    last = classify(*sounds, *options(way), "--output", "out", "--resume")

    assert (first.code, second.code) == (130, 130)
    assert Path("out").read_bytes() == Path("whole").read_bytes()
    assert (last.code, last.stdout, last.stderr) == (whole.code, whole.stdout, whole.stderr)
    assert not list(Path().glob("*.part"))


@pytest.mark.parametrize("way", ["csv of windows", "jsonl of segments"])
def test_wherever_it_was_cut_off_it_ends_as_an_uninterrupted_run(
    classify: Command, sounds: list[str], way: str
) -> None:
    classify(*sounds, *options(way), "--output", "whole")
    whole = Path("whole").read_bytes()

    for end in (0, len(whole) // 2, len(whole)):
        Path("out.part").write_bytes(whole[:end])
        outcome = classify(*sounds, *options(way), "--output", "out", "--resume")
        assert Path("out").read_bytes() == whole, (end, outcome.stderr)
        assert not Path("out.part").exists()


def test_what_is_complete_is_not_heard_again(
    classify: Command, three_sounds: Path, monkeypatch: pytest.MonkeyPatch, heard: HeardNames
) -> None:
    sounds = ["dog.wav", "rooster.wav", "deep/er/pig.wav"]
    left = {"jsonl": ["deep/er/pig.wav"], "csv": ["rooster.wav", "deep/er/pig.wav"]}
    for format_, names in left.items():
        arguments = [*sounds, "--format", format_, "--output", "out"]
        interrupted(classify, monkeypatch, 2, *arguments)
        heard.clear()

        classify(*arguments, "--resume")

        assert heard == names  # of CSV also the last one, whose rows may not be all


def test_a_second_interruption_says_how_far_it_is(
    classify: Command, three_sounds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ["dog.wav", "rooster.wav", "deep/er/pig.wav", "--output", "out.jsonl"]
    interrupted(classify, monkeypatch, 1, *arguments)
    kept = Path("out.jsonl.part").read_bytes()

    nothing = interrupted(classify, monkeypatch, 0, *arguments, "--resume")
    after_nothing = Path("out.jsonl.part").read_bytes()
    one_more = interrupted(classify, monkeypatch, 1, *arguments, "--resume")

    assert "1 of 3 sounds are done; what was written is in out.jsonl.part; --resume" in nothing.stderr
    assert after_nothing == kept
    assert "2 of 3 sounds are done; what was written is in out.jsonl.part; --resume" in one_more.stderr
    assert Path("out.jsonl.part").read_bytes().startswith(kept)


def test_what_failed_before_is_said_again(
    classify: Command, three_sounds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ["gone.wav", "dog.wav", "rooster.wav", "--output", "out.jsonl", "--format", "jsonl"]
    interrupted(classify, monkeypatch, 2, *arguments)

    outcome = classify(*arguments, "--resume")

    assert outcome.code == 1
    assert outcome.stderr == "audio-cnn: gone.wav: no such file: gone.wav\n"


@pytest.mark.parametrize("format_", ["table", "json", "csv", "jsonl"])
def test_without_resume_nothing_is_written_over_what_was_kept(
    classify: Command, three_sounds: Path, heard: HeardNames, format_: str
) -> None:
    Path("out.part").write_text("precious", encoding="utf-8")

    outcome = classify("dog.wav", "--format", format_, "--output", "out")

    assert outcome.code == 1
    assert outcome.stderr.startswith("audio-cnn: out.part holds the answers of an interrupted run; ")
    assert ("go on with --resume, or remove it" in outcome.stderr) is (format_ in ("csv", "jsonl"))
    assert Path("out.part").read_text(encoding="utf-8") == "precious"
    assert not Path("out").exists()
    assert heard == []


def test_ctrl_c_before_the_first_answer_leaves_nothing(
    classify: Command, three_sounds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for format_ in ("table", "json", "csv", "jsonl"):
        outcome = interrupted(classify, monkeypatch, 0, "dog.wav", "--format", format_, "--output", "out")

        assert outcome.stderr == "audio-cnn: interrupted; 0 of 1 sounds are done\n"
        assert not list(Path().glob("out*"))


def test_with_nothing_to_go_on_with_it_begins(classify: Command, three_sounds: Path) -> None:
    outcome = classify("dog.wav", "--format", "csv", "--output", "out", "--resume")

    assert (outcome.code, outcome.stderr) == (0, "")
    assert Path("out").read_text(encoding="utf-8").count("dog.wav") == 3


@pytest.mark.parametrize(
    ("format_", "now"),
    [
        ("csv", ["--windows"]),
        ("csv", ["--segments"]),
        ("csv", ["--top", "1"]),
        ("jsonl", ["--windows"]),
        ("jsonl", ["--segments"]),
        ("jsonl", ["--top", "9"]),
    ],
)
def test_other_options_are_refused(
    classify: Command, three_sounds: Path, monkeypatch: pytest.MonkeyPatch, format_: str, now: list[str]
) -> None:
    arguments = ["dog.wav", "rooster.wav", "deep/er/pig.wav", "--format", format_, "--output", "out"]
    interrupted(classify, monkeypatch, 2, *arguments)
    kept = Path("out.part").read_bytes()

    outcome = classify(*arguments, *now, "--resume")

    assert outcome.code == 1
    assert "out.part was written with other options; " in outcome.stderr
    assert Path("out.part").read_bytes() == kept


@pytest.mark.parametrize("format_", ["csv", "jsonl"])
def test_another_model_is_refused(
    audio_cnn: Command,
    classify: Command,
    three_sounds: Path,
    monkeypatch: pytest.MonkeyPatch,
    model_path: Path,
    format_: str,
) -> None:
    arguments = ["dog.wav", "rooster.wav", "deep/er/pig.wav", "--format", format_, "--output", "out"]
    interrupted(classify, monkeypatch, 2, *arguments)
    Path("other.onnx").write_bytes(model_path.read_bytes())

    outcome = audio_cnn("classify", *arguments, "--resume", "--model", "other.onnx")

    assert outcome.code == 1
    assert "out.part was written with other options; " in outcome.stderr
    assert not Path("out").exists()


@pytest.mark.parametrize("format_", ["csv", "jsonl"])
@pytest.mark.parametrize("sounds", [["rooster.wav"], ["rooster.wav", "dog.wav"], ["new.wav", "dog.wav"]])
def test_other_sounds_are_refused(
    classify: Command, three_sounds: Path, monkeypatch: pytest.MonkeyPatch, format_: str, sounds: list[str]
) -> None:
    out = ["--format", format_, "--output", "out"]
    interrupted(classify, monkeypatch, 2, "dog.wav", "rooster.wav", "deep/er/pig.wav", *out)

    outcome = classify(*sounds, *out, "--resume")

    assert outcome.code == 1
    assert "out.part is about other sounds than these; " in outcome.stderr


@pytest.mark.parametrize("format_", ["csv", "jsonl"])
@pytest.mark.parametrize("content", [b"no such thing\n", b"\xff\xfe\n", b'{"file": 1}\n', b"[1]\n"])
def test_what_is_no_part_of_ours_is_refused(
    classify: Command, three_sounds: Path, format_: str, content: bytes
) -> None:
    Path("out.part").write_bytes(content)

    outcome = classify("dog.wav", "--format", format_, "--output", "out", "--resume")

    assert outcome.code == 1
    assert outcome.stderr.startswith("audio-cnn: out.part ")
    assert outcome.stderr.count("\n") == 1
    assert Path("out.part").read_bytes() == content


@pytest.mark.parametrize("how", [["--output", "a.json"], [], ["--output", "a.csv", "--format", "table"]])
def test_resume_needs_a_file_of_rows_or_lines(classify: Command, three_sounds: Path, how: list[str]) -> None:
    outcome = classify("dog.wav", "--resume", *how)

    assert outcome.code == 1
    assert "--resume goes on with a file of CSV or JSON Lines; " in outcome.stderr


def test_a_link_is_gone_on_with_where_it_leads(
    classify: Command, three_sounds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("größe").mkdir()
    Path("out.csv").symlink_to("größe/real.csv")
    arguments = ["dog.wav", "rooster.wav", "--format", "csv", "--output", "out.csv"]
    interrupted(classify, monkeypatch, 1, *arguments)
    assert Path("größe/real.csv.part").exists()

    classify(*arguments, "--resume")

    assert Path("out.csv").is_symlink()
    assert [path.name for path in Path("größe").iterdir()] == ["real.csv"]
