"""A prediction as plain values, the same words wherever it goes: JSON, CSV, HTTP.

Whoever writes takes the results as they come. With ``timeline``, what is said is of each window of a sound.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TextIO

from audio_cnn.prediction.records import HeardWindow, Prediction


@dataclass(frozen=True)
class NamedPrediction:
    """A prediction with the name of what was heard, or with the reason why there is none.

    Attributes:
        error: message for people; None where there is a prediction.
    """

    file: str
    prediction: Prediction | None = None
    error: str | None = None


def prediction_document(named: NamedPrediction, *, top: int, timeline: bool = False) -> dict[str, Any]:
    """``{"file", "predictions": [{"label", "confidence"} ...], ...}``, or ``{"file", "error"}``.

    With ``timeline`` also a list of that name, ``{"start_s", "end_s", "predictions", ...}`` for each window.
    """
    prediction = named.prediction
    if prediction is None:
        return {"file": named.file, "error": named.error}
    document = {
        "file": named.file,
        "predictions": _scores(prediction, top),
        **facts_of(prediction),
    }
    if timeline:
        document["timeline"] = [window_document(window, top) for window in prediction.timeline]
    return document


def facts_of(prediction: Prediction) -> dict[str, Any]:
    """What is said of a whole sound beside its classes."""
    return {
        "duration_s": round(prediction.duration_s, 6),
        "windows": len(prediction.window_probabilities),
        "silent": prediction.silent,
        "state": prediction.state,
        "resembles": prediction.resembles,
        "sounds": [label.name for label in prediction.sounds],
        "uncertainty": round(prediction.uncertainty, 6),
    }


def window_document(window: HeardWindow, top: int) -> dict[str, Any]:
    """When it was, and what was heard in it."""
    return {
        "start_s": round(window.start_s, 6),
        "end_s": round(window.end_s, 6),
        "predictions": _scores(window.prediction, top),
        "state": window.prediction.state,
        "resembles": window.prediction.resembles,
        "uncertainty": round(window.prediction.uncertainty, 6),
    }


def _scores(prediction: Prediction, top: int) -> list[dict[str, Any]]:
    return [
        {"label": score.label.name, "confidence": round(score.confidence, 6)} for score in prediction.top(top)
    ]


def write_json(results: Iterable[NamedPrediction], file: TextIO, *, top: int, timeline: bool = False) -> None:
    """A JSON list, one document for each sound."""
    documents = [prediction_document(named, top=top, timeline=timeline) for named in results]
    json.dump(documents, file, indent=2, ensure_ascii=False)
    file.write("\n")


def write_jsonl(
    results: Iterable[NamedPrediction], file: TextIO, *, top: int, timeline: bool = False
) -> None:
    """JSON Lines: one document on each line, there to be read as soon as its sound was heard."""
    for named in results:
        json.dump(prediction_document(named, top=top, timeline=timeline), file, ensure_ascii=False)
        file.write("\n")
        file.flush()


def write_csv(results: Iterable[NamedPrediction], file: TextIO, *, top: int, timeline: bool = False) -> None:
    """One row for each sound and rank, there to be read as soon as the sound was heard.

    What is said of the whole sound stands in each of its rows. With ``timeline``, one row for each window and
    rank, and columns for when it was.
    """
    writer = csv.writer(file, lineterminator="\n")
    when = ["start_s", "end_s"] if timeline else []
    whole = ["duration_s", "error", "state", "uncertainty", "sounds", "resembles"]
    writer.writerow(["file", *when, "rank", "label", "confidence", *whole])
    file.flush()
    for named in results:
        if named.prediction is None:
            writer.writerow([named.file, *("" for _ in when), "", "", "", "", named.error, "", "", "", ""])
        else:
            writer.writerows(_csv_rows(named.file, named.prediction, top, timeline))
        file.flush()


def _csv_rows(file: str, prediction: Prediction, top: int, timeline: bool) -> Iterator[list[str | int]]:
    duration = f"{prediction.duration_s:.3f}"
    windows = prediction.timeline if timeline else [HeardWindow(0.0, prediction.duration_s, prediction)]
    for window in windows:
        when = [f"{window.start_s:.3f}", f"{window.end_s:.3f}"] if timeline else []
        heard = window.prediction
        sounds = ";".join(label.name for label in heard.sounds)
        said = [duration, "", heard.state, f"{heard.uncertainty:.6f}", sounds, heard.resembles or ""]
        for rank, score in enumerate(heard.top(top), start=1):
            yield [file, *when, rank, score.label.name, f"{score.confidence:.6f}", *said]
