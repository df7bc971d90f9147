"""Who watches a training on the command line: progress bar, log file, TensorBoard."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from audio_cnn.config import to_dict
from audio_cnn.evaluation.percent import percent
from audio_cnn.training.checkpoint import finished_epochs
from audio_cnn.training.journal import CONFIG_NAME, LogFile, TensorBoard
from audio_cnn.training.loop import CHECKPOINT_NAME, Observer, Run
from audio_cnn.writing import write_text

STRANGE = "learning what is strange"
"""A minute or two after the last epoch."""


class EpochBar:
    """A progress bar over all steps with the last epoch's numbers; lines where nobody looks on."""

    def __init__(self, progress: Progress, run: Run, finished: int) -> None:
        self.progress = progress
        self.epochs = run.config.training.all_epochs
        self.learns_strange = run.config.network.familiarity and run.config.training.made_sounds > 0
        self.task = progress.add_task(
            f"epoch {finished}/{self.epochs}", total=self.epochs, completed=finished
        )

    def step_ended(self, epoch: int, step: int, steps: int, _log_mel: Any) -> None:
        """Move on by one step."""
        self.progress.update(self.task, completed=epoch + (step + 1) / steps)

    def epoch_ended(self, record: dict[str, Any], _scores: Any) -> None:
        """Show the epoch's numbers."""
        text = f"epoch {record['epoch']}/{self.epochs}  loss {record['loss']:.3f}"
        if "validation_accuracy" in record:
            text += f"  accuracy {percent(record['validation_accuracy'], 1)}"
        self.progress.update(self.task, description=text, completed=record["epoch"])
        self._say(text)
        if record["epoch"] == self.epochs and self.learns_strange:
            self.progress.add_task(STRANGE, total=None)
            self._say(STRANGE)

    def _say(self, text: str) -> None:
        if not self.progress.console.is_terminal:
            self.progress.console.print(text, highlight=False)


@contextmanager
def watched(run: Run) -> Iterator[Sequence[Observer]]:
    """Observers of one run; its recipe is written beside its log."""
    finished = finished_epochs(run.folder / CHECKPOINT_NAME)
    log = LogFile(run.folder, finished)
    if not finished:
        text = json.dumps(to_dict(run.config), indent=1)
        write_text(run.folder / CONFIG_NAME, text + "\n")
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        yield [log, TensorBoard(run, finished), EpochBar(progress, run, finished)]
