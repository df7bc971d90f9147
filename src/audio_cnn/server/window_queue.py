"""Windows of all requests to the network, in fair turns.

A lone window gets every core at once, which answers soonest. Where several wait, each core hears one of its
own, which answers most: a core that works alone waits for no other, and several windows in one call take
longer than one after the other. Every second window is of
the sound that came first, so that each has its turn, the others are of the one nearest to its end, so that a
long sound does not keep short ones waiting. Of many long ones two are heard at a time: all at once, none
would end before its deadline.
"""

from __future__ import annotations

from asyncio import CancelledError, Event, Future, TaskGroup, get_running_loop
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from anyio import to_thread

from audio_cnn.prediction import Classifier, Prediction
from audio_cnn.prediction.classifier import peaks_of
from audio_cnn.prediction.records import Float32Array

T = TypeVar("T")


@dataclass(eq=False)
class Job:
    """A sound that is being heard: its windows [T], how many have been taken, and what was said of them."""

    cut: list[Float32Array]
    answer: Future[Float32Array]
    taken: int = 0
    answers: dict[int, Float32Array] = field(default_factory=dict)

    @property
    def left(self) -> int:
        """Windows that nobody has taken."""
        return len(self.cut) - self.taken


class WindowQueue:
    """Hears sounds for many requests at once. ``run`` must be running.

    Args:
        wide: uses all cores for one call.
        narrow: the same model once for each core, to which it keeps.
    """

    def __init__(self, wide: Classifier, narrow: Sequence[Classifier]) -> None:
        self._wide = wide
        self._narrow = narrow
        self._jobs: list[Job] = []  # those with windows that nobody has taken, as they came
        self._cores = self._free = len(narrow)
        self._first_come = True
        self._others_waiting = 0
        self._windows_first = 0
        self._changed = Event()

    async def predict(self, samples: Float32Array) -> Prediction:
        """The prediction of mono samples [T], the same as ``Classifier.classify`` gives."""
        job = Job(self._wide.windows_of(samples), get_running_loop().create_future())
        self._jobs.append(job)
        self._tell()
        try:
            answers = await job.answer
        except CancelledError:
            self._drop(job)
            raise
        return self._wide.prediction(len(samples), peaks_of(job.cut), answers)

    async def alone(self, action: Callable[[], T]) -> T:
        """Run something else that uses the network on all cores, in a thread, when they are free.

        It takes turns with the windows: those that wait meanwhile go on afterwards, one on each core,
        before the next action.
        """
        self._others_waiting += 1
        try:
            await self._until(self._is_others_turn)
        finally:
            self._others_waiting -= 1
            self._tell()
        with self._taking(self._cores):
            try:
                return await to_thread.run_sync(action)
            finally:
                self._windows_first = self._cores

    async def run(self) -> None:
        """Hear what comes, until cancelled."""
        async with TaskGroup() as tasks:
            for classifier in self._narrow:
                tasks.create_task(self._lane(classifier))

    async def _lane(self, narrow: Classifier) -> None:
        while True:
            await self._until(self._is_windows_turn)
            lone = self._free == self._cores and self._waiting() == 1
            self._windows_first = max(0, self._windows_first - 1)
            with self._taking(self._cores if lone else 1):
                await self._hear(*self._next_window(), self._wide if lone else narrow)

    def _is_windows_turn(self) -> bool:
        """A core that is taken for windows is not free for who needs all of them: such a one goes first."""
        held_back = self._others_waiting and not self._windows_first
        return bool(self._jobs) and self._free > 0 and not held_back

    def _is_others_turn(self) -> bool:
        return self._free == self._cores and not (self._jobs and self._windows_first)

    @contextmanager
    def _taking(self, cores: int) -> Iterator[None]:
        self._free -= cores
        try:
            yield
        finally:
            self._free += cores
            self._tell()

    async def _until(self, possible: Callable[[], bool]) -> None:
        """Wait for it. Nothing else runs before the caller awaits again: what was possible still is."""
        while not possible():
            await self._changed.wait()

    def _tell(self) -> None:
        """Let all who wait look again. Unlike a condition's, this also works while being cancelled."""
        self._changed.set()
        self._changed = Event()

    def _drop(self, job: Job) -> None:
        """Let the windows that still wait go unheard, and keep nothing of them."""
        if job in self._jobs:
            self._jobs.remove(job)
            self._tell()

    def _waiting(self) -> int:
        """Windows that nobody has taken."""
        return sum(job.left for job in self._jobs)

    def _next_window(self) -> tuple[Job, int]:
        """By turns of the first job and of the one with the fewest left."""
        job = self._jobs[0] if self._first_come else self._nearest_to_its_end()
        self._first_come = not self._first_come
        index = job.taken
        job.taken += 1
        if not job.left:
            self._jobs.remove(job)
        return job, index

    def _nearest_to_its_end(self) -> Job:
        """Of several as near to it the newest, which has most time; of those with one, the first."""
        fewest = min(job.left for job in self._jobs)
        nearest = [job for job in self._jobs if job.left == fewest]
        return nearest[0] if fewest == 1 else nearest[-1]

    async def _hear(self, job: Job, index: int, classifier: Classifier) -> None:
        try:
            answers = await to_thread.run_sync(classifier.answer_windows, job.cut[index][np.newaxis])
        except Exception as error:  # must not end the loop that all requests depend on
            self._drop(job)
            if not job.answer.done():
                job.answer.set_exception(error)
            return
        job.answers[index] = answers[0]
        if len(job.answers) == len(job.cut) and not job.answer.done():
            job.answer.set_result(np.stack([job.answers[i] for i in range(len(job.cut))]))
