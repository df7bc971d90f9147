"""A prediction as plain values, the same words wherever it goes: JSON, CSV, HTTP.

Whoever writes takes the results as they come. With ``timeline``, what is said is of each window of a sound.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TextIO

from audio_cnn.output.recording_time import recorded_at, recording_time
from audio_cnn.prediction.records import HeardWindow, Prediction
from audio_cnn.prediction.segments import ANYTHING, Wanted


@dataclass(frozen=True)
class NamedPrediction:
    """A prediction with the name of what was heard, or with the reason why there is none.

    Attributes:
        error: message for people; None where there is a prediction.
        model: what heard it, by the name that asks for it.
    """

    file: str
    prediction: Prediction | None = None
    error: str | None = None
    model: str = ""


def prediction_document(
    named: NamedPrediction, *, top: int, timeline: bool = False, wanted: Wanted = ANYTHING
) -> dict[str, Any]:
    """``{"file", "model", "predictions": [{"label", "confidence"} ...], ...}``, or ``{"file", "error"}``.

    With ``timeline`` also a list of that name, ``{"start_s", "end_s", "predictions", ...}`` for each window
    that is ``wanted``.
    """
    prediction = named.prediction
    if prediction is None:
        return {"file": named.file, "error": named.error}
    document = {
        "file": named.file,
        "model": named.model,
        "predictions": _scores(prediction, top),
        **facts_of(prediction),
    }
    if timeline:
        began = recording_time(named.file)
        document["timeline"] = [
            {**window_document(window, top), "recorded_at": recorded_at(began, window.start_s)}
            for window in _told(prediction, wanted)
        ]
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


def live_document(window: HeardWindow, top: int) -> dict[str, Any]:
    """The same of a sound that goes on, with the time of now."""
    return {**window_document(window, top), "time": time_of_now()}


def time_of_now() -> str:
    """In UTC, to the millisecond: ``2024-05-31T21:30:02.500Z``."""
    return datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def _scores(prediction: Prediction, top: int) -> list[dict[str, Any]]:
    return [
        {"label": score.label.name, "confidence": round(score.confidence, 6)} for score in prediction.top(top)
    ]


def write_json(
    results: Iterable[NamedPrediction],
    file: TextIO,
    *,
    top: int,
    timeline: bool = False,
    wanted: Wanted = ANYTHING,
) -> None:
    """A JSON list, one document for each sound."""
    dump_list((prediction_document(one, top=top, timeline=timeline, wanted=wanted) for one in results), file)


def write_jsonl(
    results: Iterable[NamedPrediction],
    file: TextIO,
    *,
    top: int,
    timeline: bool = False,
    wanted: Wanted = ANYTHING,
) -> None:
    """JSON Lines: one document on each line, there to be read as soon as its sound was heard."""
    dump_lines((prediction_document(one, top=top, timeline=timeline, wanted=wanted) for one in results), file)


def dump_list(documents: Iterable[dict[str, Any]], file: TextIO) -> None:
    """Documents as one JSON list."""
    json.dump(list(documents), file, indent=2, ensure_ascii=False)
    file.write("\n")


def dump_lines(documents: Iterable[dict[str, Any]], file: TextIO) -> None:
    """Documents as JSON Lines, each to be read at once."""
    for document in documents:
        json.dump(document, file, ensure_ascii=False)
        file.write("\n")
        file.flush()


def csv_columns(*, timeline: bool = False) -> list[str]:
    """The headings of ``write_csv``."""
    when = ["start_s", "end_s"] if timeline else []
    whole = ["duration_s", "error", "state", "uncertainty", "sounds", "resembles"]
    return [
        *("file", *when, "rank", "label", "confidence", *whole),
        *(["recorded_at"] if timeline else []),
        "model",
    ]


def write_csv(
    results: Iterable[NamedPrediction],
    file: TextIO,
    *,
    top: int,
    timeline: bool = False,
    wanted: Wanted = ANYTHING,
    header: bool = True,
) -> None:
    """One row for each sound and rank, there to be read as soon as the sound was heard.

    What is said of the whole sound stands in each of its rows. With ``timeline``, one row for each window
    that is ``wanted`` and rank, and columns for when it was.

    Args:
        header: headings first; else the rows go on in a file that has them.
    """
    columns = csv_columns(timeline=timeline)
    rows = (
        failure_row(columns, one) if one.prediction is None
        else _csv_rows(one, one.prediction, top, timeline, wanted)
        for one in results
    )  # fmt: skip
    write_rows(columns if header else None, rows, file)


def write_rows(
    columns: Sequence[str] | None, sounds: Iterable[Iterable[Sequence[str | int]]], file: TextIO
) -> None:
    """CSV: rows of each sound, to be read at once; before the first, headings, where there are any."""
    writer = csv.writer(file, lineterminator="\n")
    headings = [] if columns is None else [columns]
    for rows in sounds:
        writer.writerows([*headings, *rows])
        file.flush()
        headings = []
    writer.writerows(headings)


def failure_row(columns: Sequence[str], named: NamedPrediction) -> list[list[str]]:
    """The row of a sound without an answer: its name, and why."""
    said = {"file": named.file, "error": named.error or ""}
    return [[said.get(column, "") for column in columns]]


def _csv_rows(
    named: NamedPrediction, prediction: Prediction, top: int, timeline: bool, wanted: Wanted
) -> Iterator[list[str | int]]:
    duration, began = f"{prediction.duration_s:.3f}", recording_time(named.file)
    whole = [HeardWindow(0.0, prediction.duration_s, prediction)]
    for window in _told(prediction, wanted) if timeline else whole:
        when = [f"{window.start_s:.3f}", f"{window.end_s:.3f}"] if timeline else []
        time_of_day = [recorded_at(began, window.start_s) or ""] if timeline else []
        heard = window.prediction
        sounds = ";".join(label.name for label in heard.sounds)
        said = [duration, "", heard.state, f"{heard.uncertainty:.6f}", sounds, heard.resembles or ""]
        for rank, score in enumerate(heard.top(top), start=1):
            confidence = f"{score.confidence:.6f}"
            yield [named.file, *when, rank, score.label.name, confidence, *said, *time_of_day, named.model]


def _told(prediction: Prediction, wanted: Wanted) -> list[HeardWindow]:
    return [window for window in prediction.timeline if wanted.takes(window.prediction)]
