"""When an answer is a guess: thresholds and AUROC on cases worked out by hand, then on the tiny model."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_data import CLASSES

from audio_cnn.evaluation import rejection
from audio_cnn.evaluation.answers import Answers
from audio_cnn.evaluation.rejection import auroc, evaluate_rejection, least_confidence, trade_off
from audio_cnn.evaluation.score import answers_of
from audio_cnn.labels import labels_for
from audio_cnn.prediction import Classifier
from audio_cnn.prediction.records import Prediction
from audio_cnn.sounds.outside import OUTSIDE
from audio_cnn.sounds.registry import SYNTHESISERS


@pytest.mark.parametrize(
    ("inside", "outside", "expected"),
    [
        ([3, 4], [1, 2], 1.0),
        ([1, 2], [3, 4], 0.0),
        ([1, 3], [2, 2], 0.5),
        ([5, 5], [5, 5], 0.5),
        ([1, 2, 3, 4], [2.5], 0.5),
        ([2, 3], [1, 2, 3], (1.5 + 2.5) / 6),
    ],
    ids=["apart", "the wrong way round", "around", "all alike", "in the middle", "ties count half"],
)
def test_auroc_by_hand(inside: list[float], outside: list[float], expected: float) -> None:
    assert auroc(np.array(inside, np.float32), np.array(outside, np.float32)) == pytest.approx(expected)


def test_auroc_of_two_normal_distributions() -> None:
    """One standard deviation apart: Phi(1 / sqrt 2)."""
    generator = np.random.default_rng(0)
    inside, outside = generator.normal(1, 1, 20_000), generator.normal(0, 1, 20_000)

    assert auroc(inside.astype(np.float32), outside.astype(np.float32)) == pytest.approx(0.7602, abs=0.01)


@pytest.mark.parametrize("clips", [1, 7, 100, 333, 1_600])
@pytest.mark.parametrize("accepted", [0.5, 0.8, 0.9, 0.95, 0.99, 1.0])
def test_a_threshold_keeps_the_stated_share_and_no_higher_one_does(clips: int, accepted: float) -> None:
    confidence = np.random.default_rng(clips).random(clips, dtype=np.float32)

    least = least_confidence(confidence, accepted)

    assert (confidence >= least).mean() >= accepted
    next_one = np.sort(confidence)[np.sort(confidence) > least + 1e-6][1:2]
    assert all((confidence >= higher).mean() < accepted for higher in next_one)


def test_one_of_ten_is_not_lost_to_rounding() -> None:
    assert (1 - 0.9) * 10 < 1
    assert least_confidence(np.arange(1, 11, dtype=np.float32) / 10, 0.9) == pytest.approx(0.2)


def test_the_trade_off_by_hand() -> None:
    confidence = np.linspace(0.6, 0.99, 100, dtype=np.float32)
    probabilities = np.stack([confidence, 1 - confidence], axis=1)
    target = np.where(np.arange(100) < 50, 1, 0)  # the less confident half is wrong

    rows = {row["accepted"]: row for row in trade_off(probabilities, target)}

    assert rows[0.5]["accuracy"] == 1.0
    assert rows[0.8] == {
        "accepted": 0.8,
        "least_confidence": pytest.approx(float(confidence[20]), abs=2e-6),
        "coverage": 0.8,
        "accuracy": 0.625,
    }


@pytest.fixture(scope="module")
def figures(classifier: Classifier, feature_file: Path) -> rejection.RejectionFigures:
    return evaluate_rejection(classifier, feature_file, folds=(5,), sounds_a_kind=2, sounds_a_class=1)


def test_known_and_other_sounds_are_counted_apart(figures: rejection.RejectionFigures) -> None:
    document = figures.to_dict()

    assert json.loads(json.dumps(document)) == document
    assert document["outside"].keys() == {*OUTSIDE, "all"}
    assert {kind: one["n"] for kind, one in document["outside"].items()} == {
        **dict.fromkeys(OUTSIDE, 2),
        "all": 12,
    }
    assert document["known"]["n"] == 6
    assert document["known"]["flagged"] < 0.5
    assert [row["accepted"] for row in document["trade_off"]] == list(rejection.ACCEPTED)


def test_the_figures_are_those_of_the_single_answers(figures: rejection.RejectionFigures) -> None:
    document = figures.to_dict()
    assert figures.rejection is not None
    least = figures.rejection.least_confidence
    music = [one.best.confidence for one in figures.outside["music"]]
    known = figures.probabilities.max(axis=1)

    assert document["outside"]["music"]["flagged"] == np.mean([confidence < least for confidence in music])
    wins = [np.mean([(inside > other) + (inside == other) / 2 for other in music]) for inside in known]
    assert document["outside"]["music"]["auroc"] == pytest.approx(np.mean(wins), abs=1e-6)
    for row in document["trade_off"]:
        every = [one.best.confidence for kind in figures.outside.values() for one in kind]
        flagged = np.mean([one < row["least_confidence"] for one in every])
        assert row["outside_flagged"] == pytest.approx(flagged, abs=1e-6)


def test_sounds_of_classes_that_code_can_make_are_heard_too(figures: rejection.RejectionFigures) -> None:
    assert figures.made.keys() == SYNTHESISERS.keys()
    assert {len(predictions) for predictions in figures.made.values()} == {1}


def test_a_kind_that_a_class_is_called_after_is_not_of_no_class(
    classifier: Classifier, feature_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def with_speech(*arguments: Any, **options: Any) -> Answers:
        answers = answers_of(*arguments, **options)
        return replace(answers, class_names=("speech", *answers.class_names[1:]))

    monkeypatch.setattr(rejection, "answers_of", with_speech)
    figures = evaluate_rejection(classifier, feature_file, sounds_a_kind=1, sounds_a_class=0)

    assert figures.outside.keys() == OUTSIDE.keys() - {"speech"}


def test_made_sounds_of_classes_by_hand(figures: rejection.RejectionFigures) -> None:
    def answer(name: str, confidence: float) -> Prediction:
        rest = (1 - confidence) / (len(CLASSES) - 1)
        probabilities = np.where(np.array(CLASSES) == name, confidence, rest).astype(np.float32)
        labels = labels_for(CLASSES)
        return Prediction(labels, probabilities, probabilities[None], 1.0, least_confidence=0.6)

    made = {"dog": [answer("dog", 0.9), answer("dog", 0.8), answer("dog", 0.5), answer("pig", 0.95)]}
    outside = {"noise": [answer("pig", 0.7)]}

    assert replace(figures, made=made, outside=outside).to_dict()["made"] == {
        "n": 4,
        "accuracy": 0.75,
        "right_flagged": pytest.approx(1 / 3, abs=1e-6),
        "auroc": pytest.approx(2 / 3, abs=1e-6),
    }
    assert replace(figures, made={}).to_dict()["made"] is None


def test_a_model_without_threshold_flags_nothing(figures: rejection.RejectionFigures) -> None:
    outside = {
        kind: [replace(one, least_confidence=0.0) for one in predictions]
        for kind, predictions in figures.outside.items()
    }
    document = replace(figures, rejection=None, outside=outside).to_dict()

    assert document["least_confidence"] is None
    assert document["known"]["flagged"] == 0
    assert document["known"]["accuracy_accepted"] == document["known"]["accuracy"]
    assert document["known"]["accuracy_flagged"] is None
    assert all(one["flagged"] == 0 for one in document["outside"].values())


def test_progress_counts_both_parts(classifier: Classifier, feature_file: Path) -> None:
    calls: list[tuple[int, int]] = []

    evaluate_rejection(
        classifier,
        feature_file,
        folds=(5,),
        sounds_a_kind=1,
        sounds_a_class=0,
        progress=lambda *call: calls.append(call),
    )

    assert (calls[0], calls[-1]) == ((6, 6), (6, 6))
    assert len(calls) == 1 + len(OUTSIDE)
