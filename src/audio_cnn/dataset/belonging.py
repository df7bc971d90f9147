"""Which files of one's own classes belong together: by their samples, by how they sound, by their names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from audio_cnn.dataset.likeness import NEARLY_IDENTICAL, likenesses
from audio_cnn.dataset.listening import HeardClip
from audio_cnn.dataset.sources import grouped, source_name

MOST_COMPARED = 1_000

Pair = tuple[Path, Path]


def without_repeats(heard: Sequence[HeardClip]) -> tuple[list[HeardClip], tuple[Pair, ...], tuple[Pair, ...]]:
    """Clips but those that hold another's samples again; (repeated, first) pairs; pairs across classes."""
    first: dict[tuple[int, bytes], HeardClip] = {}
    anywhere: dict[bytes, HeardClip] = {}
    repeated, contradictory = [], []
    for one in heard:
        before = first.setdefault((one.clip.target, one.digest), one)
        elsewhere = anywhere.setdefault(one.digest, one)
        if before is not one:
            repeated.append((one.clip.path, before.clip.path))
        elif elsewhere.clip.target != one.clip.target:
            contradictory.append((one.clip.path, elsewhere.clip.path))
    return list(first.values()), tuple(repeated), tuple(contradictory)


def nearly_identical(
    heard: Sequence[HeardClip], target: Sequence[int]
) -> tuple[list[tuple[int, int]], list[int]]:
    """Pairs of clips of one class whose last windows sound the same; and classes too large to compare.

    The last window: that of a short sound is the one that is not repeated.
    """
    pairs: list[tuple[int, int]] = []
    not_compared = []
    for kind in sorted(set(target)):
        rows = [i for i, t in enumerate(target) if t == kind]
        if len(rows) > MOST_COMPARED:
            not_compared.append(kind)
            continue
        alike = likenesses(np.stack([heard[i].log_mel[0, -1] for i in rows]))
        pairs += [(rows[a], rows[b]) for a, b in np.argwhere(np.triu(alike > NEARLY_IDENTICAL, 1))]
    return pairs, not_compared


def unexpected(
    paths: Sequence[Path], alike: Sequence[tuple[int, int]], by_name: Sequence[tuple[int, int]]
) -> Iterator[tuple[Path, ...]]:
    """Groups of files that are connected by likeness; but for those that names put together anyway."""
    expected = grouped(len(paths), by_name)
    members: dict[int, list[int]] = {}
    for i, group in enumerate(grouped(len(paths), alike)):
        members.setdefault(group, []).append(i)
    for rows in members.values():
        if len({expected[i] for i in rows}) > 1:
            yield tuple(paths[i] for i in rows)


def recording_of(path: Path) -> tuple[str, str]:
    """Equal for files that are pieces of one recording by their names."""
    return str(path.parent), source_name(path.stem)


def linked(keys: Sequence[object]) -> Iterator[tuple[int, int]]:
    """Pairs that connect all places of equal keys."""
    first: dict[object, int] = {}
    for i, key in enumerate(keys):
        if first.setdefault(key, i) != i:
            yield first[key], i
