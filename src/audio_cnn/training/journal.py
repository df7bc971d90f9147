"""What is kept of a training besides its weights: a log a program can read, and TensorBoard."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import numpy.typing as npt
from torch import Tensor
from torch.utils.tensorboard import SummaryWriter

from audio_cnn.evaluation.metrics import confusion_matrix
from audio_cnn.training.loop import Run
from audio_cnn.training.state import Record
from audio_cnn.writing import write_text

LOG_NAME = "log.jsonl"
CONFIG_NAME = "config.json"
PICTURED = 8
PICTURE_EVERY = 10
Pixels = npt.NDArray[np.float32]


class LogFile:
    """One JSON object a line for each epoch, in the run's folder.

    On resuming, lines past the checkpoint are dropped, so that no epoch appears twice.
    """

    def __init__(self, folder: Path, finished_epochs: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / LOG_NAME
        lines = self.path.read_text(encoding="utf-8").splitlines() if self.path.exists() else []
        write_text(self.path, "".join(f"{line}\n" for line in lines[:finished_epochs]))

    def step_ended(self, epoch: int, step: int, steps: int, log_mel: Tensor) -> None:
        """Steps are not logged."""

    def epoch_ended(self, record: Record, _scores: npt.NDArray[np.float32] | None) -> None:
        """Append the epoch's numbers."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")


class TensorBoard:
    """Loss, accuracy, learning rate, spectrograms as the network sees them, confusion matrix.

    On resuming, what was written past the checkpoint is taken back.
    """

    def __init__(self, run: Run, finished_epochs: int) -> None:
        self.run = run
        self.writer = SummaryWriter(str(run.folder / "tensorboard"), purge_step=finished_epochs + 1)
        self.seen: Tensor | None = None

    def step_ended(self, _epoch: int, step: int, _steps: int, log_mel: Tensor) -> None:
        """Keep the first batch of the epoch for its picture."""
        if step == 0:
            self.seen = log_mel[:PICTURED].detach().float().cpu()

    def epoch_ended(self, record: Record, scores: npt.NDArray[np.float32] | None) -> None:
        """Write the epoch's numbers and, now and then, its pictures."""
        epoch = record["epoch"]
        for name, value in record.items():
            if name != "epoch":
                self.writer.add_scalar(name.replace("validation_", "validation/"), value, epoch)
        if self.seen is not None and epoch % PICTURE_EVERY == 1 % PICTURE_EVERY:
            self.writer.add_images("seen by the network", self.seen.flip(1).unsqueeze(1), epoch)
        if scores is not None and self.run.validate_fold is not None:
            picture = self._confusion(scores, self.run.validate_fold)
            self.writer.add_image("confusion", picture, epoch, dataformats="HW")
        self.writer.flush()

    def _confusion(self, scores: npt.NDArray[np.float32], fold: int) -> Pixels:
        examples = self.run.examples
        target = examples.target[examples.rows([fold])]
        counts = confusion_matrix(scores.argmax(1), target, len(examples.class_names))
        shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
        return np.kron(shares, np.ones((8, 8))).astype(np.float32)
