"""What the server counts, for Prometheus."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """The counters of one server; each has its own, so that several can live in one process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()

        def seconds(name: str, meaning: str, label: str) -> Histogram:
            return Histogram(name, meaning, [label], buckets=SECONDS, registry=self._registry)

        self.requests = Counter(
            "audio_cnn_requests", "Answers by route and status.", ["route", "status"], registry=self._registry
        )
        self.request_s = seconds("audio_cnn_request_seconds", "From request to answer.", "route")
        self.stage_s = seconds("audio_cnn_stage_seconds", "Time in each stage.", "stage")
        self.under_way = Gauge(
            "audio_cnn_queue_depth", "Requests with a sound under way.", registry=self._registry
        )
        self.streams = Gauge("audio_cnn_streams", "Sounds that go on.", registry=self._registry)
        self.streams_ended = Counter(
            "audio_cnn_streams_ended",
            "Sounds that went on, by closing code.",
            ["code"],
            registry=self._registry,
        )
        self.rejected = Counter(
            "audio_cnn_rejections", "Requests turned away.", ["reason"], registry=self._registry
        )

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a stage: upload, decode, predict, look or write."""
        started = perf_counter()
        try:
            yield
        finally:
            self.stage_s.labels(name).observe(perf_counter() - started)

    def exposition(self) -> bytes:
        """All of them in Prometheus' text format."""
        return generate_latest(self._registry)
