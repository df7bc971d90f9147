"""A cross-validation of an ensemble from those of its members: for each fold, their networks of that fold."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from audio_cnn.config import Config
from audio_cnn.dataset.examples import Examples
from audio_cnn.errors import CheckpointError, ConfigError
from audio_cnn.network.finished import FinishedNetwork
from audio_cnn.network.joining import joined
from audio_cnn.training.checkpoint import finished_network, of_other_data
from audio_cnn.training.cross_validation import (
    CrossValidation,
    HeldOutScores,
    Part,
    parts_of,
    summarise,
    write_result,
)
from audio_cnn.training.familiarity import strangeness_of
from audio_cnn.training.loop import CHECKPOINT_NAME
from audio_cnn.training.scoring import scores_of


def cross_validate_ensemble(
    members: Sequence[Path],
    examples: Examples,
    folder: Path,
    *,
    folds: Sequence[int] = (),
    seeds: Sequence[int] = (),
) -> CrossValidation:
    """Score each fold by the mean of the members' networks that have not learned from it; nothing is trained.

    Args:
        members: folders of finished cross-validations.
        folder: for the figures.

    Raises:
        DatasetError: the data has fewer than two folds, or not one of these.
        CheckpointError: a network is missing or not finished.
        ConfigError: networks that do not go together, or with the data, or that have learned from their fold
            or from other data; or ``folder`` is a member's, or a member is given twice.
    """
    places = [place.resolve() for place in (folder, *members)]
    if len(set(places)) < len(places):
        raise ConfigError("members and --run are different folders, each given once")
    parts = parts_of(Config(), examples, folder, folds=folds, seeds=seeds)
    files = {(part.seed, part.fold): ensemble_of(members, part, folder, examples) for part in parts}
    scores = {}
    for (seed, fold), file in files.items():
        rows = examples.rows([fold])
        scores[seed, fold] = HeldOutScores(
            scores_of(file.network, examples, rows), strangeness_of(file.network, examples, rows)
        )
    recipe = next(iter(files.values())).config
    result = summarise(recipe, scores, examples)
    folder.mkdir(parents=True, exist_ok=True)
    write_result(result, folder)
    return result


def ensemble_of(members: Sequence[Path], part: Part, folder: Path, examples: Examples) -> FinishedNetwork:
    """The members' networks of one fold and seed, as one.

    Raises:
        CheckpointError: one is missing or not finished.
        ConfigError: one has learned from the fold, from other data, or knows other classes, or they do not
            go together.
    """
    places = [member / part.folder.relative_to(folder) for member in members]
    files = [finished(place, part.fold) for place in places]
    file = joined(files)
    if file.class_names != tuple(examples.class_names):
        raise ConfigError(f"the networks in {members[0]} know other classes than the data has")
    for place, one in zip(places, files, strict=True):
        if of_other_data(one, examples):
            raise ConfigError(
                f"{place} cannot be scored on fold {part.fold}: it is of other data, whose folds are other "
                "clips; cross-validate it anew on this data, in another folder"
            )
    return file


def recipe_of(member: Path) -> Config:
    """That of a cross-validation's networks.

    Raises:
        CheckpointError: there are none.
    """
    checkpoints = sorted(member.rglob(CHECKPOINT_NAME))
    if not checkpoints:
        raise CheckpointError(f"no cross-validation in {member}: not one {CHECKPOINT_NAME}")
    return finished_network(checkpoints[0]).config


def finished(folder: Path, fold: int) -> FinishedNetwork:
    """The network of a run that has come to its end, and that has not learned from ``fold``.

    Raises:
        CheckpointError: none is there, or it is not finished.
        ConfigError: it has learned from it.
    """
    file = finished_network(folder / CHECKPOINT_NAME)
    if file.epochs_left:
        raise CheckpointError(f"{folder} is not finished: {file.epochs_left} epochs are left")
    if fold in (file.folds or ()):
        raise ConfigError(f"{folder} cannot be scored on fold {fold}: it has learned from it")
    return file
