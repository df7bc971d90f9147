"""The log-mel front end: closed forms, NumPy's FFT, librosa, and the shared features."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from librosas import librosas_filters, librosas_power
from made_data import noise, sine

from audio_cnn.config import FrontEnd
from audio_cnn.errors import ConfigError
from audio_cnn.spectrogram.log_mel import LogMel
from audio_cnn.spectrogram.mel_scale import band_edges_hz

SHIPPED = FrontEnd()
SMALL = FrontEnd(
    sample_rate_hz=16_000, window_s=1.0, n_fft=1024, hop_samples=256, mel_bands=64, frames=63, frames_span=63
)
OTHER_SHAPES = {
    "hop = n_fft / 4": SMALL,
    "hop of no round number": FrontEnd(
        sample_rate_hz=8_000, window_s=0.7, n_fft=512, hop_samples=77, mel_bands=40, fmax_hz=4_000, frames=73,
        frames_span=73,
    ),
    "hop longer than a quarter": FrontEnd(
        sample_rate_hz=16_000, window_s=1.0, n_fft=256, hop_samples=160, mel_bands=20, fmin_hz=300,
        fmax_hz=6_000, frames=101, frames_span=101, top_db=60,
    ),
    "frame of no whole number of hops": FrontEnd(
        sample_rate_hz=16_000, window_s=0.5, n_fft=1000, hop_samples=300, mel_bands=20, frames=27,
        frames_span=27,
    ),
    "columns picked": FrontEnd(
        sample_rate_hz=22_050, window_s=2.0, mel_bands=64, frames=40, frames_span=40
    ),
}  # fmt: skip


def heard(front_end: FrontEnd, *windows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Log-mels [B, M, F] and their ranges in dB [B, 2]."""
    log_mel, range_db = LogMel(front_end)(torch.from_numpy(np.stack(windows).astype(np.float32)))
    return log_mel.numpy(), range_db.numpy()


def numpys_power(front_end: FrontEnd, window: np.ndarray) -> np.ndarray:
    """Power spectrum [bins, frames] by NumPy, in double precision."""
    n_fft = front_end.n_fft
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n_fft) / n_fft)
    padded = np.pad(window.astype(np.float64), n_fft // 2)
    starts = np.arange(front_end.stft_frames) * front_end.hop_samples
    frames = np.stack([padded[start : start + n_fft] for start in starts])
    return np.abs(np.fft.rfft(frames * hann).T) ** 2


def levels_of(power: np.ndarray, top_db: float) -> np.ndarray:
    """In dB, none further than so much below the loudest."""
    level_db = 10 * np.log10(np.maximum(power, 1e-10))
    return np.maximum(level_db, level_db.max() - top_db)


def normed(front_end: FrontEnd, power: np.ndarray) -> np.ndarray:
    """The formula from the power in each band on: [M, F] in 0..1."""
    level_db = levels_of(power, front_end.top_db)
    return ((level_db - level_db.min()) / np.ptp(level_db))[:, front_end.column_index()]


def sound_of(front_end: FrontEnd, kind: str) -> np.ndarray:
    """A window of noise, a tone, clicks, or a tone that fades away."""
    samples = front_end.window_samples
    time_s = np.arange(samples) / front_end.sample_rate_hz
    tone = np.sin(2 * np.pi * 700 * time_s)
    clicks = np.zeros(samples)
    clicks[:: samples // 5] = 1
    fading = tone * np.exp(-9 * time_s)
    sounds = {"noise": noise(samples), "tone": 0.3 * tone, "clicks": clicks, "fading": fading}
    return sounds[kind].astype(np.float32)


KINDS = ["noise", "tone", "clicks", "fading"]


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("front_end", [SHIPPED, *OTHER_SHAPES.values()], ids=["shipped", *OTHER_SHAPES])
def test_equals_numpys_spectrum_through_librosas_filters(front_end: FrontEnd, kind: str) -> None:
    window = sound_of(front_end, kind)

    (log_mel,), _range_db = heard(front_end, window)

    assert log_mel.shape == (front_end.mel_bands, front_end.frames)
    expected = normed(front_end, librosas_filters(front_end) @ numpys_power(front_end, window))
    np.testing.assert_allclose(log_mel, expected, atol=2e-4)


@pytest.mark.long  # what librosa does all by itself it compiles first, for half a minute
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("front_end", [SHIPPED, *OTHER_SHAPES.values()], ids=["shipped", *OTHER_SHAPES])
def test_equals_librosa(front_end: FrontEnd, kind: str) -> None:
    window = sound_of(front_end, kind)

    (log_mel,), _range_db = heard(front_end, window)

    np.testing.assert_allclose(log_mel, normed(front_end, librosas_power(front_end, window)), atol=2e-4)


def test_equals_the_shared_features(shared_data: Path, shared_log_mels: dict[str, np.ndarray]) -> None:
    paths = [path for path in sorted((shared_data / "samples").glob("*.wav")) if path.name in shared_log_mels]
    assert paths, "no sample has features"
    log_mel, _range_db = heard(SHIPPED, *(soundfile.read(path, dtype="float32")[0] for path in paths))

    for path, one in zip(paths, log_mel, strict=True):
        difference = np.abs(np.round(one * 255) - shared_log_mels[path.name].astype(float)).mean()
        assert difference < 0.4, path.name


@pytest.mark.parametrize("front_end", OTHER_SHAPES.values(), ids=OTHER_SHAPES)
def test_power_spectrum_equals_numpys_fft(front_end: FrontEnd) -> None:
    window = noise(front_end.window_samples)
    log_mel = LogMel(front_end)
    n_fft, bins = front_end.n_fft, log_mel.bins.flatten().int().numpy()

    power = log_mel.power_spectrum(torch.from_numpy(window[None]))[0].numpy()

    highest = int(front_end.fmax_hz / front_end.sample_rate_hz * n_fft)
    assert set(range(highest + 1)) <= set(bins)
    mirrored = np.minimum(bins % n_fft, -bins % n_fft)  # of a real signal both halves are alike
    np.testing.assert_allclose(power, numpys_power(front_end, window)[mirrored], rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("hz", [180.0, 440.0, 1_000.0, 3_300.0, 7_500.0])
def test_a_sine_lands_in_its_band(hz: float) -> None:
    (log_mel,), _range_db = heard(SMALL, sine(hz, rate_hz=SMALL.sample_rate_hz))

    loudest = int(log_mel.mean(axis=1).argmax())
    edges = band_edges_hz(SMALL)
    assert edges[loudest] < hz < edges[loudest + 2]
    assert log_mel[loudest].mean() > 0.99


def test_row_zero_is_the_lowest_band() -> None:
    low, high = heard(SMALL, sine(100, rate_hz=16_000), sine(7_900, rate_hz=16_000))[0]

    assert low.mean(axis=1).argmax() < 5
    assert high.mean(axis=1).argmax() > 58


def test_a_click_lands_in_its_frame() -> None:
    window = np.zeros(SMALL.window_samples)
    window[8_000] = 1

    (log_mel,), _range_db = heard(SMALL, window)

    assert abs(int(log_mel.sum(axis=0).argmax()) - 8_000 / SMALL.hop_samples) <= 0.5


def test_silence_gives_zeros() -> None:
    (log_mel,), range_db = heard(SMALL, np.zeros(SMALL.window_samples))

    assert not log_mel.any()
    assert range_db == pytest.approx(np.array([[-100.0, -100.0]]))


@pytest.mark.parametrize("gain_db", [-40.0, -6.0, 20.0])
def test_gain_changes_nothing_but_the_range(gain_db: float) -> None:
    window = noise(SMALL.window_samples, amplitude=0.3)
    log_mel, range_db = heard(SMALL, window, window * 10 ** (gain_db / 20))

    np.testing.assert_allclose(log_mel[0], log_mel[1], atol=1e-4)
    assert range_db[1] - range_db[0] == pytest.approx(gain_db, abs=1e-3)


@pytest.mark.slow
def test_range_db_gives_back_the_levels() -> None:
    window = sound_of(SMALL, "fading")
    level_db = levels_of(librosas_filters(SMALL) @ numpys_power(SMALL, window), SMALL.top_db)

    (log_mel,), ((bottom_db, top_db),) = heard(SMALL, window)

    assert top_db == pytest.approx(level_db.max(), abs=1e-2)
    assert top_db - bottom_db == pytest.approx(80, abs=1e-3)
    np.testing.assert_allclose(bottom_db + log_mel * (top_db - bottom_db), level_db, atol=2e-2)


def test_values_span_zero_to_one() -> None:
    log_mel, _range_db = heard(SMALL, *(sound_of(SMALL, kind) for kind in ("noise", "tone", "clicks")))

    assert log_mel.min(axis=(1, 2)) == pytest.approx(0, abs=1e-6)
    assert log_mel.max(axis=(1, 2)) == pytest.approx(1, abs=1e-6)


def test_windows_of_a_batch_do_not_touch() -> None:
    windows = [sound_of(SMALL, kind) for kind in ("noise", "fading", "clicks")]
    together, _range_db = heard(SMALL, *windows)

    for one, window in zip(together, windows, strict=True):
        np.testing.assert_allclose(one, heard(SMALL, window)[0][0], atol=1e-5)


def test_an_empty_batch_stays_empty() -> None:
    log_mel, range_db = LogMel(SMALL)(torch.zeros(0, SMALL.window_samples))

    assert log_mel.shape == (0, 64, 63)
    assert range_db.shape == (0, 2)


def test_nothing_of_it_is_stored_with_the_weights() -> None:
    assert not LogMel(SMALL).state_dict()


@pytest.mark.parametrize(
    ("front_end", "reason"),
    [
        (FrontEnd(window_s=1e-6), "a window of 1e-06 s is shorter than a sample"),
        (FrontEnd(sample_rate_hz=8_000), "bands from 0 to 8000 Hz make no sense at 8000 samples a second"),
        (FrontEnd(fmin_hz=9_000), "bands from 9000 to 8000 Hz make no sense"),
        (FrontEnd(frames=200), "200 frames spanning 173.6 do not fit a window of 431"),
    ],
)
def test_numbers_that_do_not_fit_each_other_are_refused(front_end: FrontEnd, reason: str) -> None:
    with pytest.raises(ConfigError, match=reason):
        LogMel(front_end)
