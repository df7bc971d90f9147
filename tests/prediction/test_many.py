"""Many sounds at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from made_data import CLASSES, class_sound, write_wav

from audio_cnn.config import AudioLimits
from audio_cnn.errors import AudioError, AudioTooLargeError, ModelError, NotAudioError
from audio_cnn.prediction import Classifier, Prediction
from audio_cnn.prediction.many import classify_many
from audio_cnn.waveform import Source


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Nine sounds, and two files that are none."""
    for i in range(9):
        write_wav(tmp_path / f"{i}.wav", class_sound(CLASSES[i % 3], seed=i))
    (tmp_path / "3-bad.wav").write_bytes(b"this is no sound")
    (tmp_path / "5-bad.wav").touch()
    return tmp_path


@pytest.mark.parametrize("workers", [0, 1, 4])
def test_answers_come_in_order_and_bad_files_stop_nothing(
    model_path: Path, classifier: Classifier, folder: Path, workers: int
) -> None:
    paths = sorted(folder.iterdir())

    answers = list(classify_many(model_path, paths, workers=workers))

    assert [source for source, _answer in answers] == paths
    for path, answer in zip(paths, (answer for _source, answer in answers), strict=True):
        if "bad" in path.name:
            assert isinstance(answer, AudioError)
        else:
            assert isinstance(answer, Prediction)
            assert abs(answer.probabilities - classifier.classify(path).probabilities).max() < 1e-5


def test_it_reads_only_a_little_ahead(model_path: Path, folder: Path) -> None:
    taken = 0

    def endless() -> Iterator[Path]:
        nonlocal taken
        while True:
            taken += 1
            yield folder / "0.wav"

    answers = classify_many(model_path, endless(), workers=2)
    for _ in range(10):
        next(answers)

    assert 10 <= taken <= 10 + 2 * 2 + 1
    answers.close()  # type: ignore[attr-defined]


def test_stopping_early_leaves_no_threads(model_path: Path, folder: Path) -> None:
    before = threading.active_count()
    answers = classify_many(model_path, [folder / "0.wav"] * 50, workers=2)
    next(answers)

    answers.close()  # type: ignore[attr-defined]

    deadline = time.monotonic() + 5
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert threading.active_count() <= before


def test_limits_and_kinds_of_error_are_kept(model_path: Path, folder: Path) -> None:
    limits = AudioLimits(decoded_s=0.5)
    paths = [folder / "3-bad.wav", folder / "3.wav"]

    answers = [answer for _source, answer in classify_many(model_path, paths, limits=limits)]

    assert [type(answer) for answer in answers] == [NotAudioError, AudioTooLargeError]


def test_a_sound_that_takes_too_much_memory_stops_nothing(
    model_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    classify, failures = Classifier.classify, iter([MemoryError])

    def failing_once(self: Classifier, source: Source) -> Prediction:
        for failure in failures:
            raise failure
        return classify(self, source)

    monkeypatch.setattr(Classifier, "classify", failing_once)
    sounds = sorted(folder.glob("*.wav"))[:1] * 2
    (_, first), (_, second) = classify_many(model_path, sounds, workers=1)

    assert isinstance(first, AudioTooLargeError)
    assert isinstance(second, Prediction)


def test_a_missing_model_is_told_before_anything_is_heard(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no model"):
        classify_many(tmp_path / "none.onnx", [])
