"""Decoding in processes of their own: a file that crashes or chokes a decoder costs that decoder alone.

A short plain WAV, whose bytes are its samples, needs no decoder and is spared the way there and back.

A decoder that died, was too slow or whose client went away is ended and another one started beside all
requests: one that a request starts could be left behind when that request ends before the start does.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import asynccontextmanager, suppress
from itertools import chain, repeat

import anyio

from audio_cnn.config import AudioLimits
from audio_cnn.errors import AudioError, CorruptAudioError
from audio_cnn.prediction.records import Float32Array
from audio_cnn.server.decoder import Decoder
from audio_cnn.waveform import decode
from audio_cnn.waveform.plain_wav import plain_wav

NOTICE_S = 0.05  # in which others that were ended with it are gone, too
PLAIN_BYTES = 2**20
AGAIN_S = 0.0, 0.0, 0.1, 0.3, 1.0
"""From one try to start a decoder to the next; the last as often as need be."""

logger = logging.getLogger(__name__)


class Decoders:
    """A few processes that turn bytes into samples.

    Args:
        count: how many.
        limits: what a sound may be.
        seconds: the longest that one file may take.
        memory_bytes: what each process may take.
    """

    def __init__(self, count: int, *, limits: AudioLimits, seconds: float, memory_bytes: int) -> None:
        self.count = count
        self._limits = limits
        self._seconds = seconds
        self._memory_bytes = memory_bytes
        self._decoders: set[Decoder] = set()
        self._idle: asyncio.Queue[Decoder] = asyncio.Queue()
        self._starts: set[asyncio.Task[None]] = set()

    @property
    def pids(self) -> set[int]:
        """The numbers of the processes that run."""
        return {decoder.pid for decoder in self._decoders if decoder.pid is not None}

    async def start(self) -> None:
        """Start every process, so that no request has to wait for one.

        Raises:
            ExceptionGroup: the system does not let one start.
        """
        async with asyncio.TaskGroup() as tasks:
            for _ in range(self.count):
                tasks.create_task(self._start_one())

    def close(self) -> None:
        """End every process, and those that are about to start; nothing of them is left then."""
        for start in self._starts:
            start.cancel()
        self._idle = asyncio.Queue()
        while self._decoders:
            self._decoders.pop().end(wait=True)

    async def samples(self, data: bytes, rate_hz: int) -> Float32Array:
        """Mono samples [T] of a file, at that rate.

        A process that was ended from outside while it had this file is replaced and the file tried once more:
        only what kills two in a row is to blame itself.

        Raises:
            AudioError: it cannot be decoded, or kills or chokes the decoder.
        """
        if needs_no_decoder(data, rate_hz):
            # In place: it takes less time than a thread's start and end.
            return decode(data, sample_rate_hz=rate_hz, limits=self._limits).samples
        with suppress(BrokenProcessPool):
            return await self._decoded(data, rate_hz)
        await anyio.sleep(NOTICE_S)
        try:
            return await self._decoded(data, rate_hz)
        except BrokenProcessPool as error:
            raise CorruptAudioError("two decoders in a row crashed over it, or were ended") from error

    async def _decoded(self, data: bytes, rate_hz: int) -> Float32Array:
        try:
            async with self._turn() as decoder:
                with anyio.fail_after(self._seconds):
                    return await decoder.samples(data, rate_hz, self._limits)
        except TimeoutError as error:
            raise CorruptAudioError(f"it could not be decoded within {self._seconds:g} s") from error

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[Decoder]:
        """A decoder for oneself; waiting for it is not the file's fault."""
        decoder = await self._idle.get()
        while not decoder.alive:  # it was ended while idle
            self._replace(decoder)
            decoder = await self._idle.get()
        try:
            yield decoder
        except AudioError:
            self._idle.put_nowait(decoder)
            raise
        except BaseException:  # whatever the decoder is about, nobody waits for it any more
            self._replace(decoder)
            raise
        self._idle.put_nowait(decoder)

    def _replace(self, decoder: Decoder) -> None:
        decoder.end()
        self._decoders.discard(decoder)
        start = asyncio.create_task(self._start_one_in_the_end())
        self._starts.add(start)
        start.add_done_callback(self._starts.discard)

    async def _start_one(self) -> None:
        decoder = await Decoder.started(self._memory_bytes)
        self._decoders.add(decoder)
        self._idle.put_nowait(decoder)

    async def _start_one_in_the_end(self) -> None:
        waits_s = chain(AGAIN_S, repeat(AGAIN_S[-1]))
        while True:
            try:
                return await self._start_one()
            except Exception as error:  # whatever it is: without decoders there are no answers
                logger.warning("a decoder could not be started: %s", error)
                await anyio.sleep(next(waits_s))


def needs_no_decoder(data: bytes, rate_hz: int) -> bool:
    """Whether it is a short plain WAV at that rate already: nothing to resample either."""
    header = plain_wav(data)
    return header is not None and header.sample_rate_hz == rate_hz and len(data) <= PLAIN_BYTES
