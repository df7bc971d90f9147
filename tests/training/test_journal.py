"""What is kept of a training besides its weights."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from conftest import Command
from made_data import set_options, tiny_config
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from audio_cnn.config import Config, from_dict
from audio_cnn.dataset.examples import Examples
from audio_cnn.training.journal import CONFIG_NAME, LOG_NAME, LogFile, TensorBoard
from audio_cnn.training.loop import Run


def test_a_run_has_its_log_its_recipe_and_its_checkpoint(trained_run: Path) -> None:
    log = [json.loads(line) for line in (trained_run / LOG_NAME).read_text(encoding="utf-8").splitlines()]

    assert [record["epoch"] for record in log] == list(range(1, 13))
    assert all(record.keys() >= {"epoch", "loss", "lr", "seconds"} for record in log)
    assert [record["epoch"] for record in log if "validation_accuracy" in record] == [2, 4, 6, 8, 10, 12]
    recipe = from_dict(Config, json.loads((trained_run / CONFIG_NAME).read_text(encoding="utf-8")))
    assert recipe == tiny_config("training.epochs=12")
    assert not list(trained_run.glob("*.part"))


def test_tensorboard_has_what_the_log_has_and_pictures(trained_run: Path) -> None:
    events = EventAccumulator(str(trained_run / "tensorboard")).Reload()
    log = [json.loads(line) for line in (trained_run / LOG_NAME).read_text(encoding="utf-8").splitlines()]

    tags = events.Tags()
    assert set(tags["scalars"]) == {"loss", "lr", "seconds", "validation/accuracy", "validation/loss"}
    assert set(tags["images"]) == {"confusion", "seen by the network"}
    losses = {event.step: event.value for event in events.Scalars("loss")}
    assert losses == pytest.approx({record["epoch"]: record["loss"] for record in log}, abs=1e-5)
    (confusion,) = events.Images("confusion")[-1:]
    assert (confusion.step, confusion.width, confusion.height) == (12, 400, 400)


def test_lines_past_the_checkpoint_are_dropped(tmp_path: Path) -> None:
    path = tmp_path / LOG_NAME
    path.write_text('{"epoch": 1}\n{"epoch": 2}\n{"epoch": 3}\n{"epo', encoding="utf-8")

    LogFile(tmp_path, 2).epoch_ended({"epoch": 3, "loss": 0.5}, None)

    log = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert log == [{"epoch": 1}, {"epoch": 2}, {"epoch": 3, "loss": 0.5}]


def test_tensorboard_takes_back_what_is_past_the_checkpoint(examples: Examples, tmp_path: Path) -> None:
    run = Run(tiny_config(), examples, (1, 2), None, tmp_path, torch.device("cpu"))
    for session, (finished, epochs) in enumerate([(0, [1, 2, 3]), (2, [3, 4])]):
        board = TensorBoard(run, finished)
        for epoch in epochs:
            board.epoch_ended({"epoch": epoch, "loss": 10.0 * session + epoch}, None)
        board.writer.close()
        (written,) = (tmp_path / "tensorboard").glob("events.out.tfevents.*.*.*")
        # Files are read in the order of the seconds in their names; here both begin in the same one.
        written.rename(written.with_name(f"events.out.tfevents.{session}"))

    losses = EventAccumulator(str(tmp_path / "tensorboard")).Reload().Scalars("loss")

    assert [(event.step, event.value) for event in losses] == [(1, 1), (2, 2), (3, 13), (4, 14)]


def test_a_refused_resume_leaves_the_recipe_alone(
    trained_run: Path, esc50_tree: Path, tmp_path: Path, audio_cnn: Command
) -> None:
    run = tmp_path / "run"
    run.mkdir()
    for name in ("checkpoint.safetensors", LOG_NAME, CONFIG_NAME):
        (run / name).write_bytes((trained_run / name).read_bytes())
    before = {path.name: path.read_bytes() for path in run.iterdir()}

    options = [*set_options("training.epochs=13"), "--validate-fold", "5", "--threads", "1"]
    outcome = audio_cnn("train", "--data", esc50_tree, "--run", run, *options, "--resume")

    assert outcome.code == 1
    assert "was trained with other config" in outcome.stderr
    assert {name: (run / name).read_bytes() for name in before} == before
