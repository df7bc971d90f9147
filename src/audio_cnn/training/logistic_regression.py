"""Logistic regression: which class features speak for, by a single linear layer."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

ROUNDS = 100
SMALLEST_DEVIATION = 1e-3


def logistic_regression(
    features: Tensor, target: Tensor, share: Tensor, classes: int, decay: float
) -> tuple[Tensor, Tensor]:
    """Weights [K, D] and biases [K] that fit features [N, D] to classes [N]; the same each time.

    ``share`` [N] sums to one. ``decay`` weighs the squared weights, of features brought to unit deviation.
    """
    mean = share @ features
    deviation = (share @ (features - mean) ** 2).sqrt().clamp(min=SMALLEST_DEVIATION)
    scaled = (features - mean) / deviation
    matrix = torch.zeros(classes, features.shape[1], requires_grad=True)
    bias = torch.zeros(classes, requires_grad=True)
    optimizer = torch.optim.LBFGS([matrix, bias], max_iter=ROUNDS, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimizer.zero_grad()
        each = functional.cross_entropy(scaled @ matrix.T + bias, target, reduction="none")
        value = share @ each + decay / 2 * (matrix**2).sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimizer.step(loss)  # type: ignore[no-untyped-call]
    unscaled = matrix.detach() / deviation
    return unscaled, bias.detach() - unscaled @ mean
