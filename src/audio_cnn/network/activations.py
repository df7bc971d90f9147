"""Recording what every layer gave, from outside, in one forward pass."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from torch import Tensor, nn


@contextmanager
def recording(network: nn.Module, names: Iterable[str]) -> Iterator[dict[str, Tensor]]:
    """Within the block, each forward pass fills the dictionary: name -> output [B, C, H, W].

    A name is the path of a submodule, e.g. ``layer2.block0.relu``.

        with recording(network, network.activation_names) as activations:
            scores = network(log_mel)
        activations["layer4"]
    """
    modules = dict(network.named_modules())
    recorded: dict[str, Tensor] = {}

    def recorder(name: str) -> Callable[[nn.Module, object, Tensor], None]:
        def record(_module: nn.Module, _inputs: object, output: Tensor) -> None:
            recorded[name] = output

        return record

    handles = [modules[name].register_forward_hook(recorder(name)) for name in names]
    try:
        yield recorded
    finally:
        for handle in handles:
            handle.remove()
