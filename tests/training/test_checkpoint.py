"""Checkpoints: whole, refused where they do not fit, and ready to be finished."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from made_data import tiny_config

from audio_cnn.dataset.examples import Examples
from audio_cnn.errors import CheckpointError
from audio_cnn.training.checkpoint import finished_epochs, finished_network, load_state
from audio_cnn.training.loop import CHECKPOINT_NAME, Run, fit
from audio_cnn.training.state import TrainingState, initial_state
from audio_cnn.training.tensors import read_tensors, write_tensors

CPU = torch.device("cpu")


@pytest.fixture
def run(examples: Examples, tmp_path: Path) -> Run:
    return Run(tiny_config(), examples, (1, 2), None, tmp_path / "run", CPU)


@pytest.fixture
def trained(run: Run) -> TrainingState:
    """Two epochs, their checkpoint in the run's folder."""
    return fit(run)


def fresh(run: Run) -> TrainingState:
    return initial_state(run.config, len(run.examples.class_names), 2, CPU)


def test_everything_comes_back(run: Run, trained: TrainingState) -> None:
    state = fresh(run)
    load_state(state, run.folder / CHECKPOINT_NAME, config=run.config, data=run.data)

    assert (state.epoch, state.history) == (2, trained.history)
    for name in ("network", "averaged"):
        theirs = getattr(trained, name).state_dict()
        for key, tensor in getattr(state, name).state_dict().items():
            assert torch.equal(tensor, theirs[key]), key
    ours, theirs = state.optimizer.state_dict(), trained.optimizer.state_dict()
    for mine, other in zip(ours["param_groups"], theirs["param_groups"], strict=True):
        assert {**mine, "betas": tuple(mine["betas"])} == {**other, "betas": tuple(other["betas"])}
    for index, values in theirs["state"].items():
        for key, tensor in values.items():
            assert torch.equal(ours["state"][index][key], tensor), (index, key)
    assert state.schedule.state_dict()["last_epoch"] == trained.schedule.state_dict()["last_epoch"] == 4
    assert state.schedule.get_last_lr() == trained.schedule.get_last_lr()


def test_another_recipe_is_refused(run: Run, trained: TrainingState) -> None:
    with pytest.raises(CheckpointError, match="was trained with other config; start anew in another --run"):
        fit(replace(run, config=tiny_config("training.max_lr=0.02")), resume=True)


def test_a_setting_younger_than_the_checkpoint_had_its_default(run: Run, trained: TrainingState) -> None:
    path = run.folder / CHECKPOINT_NAME
    tensors, metadata = read_tensors(path)
    header = json.loads(metadata["state"])
    del header["config"]["augmentation"]["tempo"]
    write_tensors(path, tensors, metadata | {"state": json.dumps(header)})

    assert fit(run, resume=True).history == trained.history
    with pytest.raises(CheckpointError, match="was trained with other config"):
        fit(replace(run, config=tiny_config("augmentation.tempo=0.2")), resume=True)


@pytest.mark.parametrize("change", ["folds", "classes", "dealt anew", "sounds"])
def test_other_data_is_refused(run: Run, trained: TrainingState, change: str) -> None:
    if change == "folds":
        other = replace(run, folds=(1, 3))
    elif change == "dealt anew":  # as many clips, but what was held out is learned from now
        other = replace(run, examples=replace(run.examples, fold=np.roll(run.examples.fold, 1)))
    elif change == "sounds":  # the same names, heard otherwise
        other = replace(run, examples=replace(run.examples, log_mel=255 - run.examples.log_mel))
    else:
        names = ("cat", *run.examples.class_names[1:])
        other = replace(run, examples=replace(run.examples, class_names=names))

    with pytest.raises(CheckpointError, match="was trained with other data"):
        fit(other, resume=True)


def test_one_too_old_to_know_its_clips_is_taken_at_its_word(run: Run, trained: TrainingState) -> None:
    path = run.folder / CHECKPOINT_NAME
    tensors, metadata = read_tensors(path)
    header = json.loads(metadata["state"])
    del header["data"]["digest"], header["data"]["contents"]
    write_tensors(path, tensors, metadata | {"state": json.dumps(header)})

    assert fit(run, resume=True).history == trained.history


def test_a_finished_training_is_not_gone_on_with(run: Run, trained: TrainingState) -> None:
    before = (run.folder / CHECKPOINT_NAME).stat().st_mtime_ns
    state = fit(run, resume=True)

    assert state.history == trained.history
    assert (run.folder / CHECKPOINT_NAME).stat().st_mtime_ns == before


def test_finishing_takes_the_averaged_network(run: Run, trained: TrainingState) -> None:
    finished = finished_network(run.folder / CHECKPOINT_NAME)

    expected = trained.averaged.module.state_dict()
    for name, tensor in finished.network.state_dict().items():
        assert torch.equal(tensor, expected[name]), name
    assert not torch.equal(finished.network.linear.weight, trained.network.linear.weight)
    assert not finished.network.training
    assert finished.config == run.config
    assert finished.class_names == run.examples.class_names
    assert finished.record["folds"] == [1, 2]
    assert finished.record["epochs"] == 2
    assert finished.record["data_sha256"] == run.examples.digest


def test_how_far_a_training_has_come(run: Run, trained: TrainingState, tmp_path: Path) -> None:
    assert finished_epochs(run.folder / CHECKPOINT_NAME) == 2
    assert finished_epochs(tmp_path / "none") == 0


def test_what_is_no_checkpoint_says_so(run: Run, trained: TrainingState, tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="cannot read the checkpoint"):
        finished_network(tmp_path / "none")
    torn = tmp_path / "torn.safetensors"
    torn.write_bytes((run.folder / CHECKPOINT_NAME).read_bytes()[:-100])
    with pytest.raises(CheckpointError, match="cannot read the checkpoint"):
        finished_network(torn)
    others = tmp_path / "others.safetensors"
    write_tensors(others, {"x": torch.zeros(3)}, {"format": "another"})
    with pytest.raises(CheckpointError, match="is not a training checkpoint"):
        finished_network(others)


@pytest.mark.parametrize("lost", ["state", "config", "data", "tensors"])
def test_one_that_lacks_a_part_says_so(run: Run, trained: TrainingState, tmp_path: Path, lost: str) -> None:
    tensors, metadata = read_tensors(run.folder / CHECKPOINT_NAME)
    header = json.loads(metadata["state"])
    header.pop(lost, None)
    state = {} if lost == "state" else {"state": json.dumps(header)}
    kept = {name: tensor for name, tensor in tensors.items() if lost != "tensors" or "linear" not in name}
    damaged = tmp_path / "damaged.safetensors"
    write_tensors(damaged, kept, {"format": metadata["format"], **state})

    with pytest.raises(CheckpointError, match=r"damaged\.safetensors"):
        finished_network(damaged)


def written_before(path: Path, *, without: str, **others: object) -> None:
    """The checkpoint as a version would have written it that lacked a section of the recipe."""
    tensors, metadata = read_tensors(path)
    header = json.loads(metadata["state"])
    del header["config"][without]
    header["config"] |= others
    write_tensors(path, tensors, {**metadata, "state": json.dumps(header)})


def test_one_older_than_a_setting_at_its_default_is_gone_on_with(run: Run, trained: TrainingState) -> None:
    written_before(run.folder / CHECKPOINT_NAME, without="fine_tuning")

    assert fit(run, resume=True).history == trained.history


def test_one_of_a_newer_version_is_refused(run: Run, trained: TrainingState) -> None:
    written_before(run.folder / CHECKPOINT_NAME, without="fine_tuning", telepathy={"strength": 1})

    with pytest.raises(CheckpointError, match="was trained with other config"):
        fit(run, resume=True)
