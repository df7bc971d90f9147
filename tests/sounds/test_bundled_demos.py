"""The demos: written the same every time, and those that are bundled equal to what makes them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.testing import assert_array_equal

from audio_cnn.errors import ConfigError
from audio_cnn.sounds import bundled, demo_paths, demo_sound, synthesise, write_demos

STEP = 1 / 32_768
"""One step of 16 bits."""


def test_written_demos_hold_the_sound_exactly(tmp_path: Path) -> None:
    paths = write_demos(tmp_path / "new", ["mouse_click", "clock_tick-3"])
    assert [path.name for path in paths] == ["mouse_click.flac", "clock_tick-3.flac"]
    for path in paths:
        sound, rate_hz = soundfile.read(path, dtype="float32")
        assert rate_hz == bundled.DEMO_RATE_HZ
        assert_array_equal(sound, demo_sound(path.stem))


def test_writing_again_changes_no_byte(tmp_path: Path) -> None:
    (path,) = write_demos(tmp_path, ["mouse_click"])
    before = path.read_bytes()
    write_demos(tmp_path, ["mouse_click"])
    assert path.read_bytes() == before
    assert len(before) < 250_000


def test_demo_is_the_made_sound_rounded() -> None:
    made = synthesise("clock_tick", 3, bundled.DEMO_RATE_HZ)
    assert np.abs(demo_sound("clock_tick-3") - made).max() <= STEP / 2


@pytest.mark.parametrize("name", ["unicorn", "rain-", "rain-x", "rain-1-2", "rain-\u00b2"])
def test_unknown_demo(name: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        write_demos(tmp_path, [name])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_bundled_demos_equal_their_synthesis() -> None:
    for path in demo_paths():
        sound, rate_hz = soundfile.read(path, dtype="float32")
        assert rate_hz == bundled.DEMO_RATE_HZ
        # another processor may round a sine differently, which 16 bits show as one step here and there
        assert np.abs(sound - demo_sound(path.stem)).max() <= 2 * STEP, path.name


def test_bundled_demos_are_few_and_sorted() -> None:
    paths = demo_paths()
    assert [path.stem for path in paths] == sorted(path.stem for path in paths)
    assert sum(path.stat().st_size for path in paths) < 2_000_000
