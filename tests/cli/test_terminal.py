"""Where the command meets the terminal: encodings, files to write to, errors of the system, Ctrl-C."""

from __future__ import annotations

import io
import json
import os
import stat
import sys
import threading
from pathlib import Path
from typing import Any, NoReturn

import pytest
import typer
from conftest import Command
from made_data import class_sound, write_wav

from audio_cnn.cli import main, stopping
from audio_cnn.cli.terminal import check_output, open_stream, output_file
from audio_cnn.errors import ConfigError
from audio_cnn.prediction import many


@pytest.fixture
def dog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Name of a sound in the working folder."""
    monkeypatch.chdir(tmp_path)
    return str(write_wav(Path("dog.wav"), class_sound("dog", seed=1)))


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
@pytest.mark.parametrize("format_", ["table", "json"])
def test_a_terminal_without_emoji_gets_them_spelt_out(
    audio_cnn: Command,
    model_path: Path,
    dog: str,
    monkeypatch: pytest.MonkeyPatch,
    encoding: str,
    format_: str,
) -> None:
    screen = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(screen, encoding=encoding))
    Path(dog).rename("音.wav")

    outcome = audio_cnn("classify", "音.wav", "--model", model_path, "--format", format_)

    shown = screen.getvalue().decode(encoding)
    assert outcome.code == 0
    assert r"\u97f3.wav" in shown
    if format_ == "json":
        assert json.loads(shown)[0]["file"] == "音.wav"
    else:
        assert r"\U0001f415 Dog" in shown


@pytest.mark.parametrize("command", ["classify", "evaluate"])
@pytest.mark.parametrize("where", ["no/such/folder/out", "taken"])
def test_an_output_is_refused_before_the_work(
    audio_cnn: Command,
    model_path: Path,
    feature_file: Path,
    dog: str,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    where: str,
) -> None:
    def heard(*_arguments: object, **_options: object) -> NoReturn:
        raise AssertionError("it was worked for nothing")

    monkeypatch.setattr(many, "classify_many", heard)
    monkeypatch.setattr("audio_cnn.evaluation.score.answers_of", heard)
    Path("taken").mkdir()
    given = [dog] if command == "classify" else ["--data", feature_file]

    outcome = audio_cnn(command, *given, "--model", model_path, "--output", where)

    assert outcome.code == 1
    assert outcome.stderr.startswith(f"audio-cnn: cannot write {where}: ")


def test_a_folder_that_may_not_be_written_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda _path, mode: mode != os.W_OK)  # as root one may everywhere

    with pytest.raises(ConfigError, match=r"cannot write .*out\.json: no permission"):
        check_output(tmp_path / "out.json")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes of POSIX")
def test_a_pipe_or_device_is_written_to_and_not_replaced(
    audio_cnn: Command, model_path: Path, dog: str
) -> None:
    os.mkfifo("pipe")
    arrived: list[str] = []
    reader = threading.Thread(target=lambda: arrived.append(Path("pipe").read_text()), daemon=True)
    reader.start()

    outcome = audio_cnn("classify", dog, "--model", model_path, "--format", "csv", "--output", "pipe")

    assert outcome.code == 0, outcome.stderr
    assert stat.S_ISFIFO(Path("pipe").stat().st_mode)
    assert not list(Path().glob("*.part"))
    reader.join(5)
    assert arrived[0].splitlines()[1].startswith("dog.wav,1,dog,")


def test_a_file_that_fails_midway_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"

    def write() -> None:
        with output_file(path) as file:
            file.write("half")
            assert len(list(tmp_path.glob("out.csv.*.part"))) == 1
            raise OSError(28, "No space left on device")

    with pytest.raises(ConfigError, match=r"cannot write .*out\.csv: No space left on device"):
        write()

    assert list(tmp_path.iterdir()) == []


def write(path: Path, text: str) -> None:
    """As a command does it."""
    check_output(path)
    with output_file(path) as file:
        file.write(text)


@pytest.mark.parametrize("old", ["old", None])
def test_a_link_stays_a_link(tmp_path: Path, old: str | None) -> None:
    (tmp_path / "real").mkdir()
    real, latest = tmp_path / "real" / "out.csv", tmp_path / "latest.csv"
    latest.symlink_to("real/out.csv")
    if old:
        real.write_text(old)

    write(latest, "new")

    assert latest.is_symlink()
    assert real.read_text() == "new"
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["latest.csv", "out.csv", "real"]


def test_a_link_into_no_folder_is_refused(tmp_path: Path) -> None:
    link = tmp_path / "latest.csv"
    link.symlink_to("gone/out.csv")

    with pytest.raises(ConfigError, match=r"cannot write .*latest\.csv: there is no folder .*gone"):
        check_output(link)


def test_what_may_be_written_in_a_folder_that_may_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, foreign = tmp_path / "mine.csv", tmp_path / "foreign.csv"
    mine.write_text("old and longer")
    foreign.touch()
    number = mine.stat().st_ino
    monkeypatch.setattr(os, "access", lambda path, _mode: Path(path) == mine)

    write(mine, "new")

    assert mine.read_text() == "new"
    assert mine.stat().st_ino == number
    with pytest.raises(ConfigError, match=r"cannot write .*foreign\.csv: no permission"):
        check_output(foreign)


@pytest.mark.skipif(not Path("/dev/fd").is_dir(), reason="open streams have no path")
@pytest.mark.parametrize("through_a_link", [False, True])
def test_an_open_stream_is_written_on(tmp_path: Path, through_a_link: bool) -> None:
    path, link = tmp_path / "r.csv", tmp_path / "link"
    with path.open("w") as opened:
        opened.write("before\n")
        opened.flush()
        stream = Path(f"/dev/fd/{opened.fileno()}")
        link.symlink_to(stream)
        write(link if through_a_link else stream, "new\n")
        opened.write("after\n")

    assert path.read_text() == "before\nnew\nafter\n"
    assert link.is_symlink()
    assert open_stream(path) is None
    with pytest.raises(ConfigError, match="it is not open"):
        check_output(stream)


@pytest.mark.skipif(not Path("/dev/fd").is_dir(), reason="open streams have no path")
def test_standard_output_can_be_named(capsys: pytest.CaptureFixture[str]) -> None:
    write(Path("/dev/fd/1"), "new")

    assert capsys.readouterr().out == "new"


def test_links_that_lead_round_in_circles_are_no_stream(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(link)

    assert open_stream(link) is None


@pytest.mark.skipif(os.name != "posix", reason="devices of POSIX")
def test_nothing_is_written_beside_a_device(monkeypatch: pytest.MonkeyPatch) -> None:
    null = Path(os.devnull)
    monkeypatch.setattr(os, "access", lambda path, _mode: Path(path) == null)  # as it is for most people

    write(null, "new")

    assert null.is_char_device()


def test_of_two_who_write_the_same_file_the_last_wins(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"

    with output_file(path) as last:
        last.write("last\n")
        with output_file(path) as first:
            first.write("first and longer\n")
        assert path.read_text() == "first and longer\n"
        last.write("of all\n")

    assert path.read_text() == "last\nof all\n"
    assert list(tmp_path.iterdir()) == [path]


def test_a_part_that_is_kept_has_a_name_that_can_be_found(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"

    def stopped(text: str, *, keep_part: bool) -> None:
        with output_file(path, keep_part=keep_part) as file:
            file.write(text)
            raise KeyboardInterrupt

    for text, keep_part, left in [("new", False, []), ("", True, []), ("new", True, ["out.csv.part"])]:
        with pytest.raises(KeyboardInterrupt):
            stopped(text, keep_part=keep_part)
        assert [file.name for file in tmp_path.iterdir()] == left


def test_standard_output_that_is_closed_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdout", None)

    with pytest.raises(SystemExit) as stopped:
        main.run()

    assert stopped.value.code == 1
    assert capsys.readouterr().err.startswith("audio-cnn: standard output is closed; ")


def test_complaints_do_not_go_to_standard_output(
    audio_cnn: Command, model_path: Path, dog: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", None)

    outcome = audio_cnn("classify", "gone.wav", dog, "--model", model_path, "--format", "jsonl")

    assert outcome.code == 1
    assert [json.loads(line)["file"] for line in outcome.stdout.splitlines()] == ["gone.wav", dog]
    sys.stderr.close()


def test_an_error_is_one_that_a_terminal_does_not_obey(audio_cnn: Command, tmp_path: Path) -> None:
    outcome = audio_cnn("models", "a\x1b[2J")

    assert outcome.stderr.startswith(r"audio-cnn: no model 'a\x1b[2J'")


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (PermissionError(13, "Permission denied", "notes"), "audio-cnn: notes: Permission denied\n"),
        (OSError("the disk is on fire"), "audio-cnn: the disk is on fire\n"),
    ],
)
def test_errors_of_the_system_are_one_line(
    audio_cnn: Command, monkeypatch: pytest.MonkeyPatch, error: OSError, line: str
) -> None:
    def broken() -> NoReturn:
        raise error

    monkeypatch.setattr("audio_cnn.prediction.model_file.shipped_models", broken)

    outcome = audio_cnn("models")

    assert (outcome.code, outcome.stderr) == (1, line)


@pytest.mark.parametrize("fault", [ZeroDivisionError, ImportError])
def test_a_mistake_of_ours_is_not_hidden(
    audio_cnn: Command, monkeypatch: pytest.MonkeyPatch, fault: type[Exception]
) -> None:
    def broken() -> NoReturn:
        raise fault("ours")

    monkeypatch.setattr("audio_cnn.prediction.model_file.shipped_models", broken)

    with pytest.raises(fault, match="ours"):
        audio_cnn("models")


def test_ctrl_c_is_one_line_with_the_notes_of_the_command(
    audio_cnn: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped() -> NoReturn:
        stop = KeyboardInterrupt()
        stop.add_note("go on tomorrow")
        raise stop

    monkeypatch.setattr("audio_cnn.prediction.model_file.shipped_models", stopped)

    outcome = audio_cnn("models")

    assert (outcome.code, outcome.stdout) == (130, "")
    assert outcome.stderr == "audio-cnn: interrupted; go on tomorrow\n"


def test_ctrl_c_while_a_module_is_imported_is_no_fault_of_the_module(
    audio_cnn: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped() -> NoReturn:
        raise ImportError("initialization failed") from KeyboardInterrupt()

    monkeypatch.setattr("audio_cnn.prediction.model_file.shipped_models", stopped)

    outcome = audio_cnn("models")

    assert (outcome.code, outcome.stdout, outcome.stderr) == (130, "", "audio-cnn: interrupted\n")


@pytest.mark.parametrize("busy", [False, True])
def test_ctrl_c_waits_for_nobody(audio_cnn: Command, monkeypatch: pytest.MonkeyPatch, busy: bool) -> None:
    ends: list[Any] = []
    listener = [threading.Thread()] if busy else []  # what other tests have left running does not count
    monkeypatch.setattr(stopping.threading, "enumerate", lambda: [threading.main_thread(), *listener])

    def leave(code: int) -> NoReturn:
        ends.append(code)
        raise SystemExit(code)

    monkeypatch.setattr(stopping.os, "_exit", leave)
    with pytest.raises(SystemExit) as stopped:
        stopping.interrupted(KeyboardInterrupt())

    assert stopped.value.code == 130
    assert ends == ([130] if busy else [])


def test_an_exit_without_a_cause_stays_what_it_is() -> None:
    plain = SystemExit(3)
    wanted = SystemExit(1)
    wanted.__context__ = typer.Exit(1)

    assert main.reason(plain) is plain
    assert main.reason(wanted) is wanted
