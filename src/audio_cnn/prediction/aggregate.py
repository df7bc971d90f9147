"""From the scores of windows to the probabilities of a sound."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from audio_cnn.prediction.records import BoolArray, Float32Array, Float64Array

SILENCE_PEAK = 10 ** (-90 / 20)


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


def window_weights(window_probabilities: Float32Array, peaks: Float32Array) -> Float32Array:
    """How much each window of a long sound has to say: probabilities [W, K] and peaks [W] -> weights [W].

    The surer it is of something the more, and the louder; silence says nothing. Each window is heard at its
    own full scale, so that else a bark would be outvoted by what there was to hear of the room before and
    after it. The root keeps what is softer in sight: 20 dB count for a factor of three.
    """
    sureness = window_probabilities.max(axis=1)
    weights: Float32Array = np.where(silent_windows(peaks), np.float32(0), sureness * np.sqrt(peaks))
    return weights


def weights_of(window_probabilities: Float32Array, peaks: Float32Array, *, short: bool) -> Float32Array:
    """How much each window of any sound counts: [W, K], [W] -> [W].

    Those of one that is shorter than a window all hold it, and count alike.
    """
    return np.ones_like(peaks) if short else window_weights(window_probabilities, peaks)


def aggregate(window_probabilities: Float32Array, weights: Float32Array) -> Float32Array:
    """Weighted mean over the windows: [W, K], [W] -> [K]; the plain one if no window has a weight."""
    if not weights.any():
        weights = np.ones_like(weights)
    mean: Float32Array = weights @ window_probabilities / weights.sum()
    return mean


def log_aggregate(log_probabilities: Float64Array, weights: Float32Array) -> Float64Array:
    """``aggregate`` of logarithms, which no temperature makes infinite: float64 [W, K], [W] -> [K]."""
    if not weights.any():
        weights = np.ones_like(weights)
    some = weights > 0
    shares = weights[some].astype(np.float64) / weights[some].sum(dtype=np.float64)
    mean: Float64Array = np.logaddexp.reduce(log_probabilities[some] + np.log(shares)[:, None], axis=0)
    return mean


def strange_kinds(strangeness: Float32Array, kinds: Sequence[str]) -> tuple[str | None, ...]:
    """For each window, which kind of sound of no class it is most like; None where it is not strange.

    Empty where there are no ``kinds``. strangeness [W, R]: the logarithm of the odds of each of them beyond
    what is usual of all together.
    """
    if not kinds:
        return ()
    strange = np.logaddexp.reduce(strangeness, axis=1) > 0
    likeliest = strangeness.argmax(axis=1)
    return tuple(kinds[i] if there else None for i, there in zip(likeliest, strange, strict=True))
