"""Sounds of no class: the same for the same seed, none like another, and each of its kind."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from audio_cnn.errors import ConfigError
from audio_cnn.labels import ESC50
from audio_cnn.sounds import Timeline, music, speech
from audio_cnn.sounds.outside import (
    KEYPAD_HZ,
    LINE_TONES,
    OUTSIDE,
    keypad,
    kinds_of_none,
    line_tone,
    outside_sound,
)

RATE_HZ = 16_000
SECOND = Timeline(RATE_HZ, 1.0)


def strongest_hz(sound: np.ndarray, count: int, rate_hz: int = RATE_HZ) -> list[float]:
    """Frequencies of the strongest bins of the spectrum, ascending."""
    spectrum = np.abs(np.fft.rfft(sound))
    return sorted(float(hz) for hz in np.argsort(-spectrum)[:count] * rate_hz / len(sound))


@pytest.mark.parametrize("kind", OUTSIDE)
def test_the_same_seed_is_the_same_sound(kind: str) -> None:
    first = outside_sound(kind, 3, RATE_HZ, 1.0)

    assert_array_equal(first, outside_sound(kind, 3, RATE_HZ, 1.0))
    assert not np.array_equal(first, outside_sound(kind, 4, RATE_HZ, 1.0))


@pytest.mark.slow
@pytest.mark.parametrize("kind", OUTSIDE)
@pytest.mark.parametrize("rate_hz", [8_000, 44_100])
def test_every_sound_is_whole_and_at_a_usual_level(kind: str, rate_hz: int) -> None:
    for seed in range(4):
        sound = outside_sound(kind, seed, rate_hz, 2.0)

        assert (sound.dtype, sound.shape) == (np.float32, (2 * rate_hz,))
        assert np.isfinite(sound).all()
        assert 0.25 < np.abs(sound).max() <= 1


def test_a_kind_that_is_not_known_is_named() -> None:
    with pytest.raises(ConfigError, match="no sound of the kind 'silence'; there are: speech, music, noise"):
        outside_sound("silence")


def test_formants_let_their_frequencies_through() -> None:
    formants_hz = np.array([[500.0, 1_500.0, 2_500.0, 3_500.0]])
    gain = [float(speech.formant_gain(np.array([hz]), formants_hz)[0]) for hz in (1.0, 500, 1_000, 1_500)]

    assert gain[0] == pytest.approx(1, abs=1e-4)
    assert gain[1] > 5
    assert gain[1] > gain[2] < gain[3]


def test_a_voice_has_harmonics_of_its_pitch_and_pauses() -> None:
    rng = np.random.default_rng(0)
    voice = speech.Voice(pitch_hz=200.0, tract=1.0, syllables_per_s=4.0)
    vowel = speech.Syllable(0.1, "none", 0.02, 0.6, np.array([500.0, 1_500.0, 2_500.0, 3_500.0]))

    sound = speech.voiced(rng, SECOND, voice, [vowel])

    assert_allclose(sound[int(0.75 * RATE_HZ) :], 0, atol=1e-9)
    spoken = sound[int(0.2 * RATE_HZ) : int(0.6 * RATE_HZ)]
    power = np.abs(np.fft.rfft(spoken * np.hanning(len(spoken)))) ** 2
    hz = np.fft.rfftfreq(len(spoken), 1 / RATE_HZ)
    pitch_hz = hz[(hz > 100) & (hz < 300)][power[(hz > 100) & (hz < 300)].argmax()]
    assert 160 < pitch_hz < 240  # accents and fall move it by less than a fifth
    between = (hz > 1.4 * pitch_hz) & (hz < 1.6 * pitch_hz)
    assert power[between].max() < 0.05 * power[(hz > 0.9 * pitch_hz) & (hz < 1.1 * pitch_hz)].max()


def test_scales_have_octaves_and_their_thirds() -> None:
    major, minor = music.SCALES

    assert [music.semitones(degree, major) for degree in (-1, 0, 2, 4, 7, 9)] == [-1, 0, 4, 7, 12, 16]
    assert [music.semitones(degree, minor) for degree in (0, 2, 4, 7, 9)] == [0, 3, 7, 12, 15]


def test_a_key_is_a_row_and_a_column() -> None:
    sound = keypad(np.random.default_rng(1), Timeline(8_000, 0.4))
    sounding = np.flatnonzero(np.abs(sound) > 0.1)
    gaps = np.flatnonzero(np.diff(sounding) > 80)
    first = sound[sounding[0] : sounding[gaps[0]] if len(gaps) else sounding[-1]]

    spectrum = np.abs(np.fft.rfft(first * np.hanning(len(first)), 8_000))
    low_hz, high_hz = spectrum[:1_100].argmax(), 1_100 + spectrum[1_100:2_000].argmax()
    assert min(abs(low_hz - hz) for hz in KEYPAD_HZ[0]) < 15
    assert min(abs(high_hz - hz) for hz in KEYPAD_HZ[1]) < 15


def test_a_busy_line_is_on_for_half_of_the_time() -> None:
    busy = line_tone(SECOND, 1)

    assert LINE_TONES[1] == ((480, 620), 0.5, 0.5)
    assert strongest_hz(busy[: RATE_HZ // 2], 2) == [480, 620]
    assert_array_equal(busy[RATE_HZ // 2 :], 0)


@pytest.mark.parametrize(
    ("class_names", "known"),
    [
        (tuple(label.name for label in ESC50), set()),
        (("Human Speech", "music-jazz", "white_noise"), {"speech", "music", "noise"}),
        (("two voices", "Bruit"), {"speech"}),
        (("musical", "humming", "noises", "click"), set()),
    ],
)
def test_what_a_class_is_called_after_is_no_outsider(class_names: tuple[str, ...], known: set[str]) -> None:
    assert kinds_of_none(class_names) == [kind for kind in OUTSIDE if kind not in known]
