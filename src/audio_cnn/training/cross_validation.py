"""Cross-validation: train without each fold in turn, score it, and put the figures together.

Every fold ends after the recipe's fixed number of epochs, with its averaged weights: no figure here was
chosen by looking at the fold it speaks of.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from audio_cnn.config import Config
from audio_cnn.dataset.examples import Examples
from audio_cnn.errors import DatasetError
from audio_cnn.evaluation.calibration import fit_temperature
from audio_cnn.evaluation.metrics import Evaluation, evaluate_probabilities
from audio_cnn.prediction.aggregate import probabilities
from audio_cnn.training.loop import Observer, Run, fit, network_scores

RESULT_NAME = "cross_validation.json"
Float32Array = npt.NDArray[np.float32]
Watched = Callable[[Run], AbstractContextManager[Sequence[Observer]]]


def unwatched(_run: Run) -> AbstractContextManager[Sequence[Observer]]:
    """Nobody looks on."""
    return nullcontext(())


@dataclass(frozen=True)
class CrossValidation:
    """Held-out figures of every clip.

    Attributes:
        folds: fold -> its figures, at the common temperature.
        pooled: figures of all clips together, each scored by the network that had not seen it.
        temperature: fitted on all held-out scores.
    """

    folds: dict[int, Evaluation]
    pooled: Evaluation
    temperature: float

    @property
    def accuracies(self) -> list[float]:
        """Accuracy of each fold, in fold order."""
        return [evaluation.accuracy for evaluation in self.folds.values()]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "mean_accuracy": round(float(np.mean(self.accuracies)), 6),
            "sd_accuracy": round(float(np.std(self.accuracies, ddof=1)), 6) if len(self.folds) > 1 else None,
            "temperature": round(self.temperature, 6),
            "ece": round(self.pooled.ece, 6),
            "folds": {str(fold): round(one.accuracy, 6) for fold, one in self.folds.items()},
            "pooled": self.pooled.to_dict(),
        }


def cross_validate(
    config: Config,
    examples: Examples,
    folder: Path,
    device: torch.device,
    *,
    folds: Sequence[int] = (),
    watched: Watched = unwatched,
) -> CrossValidation:
    """Train and score each fold; what an earlier call has finished in ``folder`` is not done again.

    Args:
        folds: the folds to score, each by a network trained on all others; every fold if not given.
        watched: gives the observers of a fold's training, as a context.

    Raises:
        DatasetError: the data has fewer than two folds.
    """
    if len(examples.folds) < 2:
        raise DatasetError(f"cross-validation needs two folds or more; there are {len(examples.folds)}")
    scores = {
        fold: held_out_scores(config, examples, folder, device, fold, watched)
        for fold in folds or examples.folds
    }
    result = summarise(scores, examples)
    text = json.dumps(result.to_dict(), indent=1)
    (folder / RESULT_NAME).write_text(text + "\n", encoding="utf-8")
    return result


def held_out_scores(
    config: Config,
    examples: Examples,
    folder: Path,
    device: torch.device,
    fold: int,
    watched: Watched,
) -> Float32Array:
    """Scores [N, K] of one fold's clips by a network trained on all the others."""
    others = tuple(other for other in examples.folds if other != fold)
    run = Run(config, examples, others, fold, folder / f"fold{fold}", device)
    with watched(run) as observers:
        state = fit(run, observers, resume=True)
    return network_scores(state.averaged, examples, examples.rows([fold]), run)


def summarise(scores: dict[int, Float32Array], examples: Examples) -> CrossValidation:
    """Figures of held-out scores by fold, after one temperature for all."""
    targets = {fold: examples.target[examples.rows([fold])] for fold in scores}
    every_score, every_target = np.concatenate([*scores.values()]), np.concatenate([*targets.values()])
    temperature = fit_temperature(every_score, every_target)

    def figures(fold_scores: Float32Array, target: npt.NDArray[np.int64]) -> Evaluation:
        return evaluate_probabilities(probabilities(fold_scores, temperature), target, examples.class_names)

    return CrossValidation(
        folds={fold: figures(scores[fold], targets[fold]) for fold in scores},
        pooled=figures(every_score, every_target),
        temperature=temperature,
    )
