"""Fitting the temperature on clips that the network has not learned from."""

from __future__ import annotations

import numpy as np

from audio_cnn.evaluation.metrics import Float32Array, Int64Array, log_loss
from audio_cnn.prediction.aggregate import probabilities

COLDEST, HOTTEST = 0.05, 20.0
ROUNDS = 60


def fit_temperature(scores: Float32Array, target: Int64Array) -> float:
    """The temperature that makes held-out scores [N, K] likeliest, by golden-section search.

    The loss is convex in 1 / temperature, so in log temperature it has one minimum.

    Source: C. Guo et al., "On Calibration of Modern Neural Networks", ICML 2017.
    """
    golden = (np.sqrt(5) - 1) / 2
    low, high = np.log(COLDEST), np.log(HOTTEST)
    for _ in range(ROUNDS):
        left, right = high - golden * (high - low), low + golden * (high - low)
        if _loss_at(left, scores, target) < _loss_at(right, scores, target):
            high = right
        else:
            low = left
    return float(np.exp((low + high) / 2))


def _loss_at(log_temperature: float, scores: Float32Array, target: Int64Array) -> float:
    return log_loss(probabilities(scores, float(np.exp(log_temperature))), target)
