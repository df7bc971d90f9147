"""What an interrupted run has left, cut off anywhere, and the rest of it."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path

import numpy as np
import pytest

from audio_cnn.cli.resuming import Kept, Part
from audio_cnn.labels import ESC50
from audio_cnn.output.document import NamedPrediction, csv_columns, dump_lines, write_csv, write_jsonl
from audio_cnn.output.segment_document import COLUMNS, segments_document, write_segments_csv
from audio_cnn.prediction import Prediction, Wanted

TOP = 2
DOGS = Wanted(only=frozenset({"dog"}))

Write = Callable[[Sequence[NamedPrediction], io.StringIO, bool], None]
Read = Callable[[Part], Kept]


def heard(*classes: int) -> Prediction:
    """A class for each window."""
    shares = np.full((len(classes), 50), 0.001, dtype=np.float32)
    shares[range(len(classes)), classes] = 0.951
    return Prediction(
        ESC50,
        shares[0],
        shares,
        duration_s=2.5 * (1 + len(classes)),
        window_starts_s=2.5 * np.arange(len(classes)),
        window_s=5.0,
        window_silent=np.zeros(len(classes), np.bool_),
    )


DOG = NamedPrediction("dog.wav", heard(0, 0), model="tiny")
RESULTS = [
    NamedPrediction("gone.wav", error='no "such", file'),
    DOG,
    DOG,
    NamedPrediction('größe, "鳥".wav', heard(3, 0, 3), model="tiny"),
    NamedPrediction("two\nlines\r.wav", heard(0, 5), model="tiny"),
    NamedPrediction("cow.wav", heard(3), model="tiny"),
    DOG,
    NamedPrediction("pig.wav", heard(2), model="tiny"),
    NamedPrediction("torn.wav", error="torn"),
]


def as_csv(results: Sequence[NamedPrediction], file: io.StringIO, header: bool, **how: object) -> None:
    write_csv(results, file, top=TOP, header=header, **how)  # type: ignore[arg-type]


def as_segments_csv(results: Sequence[NamedPrediction], file: io.StringIO, header: bool) -> None:
    write_segments_csv(results, file, wanted=DOGS, header=header)


def as_lines(results: Sequence[NamedPrediction], file: io.StringIO, _header: bool) -> None:
    write_jsonl(results, file, top=TOP)


def as_lines_of_segments(results: Sequence[NamedPrediction], file: io.StringIO, _header: bool) -> None:
    dump_lines((segments_document(one, top=TOP) for one in results), file)


@pytest.mark.parametrize(
    ("write", "read", "gaps"),
    [
        (as_csv, lambda part: part.csv(csv_columns()), False),
        (partial(as_csv, timeline=True), lambda part: part.csv(csv_columns(timeline=True)), False),
        (
            partial(as_csv, timeline=True, wanted=DOGS),
            lambda part: part.csv(csv_columns(timeline=True)),
            True,
        ),
        (as_segments_csv, lambda part: part.csv(COLUMNS), True),
        (as_lines, lambda part: part.jsonl(None), False),
        (as_lines_of_segments, lambda part: part.jsonl("segments"), False),
    ],
    ids=["csv", "windows", "some windows", "segments", "lines", "lines of segments"],
)
def test_cut_off_anywhere_the_rest_makes_it_whole(
    tmp_path: Path, write: Write, read: Read, gaps: bool
) -> None:
    @cache
    def written(first: int, *, header: bool = True) -> str:
        file = io.StringIO(newline="")
        write(RESULTS[first:], file, header)
        return file.getvalue()

    path, names, whole = tmp_path / "out.part", [one.file for one in RESULTS], written(0)
    data, most = whole.encode(), 0

    lines = {i + after for i, byte in enumerate(data) if byte == ord("\n") for after in (0, 1)}
    for end in sorted({*range(0, len(data), 11), *lines}):
        path.write_bytes(data[:end])
        kept = read(Part(path, names, gaps=gaps, top=TOP, model="tiny"))
        assert kept.text + written(kept.sounds, header=not kept.text) == whole
        assert set(kept.failed) <= set(names[: kept.sounds])
        assert kept.sounds >= most
        most = kept.sounds

    assert most >= len(RESULTS) - 1
