"""``audio-cnn classify``: which sounds its arguments mean."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import Command, Outcome
from made_data import CLASSES, sine, write_wav

from audio_cnn.cli.inputs import Inputs


def answers(outcome: Outcome) -> dict[str, str]:
    """File -> best label, from JSON."""
    return {one["file"]: one["predictions"][0]["label"] for one in json.loads(outcome.stdout)}


def test_a_file_is_named(classify: Command, three_sounds: Path) -> None:
    outcome = classify("dog.wav")

    assert outcome.code == 0
    assert "🐕 Dog" in outcome.stdout
    assert "dog.wav" in outcome.stdout
    assert outcome.stderr == ""


def test_several_files_in_the_order_given(classify: Command, three_sounds: Path) -> None:
    outcome = classify("rooster.wav", "dog.wav", "deep/er/pig.wav", "--format", "json")

    assert list(answers(outcome).items()) == [
        ("rooster.wav", "rooster"),
        ("dog.wav", "dog"),
        ("deep/er/pig.wav", "pig"),
    ]


def test_a_folder_means_its_audio(classify: Command, three_sounds: Path) -> None:
    assert answers(classify(three_sounds, "--format", "json")) == {
        str(three_sounds / "dog.wav"): "dog",
        str(three_sounds / "rooster.wav"): "rooster",
    }


def test_recursive_goes_into_sub_folders(classify: Command, three_sounds: Path) -> None:
    outcome = classify(".", "--recursive", "--format", "json")

    assert sorted(answers(outcome).values()) == sorted(CLASSES)


@pytest.mark.parametrize(
    ("pattern", "labels"),
    [("*.wav", ["dog", "rooster"]), ("**/*.wav", ["dog", "pig", "rooster"]), ("d?g.*", ["dog"])],
)
def test_patterns_are_expanded(
    classify: Command, three_sounds: Path, pattern: str, labels: list[str]
) -> None:
    assert sorted(answers(classify(pattern, "--format", "json")).values()) == labels


@pytest.mark.slow
def test_a_folder_that_matches_a_pattern_means_its_audio(classify: Command, three_sounds: Path) -> None:
    shutil.copy("rooster.wav", "deep/rooster.wav")

    assert answers(classify("d*", "--format", "json")) == {"deep/rooster.wav": "rooster", "dog.wav": "dog"}
    assert answers(classify("de*", "--format", "json")) == {"deep/rooster.wav": "rooster"}
    assert answers(classify("de*", "--recursive", "--format", "json")) == {
        "deep/er/pig.wav": "pig",
        "deep/rooster.wav": "rooster",
    }


def test_a_pattern_names_nothing_twice(classify: Command, three_sounds: Path) -> None:
    outcome = classify("deep/**", "--recursive", "--format", "csv", "--top", "1")

    assert [line.split(",")[0] for line in outcome.stdout.splitlines()] == ["file", "deep/er/pig.wav"]


@pytest.mark.parametrize("name", ["a.w64", "b.aifc", "c.WV", "d.mkv", "e.3gp", "f.weba", "g.bwf"])
def test_a_folders_audio_is_of_any_format(classify: Command, three_sounds: Path, name: str) -> None:
    Path("more").mkdir()
    shutil.copy("dog.wav", Path("more", name))

    assert answers(classify("more", "--format", "json")) == {f"more/{name}": "dog"}


def test_what_a_folder_holds_besides_is_counted(classify: Command, three_sounds: Path) -> None:
    shutil.copy("dog.wav", "noext")
    Path("._dog.wav").write_bytes(b"what macOS leaves on a card")
    Path(".Trashes").mkdir()
    shutil.copy("dog.wav", ".Trashes/old.wav")
    Path("deep/link").symlink_to(three_sounds)

    outcome = classify(".", "--recursive", "--format", "json")
    named = classify(".", "noext", "notes.txt", "--format", "json")

    assert outcome.code == 0
    assert sorted(answers(outcome).values()) == sorted(CLASSES)
    passed_over, links = outcome.stderr.splitlines()
    assert passed_over.startswith("audio-cnn: files in folders passed over, ")
    assert ": 2; name them" in passed_over
    assert links == "audio-cnn: links to folders not followed: 1; name them to have them heard"
    assert "passed over" not in named.stderr


@pytest.fixture
def in_circles(three_sounds: Path) -> None:
    """Two links that lead back to the folder they are in: 2^40 ways to a sound."""
    Path("deep/again").symlink_to(".")
    Path("deep/er/up").symlink_to("..")


@pytest.mark.usefixtures("in_circles")
@pytest.mark.parametrize("pattern", ["deep/**/*.wav", "**/p*.wav", "d*/**/er/**", "deep/**/**/*", "deep/**/"])
def test_patterns_do_not_go_round_in_circles(classify: Command, pattern: str) -> None:
    outcome = classify(pattern, "-r", "--format", "json")

    assert answers(outcome) == {"deep/er/pig.wav": "pig"}
    assert "links to folders not followed: " in outcome.stderr


@pytest.mark.usefixtures("in_circles")
def test_a_link_that_is_named_is_followed(classify: Command) -> None:
    Path("linked").symlink_to("deep")

    assert answers(classify("linked/**/*.wav", "--format", "json")) == {"linked/er/pig.wav": "pig"}
    assert answers(classify("deep/agai*/er", "--format", "json")) == {"deep/again/er/pig.wav": "pig"}


@pytest.mark.parametrize("given", [".", "*.wav", "**/*.wav"])
def test_a_link_to_nothing_is_a_failure(classify: Command, three_sounds: Path, given: str) -> None:
    Path("dog.wav").unlink()
    Path("dog.wav").symlink_to("../gone")

    outcome = classify(given, "--format", "json")

    assert outcome.code == 1
    assert [one["file"] for one in json.loads(outcome.stdout) if "error" in one] == ["dog.wav"]
    assert "audio-cnn: dog.wav: no such file: dog.wav\n" in outcome.stderr
    assert "not called like sounds: 2" not in outcome.stderr


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes of POSIX")
@pytest.mark.parametrize("given", [".", "*.wav"])
def test_pipes_that_nobody_named_are_passed_over(classify: Command, three_sounds: Path, given: str) -> None:
    os.mkfifo("endless.wav")

    outcome = classify(given, "--format", "json")

    assert sorted(answers(outcome)) == ["dog.wav", "rooster.wav"]
    assert "audio-cnn: pipes and devices passed over: 1; name them to have them heard\n" in outcome.stderr


def test_what_cannot_be_looked_at_stops_nothing(
    classify: Command, three_sounds: Path, monkeypatch: pytest.MonkeyPatch
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


def test_an_empty_name_is_not_the_working_folder(classify: Command, three_sounds: Path) -> None:
    outcome = classify("", "dog.wav", "--format", "csv", "--top", "1")

    assert outcome.code == 1
    assert outcome.stderr == "audio-cnn: '': the name is empty\n"
    assert outcome.stdout.splitlines()[-1].startswith("dog.wav,1,dog,")


def test_a_name_that_looks_like_a_pattern_is_a_file_first(classify: Command, three_sounds: Path) -> None:
    shutil.copy("dog.wav", "take [1].wav")

    assert answers(classify("take [1].wav", "--format", "json")) == {"take [1].wav": "dog"}


def test_standard_input(classify: Command, three_sounds: Path) -> None:
    outcome = classify("-", "--format", "json", stdin=Path("rooster.wav").read_bytes())

    assert answers(outcome) == {"-": "rooster"}


@pytest.mark.slow
@pytest.mark.parametrize("redirected", [False, True], ids=["a pipe", "a file"])
def test_a_long_standard_input_is_not_kept_in_memory(
    model_path: Path, three_sounds: Path, monkeypatch: pytest.MonkeyPatch, redirected: bool
) -> None:
    script = (
        "import audio_cnn.waveform.decoding as decoding, audio_cnn.waveform.source as source, sys\n"
        "import audio_cnn.waveform.spooled as spooled, audio_cnn.cli.main as main\n"
        "source.LARGE_BYTES = spooled.LARGE_BYTES = 1000\n"
        "decoding.read_source = None\n"
        "sys.exit(main.run())"
    )
    arguments = ["classify", "-", "--model", model_path, "--format", "json"]
    command = [sys.executable, "-W", "error", "-c", script, *arguments]
    data = Path("rooster.wav").read_bytes()
    with Path("rooster.wav").open("rb") as file:
        given = {"stdin": file} if redirected else {"input": data}
        process = subprocess.run(command, capture_output=True, check=False, **given)
    assert process.returncode == 0, process.stderr
    assert json.loads(process.stdout)[0]["predictions"][0]["label"] == "rooster"
    assert process.stderr == b""


@pytest.mark.parametrize("reason", [None, OSError(9, "Bad file descriptor")])
def test_a_standard_input_that_is_closed_stops_nothing(
    three_sounds: Path, monkeypatch: pytest.MonkeyPatch, reason: OSError | None
) -> None:
    class Closed(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            assert reason
            raise reason

    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(Closed()) if reason else None)
    inputs = Inputs(recursive=False)
    inputs.add("-")
    inputs.add("dog.wav")

    said = "cannot read the stream: Bad file descriptor" if reason else "standard input is closed"
    assert (inputs.sources, inputs.failed) == ([Path("dog.wav")], {"-": said})


@pytest.mark.parametrize("name", ["große Übung.wav", "鳥 🐦.wav", "a'b\"c.wav", "-dash.wav"])
@pytest.mark.parametrize("format_", ["json", "csv", "table"])
def test_any_name_a_file_may_have(classify: Command, three_sounds: Path, name: str, format_: str) -> None:
    shutil.copy("dog.wav", name)

    outcome = classify(f"./{name}" if name.startswith("-") else name, "--format", format_)

    assert outcome.code == 0
    if format_ == "json":
        assert list(answers(outcome).values()) == ["dog"]


def test_colons_in_a_name_are_no_emoji(classify: Command, three_sounds: Path) -> None:
    shutil.copy("dog.wav", "12:cat:30.wav")

    assert "12:cat:30.wav" in classify("12:cat:30.wav").stdout


@pytest.mark.parametrize("format_", ["json", "csv", "table"])
def test_a_name_in_another_encoding_stops_nothing(
    classify: Command, three_sounds: Path, format_: str
) -> None:
    name = os.fsdecode(b"caf\xe9.wav")
    try:
        shutil.copy("dog.wav", name)
    except OSError:
        pytest.skip("this file system refuses names that are not UTF-8")

    outcome = classify(".", "--format", format_, "--output", "named.txt")

    assert outcome.code == 0, outcome.stderr
    assert Path("named.txt").stat().st_size > 0


@pytest.mark.parametrize("format_", ["json", "jsonl", "csv", "table"])
def test_a_bad_file_with_a_name_in_another_encoding_stops_nothing(
    classify: Command, three_sounds: Path, format_: str
) -> None:
    name = os.fsdecode(b"\xfe.wav")
    try:
        Path(name).symlink_to("nowhere")
    except OSError:
        pytest.skip("this file system refuses names that are not UTF-8")

    outcome = classify(name, "dog.wav", "--format", format_, "--output", "named.txt")

    assert outcome.code == 1
    assert outcome.stderr == "audio-cnn: \\xfe.wav: no such file: \\xfe.wav\n".replace("xfe", "udcfe")
    written = Path("named.txt").read_text(encoding="utf-8")
    assert "dog" in written.lower()
    assert format_ == "table" or "udcfe.wav" in written


@pytest.mark.parametrize("format_", ["table", "csv"])
def test_a_terminal_obeys_no_name(
    classify: Command, three_sounds: Path, monkeypatch: pytest.MonkeyPatch, format_: str
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    shutil.copy("dog.wav", "a\x1b[2J\n\x9b2J.wav")

    outcome = classify("a\x1b[2J\n\x9b2J.wav", "gone\x1b[2J.wav", "--format", format_)

    assert r"a\x1b[2J\n\x9b2J.wav" in outcome.stdout
    assert outcome.stderr == "audio-cnn: gone\\x1b[2J.wav: no such file: gone\\x1b[2J.wav\n"


def test_names_are_as_they_were_given_where_programs_read_them(classify: Command, three_sounds: Path) -> None:
    shutil.copy("dog.wav", "a\x1b.wav")

    assert list(answers(classify("a\x1b.wav", "--format", "json"))) == ["a\x1b.wav"]
    assert "a\x1b.wav" in classify("a\x1b.wav", "--format", "csv").stdout


def test_bad_files_are_reported_and_the_rest_is_done(classify: Command, three_sounds: Path) -> None:
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
def test_bad_files_are_reported_in_every_format(classify: Command, three_sounds: Path, format_: str) -> None:
    outcome = classify("gone.wav", "dog.wav", "--format", format_)

    assert outcome.code == 1
    assert "audio-cnn: gone.wav: no such file" in outcome.stderr
    assert "dog" in outcome.stdout


def test_a_pattern_without_a_match_is_reported(classify: Command, three_sounds: Path) -> None:
    outcome = classify("dog.wav", "*.flac", "--format", "json")

    assert outcome.code == 1
    assert "*.flac" in outcome.stderr
    assert json.loads(outcome.stdout)[0]["predictions"][0]["label"] == "dog"


@pytest.mark.parametrize("arguments", [[], ["empty"], ["*.flac"]], ids=["none", "empty folder", "no match"])
def test_nothing_to_listen_to_is_an_error(
    classify: Command, three_sounds: Path, arguments: list[str]
) -> None:
    Path("empty").mkdir()

    outcome = classify(*arguments)

    assert outcome.code == 1
    assert outcome.stderr.startswith("audio-cnn: ")
    assert outcome.stdout == ""


def test_folders_in_folders_are_said(classify: Command, three_sounds: Path) -> None:
    Path("größe").mkdir()
    Path(".hidden").mkdir()

    alone = classify("deep", "--format", "json")
    several = classify(".", "--format", "json")
    every = classify(".", "deep", "deep/er", "--format", "json")

    assert alone.stderr == (
        "audio-cnn: deep: no sounds in it\naudio-cnn: 1 folder not looked into: --recursive\n"
    )
    assert several.stderr.endswith("audio-cnn: 2 folders not looked into: --recursive\n")
    assert every.stderr.endswith("audio-cnn: 1 folder not looked into: --recursive\n")
    assert "not looked into" not in classify(".", "--recursive", "--format", "json").stderr


def test_a_folder_without_sounds_says_so(classify: Command, three_sounds: Path) -> None:
    Path("leer 空").mkdir()

    alone = classify("leer 空")
    beside = classify("leer 空", "dog.wav", "--format", "json")

    assert (alone.code, alone.stdout, alone.stderr) == (1, "", "audio-cnn: leer 空: no sounds in it\n")
    assert (beside.code, beside.stderr) == (0, "audio-cnn: leer 空: no sounds in it\n")
    assert answers(beside) == {"dog.wav": "dog"}


def test_too_long_a_sound_is_refused(classify: Command, three_sounds: Path) -> None:
    write_wav(Path("long.wav"), sine(440, seconds=2.5))

    outcome = classify("long.wav", "dog.wav", "--longest", "2", "--format", "json")

    assert outcome.code == 1
    assert [("error" in one) for one in json.loads(outcome.stdout)] == [True, False]
    assert "longer than 2 s; cut it into shorter pieces, or raise --longest" in outcome.stderr
