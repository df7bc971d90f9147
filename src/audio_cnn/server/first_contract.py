"""The answer of ``POST /inference``: everything as JSON numbers, for clients that were written for it.

Twenty times as large as the analysis document; new clients should use that.
"""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import ValidationError

from audio_cnn.prediction.records import Analysis, Float32Array
from audio_cnn.server.problems import ProblemError
from audio_cnn.server.schemas import InferenceRequest

TOP = 3
WAVEFORM_VALUES = 8000
DECIMALS = 5
BASE64_WRAPPING = 1.4
"""How much larger a request's JSON may be than the file in it."""
FOR_ADDRESSES = str.maketrans("-_", "+/")
"""The other alphabet of base64 (RFC 4648, section 5)."""


def file_of(body: bytes) -> bytes:
    """The file in a request's JSON body; a data URL is taken too, and base64 in lines or for addresses.

    Raises:
        ProblemError: 422, the body is not ``{"audio_data": base64}``.
    """
    try:
        audio_data = InferenceRequest.model_validate_json(body).audio_data
        head, comma, tail = audio_data.partition(",")
        encoded = tail if comma and head.startswith("data:") else audio_data
        return base64.b64decode("".join(encoded.split()).translate(FOR_ADDRESSES), validate=True)
    except ValueError as error:
        reason = "it is no such JSON" if isinstance(error, ValidationError) else str(error)
        raise ProblemError(
            422,
            "invalid-request",
            "Invalid request",
            f'the body must be {{"audio_data": "<a sound file in base64>"}}: {reason}',
        ) from error


def inference_answer(analysis: Analysis, samples: Float32Array, sample_rate_hz: int) -> dict[str, Any]:
    """Predictions, maps, spectrogram in dB and waveform [T], thinned out."""
    low_db, high_db = analysis.range_db
    return {
        "predictions": [
            {"class": score.label.name, "confidence": score.confidence}
            for score in analysis.prediction.top(TOP)
        ],
        "visualization": {
            name: numbers(values.mean(axis=0)) for name, values in analysis.activations.items()
        },
        "input_spectrogram": numbers(low_db + analysis.log_mel * (high_db - low_db)),
        "waveform": {
            "values": rounded(samples[:: max(1, len(samples) // WAVEFORM_VALUES)]).tolist(),
            "sample_rate": sample_rate_hz,
            "duration": len(samples) / sample_rate_hz,
        },
    }


def numbers(values: Float32Array) -> dict[str, Any]:
    """A map [H, W] as its shape and nested lists."""
    return {"shape": list(values.shape), "values": rounded(values).tolist()}


def rounded(values: Float32Array) -> npt.NDArray[np.float64]:
    """Without the digits that a float32 does not have."""
    return values.astype(np.float64).round(DECIMALS)
