"""An analysis as arrays, at full precision: for NumPy, Matplotlib and notebooks."""

from __future__ import annotations

from typing import Any

import numpy as np

from audio_cnn.prediction.model_file import ModelInfo
from audio_cnn.prediction.records import Analysis

ACTIVATIONS = "activations/"


def arrays_of(analysis: Analysis, info: ModelInfo) -> dict[str, Any]:
    """Name -> array.

    ``labels`` str [K] and ``probabilities`` float32 [K] of the whole sound; ``samples`` float32 [T] at
    ``sample_rate_hz`` of the window that was looked into, which begins ``start_s`` into it; its ``log_mel``
    float32 [M, F] in 0..1, which stand for the levels ``range_db`` [2], with ``band_hz`` [M] and ``frame_s``;
    ``evidence`` float32 [K, H, W], but from an older model; each activation, ``activations/layer2``, float32
    [C, H, W].

    Args:
        info: of the model that heard it.
    """
    arrays: dict[str, Any] = {
        "labels": np.array([label.name for label in info.labels]),
        "probabilities": analysis.prediction.probabilities,
        "samples": analysis.samples,
        "sample_rate_hz": np.array(info.front_end.sample_rate_hz),
        "start_s": np.array(analysis.start_s),
        "log_mel": analysis.log_mel,
        "range_db": np.array(analysis.range_db),
        "band_hz": np.array(info.band_hz),
        "frame_s": np.array(info.front_end.frame_s),
    }
    if analysis.evidence is not None:
        arrays["evidence"] = analysis.evidence
    return arrays | {f"{ACTIVATIONS}{name}": values for name, values in analysis.activations.items()}
