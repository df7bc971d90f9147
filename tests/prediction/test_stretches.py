"""A long sound is heard while it is decoded, as it would be heard whole."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import soundfile
from made_data import CLASSES, RATE_HZ, class_sound, noise

from audio_cnn.config import FrontEnd
from audio_cnn.prediction import Classifier, stretches
from audio_cnn.prediction.stretches import Stretches
from audio_cnn.waveform import source, window_starts, windows_of

WINDOW = 8
FRONT_END = FrontEnd(sample_rate_hz=4, window_s=WINDOW / 4)


def heard(sound: np.ndarray, pieces: int) -> tuple[np.ndarray, np.ndarray]:
    """A sound pushed in pieces; what is said of a window is its samples."""
    taken = Stretches(np.stack, FRONT_END, source_rate_hz=16_000)
    for piece in np.array_split(sound, pieces):
        taken.push(piece)
    return taken.finish()


@pytest.mark.parametrize("total", [8, 9, 11, 12, 13, 39, 40, 41, 47, 48, 49, 52, 53, 160, 163])
@pytest.mark.parametrize("pieces", [1, 3, 17])
def test_windows_are_those_of_the_whole_sound(
    monkeypatch: pytest.MonkeyPatch, total: int, pieces: int
) -> None:
    monkeypatch.setattr(stretches, "STRETCH_S", 10.0)  # 40 samples, ten windows
    sound = np.arange(1, total + 1, dtype=np.float32)

    answers, peaks = heard(sound, pieces)

    assert len(answers) == len(window_starts(total, FRONT_END))
    np.testing.assert_array_equal(answers, windows_of(sound, FRONT_END))
    np.testing.assert_array_equal(peaks, answers.max(axis=1))


def test_a_short_sound_is_filled_up() -> None:
    answers, _peaks = heard(np.array([1, 2, 3], np.float32), 2)

    np.testing.assert_array_equal(answers, [[1, 2, 3, 3, 2, 1, 1, 2], [1, 2, 3, 0, 0, 0, 0, 0]])


@pytest.mark.parametrize("rate_hz", [RATE_HZ, 11_025])
def test_a_file_in_stretches_gives_the_answer_of_the_whole(
    classifier: Classifier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rate_hz: int
) -> None:
    parts = [class_sound(name, seed=i, seconds=5.3) for i, name in enumerate(CLASSES)]
    path = tmp_path / "long.wav"
    soundfile.write(path, np.concatenate(parts), rate_hz)

    whole = classifier.classify(path)
    monkeypatch.setattr(stretches, "STRETCH_S", 4.0)
    in_stretches = classifier.classify(path)

    assert in_stretches.duration_s == whole.duration_s
    np.testing.assert_array_equal(in_stretches.window_starts_s, whole.window_starts_s)
    np.testing.assert_allclose(in_stretches.window_probabilities, whole.window_probabilities, atol=1e-4)


def test_an_offset_is_taken_away_wherever_it_is(
    classifier: Classifier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = np.tile(class_sound("dog", seed=1), 20)
    soundfile.write(tmp_path / "a.wav", sound, RATE_HZ)
    offset = np.where(np.arange(sound.size) < sound.size // 2, 0, 0.3)
    soundfile.write(tmp_path / "b.wav", sound + offset, RATE_HZ)
    monkeypatch.setattr(stretches, "STRETCH_S", 5.0)

    clean, off = (classifier.classify(tmp_path / name).window_probabilities for name in ("a.wav", "b.wav"))

    np.testing.assert_allclose(clean[-4:], off[-4:], atol=0.05)


@pytest.mark.parametrize("format_", ["WAV", "FLAC", "RF64", "W64"])
def test_a_large_file_is_read_where_it_is(
    classifier: Classifier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format_: str
) -> None:
    path = tmp_path / "large"
    soundfile.write(path, noise(30 * RATE_HZ), RATE_HZ, format=format_, subtype="PCM_16")
    expected = classifier.classify(path)

    def in_memory(*_: object) -> bytes:
        raise AssertionError("read into memory")

    monkeypatch.setattr(source, "LARGE_BYTES", 1_000)
    monkeypatch.setattr("audio_cnn.waveform.decoding.read_source", in_memory)

    np.testing.assert_array_equal(classifier.classify(path).probabilities, expected.probabilities)


def test_memory_does_not_grow_with_the_sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stretches, "STRETCH_S", 10.0)
    front_end = FrontEnd(sample_rate_hz=RATE_HZ, window_s=1.0, fmax_hz=4_000)
    peaks = []
    for minutes in (1, 10):
        taken = Stretches(lambda cut: np.stack(cut)[:, :2].copy(), front_end, source_rate_hz=16_000)
        tracemalloc.start()
        for _ in range(60 * minutes):
            taken.push(np.ones(RATE_HZ, np.float32))
        taken.finish()
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    assert peaks[1] < 1.5 * peaks[0]
