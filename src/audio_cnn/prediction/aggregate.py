"""From the scores of windows to the probabilities of a sound."""

from __future__ import annotations

import numpy as np

from audio_cnn.prediction.records import BoolArray, Float32Array

SILENCE_PEAK = 10 ** (-90 / 20)
QUIET_RATIO = 10 ** (-30 / 20)
LOUD_SHARE = 0.1


def probabilities(scores: Float32Array, temperature: float) -> Float32Array:
    """Calibrated softmax: scores float32 [..., K] -> probabilities of the same shape.

    Source: C. Guo et al., "On Calibration of Modern Neural Networks", ICML 2017.
    """
    scaled = scores / temperature
    exponentials = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    result: Float32Array = exponentials / exponentials.sum(axis=-1, keepdims=True)
    return result


def silent_windows(peaks: Float32Array) -> BoolArray:
    """Which windows hold nothing to be heard, by the peak of each [W]."""
    silent: BoolArray = peaks <= SILENCE_PEAK
    return silent


def audible_windows(peaks: Float32Array) -> BoolArray:
    """Which windows have a say, by the peak of each [W]: those that hold any sound, beside the loud ones.

    Each window is heard at its own full scale, so what is only the room's noise would say as much as the
    sound in it. One bang in a long recording silences nobody: loud is what a tenth of the windows reach.
    """
    loud = np.quantile(peaks, 1 - LOUD_SHARE, method="higher")
    heard: BoolArray = ~silent_windows(peaks) & (peaks >= loud * QUIET_RATIO)
    return heard


def aggregate(window_probabilities: Float32Array, audible: BoolArray) -> Float32Array:
    """Mean over the windows that have a say: [W, K] -> [K]; over all if none has."""
    heard = window_probabilities[audible] if audible.any() else window_probabilities
    mean: Float32Array = heard.mean(axis=0)
    return mean
