"""The classifier: any source, any length, the same answer."""

from __future__ import annotations

import io
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import soxr
import torch
from made_data import CLASSES, RATE_HZ, class_sound, made_clips, noise, sine, write_wav

from audio_cnn.config import AudioLimits
from audio_cnn.errors import AudioError, AudioTooLargeError, EmptyAudioError, ModelError, NotAudioError
from audio_cnn.network.activations import recording
from audio_cnn.network.weights import load_network
from audio_cnn.prediction import Classifier, Prediction
from audio_cnn.spectrogram.log_mel import LogMel

SILENCE = np.zeros(RATE_HZ, np.float32)


def close(a: np.ndarray, b: np.ndarray) -> bool:
    return bool(np.abs(a - b).max() < 1e-5)


@pytest.fixture
def sound_file(tmp_path: Path) -> Path:
    return write_wav(tmp_path / "pig.wav", class_sound("pig", seed=7))


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
    answers += classifier.classify_each([sound_file, data, io.BytesIO(data), samples])

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


def test_a_batch_answers_as_one_by_one_and_in_order(classifier: Classifier) -> None:
    lengths = [1.0, 0.3, 2.2, 1.0, 5.7, 0.01, 1.0, 1.0, 3.0, 1.0, 0.5]
    sounds = [class_sound(CLASSES[i % 3], seed=i, seconds=length) for i, length in enumerate(lengths)]

    together = list(classifier.classify_each(iter(sounds)))

    assert len(together) == len(sounds)
    for answer, sound in zip(together, sounds, strict=True):
        alone = classifier.classify(sound)
        assert close(answer.probabilities, alone.probabilities)
        assert answer.window_probabilities.shape == alone.window_probabilities.shape
        assert answer.duration_s == alone.duration_s


def test_a_batch_of_nothing_is_nothing(classifier: Classifier) -> None:
    assert list(classifier.classify_each([])) == []


def test_a_batch_answers_for_all_before_the_one_that_cannot_be_read(classifier: Classifier) -> None:
    sounds = [class_sound(CLASSES[i % 3], seed=i) for i in range(10)]
    answers: list[Prediction] = []

    with pytest.raises(AudioError, match="no such file: missing"):
        answers.extend(answer for answer in classifier.classify_each([*sounds, "missing", *sounds]))

    assert [answer.best.label.name for answer in answers] == [CLASSES[i % 3] for i in range(10)]


@pytest.mark.parametrize(
    "source", ["x.wav", b"RIFF", bytearray(b"RIFF"), memoryview(b"RIFF"), Path("x.wav"), io.BytesIO(b"RIFF")]
)
def test_one_sound_is_no_batch(classifier: Classifier, source: Any) -> None:
    with pytest.raises(TypeError, match="many sounds are expected"):
        classifier.classify_each(source)


def test_a_short_sound_is_heard_repeated_and_padded(classifier: Classifier) -> None:
    short = class_sound("rooster", seed=3, seconds=0.3)

    prediction = classifier.classify(short)

    repeated = classifier.classify(np.resize(np.concatenate([short, short[::-1]]), RATE_HZ)).probabilities
    padded = classifier.classify(np.pad(short, (0, RATE_HZ - len(short)))).probabilities
    assert not close(repeated, padded)
    assert close(prediction.window_probabilities, np.stack([repeated, padded]))
    assert close(prediction.probabilities, (repeated + padded) / 2)
    assert prediction.duration_s == 0.3


def test_one_sample_is_a_sound(classifier: Classifier) -> None:
    prediction = classifier.classify(np.array([0.5], dtype=np.float32))

    assert not prediction.silent
    assert np.isfinite(prediction.probabilities).all()


def test_a_long_sound_is_what_its_sure_and_loud_windows_say(classifier: Classifier) -> None:
    parts = [("dog", 1.0), ("pig", 1.0), ("rooster", 0.6)]
    long = np.concatenate([class_sound(name, seed=1, seconds=seconds) for name, seconds in parts])

    prediction = classifier.classify(long)

    starts = [0, 4_000, 8_000, 12_000, 12_800]  # half a window apart, the last ends with the sound
    cut = [long[start : start + RATE_HZ] for start in starts]
    each = np.stack([classifier.classify(window).probabilities for window in cut])
    weights = each.max(axis=1) * np.sqrt([np.abs(window).max() for window in cut])
    assert close(prediction.window_probabilities, each)
    assert close(prediction.probabilities, np.average(each, axis=0, weights=weights))
    assert prediction.duration_s == 2.6


def test_a_long_sound_has_a_timeline(classifier: Classifier) -> None:
    long = np.concatenate([class_sound("dog", seed=1), SILENCE, class_sound("pig", seed=1, seconds=1.3)])

    prediction = classifier.classify(long)

    assert prediction.window_starts_s.tolist() == [0, 0.5, 1, 1.5, 2, 2.3]
    timeline = prediction.timeline
    assert [window.start_s for window in timeline] == [0, 0.5, 1, 1.5, 2, 2.3]
    assert [window.end_s for window in timeline] == pytest.approx([1, 1.5, 2, 2.5, 3, 3.3])
    assert [window.prediction.silent for window in timeline] == [False, False, True, False, False, False]
    for window, start in zip(timeline, [0, 4_000, 8_000, 12_000, 16_000, 18_400], strict=True):
        alone = classifier.classify(long[start : start + RATE_HZ])
        assert close(window.prediction.probabilities, alone.probabilities)
        assert (window.prediction.state, window.prediction.duration_s) == (alone.state, 1.0)


@pytest.mark.parametrize("seconds", [0.3, 1.0])
def test_the_timeline_of_a_short_sound_is_the_sound(classifier: Classifier, seconds: float) -> None:
    prediction = classifier.classify(class_sound("dog", seed=1, seconds=seconds))

    assert [(window.start_s, window.end_s) for window in prediction.timeline] == [(0, seconds)]
    assert prediction.timeline[0].prediction is prediction
    assert not prediction.window_starts_s.any()
    assert len(prediction.window_starts_s) == len(prediction.window_probabilities)


@pytest.mark.parametrize(("seconds", "windows"), [(1.0, 1), (1.05, 1), (1.2, 2), (1.55, 2), (1.7, 3)])
def test_a_few_samples_too_many_are_not_worth_a_window(
    classifier: Classifier, seconds: float, windows: int
) -> None:
    prediction = classifier.classify(class_sound("dog", seed=1, seconds=seconds))

    assert len(prediction.window_probabilities) == windows
    assert prediction.duration_s == seconds


def test_silent_stretches_of_a_long_sound_have_no_say(classifier: Classifier) -> None:
    event = class_sound("pig", seed=5)
    prediction = classifier.classify(np.concatenate([np.tile(SILENCE, 6), event]))

    heard = [np.concatenate([SILENCE[:4_000], event[:4_000]]), event]
    each = np.stack([classifier.classify(window).probabilities for window in heard])
    weights = each.max(axis=1) * np.sqrt([np.abs(window).max() for window in heard])
    assert close(prediction.probabilities, np.average(each, axis=0, weights=weights))
    assert not prediction.silent


@pytest.mark.parametrize("seconds", [0.2, 1.0, 2.5])
@pytest.mark.parametrize("level", [0.0, 1e-5])
def test_silence_is_flagged(classifier: Classifier, seconds: float, level: float) -> None:
    prediction = classifier.classify(sine(440, seconds=seconds, amplitude=level))

    assert prediction.silent
    assert float(prediction.probabilities.sum()) == pytest.approx(1, abs=1e-5)


def test_a_soft_sound_is_not_silence(classifier: Classifier) -> None:
    assert not classifier.classify(sine(440, amplitude=1e-4)).silent


def test_loudness_does_not_change_the_answer(classifier: Classifier) -> None:
    sound = class_sound("dog", seed=9)

    loud, soft = classifier.classify(sound), classifier.classify(sound * 0.1)
    assert np.abs(loud.probabilities - soft.probabilities).max() < 1e-3


def test_activations_cost_nothing_in_the_answer(classifier: Classifier, sound_file: Path) -> None:
    plain = classifier.classify(sound_file)

    for names in ([], ["conv1"], None):
        analysis = classifier.analyze(sound_file, activations=names)
        np.testing.assert_array_equal(analysis.prediction.probabilities, plain.probabilities)
        assert list(analysis.activations) == (list(classifier.info.activations) if names is None else names)


def test_activations_nobody_asked_for_are_not_even_there(model_path: Path) -> None:
    fresh = Classifier(model_path, threads=1)
    fresh.classify(class_sound("dog", 0))

    assert [output.name for output in fresh._scoring.get_outputs()] == ["scores"]
    assert fresh._showing is None

    analysis = fresh.analyze(class_sound("dog", 0), activations=["layer2"])
    assert list(analysis.activations) == ["layer2"]


def test_an_analysis_shows_what_the_network_saw(classifier: Classifier, model_path: Path) -> None:
    file = load_network(model_path.with_suffix(".safetensors"))
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
    hear = classifier._hear

    def sure_of_silence(sounds: Sequence[np.ndarray]) -> list[Prediction]:
        (heard,) = hear(sounds)
        heard.window_probabilities[:5] = heard.window_probabilities[-5:] = 1.0
        return [heard]

    monkeypatch.setattr(classifier, "_hear", sure_of_silence)

    assert 2.5 * RATE_HZ <= deciding_start(classifier, sound) <= 3.5 * RATE_HZ


def test_an_unknown_activation_is_named_beside_those_there_are(classifier: Classifier) -> None:
    with pytest.raises(ModelError, match="no activation 'layer9'; there are: conv1, layer1"):
        classifier.analyze(SILENCE, activations=["conv1", "layer9"])


def test_features_are_scored_in_any_number(classifier: Classifier) -> None:
    features = np.random.default_rng(0).random((19, 32, 63), dtype=np.float32)

    together = classifier.classify_features(features)

    assert together.shape == (19, 50)
    assert close(together, np.concatenate([classifier.classify_features(row[None]) for row in features]))
    assert classifier.classify_features(features[:0]).shape == (0, 50)


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
