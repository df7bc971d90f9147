"""How good a set of probabilities is. NumPy only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Float32Array = npt.NDArray[np.float32]
Int64Array = npt.NDArray[np.int64]

CALIBRATION_BINS = 15
MOST_CONFUSED = 10


@dataclass(frozen=True)
class Evaluation:
    """Figures of one set of N scored clips.

    Attributes:
        accuracy: share of clips whose likeliest class is the right one.
        top3: share of clips with the right class among the three likeliest.
        per_class: class name -> recall; classes without clips are left out.
        ece: expected calibration error, 0..1.
        log_loss: mean negative log-likelihood in nats.
        confusion: int64 [K, K], row = true class, column = predicted class.
        class_names: the K classes.
    """

    accuracy: float
    top3: float
    n: int
    per_class: dict[str, float]
    ece: float
    log_loss: float
    confusion: Int64Array
    class_names: tuple[str, ...]

    def most_confused(self, count: int = MOST_CONFUSED) -> list[dict[str, Any]]:
        """The pairs of classes most often taken for each other, worst first."""
        wrong = self.confusion.copy()
        np.fill_diagonal(wrong, 0)
        worst = np.argsort(-wrong, axis=None, kind="stable")[:count]
        pairs = [divmod(int(index), len(wrong)) for index in worst]
        return [
            {"true": self.class_names[i], "predicted": self.class_names[j], "clips": int(wrong[i, j])}
            for i, j in pairs
            if wrong[i, j]
        ]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "accuracy": round(self.accuracy, 6),
            "top3": round(self.top3, 6),
            "n": self.n,
            "ece": round(self.ece, 6),
            "log_loss": round(self.log_loss, 6),
            "per_class": {name: round(recall, 6) for name, recall in self.per_class.items()},
            "most_confused": self.most_confused(),
        }


def evaluate_probabilities(
    probabilities: Float32Array, target: Int64Array, class_names: tuple[str, ...]
) -> Evaluation:
    """All figures for probabilities [N, K] and true classes [N]."""
    predicted = probabilities.argmax(axis=1)
    confusion = confusion_matrix(predicted, target, len(class_names))
    clips = confusion.sum(axis=1)
    likeliest = np.argsort(-probabilities, axis=1, kind="stable")[:, :3]
    return Evaluation(
        accuracy=float((predicted == target).mean()),
        top3=float((likeliest == target[:, None]).any(axis=1).mean()),
        n=len(target),
        per_class={name: float(confusion[i, i] / clips[i]) for i, name in enumerate(class_names) if clips[i]},
        ece=expected_calibration_error(probabilities, target),
        log_loss=log_loss(probabilities, target),
        confusion=confusion,
        class_names=class_names,
    )


def confusion_matrix(predicted: Int64Array, target: Int64Array, classes: int) -> Int64Array:
    """Counts int64 [K, K], row = true class, column = predicted class."""
    counts = np.bincount(target * classes + predicted, minlength=classes * classes)
    return counts.reshape(classes, classes).astype(np.int64)


def expected_calibration_error(
    probabilities: Float32Array, target: Int64Array, bins: int = CALIBRATION_BINS
) -> float:
    """Mean distance between confidence and accuracy over equal-width bins of confidence, weighted by clips.

    Source: C. Guo et al., "On Calibration of Modern Neural Networks", ICML 2017.
    """
    confidence = probabilities.max(axis=1).astype(np.float64)
    right = (probabilities.argmax(axis=1) == target).astype(np.float64)
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    gap = np.bincount(which, weights=confidence - right, minlength=bins)
    return float(np.abs(gap).sum() / len(target))


def log_loss(probabilities: Float32Array, target: Int64Array) -> float:
    """Mean negative log-likelihood of the true classes, in nats."""
    of_truth = probabilities[np.arange(len(target)), target].astype(np.float64)
    return float(-np.log(np.maximum(of_truth, 1e-12)).mean())
