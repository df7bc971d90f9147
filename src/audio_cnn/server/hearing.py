"""From a request to what was heard: admission, upload, decoding, the network."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Annotated, Any, Self

import anyio
from anyio import to_thread
from cachetools import TTLCache
from fastapi import Depends, Query, Request
from starlette.requests import HTTPConnection

from audio_cnn.errors import AudioTooLargeError
from audio_cnn.output.analysis import analysis_document, channels_binary
from audio_cnn.prediction import Analysis, Prediction
from audio_cnn.prediction.records import Float32Array
from audio_cnn.server.admission import Admission, Streams
from audio_cnn.server.decoding import Decoders
from audio_cnn.server.listener import Listener, listeners
from audio_cnn.server.metrics import Metrics
from audio_cnn.server.problems import ProblemError
from audio_cnn.server.samples import SampleFiles
from audio_cnn.server.settings import ServerSettings
from audio_cnn.server.upload import announced_bytes, let_finish, read_upload, while_awaited

# What a refused upload may still send: twice what one may have, for a short while.
REFUSED_FACTOR = 2
REFUSED_S = 5.0


@dataclass
class Hearing:
    """The parts that answer requests, put together once for each server.

    Attributes:
        listeners: the models by name; the first one hears what asks for none.
        analyses: id -> the model and the log-mel [M, F] that an analysis saw: enough to show any
            activation again, and always of the same small size, so their number bounds their bytes.
        ready: started, and not about to stop.
    """

    settings: ServerSettings
    listeners: dict[str, Listener]
    metrics: Metrics
    admission: Admission
    streams: Streams
    decoders: Decoders
    samples: SampleFiles
    analyses: TTLCache[str, tuple[Listener, Float32Array]]
    ready: bool = False

    @classmethod
    def of(cls, settings: ServerSettings) -> Self:
        """All parts as the settings say.

        Raises:
            ModelError: no such model, a damaged file, or two of one name.
        """
        metrics = Metrics()
        return cls(
            settings=settings,
            listeners=listeners(settings),
            metrics=metrics,
            admission=Admission(settings.queue, settings.queue_bytes, settings.deadline_s, metrics),
            streams=Streams(settings.streams, metrics),
            decoders=Decoders(
                settings.decoders,
                limits=settings.limits,
                seconds=settings.decode_s,
                memory_bytes=settings.decoder_bytes,
            ),
            samples=SampleFiles(),
            analyses=TTLCache(settings.analyses, settings.analysis_s),
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Everything started, and stopped at the end."""
        try:
            await self.decoders.start()
            async with anyio.create_task_group() as tasks:
                for listener in self.listeners.values():
                    await to_thread.run_sync(listener.look_once)  # its first time takes longest
                    tasks.start_soon(listener.queue.run)
                self.ready = True
                yield
                self.ready = False
                tasks.cancel_scope.cancel()
        finally:
            self.decoders.close()

    def listener(self, name: str | None = None) -> Listener:
        """The model of that name, or the first one.

        Raises:
            ProblemError: 404, there is none.
        """
        if name is None:
            return next(iter(self.listeners.values()))
        if name not in self.listeners:
            known = ", ".join(self.listeners)
            raise ProblemError(
                404, "no-model", "No such model", f"no model '{name}' is served; there are: {known}"
            )
        return self.listeners[name]

    async def classify(self, request: Request, listener: Listener) -> Prediction:
        """Name the uploaded sound.

        Raises:
            ProblemError: see ``sound_of``.
            AudioError: it is no sound that can be used.
        """
        async with self.sound_of(request, listener) as samples:
            return await self.predict(samples, listener)

    async def analyze(self, request: Request, listener: Listener) -> dict[str, Any]:
        """The whole document of the uploaded sound, with an id for its activations.

        Raises:
            ProblemError: see ``sound_of``.
            AudioError: it is no sound that can be used.
        """
        async with self.sound_of(request, listener) as samples:
            analysis = await self.look(samples, listener)
            with self.metrics.stage("write"):
                document = await to_thread.run_sync(analysis_document, analysis, samples, listener.info)
        key = secrets.token_urlsafe(12)
        self.analyses[key] = listener, analysis.log_mel
        return {"id": key, "expires_s": self.settings.analysis_s, **document}

    async def channels(self, key: str, name: str) -> bytes:
        """Every channel of one activation of an earlier analysis, as ``channels_binary`` writes it.

        Raises:
            ProblemError: 404, no such analysis (any more), or no such activation; 429, too busy; 504, past
                the deadline.
        """
        kept = self.analyses.get(key)
        if kept is None:
            raise ProblemError(
                404,
                "no-analysis",
                "No such analysis",
                "it was never made or is no longer kept; analyze again",
            )
        listener, log_mel = kept
        if name not in listener.info.activations:
            known = ", ".join(listener.info.activations)
            raise ProblemError(
                404, "no-activation", "No such activation", f"no activation '{name}'; there are: {known}"
            )
        with self.admission.request(0), deadline(self.settings.deadline_s, "ask again"):
            return await listener.queue.alone(
                lambda: channels_binary(listener.classifier.activation(log_mel, name))
            )

    async def predict(self, samples: Float32Array, listener: Listener) -> Prediction:
        """Name mono samples [T]."""
        with self.metrics.stage("predict"):
            return await listener.queue.predict(samples)

    async def look(self, samples: Float32Array, listener: Listener) -> Analysis:
        """Name mono samples [T] and keep what the network saw."""
        several = len(listener.classifier.windows_of(samples)) > 1
        heard = await self.predict(samples, listener) if several else None
        with self.metrics.stage("look"):
            return await listener.queue.alone(lambda: listener.classifier.look_inside(samples, heard))

    @asynccontextmanager
    async def sound_of(
        self,
        request: Request,
        listener: Listener,
        *,
        unwrap: Callable[[bytes], bytes] | None = None,
        wrapping: float = 1.0,
    ) -> AsyncIterator[Float32Array]:
        """Mono samples [T] of the uploaded file, at the listener's rate; inside, the deadline runs.

        Args:
            unwrap: gets the file out of a body that holds it in some other form.
            wrapping: how much larger that form is.

        Raises:
            ProblemError: 413, the upload took too long; 429, too busy; 499, the client went away; 504, past
                the deadline.
            AudioError: it is no sound that can be used.
        """
        most_bytes = int(self.settings.upload_bytes * wrapping)
        async with self._admitted(request, most_bytes):
            data = await self._upload(request, most_bytes)
            with deadline(self.settings.deadline_s, "try a shorter sound"):
                file = await to_thread.run_sync(unwrap, data) if unwrap else data
                async with while_awaited(request):
                    with self.metrics.stage("decode"):
                        samples = await self.decoders.samples(file, listener.info.front_end.sample_rate_hz)
                    yield samples

    @asynccontextmanager
    async def _admitted(self, request: Request, most_bytes: int) -> AsyncIterator[None]:
        """The stay of a request that is let in; one that is refused may finish sending first."""
        try:
            with self.admission.request(expected_bytes(request, most_bytes)):
                yield
        except (ProblemError, AudioTooLargeError):
            await let_finish(request, REFUSED_FACTOR * most_bytes, REFUSED_S)
            raise

    async def _upload(self, request: Request, most_bytes: int) -> bytes:
        try:
            with anyio.fail_after(self.settings.deadline_s), self.metrics.stage("upload"):
                return await read_upload(request, most_bytes)
        except TimeoutError as error:
            # 408 would say so, too, but browsers answer that with the same upload once more, again and again.
            detail = f"it did not arrive within {self.settings.deadline_s:g} s; send a shorter piece"
            raise ProblemError(413, "slow-upload", "Upload too slow", detail, limit="upload_s") from error


def longest_stay_s(settings: ServerSettings) -> float:
    """The longest that a request can take: to arrive, then to be answered, or to be let finish if refused."""
    return 2 * settings.deadline_s + REFUSED_S


@contextmanager
def deadline(seconds: float, way_out: str) -> Iterator[None]:
    """Inside, there is so much time.

    Raises:
        ProblemError: 504, it was not enough.
    """
    try:
        with anyio.fail_after(seconds):
            yield
    except TimeoutError as error:
        raise ProblemError(
            504, "deadline", "Past the deadline", f"no answer within {seconds:g} s; {way_out}"
        ) from error


def expected_bytes(request: Request, most_bytes: int) -> int:
    """What the upload will hold, as far as the request says; else as much as it may."""
    announced = announced_bytes(request)
    return most_bytes if announced is None else min(announced, most_bytes)


async def hearing_of(connection: HTTPConnection) -> Hearing:  # a plain function would be called in a thread
    """The parts of the server that a request has reached: a dependency of its routes."""
    hearing: Hearing = connection.app.state.hearing
    return hearing


async def listener_of(
    hearing: Annotated[Hearing, Depends(hearing_of)],
    model: Annotated[
        str | None, Query(description="Name of a model, see /api/v1/models; the first one if not given.")
    ] = None,
) -> Listener:
    """The model that a request asks for: a dependency of routes.

    Raises:
        ProblemError: 404, there is none of that name.
    """
    return hearing.listener(model)
