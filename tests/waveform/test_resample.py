"""A sound brought to another rate, block by block."""

from __future__ import annotations

import numpy as np
import pytest
from sound_files import amplitude, pitch_hz, sine

from audio_cnn.errors import ConfigError
from audio_cnn.waveform.resample import Resampler


def resample(samples, source_rate_hz, sample_rate_hz, blocks=1):
    resampler = Resampler(source_rate_hz, sample_rate_hz)
    pieces = [resampler.push(block) for block in np.array_split(samples, blocks)]
    return np.concatenate([*pieces, resampler.finish()])


@pytest.mark.parametrize("source_hz", [8_000, 16_000, 22_050, 48_000, 192_000])
def test_a_sine_stays_a_sine(source_hz):
    samples = resample(sine(source_hz), source_hz, 44_100)
    assert samples.dtype == np.float32
    assert samples.size == 44_100
    assert pitch_hz(samples, 44_100) == pytest.approx(440.0, abs=1.0)
    assert amplitude(samples) == pytest.approx(0.5, rel=1e-3)


def test_the_same_rate_changes_nothing():
    sound = sine(44_100)
    assert Resampler(44_100, 44_100).push(sound) is sound
    np.testing.assert_array_equal(resample(sound, 44_100, 44_100, blocks=3), sound)


def test_pieces_make_the_same_whole():
    sound = np.random.default_rng(0).normal(size=30_000).astype(np.float32)
    whole = resample(sound, 48_000, 44_100)
    np.testing.assert_allclose(resample(sound, 48_000, 44_100, blocks=17), whole, atol=1e-6)


def test_nothing_stays_nothing_and_something_something():
    assert resample(np.empty(0, np.float32), 48_000, 44_100).size == 0
    assert resample(np.ones(1, np.float32), 192_000, 44_100).size == 1


@pytest.mark.parametrize("rates_hz", [(0, 44_100), (44_100, 0), (-1, 44_100)])
def test_rates_that_make_no_sense(rates_hz):
    with pytest.raises(ConfigError):
        resample(sine(8_000), *rates_hz)
