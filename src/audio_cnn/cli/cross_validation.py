"""``audio-cnn evaluate --cross-validate``: a training for each fold and seed, scored and put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audio_cnn.cli.measured import INTERVAL, describe_features, enumerated, made_with, typed_command
from audio_cnn.cli.notes import note
from audio_cnn.cli.train import TrainingOptions, limit_threads, read_examples
from audio_cnn.errors import ConfigError, TrainingError

if TYPE_CHECKING:
    from audio_cnn.config import Config
    from audio_cnn.dataset.examples import Examples
    from audio_cnn.evaluation.answers import Answers
    from audio_cnn.evaluation.report import Measurement
    from audio_cnn.training.cross_validation import CrossValidation, Part


@dataclass(frozen=True)
class Outcome:
    """A finished cross-validation and what it was made from."""

    result: CrossValidation
    examples: Examples
    data: Path

    @property
    def recipe(self) -> Config:
        """What was trained; of an ensemble, what describes it."""
        return self.result.recipe

    @property
    def is_ensemble(self) -> bool:
        """Nothing was trained for it; its members were."""
        return bool(self.recipe.network.members)

    @property
    def answers(self) -> Answers:
        """To every scored clip."""
        return self.result.answers

    @property
    def figures(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return self.result.to_dict()

    def measurement(self) -> Measurement:
        """What a reader of the report must know."""
        from audio_cnn.evaluation.report import Measurement

        return Measurement(
            title=f"Cross-validation of {self.recipe.name}",
            facts=self._facts(),
            held_out=True,
            command=typed_command(),
            recipe=None if self.is_ensemble else self.recipe,
        )

    def _facts(self) -> dict[str, str]:
        from audio_cnn.network.registry import build_network, parameter_count

        examples, recipe = self.examples, self.recipe
        classes = len(set(examples.target.tolist()))
        network = build_network(recipe.network, recipe.front_end, len(examples.class_names))
        return {
            "Data": f"{self.data.resolve().name}: {len(examples)} clips of {classes} classes in "
            f"{enumerated('fold', examples.folds)}; scored: {enumerated('fold', self.answers.folds)}",
            "Heard as": f"{describe_features(recipe.front_end)}; the first window of each clip, unchanged",
            "Network": f"{recipe.network.family}, {parameter_count(network) / 1e6:.2f} million parameters",
            **(self._of_members() if self.is_ensemble else self._of_training()),
            "Calibration": f"scores divided by {self.result.temperature:.3f}, fitted on these answers: "
            "one number for all, but the calibration error may be a little larger on new clips"
            + ("; lowered before that where a clip is strange to the network" if self.result.belief else ""),
            "Interval": INTERVAL,
            "Made with": made_with("torch"),
        }

    def _of_training(self) -> dict[str, str]:
        training, variants = self.recipe.training, len(self.examples.log_mel) - 1
        return {
            "Scored by": "for each fold, a network that learned from all the others and never from it",
            "Learned from": f"clips cut, mixed and masked, {variants} changed copies beside each"
            if variants
            else "clips cut, mixed and masked",
            "Training": f"{training.all_epochs} epochs of batches of {training.batch}, "
            f"{enumerated('seed', self.answers.seeds)}; last averaged weights, no epoch chosen",
        }

    def _of_members(self) -> dict[str, str]:
        members = " and ".join(member.family for member in self.recipe.network.members)
        return {
            "Scored by": f"for each fold, the mean of networks, {members}, that never learned from it; "
            f"{enumerated('seed', self.answers.seeds)}",
        }


def cross_validation(
    options: TrainingOptions, run: Path, *, folds: Sequence[int], seeds: Sequence[int], jobs: int
) -> Outcome:
    """Train and score each fold with each seed; what was finished before is not done again.

    Raises:
        TrainingError: a training in a process of its own failed; the others are finished.
    """
    from audio_cnn.cli.watching import watched
    from audio_cnn.training.cross_validation import cross_validate, parts_of
    from audio_cnn.training.device import choose_device

    recipe = options.recipe()
    if len(seeds) == 1:
        recipe = replace(recipe, training=replace(recipe.training, seed=seeds[0]))
    device = choose_device(options.device)
    limit_threads(options.threads)
    examples = options.examples(recipe)
    parts = parts_of(recipe, examples, run, folds=folds, seeds=seeds)
    try:
        if jobs > 1:
            for part in parts:
                part.run(recipe, examples, device, options.teachers)  # all can begin, or none does
            _train_side_by_side(options, recipe, examples, parts, jobs)
        result = cross_validate(
            recipe,
            examples,
            run,
            device,
            folds=folds,
            seeds=seeds,
            teachers=options.teachers,
            watched=watched,
        )
    except KeyboardInterrupt as stop:
        stop.add_note("the same command goes on from here")
        raise
    return Outcome(result, examples, options.data)


def cross_validations(
    of_recipes: Sequence[TrainingOptions], run: Path, *, folds: Sequence[int], seeds: Sequence[int], jobs: int
) -> Outcome:
    """A cross-validation of a recipe; of several, of each in ``run/NAME``, then of what they say together.

    Raises:
        ConfigError: two recipes of one name, or networks that do not go together.
        TrainingError: as ``cross_validation``.
    """
    if len(of_recipes) == 1:
        return cross_validation(of_recipes[0], run, folds=folds, seeds=seeds, jobs=jobs)
    from audio_cnn.network.joining import joined_recipe
    from audio_cnn.network.registry import build_network

    recipes = [options.recipe() for options in of_recipes]
    joined = joined_recipe(recipes)
    build_network(joined.network, joined.front_end, classes=2)  # all can be joined, or none is trained
    names = [recipe.name for recipe in recipes]
    if len(set(names)) < len(names) or any(not name or Path(name).name != name for name in names):
        raise ConfigError(
            "recipes are kept in folders of their names, which must differ and be names of folders"
        )
    folders = [run / name for name in names]
    for options, folder in zip(of_recipes, folders, strict=True):
        note(f"{folder.name}, kept in {folder}")
        cross_validation(options, folder, folds=folds, seeds=seeds, jobs=jobs)
    return cross_validation_of(folders, of_recipes[0].data, run, folds=folds, seeds=seeds)


def cross_validation_of(
    members: Sequence[Path], data: Path, run: Path, *, folds: Sequence[int], seeds: Sequence[int]
) -> Outcome:
    """Score the mean of what finished cross-validations' networks say; nothing is trained."""
    from audio_cnn.training.ensembles import cross_validate_ensemble, recipe_of

    recipe = recipe_of(members[0])
    examples = read_examples(data, recipe, None, [])
    seeds = seeds or [recipe.training.seed]
    result = cross_validate_ensemble(members, examples, run, folds=folds, seeds=seeds)
    return Outcome(result, examples, data)


def _train_side_by_side(
    options: TrainingOptions, recipe: Config, examples: Examples, parts: Sequence[Part], jobs: int
) -> None:
    from audio_cnn.cli.side_by_side import done, fitting_jobs, train_all

    left = [part for part in parts if done(part) < recipe.training.all_epochs]
    if not left:
        return
    wanted = min(jobs, len(left))
    fitting = fitting_jobs(wanted, examples)
    if fitting < wanted:
        note(f"memory allows {fitting} trainings at the same time, not {wanted}")
    failures = train_all(options, recipe.training.all_epochs, left, fitting)
    for part, reason in failures.items():
        note(f"{part.folder} failed: {reason}")
    if failures:
        raise TrainingError(
            f"{len(failures)} of {len(parts)} trainings failed; the same command tries only these again"
        )


def read_seeds(text: str | None) -> list[int]:
    """``0,1,2`` and ``3`` are the same three seeds; none given: none, which means the recipe's own.

    Raises:
        ConfigError: no such list, or a seed twice.
    """
    if text is None:
        return []
    try:
        numbers = [int(number) for number in text.split(",") if number.strip()]
    except ValueError:
        numbers = []
    seeds = numbers if "," in text else [seed for count in numbers for seed in range(count)]
    if not seeds or min(seeds) < 0 or len(set(seeds)) < len(seeds):
        raise ConfigError(f"--seeds {text}: give a number of seeds, as in 3, or different ones, as in 0,1,2")
    return seeds
