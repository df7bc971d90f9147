"""Cross-validation on the made data, end to end."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from made_data import CLASSES, tiny_config

from audio_cnn.dataset.examples import Examples
from audio_cnn.errors import DatasetError
from audio_cnn.training import loop
from audio_cnn.training.batches import Batches
from audio_cnn.training.checkpoint import finished_network
from audio_cnn.training.cross_validation import RESULT_NAME, cross_validate, summarise
from audio_cnn.training.loop import CHECKPOINT_NAME, Observer
from audio_cnn.training.state import TrainingState

CPU = torch.device("cpu")


def test_every_fold_is_scored_by_a_network_that_has_not_seen_it(cross_validation: Path) -> None:
    for fold in range(1, 6):
        record = finished_network(cross_validation / f"fold{fold}" / CHECKPOINT_NAME).record
        assert record["folds"] == [other for other in range(1, 6) if other != fold]
        assert record["epochs"] == 4


def test_the_figures_fit_together(cross_validation: Path) -> None:
    figures = json.loads((cross_validation / RESULT_NAME).read_text(encoding="utf-8"))
    accuracies = list(figures["folds"].values())
    logs = [cross_validation / f"fold{fold}" / "log.jsonl" for fold in range(1, 6)]
    last = [json.loads(log.read_text(encoding="utf-8").splitlines()[-1]) for log in logs]

    assert list(figures["folds"]) == ["1", "2", "3", "4", "5"]
    assert accuracies == pytest.approx([record["validation_accuracy"] for record in last], abs=1e-5)
    assert figures["mean_accuracy"] == pytest.approx(np.mean(accuracies), abs=1e-6)
    assert figures["sd_accuracy"] == pytest.approx(np.std(accuracies, ddof=1), abs=1e-6)
    assert figures["pooled"]["n"] == 30
    assert figures["pooled"]["accuracy"] == pytest.approx(figures["mean_accuracy"], abs=1e-6)
    assert figures["pooled"]["per_class"].keys() == set(CLASSES)
    assert figures["ece"] == figures["pooled"]["ece"]
    assert figures["mean_accuracy"] > 0.5  # chance: a third
    assert figures["temperature"] > 0


def test_the_command_prints_what_it_keeps(cross_validation: Path) -> None:
    printed = json.loads(cross_validation.with_suffix(".json").read_text(encoding="utf-8"))

    assert printed == json.loads((cross_validation / RESULT_NAME).read_text(encoding="utf-8"))


def test_what_is_done_is_not_done_again(
    examples: Examples, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tiny_config("training.epochs=1")
    first = cross_validate(config, examples, tmp_path, CPU, folds=(1, 2))
    (tmp_path / "fold2" / CHECKPOINT_NAME).unlink()
    trained: list[int] = []
    train_epoch = loop.train_epoch

    def spy(state: TrainingState, batches: Batches, observers: Sequence[Observer] = ()) -> float:
        trained.extend(set(examples.fold[batches.rows].tolist()))
        return train_epoch(state, batches, observers)

    monkeypatch.setattr(loop, "train_epoch", spy)
    again = cross_validate(config, examples, tmp_path, CPU, folds=(1, 2))

    assert trained == [1, 3, 4, 5]
    assert again.to_dict() == first.to_dict()
    assert again.pooled.n == 12


def test_one_fold_is_not_enough(examples: Examples, tmp_path: Path) -> None:
    rows = examples.rows([3])
    alone = Examples(
        examples.log_mel[:, rows],
        examples.target[rows],
        examples.fold[rows],
        tuple(examples.files[row] for row in rows),
        examples.class_names,
    )
    with pytest.raises(DatasetError, match="needs two folds or more; there are 1"):
        cross_validate(tiny_config(), alone, tmp_path, CPU)


def test_figures_of_known_scores(examples: Examples) -> None:
    scores = {}
    for fold in (1, 2):
        target = examples.target[examples.rows([fold])]
        scores[fold] = np.zeros((6, 50), np.float32)
        scores[fold][np.arange(6), target] = 5.0
    scores[2][:3] = 0.0
    scores[2][:3, 7] = 1.0  # three of six are wrong, and not sure of it

    result = summarise(scores, examples)

    assert result.accuracies == [1.0, 0.5]
    assert result.pooled.accuracy == 0.75
    assert result.to_dict()["mean_accuracy"] == 0.75
    assert result.to_dict()["sd_accuracy"] == pytest.approx(np.sqrt(0.125), abs=1e-6)
