"""Windows of many requests: the same answers, in fair turns, and no way to stop the loop."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Awaitable, Callable

import numpy as np
import pytest
from made_data import CLASSES, Samples, class_sound

from audio_cnn.prediction import Classifier
from audio_cnn.prediction.records import Float32Array
from audio_cnn.server.window_queue import Job, WindowQueue


def queueing(classifier: Classifier, action: Callable[[WindowQueue], Awaitable[None]]) -> None:
    """Run something with a queue that is running."""

    async def main() -> None:
        queue = WindowQueue(classifier, [classifier, classifier])
        loop = asyncio.create_task(queue.run())
        try:
            await asyncio.wait_for(action(queue), 30)
        finally:
            loop.cancel()

    asyncio.run(main())


@pytest.fixture
def sounds() -> list[Samples]:
    """Short, exact and long ones of every class."""
    return [
        class_sound(CLASSES[i % 3], seed=i, seconds=seconds)
        for i, seconds in enumerate([0.3, 1.0, 4.7, 1.0, 2.2, 0.9, 1.0, 12.0, 1.0, 1.5])
    ]


@pytest.fixture
def batches(classifier: Classifier, monkeypatch: pytest.MonkeyPatch) -> list[Float32Array]:
    """Every batch that the classifier is given."""
    seen: list[Float32Array] = []
    score = Classifier.answer_windows

    def watched(self: Classifier, batch: Float32Array) -> Float32Array:
        seen.append(batch)
        return score(self, batch)

    monkeypatch.setattr(Classifier, "answer_windows", watched)
    return seen


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[Job]:
    """Whose window each was, in the order in which the queue gave them to its cores."""
    order: list[Job] = []
    next_window = WindowQueue._next_window

    def watched(self: WindowQueue) -> tuple[Job, int]:
        job, index = next_window(self)
        order.append(job)
        return job, index

    monkeypatch.setattr(WindowQueue, "_next_window", watched)
    return order


def test_together_they_are_what_they_are_alone(
    classifier: Classifier, sounds: list[Samples], batches: list[Float32Array]
) -> None:
    async def all_at_once(queue: WindowQueue) -> None:
        answers = await asyncio.gather(*map(queue.predict, sounds))
        assert [len(batch) for batch in batches] == [1] * sum(map(len, map(classifier.windows_of, sounds)))
        for samples, answer in zip(sounds, answers, strict=True):
            alone = classifier.classify(samples)
            np.testing.assert_allclose(answer.probabilities, alone.probabilities, atol=1e-5)
            np.testing.assert_allclose(answer.window_probabilities, alone.window_probabilities, atol=1e-5)
            assert answer.duration_s == alone.duration_s

    queueing(classifier, all_at_once)


def test_a_long_sound_does_not_keep_a_short_one_waiting(classifier: Classifier, taken: list[Job]) -> None:
    async def long_then_short(queue: WindowQueue) -> None:
        long = asyncio.create_task(queue.predict(class_sound("dog", seed=1, seconds=60)))
        await asyncio.sleep(0)
        await queue.predict(class_sound("pig", seed=2))
        assert not long.done()
        assert [len(job.cut) for job in taken].index(1) <= 4
        assert (await long).best.label.name == "dog"

    queueing(classifier, long_then_short)


def test_a_lone_request_waits_for_nobody(classifier: Classifier, batches: list[Float32Array]) -> None:
    async def alone(queue: WindowQueue) -> None:
        await queue.predict(class_sound("dog", seed=1))
        assert [len(batch) for batch in batches] == [1]

    queueing(classifier, alone)


def test_who_has_given_up_is_not_heard(classifier: Classifier, batches: list[Float32Array]) -> None:
    async def give_up(queue: WindowQueue) -> None:
        task = asyncio.create_task(queue.predict(class_sound("dog", seed=1, seconds=600)))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not queue._jobs  # nor kept
        await queue.predict(class_sound("pig", seed=2))
        assert sum(map(len, batches)) < 1199

    queueing(classifier, give_up)


def test_of_long_sounds_two_are_heard_at_a_time(
    classifier: Classifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = class_sound("dog", seed=1, seconds=60)
    begun = []

    async def five(queue: WindowQueue) -> None:
        next_window = queue._next_window

        def watched() -> tuple[Job, int]:
            window = next_window()
            begun.append(sum(job.taken > 0 for job in queue._jobs))
            return window

        monkeypatch.setattr(queue, "_next_window", watched)
        await asyncio.gather(*(queue.predict(sound) for _ in range(5)))

    queueing(classifier, five)
    assert max(begun) == 2
    assert begun[-1] == 0


def test_a_crowd_of_short_sounds_is_heard_as_it_came(classifier: Classifier, taken: list[Job]) -> None:
    sound = class_sound("dog", seed=1)

    async def crowd(queue: WindowQueue) -> None:
        clients = [asyncio.create_task(queue.predict(sound)) for _ in range(20)]
        await asyncio.sleep(0)
        as_they_came = [*queue._jobs]
        await asyncio.gather(*clients)
        assert taken == as_they_came

    queueing(classifier, crowd)


@contextlib.asynccontextmanager
async def repeating(count: int, action: Callable[[], Awaitable[object]]) -> AsyncIterator[None]:
    """Meanwhile so many clients do something again and again."""

    async def client() -> None:
        while True:
            await action()

    async with asyncio.TaskGroup() as tasks:
        clients = [tasks.create_task(client()) for _ in range(count)]
        await asyncio.sleep(0.05)
        yield
        for task in clients:
            task.cancel()


def test_windows_do_not_keep_everything_else_waiting(
    classifier: Classifier, batches: list[Float32Array]
) -> None:
    sound = class_sound("dog", seed=1)

    async def busy(queue: WindowQueue) -> None:
        async with repeating(16, lambda: queue.predict(sound)):
            before = len(batches)
            await queue.alone(lambda: None)
            assert len(batches) - before <= 4

    queueing(classifier, busy)


def test_everything_else_does_not_keep_windows_waiting(
    classifier: Classifier, batches: list[Float32Array]
) -> None:
    actions: list[None] = []

    async def busy(queue: WindowQueue) -> None:
        async with repeating(4, lambda: queue.alone(lambda: actions.append(None))):
            before = len(actions)
            await queue.predict(class_sound("dog", seed=1, seconds=12))
            assert len(actions) - before <= len(batches) + 2

    queueing(classifier, busy)


def test_who_no_longer_waits_for_all_cores_holds_nobody_back(
    classifier: Classifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    score, released = Classifier.answer_windows, threading.Event()
    first = iter([released])

    def slow_once(self: Classifier, batch: Float32Array) -> Float32Array:
        for event in first:
            event.wait(10)
        return score(self, batch)

    monkeypatch.setattr(Classifier, "answer_windows", slow_once)

    async def give_up(queue: WindowQueue) -> None:
        long = asyncio.create_task(queue.predict(class_sound("dog", seed=1, seconds=4)))
        await asyncio.sleep(0.05)  # one core is stuck, the other has heard the rest
        waiting = asyncio.create_task(queue.alone(lambda: None))
        short = asyncio.create_task(queue.predict(class_sound("pig", seed=2)))
        await asyncio.sleep(0.05)
        assert not short.done()
        waiting.cancel()
        try:
            assert (await asyncio.wait_for(short, 5)).best.label.name == "pig"
        finally:
            released.set()
        await long

    queueing(classifier, give_up)


def test_a_failing_batch_fails_its_requests_only(
    classifier: Classifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    score = Classifier.answer_windows
    failures = iter([RuntimeError("out of memory")])

    def failing_once(self: Classifier, batch: Float32Array) -> Float32Array:
        for error in failures:
            raise error
        return score(self, batch)

    monkeypatch.setattr(Classifier, "answer_windows", failing_once)

    async def two(queue: WindowQueue) -> None:
        with pytest.raises(RuntimeError, match="out of memory"):
            await queue.predict(class_sound("dog", seed=1, seconds=60))
        assert not queue._jobs
        assert (await queue.predict(class_sound("dog", seed=1))).best.label.name == "dog"

    queueing(classifier, two)
