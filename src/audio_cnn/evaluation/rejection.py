"""When an answer is a guess: thresholds of confidence, and what they let through of sounds of no class."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from audio_cnn.evaluation.metrics import Float32Array, Int64Array
from audio_cnn.evaluation.score import Progress, answers_of
from audio_cnn.prediction.classifier import Classifier
from audio_cnn.prediction.model_file import Rejection
from audio_cnn.prediction.records import Prediction
from audio_cnn.sounds.outside import kinds_of_none, outside_sound
from audio_cnn.sounds.registry import SYNTHESISERS, synthesise

ACCEPTED = (0.99, 0.98, 0.95, 0.9, 0.8, 0.7, 0.5)
"""Shares of known sounds that a threshold may let through."""

SOUNDS_A_KIND, SOUNDS_A_CLASS = 20, 6
EVERY_KIND = "all"


@dataclass(frozen=True)
class RejectionFigures:
    """What a model makes of sounds of its classes and of none.

    Attributes:
        rejection: when the model says that it is not sure; None: never.
        probabilities: float32 [N, K], of labelled clips.
        target: int64 [N], their true classes.
        outside: kind of sound -> predictions of sounds of no class.
        made: class -> predictions of sounds of it, made by code as those of no class are.
        folds: of the labelled clips.
        left_out: labelled clip that could not be read -> why.
    """

    rejection: Rejection | None
    probabilities: Float32Array
    target: Int64Array
    outside: dict[str, list[Prediction]]
    made: dict[str, list[Prediction]]
    folds: tuple[int, ...] = ()
    left_out: Mapping[Path, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        confidence, right = self.probabilities.max(axis=1), self.probabilities.argmax(axis=1) == self.target
        every = [one for predictions in self.outside.values() for one in predictions]
        kinds = {**self.outside, EVERY_KIND: every}
        named = np.array([one.best.confidence for one in every])
        return {
            "least_confidence": self.rejection.least_confidence if self.rejection else None,
            "accepted": self.rejection.accepted if self.rejection else None,
            "known": self._known(confidence, right),
            "outside": {kind: self._of_kind(confidence, predictions) for kind, predictions in kinds.items()},
            "made": self._made(named),
            "trade_off": [
                {**row, "outside_flagged": round(float((named < row["least_confidence"]).mean()), 6)}
                for row in trade_off(self.probabilities, self.target)
            ],
        }

    def _known(self, confidence: Float32Array, right: np.ndarray[Any, np.dtype[np.bool_]]) -> dict[str, Any]:
        """Figures of the labelled clips; an accuracy of no clips is None."""
        sure = confidence >= (self.rejection.least_confidence if self.rejection else 0.0)
        return {
            "n": len(right),
            "accuracy": round(float(right.mean()), 6),
            "flagged": round(float(1 - sure.mean()), 6),
            "accuracy_accepted": round(float(right[sure].mean()), 6) if sure.any() else None,
            "accuracy_flagged": round(float(right[~sure].mean()), 6) if not sure.all() else None,
            "auroc_right": round(auroc(confidence[right], confidence[~right]), 6)
            if 0 < right.mean() < 1
            else None,
        }

    def _made(self, outside: Float32Array) -> dict[str, Any] | None:
        """How many of the made sounds of classes are named rightly, and how sure it is of these.

        A model that flags all that is made by code, and not what is of no class, shows here.
        """
        every = [(name, one) for name, predictions in self.made.items() for one in predictions]
        right = [one for name, one in every if one.best.label.name == name]
        if not right:
            return None
        confidence = np.array([one.best.confidence for one in right])
        return {
            "n": len(every),
            "accuracy": round(len(right) / len(every), 6),
            "right_flagged": round(sum(one.state == "unsure" for one in right) / len(right), 6),
            "auroc": round(auroc(confidence, outside), 6),
        }

    def _of_kind(self, known: Float32Array, predictions: Sequence[Prediction]) -> dict[str, Any]:
        """AUROC against the labelled clips, share flagged, and what the sounds are mostly taken for."""
        names = Counter(one.best.label.name for one in predictions)
        return {
            "n": len(predictions),
            "auroc": round(auroc(known, np.array([one.best.confidence for one in predictions])), 6),
            "flagged": round(sum(one.state == "unsure" for one in predictions) / len(predictions), 6),
            "taken_for": dict(names.most_common(3)),
        }


def evaluate_rejection(
    classifier: Classifier,
    data: Path,
    *,
    folds: Sequence[int] = (),
    sounds_a_kind: int = SOUNDS_A_KIND,
    sounds_a_class: int = SOUNDS_A_CLASS,
    progress: Progress | None = None,
) -> RejectionFigures:
    """Listen to labelled ``data``, and to sounds made by code: of no class, and of those classes it can make.

    A kind that a class of the model is called after is not of no class, and left out.

    Args:
        folds: only these of the data, if given.
        progress: called with (sounds done, sounds in all), first for the data, then for the made sounds.

    Raises:
        DatasetError: as ``answers_of``.
    """
    answers = answers_of(classifier, data, folds=folds, progress=progress)
    classes = [name for name in answers.class_names if name in SYNTHESISERS]
    outside = kinds_of_none(answers.class_names)
    heard: dict[str, list[Prediction]] = {name: [] for name in (*outside, *classes)}
    rate_hz = classifier.info.front_end.sample_rate_hz
    sounds = [(kind, seed) for kind in outside for seed in range(sounds_a_kind)]
    sounds += [(name, seed) for name in classes for seed in range(sounds_a_class)]
    for done, (name, seed) in enumerate(sounds, start=1):
        make = outside_sound if name in outside else synthesise
        heard[name].append(classifier.classify(make(name, seed, rate_hz)))
        if progress is not None:
            progress(done, len(sounds))
    return RejectionFigures(
        classifier.info.rejection,
        answers.probabilities,
        answers.target,
        outside={kind: heard[kind] for kind in outside},
        made={name: heard[name] for name in classes},
        folds=answers.folds,
        left_out=answers.left_out,
    )


def trade_off(probabilities: Float32Array, target: Int64Array) -> list[dict[str, float]]:
    """For each of ``ACCEPTED``, the threshold and the accuracy of the answers that it lets through.

    probabilities [N, K] and true classes [N] of clips that the network has not learned from.
    """
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == target
    rows = []
    for accepted in ACCEPTED:
        least = least_confidence(confidence, accepted)
        sure = confidence >= least
        rows.append(
            {
                "accepted": accepted,
                "least_confidence": least,
                "coverage": round(float(sure.mean()), 6),
                "accuracy": round(float(right[sure].mean()), 6),
            }
        )
    return rows


def least_confidence(confidence: Float32Array, accepted: float) -> float:
    """The highest threshold, to six digits, that at least this share of confidences [N] reach."""
    allowed = int((1 - accepted) * len(confidence) + 1e-9)  # 0.1 of 10 is one, whatever floats say
    lowest = np.sort(confidence)[min(allowed, len(confidence) - 1)]
    return math.floor(float(lowest) * 1e6) / 1e6


def auroc(inside: Float32Array, outside: Float32Array) -> float:
    """How often a value of ``inside`` [N] is above one of ``outside`` [M], equal ones counting half.

    1: told apart in every case; 0.5: as well as a coin does.

    Source: J. A. Hanley and B. J. McNeil, "The Meaning and Use of the Area under a ROC Curve", 1982.
    """
    order = np.sort(outside)
    below = np.searchsorted(order, inside, side="left")
    not_above = np.searchsorted(order, inside, side="right")
    return float((below + not_above).mean() / 2 / len(outside))
