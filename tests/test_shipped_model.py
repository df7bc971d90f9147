"""The models that come with the package, on the demo sounds and, where there are any, on real recordings."""

from __future__ import annotations

import csv
import functools
import json
from importlib import resources
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from conftest import Command

from audio_cnn import Classifier
from audio_cnn.config import Config, from_dict, load
from audio_cnn.errors import CheckpointError
from audio_cnn.labels import ESC50
from audio_cnn.prediction import DEFAULT_MODEL, shipped_models
from audio_cnn.prediction.many import classify_many
from audio_cnn.prediction.records import Float32Array, Prediction
from audio_cnn.sounds import SYNTHESISERS, synthesise
from audio_cnn.sounds.bundled import demo_paths
from audio_cnn.sounds.outside import OUTSIDE, outside_sound
from audio_cnn.training.loading import load_network

MODELS = Path(str(resources.files("audio_cnn") / "models"))
one_maker = pytest.mark.xdist_group("made sounds")  # in one process, which alone makes them


@pytest.fixture(scope="module", params=sorted(shipped_models()))
def name(request: pytest.FixtureRequest) -> str:
    assert isinstance(request.param, str)
    return request.param


@pytest.fixture(scope="module")
def classifier(name: str) -> Classifier:
    return Classifier(name, threads=1)


def test_the_default_model_is_shipped(audio_cnn: Command) -> None:
    assert next(iter(shipped_models())) == DEFAULT_MODEL
    assert f"[default: ({DEFAULT_MODEL})]" in audio_cnn("classify", "--help").stdout


def trainings_of(classifier: Classifier) -> list[str]:
    """The names of the networks in it: its own, or those of an ensemble's members."""
    members = classifier.info.record.get("members", [{"name": classifier.info.name}])
    return [member["name"] for member in members]


def test_it_comes_with_all_it_needs(name: str, classifier: Classifier) -> None:
    assert classifier.info.name == name
    assert (MODELS / f"{name}.cross-validation.json").is_file()
    for training in trainings_of(classifier):
        for ending in ("config.json", "log.jsonl"):
            assert (MODELS / f"{training}.{ending}").is_file()


def test_all_of_them_are_small() -> None:
    assert sum(path.stat().st_size for path in MODELS.iterdir()) < 30e6


def test_it_knows_esc50_and_says_how_it_was_trained(classifier: Classifier) -> None:
    assert classifier.info.labels == ESC50
    record = classifier.info.record
    assert record["folds"] == [1, 2, 3, 4]
    assert "CC BY-NC" in record["licence"]
    assert 0.2 < classifier.info.temperature < 2


def shipped_recipe(name: str) -> Config:
    written = (MODELS / f"{name}.config.json").read_text(encoding="utf-8")
    return from_dict(Config, json.loads(written))


def test_its_log_is_that_of_its_configuration(classifier: Classifier) -> None:
    for training in trainings_of(classifier):
        log = (MODELS / f"{training}.log.jsonl").read_text(encoding="utf-8").splitlines()
        epochs = [json.loads(line)["epoch"] for line in log]
        assert epochs == list(range(1, shipped_recipe(training).training.all_epochs + 1))


def test_its_configuration_is_the_preset_of_its_name(classifier: Classifier) -> None:
    for training in trainings_of(classifier):
        preset = Path(__file__).parents[1] / "configs" / f"{training}.toml"
        assert shipped_recipe(training) == load(preset)


def test_the_weights_for_fine_tuning_are_those_of_the_model_file(name: str, classifier: Classifier) -> None:
    import torch

    try:
        file = load_network(MODELS / f"{name}.onnx")
    except CheckpointError as error:
        pytest.fail(str(error))
    features = np.random.default_rng(0).random((4, 128, 173), dtype=np.float32)
    with torch.inference_mode():
        trained = file.network(torch.from_numpy(features)).numpy()
    np.testing.assert_allclose(classifier.score_features(features), trained, atol=2e-4)


def test_the_default_says_what_the_shipped_networks_in_it_say_on_average() -> None:
    import torch

    features = torch.from_numpy(np.random.default_rng(0).random((4, 128, 173), dtype=np.float32))

    def before_doubt(name: str) -> torch.Tensor:
        network = load_network(MODELS / f"{name}.onnx").network
        network.familiarity = None
        with torch.inference_mode():
            scores: torch.Tensor = network(features)
        return scores

    members = trainings_of(Classifier(DEFAULT_MODEL, threads=1))

    assert members == ["mobilenet", "efficientnet"]
    mean = torch.stack([before_doubt(member) for member in members]).mean(dim=0)
    torch.testing.assert_close(before_doubt(DEFAULT_MODEL), mean, atol=1e-4, rtol=0)


def test_it_names_every_demo(classifier: Classifier) -> None:
    paths = demo_paths()
    assert len(paths) >= 6
    for path in paths:
        prediction = classifier.classify(path)
        assert prediction.best.label.name == path.stem.partition("-")[0]
        assert prediction.state == "known"


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted({*shipped_models()} - {"attention"}))
def test_of_two_sounds_one_after_the_other_each_is_heard_where_it_is(name: str) -> None:
    """Attention carries what it has heard to all places, so of that network it cannot be said."""
    classifier = Classifier(name, threads=1)
    names = "siren", "door_wood_knock", "crickets", "car_horn"
    halves = {name: synthesise(name, seed=7, seconds=2.5) for name in names}
    index = {label.name: label.index for label in classifier.info.labels}
    for sooner, later in permutations(names, 2):
        both = np.concatenate([halves[sooner], halves[later]])

        evidence = classifier.analyze(both, activations=[]).evidence

        assert evidence is not None
        early, late = (half.sum(axis=(1, 2)) for half in np.array_split(evidence, 2, axis=2))
        assert early[index[sooner]] > late[index[sooner]], (sooner, later)
        assert late[index[later]] > early[index[later]], (sooner, later)


@functools.cache
def sounds_of_no_class(kind: str) -> list[Float32Array]:
    """Ten of a kind, neither those learned from nor those of ``evaluate --rejection``."""
    return [outside_sound(kind, seed) for seed in range(500, 510)]


@functools.cache
def sounds_of_every_maker() -> Float32Array:
    """Fifty sounds, [50, T]."""
    makers = sorted(SYNTHESISERS)
    return np.stack([synthesise(makers[i % len(makers)], seed=i) for i in range(50)])


@pytest.mark.slow
@one_maker
@pytest.mark.parametrize("kind", OUTSIDE)
def test_it_is_not_sure_of_sounds_of_no_class(classifier: Classifier, kind: str) -> None:
    answers = [classifier.classify(sound) for sound in sounds_of_no_class(kind)]

    unsure = [answer for answer in answers if answer.state == "unsure"]
    if classifier.info.kinds:
        assert len(unsure) >= 9
        assert [answer.resembles for answer in unsure].count(kind) >= 9
    else:  # its music was played on six instruments, this on many
        assert len(unsure) >= (6 if kind == "music" else 9)
        assert not any(answer.resembles for answer in unsure)


@pytest.mark.slow
@one_maker
def test_fifty_sounds_are_named_alike_by_torch_and_by_the_model_file(name: str) -> None:
    from audio_cnn.export.parity import TOLERANCE, largest_difference

    file = load_network(MODELS / f"{name}.onnx")

    assert largest_difference(file, MODELS / f"{name}.onnx", sounds_of_every_maker()) < TOLERANCE


@pytest.mark.slow
def test_real_audio_and_its_published_features_are_named_alike(
    name: str, classifier: Classifier, shared_data: Path
) -> None:
    """100 clips: the model learned from them, so it must know them; and audio must score as features do."""
    with (shared_data / "esc50.csv").open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["has_audio"] == "True"][::4]
    paths = [shared_data / "audio" / row["filename"].replace(".wav", ".ogg") for row in rows]
    target = np.array([int(row["target"]) for row in rows])
    heard = [answer for _path, answer in classify_many(name, paths)]
    of_audio = np.array([answer.probabilities.argmax() for answer in heard if isinstance(answer, Prediction)])
    features = np.load(shared_data / "logmel_folds1-4.npz")
    position = {file: i for i, file in enumerate(features["filename"].tolist())}
    log_mel = features["log_mel"][[position[row["filename"]] for row in rows]].astype(np.float32) / 255
    of_features = classifier.classify_features(log_mel).argmax(axis=1)

    assert (of_audio == target).mean() > 0.9
    assert abs((of_audio == target).mean() - (of_features == target).mean()) < 0.02
    assert (of_audio == of_features).mean() > 0.97
