"""What a network says of whole clips, unchanged."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from audio_cnn.dataset.examples import Examples, Int64Array
from audio_cnn.training.device import autocast

AT_ONCE = 64


@torch.inference_mode()
def scores_of(
    network: nn.Module, examples: Examples, rows: Int64Array, *, precision: str = "fp32"
) -> npt.NDArray[np.float32]:
    """Scores float32 [len(rows), K] of clips; the model file computes in ``fp32``, as is the default."""
    device = next(network.parameters()).device
    batches = []
    for log_mel in whole_clips(examples, rows, device):
        with autocast(device, precision):
            scores = network(log_mel)
        batches.append(scores.float().cpu())
    return torch.cat(batches).numpy()


def whole_clips(examples: Examples, rows: Int64Array, device: torch.device) -> Iterator[Tensor]:
    """Clips as they are, in batches float32 [n, M, F] in 0..1."""
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        yield torch.from_numpy(examples.log_mel[0, some]).to(device).float().div_(255)
