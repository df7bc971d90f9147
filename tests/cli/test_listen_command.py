"""``audio-cnn listen``: a sound that goes on."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from conftest import Command, Outcome
from made_data import RATE_HZ, class_sound, wav_bytes

from audio_cnn.prediction import Classifier


@pytest.fixture
def sound() -> np.ndarray:
    """A dog for three seconds, then a rooster: at half of full scale, as samples of 16 bits hold it."""
    return np.concatenate([class_sound("dog", 1, seconds=3), class_sound("rooster", 1, seconds=3)]) / 2


def listen(audio_cnn: Command, model_path: Path, sound: np.ndarray, *options: str) -> Outcome:
    return audio_cnn("listen", "--model", model_path, *options, stdin=wav_bytes(sound))


def test_each_line_says_what_the_newest_stretch_sounds_like(
    audio_cnn: Command, model_path: Path, sound: np.ndarray
) -> None:
    outcome = listen(audio_cnn, model_path, sound)

    lines = outcome.stdout.splitlines()
    assert (outcome.code, outcome.stderr) == (0, "")
    assert [line.split()[0] for line in lines] == [f"0:0{second}.0" for second in range(1, 7)]
    assert ["Dog" in line for line in lines] == [True] * 3 + [False] * 3
    assert ["Rooster" in line for line in lines] == [False] * 3 + [True] * 3


def test_lines_of_json_are_those_of_a_timeline(
    audio_cnn: Command, model_path: Path, classifier: Classifier, sound: np.ndarray
) -> None:
    outcome = listen(audio_cnn, model_path, sound, "--every", "2.5", "--format", "jsonl", "--top", "1")

    told = [json.loads(line) for line in outcome.stdout.splitlines()]
    assert [(one["start_s"], one["end_s"]) for one in told] == [(0, 1), (2.5, 3.5), (5, 6)]
    for one in told:
        stretch = sound[round(one["start_s"] * RATE_HZ) : round(one["end_s"] * RATE_HZ)]
        alone = classifier.classify(stretch.astype(np.float32))
        assert [score["label"] for score in one["predictions"]] == [alone.best.label.name]
        assert one["predictions"][0]["confidence"] == pytest.approx(alone.best.confidence, abs=1e-3)
        assert one["state"] == alone.state


def test_lines_of_json_have_the_time(audio_cnn: Command, model_path: Path, sound: np.ndarray) -> None:
    before = datetime.now(UTC)

    outcome = listen(audio_cnn, model_path, sound, "--format", "jsonl")

    times = [json.loads(line)["time"] for line in outcome.stdout.splitlines()]
    assert all(time.endswith("Z") for time in times)
    moments = [datetime.fromisoformat(time) for time in times]
    assert moments == sorted(moments)
    assert before - timedelta(milliseconds=1) <= moments[0]
    assert moments[-1] <= datetime.now(UTC)


def test_silence_is_said(audio_cnn: Command, model_path: Path) -> None:
    assert "silence" in listen(audio_cnn, model_path, np.zeros(RATE_HZ, np.float32)).stdout


@pytest.mark.parametrize("every", ["inf", "nan", "1e300", "86401", "0"])
def test_a_time_that_makes_no_sense_is_a_usage_error(
    audio_cnn: Command, model_path: Path, every: str
) -> None:
    outcome = audio_cnn("listen", "--model", model_path, "--every", every)

    assert outcome.code == 2
    assert "--every" in outcome.stderr


@pytest.mark.parametrize(
    ("data", "reason"), [(b"", "ended before it began"), (b"no sound at all", "ffmpeg -i SOUND -f wav -")]
)
def test_what_is_no_stream_is_one_clear_line(
    audio_cnn: Command, model_path: Path, data: bytes, reason: str
) -> None:
    outcome = audio_cnn("listen", "--model", model_path, stdin=data)

    assert outcome.code == 1
    assert reason in outcome.stderr
    assert len(outcome.stderr.splitlines()) == 1
