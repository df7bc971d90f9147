"""Fitting the temperature on clips that the network has not learned from."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from audio_cnn.evaluation.metrics import Float32Array, Float64Array, Int64Array

COLDEST, HOTTEST = 0.05, 20.0
ROUNDS = 60

Together = Callable[[Float64Array], Float64Array]


def alone(log_probabilities: Float64Array) -> Float64Array:
    """Each row of scores is a clip."""
    return log_probabilities


def fit_temperature(
    scores: Float32Array, target: Int64Array, *, doubt: float = 0.0, together: Together = alone
) -> float:
    """The temperature that makes held-out scores [N, K] likeliest, by golden-section search.

    The loss is convex in 1 / temperature, so in log temperature it has one minimum. ``doubt`` is the part of
    each clip that speaks for every class alike: without it, a few clips that are all right ask for certainty.
    Where scores [W, K] are of windows, ``together`` makes of the logarithms of their probabilities [W, K]
    those of the N clips, [N, K].

    Source: C. Guo et al., "On Calibration of Modern Neural Networks", ICML 2017; the doubt is after J. Platt,
    "Probabilistic Outputs for Support Vector Machines", 1999, section 2.2.
    """

    def loss(log_temperature: float) -> float:
        return _loss(together(log_softmax(scores, float(np.exp(log_temperature)))), target, doubt)

    golden = (np.sqrt(5) - 1) / 2
    low, high = np.log(COLDEST), np.log(HOTTEST)
    for _ in range(ROUNDS):
        left, right = high - golden * (high - low), low + golden * (high - low)
        if loss(left) < loss(right):
            high = right
        else:
            low = left
    return float(np.exp((low + high) / 2))


def log_softmax(scores: Float32Array, temperature: float) -> Float64Array:
    """Logarithms of the calibrated probabilities, of the same shape; no probability is too small for one."""
    scaled = scores.astype(np.float64) / temperature
    scaled -= scaled.max(axis=-1, keepdims=True)
    result: Float64Array = scaled - np.log(np.exp(scaled).sum(axis=-1, keepdims=True))
    return result


def _loss(log_probabilities: Float64Array, target: Int64Array, doubt: float) -> float:
    of_truth = log_probabilities[np.arange(len(target)), target]
    return float(-(1 - doubt) * of_truth.mean() - doubt * log_probabilities.mean())
