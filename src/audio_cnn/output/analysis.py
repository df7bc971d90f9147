"""An analysis as plain values: predictions, envelope, spectrogram, evidence, a mean map for each activation.

Arrays travel as eight-bit numbers with their true range, in base64 (``Bytes8`` below):

    {"shape": [H, W], "min": float, "max": float, "data": "..."}      value = min + byte / 255 * (max - min)

Row 0 is the lowest band, column 0 the beginning.
"""

from __future__ import annotations

import base64
import struct
from typing import Any

import numpy as np
import numpy.typing as npt

from audio_cnn.output.document import facts_of
from audio_cnn.prediction.model_file import ModelInfo
from audio_cnn.prediction.records import Analysis, Float32Array, Prediction

ENVELOPE_POINTS = 1600
STEPS = 255
EXPLAINED = 5
"""Classes, the likeliest ones, whose evidence is told."""


def analysis_document(analysis: Analysis, samples: Float32Array, info: ModelInfo) -> dict[str, Any]:
    """Everything that a person may want to see of one sound.

    Args:
        samples: [T], the whole sound at the model's rate.
        info: of the model that heard it.
    """
    return {
        "model": info.name,
        **answer_document(analysis.prediction, top=len(info.labels)),
        "timeline": timeline(analysis.prediction),
        "waveform": envelope(samples, info.front_end.sample_rate_hz),
        "spectrogram": spectrogram(analysis, info),
        "evidence": evidence(analysis, info),
        "activations": [activation_map(name, values, info) for name, values in analysis.activations.items()],
    }


def answer_document(prediction: Prediction, *, top: int) -> dict[str, Any]:
    """The likeliest classes with all that is known of them, likeliest first."""
    return {
        "predictions": [
            {
                "label": score.label.name,
                "title": score.label.title,
                "emoji": score.label.emoji,
                "category": score.label.category,
                "confidence": round(score.confidence, 6),
            }
            for score in prediction.top(top)
        ],
        **facts_of(prediction),
    }


def timeline(prediction: Prediction) -> list[dict[str, Any]]:
    """The likeliest class of each window of a sound that is longer than one."""
    if prediction.duration_s <= prediction.window_s:
        return []
    return [
        {
            "start_s": round(window.start_s, 6),
            "end_s": round(window.end_s, 6),
            "label": window.prediction.best.label.name,
            "confidence": round(window.prediction.best.confidence, 6),
            "state": window.prediction.state,
            "resembles": window.prediction.resembles,
        }
        for window in prediction.timeline
    ]


def envelope(samples: Float32Array, sample_rate_hz: int) -> dict[str, Any]:
    """Lowest and highest sample of each of up to ``ENVELOPE_POINTS`` stretches of a sound [T]."""
    edges = np.linspace(0, len(samples), min(ENVELOPE_POINTS, len(samples)) + 1).astype(np.int64)
    return {
        "sample_rate_hz": sample_rate_hz,
        "duration_s": round(len(samples) / sample_rate_hz, 6),
        "low": bytes8(np.minimum.reduceat(samples, edges[:-1])),
        "high": bytes8(np.maximum.reduceat(samples, edges[:-1])),
    }


def spectrogram(analysis: Analysis, info: ModelInfo) -> dict[str, Any]:
    """The log-mel that the network saw, in dB, with its axes.

    ``min`` and ``max`` are levels in dB of mel power; ``hz`` the centre of each row; column k is a stretch
    of ``frame_s`` that begins ``start_s`` + k * ``frame_s`` into the sound.
    """
    low_db, high_db = analysis.range_db
    return {
        **bytes8(low_db + analysis.log_mel * (high_db - low_db)),
        "hz": [round(hz, 2) for hz in info.band_hz],
        "start_s": round(analysis.start_s, 6),
        "frame_s": round(info.front_end.frame_s, 9),
    }


def evidence(analysis: Analysis, info: ModelInfo) -> list[dict[str, Any]]:
    """For each of the likeliest classes, what the places of the last map add to its score.

    Nothing in silence, and from a model file that is too old to tell.
    """
    if analysis.evidence is None or analysis.prediction.silent:
        return []
    labels = [score.label for score in analysis.prediction.top(EXPLAINED)]
    maps = [analysis.evidence[label.index] for label in labels]
    return [
        {"label": label.name, **steps_of(values, info), **bytes8(values)}
        for label, values in zip(labels, maps, strict=True)
    ]


def activation_map(name: str, values: Float32Array, info: ModelInfo) -> dict[str, Any]:
    """Mean over the channels of one activation [C, H, W]."""
    layer, _, inner = name.partition(".")
    field_bands, field_frames = info.receptive_fields.get(name, (None, None))
    return {
        "name": name,
        "layer": layer,
        "inner": inner,
        "channels": len(values),
        **steps_of(values[0], info),
        "field_bands": field_bands,
        "field_frames": field_frames,
        **bytes8(values.mean(axis=0)),
    }


def steps_of(values: Float32Array, info: ModelInfo) -> dict[str, float]:
    """How many rows and columns of the spectrogram there are to one of a map [H, W]."""
    height, width = values.shape
    return {
        "band_step": round(info.front_end.mel_bands / height, 6),
        "frame_step": round(info.front_end.frames / width, 6),
    }


def bytes8(values: Float32Array) -> dict[str, Any]:
    """Any array as eight-bit numbers with its range, in base64."""
    low, high = float(values.min()), float(values.max())
    return {
        "shape": list(values.shape),
        "min": round_significant(low),
        "max": round_significant(high),
        "data": base64.b64encode(quantised(values, low, high).tobytes()).decode("ascii"),
    }


def quantised(
    values: Float32Array, low: float | Float32Array, high: float | Float32Array
) -> npt.NDArray[np.uint8]:
    """Values as steps of 1/255 of the way from ``low`` to ``high``; where these are equal, all 0."""
    span = np.subtract(high, low, dtype=np.float32)
    span = np.where(span > 0, span, np.float32(1))
    return np.rint((values - low) / span * STEPS).clip(0, STEPS).astype(np.uint8)


def channels_binary(values: Float32Array) -> bytes:
    """Every channel of one activation [C, H, W], each over its own range, as bytes.

    Little-endian: C, H, W as uint32; C lowest values and C highest values as float32; then
    C * H * W bytes, value = low + byte / 255 * (high - low).
    """
    low, high = values.min(axis=(1, 2)), values.max(axis=(1, 2))
    steps = quantised(values, low[:, None, None], high[:, None, None])
    header = struct.pack("<3I", *values.shape)
    return b"".join([header, low.astype("<f4").tobytes(), high.astype("<f4").tobytes(), steps.tobytes()])


def round_significant(value: float, digits: int = 7) -> float:
    """As many digits as a float32 holds."""
    return float(f"{value:.{digits}g}")
