"""Cross-validation: train without each fold in turn, score it, and put the figures together.

Every training ends after the recipe's fixed number of epochs, with its averaged weights: no figure here
was chosen by looking at the fold it speaks of. Several seeds repeat all of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from audio_cnn.config import Config, to_dict
from audio_cnn.dataset.examples import Examples
from audio_cnn.errors import DatasetError
from audio_cnn.evaluation.answers import Answers, deviation
from audio_cnn.evaluation.belief import Belief, fit_belief
from audio_cnn.evaluation.calibration import fit_temperature
from audio_cnn.evaluation.rejection import trade_off
from audio_cnn.prediction.aggregate import probabilities
from audio_cnn.training.familiarity import strangeness_of
from audio_cnn.training.lock import alone_in
from audio_cnn.training.loop import Observer, Run, fit
from audio_cnn.training.scoring import scores_of
from audio_cnn.training.teachers import read_teachers
from audio_cnn.writing import write_text

RESULT_NAME = "cross_validation.json"
Float32Array = npt.NDArray[np.float32]
Watched = Callable[[Run], AbstractContextManager[Sequence[Observer]]]


def unwatched(_run: Run) -> AbstractContextManager[Sequence[Observer]]:
    """Nobody looks on."""
    return nullcontext(())


@dataclass(frozen=True)
class Part:
    """One training of a cross-validation.

    Attributes:
        fold: left out, and scored.
        name: for people.
    """

    seed: int
    fold: int
    folder: Path
    name: str

    def run(
        self, config: Config, examples: Examples, device: torch.device, teachers: Sequence[Path] = ()
    ) -> Run:
        """The training itself, with the teachers that have not learned from the fold either."""
        seeded = replace(config, training=replace(config.training, seed=self.seed))
        others = tuple(other for other in examples.folds if other != self.fold)
        run = Run(seeded, examples, others, self.fold, self.folder, device)
        return replace(run, teachers=read_teachers(self.of_fold(teachers), run))

    def of_fold(self, teachers: Sequence[Path]) -> list[Path]:
        """Where cross-validations keep the network that this fold was left out of."""
        return [folder / f"fold{self.fold}" for folder in teachers]


def parts_of(
    config: Config, examples: Examples, folder: Path, *, folds: Sequence[int] = (), seeds: Sequence[int] = ()
) -> list[Part]:
    """All trainings, in ``folder/foldF``, or in ``folder/seedS/foldF`` if there are several seeds.

    Args:
        folds: to be scored; every fold if not given.
        seeds: the recipe's own if not given.

    Raises:
        DatasetError: the data has fewer than two folds, or not one of these.
    """
    if len(examples.folds) < 2:
        raise DatasetError(f"cross-validation needs two folds or more; there are {len(examples.folds)}")
    for fold in folds:
        examples.rows([fold])
    several = len(seeds) > 1
    return [
        Part(
            seed,
            fold,
            (folder / f"seed{seed}" if several else folder) / f"fold{fold}",
            f"seed {seed}, fold {fold}" if several else f"fold {fold}",
        )
        for seed in seeds or [config.training.seed]
        for fold in sorted(set(folds or examples.folds))
    ]


@dataclass(frozen=True)
class HeldOutScores:
    """What a network says of the clips of a fold that it has not learned from.

    Attributes:
        scores: float32 [N, K].
        strangeness: float32 [N], how strange the clips are to it; None: it cannot tell.
    """

    scores: Float32Array
    strangeness: Float32Array | None = None


@dataclass(frozen=True)
class CrossValidation:
    """Answers to every clip by a network that had not seen it.

    Attributes:
        recipe: what was trained; of an ensemble, what describes it.
        answers: at the common belief and temperature.
        temperature: fitted on all held-out scores.
        belief: likewise; None: the networks cannot tell.
    """

    recipe: Config
    answers: Answers
    temperature: float
    belief: Belief | None = None

    @property
    def accuracies(self) -> list[float]:
        """Accuracy of each fold, the mean over seeds, in fold order."""
        return [float(accuracy) for accuracy in self.answers.fold_accuracies()]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        pooled = self.answers.evaluation
        return {
            "mean_accuracy": round(float(np.mean(self.accuracies)), 6),
            "sd_accuracy": _rounded(deviation(self.accuracies)),
            "temperature": round(self.temperature, 6),
            "familiarity": asdict(self.belief) if self.belief else None,
            "ece": round(pooled.ece, 6),
            "folds": {
                str(fold): round(accuracy, 6)
                for fold, accuracy in zip(self.answers.folds, self.accuracies, strict=True)
            },
            **self._seeds(),
            "rejection": trade_off(self.answers.probabilities, self.answers.target),
            "recipe": to_dict(self.recipe),
            "pooled": pooled.to_dict(),
        }

    def _seeds(self) -> dict[str, Any]:
        if len(self.answers.seeds) == 1:
            return {}
        accuracies = self.answers.seed_accuracies()
        of_seed = zip(self.answers.seeds, accuracies.tolist(), strict=True)
        return {
            "seeds": {str(seed): round(accuracy, 6) for seed, accuracy in of_seed},
            "sd_seeds": _rounded(deviation(accuracies)),
        }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


def cross_validate(
    config: Config,
    examples: Examples,
    folder: Path,
    device: torch.device,
    *,
    folds: Sequence[int] = (),
    seeds: Sequence[int] = (),
    teachers: Sequence[Path] = (),
    watched: Watched = unwatched,
) -> CrossValidation:
    """Train and score each fold; what an earlier call has finished in ``folder`` is not done again.

    Args:
        folds: the folds to score, each by a network trained on all others; every fold if not given.
        seeds: all of it is repeated for each of these; the recipe's own seed if not given.
        teachers: folders of finished cross-validations; their networks of the same fold teach.
        watched: gives the observers of one training, as a context.

    Raises:
        DatasetError: the data has fewer than two folds, or not one of these.
        CheckpointError: another process trains one of the folds in the same folder, or a teacher is missing.
        ConfigError: a teacher does not suit.
    """
    parts = parts_of(config, examples, folder, folds=folds, seeds=seeds)
    runs = [part.run(config, examples, device, teachers) for part in parts]  # all can begin, or none does
    scores = {
        (part.seed, part.fold): held_out_scores(run, part.fold, watched)
        for part, run in zip(parts, runs, strict=True)
    }
    result = summarise(config, scores, examples)
    write_result(result, folder)
    return result


def write_result(result: CrossValidation, folder: Path) -> None:
    """Keep its figures as ``RESULT_NAME``."""
    text = json.dumps(result.to_dict(), indent=1)
    write_text(folder / RESULT_NAME, text + "\n")


def held_out_scores(run: Run, fold: int, watched: Watched) -> HeldOutScores:
    """What a network trained on all the others says of one fold's clips."""
    with alone_in(run.folder), watched(run) as observers:
        state = fit(run, observers, resume=True)
    rows, network = run.examples.rows([fold]), state.averaged.module.eval()
    return HeldOutScores(scores_of(network, run.examples, rows), strangeness_of(network, run.examples, rows))


def summarise(
    recipe: Config, scores: Mapping[tuple[int, int], HeldOutScores], examples: Examples
) -> CrossValidation:
    """Answers of held-out scores by (seed, fold), seed after seed, at a common belief and temperature."""
    rows = {part: examples.rows([part[1]]) for part in scores}
    every_row = np.concatenate([*rows.values()])
    every_score, target = np.concatenate([x.scores for x in scores.values()]), examples.target[every_row]
    belief = None
    given = [x.strangeness for x in scores.values() if x.strangeness is not None]
    if len(given) == len(scores):
        strangeness = np.concatenate(given)
        belief = fit_belief(strangeness)
        every_score = belief.lowered(every_score, strangeness)
    temperature = fit_temperature(every_score, target)
    answers = Answers(
        files=tuple(examples.files[row] for row in every_row),
        fold=examples.fold[every_row],
        seed=np.concatenate([np.full(len(rows[seed, fold]), seed) for seed, fold in scores]),
        target=target,
        probabilities=probabilities(every_score, temperature),
        class_names=examples.class_names,
    )
    return CrossValidation(recipe, answers, temperature, belief)
