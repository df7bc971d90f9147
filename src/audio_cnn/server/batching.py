"""Windows of all requests to the network, together where they meet.

A lone window gets every core at once, which answers soonest. Where several wait, each core hears small
batches of its own, which answers most: a core that works alone waits for no other. Requests take turns, so
that a long sound does not keep short ones waiting.
"""

from __future__ import annotations

from asyncio import CancelledError, Condition, Future, TaskGroup, get_running_loop
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from anyio import to_thread

from audio_cnn.prediction import Classifier, Prediction
from audio_cnn.prediction.records import Float32Array
from audio_cnn.server.metrics import Metrics

T = TypeVar("T")


@dataclass
class Job:
    """A sound that is being heard: its windows [T], how many have been taken, and what was said of them."""

    cut: list[Float32Array]
    answer: Future[Float32Array]
    taken: int = 0
    probabilities: dict[int, Float32Array] = field(default_factory=dict)

    def give_up(self) -> None:
        """Let the windows that still wait go unheard."""
        self.taken = len(self.cut)


class Batcher:
    """Hears sounds for many requests at once. ``run`` must be running.

    Args:
        wide: uses all cores for one call.
        narrow: the same model once for each core, to which it keeps.
        together: most windows in a batch.
    """

    def __init__(
        self, wide: Classifier, narrow: Sequence[Classifier], together: int, metrics: Metrics
    ) -> None:
        self._wide = wide
        self._narrow = narrow
        self._together = together
        self._metrics = metrics
        self._jobs: deque[Job] = deque()
        self._cores = self._free = len(narrow)
        self._changed = Condition()

    async def predict(self, samples: Float32Array) -> Prediction:
        """The prediction of mono samples [T], the same as ``Classifier.classify`` gives."""
        job = Job(self._wide.windows_of(samples), get_running_loop().create_future())
        self._jobs.append(job)
        async with self._changed:
            self._changed.notify_all()
        try:
            probabilities = await job.answer
        except CancelledError:
            job.give_up()
            raise
        return self._wide.prediction(samples, job.cut, probabilities)

    async def alone(self, action: Callable[[], T]) -> T:
        """Run something else that uses the network on all cores, in a thread, when they are free."""
        async with self._taking(self._cores):
            return await to_thread.run_sync(action)

    async def run(self) -> None:
        """Hear what comes, until cancelled."""
        async with TaskGroup() as tasks:
            for classifier in self._narrow:
                tasks.create_task(self._lane(classifier))

    async def _lane(self, narrow: Classifier) -> None:
        while True:
            async with self._changed:
                await self._changed.wait_for(lambda: self._free > 0 and self._waiting())
            lone = self._free == self._cores and self._waiting() == 1
            async with self._taking(self._cores if lone else 1):
                await self._hear(self._next_batch(), self._wide if lone else narrow)

    @asynccontextmanager
    async def _taking(self, cores: int) -> AsyncIterator[None]:
        async with self._changed:
            await self._changed.wait_for(lambda: self._free >= cores)
            self._free -= cores
        try:
            yield
        finally:
            self._free += cores
            async with self._changed:
                self._changed.notify_all()

    def _waiting(self) -> int:
        """Windows that nobody has taken."""
        return sum(len(job.cut) - job.taken for job in self._jobs)

    def _next_batch(self) -> list[tuple[Job, int]]:
        """A few windows, one of each job in turn."""
        batch: list[tuple[Job, int]] = []
        while self._jobs and len(batch) < self._together:
            job = self._jobs.popleft()
            if job.taken >= len(job.cut):
                continue
            batch.append((job, job.taken))
            job.taken += 1
            if job.taken < len(job.cut):
                self._jobs.append(job)
        return batch

    async def _hear(self, batch: list[tuple[Job, int]], classifier: Classifier) -> None:
        if not batch:
            return
        self._metrics.batch_windows.observe(len(batch))
        try:
            windows = together([job.cut[index] for job, index in batch])
            answers = await to_thread.run_sync(classifier.score_windows, windows)
        except Exception as error:  # must not end the loop that all requests depend on
            for job, _index in batch:
                job.give_up()
                if not job.answer.done():
                    job.answer.set_exception(error)
            return
        for (job, index), probabilities in zip(batch, answers, strict=True):
            job.probabilities[index] = probabilities
            if len(job.probabilities) == len(job.cut) and not job.answer.done():
                job.answer.set_result(np.stack([job.probabilities[i] for i in range(len(job.cut))]))


def together(windows: list[Float32Array]) -> Float32Array:
    """Windows [T] as a batch [W, T]; a lone one is not copied."""
    return windows[0][np.newaxis] if len(windows) == 1 else np.stack(windows)
