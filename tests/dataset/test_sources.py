"""Which recording a file name speaks of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_cnn.dataset.sources import grouped, source_name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("creek-1", "creek-2"),
        ("creek_1", "creek_012"),
        ("creek-a", "creek"),
        ("creek take 3", "creek"),
        ("creek_part2", "creek_part-7"),
        ("creek2-1", "creek2-2"),
        ("1-1234-A-40", "5-1234-B-40"),
    ],
)
def test_pieces_of_one_recording(one: str, other: str) -> None:
    assert source_name(one) == source_name(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("creek1", "creek2"),
        ("creek-1", "lake-1"),
        ("REC_0041", "REC_0042"),
        ("2024-05-30", "2024-05-31"),
        ("night 2024-05-31 12.30.15", "night 2024-05-31 12.30.16"),
        ("REC_20240531_123015", "REC_20240531_123016"),
        ("1-1234-A-40", "1-1235-A-40"),
        ("a", "b"),
        ("-1", "-2"),
    ],
)
def test_recordings_of_their_own(one: str, other: str) -> None:
    assert source_name(one) != source_name(other)


@given(st.text(min_size=1))
def test_every_name_speaks_of_some_recording(stem: str) -> None:
    assert source_name(stem)


LINKS = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=15)


@given(LINKS)
def test_groups_are_what_links_connect(links: list[tuple[int, int]]) -> None:
    groups = grouped(12, links)

    connected = [{i} for i in range(12)]
    for _ in range(12):
        for a, b in links:
            connected[a] |= connected[b]
            connected[b] |= connected[a]
    for i in range(12):
        assert {j for j in range(12) if groups[j] == groups[i]} == connected[i]
    assert set(groups) == set(range(len(set(groups))))
