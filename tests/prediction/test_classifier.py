"""The classifier: any source, any length, the same answer."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import soxr
from made_data import CLASSES, RATE_HZ, class_sound, made_clips, noise

from audio_cnn.config import AudioLimits
from audio_cnn.errors import (
    AudioError,
    AudioTooLargeError,
    ConfigError,
    EmptyAudioError,
    ModelError,
    NotAudioError,
)
from audio_cnn.prediction import Classifier, Prediction


def close(a: np.ndarray, b: np.ndarray) -> bool:
    return bool(np.abs(a - b).max() < 1e-5)


@pytest.mark.parametrize("name", CLASSES)
def test_tones_are_named(classifier: Classifier, name: str) -> None:
    prediction = classifier.classify(class_sound(name, seed=100))

    assert prediction.best.label.name == name
    assert prediction.probabilities.dtype == np.float32
    assert float(prediction.probabilities.sum()) == pytest.approx(1, abs=1e-5)
    assert (prediction.duration_s, prediction.silent) == (1.0, False)


def test_every_kind_of_source_gives_the_same_answer(classifier: Classifier, sound_file: Path) -> None:
    data = sound_file.read_bytes()
    samples, _rate = soundfile.read(sound_file, dtype="float32")
    sources = [sound_file, str(sound_file), data, bytearray(data), io.BytesIO(data), samples]
    sources.append(samples.astype(np.float64))

    answers = [classifier.classify(source) for source in sources]

    for answer in answers:
        assert close(answer.probabilities, answers[0].probabilities)
        assert answer.duration_s == 1.0


def test_an_array_at_another_rate_is_resampled(classifier: Classifier) -> None:
    sound = class_sound("pig", seed=3, seconds=1.5)
    high = soxr.resample(sound, RATE_HZ, 44_100)

    prediction = classifier.classify(high, sample_rate_hz=44_100)

    assert prediction.duration_s == pytest.approx(1.5, abs=1e-3)
    assert np.abs(prediction.probabilities - classifier.classify(sound).probabilities).max() < 0.05
    assert np.abs(prediction.probabilities - classifier.classify(high).probabilities).max() > 0.5


def test_features_are_scored_in_any_number(classifier: Classifier) -> None:
    features = np.random.default_rng(0).random((19, 32, 63), dtype=np.float32)

    together = classifier.classify_features(features)

    assert together.shape == (19, 50)
    assert close(together, np.concatenate([classifier.classify_features(row[None]) for row in features]))
    assert classifier.classify_features(features[:0]).shape == (0, 50)


def test_features_may_be_bytes_or_wide_but_not_broken(classifier: Classifier) -> None:
    steps = np.random.default_rng(0).integers(0, 256, (3, 32, 63), dtype=np.uint8)
    expected = classifier.classify_features((steps / 255).astype(np.float32))

    assert close(classifier.classify_features(steps), expected)
    assert close(classifier.classify_features(steps / 255), expected)
    with pytest.raises(ModelError, match="no numbers"):
        classifier.classify_features(np.full((1, 32, 63), np.nan))


def test_features_of_another_shape_are_refused(classifier: Classifier) -> None:
    with pytest.raises(ModelError, match=r"takes log-mels \[32, 63\], these are \[63, 32\]"):
        classifier.score_features(np.zeros((1, 63, 32), np.float32))


@pytest.mark.parametrize(
    ("source", "error"),
    [
        (b"", EmptyAudioError),
        (b"this is no sound", NotAudioError),
        (np.zeros(0, np.float32), EmptyAudioError),
        (np.zeros((2, 100), np.float32), NotAudioError),
        (np.zeros(100, np.int16), NotAudioError),
        ("no/such/file.wav", AudioError),
    ],
    ids=["no bytes", "text", "no samples", "stereo", "whole numbers", "no file"],
)
def test_what_cannot_be_heard_is_one_clear_error(
    classifier: Classifier, source: Any, error: type[AudioError]
) -> None:
    with pytest.raises(error):
        classifier.classify(source)


def test_broken_samples_do_not_spread(classifier: Classifier) -> None:
    sound = class_sound("dog", seed=2)
    sound[100:103] = [np.nan, np.inf, -np.inf]

    assert np.isfinite(classifier.classify(sound).probabilities).all()


@pytest.mark.parametrize("rate_hz", [0, -1, 1, 999, 1_000_000])
def test_no_sound_has_such_a_rate(classifier: Classifier, rate_hz: int) -> None:
    with pytest.raises(AudioTooLargeError, match=f"a sample rate of {rate_hz} Hz") as caught:
        classifier.classify(class_sound("dog", seed=2), sample_rate_hz=rate_hz)

    assert caught.value.limit == "sample_rate"


@pytest.mark.parametrize("rate_hz", [8000.5, "8000", float("nan"), float("inf")])
def test_a_rate_is_a_whole_number(classifier: Classifier, rate_hz: Any) -> None:
    with pytest.raises(ConfigError, match="whole number"):
        classifier.classify(class_sound("dog", seed=0), sample_rate_hz=rate_hz)


def test_a_file_tells_its_own_rate(classifier: Classifier, sound_file: Path) -> None:
    with pytest.raises(ConfigError, match="a file tells its own"):
        classifier.classify(sound_file, sample_rate_hz=8000)


def test_half_precision_is_heard_like_any(classifier: Classifier) -> None:
    samples = class_sound("dog", seed=0).astype(np.float16)

    wide = classifier.classify(samples.astype(np.float32))
    assert close(classifier.classify(samples).probabilities, wide.probabilities)


def test_answers_can_be_compared_and_kept_in_sets(classifier: Classifier) -> None:
    one, other = (classifier.classify(class_sound("dog", seed=2)) for _ in range(2))
    analysis = classifier.analyze(class_sound("dog", seed=2), activations=[])

    assert one == one
    assert one != other
    assert other in [one, other]
    assert len({one, other, one}) == 2
    assert analysis == analysis
    assert len({analysis}) == 1


def test_limits_are_kept(model_path: Path, sound_file: Path) -> None:
    strict = Classifier(model_path, threads=1, limits=AudioLimits(decoded_s=0.5))

    with pytest.raises(AudioTooLargeError):
        strict.classify(sound_file)


def test_threads_can_share_it(classifier: Classifier) -> None:
    sounds = [clip.samples for clip in made_clips()]
    expected = [classifier.classify(sound) for sound in sounds]

    def again(i: int) -> tuple[int, Prediction]:
        return i % 30, classifier.classify(sounds[i % 30])

    with ThreadPoolExecutor(8) as pool:
        for i, answer in pool.map(again, range(240)):
            assert close(answer.probabilities, expected[i].probabilities)


def test_noise_is_no_error(classifier: Classifier) -> None:
    assert classifier.classify(noise(3 * RATE_HZ)).window_probabilities.shape == (5, 50)
