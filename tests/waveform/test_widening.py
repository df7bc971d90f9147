"""Missing treble filled in: only what is missing, as loud as the highest octave, where that sounds."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile
from numpy.testing import assert_allclose, assert_array_equal

from audio_cnn.waveform import decode
from audio_cnn.waveform.array import from_array
from audio_cnn.waveform.widening import DENSITY_DB, fitted, resampled, smoothed, widened

LOW_HZ, HIGH_HZ = 8_000, 44_100


def white(seconds: float = 2.0) -> np.ndarray:
    """Noise at the low rate."""
    return (0.1 * np.random.default_rng(1).standard_normal(round(seconds * LOW_HZ))).astype(np.float32)


def wide(samples: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """At the high rate: as it is, and filled."""
    plain = resampled(samples, LOW_HZ, HIGH_HZ)
    return plain, widened(plain, source_rate_hz=LOW_HZ, sample_rate_hz=HIGH_HZ)


def density(samples: np.ndarray, low_hz: float, high_hz: float) -> float:
    """Mean power of the spectrum between two frequencies."""
    power = np.abs(np.fft.rfft(samples)) ** 2
    hz = np.fft.rfftfreq(len(samples), 1 / HIGH_HZ)
    return float(power[(hz > low_hz) & (hz < high_hz)].mean())


def test_the_missing_band_has_the_stated_density() -> None:
    _plain, filled = wide(white())

    highest_octave = density(filled, 2_200, 3_400)
    for low_hz, high_hz in ((4_500, 6_000), (6_000, 8_000), (10_000, 20_000)):
        in_db = 10 * np.log10(density(filled, low_hz, high_hz) / highest_octave)
        assert in_db == pytest.approx(DENSITY_DB, abs=1)


def test_what_is_there_stays_as_it_is() -> None:
    plain, filled = wide(white())

    again = resampled(filled - plain, HIGH_HZ, 6_000)[500:-500]  # what lies below 3 kHz of what was added
    assert np.abs(again).max() < 3e-3 * np.abs(plain).max()


def test_it_swells_and_fades_with_the_sound() -> None:
    sound = white()
    sound[LOW_HZ : 2 * LOW_HZ] = 0

    plain, filled = wide(sound)

    added = (filled - plain) ** 2
    assert added[HIGH_HZ + 2_000 :].max() < 1e-6 * added[: HIGH_HZ - 2_000].max()


def test_a_low_tone_has_no_treble_to_go_by() -> None:
    tone = (0.5 * np.sin(2 * np.pi * 300 * np.arange(2 * LOW_HZ) / LOW_HZ)).astype(np.float32)

    plain, filled = wide(tone)

    assert np.abs(filled - plain)[4_000:-4_000].max() < 1e-3


@pytest.mark.parametrize(
    ("source_rate_hz", "sample_rate_hz"), [(16_000, 44_100), (44_100, 44_100), (8_000, 8_000)]
)
def test_where_nothing_is_missing_nothing_is_done(source_rate_hz: int, sample_rate_hz: int) -> None:
    samples = white()

    assert widened(samples, source_rate_hz=source_rate_hz, sample_rate_hz=sample_rate_hz) is samples


@pytest.mark.parametrize("length", [1, 2, 7, 100, 12 * LOW_HZ])
def test_sounds_of_every_length(length: int) -> None:
    plain, filled = wide(white(12)[:length])

    assert filled.shape == plain.shape
    assert filled.dtype == np.float32
    assert np.isfinite(filled).all()


def test_silence_stays_silent() -> None:
    _plain, filled = wide(np.zeros(LOW_HZ, np.float32))

    assert not filled.any()


def test_files_and_samples_are_filled_alike() -> None:
    file = io.BytesIO()
    soundfile.write(file, white(), LOW_HZ, format="WAV", subtype="FLOAT")

    of_file = decode(file.getvalue(), sample_rate_hz=HIGH_HZ).samples

    assert_array_equal(of_file, from_array(white(), source_rate_hz=LOW_HZ, sample_rate_hz=HIGH_HZ))
    assert density(of_file, 5_000, 8_000) > 0.01 * density(of_file, 2_200, 3_400)


def test_a_mean_of_neighbours() -> None:
    assert_allclose(smoothed(np.float32([0, 3, 0, 0, 6]), 3), [1.5, 1, 1, 2, 3])
    assert_array_equal(fitted(np.float32([1, 2, 3]), 2), [1, 2])
    assert_array_equal(fitted(np.float32([1, 2]), 4), [1, 2, 0, 0])
