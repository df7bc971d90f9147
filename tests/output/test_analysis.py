"""Arrays as eight-bit numbers: exact at both ends, within half a step between, whatever the array."""

from __future__ import annotations

import base64

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from audio_cnn.output.analysis import bytes8, channels_binary, envelope

FINITE = st.floats(-1e6, 1e6, width=32)


@given(arrays.arrays(np.float32, st.tuples(st.integers(1, 5), st.integers(1, 7)), elements=FINITE))
def test_values_come_back_within_half_a_step(values: np.ndarray) -> None:
    document = bytes8(values)
    steps = np.frombuffer(base64.b64decode(document["data"]), np.uint8).reshape(document["shape"])
    low, high = document["min"], document["max"]
    back = low + steps / 255 * (high - low)
    size = max(abs(low), abs(high))
    np.testing.assert_allclose(back, values.astype(np.float64), atol=(high - low) / 255 * 0.51 + size * 1e-5)


@pytest.mark.parametrize("constant", [0.0, -3.5, 1e-30])
def test_constant_arrays_are_all_zero_steps(constant: float) -> None:
    values = np.full((2, 3, 4), constant, np.float32)
    assert set(base64.b64decode(bytes8(values[0])["data"])) == {0}
    assert set(channels_binary(values)[12 + 8 * 2 :]) == {0}


def test_an_envelope_keeps_every_peak() -> None:
    samples = np.zeros(100_003, np.float32)
    samples[[0, 50_000, 100_002]] = [0.5, -1, 1]
    drawn = envelope(samples, 44_100)
    low = base64.b64decode(drawn["low"]["data"])
    high = base64.b64decode(drawn["high"]["data"])
    assert len(low) == len(high) == 1600
    assert (drawn["low"]["min"], drawn["high"]["max"]) == (-1, 1)
    assert high[-1] == 255
    assert low[799] == 0 or low[800] == 0


def test_a_sound_of_one_sample_has_an_envelope() -> None:
    assert envelope(np.ones(1, np.float32), 8000)["low"]["shape"] == [1]
