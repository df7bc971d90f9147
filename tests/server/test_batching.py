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
from audio_cnn.server.batching import Batcher, Job


def batching(classifier: Classifier, action: Callable[[Batcher], Awaitable[None]]) -> None:
    """Run something with a batcher that is running."""

    async def main() -> None:
        batcher = Batcher(classifier, [classifier, classifier])
        loop = asyncio.create_task(batcher.run())
        try:
            await asyncio.wait_for(action(batcher), 30)
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


def test_together_they_are_what_they_are_alone(
    classifier: Classifier, sounds: list[Samples], batches: list[Float32Array]
) -> None:
    async def all_at_once(batcher: Batcher) -> None:
        answers = await asyncio.gather(*map(batcher.predict, sounds))
        assert [len(batch) for batch in batches] == [1] * sum(map(len, map(classifier.windows_of, sounds)))
        for samples, answer in zip(sounds, answers, strict=True):
            alone = classifier.classify(samples)
            np.testing.assert_allclose(answer.probabilities, alone.probabilities, atol=1e-5)
            np.testing.assert_allclose(answer.window_probabilities, alone.window_probabilities, atol=1e-5)
            assert answer.duration_s == alone.duration_s

    batching(classifier, all_at_once)


def test_a_long_sound_does_not_keep_a_short_one_waiting(
    classifier: Classifier, batches: list[Float32Array]
) -> None:
    async def long_then_short(batcher: Batcher) -> None:
        long = asyncio.create_task(batcher.predict(class_sound("dog", seed=1, seconds=60)))
        await asyncio.sleep(0)
        await batcher.predict(class_sound("pig", seed=2))
        assert not long.done()
        assert len(batches) <= 6
        assert (await long).best.label.name == "dog"

    batching(classifier, long_then_short)


def test_a_lone_request_waits_for_nobody(classifier: Classifier, batches: list[Float32Array]) -> None:
    async def alone(batcher: Batcher) -> None:
        await batcher.predict(class_sound("dog", seed=1))
        assert [len(batch) for batch in batches] == [1]

    batching(classifier, alone)


def test_who_has_given_up_is_not_heard(classifier: Classifier, batches: list[Float32Array]) -> None:
    async def give_up(batcher: Batcher) -> None:
        task = asyncio.create_task(batcher.predict(class_sound("dog", seed=1, seconds=600)))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not batcher._jobs  # nor kept
        await batcher.predict(class_sound("pig", seed=2))
        assert sum(map(len, batches)) < 1199

    batching(classifier, give_up)


def test_of_long_sounds_two_are_heard_at_a_time(
    classifier: Classifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = class_sound("dog", seed=1, seconds=60)
    begun = []

    async def five(batcher: Batcher) -> None:
        next_window = batcher._next_window

        def watched() -> tuple[Job, int]:
            window = next_window()
            begun.append(sum(job.taken > 0 for job in batcher._jobs))
            return window

        monkeypatch.setattr(batcher, "_next_window", watched)
        await asyncio.gather(*(batcher.predict(sound) for _ in range(5)))

    batching(classifier, five)
    assert max(begun) == 2
    assert begun[-1] == 0


def test_a_crowd_of_short_sounds_is_heard_as_it_came(classifier: Classifier) -> None:
    sound = class_sound("dog", seed=1)

    async def crowd(batcher: Batcher) -> None:
        order: list[int] = []

        async def client(number: int) -> None:
            await batcher.predict(sound)
            order.append(number)

        await asyncio.gather(*map(client, range(20)))
        assert all(abs(number - place) <= 3 for place, number in enumerate(order))

    batching(classifier, crowd)


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

    async def busy(batcher: Batcher) -> None:
        async with repeating(16, lambda: batcher.predict(sound)):
            before = len(batches)
            await batcher.alone(lambda: None)
            assert len(batches) - before <= 4

    batching(classifier, busy)


def test_everything_else_does_not_keep_windows_waiting(
    classifier: Classifier, batches: list[Float32Array]
) -> None:
    actions: list[None] = []

    async def busy(batcher: Batcher) -> None:
        async with repeating(4, lambda: batcher.alone(lambda: actions.append(None))):
            before = len(actions)
            await batcher.predict(class_sound("dog", seed=1, seconds=12))
            assert len(actions) - before <= len(batches) + 2

    batching(classifier, busy)


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

    async def give_up(batcher: Batcher) -> None:
        long = asyncio.create_task(batcher.predict(class_sound("dog", seed=1, seconds=4)))
        await asyncio.sleep(0.05)  # one core is stuck, the other has heard the rest
        waiting = asyncio.create_task(batcher.alone(lambda: None))
        short = asyncio.create_task(batcher.predict(class_sound("pig", seed=2)))
        await asyncio.sleep(0.05)
        assert not short.done()
        waiting.cancel()
        try:
            assert (await asyncio.wait_for(short, 5)).best.label.name == "pig"
        finally:
            released.set()
        await long

    batching(classifier, give_up)


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

    async def two(batcher: Batcher) -> None:
        with pytest.raises(RuntimeError, match="out of memory"):
            await batcher.predict(class_sound("dog", seed=1, seconds=60))
        assert not batcher._jobs
        assert (await batcher.predict(class_sound("dog", seed=1))).best.label.name == "dog"

    batching(classifier, two)
