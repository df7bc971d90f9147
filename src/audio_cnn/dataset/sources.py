"""Which recording a clip was cut from, by its name; and groups of what belongs together."""

from __future__ import annotations

import re
from collections.abc import Iterable

ESC50_SOURCE = re.compile(r"[1-5]-(\d+)-[A-Z]-\d+")
PIECE = re.compile(
    r"[-_ ]+(?:(?:part|piece|take|cut|clip|segment|seg|chunk)[-_ ]*)?(?:\d{1,3}|[A-Za-z])$", re.I
)
DATED = re.compile(
    r"(?:19|20)\d\d[-_.]?[01]\d[-_.]?[0-3]\d(?:[-_ T.]*[0-2]?\d[-_.h]?[0-5]\d(?:[-_.m]?[0-5]\d)?)?s?$"
)


def source_name(stem: str) -> str:
    """The recording that a file name speaks of.

    ``5-1234-B-40`` (ESC-50's fold-source-take-class) is of ``1234``; ``creek-2``, ``creek_b`` and
    ``creek take 12`` are pieces of ``creek``. ``creek2``, counters of four digits or more (``REC_0042``) and
    dates and times (``2024-05-31``) stand for recordings of their own.
    """
    if match := ESC50_SOURCE.fullmatch(stem):
        return match[1]
    return stem if DATED.search(stem) else PIECE.sub("", stem) or stem


def grouped(count: int, links: Iterable[tuple[int, int]]) -> list[int]:
    """A number for each of ``count`` things, the same for all that links connect, also by way of others."""
    parent = list(range(count))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for a, b in links:
        parent[root(b)] = root(a)
    numbers: dict[int, int] = {}
    return [numbers.setdefault(root(i), len(numbers)) for i in range(count)]
