"""How the learning rate goes, and against it the momentum.

Source: L. N. Smith and N. Topin, "Super-Convergence", arXiv 1708.07120 (one cycle, with less momentum where
the rate is high).
"""

from __future__ import annotations

from typing import Any

from torch import Tensor
from torch.optim import Optimizer
from torch.optim.lr_scheduler import OneCycleLR

LEAST_MOMENTUM, MOST_MOMENTUM = 0.85, 0.95
"""Beta 1 of AdamW at the peak of the learning rate, and at both ends of the cycle and after it."""


class OneCycleThenConstant(OneCycleLR):
    """One cycle of ``total_steps``, then ``ending_lr``, if any, for as many more steps as one likes."""

    def __init__(self, optimizer: Optimizer, *, ending_lr: float | None, **cycle: Any) -> None:
        self.ending_lr = ending_lr
        super().__init__(optimizer, base_momentum=LEAST_MOMENTUM, max_momentum=MOST_MOMENTUM, **cycle)

    def get_lr(self) -> list[float | Tensor]:
        """The learning rate of each parameter group for the next step."""
        if self.ending_lr is None or self.last_epoch < self.total_steps:
            return super().get_lr()
        return [self.ending_lr for _ in self.optimizer.param_groups]
