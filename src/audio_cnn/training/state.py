"""Everything that changes while training, in one place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn
from torch.optim import AdamW
from torch.optim.swa_utils import AveragedModel

from audio_cnn.config import Config
from audio_cnn.network.registry import build_network
from audio_cnn.training.averaging import averaged
from audio_cnn.training.batches import seed_epoch
from audio_cnn.training.device import memory_format
from audio_cnn.training.schedule import OneCycleThenConstant

Record = dict[str, Any]


@dataclass
class TrainingState:
    """Network, its average, optimiser and schedule after ``epoch`` finished epochs.

    Attributes:
        averaged: moving average of ``network``; what evaluation and export use.
        history: one record of plain numbers an epoch.
        skipped: steps of the last epoch in which the gradient was not finite.
    """

    network: nn.Module
    averaged: AveragedModel
    optimizer: AdamW
    schedule: OneCycleThenConstant
    epoch: int = 0
    history: list[Record] = field(default_factory=list)
    skipped: int = 0


def initial_state(
    config: Config,
    classes: int,
    steps_per_epoch: int,
    device: torch.device,
    start: nn.Module | None = None,
) -> TrainingState:
    """A fresh start, the same for the same seed; or one from a copy of the network ``start``."""
    training = config.training
    seed_epoch(training.seed, 0)
    network = build_network(config.network, config.front_end, classes)
    if start is not None:
        network.load_state_dict(start.state_dict())
    network = network.to(device, memory_format=memory_format(device, training.precision))  # type: ignore[call-overload]
    optimizer = AdamW(parameter_groups(network, training.weight_decay), lr=training.max_lr)
    total_steps = training.epochs * steps_per_epoch
    # The cycle divides by the warm-up's steps without the first: of one step it would be none.
    lone = training.warmup_share * total_steps == 1
    schedule = OneCycleThenConstant(
        optimizer,
        ending_lr=training.ending_lr if training.ending_epochs else None,
        max_lr=training.max_lr,
        total_steps=total_steps,
        pct_start=2 / total_steps if lone else training.warmup_share,
    )
    average = averaged(network, training.ema_decay, plain_after=total_steps)
    return TrainingState(network, average, optimizer, schedule)


def parameter_groups(network: nn.Module, weight_decay: float) -> list[Record]:
    """Decay pulls on weights only, and on what attention has learned of nearness, which has as many axes.

    Not on biases, not on batch norms.
    """
    parameters = list(network.parameters())
    return [
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": weight_decay},
        {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0},
    ]
