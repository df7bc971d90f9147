"""A prediction as plain values, the same words wherever it goes: JSON, CSV, HTTP."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TextIO

from audio_cnn.prediction.records import Prediction


@dataclass(frozen=True)
class NamedPrediction:
    """A prediction with the name of what was heard, or with the reason why there is none.

    Attributes:
        error: message for people; None where there is a prediction.
    """

    file: str
    prediction: Prediction | None = None
    error: str | None = None


def prediction_document(named: NamedPrediction, *, top: int) -> dict[str, Any]:
    """``{"file", "predictions": [{"label", "confidence"} ...], ...}``, or ``{"file", "error"}``."""
    prediction = named.prediction
    if prediction is None:
        return {"file": named.file, "error": named.error}
    return {
        "file": named.file,
        "predictions": [
            {"label": score.label.name, "confidence": round(score.confidence, 6)}
            for score in prediction.top(top)
        ],
        "duration_s": round(prediction.duration_s, 6),
        "windows": len(prediction.window_probabilities),
        "silent": prediction.silent,
        "state": prediction.state,
        "uncertainty": round(prediction.uncertainty, 6),
    }


def write_json(results: Iterable[NamedPrediction], file: TextIO, *, top: int) -> None:
    """A JSON list, one document for each sound."""
    documents = [prediction_document(named, top=top) for named in results]
    json.dump(documents, file, indent=2, ensure_ascii=False)
    file.write("\n")


def write_csv(results: Sequence[NamedPrediction], file: TextIO, *, top: int) -> None:
    """One row for each sound and rank; what is said of the whole sound stands in each of its rows."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["file", "rank", "label", "confidence", "duration_s", "error", "state", "uncertainty"])
    for named in results:
        if named.prediction is None:
            writer.writerow([named.file, "", "", "", "", named.error, "", ""])
            continue
        duration = f"{named.prediction.duration_s:.3f}"
        whole = [duration, "", named.prediction.state, f"{named.prediction.uncertainty:.6f}"]
        for rank, score in enumerate(named.prediction.top(top), start=1):
            writer.writerow([named.file, rank, score.label.name, f"{score.confidence:.6f}", *whole])
