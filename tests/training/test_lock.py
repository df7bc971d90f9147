"""One process at a time in the folder of a training."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from audio_cnn.errors import CheckpointError
from audio_cnn.training.lock import LOCK_NAME, alone_in

HOLDER = """
import sys
from pathlib import Path
from audio_cnn.training.lock import alone_in

with alone_in(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize("end", ["leaves", "is killed"])
def test_another_process_is_refused_until_the_first_is_gone(tmp_path: Path, end: str) -> None:
    run = tmp_path / "run"
    command = [sys.executable, "-c", HOLDER, str(run)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"

        refused = pytest.raises(CheckpointError, match=r"another process is training in .*run; wait until")
        with refused, alone_in(run):
            pass

        if end == "is killed":
            holder.send_signal(signal.SIGKILL)
    with alone_in(run):
        assert (run / LOCK_NAME).exists()


def test_a_lock_that_is_left_over_does_not_count(tmp_path: Path) -> None:
    (tmp_path / LOCK_NAME).write_text("12345\n", encoding="utf-8")

    with alone_in(tmp_path):
        pass


def test_an_error_inside_gives_the_folder_back(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), alone_in(tmp_path):
        raise KeyboardInterrupt

    with alone_in(tmp_path):
        pass


def test_what_was_left_half_written_is_removed_and_nothing_else(tmp_path: Path) -> None:
    for name in ("checkpoint.safetensors.0123abcd.part", "mine.part", "checkpoint.safetensors"):
        (tmp_path / name).touch()

    with alone_in(tmp_path):
        assert sorted(path.name for path in tmp_path.iterdir()) == [
            LOCK_NAME, "checkpoint.safetensors", "mine.part",
        ]  # fmt: skip
