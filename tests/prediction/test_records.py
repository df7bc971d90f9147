"""What can be read off a prediction."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from audio_cnn.labels import ESC50
from audio_cnn.prediction import Prediction


def prediction(*values: float) -> Prediction:
    answers = np.array(values, dtype=np.float32)
    return Prediction(ESC50[: len(values)], answers, answers[None], duration_s=1.0)


def test_top_is_likeliest_first_and_no_longer_than_there_are_classes() -> None:
    top = prediction(0.1, 0.6, 0.3).top(2)

    assert [score.label.name for score in top] == ["rooster", "pig"]
    assert [score.confidence for score in top] == pytest.approx([0.6, 0.3])
    assert len(prediction(0.1, 0.6, 0.3).top(9)) == 3
    assert isinstance(top[0].confidence, float)


def test_equals_keep_the_classes_order() -> None:
    assert [score.label.index for score in prediction(0.25, 0.25, 0.25, 0.25).top(4)] == [0, 1, 2, 3]
    assert prediction(0.5, 0.5).best.label.name == "dog"


def test_the_arrays_do_not_crowd_a_printed_prediction() -> None:
    assert "array" not in repr(prediction(0.5, 0.5))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((1.0, 0.0, 0.0, 0.0), 0.0),
        ((0.5, 0.5, 0.0, 0.0), 0.5),
        ((0.25, 0.25, 0.25, 0.25), 1.0),
        ((1.0,), 0.0),
    ],
    ids=["all on one", "two of four alike", "all alike", "a single class"],
)
def test_uncertainty_is_relative_entropy(values: tuple[float, ...], expected: float) -> None:
    assert prediction(*values).uncertainty == pytest.approx(expected, abs=1e-6)


def test_an_answer_with_less_than_the_least_confidence_is_a_guess() -> None:
    answer = prediction(0.25, 0.75)

    assert answer.state == "known"  # a model without a threshold never says otherwise
    assert replace(answer, least_confidence=0.75).state == "known"
    assert replace(answer, least_confidence=0.76).state == "unsure"
    assert replace(answer, least_confidence=0.76, silent=True).state == "silence"


def test_only_what_it_is_not_sure_of_resembles_something_else() -> None:
    answer = replace(prediction(0.25, 0.75), window_s=5.0, window_kinds=("speech",))

    assert replace(answer, least_confidence=0.76).resembles == "speech"
    assert replace(answer, least_confidence=0.75).resembles is None
    assert replace(answer, least_confidence=0.76, silent=True).resembles is None
    assert replace(answer, least_confidence=0.76, window_kinds=(None,)).resembles is None
    assert replace(answer, least_confidence=0.76, window_kinds=()).resembles is None
    assert replace(answer, least_confidence=0.76, window_kinds=("speech", "hum")).resembles is None


@pytest.mark.parametrize(
    ("kinds", "silent", "expected"),
    [
        (("music", "music", "music", None), (), "music"),
        (("music", "hum", "music", None), (), None),
        (("music", "hum", "music", None), (1,), "music"),
        ((None, None, "music", "music"), (), None),
    ],
    ids=["most windows", "half of them", "but for silence", "of one window it is sure"],
)
def test_a_long_sound_resembles_what_most_of_its_windows_do(
    kinds: tuple[str | None, ...], silent: tuple[int, ...], expected: str | None
) -> None:
    windows = [("dog", 0.52), ("dog", 0.52), ("dog", 0.52), ("dog", 0.9)]
    quiet = np.isin(np.arange(4), silent)
    for whole in (0.52, 0.9):  # whatever it is called on the whole
        answer = long(*windows, whole=("dog", whole))
        assert replace(answer, window_kinds=kinds, window_silent=quiet).resembles == expected


def long(*windows: tuple[str, float], whole: tuple[str, float], silent: bool = False) -> Prediction:
    """Sure to such an extent of one class in each window, and in all; otherwise of the last class."""
    names = [label.name for label in ESC50]
    shares = np.zeros((1 + len(windows), len(names)), dtype=np.float32)
    for row, (name, share) in zip(shares, [whole, *windows], strict=True):
        row[names.index(name)] = share
        row[-1] += 1 - share
    return Prediction(
        ESC50,
        shares[0],
        shares[1:],
        duration_s=5.0 * len(windows),
        silent=silent,
        least_confidence=0.55,
        window_starts_s=5.0 * np.arange(len(windows)),
        window_s=5.0,
        window_silent=np.zeros(len(windows), np.bool_),
    )


@pytest.mark.parametrize(
    ("answer", "sounds"),
    [
        (long(("dog", 0.6), whole=("dog", 0.6)), ["dog"]),
        (long(("dog", 0.52), whole=("dog", 0.52)), []),
        (long(("dog", 0.9), ("cow", 0.95), ("cow", 0.8), ("pig", 0.7), whole=("dog", 0.6)), ["cow", "dog"]),
        (long(("dog", 0.9), ("cow", 0.95), whole=("dog", 0.52)), ["dog", "cow"]),
        (long(("dog", 0.9), ("cow", 0.95), whole=("dog", 0.8)), ["dog"]),
        (long(("cow", 0.9), ("dog", 0.6), ("dog", 0.6), whole=("dog", 0.6)), ["dog"]),
        (long(("cow", 0.9), ("dog", 0.52), ("dog", 0.52), whole=("dog", 0.52)), ["cow"]),
        (long(("dog", 0.9), ("cow", 0.9), whole=("dog", 0.9), silent=True), []),
    ],
    ids=[
        "an answer",
        "a guess",
        "clear windows, the most frequent class first",
        "clear windows of what is a guess on the whole",
        "one prevails",
        "one clear window against the answer",
        "one clear window where there is no answer",
        "silence",
    ],
)
def test_the_sounds_that_can_be_told(answer: Prediction, sounds: list[str]) -> None:
    assert [label.name for label in answer.sounds] == sounds
