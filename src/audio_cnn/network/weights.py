"""Finished networks, and tensors on disk."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from audio_cnn.config import Config
from audio_cnn.errors import CheckpointError
from audio_cnn.network.base import Network
from audio_cnn.writing import appearing


@dataclass(frozen=True)
class FinishedNetwork:
    """A network that is not trained any more, and what it is.

    Attributes:
        network: in evaluation mode, float32.
        record: how it was trained and measured; free form.
        emoji: class name -> pictograph, where it is not that of ``labels``.
    """

    network: Network
    config: Config
    class_names: tuple[str, ...]
    record: dict[str, Any]
    emoji: dict[str, str] = field(default_factory=dict)

    @property
    def folds(self) -> list[int] | None:
        """Folds of its data that it has learned from; None where the record does not tell."""
        folds = self.record.get("folds")
        if isinstance(folds, list | tuple) and all(isinstance(fold, int) for fold in folds):
            return list(folds)
        return None

    @property
    def epochs_left(self) -> int:
        """Epochs of its recipe that it has not been trained for, as far as the record tells."""
        done, all_epochs = self.record.get("epochs"), self.config.training.all_epochs
        return max(0, all_epochs - done) if isinstance(done, int) else 0


@torch.no_grad()
def round_to_16_bits(network: nn.Module) -> None:
    """Round matrices and kernels to what float16 can tell; vectors and counters stay as they are."""
    for tensor in network.state_dict().values():
        if tensor.ndim > 1 and tensor.is_floating_point():
            tensor.copy_(tensor.half())


def write_tensors(path: Path, tensors: dict[str, Tensor], metadata: dict[str, str]) -> None:
    """Write a safetensors file beside its target, then rename: a crash leaves the old or the new one."""
    with appearing(path) as beside:
        save_file({k: v.detach().cpu().contiguous() for k, v in tensors.items()}, beside, metadata)
        with beside.open("rb+") as file:
            os.fsync(file.fileno())


def read_tensors(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Tensors and metadata of a safetensors file.

    Raises:
        CheckpointError: missing or damaged.
    """
    try:
        with safe_open(path, framework="pt") as file:
            return {key: file.get_tensor(key) for key in file.keys()}, dict(file.metadata() or {})  # noqa: SIM118
    except (OSError, SafetensorError) as error:
        raise CheckpointError(f"cannot read the checkpoint {path}: {error}") from error
