"""How much may be under way at once: beyond that, a clear no at once instead of a long wait."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from audio_cnn.server.metrics import Metrics
from audio_cnn.server.problems import ProblemError

FIRST_GUESS_S = 0.05
NEWEST_SHARE = 0.1
STREAM_RETRY_S = 30


class Admission:
    """Counts requests under way and the bytes they hold.

    Args:
        requests: most requests at a time.
        held_bytes: most bytes of uploads at a time.
        deadline_s: the longest that anyone is told to stay away.
    """

    def __init__(self, requests: int, held_bytes: int, deadline_s: float, metrics: Metrics) -> None:
        self._most_requests = requests
        self._most_bytes = held_bytes
        self._deadline_s = deadline_s
        self._metrics = metrics
        self._requests = 0
        self._bytes = 0
        self._usual_s = FIRST_GUESS_S

    @contextmanager
    def request(self, announced_bytes: int) -> Iterator[None]:
        """One request's stay.

        Raises:
            ProblemError: 429, there is no room; with the time in which there should be.
        """
        crowded = self._requests >= self._most_requests
        # A single upload always has room: its own size has a limit of its own.
        heavy = self._bytes > 0 and self._bytes + announced_bytes > self._most_bytes
        if crowded or heavy:
            self._metrics.rejected.labels("requests" if crowded else "bytes").inc()
            raise ProblemError(
                429,
                "busy",
                "Too busy",
                f"{self._requests} requests are under way; come back in a moment",
                retry_after_s=self._retry_after_s(),
            )
        started = perf_counter()
        self._change(1, announced_bytes)
        try:
            yield
        finally:
            self._change(-1, -announced_bytes)
            self._usual_s += NEWEST_SHARE * (perf_counter() - started - self._usual_s)

    def _retry_after_s(self) -> int:
        """A usual stay: it has waiting for the others in it already."""
        return max(1, math.ceil(min(self._usual_s, self._deadline_s)))

    def _change(self, requests: int, held_bytes: int) -> None:
        self._requests += requests
        self._bytes += held_bytes
        self._metrics.under_way.set(self._requests)


class Streams:
    """Counts sounds that go on, which take a share of every second for as long as they like.

    Args:
        most: so many at a time.
    """

    def __init__(self, most: int, metrics: Metrics) -> None:
        self._most = most
        self._metrics = metrics
        self._count = 0

    @contextmanager
    def one(self) -> Iterator[None]:
        """The stay of one.

        Raises:
            ProblemError: 429, there is no room; 404, there never is.
        """
        if not self._most:
            raise ProblemError(404, "no-streams", "Not here", "this server hears no sounds that go on")
        if self._count >= self._most:
            self._metrics.rejected.labels("streams").inc()
            raise ProblemError(
                429,
                "busy",
                "Too busy",
                f"{self._most} sounds that go on are heard at a time; come back once one has ended",
                retry_after_s=STREAM_RETRY_S,
            )
        self._change(1)
        try:
            yield
        finally:
            self._change(-1)

    def _change(self, count: int) -> None:
        self._count += count
        self._metrics.streams.set(self._count)
