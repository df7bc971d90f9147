"""Windows cover a sound, lose nothing and invent nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_cnn.errors import ConfigError, EmptyAudioError
from audio_cnn.waveform import window_starts, windows

LENGTHS = st.integers(1, 60).flatmap(
    lambda window: st.tuples(st.just(window), st.integers(1, window), st.integers(1, 400))
)


def counting(total_samples: int) -> np.ndarray:
    """1, 2, 3 ...: every sample can be told from every other, and from silence."""
    return np.arange(1, total_samples + 1, dtype=np.float32)


@given(LENGTHS)
def test_every_window_is_a_piece_of_the_sound(lengths):
    window, hop, total = lengths
    cut = windows(counting(total), window_samples=window, hop_samples=hop, fill="silence")
    starts = window_starts(total, window_samples=window, hop_samples=hop)
    assert cut.dtype == np.float32
    assert cut.shape == (len(starts), window)
    for start, piece in zip(starts, cut, strict=True):
        expected = counting(total)[start : start + window]
        np.testing.assert_array_equal(piece[: expected.size], expected)
        assert not piece[expected.size :].any()


@given(LENGTHS)
def test_nothing_is_lost_and_nothing_padded(lengths):
    window, hop, total = lengths
    starts = window_starts(total, window_samples=window, hop_samples=hop)
    assert starts[0] == 0
    assert starts[-1] == max(0, total - window)
    steps = np.diff(starts)
    assert (steps[:-1] == hop).all()
    assert ((steps >= 1) & (steps <= hop)).all()
    heard = windows(counting(total), window_samples=window, hop_samples=hop, fill="silence")
    assert set(counting(total)) <= set(heard.ravel())


@given(st.integers(1, 50), st.integers(1, 50))
def test_short_sounds_repeat_to_and_fro(total, window):
    heard = windows(counting(total), window_samples=window, hop_samples=window, fill="repeat")
    if total <= window:
        np.testing.assert_array_equal(
            heard, [[1 + min(at % (2 * total), 2 * total - 1 - at % (2 * total)) for at in range(window)]]
        )


def test_repeating_is_the_default():
    heard = windows([1.0, 2.0, 3.0], window_samples=7, hop_samples=3)
    np.testing.assert_array_equal(heard, [[1, 2, 3, 3, 2, 1, 1]])


def test_silence_comes_at_the_end():
    heard = windows([1.0, 2.0, 3.0], window_samples=5, hop_samples=3, fill="silence")
    np.testing.assert_array_equal(heard, [[1, 2, 3, 0, 0]])


def test_the_last_window_ends_with_the_sound():
    assert window_starts(10, window_samples=4, hop_samples=4).tolist() == [0, 4, 6]
    assert window_starts(12, window_samples=4, hop_samples=4).tolist() == [0, 4, 8]
    assert window_starts(4, window_samples=4, hop_samples=2).tolist() == [0]
    assert window_starts(3, window_samples=4, hop_samples=2).tolist() == [0]


def test_exactly_one_window_is_not_copied():
    sound = counting(100)
    assert np.shares_memory(windows(sound, window_samples=100, hop_samples=50), sound)


@pytest.mark.parametrize("fill", ["repeat", "silence"])
def test_nothing_cannot_be_cut(fill):
    with pytest.raises(EmptyAudioError):
        windows([], window_samples=5, hop_samples=5, fill=fill)


@pytest.mark.parametrize(("window", "hop"), [(0, 0), (0, 1), (5, 0), (5, 6), (-5, 1), (5, -1)])
def test_lengths_that_make_no_sense(window, hop):
    with pytest.raises(ConfigError):
        windows(counting(20), window_samples=window, hop_samples=hop)


def test_only_mono_and_known_fills():
    with pytest.raises(ConfigError, match="mono"):
        windows(np.zeros((2, 10)), window_samples=5, hop_samples=5)
    with pytest.raises(ConfigError, match="'echo'"):
        windows(counting(3), window_samples=5, hop_samples=5, fill="echo")
