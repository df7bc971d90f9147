"""The command as a process of its own: signals and pipes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from made_data import class_sound, write_wav

COMMAND = [sys.executable, "-m", "audio_cnn"]

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and pipes of POSIX")


@pytest.fixture
def recordings(tmp_path: Path) -> Path:
    """A folder with a sound of half a minute that many names stand for."""
    folder = tmp_path / "recordings"
    first = write_wav(folder / "0.wav", class_sound("dog", seed=0, seconds=30))
    for i in range(1, 400):
        (folder / f"{i}.wav").symlink_to(first)
    return folder


def assert_interrupted(process: subprocess.Popen[bytes]) -> None:
    """After SIGINT: gone at once, with exit code 130 and no word too many."""
    started = time.monotonic()
    process.send_signal(signal.SIGINT)
    try:
        process.wait(10)
    finally:
        process.kill()
    assert time.monotonic() - started < 3
    assert process.returncode == 130
    assert process.stdout is not None
    assert process.stderr is not None
    with process.stdout, process.stderr:
        assert process.stdout.read() == b""
        assert b"Traceback" not in process.stderr.read()


def test_ctrl_c_stops_at_once_and_leaves_nothing(recordings: Path, model_path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "output"
    folder.mkdir()
    pipe = tmp_path / "pipe.wav"
    os.mkfifo(pipe)
    options = ["--model", model_path, "--format", "json", "--output", folder / "answers.json", "--jobs", "2"]
    process = subprocess.Popen(
        [*COMMAND, "classify", pipe, recordings, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    pipe.open("wb").close()  # returns when the command has begun to listen; 400 sounds are still to come

    assert_interrupted(process)

    assert list(folder.iterdir()) == []


def test_ctrl_c_also_stops_waiting_for_standard_input(model_path: Path) -> None:
    process = subprocess.Popen(
        [*COMMAND, "classify", "-", "--model", model_path],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None
    with process.stdin as waiting:
        waiting.write(bytes(2**20))  # more than a pipe holds: returns when the command reads
        time.sleep(0.1)  # and now it waits for more

        assert_interrupted(process)


@pytest.mark.parametrize("format_", ["table", "json"])
def test_a_reader_that_goes_away_is_no_error(recordings: Path, model_path: Path, format_: str) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    try:
        finished = subprocess.run(
            [*COMMAND, "classify", recordings / "0.wav", "--model", model_path, "--format", format_],
            stdout=write_end,
            stderr=subprocess.PIPE,
            timeout=60,
        )
    finally:
        os.close(write_end)

    assert finished.stderr == b""
    assert finished.returncode in (0, 1)
