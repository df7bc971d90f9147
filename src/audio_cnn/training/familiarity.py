"""What a finished network makes of its training clips, for ``network.familiarity`` to compare with."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from audio_cnn.dataset.examples import Examples, Int64Array
from audio_cnn.network.activations import recording
from audio_cnn.network.familiarity import summary
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
    vectors = recorded(network, network.layer_names, examples, rows, summary)
    if not all(torch.isfinite(of_layer).all() for of_layer in vectors):
        return False
    distance.learn(vectors, torch.from_numpy(examples.target[rows]))
    return True


@torch.no_grad()
def distances(network: nn.Module, examples: Examples, rows: Int64Array) -> npt.NDArray[np.float32] | None:
    """How far the clips ``rows`` lie from those it has learned in each of L layers, float32 [N, L].

    None where the network cannot tell.
    """
    if not isinstance(network, StagedNetwork) or network.familiarity is None:
        return None
    (distance,) = recorded(network, ["familiarity.distance"], examples, rows)
    return distance.numpy()


def recorded(
    network: nn.Module,
    names: Sequence[str],
    examples: Examples,
    rows: Int64Array,
    reduced: Callable[[Tensor], Tensor] = Tensor.cpu,
) -> list[Tensor]:
    """What each of the modules of these names gives for whole clips, on the CPU, a row each.

    Args:
        reduced: what is kept of each batch, as maps of many clips fill the memory.
    """
    network.eval()
    device = next(network.parameters()).device
    parts: dict[str, list[Tensor]] = {name: [] for name in names}
    for start in range(0, len(rows), AT_ONCE):
        with recording(network, names) as given:
            network(whole(examples, rows[start : start + AT_ONCE], device))
        for name in names:
            parts[name].append(reduced(given[name]).cpu())
    return [torch.cat(of_name) for of_name in parts.values()]
