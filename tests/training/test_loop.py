"""The training loop: it learns, it repeats itself, and it looks where it is told to."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from made_data import tiny_config
from torch import Tensor, nn

from audio_cnn.dataset.examples import Examples
from audio_cnn.errors import DatasetError, TrainingError
from audio_cnn.network.registry import build_network
from audio_cnn.training import loop
from audio_cnn.training.batches import Batches
from audio_cnn.training.checkpoint import finished_epochs, finished_network
from audio_cnn.training.familiarity import learn_familiarity, strangeness_of
from audio_cnn.training.loop import CHECKPOINT_NAME, Record, Run, fit, train_step
from audio_cnn.training.made_sounds import made_sounds
from audio_cnn.training.scoring import scores_of
from audio_cnn.training.state import TrainingState, initial_state

CPU = torch.device("cpu")
RunOf = Callable[..., Run]


@pytest.fixture
def run_of(examples: Examples, tmp_path: Path) -> RunOf:
    """A run over the made data in a folder of its own, with settings changed."""

    def make(*settings: str, folds: tuple[int, ...] = (1, 2, 3, 4), validate_fold: int | None = None) -> Run:
        folder = tmp_path / f"run{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        return Run(tiny_config(*settings), examples, folds, validate_fold, folder, CPU)

    return make


class Watching:
    """Keeps what observers are told."""

    def __init__(self) -> None:
        self.steps: list[tuple[int, int, int]] = []
        self.records: list[Record] = []
        self.scored: list[bool] = []

    def step_ended(self, epoch: int, step: int, steps: int, log_mel: Tensor) -> None:
        assert log_mel.shape[1:] == (32, 32)
        self.steps.append((epoch, step, steps))

    def epoch_ended(self, record: Record, scores: np.ndarray | None) -> None:
        self.records.append(record)
        self.scored.append(scores is not None)


def same_weights(a: nn.Module, b: nn.Module) -> bool:
    theirs = b.state_dict()
    return all(torch.equal(tensor, theirs[name]) for name, tensor in a.state_dict().items())


def test_loss_falls_when_a_few_batches_are_learned_by_heart(run_of: RunOf) -> None:
    plain = "training.label_smoothing=0.0", "network.dropout=0.0", "augmentation.mix=none"
    state = fit(run_of("training.epochs=15", *plain, folds=(1, 2)))

    losses = [record["loss"] for record in state.history]
    assert losses[0] > 0.5
    assert losses[-1] < losses[0] / 4


@pytest.mark.slow
def test_the_same_seed_ends_in_the_same_weights(run_of: RunOf) -> None:
    first, again, other = fit(run_of()), fit(run_of()), fit(run_of("training.seed=1"))

    assert same_weights(first.averaged, again.averaged)
    assert same_weights(first.network, again.network)
    assert not same_weights(first.averaged, other.averaged)


def test_observers_hear_of_every_step_and_epoch(run_of: RunOf) -> None:
    watching = Watching()
    state = fit(run_of("training.epochs=3"), [watching])

    assert watching.steps == [(epoch, step, 3) for epoch in range(3) for step in range(3)]
    assert watching.records == state.history
    assert [record["epoch"] for record in state.history] == [1, 2, 3]


def test_the_schedule_ends_with_the_last_step(run_of: RunOf) -> None:
    state = fit(run_of("training.epochs=4", "training.max_lr=0.5"))

    assert state.schedule.last_epoch == 12
    assert state.history[-1]["lr"] < 0.05
    assert max(record["lr"] for record in state.history[:-1]) > 0.1


@pytest.mark.slow
def test_an_ending_is_the_same_however_often_it_is_interrupted(run_of: RunOf) -> None:
    class Stopping(Watching):
        def step_ended(self, epoch: int, step: int, steps: int, log_mel: Tensor) -> None:
            if epoch in stops:
                stops.remove(epoch)
                raise KeyboardInterrupt

    stops = [2, 3]
    settings = "training.epochs=2", "training.ending_epochs=2", "training.ending_lr=0.004"
    whole, interrupted = run_of(*settings), run_of(*settings)
    state = fit(whole)
    while stops:
        with suppress(KeyboardInterrupt):
            fit(interrupted, [Stopping()], resume=True)
    resumed = fit(interrupted, resume=True)

    assert [record["lr"] for record in state.history[1:]] == [0.004] * 3
    assert state.epoch == resumed.epoch == 4
    assert same_weights(state.averaged, resumed.averaged)


@pytest.mark.parametrize(("every", "looked_at"), [(2, [2, 3]), (0, [3]), (1, [1, 2, 3]), (9, [3])])
def test_the_validation_fold_is_looked_at_now_and_then_and_at_the_end(
    run_of: RunOf, every: int, looked_at: list[int]
) -> None:
    watching = Watching()
    settings = "training.epochs=3", f"training.validate_every={every}"
    state = fit(run_of(*settings, validate_fold=5), [watching])

    assert [i for i, scored in enumerate(watching.scored, start=1) if scored] == looked_at
    assert [record["epoch"] for record in state.history if "validation_accuracy" in record] == looked_at


def test_validation_speaks_of_the_averaged_network_on_the_held_out_fold(
    run_of: RunOf, examples: Examples
) -> None:
    run = run_of(validate_fold=5)
    state = fit(run)
    rows = examples.rows([5])
    log_mel = torch.from_numpy(examples.log_mel[0, rows]).float() / 255

    with torch.inference_mode():
        scores = state.averaged.module.eval()(log_mel)

    expected = (scores.argmax(dim=1).numpy() == examples.target[rows]).mean()
    loss = nn.functional.cross_entropy(scores, torch.from_numpy(examples.target[rows]))
    assert state.history[-1]["validation_accuracy"] == pytest.approx(expected, abs=1e-5)
    assert state.history[-1]["validation_loss"] == pytest.approx(float(loss), abs=1e-4)
    np.testing.assert_allclose(scores_of(state.averaged.eval(), examples, rows), scores, atol=1e-5)


def test_a_finished_network_tells_made_sounds_from_those_learned_from(
    run_of: RunOf, examples: Examples
) -> None:
    run = run_of("training.epochs=6")
    network = fit(run).averaged.module
    made = made_sounds(run.config.front_end, examples.class_names, run.config.training.made_sounds)
    clips = strangeness_of(network, examples, examples.rows([1, 2, 3, 4]))
    others = strangeness_of(network, made, np.flatnonzero(made.target))

    assert clips is not None
    assert others is not None
    assert np.median(clips) < 0 < np.median(others)  # logarithm of the odds
    assert finished_network(run.folder / CHECKPOINT_NAME).network.familiarity.strangeness.learned
    assert not learn_familiarity(network, examples, examples.rows([5]), run.config)  # once and for all


def test_a_network_that_came_to_grief_learns_nothing_more(examples: Examples) -> None:
    config = tiny_config()
    network = build_network(config.network, config.front_end, 50)
    nn.init.constant_(network.conv1[0].weight, float("nan"))

    assert not learn_familiarity(network, examples, examples.rows([1]), config)
    assert not network.familiarity.strangeness.learned


def test_without_a_made_sound_nothing_is_strange(run_of: RunOf, examples: Examples) -> None:
    network = fit(run_of("training.made_sounds=0")).averaged.module

    assert not network.familiarity.strangeness.learned
    assert strangeness_of(network, examples, examples.rows([1])) is None


def test_without_familiarity_there_is_nothing_to_learn(run_of: RunOf, examples: Examples) -> None:
    network = fit(run_of("network.familiarity=false")).averaged.module

    assert not any("familiarity" in name for name in network.state_dict())
    assert strangeness_of(network, examples, examples.rows([1])) is None


def test_looking_changes_nothing(run_of: RunOf) -> None:
    blind, seeing = fit(run_of()), fit(run_of("training.validate_every=1", validate_fold=5))

    assert same_weights(blind.averaged, seeing.averaged)


def test_clips_of_other_folds_are_not_learned_from(run_of: RunOf, examples: Examples) -> None:
    run = run_of()
    blanked = examples.log_mel.copy()
    blanked[:, examples.rows([5])] = 0
    without = replace(run, examples=replace(examples, log_mel=blanked), folder=run.folder / "without")

    assert same_weights(fit(run).averaged, fit(without).averaged)


class Spoiling:
    """Makes the gradients of one step infinite."""

    def __init__(self, state: TrainingState, at: int) -> None:
        self.step, self.at = 0, at
        state.network.linear.bias.register_hook(self)

    def __call__(self, gradient: Tensor) -> Tensor:
        self.step += 1
        return gradient * torch.inf if self.step == self.at else gradient


@pytest.mark.parametrize("at", [1, 2])
def test_a_step_whose_gradient_is_not_finite_changes_nothing(run_of: RunOf, at: int) -> None:
    run = run_of()
    batches = Batches(run.examples, run.examples.rows(run.folds), run.config, CPU)
    state = initial_state(run.config, len(run.examples.class_names), batches.steps, CPU)
    Spoiling(state, at)
    weights = []
    for log_mel, target in islice(batches, at):
        weights.append(state.network.linear.weight.detach().clone())
        train_step(state, log_mel, target, run.config)

    assert torch.equal(state.network.linear.weight, weights[-1])
    assert state.skipped == 1
    assert int(state.averaged.n_averaged) == state.schedule.last_epoch == at


def test_skipped_steps_are_told(run_of: RunOf, monkeypatch: pytest.MonkeyPatch) -> None:
    def spoiled(*arguments: Any) -> TrainingState:
        state = initial_state(*arguments)
        Spoiling(state, 4)
        return state

    monkeypatch.setattr(loop, "initial_state", spoiled)

    first, second = fit(run_of()).history

    assert ("skipped_steps" in first, second["skipped_steps"]) == (False, 1)


def test_an_epoch_without_a_finite_loss_is_not_kept(run_of: RunOf, monkeypatch: pytest.MonkeyPatch) -> None:
    run, watching = run_of(), Watching()
    epochs = iter([0.5, float("nan")])
    monkeypatch.setattr(loop, "train_epoch", lambda *_: next(epochs))

    with pytest.raises(TrainingError, match=r"the loss of epoch 2 is nan; .* keeps epoch 1\. Start anew"):
        fit(run, [watching])

    assert finished_epochs(run.folder / CHECKPOINT_NAME) == len(watching.records) == 1


def test_folds_that_are_not_there_are_refused(run_of: RunOf) -> None:
    with pytest.raises(DatasetError, match="no clips in fold 7"):
        fit(run_of(folds=(7,)))


@pytest.mark.parametrize("frozen", [True, False])
def test_batch_norms_keep_their_statistics_where_they_are_frozen(run_of: RunOf, frozen: bool) -> None:
    run = run_of(f"training.frozen_statistics={str(frozen).lower()}")
    torch.manual_seed(0)
    start = build_network(run.config.network, run.config.front_end, len(run.examples.class_names))
    means = {name: mean.clone() for name, mean in start.named_buffers() if name.endswith("running_mean")}

    state = fit(replace(run, start=start))

    after = dict(state.averaged.module.named_buffers())
    assert means
    assert all(torch.equal(after[name], mean) == frozen for name, mean in means.items())
    assert not torch.equal(state.network.conv1[0].weight, start.conv1[0].weight)
    assert state.network.dropout.training
