"""The parts that sounds are made of, against closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from audio_cnn.sounds import Timeline, events, noise, space, tones

SECOND = Timeline(sample_rate_hz=16_000, seconds=1.0)


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def level_db(signal: np.ndarray, low_hz: float, high_hz: float, timeline: Timeline = SECOND) -> float:
    """Power in a band."""
    power = np.abs(np.fft.rfft(signal)) ** 2
    frequency_hz = np.fft.rfftfreq(len(signal), 1 / timeline.sample_rate_hz)
    return float(10 * np.log10(power[(frequency_hz >= low_hz) & (frequency_hz < high_hz)].sum()))


def test_timeline_counts_samples() -> None:
    assert Timeline().samples == 220_500
    assert Timeline(22_050, 0.1).samples == 2_205
    assert SECOND.lasting(0.0).samples == 1
    assert_allclose(np.diff(SECOND.time_s()), 1 / 16_000)


def test_silence_is_zeros() -> None:
    assert_array_equal(tones.silence(SECOND), np.zeros(16_000))


def test_sine_has_its_frequency_and_amplitude() -> None:
    spectrum = np.abs(np.fft.rfft(tones.sine(SECOND, 440.0, 0.5))) / 8_000
    assert spectrum.argmax() == 440
    assert spectrum.max() == pytest.approx(0.5)


def test_chirp_moves_evenly() -> None:
    signal = tones.chirp(SECOND, 500.0, 2_500.0)
    for at_s in (0.25, 0.5, 0.75):
        middle = round(at_s * 16_000)
        spectrum = np.abs(np.fft.rfft(signal[middle - 400 : middle + 400] * np.hanning(800)))
        assert spectrum.argmax() * 20 == pytest.approx(500 + 2_000 * at_s, abs=30)


def test_white_noise_is_flat_with_unit_power() -> None:
    signal = noise.white_noise(rng(), SECOND)
    assert np.mean(signal**2) == pytest.approx(1, abs=0.05)
    assert level_db(signal, 500, 1_000) - level_db(signal, 5_000, 5_500) == pytest.approx(0, abs=1)


@pytest.mark.parametrize("db_per_octave", [-3.0, -6.0, -9.0])
def test_tilted_noise_falls_as_stated(db_per_octave: float) -> None:
    signal = noise.tilted_noise(rng(), SECOND, db_per_octave)
    per_octave_db = level_db(signal, 2_000, 4_000) - level_db(signal, 1_000, 2_000)
    assert per_octave_db == pytest.approx(db_per_octave + 3.01, abs=0.7)  # an octave higher is twice as wide


def test_band_noise_stays_in_its_band() -> None:
    signal = noise.band_noise(rng(), SECOND, 1_000, 2_000, order=4)
    assert level_db(signal, 900, 2_200) - level_db(signal, 0, 8_001) > -1
    an_octave_above_db = level_db(signal, 3_900, 4_100) - level_db(signal, 1_314, 1_514)
    assert an_octave_above_db == pytest.approx(-24, abs=1.5)


def test_band_gain_is_half_power_at_its_edges() -> None:
    gain = noise.band_gain(np.array([0.0, 10.0, 300.0, 9_000.0]), 10.0, 9_000.0, 3)
    assert_allclose(gain, [0, np.sqrt(0.5), 1, np.sqrt(0.5)], atol=1e-4)


def test_octave_noise_follows_each_envelope() -> None:
    half = np.repeat([1.0, 0.0], 8_000)
    signal = noise.octave_noise(rng(), SECOND, (200, 1_000, 5_000), (half, 1 - half))
    assert level_db(signal[:8_000], 300, 800) - level_db(signal[8_000:], 300, 800) > 10
    assert level_db(signal[:8_000], 1_500, 4_000) - level_db(signal[8_000:], 1_500, 4_000) < -10


def test_drift_is_slow() -> None:
    moved = noise.drift(rng(), SECOND, 5.0)
    assert level_db(moved - moved.mean(), 20, 8_000) - level_db(moved - moved.mean(), 1, 20) < -20


def test_wandering_band_follows_its_centre() -> None:
    signal = noise.wandering_band(rng(), SECOND, np.linspace(1_000, 3_000, 16_000), 20.0)
    for start, centre_hz in ((3_200, 1_450), (11_200, 2_450)):
        assert np.abs(np.fft.rfft(signal[start : start + 800])).argmax() * 20 == pytest.approx(
            centre_hz, abs=120
        )


def test_coloured_noise_keeps_its_power() -> None:
    coloured = noise.coloured(rng(), SECOND, noise.white_noise(rng(), SECOND), 6.0)
    assert np.mean(coloured**2) == pytest.approx(1)


def test_harmonics_above_the_top_are_left_out() -> None:
    tone = tones.harmonic_tone(SECOND, np.full(16_000, 3_000.0), (0.5, 0.25, 1.0, 1.0))
    spectrum = np.abs(np.fft.rfft(tone)) / 8_000
    assert_allclose(spectrum[[3_000, 6_000]], [0.5, 0.25], atol=1e-6)
    assert np.sum(spectrum > 0.01) == 2


def test_repeated_cycle_equals_its_harmonics() -> None:
    rate_hz = np.linspace(80, 120, 16_000)
    amplitudes = tones.falling_amplitudes(40, 6.0)
    phase = tones.phase_of(SECOND, rate_hz)
    expected = sum(a * np.cos(k * phase) for k, a in enumerate(amplitudes, start=1))
    assert_allclose(tones.repeated_cycle(SECOND, rate_hz, amplitudes), expected, atol=1e-4)


def test_falling_amplitudes_fall_per_octave() -> None:
    levels_db = 20 * np.log10(tones.falling_amplitudes(8, 9.0))
    assert_allclose(levels_db[[0, 1, 3, 7]], [0, -9, -18, -27])


def test_partials_decay_to_one_over_e() -> None:
    ring = tones.partials(SECOND, [1_000.0], [1.0], [0.1])
    peaks = [np.abs(ring[k : k + 16]).max() for k in (0, 1_600, 3_200)]
    assert_allclose(np.array(peaks[1:]) / peaks[:-1], np.exp(-1), rtol=1e-3)


def test_pulse_train_has_one_pulse_a_period() -> None:
    pulses = tones.pulse_train(SECOND, np.full(16_000, 20.0), sharpness=5.0)
    inner = pulses[1:-1]
    assert np.sum((inner > pulses[:-2]) & (inner >= pulses[2:])) == 19  # and the one at 0
    assert pulses.max() == pytest.approx(1)


def test_rhythm_is_regular() -> None:
    assert_allclose(events.rhythm(rng(), SECOND, 4.0, start_s=0.1), [0.1, 0.35, 0.6, 0.85])


def test_chance_has_its_mean_rate() -> None:
    times_s = events.chance(rng(), Timeline(seconds=100), 10.0)
    assert len(times_s) == pytest.approx(1_000, abs=4 * np.sqrt(1_000))
    assert np.all(np.diff(times_s) >= 0)


def test_placed_cuts_what_sticks_out() -> None:
    short = Timeline(sample_rate_hz=10, seconds=1.0)
    three = np.array([1.0, 2.0, 3.0])
    track = events.placed(short, [(-0.1, three), (0.4, three), (0.5, three), (0.9, three), (2.0, three)])
    assert_array_equal(track, [2, 3, 0, 0, 1, 3, 5, 3, 0, 1])


def test_fade_reaches_zero_at_both_ends_and_copies() -> None:
    ones = np.ones(16_000)
    faded = events.fade(ones, SECOND, in_s=0.1, out_s=0.2)
    assert faded[0] == faded[-1] == 0
    assert faded[1_700] == faded[12_700] == 1
    assert ones.min() == 1


def test_reverberation_adds_its_energy_after_the_sound() -> None:
    impulse = np.zeros(16_000)
    impulse[100] = 1.0
    tail = space.reverberant(rng(), SECOND, impulse, seconds=0.5, wet_db=-10) - impulse
    assert_allclose(tail[:100], 0, atol=1e-12)
    assert 10 * np.log10(np.sum(tail**2)) == pytest.approx(-10, abs=0.1)
    early_db, late_db = (10 * np.log10(np.sum(tail[k : k + 800] ** 2)) for k in (100, 4_100))
    assert early_db - late_db == pytest.approx(60 * 0.25 / 0.5, abs=4)


def test_recording_has_its_floor() -> None:
    quiet = space.recorded(rng(), SECOND, tones.silence(SECOND), floor_db=-40)
    assert np.abs(quiet).max() <= 0.9
    assert quiet.std() > 0
    assert quiet.dtype == np.float32


def test_normalised_silence_stays_silent() -> None:
    assert_array_equal(space.normalised(tones.silence(SECOND)), np.zeros(16_000, np.float32))
    assert np.abs(space.normalised(tones.sine(SECOND, 100.0, 7.0), 0.5)).max() == pytest.approx(0.5)
