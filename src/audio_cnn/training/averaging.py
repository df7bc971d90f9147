"""The mean of the weights that training goes through: exponential, and in the end plain.

A plain exponential average still holds decay^n of its first value after n steps, a fifth of the random start
after 800 steps at 0.998. Weighting the n-th step with (1 - decay) / (1 - decay^n) instead gives the exact
exponentially weighted mean of the steps so far, as Adam's bias correction does. Where the learning rate no
longer falls, weights wander about a place that the plain mean of all of them finds.

Sources: D. P. Kingma and J. Ba, "Adam", ICLR 2015, section 3; B. Polyak and A. Juditsky, 1992;
P. Izmailov et al., "Averaging Weights Leads to Wider Optima and Better Generalization", UAI 2018.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

Tensors = tuple[Tensor, ...] | list[Tensor]


def averaged(network: nn.Module, decay: float, *, plain_after: int) -> AveragedModel:
    """A copy of the network that ``update_parameters`` moves towards it; batch-norm statistics too.

    After so many steps all that came before is forgotten, and every step counts alike.
    """

    def share(before: int) -> float:
        if before >= plain_after:
            return 1 / (before - plain_after + 1)
        return float((1 - decay) / (1 - decay ** (before + 1)))

    return AveragedModel(network, multi_avg_fn=mean_by(share), use_buffers=True)


def mean_by(share: Callable[[int], float]) -> Callable[[Tensors, Tensors, Tensor | int], None]:
    """The update rule; ``share`` says how much a step counts, given the number of steps before."""

    @torch.no_grad()
    def update(average: Tensors, current: Tensors, before: Tensor | int) -> None:
        if average[0].is_floating_point():
            torch._foreach_lerp_(average, current, share(int(before)))
        else:
            torch._foreach_copy_(average, current)

    return update
