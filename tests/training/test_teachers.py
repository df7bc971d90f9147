"""Learning from finished networks: what they say together, what it teaches, and who must not."""

from __future__ import annotations

import json
import shutil
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from made_data import tiny_config
from observers import Stopping
from torch import Tensor, nn

from audio_cnn.dataset.examples import Examples
from audio_cnn.errors import CheckpointError, ConfigError
from audio_cnn.network.joining import joined
from audio_cnn.training.checkpoint import finished_network, of_other_data
from audio_cnn.training.cross_validation import cross_validate
from audio_cnn.training.loop import CHECKPOINT_NAME, Run, fit
from audio_cnn.training.scoring import scores_of
from audio_cnn.training.teachers import Teachers, read_teachers
from audio_cnn.training.tensors import read_tensors, write_tensors

pytestmark = pytest.mark.slow

CPU = torch.device("cpu")


class Saying(nn.Module):
    """Says the same of every sound."""

    def __init__(self, *probabilities: float) -> None:
        super().__init__()
        self.scores = torch.tensor(probabilities).log()

    def forward(self, log_mel: Tensor) -> Tensor:
        return self.scores.expand(len(log_mel), -1)


@pytest.fixture
def run(examples: Examples, tmp_path: Path) -> Run:
    """A training that fold 5 is left out of, as it was of ``cross_validation / "fold5"``."""
    return Run(tiny_config("training.epochs=2"), examples, (1, 2, 3, 4), 5, tmp_path / "run", CPU)


@pytest.fixture
def taught(run: Run, cross_validation: Path) -> Run:
    return replace(run, teachers=read_teachers([cross_validation / "fold5"], run))


def weights(run: Run) -> Tensor:
    network = finished_network(run.folder / CHECKPOINT_NAME).network
    return torch.cat([tensor.flatten().float() for tensor in network.state_dict().values()])


def test_together_they_say_the_geometric_mean() -> None:
    teachers = Teachers((Saying(0.8, 0.2), Saying(0.5, 0.5)), (), "fp32")

    heard = teachers.heard(torch.zeros(3, 4, 5))

    torch.testing.assert_close(heard, torch.tensor([[2 / 3, 1 / 3]]).expand(3, -1))


def test_a_student_learns_what_no_label_says(run: Run, examples: Examples, tmp_path: Path) -> None:
    plain = "training.epochs=15", "augmentation.mix=none", "network.dropout=0.0", "training.teacher_share=1.0"
    teacher = replace(run, config=tiny_config(*plain), folder=tmp_path / "teacher")
    fit(teacher)
    wrong = replace(examples, target=np.zeros_like(examples.target))
    misled = replace(teacher, examples=wrong, folds=examples.folds, validate_fold=None)
    student = replace(misled, folder=run.folder, teachers=read_teachers([teacher.folder], misled))

    network = fit(student).averaged.module

    rows = examples.rows((1, 2, 3, 4))
    said = scores_of(network.eval(), examples, rows).argmax(1)
    assert (said == examples.target[rows]).mean() > 0.8


def test_without_a_share_a_teacher_changes_nothing(run: Run, cross_validation: Path) -> None:
    unheard = replace(run, config=tiny_config("training.epochs=2", "training.teacher_share=0.0"))
    fit(unheard)
    alone = weights(unheard)

    fit(replace(unheard, teachers=read_teachers([cross_validation / "fold5"], run)))

    assert torch.equal(weights(unheard), alone)


def test_an_interrupted_training_ends_in_the_same_weights(taught: Run, tmp_path: Path) -> None:
    fit(taught)
    interrupted = replace(taught, folder=tmp_path / "interrupted")
    with suppress(KeyboardInterrupt):
        fit(interrupted, [Stopping()], resume=True)

    fit(interrupted, resume=True)

    assert torch.equal(weights(interrupted), weights(taught))


def test_it_does_not_go_on_with_other_teachers(taught: Run, run: Run) -> None:
    fit(taught)

    with pytest.raises(CheckpointError):
        fit(run, resume=True)


def test_the_record_names_them(taught: Run) -> None:
    fit(taught)

    (named,) = finished_network(taught.folder / CHECKPOINT_NAME).record["teachers"]
    assert named["name"] == taught.config.name
    assert len(named["sha256"]) == 64


def test_in_a_cross_validation_each_fold_has_teachers_that_have_not_heard_it(
    examples: Examples, cross_validation: Path, tmp_path: Path
) -> None:
    config = tiny_config("training.epochs=1")

    cross_validate(config, examples, tmp_path, CPU, folds=(1, 2), teachers=[cross_validation])

    records = [finished_network(tmp_path / f"fold{fold}" / CHECKPOINT_NAME).record for fold in (1, 2)]
    one, other = (record["teachers"][0]["sha256"] for record in records)
    assert one != other


def test_a_cross_validation_begins_only_where_every_fold_has_its_teachers(
    examples: Examples, cross_validation: Path, tmp_path: Path
) -> None:
    shutil.copytree(cross_validation / "fold1", tmp_path / "teachers" / "fold1")

    with pytest.raises(CheckpointError, match="fold2"):
        cross_validate(tiny_config(), examples, tmp_path, CPU, folds=(1, 2), teachers=[tmp_path / "teachers"])

    assert not (tmp_path / "fold1").exists()


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"folds": (1, 2, 3, 5), "validate_fold": 4}, "has learned from fold 4, which is left out here"),
        ({"config": tiny_config("front_end.fmax_hz=3000")}, "its front end is another one"),
    ],
    ids=["a leak", "another front end"],
)
def test_a_teacher_that_does_not_suit(
    run: Run, cross_validation: Path, change: dict[str, object], problem: str
) -> None:
    with pytest.raises(ConfigError, match=problem):
        read_teachers([cross_validation / "fold5"], replace(run, **change))  # type: ignore[arg-type]


def test_a_teacher_of_other_classes(run: Run, cross_validation: Path) -> None:
    other = replace(run.examples, class_names=("a", "b", "c"))

    with pytest.raises(ConfigError, match="it knows other classes than the data has"):
        read_teachers([cross_validation / "fold5"], replace(run, examples=other))


def added_to(examples: Examples) -> Examples:
    """The same classes and folds with one clip more, as another recording in the folder makes it."""
    rows = np.append(0, np.arange(len(examples)))
    return Examples(
        examples.log_mel[:, rows],
        examples.target[rows],
        examples.fold[rows],
        ("another.wav", *examples.files),
        examples.class_names,
    )


def test_a_teacher_of_other_clips_may_have_learned_from_what_is_left_out(
    run: Run, cross_validation: Path
) -> None:
    other = replace(run, examples=added_to(run.examples))

    with pytest.raises(ConfigError, match=r"is of other data, and may have .*; train it anew on this data"):
        read_teachers([cross_validation / "fold5"], other)


def test_a_teacher_of_other_clips_suits_where_nothing_is_left_out(run: Run, cross_validation: Path) -> None:
    everything = replace(run, examples=added_to(run.examples), folds=run.examples.folds, validate_fold=None)

    assert read_teachers([cross_validation / "fold5"], everything) is not None


def test_a_teacher_that_is_too_old_to_tell_its_clips_is_taken_at_its_word(
    run: Run, cross_validation: Path, tmp_path: Path
) -> None:
    tensors, metadata = read_tensors(cross_validation / "fold5" / CHECKPOINT_NAME)
    header = json.loads(metadata["state"])
    del header["data"]["digest"]
    older = tmp_path / "older" / CHECKPOINT_NAME
    older.parent.mkdir()
    write_tensors(older, tensors, {**metadata, "state": json.dumps(header)})

    assert read_teachers([older.parent], replace(run, examples=added_to(run.examples))) is not None


def test_an_ensemble_tells_what_its_members_have_learned_from(run: Run, cross_validation: Path) -> None:
    member = finished_network(cross_validation / "fold5" / CHECKPOINT_NAME)
    of_others = replace(member, record={**member.record, "data_sha256": "0"})

    assert not of_other_data(joined([member, member]), run.examples)
    assert of_other_data(joined([member, of_others]), run.examples)


def test_a_teacher_that_is_not_there(run: Run, tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="no network"):
        read_teachers([tmp_path / "nowhere"], run)


def test_nobody_teaches_unless_asked(run: Run) -> None:
    assert read_teachers([], run) is None
