"""Whole recordings are held out, some of each class that can spare them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_cnn.dataset.splitting import FEWEST_SOURCES, held_out

CLIPS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9)), max_size=60)
"""Class and recording of each clip; some recordings have clips in several classes."""


@given(CLIPS, st.integers(0, 5))
def test_no_recording_stands_on_both_sides(clips: list[tuple[int, int]], seed: int) -> None:
    target, source = [kind for kind, _ in clips], [recording for _, recording in clips]

    out = held_out(target, source, 0.2, seed)

    sides: dict[int, set[bool]] = {}
    for recording, side in zip(source, out, strict=True):
        sides.setdefault(recording, set()).add(side)
    assert all(len(both) == 1 for both in sides.values())
    assert out == held_out(target, source, 0.2, seed)


@given(CLIPS, st.integers(0, 5))
def test_every_class_keeps_two_recordings_to_learn_from(clips: list[tuple[int, int]], seed: int) -> None:
    target, source = [kind for kind, _ in clips], [recording for _, recording in clips]

    out = held_out(target, source, 0.2, seed)

    for kind in set(target):
        mine = {
            (recording, side) for t, recording, side in zip(target, source, out, strict=True) if t == kind
        }
        learned = sum(not side for _recording, side in mine)
        assert learned >= min(2, len(mine))
        if len(mine) < FEWEST_SOURCES:
            assert learned == len(mine)


@pytest.mark.parametrize(("recordings", "spared"), [(1, 0), (2, 0), (3, 1), (5, 1), (6, 2), (8, 2), (10, 2)])
def test_a_fifth_of_the_recordings_rounded_up_if_there_are_three(recordings: int, spared: int) -> None:
    assert sum(held_out([0] * recordings, list(range(recordings)), 0.2, 0)) == spared


def test_nothing_is_held_out_where_nothing_is_wanted() -> None:
    assert not any(held_out([0] * 10, list(range(10)), 0.0, 0))


def test_another_seed_spares_others() -> None:
    splits = {tuple(held_out([0] * 10, list(range(10)), 0.2, seed)) for seed in range(10)}

    assert len(splits) > 5


@pytest.mark.parametrize("seed", range(10))
def test_a_recording_with_most_of_the_clips_is_learned_from(seed: int) -> None:
    source = [0] * 12 + [1, 2, 3, 4]

    assert not any(held_out([0] * 16, source, 0.2, seed)[:12])


def test_small_recordings_do_not_leave_a_large_one_alone_or_none() -> None:
    out = held_out([0] * 22, [0] * 20 + [1, 2], 0.2, 0)

    assert not any(out[:20])
    assert sum(out[20:]) == 1
