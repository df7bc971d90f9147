"""Decoding in processes of their own: a file that crashes or chokes a decoder costs that decoder alone.

A short plain WAV, whose bytes are its samples, needs no decoder and is spared the way there and back.

Each process has a limit on its memory and each file one on its time. anyio keeps the processes, starts new
ones for those that died, and hands the bytes over.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import anyio
from anyio import BrokenWorkerProcess, CapacityLimiter, EndOfStream, to_process

from audio_cnn.config import AudioLimits
from audio_cnn.errors import AudioError, AudioTooLargeError, CorruptAudioError
from audio_cnn.prediction.records import Float32Array
from audio_cnn.server.memory import keep_freed_memory
from audio_cnn.server.slate import Handle, SlateFile, opened, slates
from audio_cnn.waveform import decode
from audio_cnn.waveform.plain_wav import plain_wav

# The last two come through where a process ends before it has begun.
PROCESS_GONE = (BrokenWorkerProcess, EndOfStream, ProcessLookupError)
NOTICE_S = 0.05  # in which the loop learns of others that were ended with it
PIPE_BYTES = 2**20
PLAIN_BYTES = 2**20
KEEP_WARM_S = 120.0  # anyio ends a process that had nothing to do for 300 s


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
        self._turns = CapacityLimiter(count)
        self._processes = CapacityLimiter(count)
        self._slates = slates(count)

    def close(self) -> None:
        """Give back the memory that is shared with the processes."""
        while self._slates:
            self._slates.pop().close()

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
        async with self._turns:  # waiting for a turn is not the file's fault
            try:
                with anyio.fail_after(self._seconds):
                    return await self._decoded(data, rate_hz)
            except TimeoutError as error:
                raise CorruptAudioError(f"it could not be decoded within {self._seconds:g} s") from error

    async def _decoded(self, data: bytes, rate_hz: int) -> Float32Array:
        try:
            return await self._once(data, rate_hz)
        except PROCESS_GONE:
            await anyio.sleep(NOTICE_S)
        try:
            return await self._once(data, rate_hz)
        except PROCESS_GONE as error:
            raise CorruptAudioError("two decoders in a row crashed over it, or were ended") from error

    async def _once(self, data: bytes, rate_hz: int) -> Float32Array:
        slate = self._slates.pop() if self._slates else None
        try:
            if slate is None or not slate.write(data):
                samples: Float32Array = await self._apart(data, rate_hz)
                return samples
            answer: Float32Array | int = await self._apart(SlateFile(slate.handle, len(data)), rate_hz)
            return slate.samples(answer) if isinstance(answer, int) else answer
        finally:
            if slate is not None:
                self._slates.append(slate)

    async def _apart(self, file: bytes | SlateFile, rate_hz: int) -> Any:
        return await to_process.run_sync(
            decode_apart,
            file,
            rate_hz,
            self._limits,
            self._memory_bytes,
            cancellable=True,
            limiter=self._processes,
        )

    async def warm_up(self) -> None:
        """Start every process, so that no request has to wait for one."""
        async with anyio.create_task_group() as tasks:
            for _ in range(self.count):
                tasks.start_soon(self._start_one)

    async def _start_one(self) -> None:
        handle = self._slates[0].handle if self._slates else None
        if not await to_process.run_sync(prepare, self._memory_bytes, handle, limiter=self._processes):
            self.close()

    async def keep_warm(self) -> None:
        """Keep the processes from being ended for idleness; runs until cancelled."""
        while True:
            await anyio.sleep(KEEP_WARM_S)
            with suppress(*PROCESS_GONE, ExceptionGroup):  # the next file will start another
                await self.warm_up()


def needs_no_decoder(data: bytes, rate_hz: int) -> bool:
    """Whether it is a short plain WAV at that rate already: nothing to resample either."""
    header = plain_wav(data)
    return header is not None and header.sample_rate_hz == rate_hz and len(data) <= PLAIN_BYTES


def prepare(memory_bytes: int, slate: Handle | None) -> bool:
    """In a decoder process: load what decoding needs and set it up. False: slates cannot be used."""
    import time

    import av  # noqa: F401 - loaded now, not with the first file that needs it
    import soxr  # noqa: F401

    set_up(memory_bytes)
    time.sleep(0.05)  # long enough to be busy while the others are started
    try:
        return slate is None or bool(opened(slate))
    except OSError:
        return False


def decode_apart(
    file: bytes | SlateFile, rate_hz: int, limits: AudioLimits, memory_bytes: int
) -> Float32Array | int:
    """In a decoder process: the samples [T], or how many of them now stand on the slate.

    Raises:
        AudioError: it cannot be decoded, or not with so little memory.
    """
    set_up(memory_bytes)  # a process that replaces another one was never prepared
    try:
        data = file.read() if isinstance(file, SlateFile) else file
        samples = decode(data, sample_rate_hz=rate_hz, limits=limits).samples
        return file.answer(samples) if isinstance(file, SlateFile) else samples
    except AudioError as error:
        raise error.with_traceback(None) from None
    except MemoryError:
        raise AudioTooLargeError("it takes too much memory to decode", limit="memory") from None


@cache
def set_up(memory_bytes: int) -> None:
    """In a decoder process, once: what it may take, and that it listens and talks to the server alone."""
    import signal

    limit_memory(memory_bytes)
    widen_pipes()
    keep_freed_memory()
    drop_warnings()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which drains


def drop_warnings() -> None:
    """Let what libraries print go nowhere: nobody reads the pipe it goes to, which blocks once it is full."""
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)


def limit_memory(memory_bytes: int) -> None:
    """Let this process take no more than so much memory, where the system can hold it to that."""
    if sys.platform != "linux":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, memory_bytes))


def widen_pipes() -> None:
    """Let a whole sound fit in this process's pipes: sixteen times fewer changes between processes."""
    if sys.platform != "linux":
        return
    import fcntl

    for descriptor in (0, 1):
        with suppress(OSError):  # beyond what this user may have; slower is no failure
            fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
