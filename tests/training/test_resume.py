"""Interrupted at any moment, gone on with, ended in the very same weights."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from conftest import Command
from made_data import set_options, tiny_config
from torch import Tensor

from audio_cnn.cli.watching import watched
from audio_cnn.dataset.examples import Examples
from audio_cnn.training.checkpoint import finished_epochs, finished_network
from audio_cnn.training.journal import LOG_NAME
from audio_cnn.training.loop import CHECKPOINT_NAME, Record, Run, fit
from audio_cnn.training.tensors import read_tensors

pytestmark = pytest.mark.slow

CPU = torch.device("cpu")
SETTINGS = ("training.epochs=5", "training.validate_every=1")


class StopAt:
    """Interrupts like Ctrl-C, at a step or when an epoch has ended but is not saved yet."""

    def __init__(self, epoch: int, step: int | None) -> None:
        self.at = (epoch, step)

    def step_ended(self, epoch: int, step: int, _steps: int, _log_mel: Tensor) -> None:
        if (epoch, step) == self.at:
            raise KeyboardInterrupt

    def epoch_ended(self, record: Record, _scores: object) -> None:
        if (record["epoch"], None) == self.at:
            raise KeyboardInterrupt


def run_in(folder: Path, examples: Examples) -> Run:
    return Run(tiny_config(*SETTINGS), examples, (1, 2, 3, 4), 5, folder, CPU)


@pytest.fixture(scope="module")
def uninterrupted(examples: Examples, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run folder of a training that nothing disturbed. Not to be changed."""
    run = run_in(tmp_path_factory.mktemp("runs") / "whole", examples)
    with watched(run) as observers:
        fit(run, observers)
    return run.folder


def plain(history: list[Record]) -> list[Record]:
    """Without how long it took."""
    return [{key: value for key, value in record.items() if key != "seconds"} for record in history]


def log_of(folder: Path) -> list[Record]:
    return [json.loads(line) for line in (folder / LOG_NAME).read_text(encoding="utf-8").splitlines()]


def assert_same_end(folder: Path, expected: Path) -> None:
    """The whole state, to the last bit; and each epoch once in history and log."""
    ours, _header = read_tensors(folder / CHECKPOINT_NAME)
    theirs, _header = read_tensors(expected / CHECKPOINT_NAME)
    assert ours.keys() == theirs.keys()
    for name, tensor in ours.items():
        assert torch.equal(tensor, theirs[name]), name
    histories = [finished_network(path / CHECKPOINT_NAME).record["history"] for path in (folder, expected)]
    assert plain(histories[0]) == plain(histories[1])
    assert plain(log_of(folder)) == plain(log_of(expected))
    assert [record["epoch"] for record in log_of(folder)] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("epoch", "step"), [(0, 1), (2, 1), (3, 0), (3, None)], ids=["first", "middle", "begun", "before saving"]
)
def test_stopped_and_gone_on_with(
    epoch: int, step: int | None, examples: Examples, tmp_path: Path, uninterrupted: Path
) -> None:
    run = run_in(tmp_path / "run", examples)
    with pytest.raises(KeyboardInterrupt), watched(run) as observers:
        fit(run, [*observers, StopAt(epoch, step)])
    assert finished_epochs(run.folder / CHECKPOINT_NAME) == epoch - (step is None)

    with watched(run) as observers:
        fit(run, observers, resume=True)

    assert_same_end(run.folder, uninterrupted)


@pytest.mark.slow
def test_killed_and_gone_on_with(
    feature_file: Path, tmp_path: Path, uninterrupted: Path, audio_cnn: Command
) -> None:
    folder = tmp_path / "run"
    train = ["train", "--data", feature_file, "--run", folder, "--validate-fold", "5", "--threads", "1"]
    command = [*map(str, train), *set_options(*SETTINGS)]
    process = subprocess.Popen([sys.executable, "-c", SLOW_STEPS, *command], stderr=subprocess.DEVNULL)
    wait_for_lines(folder / LOG_NAME, 2, process)
    time.sleep(0.05)  # into the third epoch, the steps of which take 0.1 s each
    process.send_signal(signal.SIGKILL)
    assert process.wait(10) == -signal.SIGKILL
    assert finished_epochs(folder / CHECKPOINT_NAME) in (1, 2)

    outcome = audio_cnn(*command, "--resume")

    assert outcome.code == 0, outcome.stderr
    assert_same_end(folder, uninterrupted)


SLOW_STEPS = """
import time
from audio_cnn.cli.main import run
from audio_cnn.training import loop

step = loop.train_step

def slow_step(*arguments):
    time.sleep(0.1)
    return step(*arguments)

loop.train_step = slow_step
run()
"""


def wait_for_lines(path: Path, lines: int, process: subprocess.Popen[bytes], timeout_s: float = 60.0) -> None:
    """Until a file of a running process holds so many lines."""
    deadline = time.monotonic() + timeout_s
    while not path.exists() or path.read_bytes().count(b"\n") < lines:
        assert process.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < deadline, "it never came so far"
        time.sleep(0.01)
