"""Optimiser and schedule as a training begins with them."""

from __future__ import annotations

import pytest
import torch
from made_data import tiny_config

from audio_cnn.training.state import TrainingState, initial_state, parameter_groups

CPU = torch.device("cpu")


def fresh(*settings: str, steps_per_epoch: int = 10) -> TrainingState:
    return initial_state(tiny_config(*settings), 3, steps_per_epoch, CPU)


def learning_rates(state: TrainingState, steps: int) -> list[float]:
    """The rate at each step, and the one after the last."""
    rates = [state.schedule.get_last_lr()[0]]
    for _ in range(steps):
        state.optimizer.step()
        state.schedule.step()
        rates.append(state.schedule.get_last_lr()[0])
    return rates[:-1]


def test_one_cycle_rises_to_its_peak_and_ends_near_zero() -> None:
    state = fresh("training.epochs=10", "training.max_lr=0.02", "training.warmup_share=0.2")
    rates = learning_rates(state, 99)

    assert rates[0] == pytest.approx(0.02 / 25)
    assert max(rates) == pytest.approx(0.02)
    assert rates.index(max(rates)) == 19
    assert sorted(rates[:20]) == rates[:20]
    assert sorted(rates[20:], reverse=True) == rates[20:]
    assert state.schedule.get_last_lr()[0] == pytest.approx(0.02 / 25 / 1e4)


def test_after_the_cycle_the_rate_stays() -> None:
    state = fresh("training.epochs=3", "training.ending_epochs=2", "training.ending_lr=0.004")
    rates = learning_rates(state, 50)

    assert rates[29] < 1e-5
    assert rates[30:] == [0.004] * 20


def test_momentum_goes_against_the_rate() -> None:
    state = fresh("training.epochs=10", "training.warmup_share=0.2", "training.ending_epochs=1")
    momentum = []
    for _ in range(110):
        momentum.append(state.optimizer.param_groups[0]["betas"][0])
        state.optimizer.step()
        state.schedule.step()

    assert (momentum[0], momentum[19], min(momentum)) == pytest.approx((0.95, 0.85, 0.85))
    assert momentum[99:] == pytest.approx([0.95] * 11)


def test_weight_decay_pulls_on_weights_only() -> None:
    network = fresh().network
    with_decay, without = parameter_groups(network, 0.05)

    assert (with_decay["weight_decay"], without["weight_decay"]) == (0.05, 0.0)
    assert all(parameter.ndim > 1 for parameter in with_decay["params"])
    assert all(parameter.ndim == 1 for parameter in without["params"])
    grouped = [id(parameter) for group in (with_decay, without) for parameter in group["params"]]
    assert sorted(grouped) == sorted(id(parameter) for parameter in network.parameters())


def test_the_same_seed_begins_with_the_same_weights() -> None:
    first, again, other = fresh(), fresh(), fresh("training.seed=1")

    assert torch.equal(first.network.linear.weight, again.network.linear.weight)
    assert not torch.equal(first.network.linear.weight, other.network.linear.weight)


def test_a_training_with_a_single_step_of_warming_up_begins() -> None:
    state = fresh("training.epochs=10", "training.warmup_share=0.1", steps_per_epoch=1)

    assert max(learning_rates(state, 9)) == pytest.approx(0.01)
