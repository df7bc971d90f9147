"""Which recordings of each class are held out to measure with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

FEWEST_SOURCES = 3


def held_out(target: Sequence[int], source: Sequence[int], share: float, seed: int) -> list[bool]:
    """True for each clip that is kept from learning: whole recordings, ``share`` of each class or a bit more.

    A class of fewer than three recordings has none to spare. A recording that has clips in several classes
    is learned from: held out it would take clips from classes that may have none to spare.
    """
    generator = np.random.default_rng(seed)
    chosen: set[int] = set()
    for kind in sorted(set(target)):
        mine = [s for t, s in zip(target, source, strict=True) if t == kind]
        shared = {s for t, s in zip(target, source, strict=True) if t != kind}
        if share > 0 and len(set(mine)) >= FEWEST_SOURCES:
            order = generator.permutation(sorted(set(mine) - shared)).tolist()
            chosen.update(_spared(mine, order, share))
    return [s in chosen for s in source]


def _spared(mine: Sequence[int], order: Sequence[int], share: float) -> Iterator[int]:
    """The first recordings in ``order`` that hold ``share`` of the clips together; two at least remain."""
    wanted, taken = share * len(mine), 0
    # Large ones last: a recording of half the class's clips must not be the one that is spared.
    by_size = sorted(order, key=lambda s: mine.count(s) > max(wanted, 1))
    for source in by_size[: len(set(mine)) - 2]:
        if taken >= wanted:
            return
        yield source
        taken += mine.count(source)
