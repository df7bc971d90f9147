"""Fitting the temperature on clips that the network has not learned from."""

from __future__ import annotations

import numpy as np

from audio_cnn.evaluation.metrics import Float32Array, Int64Array, log_loss
from audio_cnn.prediction.aggregate import probabilities

COLDEST, HOTTEST = 0.05, 20.0
ROUNDS = 60
SMALLEST = 1e-12


def fit_temperature(scores: Float32Array, target: Int64Array, *, doubt: float = 0.0) -> float:
    """The temperature that makes held-out scores [N, K] likeliest, by golden-section search.

    The loss is convex in 1 / temperature, so in log temperature it has one minimum. ``doubt`` is the part of
    each clip that speaks for every class alike: without it, a few clips that are all right ask for certainty.

    Source: C. Guo et al., "On Calibration of Modern Neural Networks", ICML 2017; the doubt is after J. Platt,
    "Probabilistic Outputs for Support Vector Machines", 1999, section 2.2.
    """
    golden = (np.sqrt(5) - 1) / 2
    low, high = np.log(COLDEST), np.log(HOTTEST)
    for _ in range(ROUNDS):
        left, right = high - golden * (high - low), low + golden * (high - low)
        if _loss_at(left, scores, target, doubt) < _loss_at(right, scores, target, doubt):
            high = right
        else:
            low = left
    return float(np.exp((low + high) / 2))


def _loss_at(log_temperature: float, scores: Float32Array, target: Int64Array, doubt: float) -> float:
    calibrated = probabilities(scores, float(np.exp(log_temperature)))
    every_class = -np.log(np.maximum(calibrated, SMALLEST)).mean() if doubt else 0.0
    return (1 - doubt) * log_loss(calibrated, target) + doubt * float(every_class)
