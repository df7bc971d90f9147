"""Changes to the waveform that keep the label."""

from __future__ import annotations

import numpy as np
import pytest
from made_data import Samples, noise, sine

from audio_cnn.augmentation import waveform
from audio_cnn.augmentation.waveform import VARIANTS, best_lag, fit_length, time_stretch

RATE_HZ = 16_000


class Drawing(np.random.Generator):
    """A generator whose ``uniform`` gives one number."""

    def __init__(self, value: float) -> None:
        super().__init__(np.random.PCG64(0))
        self.value = value

    def uniform(self, *_limits: float) -> float:  # type: ignore[override]
        return self.value


def pitch_hz(samples: Samples) -> float:
    """Loudest frequency of the middle, to a fraction of a hertz."""
    middle = samples[len(samples) // 4 : -len(samples) // 4]
    return float(np.abs(np.fft.rfft(middle * np.hanning(len(middle)), 4 * RATE_HZ)).argmax()) / 4


def loudness(samples: Samples) -> float:
    middle = samples[len(samples) // 4 : -len(samples) // 4].astype(np.float64)
    return float(np.sqrt(np.mean(middle**2)))


def changed(name: str, samples: Samples, draw: float, partner: Samples | None = None) -> Samples:
    return VARIANTS[name](samples, samples if partner is None else partner, RATE_HZ, Drawing(draw))


@pytest.mark.parametrize("name", VARIANTS)
@pytest.mark.parametrize("length", [RATE_HZ, 12_345, 900])
def test_length_and_type_are_kept_and_the_original_is_left_alone(name: str, length: int) -> None:
    samples, partner = noise(length), noise(length, seed=1)
    before = samples.copy()

    result = VARIANTS[name](samples, partner, RATE_HZ, np.random.default_rng(3))

    assert result.shape == samples.shape
    assert result.dtype == np.float32
    assert np.isfinite(result).all()
    assert not np.array_equal(result, samples)
    np.testing.assert_array_equal(samples, before)


@pytest.mark.parametrize("name", sorted(set(VARIANTS) - {"noise"}))
def test_silence_stays_silence(name: str) -> None:
    silence = np.zeros(RATE_HZ, dtype=np.float32)

    assert not VARIANTS[name](silence, silence, RATE_HZ, np.random.default_rng(0)).any()


@pytest.mark.parametrize("semitones", [-2.0, -0.7, 1.0, 2.0])
def test_pitch_moves_a_sine_by_the_stated_ratio(semitones: float) -> None:
    shifted = changed("pitch", sine(1_000, rate_hz=RATE_HZ, seconds=2), semitones)

    assert pitch_hz(shifted) == pytest.approx(1_000 * 2 ** (semitones / 12), rel=0.005)
    assert loudness(shifted) == pytest.approx(loudness(sine(1_000, rate_hz=RATE_HZ)), rel=0.05)


@pytest.mark.parametrize("speed", [0.9, 0.97, 1.1])
def test_stretch_keeps_pitch_and_loudness_of_a_sine(speed: float) -> None:
    tone = sine(440, rate_hz=RATE_HZ, seconds=2)
    stretched = time_stretch(tone, RATE_HZ, speed)

    assert len(stretched) == round(len(tone) / speed)
    assert pitch_hz(stretched) == pytest.approx(440, abs=2)
    assert loudness(stretched) == pytest.approx(loudness(tone), rel=0.05)


@pytest.fixture
def burst() -> Samples:
    """Two seconds of silence with a short noise about sample 16,400."""
    samples = np.zeros(2 * RATE_HZ, dtype=np.float32)
    samples[16_000:16_800] = noise(800, amplitude=0.5)
    return samples


def centre(samples: Samples) -> float:
    """Mean place of the power."""
    power = samples.astype(np.float64) ** 2
    return float((np.arange(len(power)) * power).sum() / power.sum())


@pytest.mark.parametrize("speed", [0.9, 1.1])
def test_stretch_moves_what_happens_in_time(burst: Samples, speed: float) -> None:
    assert centre(changed("stretch", burst, speed)) == pytest.approx(16_400 / speed, abs=0.03 * RATE_HZ)


@pytest.mark.parametrize("semitones", [-2.0, 2.0])
def test_pitch_leaves_what_happens_in_its_time(burst: Samples, semitones: float) -> None:
    assert centre(changed("pitch", burst, semitones)) == pytest.approx(16_400, abs=0.03 * RATE_HZ)


def test_stretch_at_speed_one_gives_the_sound_back() -> None:
    sound = noise(RATE_HZ)
    again = time_stretch(sound, RATE_HZ, 1.0)

    np.testing.assert_allclose(again[800:-800], sound[800:-800], atol=1e-5)


def test_best_lag_finds_where_a_piece_was_cut_out() -> None:
    region = noise(1_000)

    assert best_lag(region, region[123:623]) == 123


def test_noise_has_the_stated_deviation() -> None:
    sound = sine(440, rate_hz=RATE_HZ)
    added = VARIANTS["noise"](sound, sound, RATE_HZ, np.random.default_rng(0)) - sound

    assert float(added.std()) == pytest.approx(waveform.NOISE_DEVIATION, rel=0.03)
    assert abs(float(added.mean())) < 2e-4


def test_gain_is_in_decibels_and_clips_like_a_recorder() -> None:
    sound = sine(440, rate_hz=RATE_HZ, amplitude=0.2)

    np.testing.assert_allclose(changed("gain", sound, -6.0), sound * 10 ** (-6 / 20), rtol=1e-5)
    assert np.abs(changed("gain", sine(440, rate_hz=RATE_HZ, amplitude=0.9), 12.0)).max() == 1


def test_shift_joins_the_end_to_the_beginning() -> None:
    ramp = np.arange(1_000, dtype=np.float32)
    shifted = VARIANTS["shift"](ramp, ramp, RATE_HZ, np.random.default_rng(0))

    assert sorted(shifted.tolist()) == ramp.tolist()
    assert set(np.diff(shifted).tolist()) == {1.0, -999.0}


def test_mix_of_two_unlike_sounds_has_the_power_of_one() -> None:
    ours, theirs = noise(RATE_HZ), noise(RATE_HZ, seed=1)
    mixed = changed("mix", ours, 0.3, theirs)

    np.testing.assert_allclose(mixed, (0.3 * ours + 0.7 * theirs) / np.hypot(0.3, 0.7), rtol=1e-4, atol=1e-7)
    assert loudness(mixed) == pytest.approx(loudness(ours), rel=0.03)


def test_fit_length_cuts_or_fills_with_silence() -> None:
    assert fit_length(np.array([1, 2, 3], dtype=np.float32), 2).tolist() == [1, 2]
    assert fit_length(np.array([1, 2], dtype=np.float32), 4).tolist() == [1, 2, 0, 0]
