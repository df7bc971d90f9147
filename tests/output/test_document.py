"""Predictions as JSON and CSV."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pytest

from audio_cnn.labels import labels_for
from audio_cnn.output.document import NamedPrediction, prediction_document, write_csv, write_json
from audio_cnn.prediction import Prediction

LABELS = labels_for(["dog", "cat", "my, own"])


def heard(*values: float, windows: int = 2, silent: bool = False, least: float = 0.0) -> Prediction:
    answers = np.array(values, dtype=np.float32)
    every = np.tile(answers, (windows, 1))
    return Prediction(LABELS, answers, every, duration_s=1.23456789, silent=silent, least_confidence=least)


RESULTS = [
    NamedPrediction("a.wav", heard(0.2, 0.7, 0.1)),
    NamedPrediction('weird "name", with\nall.wav', heard(0.0, 0.0, 1.0, windows=1, silent=True)),
    NamedPrediction("größe/音.wav", error='not "audio", really'),
]


def test_a_document_says_what_was_heard() -> None:
    assert prediction_document(RESULTS[0], top=2) == {
        "file": "a.wav",
        "predictions": [
            {"label": "cat", "confidence": pytest.approx(0.7, abs=1e-6)},
            {"label": "dog", "confidence": pytest.approx(0.2, abs=1e-6)},
        ],
        "duration_s": 1.234568,
        "windows": 2,
        "silent": False,
        "state": "known",
        "uncertainty": pytest.approx(0.729847, abs=1e-6),  # (0.2 ln 5 + 0.7 ln 10/7 + 0.1 ln 10) / ln 3
    }


@pytest.mark.parametrize(
    ("prediction", "state"),
    [
        (heard(0.2, 0.7, 0.1, least=0.6), "known"),
        (heard(0.2, 0.7, 0.1, least=0.8), "unsure"),
        (heard(0.2, 0.7, 0.1, least=0.8, silent=True), "silence"),
    ],
)
def test_a_document_says_what_the_answer_is_worth(prediction: Prediction, state: str) -> None:
    document = prediction_document(NamedPrediction("a.wav", prediction), top=1)

    assert document["state"] == state
    assert document["silent"] is (state == "silence")


def test_a_document_of_a_failure_says_why() -> None:
    assert prediction_document(RESULTS[2], top=3) == {"file": "größe/音.wav", "error": 'not "audio", really'}


def test_json_is_a_list_of_documents() -> None:
    file = io.StringIO()
    write_json(RESULTS, file, top=3)

    assert json.loads(file.getvalue()) == [prediction_document(result, top=3) for result in RESULTS]
    assert "größe/音.wav" in file.getvalue()
    assert file.getvalue().endswith("]\n")


def test_json_of_nothing_is_an_empty_list() -> None:
    file = io.StringIO()
    write_json([], file, top=3)

    assert json.loads(file.getvalue()) == []


def test_csv_has_a_row_for_each_sound_and_rank() -> None:
    file = io.StringIO()
    write_csv(RESULTS, file, top=2)

    rows = list(csv.DictReader(io.StringIO(file.getvalue())))
    assert [(row["file"], row["rank"], row["label"]) for row in rows] == [
        ("a.wav", "1", "cat"),
        ("a.wav", "2", "dog"),
        ('weird "name", with\nall.wav', "1", "my, own"),
        ('weird "name", with\nall.wav', "2", "dog"),
        ("größe/音.wav", "", ""),
    ]
    assert [row["confidence"] for row in rows] == ["0.700000", "0.200000", "1.000000", "0.000000", ""]
    assert [row["duration_s"] for row in rows] == ["1.235"] * 4 + [""]
    assert [row["state"] for row in rows] == ["known", "known", "silence", "silence", ""]
    assert [row["uncertainty"] for row in rows] == ["0.729847"] * 2 + ["0.000000"] * 2 + [""]
    assert [row["error"] for row in rows] == [""] * 4 + ['not "audio", really']
