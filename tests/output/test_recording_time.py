"""When a recording began, by its name."""

from __future__ import annotations

from datetime import datetime

import pytest

from audio_cnn.output.recording_time import recorded_at, recording_time

EVENING = datetime(2024, 5, 31, 21, 30)


@pytest.mark.parametrize(
    "name",
    [
        "20240531_213000.WAV",
        "20240531_213000T.WAV",
        "SMA01234_20240531_213000.wav",
        "SM3_0+1_20240531_213000_000.wav",
        "20240531T213000+0200_REC.flac",
        "20240531213000.wav",
        "2024-05-31 21-30-00.m4a",
        "2024-05-31T21.30.wav",
        "Wald größe 2024.05.31 21h30.wav",
        "night/2023/20240531_213000.wav",
        "20249999_000000_20240531_213000.wav",
    ],
)
def test_names_as_recorders_write_them(name: str) -> None:
    assert recording_time(name) == EVENING


@pytest.mark.parametrize(
    "name",
    [
        "dog.wav",
        "-",
        "2024-05-31.wav",
        "20240531_0042.wav",
        "20241331_213000.wav",
        "20240531_253000.wav",
        "120240531_213000.wav",
        "1-20240531-A-42.wav",
        "20240531_213000/dog.wav",
    ],
)
def test_other_names_say_nothing(name: str) -> None:
    assert recording_time(name) is None


def test_seconds_are_counted_from_there() -> None:
    assert recorded_at(EVENING, 2.5) == "2024-05-31T21:30:02.500"
    assert recorded_at(datetime(2024, 12, 31, 23, 59, 59), 3_601) == "2025-01-01T01:00:00.000"
    assert recorded_at(None, 2.5) is None
