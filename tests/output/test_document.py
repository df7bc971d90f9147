"""Predictions as JSON and CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from audio_cnn.labels import labels_for
from audio_cnn.output.document import (
    NamedPrediction,
    prediction_document,
    write_csv,
    write_json,
    write_jsonl,
)
from audio_cnn.prediction import Prediction, Wanted

LABELS = labels_for(["dog", "cat", "my, own"])


def heard(*values: float, windows: int = 2, silent: bool = False, least: float = 0.0) -> Prediction:
    answers = np.array(values, dtype=np.float32)
    every = np.tile(answers, (windows, 1))
    return Prediction(LABELS, answers, every, duration_s=1.23456789, silent=silent, least_confidence=least)


RESULTS = [
    NamedPrediction("a.wav", heard(0.2, 0.7, 0.1), model="tiny"),
    NamedPrediction(
        'weird "name", with\nall.wav', heard(0.0, 0.0, 1.0, windows=1, silent=True), model="tiny"
    ),
    NamedPrediction("größe/音.wav", error='not "audio", really'),
]


def test_a_document_says_what_was_heard() -> None:
    assert prediction_document(RESULTS[0], top=2) == {
        "file": "a.wav",
        "model": "tiny",
        "predictions": [
            {"label": "cat", "confidence": pytest.approx(0.7, abs=1e-6)},
            {"label": "dog", "confidence": pytest.approx(0.2, abs=1e-6)},
        ],
        "duration_s": 1.234568,
        "windows": 2,
        "silent": False,
        "state": "known",
        "sounds": ["cat"],
        "resembles": None,
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
    assert [row["sounds"] for row in rows] == ["cat", "cat", "", "", ""]
    assert [row["model"] for row in rows] == ["tiny"] * 4 + [""]
    assert [row["error"] for row in rows] == [""] * 4 + ['not "audio", really']


def heard_for_long() -> Prediction:
    """Three windows: cat, silence, and what may be a dog."""
    each = np.array([[0.1, 0.9, 0.0], [0.0, 0.0, 1.0], [0.5, 0.3, 0.2]], dtype=np.float32)
    return Prediction(
        LABELS,
        each[[0, 2]].mean(axis=0),
        each,
        duration_s=9.5,
        least_confidence=0.6,
        window_starts_s=np.array([0, 2.5, 4.5]),
        window_s=5.0,
        window_silent=np.array([False, True, False]),
        window_kinds=("hum", "noise", "speech"),
    )


LONG = [NamedPrediction("a.wav", heard_for_long()), RESULTS[2]]


def test_a_document_says_what_was_heard_when() -> None:
    document = prediction_document(LONG[0], top=1, timeline=True)

    assert document == prediction_document(LONG[0], top=1) | {"timeline": document["timeline"]}
    assert [(one["start_s"], one["end_s"], one["state"]) for one in document["timeline"]] == [
        (0.0, 5.0, "known"), (2.5, 7.5, "silence"), (4.5, 9.5, "unsure"),
    ]  # fmt: skip
    assert document["timeline"][0]["predictions"] == [
        {"label": "cat", "confidence": pytest.approx(0.9, abs=1e-6)}
    ]
    assert document["timeline"][1]["uncertainty"] == 0
    assert [one["resembles"] for one in document["timeline"]] == [None, None, "speech"]
    assert (document["state"], document["sounds"]) == ("known", ["cat"])
    assert prediction_document(RESULTS[2], top=1, timeline=True) == prediction_document(RESULTS[2], top=1)


def test_csv_has_a_row_for_each_window() -> None:
    file = io.StringIO()
    write_csv(LONG, file, top=2, timeline=True)

    rows = list(csv.DictReader(io.StringIO(file.getvalue())))
    assert [(row["start_s"], row["end_s"], row["rank"], row["label"], row["state"]) for row in rows] == [
        ("0.000", "5.000", "1", "cat", "known"),
        ("0.000", "5.000", "2", "dog", "known"),
        ("2.500", "7.500", "1", "my, own", "silence"),
        ("2.500", "7.500", "2", "dog", "silence"),
        ("4.500", "9.500", "1", "dog", "unsure"),
        ("4.500", "9.500", "2", "cat", "unsure"),
        ("", "", "", "", ""),
    ]
    assert [row["error"] for row in rows] == [""] * 6 + ['not "audio", really']
    assert {row["duration_s"] for row in rows} == {"9.500", ""}
    assert [row["resembles"] for row in rows] == [""] * 4 + ["speech"] * 2 + [""]


def test_json_lines_are_documents() -> None:
    file = io.StringIO()
    write_jsonl(LONG, file, top=3, timeline=True)

    assert [json.loads(line) for line in file.getvalue().splitlines()] == [
        prediction_document(named, top=3, timeline=True) for named in LONG
    ]


@pytest.mark.parametrize("write", [write_csv, write_jsonl])
def test_what_was_heard_can_be_read_before_the_next_comes(write: Callable[..., None], tmp_path: Path) -> None:
    path = tmp_path / "answers"

    def results() -> Iterator[NamedPrediction]:
        for named in RESULTS:
            yield named
            assert path.read_text(encoding="utf-8").count("\n") > lines.pop(0)

    lines = [0, 1, 2]
    with path.open("w", encoding="utf-8") as file:
        write(results(), file, top=1)

    assert lines == []


DATED = NamedPrediction("SMA_20240531_235958.wav", heard_for_long())


def test_windows_say_at_what_time_of_day_they_began() -> None:
    document = prediction_document(DATED, top=1, timeline=True)
    file = io.StringIO()
    write_csv([DATED, *LONG], file, top=1, timeline=True)

    began = ["2024-05-31T23:59:58.000", "2024-06-01T00:00:00.500", "2024-06-01T00:00:02.500"]
    assert [one["recorded_at"] for one in document["timeline"]] == began
    rows = csv.DictReader(io.StringIO(file.getvalue()))
    assert [row["recorded_at"] for row in rows] == [*began, "", "", "", ""]
    assert [one["recorded_at"] for one in prediction_document(LONG[0], top=1, timeline=True)["timeline"]] == [
        None, None, None,
    ]  # fmt: skip


def test_only_the_windows_that_are_wanted() -> None:
    wanted = Wanted(only=frozenset({"cat"}))
    file = io.StringIO()
    write_csv(LONG, file, top=2, timeline=True, wanted=wanted)

    document = prediction_document(LONG[0], top=1, timeline=True, wanted=wanted)
    whole = prediction_document(LONG[0], top=1, timeline=True)

    assert [one["start_s"] for one in document["timeline"]] == [0.0]
    assert document | {"timeline": None} == whole | {"timeline": None}
    assert [row["label"] for row in csv.DictReader(io.StringIO(file.getvalue()))] == ["cat", "dog", ""]


def test_rows_can_go_on_in_a_file_that_has_headings() -> None:
    whole, first, second = io.StringIO(), io.StringIO(), io.StringIO()
    write_csv(RESULTS, whole, top=2)
    write_csv(RESULTS[:1], first, top=2)
    write_csv(RESULTS[1:], second, top=2, header=False)

    assert first.getvalue() + second.getvalue() == whole.getvalue()


def test_csv_of_nothing_has_headings() -> None:
    file = io.StringIO()
    write_csv([], file, top=3)

    assert file.getvalue().startswith("file,rank,label,")
