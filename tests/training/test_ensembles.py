"""The cross-validation of an ensemble from those of its members."""

from __future__ import annotations

import json
import shutil
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import Command
from made_data import FAMILY_SETTINGS, tiny_config
from observers import Stopping

from audio_cnn.dataset.examples import Examples
from audio_cnn.errors import CheckpointError, ConfigError
from audio_cnn.training.checkpoint import finished_network
from audio_cnn.training.cross_validation import RESULT_NAME, cross_validate
from audio_cnn.training.ensembles import cross_validate_ensemble
from audio_cnn.training.loop import CHECKPOINT_NAME, Run, fit
from audio_cnn.training.scoring import scores_of

pytestmark = pytest.mark.slow

CPU = torch.device("cpu")
FOLDS = 1, 2


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory, examples: Examples) -> Path:
    """A cross-validation of another kind of network, of two folds."""
    folder = tmp_path_factory.mktemp("other")
    config = tiny_config(*FAMILY_SETTINGS["mobilenet"], "training.epochs=2")
    cross_validate(config, examples, folder, CPU, folds=FOLDS)
    return folder


def test_each_fold_is_scored_by_the_mean_of_the_networks_that_have_not_heard_it(
    cross_validation: Path, other: Path, examples: Examples, tmp_path: Path
) -> None:
    result = cross_validate_ensemble([cross_validation, other], examples, tmp_path, folds=FOLDS)

    for fold in FOLDS:
        rows = examples.rows([fold])
        networks = [
            finished_network(each / f"fold{fold}" / CHECKPOINT_NAME) for each in (cross_validation, other)
        ]
        mean = np.mean([scores_of(file.network, examples, rows) for file in networks], axis=0)
        answers = result.answers.of_fold(fold)
        assert answers.files == tuple(examples.files[row] for row in rows)
        assert answers.probabilities.argmax(1).tolist() == mean.argmax(1).tolist()
    assert [member.family for member in result.recipe.network.members] == ["resnet", "mobilenet"]
    assert result.belief is not None


def test_its_figures_are_kept(
    cross_validation: Path, other: Path, examples: Examples, tmp_path: Path
) -> None:
    result = cross_validate_ensemble([cross_validation, other], examples, tmp_path / "new", folds=FOLDS)

    kept = (tmp_path / "new" / RESULT_NAME).read_text(encoding="utf-8")
    assert kept == json.dumps(result.to_dict(), indent=1) + "\n"


def test_several_seeds_are_those_of_the_members(examples: Examples, tmp_path: Path) -> None:
    members = [tmp_path / "one", tmp_path / "two"]
    for number, member in enumerate(members):
        config = tiny_config("training.epochs=1", f"network.stem_kernel={3 + 2 * number}")
        cross_validate(config, examples, member, CPU, folds=FOLDS, seeds=(0, 1))

    result = cross_validate_ensemble(members, examples, tmp_path / "both", folds=FOLDS, seeds=(0, 1))

    assert result.answers.seeds == (0, 1)
    assert len(result.answers.seed_accuracies()) == 2


def test_the_command(
    audio_cnn: Command, cross_validation: Path, other: Path, feature_file: Path, tmp_path: Path
) -> None:
    members = ["--member", cross_validation, "--member", other]
    options = ["--fold", "1", "--fold", "2", "--run", tmp_path / "both", "--report", tmp_path / "report"]

    outcome = audio_cnn("evaluate", "--data", feature_file, "--cross-validate", *members, *options)

    assert outcome.code == 0, outcome.stderr
    assert "mean" in outcome.stdout
    page = (tmp_path / "report" / "report.html").read_text(encoding="utf-8")
    assert "the mean of networks, resnet and mobilenet, that never learned from it" in page
    assert not list((tmp_path / "both").rglob(CHECKPOINT_NAME))


def test_a_fold_that_a_member_has_not_left_out(
    cross_validation: Path, other: Path, examples: Examples, tmp_path: Path
) -> None:
    shutil.copytree(other / "fold2", tmp_path / "mixed" / "fold1")

    with pytest.raises(ConfigError, match="cannot be scored on fold 1"):
        cross_validate_ensemble([cross_validation, tmp_path / "mixed"], examples, tmp_path, folds=(1,))


def test_members_of_other_clips(
    cross_validation: Path, other: Path, examples: Examples, tmp_path: Path
) -> None:
    """Another recording deals the folds anew: what was left out then is not what is left out now."""
    dealt = replace(examples, fold=examples.fold % 5 + 1)

    with pytest.raises(ConfigError, match=r"cv/fold1 cannot be scored on fold 1: it is of other data"):
        cross_validate_ensemble([cross_validation, other], dealt, tmp_path, folds=FOLDS)


def test_a_training_that_is_not_finished(examples: Examples, tmp_path: Path) -> None:
    run = Run(
        tiny_config("training.epochs=2"), examples, (2, 3, 4, 5), None, tmp_path / "half" / "fold1", CPU
    )
    with suppress(KeyboardInterrupt):
        fit(run, [Stopping()])

    with pytest.raises(CheckpointError, match="half/fold1 is not finished: 1 epochs are left"):
        cross_validate_ensemble([tmp_path / "half", tmp_path / "other"], examples, tmp_path, folds=(1,))


@pytest.mark.parametrize(("members", "run"), [(("a", "a"), "new"), (("a", "b"), "a"), (("a", "./b"), "b")])
def test_no_folder_is_given_twice(
    examples: Examples, tmp_path: Path, members: tuple[str, ...], run: str
) -> None:
    with pytest.raises(ConfigError, match="different folders, each given once"):
        cross_validate_ensemble([tmp_path / member for member in members], examples, tmp_path / run)


def test_members_that_know_other_classes_than_the_data(
    cross_validation: Path, other: Path, examples: Examples, tmp_path: Path
) -> None:
    foreign = replace(examples, class_names=("cat", "rooster", "pig"))

    with pytest.raises(ConfigError, match="other classes than the data"):
        cross_validate_ensemble([cross_validation, other], foreign, tmp_path, folds=FOLDS)


def test_a_member_that_is_not_there(
    audio_cnn: Command, cross_validation: Path, feature_file: Path, tmp_path: Path
) -> None:
    members = ["--member", tmp_path / "nowhere", "--member", cross_validation]

    outcome = audio_cnn("evaluate", "--data", feature_file, "--cross-validate", *members, "--run", tmp_path)

    assert outcome.code == 1
    assert f"no cross-validation in {tmp_path / 'nowhere'}" in outcome.stderr
    assert len(outcome.stderr.splitlines()) == 1
