"""From the scores of windows to the probabilities of a sound."""

from __future__ import annotations

import numpy as np

from audio_cnn.prediction.records import BoolArray, Float32Array


def probabilities(scores: Float32Array, temperature: float) -> Float32Array:
    """Calibrated softmax: scores float32 [..., K] -> probabilities of the same shape.

    Source: C. Guo et al., "On Calibration of Modern Neural Networks", ICML 2017.
    """
    scaled = scores / temperature
    exponentials = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    result: Float32Array = exponentials / exponentials.sum(axis=-1, keepdims=True)
    return result


def aggregate(window_probabilities: Float32Array, audible: BoolArray) -> Float32Array:
    """Mean over the windows that hold any sound: [W, K] -> [K]; over all if none does."""
    heard = window_probabilities[audible] if audible.any() else window_probabilities
    mean: Float32Array = heard.mean(axis=0)
    return mean
