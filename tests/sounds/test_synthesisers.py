"""Every made sound is well formed and repeatable, and has the marks of what it is said to be."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from audio_cnn.errors import ConfigError
from audio_cnn.labels import ESC50
from audio_cnn.sounds import SYNTHESISERS, Timeline, animals, domestic, nature, synthesise, tones, urban
from audio_cnn.sounds.registry import Synthesiser

pytestmark = pytest.mark.slow

RATE_HZ = 22_050
CLIP = Timeline(RATE_HZ, 4.0)
SEEDS = range(2)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def spectrogram(sound: np.ndarray, window: int = 1_024, hop: int = 256) -> np.ndarray:
    """Magnitudes [frames, bins]."""
    frames = np.lib.stride_tricks.sliding_window_view(sound, window)[::hop]
    return np.abs(np.fft.rfft(frames * np.hanning(window)))


def envelope(sound: np.ndarray, step_s: float = 0.005, rate_hz: int = RATE_HZ) -> np.ndarray:
    """Root mean square of every step."""
    step = round(step_s * rate_hz)
    steps = sound[: len(sound) // step * step].reshape(-1, step)
    return np.sqrt(np.mean(steps**2, axis=1))


def onsets_s(sound: np.ndarray, apart_s: float, share: float = 0.2, step_s: float = 0.005) -> np.ndarray:
    """Times at which the envelope first passes a share of its maximum, not closer than ``apart_s``."""
    loud = np.flatnonzero(envelope(sound, step_s) > share * envelope(sound, step_s).max()) * step_s
    kept = [loud[0]]
    kept += [at_s for before_s, at_s in pairwise(loud) if at_s - before_s > apart_s]
    return np.array(kept)


def power_share(sound: np.ndarray, low_hz: float, high_hz: float) -> float:
    """Part of the power in a band."""
    power = np.abs(np.fft.rfft(sound)) ** 2
    frequency_hz = np.fft.rfftfreq(len(sound), 1 / RATE_HZ)
    return float(power[(frequency_hz >= low_hz) & (frequency_hz < high_hz)].sum() / power.sum())


def test_names_are_classes_of_esc50() -> None:
    assert set(SYNTHESISERS) <= {label.name for label in ESC50}
    assert len(SYNTHESISERS) >= 16


@pytest.mark.parametrize("name", SYNTHESISERS)
def test_sound_is_well_formed_and_repeatable(name: str) -> None:
    sound, again, other = (synthesise(name, seed, RATE_HZ, 1.5) for seed in (0, 0, 1))
    assert sound.shape == (33_075,)
    assert sound.dtype == np.float32
    assert np.isfinite(sound).all()
    assert 0.3 < np.abs(sound).max() <= 1
    assert_array_equal(sound, again)
    assert not np.array_equal(sound, other)


def test_names_differ_for_the_same_seed() -> None:
    assert not np.array_equal(synthesise("rain", 0, RATE_HZ, 0.5), synthesise("wind", 0, RATE_HZ, 0.5))


@pytest.mark.parametrize(("sample_rate_hz", "seconds"), [(8_000, 1.0), (48_000, 0.3), (16_000, 0.01)])
@pytest.mark.parametrize(
    "name", ["church_bells", "siren", "engine", "clock_tick", "mouse_click", "sea_waves"]
)
def test_any_rate_and_length(name: str, sample_rate_hz: int, seconds: float) -> None:
    sound = synthesise(name, 0, sample_rate_hz, seconds)
    assert len(sound) == round(sample_rate_hz * seconds)
    assert np.isfinite(sound).all()


def test_five_seconds_at_44100_unless_told() -> None:
    assert SYNTHESISERS["mouse_click"](rng()).shape == synthesise("mouse_click").shape == (220_500,)


def test_unknown_name_lists_the_known() -> None:
    with pytest.raises(ConfigError, match="siren"):
        synthesise("unicorn")


@pytest.mark.parametrize("seed", range(4))
def test_siren_stays_between_its_limits(seed: int) -> None:
    low_hz, high_hz = urban.SIREN_HZ
    pitch_hz = urban.siren_hz(rng(seed), CLIP)
    assert low_hz <= pitch_hz.min() < pitch_hz.max() <= high_hz
    assert power_share(urban.siren(rng(seed), CLIP), low_hz - 20, high_hz + 20) > 0.6


def test_tone_follows_the_wail() -> None:
    pitch_hz = urban.wail_hz(CLIP, 600.0, 1_400.0, 4.0)
    heard_hz = (
        spectrogram(tones.harmonic_tone(CLIP, pitch_hz, (1.0, 0.4, 0.2))).argmax(axis=1) * RATE_HZ / 1_024
    )
    wanted_hz = pitch_hz[512::256][: len(heard_hz)]
    assert_allclose(heard_hz, wanted_hz, atol=RATE_HZ / 1_024)


def test_wail_sweeps_evenly_in_octaves() -> None:
    pitch_hz = urban.wail_hz(CLIP, 600.0, 1_200.0, 4.0)
    assert pitch_hz.min() == pytest.approx(600)
    assert pitch_hz.max() == pytest.approx(1_200)
    assert pitch_hz[RATE_HZ] == pytest.approx(600 * np.sqrt(2))


def test_two_tones_are_two() -> None:
    assert sorted(set(urban.two_tones_hz(CLIP, 600.0, 800.0, 1.0))) == [600.0, 800.0]


@pytest.mark.parametrize("ticks_per_s", [1.0, 2.0, 4.0])
def test_clock_ticks_at_its_rate(ticks_per_s: float) -> None:
    at_s = onsets_s(domestic.ticking(rng(), CLIP, ticks_per_s), apart_s=0.1, share=0.05)
    assert len(at_s) == 4 * ticks_per_s
    assert_allclose(np.diff(at_s), 1 / ticks_per_s, atol=0.021)


@pytest.mark.parametrize("seed", SEEDS)
def test_clock_tick_alternates_and_is_heard(seed: int) -> None:
    assert round(len(onsets_s(domestic.clock_tick(rng(seed), CLIP), apart_s=0.1)) / 4) in (1, 2, 4)


@pytest.mark.parametrize("seed", SEEDS)
def test_cricket_sings_on_its_carrier(seed: int) -> None:
    sound = animals.crickets(rng(seed), CLIP)
    peak_hz = np.abs(np.fft.rfft(sound)).argmax() / CLIP.seconds
    assert animals.CRICKET_HZ[0] * 0.98 < peak_hz < animals.CRICKET_HZ[1] * 1.02
    assert power_share(sound, 4_000, 5_100) > 0.8


def test_cricket_chirps_at_its_rate() -> None:
    at_s = onsets_s(animals.cricket(rng(), CLIP, 4_500.0, 2.5), apart_s=0.1)
    assert len(at_s) == 10
    assert_allclose(np.diff(at_s), 0.4, atol=0.05)


@pytest.mark.parametrize("seed", SEEDS)
def test_birds_whistle_high(seed: int) -> None:
    assert power_share(animals.chirping_birds(rng(seed), CLIP), 1_800, 8_000) > 0.6


@pytest.mark.parametrize("blades_hz", [11.0, 15.5, 20.0])
def test_helicopter_blades_pass_at_their_rate(blades_hz: float) -> None:
    loudness = envelope(urban.rotor(rng(), CLIP, blades_hz))
    spectrum = np.abs(np.fft.rfft(loudness - loudness.mean()))
    rate_hz = np.fft.rfftfreq(len(loudness), 0.005)
    steady = rate_hz > 5
    assert rate_hz[steady][spectrum[steady].argmax()] == pytest.approx(blades_hz, rel=0.04)


def test_bell_rings_with_its_partials_and_decays() -> None:
    stroke = urban.bell_stroke(rng(), CLIP, 800.0)
    spectrum = np.abs(np.fft.rfft(stroke))
    for ratio in (0.5, 0.6, 1.0):  # prime, tierce, nominal
        around = slice(round(800 * ratio * 0.95 * 4), round(800 * ratio * 1.05 * 4))
        assert spectrum[around].max() > 20 * np.median(spectrum)
    first, last = envelope(stroke, 0.5)[[0, -1]]
    assert 20 * np.log10(first / last) > 6


@pytest.mark.parametrize("seed", SEEDS)
def test_bells_ring_from_the_first_moment(seed: int) -> None:
    loudness = envelope(urban.church_bells(rng(seed), CLIP), 0.2)
    assert loudness[0] > 0.05 * loudness.max()


@pytest.mark.parametrize("seed", range(3))
def test_knocks_come_in_groups(seed: int) -> None:
    sound = domestic.door_wood_knock(rng(seed), CLIP)
    loud = envelope(sound, 0.02)
    assert 3 <= len(onsets_s(sound, apart_s=0.05, share=0.3)) <= 10
    assert np.median(loud) < 0.05 * loud.max()  # and between them it is quiet
    assert power_share(sound, 60, 1_500) > 0.7


def test_water_drop_rings_at_minnaerts_frequency() -> None:
    drops = np.array(
        [nature.water_drop(rng(seed), Timeline(RATE_HZ, 1.0), 0.003)[:4_000] for seed in range(8)]
    )
    peaks_hz = np.abs(np.fft.rfft(drops, 1 << 15)).argmax(axis=1) * RATE_HZ / (1 << 15)
    assert_allclose(peaks_hz, 3 / 0.003, rtol=0.25)
    assert np.all(peaks_hz > 1_000)  # it rises


@pytest.mark.parametrize("seed", SEEDS)
def test_rain_is_steady_and_broad(seed: int) -> None:
    sound = nature.rain(rng(seed), CLIP)
    loudness = envelope(sound, 0.2)
    assert loudness.max() < 1.6 * loudness.min()
    assert power_share(sound, 1_000, 8_000) > 0.4


@pytest.mark.parametrize("seed", SEEDS)
def test_waves_come_and_go(seed: int) -> None:
    sound = nature.sea_waves(rng(seed), CLIP)
    bright = np.sqrt(np.mean(spectrogram(sound)[:, 116:372] ** 2, axis=1))  # 2.5-8 kHz
    smooth = np.convolve(bright, np.ones(40) / 40, "valid")
    assert smooth.max() > 2 * smooth.min()


@pytest.mark.parametrize("make", [nature.wind, nature.thunderstorm, urban.airplane, urban.engine])
@pytest.mark.parametrize("seed", SEEDS)
def test_low_sounds_are_low(make: Synthesiser, seed: int) -> None:
    assert power_share(make(rng(seed), CLIP), 0, 1_500) > 0.7


@pytest.mark.parametrize("seed", SEEDS)
def test_thunder_rolls_on_darker(seed: int) -> None:
    power = spectrogram(nature.thunderstorm(rng(seed), CLIP)) ** 2
    low, high = power[:, 3:15].sum(axis=1), power[:, 50:140].sum(axis=1)  # 65-320 Hz, 1.1-3 kHz
    low_at, high_at = (np.average(np.arange(len(power)), weights=band) for band in (low, high))
    assert high_at < low_at


@pytest.mark.parametrize("cylinders", [1, 2, 4])
def test_engine_fires_once_a_cylinder(cylinders: int) -> None:
    exhaust, gate = urban.firing(CLIP, np.full(CLIP.samples, 8.0), np.ones(cylinders))
    spectrum = np.abs(np.fft.rfft(gate - gate.mean()))
    assert spectrum.argmax() / CLIP.seconds == pytest.approx(8.0 * cylinders)
    others = np.abs(np.fft.rfft(exhaust))[[round(8 * k * CLIP.seconds) for k in range(1, 9) if k % cylinders]]
    assert np.all(
        others < 1e-3 * np.abs(np.fft.rfft(exhaust)).max()
    )  # equal cylinders leave only their harmonics


@pytest.mark.parametrize("seed", SEEDS)
def test_horn_sounds_a_major_third(seed: int) -> None:
    spectrum = np.abs(np.fft.rfft(urban.car_horn(rng(seed), CLIP)))
    low = spectrum[4 * 330 : 4 * 430]
    low_hz = 330 + low.argmax() / 4
    third = spectrum[round(4 * low_hz * 1.2) : round(4 * low_hz * 1.3)]
    assert 1.2 + third.argmax() / (4 * low_hz) == pytest.approx(1.25, abs=0.01)


@pytest.mark.parametrize("seed", SEEDS)
def test_steps_are_those_of_a_walk(seed: int) -> None:
    at_s = onsets_s(domestic.footsteps(rng(seed), CLIP), apart_s=0.15, share=0.25)
    assert 1.4 < 1 / np.median(np.diff(at_s)) < 2.5


def test_digital_alarm_beeps_four_times_a_second() -> None:
    alarm = domestic.digital_alarm(rng(), CLIP)
    at_s = onsets_s(alarm, apart_s=0.02)
    assert len(at_s) == pytest.approx(16, abs=2)
