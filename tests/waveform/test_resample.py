"""A whole sound brought to another rate."""

from __future__ import annotations

import numpy as np
import pytest
from sound_files import amplitude, pitch_hz, sine

from audio_cnn.errors import ConfigError
from audio_cnn.waveform.resample import Resampler, resample


@pytest.mark.parametrize("source_hz", [8_000, 16_000, 22_050, 48_000, 192_000])
def test_a_sine_stays_a_sine(source_hz):
    samples = resample(sine(source_hz), source_hz, 44_100)
    assert samples.dtype == np.float32
    assert samples.size == 44_100
    assert pitch_hz(samples, 44_100) == pytest.approx(440.0, abs=1.0)
    assert amplitude(samples) == pytest.approx(0.5, rel=1e-3)


def test_the_same_rate_changes_nothing():
    sound = sine(44_100)
    assert np.shares_memory(resample(sound, 44_100, 44_100), sound)


def test_pieces_make_the_same_whole():
    sound = np.random.default_rng(0).normal(size=30_000).astype(np.float32)
    resampler = Resampler(48_000, 44_100)
    pieces = [resampler.push(piece) for piece in np.array_split(sound, 17)]
    joined = np.concatenate([*pieces, resampler.finish()])
    np.testing.assert_allclose(joined, resample(sound, 48_000, 44_100), atol=1e-6)


def test_nothing_stays_nothing_and_something_something():
    assert resample(np.empty(0, np.float32), 48_000, 44_100).size == 0
    assert resample(np.ones(1, np.float32), 192_000, 44_100).size == 1


@pytest.mark.parametrize("rates_hz", [(0, 44_100), (44_100, 0), (-1, 44_100)])
def test_rates_that_make_no_sense(rates_hz):
    with pytest.raises(ConfigError):
        resample(sine(8_000), *rates_hz)
