"""What was said of labelled clips, clip by clip: what all figures are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from audio_cnn.evaluation.metrics import (
    Evaluation,
    Float32Array,
    Float64Array,
    Int64Array,
    evaluate_probabilities,
    wilson_interval,
)

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Answers:
    """N answers; where several seeds answered, one seed's after the other's, for the same clips in order.

    Attributes:
        files: name of each clip.
        fold: int64 [N], the clip's fold.
        seed: int64 [N], of the training whose network answered; all 0 where that is not known.
        target: int64 [N], true class.
        probabilities: float32 [N, K], calibrated.
        class_names: the K classes.
        left_out: clip that could not be read, and has no answer -> why.
    """

    files: tuple[str, ...]
    fold: Int64Array
    seed: Int64Array
    target: Int64Array
    probabilities: Float32Array
    class_names: tuple[str, ...]
    left_out: Mapping[Path, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.files)

    @cached_property
    def evaluation(self) -> Evaluation:
        """Figures of all of them together."""
        return evaluate_probabilities(self.probabilities, self.target, self.class_names)

    @property
    def folds(self) -> tuple[int, ...]:
        """Folds that occur, ascending."""
        return tuple(np.unique(self.fold).tolist())

    @property
    def seeds(self) -> tuple[int, ...]:
        """Seeds that occur, in order."""
        return tuple(dict.fromkeys(self.seed.tolist()))

    @cached_property
    def by_training(self) -> dict[tuple[int, int], Evaluation]:
        """(seed, fold) -> figures of these answers alone."""
        return {
            (seed, fold): self._at((self.seed == seed) & (self.fold == fold)).evaluation
            for seed in self.seeds
            for fold in self.folds
        }

    def of_fold(self, fold: int) -> Answers:
        """Those for the clips of one fold."""
        return self._at(self.fold == fold)

    def _at(self, chosen: BoolArray) -> Answers:
        rows = np.flatnonzero(chosen)
        return Answers(
            tuple(self.files[row] for row in rows),
            self.fold[rows],
            self.seed[rows],
            self.target[rows],
            self.probabilities[rows],
            self.class_names,
        )

    def fold_accuracies(self) -> Float64Array:
        """Accuracy of each fold, the mean over seeds, in the order of ``folds``."""
        means: Float64Array = self._accuracies().mean(axis=0)
        return means

    def seed_accuracies(self) -> Float64Array:
        """Accuracy of each seed, the mean over folds, in the order of ``seeds``."""
        means: Float64Array = self._accuracies().mean(axis=1)
        return means

    def _accuracies(self) -> Float64Array:
        """[seeds, folds]"""
        accuracies = [figures.accuracy for figures in self.by_training.values()]
        return np.array(accuracies).reshape(len(self.seeds), len(self.folds))

    def interval(self) -> tuple[float, float]:
        """95 % interval of the accuracy, had other clips of the same kind been drawn.

        Every clip counts once, however many seeds answered it: their answers are no independent draws.
        """
        return wilson_interval(self.evaluation.accuracy, len(self) / len(self.seeds))


def deviation(values: Sequence[float] | Float64Array) -> float | None:
    """Standard deviation of a sample; None of a single value."""
    return float(np.std(values, ddof=1)) if len(values) > 1 else None
