"""``audio-cnn classify``: label files for sound editors."""

from __future__ import annotations

import csv
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import Command

from audio_cnn.prediction import many

LABELS = Path("labels")


def written() -> list[str]:
    """Every file in the folder for labels."""
    return sorted(str(path.relative_to(LABELS)) for path in LABELS.rglob("*") if path.is_file())


def test_labels_of_one_sound_go_to_standard_output(classify: Command, three_sounds: Path) -> None:
    outcome = classify("dog.wav", "--format", "audacity")

    assert (outcome.code, outcome.stderr) == (0, "")
    assert outcome.stdout == "0.000000\t1.000000\tdog\n"


def test_labels_of_one_sound_go_to_a_file(classify: Command, three_sounds: Path) -> None:
    outcome = classify("dog.wav", "--format", "raven", "--output", "dog.selections.txt")

    with Path("dog.selections.txt").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file, delimiter="\t")
    assert outcome.stdout == ""
    assert (row["Selection"], row["Begin File"], row["Class"]) == ("1", "dog.wav", "dog")
    assert (row["Begin Time (s)"], row["End Time (s)"]) == ("0.000000", "1.000000")
    assert (row["Low Freq (Hz)"], row["High Freq (Hz)"]) == ("0.0", "4000.0")  # what the tiny model hears


@pytest.mark.parametrize(("format_", "ending"), [("audacity", ".txt"), ("raven", ".selections.txt")])
def test_labels_of_a_folder_have_its_sub_folders(
    classify: Command, three_sounds: Path, format_: str, ending: str
) -> None:
    shutil.copy("dog.wav", "deep/größe 鳥.20240531.wav")

    outcome = classify(".", "-r", "--format", format_, "--output", "labels")

    assert outcome.code == 0, outcome.stderr
    names = ["deep/er/pig", "deep/größe 鳥.20240531", "dog", "rooster"]
    assert written() == [name + ending for name in names]
    assert "\tpig" in (LABELS / f"deep/er/pig{ending}").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("sounds", "names"),
    [
        (["deep", "-r"], ["er/pig.txt"]),
        (["deep/**/*.wav"], ["er/pig.txt"]),
        (["./**/*.wav"], ["deep/er/pig.txt", "dog.txt", "rooster.txt"]),
        (["dog.wav", "deep/er/pig.wav"], ["deep/er/pig.txt", "dog.txt"]),
        (["dog.wav", "rooster.wav"], ["dog.txt", "rooster.txt"]),
        (["dog.wav", "rooster.wav", "./dog.wav", "."], ["dog.txt", "rooster.txt"]),
        (["deep/er/../er", "dog.wav"], ["deep/er/pig.txt", "dog.txt"]),
        (["one", "two"], ["one/night.txt", "two/night.txt"]),
    ],
)
def test_where_labels_go(classify: Command, three_sounds: Path, sounds: list[str], names: list[str]) -> None:
    for folder in ("one", "two"):
        if folder in sounds:
            Path(folder).mkdir()
            shutil.copy("dog.wav", f"{folder}/night.wav")

    outcome = classify(*sounds, "--format", "audacity", "--output", "labels")

    assert outcome.code == 0, outcome.stderr
    assert written() == names


def test_a_single_sound_goes_into_a_folder_that_is_there(classify: Command, three_sounds: Path) -> None:
    LABELS.mkdir()

    classify("dog.wav", "--format", "audacity", "--output", "labels")

    assert written() == ["dog.txt"]


def test_recordings_of_one_name_keep_their_endings(classify: Command, three_sounds: Path) -> None:
    shutil.copy("dog.wav", "rooster.flac")
    shutil.copy("dog.wav", "Dog.wave")

    outcome = classify(".", "--format", "audacity", "--output", "labels")

    assert outcome.code == 0, outcome.stderr
    assert written() == ["Dog.wave.txt", "dog.wav.txt", "rooster.flac.txt", "rooster.wav.txt"]


@pytest.mark.parametrize(
    ("more", "sounds", "output"),
    [
        (["dog.flac", "dog.wav.wav"], ["dog.wav", "dog.flac", "dog.wav.wav"], "labels"),
        (["dog.txt"], ["dog.txt", "rooster.wav"], "."),
    ],
    ids=["of another", "of a recording"],
)
def test_no_labels_are_written_over_another_file(
    classify: Command, three_sounds: Path, more: list[str], sounds: list[str], output: str
) -> None:
    for name in more:
        shutil.copy("rooster.wav", name)
    before = {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}

    outcome = classify(*sounds, "--format", "audacity", "--output", output)

    assert outcome.code == 1
    assert "would be written over another file" in outcome.stderr
    assert {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()} == before


def test_several_sounds_need_a_folder(classify: Command, three_sounds: Path) -> None:
    without = classify("dog.wav", "rooster.wav", "--format", "raven")
    a_file = classify("dog.wav", "rooster.wav", "--format", "raven", "--output", "notes.txt")

    assert without.code == a_file.code == 1
    assert "name a folder for them with --output" in without.stderr
    assert a_file.stderr == "audio-cnn: cannot write into notes.txt: notes.txt is no folder\n"


def test_a_sound_that_cannot_be_read_has_no_labels(classify: Command, three_sounds: Path) -> None:
    several = classify("gone.wav", "dog.wav", "--format", "audacity", "--output", "labels")
    alone = classify("gone.wav", "--format", "audacity", "--output", "gone.txt")

    assert several.code == alone.code == 1
    assert several.stderr == alone.stderr == "audio-cnn: gone.wav: no such file: gone.wav\n"
    assert written() == ["dog.txt"]
    assert not Path("gone.txt").exists()


def test_where_nothing_was_heard_labels_are_empty(classify: Command, three_sounds: Path) -> None:
    classify("dog.wav", "rooster.wav", "--only", "dog", "--format", "audacity", "--output", "labels")

    assert [len((LABELS / name).read_text()) > 0 for name in written()] == [True, False]


def test_ctrl_c_keeps_the_labels_that_are_done(
    classify: Command, three_sounds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    classify_many = many.classify_many

    def stopped(model: str, sources: Any, **options: Any) -> Iterator[Any]:
        yield next(iter(classify_many(model, sources, **options)))
        raise KeyboardInterrupt

    monkeypatch.setattr(many, "classify_many", stopped)

    outcome = classify("dog.wav", "rooster.wav", "--format", "audacity", "--output", "labels")

    assert outcome.code == 130
    assert outcome.stderr == "audio-cnn: interrupted; 1 of 2 sounds are done\n"
    assert written() == ["dog.txt"]


def test_labels_of_a_name_in_another_encoding(classify: Command, three_sounds: Path) -> None:
    name = os.fsdecode(b"caf\xe9.wav")
    try:
        shutil.copy("dog.wav", name)
    except OSError:
        pytest.skip("this file system refuses names that are not UTF-8")

    outcome = classify(".", "--format", "raven", "--output", "labels")

    assert outcome.code == 0, outcome.stderr
    assert "caf\\udce9.wav" in (LABELS / os.fsdecode(b"caf\xe9.selections.txt")).read_text(encoding="utf-8")


def test_labels_of_standard_input(classify: Command, three_sounds: Path) -> None:
    outcome = classify("-", "--format", "audacity", stdin=Path("dog.wav").read_bytes())
    classify("-", "dog.wav", "-f", "audacity", "-o", "labels", stdin=Path("dog.wav").read_bytes())

    assert outcome.stdout == "0.000000\t1.000000\tdog\n"
    assert written() == ["dog.txt", "standard input.txt"]
