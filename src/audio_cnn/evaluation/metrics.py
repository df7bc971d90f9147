"""How good a set of probabilities is. NumPy only."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Float32Array = npt.NDArray[np.float32]
Float64Array = npt.NDArray[np.float64]
Int64Array = npt.NDArray[np.int64]

CALIBRATION_BINS = 15
MOST_CONFUSED = 10
Z_95 = 1.959964  # standard deviations to each side that hold 95 % of a normal distribution


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
    filled = calibration_bins(probabilities, target, bins)
    return sum(one.clips * abs(one.confidence - one.accuracy) for one in filled) / len(target)


@dataclass(frozen=True)
class CalibrationBin:
    """The clips whose likeliest class has a confidence in [low, high); 1 belongs to the last bin.

    Attributes:
        confidence: their mean confidence.
        accuracy: share of them whose likeliest class is the right one.
    """

    low: float
    high: float
    clips: int
    confidence: float
    accuracy: float


def calibration_bins(
    probabilities: Float32Array, target: Int64Array, bins: int = CALIBRATION_BINS
) -> list[CalibrationBin]:
    """Equal-width bins of confidence, ascending, without the empty ones."""
    confidence, right = _confidence_and_right(probabilities, target)
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    return [
        CalibrationBin(
            low=i / bins,
            high=(i + 1) / bins,
            clips=int((which == i).sum()),
            confidence=float(confidence[which == i].mean()),
            accuracy=float(right[which == i].mean()),
        )
        for i in np.unique(which).tolist()
    ]


@dataclass(frozen=True)
class Coverage:
    """Accuracy if only the surest answers are given.

    Attributes:
        confidence: float64 [P], descending: answers below it are held back.
        share: float64 [P], share of the clips that are then answered.
        accuracy: float64 [P], accuracy on these.
    """

    confidence: Float64Array
    share: Float64Array
    accuracy: Float64Array

    def at(self, confidence: float) -> tuple[float, float] | None:
        """Share of clips answered, and accuracy on them, with this confidence or more; None: no clip."""
        last = int((self.confidence >= confidence).sum()) - 1
        return (float(self.share[last]), float(self.accuracy[last])) if last >= 0 else None


def coverage(probabilities: Float32Array, target: Int64Array) -> Coverage:
    """One point for each confidence that occurs, so that the order of equally sure clips does not count."""
    confidence, right = _confidence_and_right(probabilities, target)
    order = np.argsort(-confidence, kind="stable")
    ordered = confidence[order]
    answered = np.arange(1, len(ordered) + 1)
    last_of_equals = np.append(ordered[1:] != ordered[:-1], True)
    accuracy = right[order].cumsum() / answered
    return Coverage(
        ordered[last_of_equals], answered[last_of_equals] / len(ordered), accuracy[last_of_equals]
    )


def _confidence_and_right(
    probabilities: Float32Array, target: Int64Array
) -> tuple[Float64Array, Float64Array]:
    """Of the likeliest class: its probability, and 1 where it is the true one; both [N]."""
    right = probabilities.argmax(axis=1) == target
    return probabilities.max(axis=1).astype(np.float64), right.astype(np.float64)


def wilson_interval(share: float, count: float) -> tuple[float, float]:
    """95 % interval of a share that was found in ``count`` independent draws.

    Source: E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference",
    Journal of the American Statistical Association 22, 1927.
    """
    z2 = Z_95**2
    centre = (share + z2 / (2 * count)) / (1 + z2 / count)
    half = Z_95 * math.sqrt(share * (1 - share) / count + z2 / (4 * count**2)) / (1 + z2 / count)
    return max(centre - half, 0.0), min(centre + half, 1.0)


def log_loss(probabilities: Float32Array, target: Int64Array) -> float:
    """Mean negative log-likelihood of the true classes, in nats."""
    of_truth = probabilities[np.arange(len(target)), target].astype(np.float64)
    return float(0.0 - np.log(np.maximum(of_truth, 1e-12)).mean())  # no minus before a zero
