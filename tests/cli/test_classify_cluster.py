"""``audio-cnn classify`` with a manifest, and with a Ray cluster of two workers."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pytest
from conftest import Command
from made_data import CLASSES, class_sound, write_wav
from pyarrow import parquet

# Parts of a few rows, so that there is something to interrupt.
SMALL_PARTS = """
from audio_cnn.output import parquet
parquet.PART_ROWS = 32
from audio_cnn.cli.main import run
run()
"""
SOUNDS = 200
ON_RAY = ["--engine", "ray", "--jobs", "2", "--output"]
LONGEST_S = 150


@pytest.fixture
def recordings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with three sounds; it is the working folder."""
    folder = tmp_path / "recordings"
    for i, name in enumerate(CLASSES):
        write_wav(folder / f"{name}.wav", class_sound(name, seed=i))
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """A manifest of many names for a sound of several windows."""
    first = write_wav(tmp_path / "many" / "0.wav", class_sound("dog", seed=0, seconds=12))
    for i in range(1, SOUNDS):
        first.with_name(f"{i}.wav").symlink_to(first)
    manifest = tmp_path / "manifest.txt"
    manifest.write_text("".join(f"many/{i}.wav\n" for i in range(SOUNDS)), encoding="utf-8")
    return manifest


def start(*arguments: str | Path) -> subprocess.Popen[str]:
    """The command as a process of its own, with small parts."""
    command = [sys.executable, "-c", SMALL_PARTS, "classify", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Exit code, standard output and standard error."""
    try:
        said, complained = process.communicate(timeout=LONGEST_S)
    finally:
        process.kill()
    return process.returncode, said, complained


def parts_of(folder: Path) -> dict[str, bytes]:
    return {part.name: part.read_bytes() for part in folder.glob("part-*.parquet")}


def wait_for_a_part(folder: Path, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + LONGEST_S
    while not parts_of(folder) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)


def rows_of(folder: Path) -> pa.Table:
    return parquet.read_table(folder).sort_by("file")


@pytest.mark.long
def test_a_job_from_a_manifest_and_the_same_job_again(recordings: Path, model_path: Path) -> None:
    shutil.copy("dog.wav", "große Übung 鳥 🐦.wav")
    Path("torn.wav").write_bytes(b"RIFF....WAVE")
    names = ["dog.wav", "torn.wav", "gone.wav", "große Übung 鳥 🐦.wav", "dog.wav"]
    Path("list.csv").write_text(
        "\ufefffile,night\n" + "".join(f"{name},1\n" for name in names), encoding="utf-8"
    )
    command = [
        "rooster.wav",
        "--manifest",
        "list.csv",
        *ON_RAY,
        "answers",
        "--model",
        model_path,
        "--top",
        "2",
    ]

    code, said, complained = finish(start(*command))
    before = parts_of(Path("answers"))
    started = time.monotonic()
    again = finish(start(*command))

    assert (code, said) == (1, "answers: 3 of 5 sounds are named\n")
    assert [line.split(": ")[:2] for line in complained.splitlines()] == [
        ["audio-cnn", "torn.wav"],
        ["audio-cnn", "gone.wav"],
    ]
    rows = {row["file"]: row for row in rows_of(Path("answers")).to_pylist()}
    assert {file: row["label"] for file, row in rows.items()} == {
        "dog.wav": "dog",
        "gone.wav": None,
        "große Übung 鳥 🐦.wav": "dog",
        "rooster.wav": "rooster",
        "torn.wav": None,
    }
    assert {len(row["labels"]) for row in rows.values() if row["labels"]} == {2}
    assert "no such file" in rows["gone.wav"]["error"]
    assert again == (1, "answers: 3 of 5 sounds are named; nothing was left to do\n", complained)
    assert parts_of(Path("answers")) == before
    assert time.monotonic() - started < 10  # no cluster was started


@pytest.mark.long
@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_a_killed_job_goes_on_where_it_was(many: Path, model_path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "answers"
    command = ["--manifest", many, *ON_RAY, folder, "--model", model_path]
    process = start(*command)
    wait_for_a_part(folder, process)
    process.send_signal(signal.SIGKILL)
    assert finish(process)[0] == -signal.SIGKILL
    (folder / ".part-half-written.parquet").write_bytes(b"PAR1")
    kept, rows_kept = parts_of(folder), rows_of(folder).num_rows

    outcome = finish(start(*command))

    assert 0 < rows_kept < SOUNDS
    assert outcome == (0, f"{folder}: {SOUNDS} of {SOUNDS} sounds are named\n", "")
    assert sorted(rows_of(folder)["file"].to_pylist()) == sorted(
        str(many.parent / "many" / f"{i}.wav") for i in range(SOUNDS)
    )
    assert set(rows_of(folder)["label"].to_pylist()) == {"dog"}
    assert kept.items() <= parts_of(folder).items()
    assert not list(folder.glob(".*"))


@pytest.mark.long
@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_ctrl_c_keeps_what_has_come(many: Path, model_path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "answers"
    process = start("--manifest", many, *ON_RAY, folder, "--model", model_path)
    wait_for_a_part(folder, process)
    process.send_signal(signal.SIGINT)

    code, said, complained = finish(process)

    assert code == 130
    assert not said or "(raylet)" in said  # Ray may have a last word about the workers that were ended
    assert "audio-cnn: interrupted; the same command goes on from here\n" in complained
    assert "Traceback" not in complained
    files = rows_of(folder)["file"].to_pylist()
    assert 0 < len(set(files)) == len(files) < SOUNDS


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["dog.wav", "--engine", "ray"], "--output"),
        (["dog.wav", *ON_RAY, "answers", "--format", "json"], "leave out --format json"),
        (["dog.wav", *ON_RAY, "answers", "--format", "table"], "leave out --format table"),
        (["-", *ON_RAY, "answers"], "standard input"),
        (["dog.wav", *ON_RAY, "answers", "--windows"], "--windows needs --engine local"),
        (["dog.wav", *ON_RAY, "answers", "--segments"], "--segments needs --engine local"),
        (["dog.wav", *ON_RAY, "answers", "--only", "dog"], "--only needs --engine local"),
        (["dog.wav", *ON_RAY, "answers", "--resume"], "--resume needs --engine local"),
        (["dog.wav", *ON_RAY, "dog.wav"], "cannot write to the folder dog.wav"),
        pytest.param(
            ["dog.wav", *ON_RAY, "answers", "--address", "nowhere"], "host:port", marks=pytest.mark.slow
        ),
        pytest.param(
            ["dog.wav", *ON_RAY, "answers", "--address", "127.0.0.1:1"],
            "no Ray cluster answers",
            marks=pytest.mark.slow,
        ),
        (["dog.wav", "--address", "auto"], "--engine ray"),
        (["-", "--manifest", "-"], "standard input"),
        (["--manifest", "gone.txt"], "cannot read the manifest gone.txt"),
        (["--manifest", "empty.txt", *ON_RAY, "answers"], "no sounds"),
        (["--manifest", "columns.csv"], "no column 'file'"),
        (["dog.wav", *ON_RAY, "answers", "--model", "none"], "no model 'none'"),
    ],
    ids=str,
)
def test_what_cannot_be_done_is_one_line(
    audio_cnn: Command, recordings: Path, options: list[str], reason: str
) -> None:
    Path("empty.txt").write_text("\n\n", encoding="utf-8")
    Path("columns.csv").write_text("path,night\ndog.wav,1\n", encoding="utf-8")

    outcome = audio_cnn("classify", *options)

    assert outcome.code == 1
    assert outcome.stdout == ""
    assert outcome.stderr.startswith("audio-cnn: ")
    assert reason in outcome.stderr
    assert len(outcome.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("lists/plain.txt", "../dog.wav\n\n../rooster.wav"),
        ("lists/windows.txt", "\ufeff../dog.wav\r\n../rooster.wav\r\n"),
        ("lists/table.csv", 'night,file\r\n1,../dog.wav\r\n2,"../rooster.wav"\r\n'),
    ],
)
def test_a_manifest_names_files_from_its_own_folder(
    audio_cnn: Command, recordings: Path, model_path: Path, name: str, text: str
) -> None:
    Path("lists").mkdir()
    Path(name).write_bytes(text.encode())

    outcome = audio_cnn("classify", "pig.wav", "--manifest", name, "--model", model_path, "--format", "json")

    assert outcome.code == 0, outcome.stderr
    assert [one["file"] for one in json.loads(outcome.stdout)] == [
        "lists/../dog.wav", "lists/../rooster.wav", "pig.wav",
    ]  # fmt: skip


def test_a_manifest_from_standard_input(audio_cnn: Command, recordings: Path, model_path: Path) -> None:
    options = ["--manifest", "-", "--model", model_path, "--format", "json"]

    outcome = audio_cnn("classify", *options, stdin=b"dog.wav\npig.wav\n")

    assert [one["file"] for one in json.loads(outcome.stdout)] == ["dog.wav", "pig.wav"]


def test_a_manifest_may_hold_names_in_another_encoding(
    audio_cnn: Command, recordings: Path, model_path: Path
) -> None:
    try:
        shutil.copy("dog.wav", os.fsdecode(b"caf\xe9.wav"))
    except OSError:
        pytest.skip("this file system refuses names that are not UTF-8")
    Path("list.txt").write_bytes(b"caf\xe9.wav\n")

    outcome = audio_cnn("classify", "--manifest", "list.txt", "--model", model_path, "--format", "csv")

    assert outcome.code == 0, outcome.stderr
