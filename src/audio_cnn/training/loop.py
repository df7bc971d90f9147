"""The training loop."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from audio_cnn.config import Config
from audio_cnn.dataset.examples import Examples
from audio_cnn.errors import ConfigError, TrainingError
from audio_cnn.training.batches import Batches, Sampling, seed_epoch
from audio_cnn.training.checkpoint import load_state, save_state
from audio_cnn.training.device import autocast
from audio_cnn.training.familiarity import extend_familiarity, learn_familiarity
from audio_cnn.training.scoring import scores_of
from audio_cnn.training.state import Record, TrainingState, initial_state

if TYPE_CHECKING:
    from audio_cnn.training.teachers import Teachers

CHECKPOINT_NAME = "checkpoint.safetensors"


class Observer(Protocol):
    """Watches training: a progress bar, a log file, TensorBoard."""

    def step_ended(self, epoch: int, step: int, steps: int, log_mel: Tensor) -> None:
        """After each batch; ``log_mel`` [B, M, F] is what the network saw."""

    def epoch_ended(self, record: Record, scores: npt.NDArray[np.float32] | None) -> None:
        """After each epoch; ``scores`` [N, K] of the validation clips where they were looked at."""


@dataclass(frozen=True)
class Run:
    """One training: a recipe, data, the folds to learn from, and where to keep the state.

    Attributes:
        validate_fold: scored now and then to be looked at, never to choose by. None: no such fold.
        start: the network that is trained further. None: a fresh one.
        sampling: what an epoch draws. None: each clip once.
        origin: what else identifies the training in its checkpoint, for one that starts from a network.
        teachers: finished networks whose answers are learned beside the labels.
    """

    config: Config
    examples: Examples
    folds: tuple[int, ...]
    validate_fold: int | None
    folder: Path
    device: torch.device
    start: nn.Module | None = None
    sampling: Sampling | None = None
    origin: dict[str, Any] = field(default_factory=dict)
    teachers: Teachers | None = None

    @property
    def data(self) -> dict[str, Any]:
        """What identifies the training data in a checkpoint."""
        return {
            "folds": list(self.folds),
            "clips": len(self.examples),
            "variants": int(self.examples.log_mel.shape[0]),
            "class_names": list(self.examples.class_names),
            "digest": self.examples.digest,
            "contents": self.examples.contents,
            **({"origin": self.origin} if self.origin else {}),
            **({"teachers": list(self.teachers.records)} if self.teachers else {}),
        }


def fit(run: Run, observers: Sequence[Observer] = (), *, resume: bool = False) -> TrainingState:
    """Train for the configured number of epochs; a checkpoint after each one.

    With ``resume`` it goes on from the folder's checkpoint, if there is one, to the very weights
    that an uninterrupted training ends in. At last the averaged network learns which sounds are
    familiar to it, if the recipe says so, or that those it has learned now are, too.

    Raises:
        CheckpointError: the checkpoint belongs to another recipe or other data.
        ConfigError: the recipe, or the data, gives nothing to train.
        TrainingError: the loss of an epoch is not finite; the checkpoint is that of the epoch before.
    """
    check(run)
    batches = Batches(run.examples, run.examples.rows(run.folds), run.config, run.device, run.sampling)
    classes = len(run.examples.class_names)
    state = initial_state(run.config, classes, batches.steps, run.device, run.start)
    checkpoint = run.folder / CHECKPOINT_NAME
    if resume and checkpoint.exists():
        load_state(state, checkpoint, config=run.config, data=run.data)
    run.folder.mkdir(parents=True, exist_ok=True)
    while state.epoch < run.config.training.all_epochs:
        started = time.perf_counter()
        loss = train_epoch(state, batches, observers, run.teachers)
        check_loss(loss, state, run)
        state.epoch += 1
        scores = validation_scores(state, run)
        record = epoch_record(state, run, loss, scores, time.perf_counter() - started)
        state.history.append(record)
        for observer in observers:
            observer.epoch_ended(record, scores)
        # Last: what a log has beyond the checkpoint can be dropped on resuming, what it lacks is lost.
        save_state(state, checkpoint, config=run.config, data=run.data)
    if know_what_is_familiar(state, run):
        save_state(state, checkpoint, config=run.config, data=run.data)
    return state


def know_what_is_familiar(state: TrainingState, run: Run) -> bool:
    """Let the averaged network learn it, or widen what its base has learned by the new classes."""
    network = state.averaged.module
    if run.origin:
        return extend_familiarity(network, run.examples)
    return learn_familiarity(network, run.examples, run.examples.rows(run.folds), run.config)


def check(run: Run) -> None:
    """Refuse a training without a single step.

    Raises:
        ConfigError: saying why.
    """
    if len(run.examples.rows(run.folds)) < 2:
        raise ConfigError("nothing to train: batch norm needs two clips or more")


def check_loss(loss: float, state: TrainingState, run: Run) -> None:
    """Refuse to keep an epoch whose loss is not finite: from then on the weights mean nothing.

    Raises:
        TrainingError: saying what may help.
    """
    if not math.isfinite(loss):
        kept = f"{run.folder} keeps epoch {state.epoch}" if state.epoch else "nothing was kept"
        raise TrainingError(
            f"the loss of epoch {state.epoch + 1} is {loss}; {kept}. Start anew in another --run folder, "
            "with a smaller training.max_lr, or with training.precision=fp32"
        )


def train_epoch(
    state: TrainingState,
    batches: Batches,
    observers: Sequence[Observer] = (),
    teachers: Teachers | None = None,
) -> float:
    """One pass over the training clips; the mean loss."""
    seed_epoch(batches.config.training.seed, state.epoch + 1)
    learning_mode(state.network, frozen_statistics=batches.config.training.frozen_statistics)
    losses, state.skipped = [], 0
    for step, (log_mel, target) in enumerate(batches.of_epoch(state.epoch + 1)):
        heard = teachers.heard(log_mel) if teachers else None
        losses.append(train_step(state, log_mel, target, batches.config, heard))
        for observer in observers:
            observer.step_ended(state.epoch, step, batches.steps, log_mel)
    return float(torch.stack(losses).mean())


def learning_mode(network: nn.Module, *, frozen_statistics: bool) -> None:
    """Dropout on; batch norms by the batch's own statistics, or by those they have, which then stay."""
    network.train()
    if frozen_statistics:
        for module in network.modules():
            if isinstance(module, nn.modules.batchnorm._BatchNorm):
                module.eval()


def train_step(
    state: TrainingState, log_mel: Tensor, target: Tensor, config: Config, heard: Tensor | None = None
) -> Tensor:
    """One step of the optimiser, schedule and average. log_mel [B, M, F], target [B, K].

    Where the gradient is not finite, the weights stay as they are; schedule and average count the step.

    Args:
        heard: [B, K], what teachers hear in it, learned beside the target.
    """
    training = config.training
    with autocast(log_mel.device, training.precision):
        scores = state.network(log_mel)
    loss = functional.cross_entropy(scores.float(), target, label_smoothing=training.label_smoothing)
    if heard is not None:
        loss = loss.lerp(functional.cross_entropy(scores.float(), heard), training.teacher_share)
    state.optimizer.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    norm = nn.utils.clip_grad_norm_(state.network.parameters(), training.clip_norm)
    if not torch.isfinite(norm):
        state.skipped += 1
        state.optimizer.zero_grad(set_to_none=True)  # without gradients a step changes nothing
    state.optimizer.step()
    state.schedule.step()
    state.averaged.update_parameters(state.network)
    return loss.detach()


def validation_scores(state: TrainingState, run: Run) -> npt.NDArray[np.float32] | None:
    """Scores of the averaged network on the validation fold, every so many epochs and at the end."""
    every, last = run.config.training.validate_every, state.epoch == run.config.training.all_epochs
    if run.validate_fold is None or not (last or (every and state.epoch % every == 0)):
        return None
    rows = run.examples.rows([run.validate_fold])
    return scores_of(state.averaged.eval(), run.examples, rows, precision=run.config.training.precision)


def epoch_record(
    state: TrainingState, run: Run, loss: float, scores: npt.NDArray[np.float32] | None, seconds: float
) -> Record:
    """The numbers of one epoch, as they go into the log."""
    record: Record = {
        "epoch": state.epoch,
        "loss": round(loss, 5),
        "lr": round(float(state.schedule.get_last_lr()[0]), 8),
        "seconds": round(seconds, 2),
    }
    if state.skipped:
        record["skipped_steps"] = state.skipped
    if scores is not None and run.validate_fold is not None:
        target = run.examples.target[run.examples.rows([run.validate_fold])]
        record["validation_accuracy"] = round(float((scores.argmax(1) == target).mean()), 5)
        log_probability = torch.log_softmax(torch.from_numpy(scores), 1).numpy()
        record["validation_loss"] = round(float(-log_probability[np.arange(len(target)), target].mean()), 5)
    return record
