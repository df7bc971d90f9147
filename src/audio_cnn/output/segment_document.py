"""What was heard from when to when as plain values: JSON and CSV."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TextIO

from audio_cnn.output.document import NamedPrediction, failure_row, prediction_document, write_rows
from audio_cnn.output.recording_time import recorded_at, recording_time
from audio_cnn.prediction.records import Prediction
from audio_cnn.prediction.segments import ANYTHING, Segment, Wanted, segments_of

COLUMNS = (
    *("file", "start_s", "end_s", "label", "confidence", "highest_confidence", "duration_s", "error"),
    *("state", "resembles", "windows", "recorded_at", "model"),
)


def segments_document(
    named: NamedPrediction, *, top: int, unsure: bool = False, wanted: Wanted = ANYTHING
) -> dict[str, Any]:
    """``prediction_document`` with a list ``segments``, ``{"start_s", "end_s", "label", ...}`` for each."""
    document = prediction_document(named, top=top)
    if named.prediction is not None:
        began = recording_time(named.file)
        found = segments_of(named.prediction.timeline, unsure=unsure, wanted=wanted)
        document["segments"] = [
            {**segment_document(segment), "recorded_at": recorded_at(began, segment.start_s)}
            for segment in found
        ]
    return document


def segment_document(segment: Segment) -> dict[str, Any]:
    """When it was, and what was heard."""
    return {
        "start_s": round(segment.start_s, 6),
        "end_s": round(segment.end_s, 6),
        "label": segment.label.name if segment.label else None,
        "confidence": round(segment.confidence, 6),
        "highest_confidence": round(segment.highest_confidence, 6),
        "state": segment.state,
        "resembles": segment.resembles,
        "windows": segment.windows,
    }


def write_segments_csv(
    results: Iterable[NamedPrediction],
    file: TextIO,
    *,
    unsure: bool = False,
    wanted: Wanted = ANYTHING,
    header: bool = True,
) -> None:
    """One row for each segment, there to be read as soon as its sound was heard; none where there is none.

    Args:
        header: headings first; else the rows go on in a file that has them.
    """
    rows = (
        failure_row(COLUMNS, one) if one.prediction is None
        else _rows(one, one.prediction, unsure, wanted)
        for one in results
    )  # fmt: skip
    write_rows(COLUMNS if header else None, rows, file)


def _rows(
    named: NamedPrediction, prediction: Prediction, unsure: bool, wanted: Wanted
) -> Iterator[list[str | int]]:
    began = recording_time(named.file)
    for segment in segments_of(prediction.timeline, unsure=unsure, wanted=wanted):
        yield [
            named.file,
            f"{segment.start_s:.3f}",
            f"{segment.end_s:.3f}",
            segment.label.name if segment.label else "",
            f"{segment.confidence:.6f}",
            f"{segment.highest_confidence:.6f}",
            f"{prediction.duration_s:.3f}",
            "",
            segment.state,
            segment.resembles or "",
            segment.windows,
            recorded_at(began, segment.start_s) or "",
            named.model,
        ]
