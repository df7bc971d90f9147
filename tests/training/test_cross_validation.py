"""Cross-validation on the made data, end to end."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from made_data import CLASSES, tiny_config

from audio_cnn.config import Config, from_dict
from audio_cnn.dataset.examples import Examples
from audio_cnn.errors import CheckpointError, DatasetError
from audio_cnn.training import loop
from audio_cnn.training.batches import Batches
from audio_cnn.training.checkpoint import finished_network
from audio_cnn.training.cross_validation import (
    RESULT_NAME,
    HeldOutScores,
    cross_validate,
    parts_of,
    summarise,
)
from audio_cnn.training.lock import alone_in
from audio_cnn.training.loop import CHECKPOINT_NAME, Observer
from audio_cnn.training.state import TrainingState
from audio_cnn.training.teachers import Teachers

pytestmark = pytest.mark.slow

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
    assert figures["familiarity"]["doubt"] > 0
    assert from_dict(Config, figures["recipe"]) == tiny_config("training.epochs=4")


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

    def spy(
        state: TrainingState, batches: Batches, observers: Sequence[Observer], teachers: Teachers | None
    ) -> float:
        trained.extend(set(examples.fold[batches.rows].tolist()))
        return train_epoch(state, batches, observers, teachers)

    monkeypatch.setattr(loop, "train_epoch", spy)
    again = cross_validate(config, examples, tmp_path, CPU, folds=(1, 2))

    assert trained == [1, 3, 4, 5]
    assert again.to_dict() == first.to_dict()
    assert len(again.answers) == 12


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


def known_scores(
    examples: Examples, seeds: Sequence[int], strangeness: np.ndarray | None = None
) -> dict[tuple[int, int], HeldOutScores]:
    """Fold 1 right, three of six of fold 2 wrong and not sure of it; with each further seed one more.

    The clips of fold 1 have this ``strangeness``, those of fold 2 twice as much.
    """
    scores = {(seed, fold): np.zeros((6, 50), np.float32) for seed in seeds for fold in (1, 2)}
    for place, seed in enumerate(seeds):
        for fold in (1, 2):
            target = examples.target[examples.rows([fold])]
            scores[seed, fold][np.arange(6), target] = 5.0
        scores[seed, 2][: 3 + place] = 0.0
        scores[seed, 2][: 3 + place, 7] = 1.0
    given = {fold: None if strangeness is None else fold * strangeness for fold in (1, 2)}
    return {part: HeldOutScores(values, given[part[1]]) for part, values in scores.items()}


def test_figures_of_known_scores(examples: Examples) -> None:
    scores = known_scores(examples, seeds=[0])

    result = summarise(tiny_config(), scores, examples)

    assert result.accuracies == [1.0, 0.5]
    assert result.answers.evaluation.accuracy == 0.75
    assert result.to_dict()["mean_accuracy"] == 0.75
    assert result.to_dict()["sd_accuracy"] == pytest.approx(np.sqrt(0.125), abs=1e-6)
    assert "seeds" not in result.to_dict()


def test_strange_clips_are_believed_less_and_named_alike(examples: Examples) -> None:
    alike, strange = (
        summarise(tiny_config(), known_scores(examples, [0], np.arange(6.0) * i), examples) for i in (0, 1)
    )

    assert alike.belief is not None
    assert strange.belief is not None
    assert strange.belief.usual == pytest.approx(8.9)  # of 0, 1 ... 5 and 0, 2 ... 10
    assert strange.to_dict()["familiarity"] == {
        "usual": strange.belief.usual,
        "doubt": strange.belief.doubt,
    }
    assert strange.accuracies == alike.accuracies
    confidence = strange.answers.probabilities.max(axis=1)
    assert confidence[11] < confidence[10] == confidence[0]
    assert summarise(tiny_config(), known_scores(examples, [0]), examples).to_dict()["familiarity"] is None


def test_figures_of_several_seeds(examples: Examples) -> None:
    result = summarise(tiny_config(), known_scores(examples, seeds=[4, 2]), examples).to_dict()

    assert result["seeds"] == {"4": 0.75, "2": pytest.approx((1 + 1 / 3) / 2, abs=1e-6)}
    assert result["folds"] == {"1": 1.0, "2": pytest.approx((1 / 2 + 1 / 3) / 2, abs=1e-6)}
    assert result["mean_accuracy"] == pytest.approx((0.75 + 2 / 3) / 2, abs=1e-6)
    assert result["sd_seeds"] == pytest.approx((0.75 - 2 / 3) / np.sqrt(2), abs=1e-6)
    assert result["pooled"]["n"] == 24


def test_every_answer_belongs_to_its_clip(examples: Examples) -> None:
    answers = summarise(tiny_config(), known_scores(examples, seeds=[0, 1]), examples).answers

    for row, file in enumerate(answers.files):
        clip = examples.files.index(file)
        assert (answers.fold[row], answers.target[row]) == (examples.fold[clip], examples.target[clip])
    assert answers.seed.tolist() == [0] * 12 + [1] * 12


def test_seeds_are_repetitions_each_with_its_own_folder(
    examples: Examples, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tiny_config("training.epochs=1")
    first = cross_validate(config, examples, tmp_path, CPU, folds=(1, 2), seeds=(5, 3))
    folders = [tmp_path / f"seed{seed}" / f"fold{fold}" for seed in (5, 3) for fold in (1, 2)]
    (folders[2] / CHECKPOINT_NAME).unlink()
    trained: list[int] = []
    train_epoch = loop.train_epoch

    def spy(
        state: TrainingState, batches: Batches, observers: Sequence[Observer], teachers: Teachers | None
    ) -> float:
        trained.append(batches.config.training.seed)
        return train_epoch(state, batches, observers, teachers)

    monkeypatch.setattr(loop, "train_epoch", spy)
    again = cross_validate(config, examples, tmp_path, CPU, folds=(1, 2), seeds=(5, 3))

    assert trained == [3]
    assert again.to_dict() == first.to_dict()
    assert [finished_network(folder / CHECKPOINT_NAME).config.training.seed for folder in folders] == [
        5,
        5,
        3,
        3,
    ]
    one, other = (again.answers.probabilities[again.answers.seed == seed] for seed in (5, 3))
    assert not np.allclose(one, other)


def test_a_single_seed_needs_no_folder_of_its_own(examples: Examples, tmp_path: Path) -> None:
    (part,) = parts_of(tiny_config(), examples, tmp_path, folds=[4], seeds=[7])

    assert (part.folder, part.seed, part.name) == (tmp_path / "fold4", 7, "fold 4")
    assert parts_of(tiny_config("training.seed=9"), examples, tmp_path)[0].seed == 9


def test_a_fold_that_is_not_there_is_refused_before_training(examples: Examples, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no clips in fold 9"):
        cross_validate(tiny_config(), examples, tmp_path, CPU, folds=(1, 9))
    assert not list(tmp_path.iterdir())


def test_a_fold_that_another_process_trains_is_refused(examples: Examples, tmp_path: Path) -> None:
    with alone_in(tmp_path / "fold1"), pytest.raises(CheckpointError, match="another process is training in"):
        cross_validate(tiny_config(), examples, tmp_path, CPU, folds=(1, 2))
