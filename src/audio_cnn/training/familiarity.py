"""What a finished network makes of its training clips, for ``network.familiarity`` to compare with."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from audio_cnn.dataset.examples import Examples, Int64Array
from audio_cnn.network.activations import recording
from audio_cnn.network.familiarity import mean_vector
from audio_cnn.network.staged import StagedNetwork
from audio_cnn.training.probe import AT_ONCE, whole


@torch.no_grad()
def learn_familiarity(network: nn.Module, examples: Examples, rows: Int64Array) -> bool:
    """Let the network's ``familiarity`` learn the clips ``rows``, whole and unchanged.

    False where nothing is learned: the network has no such part, has learned before, or has come to grief and
    gives no finite numbers.
    """
    if not isinstance(network, StagedNetwork) or network.familiarity is None:
        return False
    distance = network.familiarity.distance
    if distance.learned:
        return False
    vectors = recorded(network, network.activation_names[-1], examples, rows, mean_vector)
    if not torch.isfinite(vectors).all():
        return False
    distance.learn(vectors, torch.from_numpy(examples.target[rows]))
    return True


@torch.no_grad()
def distances(network: nn.Module, examples: Examples, rows: Int64Array) -> npt.NDArray[np.float32] | None:
    """How far the clips ``rows`` lie from those it has learned, float32 [N]; None where it cannot tell."""
    if not isinstance(network, StagedNetwork) or network.familiarity is None:
        return None
    return recorded(network, "familiarity.distance", examples, rows).numpy()


def recorded(
    network: nn.Module,
    name: str,
    examples: Examples,
    rows: Int64Array,
    reduced: Callable[[Tensor], Tensor] = Tensor.cpu,
) -> Tensor:
    """What the module of that name gives for whole clips, on the CPU, a row each.

    Args:
        reduced: what is kept of each batch, as maps of many clips fill the memory.
    """
    network.eval()
    device = next(network.parameters()).device
    parts = []
    for start in range(0, len(rows), AT_ONCE):
        with recording(network, [name]) as given:
            network(whole(examples, rows[start : start + AT_ONCE], device))
        parts.append(reduced(given[name]).cpu())
    return torch.cat(parts)
