"""Slaney's mel scale, against its definition and librosa."""

from __future__ import annotations

import numpy as np
import pytest
from librosas import librosas_filters

from audio_cnn.config import FrontEnd
from audio_cnn.spectrogram.mel_scale import band_edges_hz, hz_to_mel, mel_filters, mel_to_hz


def test_linear_below_one_kilohertz_logarithmic_above() -> None:
    assert hz_to_mel([0, 200 / 3, 1_000, 6_400]) == pytest.approx([0, 1, 15, 15 + 27])
    assert mel_to_hz([0, 1, 15, 42]) == pytest.approx([0, 200 / 3, 1_000, 6_400])


def test_there_and_back() -> None:
    hz = np.linspace(0, 20_000, 999)

    np.testing.assert_allclose(mel_to_hz(hz_to_mel(hz)), hz, rtol=1e-12, atol=1e-9)


def test_band_edges_rise_from_the_lowest_to_the_highest_frequency() -> None:
    edges = band_edges_hz(FrontEnd(fmin_hz=50, fmax_hz=7_000))

    assert edges[[0, -1]] == pytest.approx([50, 7_000])
    assert len(edges) == 130
    assert (np.diff(edges) > 0).all()


@pytest.mark.slow
@pytest.mark.parametrize(
    "front_end",
    [
        FrontEnd(),
        FrontEnd(sample_rate_hz=16_000, n_fft=1024, mel_bands=64, fmax_hz=8_000),
        FrontEnd(sample_rate_hz=22_050, n_fft=512, mel_bands=20, fmin_hz=300, fmax_hz=5_000),
    ],
    ids=["shipped", "to the limit", "band"],
)
def test_filters_are_librosas(front_end: FrontEnd) -> None:
    expected = librosas_filters(front_end).T
    filters = mel_filters(front_end)

    np.testing.assert_allclose(filters, expected[: len(filters)], atol=1e-12)
    assert not expected[len(filters) :].any()
