"""Instruments drawn by chance: partials where they belong, that start, tremble and end as they should."""

from __future__ import annotations

import numpy as np
import pytest

from audio_cnn.sounds.instruments import FAMILIES, Instrument
from audio_cnn.sounds.timeline import Timeline

RATE_HZ = 16_000
SECOND = Timeline(RATE_HZ, 1.0)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_instrument_sounds_at_multiples_of_its_pitch(family: str) -> None:
    rng = np.random.default_rng(1)
    for instrument in (FAMILIES[family](rng) for _ in range(4)):
        sound = instrument.play(rng, SECOND, 440.0)

        loudest_hz = np.abs(np.fft.rfft(sound)).argmax()
        assert np.abs(loudest_hz / 440.0 / instrument.ratios - 1).min() < 0.02
        assert sound[0] == pytest.approx(0, abs=1e-6)
        assert sound[-1] == pytest.approx(0, abs=1e-6)


def test_a_struck_partial_falls_as_it_should() -> None:
    one = np.ones(1)
    instrument = Instrument(one, amplitudes=0.5 * one, ring_s=0.2 * one, breath_db=-100)

    sound = instrument.play(np.random.default_rng(0), SECOND, 440.0)

    time_s = np.arange(len(sound)) / RATE_HZ
    for start_s in (0.1, 0.3, 0.5):
        part = slice(round(start_s * RATE_HZ), round((start_s + 0.1) * RATE_HZ))
        envelope = 0.5 * np.exp(-time_s[part] / 0.2)
        assert np.mean(sound[part] ** 2) == pytest.approx(np.mean(envelope**2) / 2, rel=0.02)


def test_a_pitch_trembles_as_far_as_it_should() -> None:
    one = np.ones(1)
    instrument = Instrument(one, one, np.inf * one, vibrato=(0.05, 5.0), breath_db=-100)

    sound = instrument.play(np.random.default_rng(0), Timeline(RATE_HZ, 3.0), 440.0)

    upwards = np.flatnonzero((sound[:-1] < 0) & (sound[1:] >= 0))[800:]  # it trembles in full by then
    frequency_hz = RATE_HZ * 10 / (upwards[10:] - upwards[:-10])
    assert frequency_hz.max() == pytest.approx(1.05 * 440, rel=0.005)
    assert frequency_hz.min() == pytest.approx(0.95 * 440, rel=0.005)


def test_a_body_lets_its_resonances_through() -> None:
    instrument = Instrument(
        np.array([1.0, 2.0]), np.ones(2), np.full(2, np.inf), body=lambda hz: 4.0 if hz > 600 else 1.0
    )

    sound = instrument.play(np.random.default_rng(0), SECOND, 440.0)

    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    assert spectrum[880] / spectrum[440] == pytest.approx(4, rel=0.02)
