"""One decoder: a process that turns files into samples, as the server sees it."""

from __future__ import annotations

import asyncio
import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from typing import Any, Self

from audio_cnn.config import AudioLimits
from audio_cnn.prediction.records import Float32Array
from audio_cnn.server import decoder_process
from audio_cnn.server.slate import Slate, SlateFile, new_slate

PRELOADED = decoder_process.__name__, "av", "soxr", "audio_cnn.cli.main"
"""Before there is a decoder: what it needs, and what begins the process that it comes from."""


class Decoder:
    """A process of its own, and the slate on which files reach it and samples come back."""

    def __init__(self, slate: Slate | None) -> None:
        self._slate = slate
        self._process: BaseProcess | None = None
        self._pool = ProcessPoolExecutor(1, mp_context=process_context())

    @classmethod
    async def started(cls, memory_bytes: int) -> Self:
        """One that is ready for its first file.

        Args:
            memory_bytes: what the process may take.

        Raises:
            BrokenProcessPool: it died at once.
            OSError: the system starts no process.
        """
        decoder = cls(new_slate())
        try:
            await decoder._prepare(memory_bytes)
        except BaseException:
            decoder.end()
            raise
        return decoder

    async def _prepare(self, memory_bytes: int) -> None:
        handle = self._slate.handle if self._slate else None
        pid, reaches_slate = await self._call(decoder_process.prepare, memory_bytes, handle)
        running = {child.pid: child for child in multiprocessing.active_children()}
        if pid not in running:
            raise BrokenProcessPool("it died as soon as it was ready")
        self._process = running[pid]
        if not reaches_slate:
            self._wipe()

    @property
    def pid(self) -> int | None:
        """The number of its process."""
        return self._process.pid if self._process else None

    @property
    def alive(self) -> bool:
        """Whether it can be given a file."""
        return self._process is not None and self._process.is_alive()

    async def samples(self, data: bytes, rate_hz: int, limits: AudioLimits) -> Float32Array:
        """Mono samples [T] of a file, at that rate.

        Raises:
            AudioError: it cannot be decoded, or not with so little memory.
            BrokenProcessPool: the process died.
        """
        slate = self._slate
        if slate is None or not slate.write(data):
            samples: Float32Array = await self._call(decoder_process.decoded, data, rate_hz, limits)
            return samples
        file = SlateFile(slate.handle, len(data))
        answer: Float32Array | int = await self._call(decoder_process.decoded, file, rate_hz, limits)
        return slate.samples(answer) if isinstance(answer, int) else answer

    async def _call(self, function: Any, *arguments: object) -> Any:
        return await asyncio.wrap_future(self._pool.submit(function, *arguments))

    def end(self, *, wait: bool = False) -> None:
        """End the process, whatever it is about.

        Args:
            wait: until it has ended.
        """
        self._wipe()
        if self._process is not None:
            self._process.kill()
        self._process = None
        self._pool.shutdown(wait=wait, cancel_futures=True)

    def _wipe(self) -> None:
        if self._slate:
            self._slate.close()
        self._slate = None


def process_context() -> BaseContext:
    """How a decoder's process begins.

    On Linux each is forked off a small process that has loaded everything and does nothing else, which takes
    a tenth of the time of a fresh one: whatever kills decoders has to be quicker than that.
    """
    if sys.platform != "linux":  # elsewhere not all that is loaded can be forked, or nothing can
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(PRELOADED))
    return context
