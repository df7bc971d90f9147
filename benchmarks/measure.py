"""Timing."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One line of the report. ``reached`` is None for figures that have no bar."""

    what: str
    measured: str
    bar: str = ""
    reached: bool | None = None


def in_turn_s(*actions: Callable[[], object], runs: int, warm_up: int = 5) -> list[float]:
    """Median seconds of each action, run in turn (A B A B ...) so that drift of the machine hits all."""
    for _ in range(warm_up):
        for action in actions:
            action()
    times: list[list[float]] = [[] for _ in actions]
    for _ in range(runs):
        for action, taken in zip(actions, times, strict=True):
            taken.append(once_s(action))
    return [statistics.median(taken) for taken in times]


def once_s(action: Callable[[], object]) -> float:
    """Seconds that one call takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start
