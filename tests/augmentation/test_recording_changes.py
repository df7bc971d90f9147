"""What microphones, lines and rooms do to a sound: amounts are exact."""

from __future__ import annotations

import numpy as np
import pytest
from made_data import noise, sine

from audio_cnn.augmentation import recording

RATE_HZ = 16_000


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def power(samples: np.ndarray) -> float:
    return float(np.mean(np.square(samples, dtype=np.float64)))


@pytest.mark.parametrize("snr_db", [20.0, 10.0, 0.0, -6.0])
def test_the_noise_is_exactly_so_far_below(snr_db: float) -> None:
    sound = sine(440, rate_hz=RATE_HZ)

    noisy = recording.with_noise(sound, rng(), snr_db=snr_db)

    assert noisy.dtype == np.float32
    assert 10 * np.log10(power(sound) / power(noisy - sound)) == pytest.approx(snr_db, abs=1e-3)


def test_the_noise_is_white() -> None:
    added = recording.with_noise(sine(440, rate_hz=RATE_HZ), rng(), snr_db=0) - sine(440, rate_hz=RATE_HZ)
    spectrum = np.abs(np.fft.rfft(added)) ** 2

    assert spectrum[:4_000].mean() / spectrum[4_000:].mean() == pytest.approx(1, abs=0.1)


def test_silence_gets_no_noise() -> None:
    assert not recording.with_noise(np.zeros(100, np.float32), rng(), snr_db=0).any()


def test_a_gain_is_exact_and_clips_at_full_scale() -> None:
    sound = sine(440, rate_hz=RATE_HZ, amplitude=0.1)

    np.testing.assert_allclose(recording.amplified(sound, gain_db=-12), sound * 10 ** (-12 / 20), rtol=1e-6)
    np.testing.assert_allclose(recording.amplified(sound, gain_db=12), sound * 10 ** (12 / 20), rtol=1e-6)
    loud = recording.amplified(5 * sound, gain_db=12)
    assert (loud.min(), loud.max()) == (-1, 1)
    assert np.mean(np.abs(loud) == 1) > 0.5


@pytest.mark.parametrize("seconds", [0.5, 1.0, 2.0])
def test_a_piece_is_so_long_and_from_where_it_sounds(seconds: float) -> None:
    sound = np.zeros(5 * RATE_HZ, np.float32)
    sound[3 * RATE_HZ : 3 * RATE_HZ + 800] = sine(440, rate_hz=RATE_HZ)[:800]

    for seed in range(20):
        cut = recording.piece(sound, RATE_HZ, np.random.default_rng(seed), seconds=seconds)

        assert cut.shape == (round(seconds * RATE_HZ),)
        assert np.abs(cut).max() > 0.1


def test_pieces_come_from_all_over_a_sound() -> None:
    sound = np.arange(5 * RATE_HZ, dtype=np.float32) + RATE_HZ
    starts = [recording.piece(sound, RATE_HZ, np.random.default_rng(k), seconds=1)[0] for k in range(40)]

    assert min(starts) < 2 * RATE_HZ
    assert max(starts) > 4 * RATE_HZ


def test_a_shorter_sound_stays_whole() -> None:
    sound = sine(440, seconds=0.3, rate_hz=RATE_HZ)

    np.testing.assert_array_equal(recording.piece(sound, RATE_HZ, rng(), seconds=0.5), sound)


def test_in_a_longer_recording_the_sound_is_whole_and_the_noise_exactly_so_far_below() -> None:
    sound = sine(440, rate_hz=RATE_HZ)
    starts = set()
    for seed in range(5):
        longer = recording.in_a_longer_one(
            sound, RATE_HZ, np.random.default_rng(seed), seconds=4.0, snr_db=40
        )
        start = int(np.correlate(longer, sound, "valid").argmax())
        starts.add(start)
        assert (longer.dtype, len(longer)) == (np.float32, 4 * RATE_HZ)

        longer[start : start + len(sound)] -= sound
        assert 10 * np.log10(power(sound) / power(longer)) == pytest.approx(40, abs=1e-3)

    assert len(starts) == 5


def test_in_a_recording_that_is_not_longer_a_sound_is_cut() -> None:
    sound = sine(440, rate_hz=RATE_HZ)

    cut = recording.in_a_longer_one(sound, RATE_HZ, rng(), seconds=0.25, snr_db=60)

    np.testing.assert_allclose(cut, sound[: RATE_HZ // 4], atol=0.01)


def test_a_room_has_its_reverberation_time() -> None:
    impulse = np.zeros(2 * RATE_HZ, np.float32)
    impulse[100] = 1

    tail = recording.in_a_room(impulse, RATE_HZ, rng(), t60_s=0.5) - impulse

    assert tail.shape == impulse.shape
    assert power(tail) * len(tail) == pytest.approx(1, rel=0.02)  # as strong as the sound itself
    early, late = (power(tail[start : start + 1_600]) for start in (100, 100 + RATE_HZ // 4))
    assert 10 * np.log10(early / late) == pytest.approx(60 * 0.25 / 0.5, abs=2)


def test_mp3_keeps_the_length_and_most_of_the_sound() -> None:
    rate_hz = 44_100
    sound = sine(440, rate_hz=rate_hz)

    coded = recording.as_mp3(sound, rate_hz, bits_per_s=64_000)

    assert coded.shape == sound.shape
    assert not np.array_equal(coded, sound)
    middle = slice(rate_hz // 4, rate_hz // 2)
    spectrum = np.abs(np.fft.rfft(coded[middle] * np.hanning(rate_hz // 2 - rate_hz // 4), rate_hz))
    assert spectrum.argmax() == pytest.approx(440, abs=1)
    assert power(coded[middle]) == pytest.approx(
        0.95**2 * power(sound[middle]), rel=0.01
    )  # LAME scales by 0.95


def test_mp3_is_as_small_as_was_asked_for() -> None:
    hiss = noise(2 * 44_100)

    assert len(recording.mp3_bytes(hiss, 44_100, 64_000)) == pytest.approx(2 * 8_000, rel=0.1)
    assert len(recording.mp3_bytes(hiss, 44_100, 32_000)) == pytest.approx(2 * 4_000, rel=0.1)


@pytest.mark.parametrize(
    ("rate_hz", "length"), [(10_000, 10_000), (96_000, 9_600), (8_000, 1), (44_100, 300)]
)
def test_mp3_of_every_rate_and_length(rate_hz: int, length: int) -> None:
    sound = sine(440, rate_hz=rate_hz)[:length]

    coded = recording.as_mp3(sound, rate_hz, bits_per_s=64_000)

    assert coded.shape == sound.shape
    assert length < 1_000 or power(coded) == pytest.approx(power(sound), rel=0.25)
