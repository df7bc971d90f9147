"""Windows of all requests to the network, together where they meet.

While the network is busy with one batch, windows that arrive wait and form the next: a lone request never
waits for company, and a crowd is heard in full batches. Requests take turns, so that a long sound does
not keep short ones waiting.
"""

from __future__ import annotations

from asyncio import CancelledError, Event, Future, get_running_loop
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from anyio import CapacityLimiter, to_thread

from audio_cnn.prediction import Classifier, Prediction
from audio_cnn.prediction.classifier import WINDOWS_AT_ONCE
from audio_cnn.prediction.records import Float32Array
from audio_cnn.server.metrics import Metrics

T = TypeVar("T")


@dataclass
class Job:
    """A sound that is being heard: its windows [T], those still to come, and what was said of the others."""

    cut: list[Float32Array]
    answer: Future[Float32Array]
    next: int = 0
    probabilities: list[Float32Array] = field(default_factory=list)


class Batcher:
    """Hears sounds for many requests at once with one model. ``run`` must be running."""

    def __init__(self, classifier: Classifier, metrics: Metrics) -> None:
        self._classifier = classifier
        self._metrics = metrics
        self._jobs: deque[Job] = deque()
        self._something = Event()
        self._network = CapacityLimiter(1)

    async def predict(self, samples: Float32Array) -> Prediction:
        """The prediction of mono samples [T], the same as ``Classifier.classify`` gives."""
        job = Job(self._classifier.windows_of(samples), get_running_loop().create_future())
        self._jobs.append(job)
        self._something.set()
        try:
            probabilities = await job.answer
        except CancelledError:
            job.next = len(job.cut)  # given up: its windows that still wait are not heard
            raise
        return self._classifier.prediction(samples, job.cut, probabilities)

    async def alone(self, action: Callable[[], T]) -> T:
        """Run something else that uses the network, in its thread, between two batches."""
        return await to_thread.run_sync(action, limiter=self._network)

    async def run(self) -> None:
        """Hear what comes, until cancelled."""
        while True:
            await self._something.wait()
            self._something.clear()
            while batch := self._next_batch():
                await self._hear(batch)

    def _next_batch(self) -> list[tuple[Job, Float32Array]]:
        """Up to ``WINDOWS_AT_ONCE`` windows, one of each job in turn."""
        batch: list[tuple[Job, Float32Array]] = []
        while self._jobs and len(batch) < WINDOWS_AT_ONCE:
            job = self._jobs.popleft()
            if job.next >= len(job.cut):
                continue
            batch.append((job, job.cut[job.next]))
            job.next += 1
            if job.next < len(job.cut):
                self._jobs.append(job)
        return batch

    async def _hear(self, batch: list[tuple[Job, Float32Array]]) -> None:
        self._metrics.batch_windows.observe(len(batch))
        try:
            answers = await self.alone(
                lambda: self._classifier.score_windows(np.stack([window for _job, window in batch]))
            )
        except Exception as error:  # must not end the loop that all requests depend on
            for job, _window in batch:
                job.next = len(job.cut)
                if not job.answer.done():
                    job.answer.set_exception(error)
            return
        for (job, _window), probabilities in zip(batch, answers, strict=True):
            job.probabilities.append(probabilities)
            if len(job.probabilities) == len(job.cut) and not job.answer.done():
                job.answer.set_result(np.stack(job.probabilities))
