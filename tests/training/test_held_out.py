"""Held-out clips are measured as the model file will answer them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from made_data import OWN_HZ, RATE_HZ, Samples, noise, sine, write_wav

from audio_cnn.config import Config, override
from audio_cnn.dataset.recordings import read_recordings
from audio_cnn.evaluation.metrics import log_loss
from audio_cnn.export.onnx_file import export_model
from audio_cnn.network.finished import FinishedNetwork, round_to_16_bits
from audio_cnn.prediction import Classifier
from audio_cnn.prediction.aggregate import probabilities
from audio_cnn.training.base import Base, find_base, on_base
from audio_cnn.training.fine_tuning import further_training
from audio_cnn.training.held_out import HeldOut, measure
from audio_cnn.training.recipes import FURTHER, packaged
from audio_cnn.training.scoring import scores_of

# What is learned for them is learned once, in one process.
pytestmark = pytest.mark.xdist_group("held out")

CPU = torch.device("cpu")
TOLERANCE = 0.02
"""What the 8 bits of the log-mels make."""


def in_a_long_room(hz: float, seed: int, seconds: float) -> Samples:
    """A loud tone of a second somewhere in soft noise, 20 dB and more below it."""
    generator = np.random.default_rng(seed)
    room = noise(round(seconds * RATE_HZ), amplitude=generator.uniform(0.01, 0.05), seed=seed)
    tone = sine(hz * generator.uniform(0.95, 1.05))
    start = generator.integers(0, max(1, len(room) - len(tone)))
    room[start : start + len(tone)] += tone[: len(room)]
    return room


@pytest.fixture(scope="module")
def base(trained_run: Path) -> Base:
    return find_base(str(trained_run))


@pytest.fixture(scope="module")
def recipe(base: Base) -> Config:
    return override(on_base(packaged(FURTHER), base.config), ["fine_tuning.fewest_draws=32"])


@pytest.fixture(scope="module")
def long_sounds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Long, hardly longer than whole windows, and shorter than one, in each class."""
    folder = tmp_path_factory.mktemp("long sounds")
    for kind, (name, hz) in enumerate(OWN_HZ.items()):
        for i, seconds in enumerate((3.3, 2.01, 4.7, 0.6, 3.8, 2.51, 0.8, 5.2)):
            write_wav(folder / name / f"take{i}.wav", in_a_long_room(hz, 100 * kind + i, seconds))
    return folder


@pytest.fixture(scope="module")
def measured(
    base: Base, recipe: Config, long_sounds: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[HeldOut, Classifier]:
    """The figures, and the model file that they speak of."""
    folder = tmp_path_factory.mktemp("measured")
    recordings = read_recordings(long_sounds, recipe.front_end, share=0.9, separate=True)
    network = further_training(base, recipe, recordings, folder / "run", CPU).start
    assert network is not None
    round_to_16_bits(network)
    figures = measure(network, recordings)
    assert figures is not None
    file = FinishedNetwork(network, recipe, recordings.class_names, {})  # type: ignore[arg-type]
    export_model(file, folder / "own.onnx", temperature=figures.temperature)
    return figures, Classifier(folder / "own.onnx", threads=1)


def test_every_clip_is_answered_as_the_model_file_answers_it(measured: tuple[HeldOut, Classifier]) -> None:
    figures, classifier = measured

    heard = [classifier.classify(path) for path in figures.paths]

    assert max(len(one.window_probabilities) for one in heard) > 4
    answers = np.stack([one.probabilities for one in heard])
    np.testing.assert_allclose(figures.probabilities, answers, atol=TOLERANCE)
    plain = np.stack([one.window_probabilities.mean(axis=0) for one in heard])
    assert np.abs(figures.probabilities - plain).max() > 5 * TOLERANCE


def test_both_ways_of_filling_up_a_short_clip_count_alike(
    base: Base, recipe: Config, long_sounds: Path, tmp_path: Path
) -> None:
    recordings = read_recordings(long_sounds, recipe.front_end, share=0.9, separate=True)
    network = further_training(base, recipe, recordings, tmp_path / "run", CPU).start
    assert network is not None

    figures = measure(network, recordings)

    assert figures is not None
    short = [recordings.paths.index(path) for path in figures.paths]
    short = [clip for clip in short if recordings.short[clip]]
    assert short
    for clip in short:
        rows = np.flatnonzero(recordings.clip == clip)
        filled = probabilities(scores_of(network, recordings.examples, rows), figures.temperature)
        answer = figures.probabilities[figures.paths.index(recordings.paths[clip])]
        np.testing.assert_allclose(answer, filled.mean(axis=0), atol=1e-5)


def test_the_temperature_is_that_of_these_answers(
    measured: tuple[HeldOut, Classifier], base: Base, recipe: Config, long_sounds: Path
) -> None:
    """None a little colder or hotter is likelier, with the doubt that it is fitted with."""
    figures, classifier = measured
    target = np.array([sorted(OWN_HZ).index(path.parent.name) for path in figures.paths])
    doubt = 1 / (len(target) + 2)

    def loss(factor: float) -> float:
        classifier.info = replace(classifier.info, temperature=factor * figures.temperature)
        answers = np.stack([one.probabilities for one in map(classifier.classify, figures.paths)])
        return (1 - doubt) * log_loss(answers, target) - doubt * float(np.log(answers).mean())

    colder, fitted, hotter = (loss(factor) for factor in (0.7, 1.0, 1.4))
    classifier.info = replace(classifier.info, temperature=figures.temperature)

    assert fitted < min(colder, hotter)
