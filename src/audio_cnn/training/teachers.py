"""Learning from what finished networks hear, beside what labels say.

A label tells what was put into a mixture. How much of it can be heard, and what else it sounds like, finished
networks can tell better, and networks of different kinds better than any of them alone.

Sources: G. Hinton et al., "Distilling the Knowledge in a Neural Network", 2015; L. Beyer et al., "Knowledge
Distillation: A Good Teacher is Patient and Consistent", CVPR 2022 (teachers hear the very same changed, mixed
example, for as long as the training takes).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from audio_cnn.errors import ConfigError
from audio_cnn.training.base import Base, find_base
from audio_cnn.training.checkpoint import of_other_data
from audio_cnn.training.device import autocast, memory_format
from audio_cnn.training.loop import Run


@dataclass(frozen=True)
class Teachers:
    """Finished networks that are asked together.

    Attributes:
        networks: in evaluation mode, on the training's device.
        records: name and SHA-256 of each.
        precision: that of the training.
    """

    networks: tuple[nn.Module, ...]
    records: tuple[dict[str, str], ...]
    precision: str

    @torch.no_grad()
    def heard(self, log_mel: Tensor) -> Tensor:
        """Geometric mean of their probabilities, summing to one: [B, M, F] -> float32 [B, K]."""
        with autocast(log_mel.device, self.precision):
            scores = [network(log_mel) for network in self.networks]
        return torch.stack([each.float().log_softmax(dim=1) for each in scores]).mean(dim=0).softmax(dim=1)


def read_teachers(paths: Sequence[Path], run: Run) -> Teachers | None:
    """Run folders or model files as teachers of a training; None if there are none.

    Raises:
        CheckpointError: no network is there, or it is damaged.
        ConfigError: one knows other classes, hears otherwise, or has learned from what is left out here, or
            may have, as its data was another; or it is not finished.
    """
    if not paths:
        return None
    found = [find_base(path) for path in paths]
    for path, base in zip(paths, found, strict=True):
        _check(path, base, run)
    return Teachers(
        tuple(_ready(base, run) for base in found),
        tuple({"name": base.file.config.name, "sha256": base.digest} for base in found),
        run.config.training.precision,
    )


def _check(path: Path, base: Base, run: Run) -> None:
    if base.file.epochs_left:
        raise ConfigError(f"{path} cannot teach: it is not finished, {base.file.epochs_left} epochs are left")
    if base.file.class_names != tuple(run.examples.class_names):
        raise ConfigError(f"{path} cannot teach: it knows other classes than the data has")
    if base.file.config.front_end != run.config.front_end:
        raise ConfigError(f"{path} cannot teach: its front end is another one")
    learned = base.file.folds
    if learned is None:
        raise ConfigError(f"{path} cannot teach: it does not say which folds it has learned from")
    if beyond := sorted(set(learned) - set(run.folds)):
        raise ConfigError(
            f"{path} cannot teach: it has learned from fold {beyond[0]}, which is left out here"
        )
    if set(run.examples.folds) - set(run.folds) and of_other_data(base.file, run.examples):
        raise ConfigError(
            f"{path} cannot teach: it is of other data, and may have learned from clips that are left out "
            "here; train it anew on this data"
        )


def _ready(base: Base, run: Run) -> nn.Module:
    network = base.file.network
    network.familiarity = None  # a mixture is strange, and is to be named all the same
    layout = memory_format(run.device, run.config.training.precision)
    return network.to(run.device, memory_format=layout).eval()  # type: ignore[call-overload, no-any-return]
