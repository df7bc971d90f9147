"""Windows cover a sound, lose nothing and invent nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_cnn.config import Fill, FrontEnd
from audio_cnn.errors import EmptyAudioError
from audio_cnn.waveform import window_starts, windows_of


def front_end(window: int, *, rate_hz: int = 1, fill: Fill = "both") -> FrontEnd:
    """Windows of so many samples; at one sample a second nothing is negligible."""
    return FrontEnd(sample_rate_hz=rate_hz, window_s=window / rate_hz, fill=fill)


def counting(total_samples: int) -> np.ndarray:
    """1, 2, 3 ...: every sample can be told from every other, and from silence."""
    return np.arange(1, total_samples + 1, dtype=np.float32)


@given(window=st.integers(1, 60), more=st.integers(0, 400))
def test_every_window_is_a_piece_of_the_sound(window: int, more: int) -> None:
    sound = counting(window + more)
    cut = windows_of(sound, front_end(window))
    starts = window_starts(window + more, front_end(window))

    assert len(cut) == len(starts)
    for start, piece in zip(starts, cut, strict=True):
        np.testing.assert_array_equal(piece, sound[start : start + window])
        assert np.shares_memory(piece, sound)


@given(window=st.integers(2, 60), more=st.integers(0, 400))
def test_nothing_is_lost_and_windows_overlap_by_half(window: int, more: int) -> None:
    total = window + more
    starts = window_starts(total, front_end(window))
    steps = np.diff(starts)

    assert (starts[0], starts[-1]) == (0, more)
    assert (steps[:-1] == window // 2).all()
    assert ((steps >= 1) & (steps <= window // 2)).all()
    assert set(counting(total)) <= set(np.concatenate(windows_of(counting(total), front_end(window))))


@given(window=st.integers(2, 50), data=st.data())
def test_short_sounds_repeat_to_and_fro(window: int, data: st.DataObject) -> None:
    total = data.draw(st.integers(1, window - 1))
    (heard,) = windows_of(counting(total), front_end(window, fill="repeat"))
    turns = [1 + min(at % (2 * total), 2 * total - 1 - at % (2 * total)) for at in range(window)]

    np.testing.assert_array_equal(heard, turns)


def test_short_sounds_in_each_way_by_hand() -> None:
    sound = np.array([1, 2, 3], np.float32)
    repeated, padded = [1, 2, 3, 3, 2, 1, 1], [1, 2, 3, 0, 0, 0, 0]

    for fill, expected in (("repeat", [repeated]), ("silence", [padded]), ("both", [repeated, padded])):
        np.testing.assert_array_equal(windows_of(sound, front_end(7, fill=fill)), expected)


@pytest.mark.parametrize(
    ("total", "starts"), [(10, [0, 2, 4, 6]), (11, [0, 2, 4, 6, 7]), (4, [0]), (3, [0]), (5, [0, 1])]
)
def test_starts_by_hand(total: int, starts: list[int]) -> None:
    assert window_starts(total, front_end(4)).tolist() == starts


def test_a_last_window_that_adds_next_to_nothing_is_not_heard() -> None:
    usual = front_end(5_000, rate_hz=1_000)

    assert window_starts(7_599, usual).tolist() == [0, 2_500]
    assert window_starts(7_600, usual).tolist() == [0, 2_500, 2_600]
    assert window_starts(5_099, usual).tolist() == [0]


def test_a_window_of_one_sample_is_heard_sample_by_sample() -> None:
    assert window_starts(3, front_end(1)).tolist() == [0, 1, 2]


def test_nothing_cannot_be_cut() -> None:
    with pytest.raises(EmptyAudioError):
        windows_of(np.empty(0, np.float32), front_end(5))
