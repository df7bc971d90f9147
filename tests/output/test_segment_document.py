"""Segments as JSON, CSV and label files."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest

from audio_cnn.labels import Label, labels_for
from audio_cnn.output.document import NamedPrediction, prediction_document
from audio_cnn.output.label_track import write_audacity, write_raven
from audio_cnn.output.segment_document import segments_document, write_segments_csv
from audio_cnn.prediction import Prediction, Segment, Wanted

LABELS = labels_for(["dog", "cat", "my, own"])


def heard() -> Prediction:
    """A cat for two windows, silence, and what may be a dog."""
    each = np.array([[0.1, 0.9, 0.0], [0.2, 0.7, 0.1], [0, 0, 1], [0.5, 0.3, 0.2]], dtype=np.float32)
    return Prediction(
        LABELS,
        each[0],
        each,
        duration_s=12.5,
        least_confidence=0.6,
        window_starts_s=np.array([0, 2.5, 5, 7.5]),
        window_s=5.0,
        window_silent=np.array([False, False, True, False]),
        window_kinds=(None, None, None, "speech"),
    )


RESULTS = [
    NamedPrediction('größe "鳥"_20240531_235958.wav', heard(), model="tiny"),
    NamedPrediction("gone.wav", error="no such file: gone.wav"),
]


def test_a_document_has_segments_beside_what_is_said_of_the_whole() -> None:
    document = segments_document(RESULTS[0], top=2)

    assert document == prediction_document(RESULTS[0], top=2) | {"segments": document["segments"]}
    assert document["segments"] == [
        {
            "start_s": 0.0,
            "end_s": 6.25,
            "label": "cat",
            "confidence": pytest.approx(0.8, abs=1e-6),
            "highest_confidence": pytest.approx(0.9, abs=1e-6),
            "state": "known",
            "resembles": None,
            "windows": 2,
            "recorded_at": "2024-05-31T23:59:58.000",
        }
    ]
    assert segments_document(RESULTS[1], top=2) == prediction_document(RESULTS[1], top=2)


def test_a_document_of_guesses_and_silence() -> None:
    _cat, silence, guess = segments_document(RESULTS[0], top=1, unsure=True)["segments"]

    assert (silence["label"], silence["confidence"], silence["state"]) == (None, 0.0, "silence")
    assert (guess["label"], guess["state"], guess["resembles"]) == ("dog", "unsure", "speech")
    assert guess["recorded_at"] == "2024-06-01T00:00:06.750"


def test_csv_has_a_row_for_each_segment() -> None:
    file = io.StringIO()
    write_segments_csv(RESULTS, file, unsure=True)

    rows = list(csv.DictReader(io.StringIO(file.getvalue())))
    assert [(row["file"], row["start_s"], row["end_s"], row["label"], row["state"]) for row in rows] == [
        (RESULTS[0].file, "0.000", "6.250", "cat", "known"),
        (RESULTS[0].file, "6.250", "8.750", "", "silence"),
        (RESULTS[0].file, "8.750", "12.500", "dog", "unsure"),
        ("gone.wav", "", "", "", ""),
    ]
    assert [row["confidence"] for row in rows] == ["0.800000", "0.000000", "0.500000", ""]
    assert [row["windows"] for row in rows] == ["2", "1", "1", ""]
    assert [row["model"] for row in rows] == ["tiny"] * 3 + [""]
    assert rows[-1]["error"] == "no such file: gone.wav"


def test_csv_has_no_row_where_nothing_wanted_was_heard() -> None:
    file = io.StringIO()
    write_segments_csv(RESULTS[:1], file, wanted=Wanted(least_confidence=0.95))

    assert len(file.getvalue().splitlines()) == 1


SEGMENTS = [
    Segment(0, 6.25, LABELS[1], 0.8, 0.9, "known", None, 2),
    Segment(6.25, 8.75, None, 0, 0, "silence", None, 1),
    Segment(8.75, 12.5, Label(0, "my\tdog \n"), 0.5, 0.5, "unsure", "speech", 1),
]


def test_a_label_track_of_audacity() -> None:
    file = io.StringIO()
    write_audacity(SEGMENTS, file)

    assert file.getvalue() == (
        "0.000000\t6.250000\tcat\n6.250000\t8.750000\tsilence\n8.750000\t12.500000\tmy dog?\n"
    )


def test_a_selection_table_of_raven() -> None:
    file = io.StringIO()
    write_raven(SEGMENTS[:1], file, sound="a/größe\t鳥.wav", band_hz=(0, 8_000))

    header, row = csv.reader(io.StringIO(file.getvalue()), delimiter="\t")
    assert header == [
        "Selection", "View", "Channel", "Begin Time (s)", "End Time (s)", "Low Freq (Hz)", "High Freq (Hz)",
        "Begin File", "Class", "Confidence",
    ]  # fmt: skip
    assert row == [
        "1", "Spectrogram 1", "1", "0.000000", "6.250000", "0.0", "8000.0", "größe 鳥.wav", "cat", "0.8000"
    ]  # fmt: skip


def test_nothing_heard_is_an_empty_track_and_a_table_without_rows() -> None:
    audacity, raven = io.StringIO(), io.StringIO()
    write_audacity([], audacity)
    write_raven([], raven, sound="a.wav", band_hz=(0, 8_000))

    assert audacity.getvalue() == ""
    assert len(raven.getvalue().splitlines()) == 1
