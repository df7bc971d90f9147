"""Several trainings at the same time, each an ``audio-cnn train`` in a process of its own."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from asyncio import StreamReader
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, cast

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from audio_cnn.cli.train import TrainingOptions
from audio_cnn.dataset.examples import Examples
from audio_cnn.training.checkpoint import finished_epochs
from audio_cnn.training.cross_validation import Part
from audio_cnn.training.loop import CHECKPOINT_NAME

OUTPUT_NAME = "output.log"
TRAINING_BYTES = 3 * 2**29  # a small network on ESC-50 was seen to take 1.5 GB, features and all
TO_END_S = 30.0
EPOCH = re.compile(r"epoch (?P<number>\d+)/\d+ ")
LONGEST_LINE_BYTES = 2**20


def fitting_jobs(jobs: int, examples: Examples) -> int:
    """How many of ``jobs`` trainings fit into memory beside each other; one in any case."""
    available = available_bytes()
    return (
        jobs
        if available is None
        else max(1, min(jobs, available // (TRAINING_BYTES + examples.log_mel.nbytes)))
    )


def available_bytes() -> int | None:
    """Memory that can be had without swapping, on Linux; None where it is not known."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    sizes_kb = {name: int(rest.split()[0]) for name, rest in (line.split(":") for line in lines)}
    return sizes_kb["MemAvailable"] * 1024 if "MemAvailable" in sizes_kb else None


def done(part: Part) -> int:
    """Epochs that are behind it."""
    return finished_epochs(part.folder / CHECKPOINT_NAME)


def train_all(options: TrainingOptions, epochs: int, parts: Sequence[Part], jobs: int) -> dict[Part, str]:
    """Train all parts, ``jobs`` at a time; part -> what went wrong, for those that failed.

    Ctrl-C ends all of them; each can go on from its last checkpoint.
    """
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    console = Console(stderr=True)
    threads = options.threads or max(1, (os.cpu_count() or 1) // jobs)
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        lines = Lines(progress)
        for part in parts:
            lines.add(part, epochs)
        return asyncio.run(_train_all(replace(options, threads=threads), parts, jobs, lines))


class Lines:
    """A line of progress for each training."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.tasks: dict[Part, TaskID] = {}

    def add(self, part: Part, epochs: int) -> None:
        """A training as far as it has come."""
        self.tasks[part] = self.progress.add_task(part.name, total=epochs, completed=done(part))

    def show(self, part: Part, text: str) -> None:
        """What the training has said, if it is about an epoch."""
        if not (epoch := EPOCH.match(text)):
            return
        self.progress.update(
            self.tasks[part], description=f"{part.name}  {text}", completed=int(epoch["number"])
        )
        if not self.progress.console.is_terminal:
            self.progress.console.print(f"{part.name}  {text}", highlight=False, soft_wrap=True)


async def _train_all(
    options: TrainingOptions, parts: Sequence[Part], jobs: int, lines: Lines
) -> dict[Part, str]:
    slots = asyncio.Semaphore(jobs)
    async with asyncio.TaskGroup() as group:
        tasks = {part: group.create_task(_train(options, part, slots, lines)) for part in parts}
    return {part: reason for part, task in tasks.items() if (reason := task.result())}


async def _train(options: TrainingOptions, part: Part, slots: asyncio.Semaphore, lines: Lines) -> str | None:
    """Why it failed, if it did."""
    log = part.folder / OUTPUT_NAME
    try:
        async with slots:
            part.folder.mkdir(parents=True, exist_ok=True)
            with log.open("ab", buffering=0) as file:
                last, code = await _follow(_command(options, part), part, file, lines)
    except (OSError, ValueError) as error:  # the folder, the process, or a line without an end
        return str(error)
    if code == 0:
        return None
    reason = f"ended by signal {-code}" if code < 0 else last.removeprefix("audio-cnn: ")
    return f"{reason}; what it said is in {log}"


def _command(options: TrainingOptions, part: Part) -> list[str]:
    here = ["--run", str(part.folder), f"--validate-fold={part.fold}", f"--set=training.seed={part.seed}"]
    taught = [f"--teacher={folder}" for folder in part.of_fold(options.teachers)]
    return [sys.executable, "-m", "audio_cnn", "train", *options.arguments(), *here, *taught, "--resume"]


async def _follow(command: list[str], part: Part, log: BinaryIO, lines: Lines) -> tuple[str, int]:
    """The last thing it said, and its exit code. Cancelling ends it as Ctrl-C would."""
    # A session of its own: Ctrl-C does not reach it from the terminal, only what `_end` sends.
    process = await asyncio.create_subprocess_exec(
        *command, stdin=DEVNULL, stdout=PIPE, stderr=STDOUT, start_new_session=True, limit=LONGEST_LINE_BYTES
    )
    last = ""
    try:
        async for line in cast(StreamReader, process.stdout):
            log.write(line)
            if text := line.decode(errors="replace").strip():
                last = text
                lines.show(part, text)
        return last, await process.wait()
    finally:
        if process.returncode is None:
            await _end(process)


async def _end(process: Process) -> None:
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), TO_END_S)
    except TimeoutError:
        process.kill()
        await process.wait()
