"""Short sounds, long ones, silence: which windows are heard, and what they say together."""

from __future__ import annotations

import numpy as np
import pytest
from made_data import RATE_HZ, class_sound, sine

from audio_cnn.prediction import Classifier

SILENCE = np.zeros(RATE_HZ, np.float32)


def close(a: np.ndarray, b: np.ndarray) -> bool:
    return bool(np.abs(a - b).max() < 1e-5)


def test_a_short_sound_is_heard_repeated_and_padded(classifier: Classifier) -> None:
    short = class_sound("rooster", seed=3, seconds=0.3)

    prediction = classifier.classify(short)

    repeated = classifier.classify(np.resize(np.concatenate([short, short[::-1]]), RATE_HZ)).probabilities
    padded = classifier.classify(np.pad(short, (0, RATE_HZ - len(short)))).probabilities
    assert not close(repeated, padded)
    assert close(prediction.window_probabilities, np.stack([repeated, padded]))
    assert close(prediction.probabilities, (repeated + padded) / 2)
    assert prediction.duration_s == 0.3


def test_one_sample_is_a_sound(classifier: Classifier) -> None:
    prediction = classifier.classify(np.array([0.5], dtype=np.float32))

    assert not prediction.silent
    assert np.isfinite(prediction.probabilities).all()


def test_a_long_sound_is_what_its_sure_and_loud_windows_say(classifier: Classifier) -> None:
    parts = [("dog", 1.0), ("pig", 1.0), ("rooster", 0.6)]
    long = np.concatenate([class_sound(name, seed=1, seconds=seconds) for name, seconds in parts])

    prediction = classifier.classify(long)

    starts = [0, 4_000, 8_000, 12_000, 12_800]  # half a window apart, the last ends with the sound
    cut = [long[start : start + RATE_HZ] for start in starts]
    each = np.stack([classifier.classify(window).probabilities for window in cut])
    weights = each.max(axis=1) * np.sqrt([np.abs(window).max() for window in cut])
    assert close(prediction.window_probabilities, each)
    assert close(prediction.probabilities, np.average(each, axis=0, weights=weights))
    assert prediction.duration_s == 2.6


def test_a_long_sound_has_a_timeline(classifier: Classifier) -> None:
    long = np.concatenate([class_sound("dog", seed=1), SILENCE, class_sound("pig", seed=1, seconds=1.3)])

    prediction = classifier.classify(long)

    assert prediction.window_starts_s.tolist() == [0, 0.5, 1, 1.5, 2, 2.3]
    timeline = prediction.timeline
    assert [window.start_s for window in timeline] == [0, 0.5, 1, 1.5, 2, 2.3]
    assert [window.end_s for window in timeline] == pytest.approx([1, 1.5, 2, 2.5, 3, 3.3])
    assert [window.prediction.silent for window in timeline] == [False, False, True, False, False, False]
    for window, start in zip(timeline, [0, 4_000, 8_000, 12_000, 16_000, 18_400], strict=True):
        alone = classifier.classify(long[start : start + RATE_HZ])
        assert close(window.prediction.probabilities, alone.probabilities)
        assert (window.prediction.state, window.prediction.duration_s) == (alone.state, 1.0)


@pytest.mark.parametrize("seconds", [0.3, 1.0])
def test_the_timeline_of_a_short_sound_is_the_sound(classifier: Classifier, seconds: float) -> None:
    prediction = classifier.classify(class_sound("dog", seed=1, seconds=seconds))

    assert [(window.start_s, window.end_s) for window in prediction.timeline] == [(0, seconds)]
    assert prediction.timeline[0].prediction is prediction
    assert not prediction.window_starts_s.any()
    assert len(prediction.window_starts_s) == len(prediction.window_probabilities)


@pytest.mark.parametrize(("seconds", "windows"), [(1.0, 1), (1.05, 1), (1.2, 2), (1.55, 2), (1.7, 3)])
def test_a_few_samples_too_many_are_not_worth_a_window(
    classifier: Classifier, seconds: float, windows: int
) -> None:
    prediction = classifier.classify(class_sound("dog", seed=1, seconds=seconds))

    assert len(prediction.window_probabilities) == windows
    assert prediction.duration_s == seconds


def test_silent_stretches_of_a_long_sound_have_no_say(classifier: Classifier) -> None:
    event = class_sound("pig", seed=5)
    prediction = classifier.classify(np.concatenate([np.tile(SILENCE, 6), event]))

    heard = [np.concatenate([SILENCE[:4_000], event[:4_000]]), event]
    each = np.stack([classifier.classify(window).probabilities for window in heard])
    weights = each.max(axis=1) * np.sqrt([np.abs(window).max() for window in heard])
    assert close(prediction.probabilities, np.average(each, axis=0, weights=weights))
    assert not prediction.silent


@pytest.mark.parametrize("seconds", [0.2, 1.0, 2.5])
@pytest.mark.parametrize("level", [0.0, 1e-5])
def test_silence_is_flagged(classifier: Classifier, seconds: float, level: float) -> None:
    prediction = classifier.classify(sine(440, seconds=seconds, amplitude=level))

    assert prediction.silent
    assert float(prediction.probabilities.sum()) == pytest.approx(1, abs=1e-5)


def test_a_soft_sound_is_not_silence(classifier: Classifier) -> None:
    assert not classifier.classify(sine(440, amplitude=1e-4)).silent


def test_loudness_does_not_change_the_answer(classifier: Classifier) -> None:
    sound = class_sound("dog", seed=9)

    loud, soft = classifier.classify(sound), classifier.classify(sound * 0.1)
    assert np.abs(loud.probabilities - soft.probabilities).max() < 1e-3
