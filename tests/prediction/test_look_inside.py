"""What the network saw on the way to an answer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from made_data import RATE_HZ, class_sound

from audio_cnn.errors import ModelError
from audio_cnn.network.activations import recording
from audio_cnn.network.evidence import evidence
from audio_cnn.prediction import Classifier
from audio_cnn.spectrogram.log_mel import LogMel
from audio_cnn.training.loading import load_network

SILENCE = np.zeros(RATE_HZ, np.float32)


def test_activations_cost_nothing_in_the_answer(classifier: Classifier, sound_file: Path) -> None:
    plain = classifier.classify(sound_file)

    for names in ([], ["conv1"], None):
        analysis = classifier.analyze(sound_file, activations=names)
        np.testing.assert_array_equal(analysis.prediction.probabilities, plain.probabilities)
        assert list(analysis.activations) == (list(classifier.info.activations) if names is None else names)


def test_activations_nobody_asked_for_are_not_even_there(model_path: Path) -> None:
    fresh = Classifier(model_path, threads=1)
    fresh.classify(class_sound("dog", 0))

    assert [output.name for output in fresh._scoring.get_outputs()] == ["scores", "strangeness"]
    assert fresh._showing is None

    analysis = fresh.analyze(class_sound("dog", 0), activations=["layer2"])
    for one in ("layer2", iter(["layer2"])):
        assert [*fresh.analyze(class_sound("dog", 0), activations=one).activations] == ["layer2"]
    assert list(analysis.activations) == ["layer2"]


def test_an_analysis_shows_what_the_network_saw(classifier: Classifier, model_path: Path) -> None:
    file = load_network(model_path)
    sound = class_sound("rooster", seed=4)

    analysis = classifier.analyze(sound)

    with torch.inference_mode(), recording(file.network, classifier.info.activations) as recorded:
        log_mel, range_db = LogMel(file.config.front_end)(torch.from_numpy(sound[None]))
        file.network(log_mel)
    np.testing.assert_array_equal(analysis.samples, sound)
    np.testing.assert_allclose(analysis.log_mel, log_mel[0], atol=1e-4)
    assert analysis.range_db == pytest.approx(tuple(range_db[0].tolist()), abs=1e-2)
    assert analysis.start_s == 0
    assert list(analysis.activations) == list(recorded)
    for name, values in recorded.items():
        np.testing.assert_allclose(analysis.activations[name], values[0], atol=2e-3, err_msg=name)


def test_an_analysis_tells_where_the_evidence_is(classifier: Classifier, model_path: Path) -> None:
    file = load_network(model_path)
    analysis = classifier.analyze(class_sound("rooster", seed=4))
    log_mel = torch.from_numpy(analysis.log_mel[None])

    with torch.inference_mode(), recording(file.network, file.network.heads) as heads:
        heard, _layers = file.network.listen(log_mel)
        expected = evidence(file.network, list(heads.values()), log_mel)[0]
        score = file.network.linear(heard)[0] - file.network.linear.bias

    assert analysis.evidence is not None
    assert analysis.evidence.shape == (len(classifier.info.labels), *analysis.activations["layer2"].shape[1:])
    np.testing.assert_allclose(analysis.evidence, expected, atol=1e-3)
    np.testing.assert_allclose(analysis.evidence.sum(axis=(1, 2)), score, atol=1e-2)


def deciding_start(classifier: Classifier, sound: np.ndarray) -> int:
    """First sample of the window that an analysis shows."""
    analysis = classifier.analyze(sound, activations=[])
    start = round(analysis.start_s * RATE_HZ)
    np.testing.assert_array_equal(analysis.samples, sound[start : start + RATE_HZ])
    return start


def test_an_analysis_shows_the_window_that_speaks_for_the_answer(classifier: Classifier) -> None:
    sound = np.concatenate([class_sound(name, seed=1) for name in ("dog", "pig", "dog", "dog", "rooster")])
    heard = classifier.classify(sound)
    support = heard.window_probabilities[:, heard.best.label.index]

    assert deciding_start(classifier, sound) == int(support.argmax()) * RATE_HZ // 2


def test_an_analysis_never_shows_a_silent_window_of_a_sound(
    classifier: Classifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = np.concatenate([np.tile(SILENCE, 3), class_sound("pig", seed=5), np.tile(SILENCE, 3)])
    answer = Classifier.answer_windows

    def sure_of_silence(self: Classifier, batch: np.ndarray) -> np.ndarray:
        answers = answer(self, batch)
        return answers if batch.any() else np.ones_like(answers)

    monkeypatch.setattr(Classifier, "answer_windows", sure_of_silence)

    assert 2.5 * RATE_HZ <= deciding_start(classifier, sound) <= 3.5 * RATE_HZ


def test_an_unknown_activation_is_named_beside_those_there_are(classifier: Classifier) -> None:
    with pytest.raises(ModelError, match="no activation 'layer9'; there are: conv1, layer1"):
        classifier.analyze(SILENCE, activations=["conv1", "layer9"])
