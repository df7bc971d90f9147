"""Exponential moving average of the weights, free of the random weights training began with.

A plain average still holds decay^n of its first value after n steps, a fifth of the random start after 800
steps at 0.998. Weighting the n-th step with (1 - decay) / (1 - decay^n) instead gives the exact
exponentially weighted mean of the steps so far, as Adam's bias correction does.

Source: D. P. Kingma and J. Ba, "Adam", ICLR 2015, section 3; B. Polyak and A. Juditsky, 1992.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

Tensors = tuple[Tensor, ...] | list[Tensor]


def averaged(network: nn.Module, decay: float) -> AveragedModel:
    """A copy of the network that ``update_parameters`` moves towards it; batch-norm statistics too."""
    return AveragedModel(network, multi_avg_fn=unbiased_average(decay), use_buffers=True)


def unbiased_average(decay: float) -> Callable[[Tensors, Tensors, Tensor | int], None]:
    """The update rule; ``count`` is the number of steps averaged before."""

    @torch.no_grad()
    def update(average: Tensors, current: Tensors, count: Tensor | int) -> None:
        weight = (1 - decay) / (1 - decay ** (int(count) + 1))
        if average[0].is_floating_point():
            torch._foreach_lerp_(average, current, weight)
        else:
            torch._foreach_copy_(average, current)

    return update
