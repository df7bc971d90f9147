"""Many sounds to predictions, on all cores, in order, with memory that does not grow."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from audio_cnn.config import AudioLimits
from audio_cnn.errors import AudioError, AudioTooLargeError
from audio_cnn.prediction.classifier import Classifier
from audio_cnn.prediction.records import Prediction
from audio_cnn.waveform import Source

Answer = Prediction | AudioError


def classify_many(
    model: str | Path, sources: Iterable[Source], *, workers: int = 0, limits: AudioLimits | None = None
) -> Iterator[tuple[Source, Answer]]:
    """Each source with its prediction, or with the error that it gave; one bad file stops nothing.

    Every worker decodes and listens to whole files on one core, which keeps all cores busier
    than sharing each file among them; only the windows of long ones go to whichever core is free.
    ``workers`` 0: one for each core.

    Raises:
        ModelError: no such model.
    """
    count = workers or os.cpu_count() or 1
    classifier = Classifier(model, threads=1, limits=limits)
    return _in_order(classifier, sources, count)


def _in_order(
    classifier: Classifier, sources: Iterable[Source], workers: int
) -> Iterator[tuple[Source, Answer]]:
    waiting: deque[tuple[Source, Future[Answer]]] = deque()
    pool, windows = ThreadPoolExecutor(workers), ThreadPoolExecutor(workers)
    classifier.spread(windows)
    try:
        for source in sources:
            waiting.append((source, pool.submit(answer, classifier, source)))
            if len(waiting) > 2 * workers:
                yield _first(waiting)
        while waiting:
            yield _first(waiting)
    finally:
        # Not ``with``, which would wait for the sounds under way when the caller has had enough.
        for each in (pool, windows):
            each.shutdown(wait=False, cancel_futures=True)


def answer(classifier: Classifier, source: Source) -> Answer:
    """The prediction, or the error as a value."""
    try:
        return classifier.classify(source)
    except AudioError as error:
        return error
    except MemoryError:
        return AudioTooLargeError("it takes more memory than there is", limit="memory")


def _first(waiting: deque[tuple[Source, Future[Answer]]]) -> tuple[Source, Answer]:
    source, future = waiting.popleft()
    return source, future.result()
