"""Windows that overlap, joined to what was heard from when to when."""

from __future__ import annotations

import numpy as np
import pytest

from audio_cnn.labels import ESC50
from audio_cnn.prediction import HeardWindow, Prediction, Segment, Wanted, segments_of

NAMES = [label.name for label in ESC50]
LEAST = 0.5
HOP_S, WINDOW_S = 2.5, 5.0


def window(start_s: float, heard: str, confidence: float = 0.9, *, length_s: float = WINDOW_S) -> HeardWindow:
    """One that is so sure of a class; ``-`` is silence."""
    shares = np.full(50, (1 - confidence) / 49, dtype=np.float32)
    shares[0 if heard == "-" else NAMES.index(heard)] = confidence
    silent = heard == "-"
    answer = Prediction(ESC50, shares, shares[None], length_s, silent=silent, least_confidence=LEAST)
    return HeardWindow(start_s, start_s + length_s, answer)


def windows(*heard: str | tuple[str, float]) -> list[HeardWindow]:
    """One every 2.5 s."""
    pairs = [(one, 0.9) if isinstance(one, str) else one for one in heard]
    return [window(HOP_S * i, name, confidence) for i, (name, confidence) in enumerate(pairs)]


def told(segments: list[Segment]) -> list[tuple[float, float, str | None]]:
    return [(one.start_s, one.end_s, one.label.name if one.label else None) for one in segments]


@pytest.mark.parametrize(
    ("heard", "segments"),
    [
        ([], []),
        (["rain"], [(0, 5, "rain")]),
        (["rain"] * 4, [(0, 12.5, "rain")]),
        (["rain", "rain", "siren"], [(0, 6.25, "rain"), (6.25, 10, "siren")]),
        (["rain", "siren", "rain"], [(0, 3.75, "rain"), (3.75, 6.25, "siren"), (6.25, 10, "rain")]),
        (["-", "rain", "-"], [(3.75, 6.25, "rain")]),
        (["rain", ("siren", 0.4), "rain"], [(0, 3.75, "rain"), (6.25, 10, "rain")]),
        (["-", "-"], []),
    ],
    ids=[
        "nothing",
        "one window",
        "one class",
        "neighbours that disagree meet in the middle of their overlap",
        "one window between others",
        "silence around",
        "a guess in between",
        "silence",
    ],
)
def test_windows_of_one_class_are_one_segment(
    heard: list[str | tuple[str, float]], segments: list[tuple[float, float, str]]
) -> None:
    assert told(segments_of(windows(*heard))) == segments


def test_a_last_window_that_overlaps_more_meets_its_neighbour_in_the_middle_too() -> None:
    heard = [window(0, "rain"), window(2.5, "rain"), window(3.1, "siren")]

    assert told(segments_of(heard)) == [(0, pytest.approx(5.3), "rain"), (pytest.approx(5.3), 8.1, "siren")]


@pytest.mark.parametrize(
    ("second_start_s", "segments"),
    [
        (5, [(0, 10, "rain")]),
        (5 + 1e-9, [(0, pytest.approx(10), "rain")]),
        (7, [(0, 5, "rain"), (7, 12, "rain")]),
    ],
    ids=["they touch", "but for rounding", "a gap"],
)
def test_windows_that_do_not_overlap(second_start_s: float, segments: list[tuple[float, float, str]]) -> None:
    assert told(segments_of([window(0, "rain"), window(second_start_s, "rain")])) == segments


def test_a_segment_says_how_sure_its_windows_are() -> None:
    (segment,) = segments_of(windows(("rain", 0.6), ("rain", 0.9), ("rain", 0.75)))

    assert segment.confidence == pytest.approx(0.75)
    assert segment.highest_confidence == pytest.approx(0.9)
    assert (segment.state, segment.windows, segment.resembles) == ("known", 3, None)


def test_guesses_and_silence_are_segments_of_their_own_for_those_who_ask() -> None:
    heard = windows("rain", ("rain", 0.4), "-", "-", "rain")

    segments = segments_of(heard, unsure=True)

    assert [(*times, one.state) for times, one in zip(told(segments), segments, strict=True)] == [
        (0, 3.75, "rain", "known"),
        (3.75, 6.25, "rain", "unsure"),
        (6.25, 11.25, None, "silence"),
        (11.25, 15, "rain", "known"),
    ]
    assert (segments[2].confidence, segments[2].highest_confidence) == (0, 0)


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (Wanted(), ["rain", "siren", "wind", None]),
        (Wanted(least_confidence=0.85), ["rain", "wind"]),
        (Wanted(only=frozenset({"siren", "rain"})), ["rain", "siren"]),
        (Wanted(without=frozenset({"wind"})), ["rain", "siren", None]),
        (Wanted(0.85, frozenset({"siren"})), []),
    ],
    ids=["everything", "the sure ones", "some classes", "all classes but one", "both"],
)
def test_what_is_wanted(wanted: Wanted, names: list[str | None]) -> None:
    heard = windows("rain", ("siren", 0.8), "wind", "-")

    segments = segments_of(heard, unsure=True, wanted=wanted)

    assert [one.label.name if one.label else None for one in segments] == names


def test_a_window_that_is_not_wanted_parts_its_neighbours_and_moves_no_edge() -> None:
    heard = windows("rain", "wind", "rain")

    segments = segments_of(heard, wanted=Wanted(without=frozenset({"wind"})))

    assert told(segments) == [(0, 3.75, "rain"), (6.25, 10, "rain")]


def test_a_guess_resembles_what_most_of_its_windows_do() -> None:
    shares = np.full((3, 50), 0.01, dtype=np.float32)
    shares[:, 3] = 0.3
    answer = Prediction(
        ESC50,
        shares[0],
        shares,
        duration_s=10.0,
        least_confidence=LEAST,
        window_starts_s=np.array([0, 2.5, 5]),
        window_s=WINDOW_S,
        window_silent=np.zeros(3, np.bool_),
        window_kinds=("speech", None, "speech"),
    )

    (segment,) = segments_of(answer.timeline, unsure=True)

    assert (segment.label, segment.state, segment.resembles) == (ESC50[3], "unsure", "speech")
    assert answer.segments == []


def test_a_prediction_tells_its_segments() -> None:
    shares = np.full((3, 50), 0.001, dtype=np.float32)
    shares[[0, 1, 2], [10, 10, 42]] = 0.951
    answer = Prediction(
        ESC50,
        shares.mean(axis=0),
        shares,
        duration_s=10.0,
        window_starts_s=np.array([0, 2.5, 5]),
        window_s=WINDOW_S,
        window_silent=np.zeros(3, np.bool_),
    )

    assert told(answer.segments) == [(0, 6.25, "rain"), (6.25, 10, "siren")]


def test_a_short_sound_is_one_segment() -> None:
    shares = np.array([0.9, 0.1], dtype=np.float32)
    answer = Prediction(
        ESC50[:2], shares, np.tile(shares, (2, 1)), 1.5, window_starts_s=np.zeros(2), window_s=WINDOW_S
    )

    assert told(answer.segments) == [(0, 1.5, "dog")]
