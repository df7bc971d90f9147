"""A network that is not trained any more."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn

from audio_cnn.config import Config
from audio_cnn.network.base import Network


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
