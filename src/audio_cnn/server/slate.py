"""Memory that the server and its decoders both see, so that sounds need not be sent through pipes.

Each decoder has one, and one side writes on it at a time: the server a file's bytes, then the decoder the
samples over them. It has no name in any file system, so nothing is left behind however the server ends; a
decoder finds it through its parent's open files. Where a system cannot do that, all goes through pipes.
"""

from __future__ import annotations

import mmap
import os
import sys
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:  # a decoder needs nothing of the network's side
    from audio_cnn.prediction.records import Float32Array

SLATE_BYTES = 8 * 2**20  # 47 s at 44.1 kHz; taken from the system page by page as it is written on


@dataclass(frozen=True)
class Handle:
    """How a decoder finds a slate: its file descriptor in the process that owns it."""

    owner: int
    descriptor: int


class Slate:
    """One piece of shared memory.

    Raises:
        OSError: the system has none to give.
    """

    def __init__(self, size_bytes: int = SLATE_BYTES) -> None:
        descriptor = os.memfd_create("slate", os.MFD_CLOEXEC)
        os.ftruncate(descriptor, size_bytes)
        self.handle = Handle(os.getpid(), descriptor)
        self._memory = mmap.mmap(descriptor, size_bytes)

    def close(self) -> None:
        """Give the memory back."""
        self._memory.close()
        os.close(self.handle.descriptor)

    def write(self, data: bytes) -> bool:
        """Put a file on it; False, and nothing done, if it does not fit."""
        if len(data) > len(self._memory):
            return False
        self._memory[: len(data)] = data
        return True

    def samples(self, count: int) -> Float32Array:
        """A copy of the first ``count`` samples, float32 [count]."""
        return np.frombuffer(self._memory, dtype=np.float32, count=count).copy()


def new_slate() -> Slate | None:
    """A slate, or none where the system has no such memory."""
    if sys.platform != "linux":
        return None
    try:
        return Slate()
    except OSError:
        return None


@dataclass(frozen=True)
class SlateFile:
    """A file of ``size_bytes`` that stands on a slate: what a decoder is given instead of the bytes."""

    handle: Handle
    size_bytes: int

    def read(self) -> bytes:
        """In a decoder: the file."""
        return opened(self.handle)[: self.size_bytes]

    def answer(self, samples: Float32Array) -> Float32Array | int:
        """In a decoder: put samples [T] on the slate and give their number, or give them back if too many."""
        memory = opened(self.handle)
        if samples.nbytes > len(memory):
            return samples
        np.frombuffer(memory, dtype=np.float32, count=len(samples))[:] = samples
        return len(samples)


@cache
def opened(handle: Handle) -> mmap.mmap:
    """In a decoder: the memory of a slate.

    Raises:
        OSError: the system does not let a process at its parent's files.
    """
    descriptor = os.open(f"/proc/{handle.owner}/fd/{handle.descriptor}", os.O_RDWR)
    try:
        return mmap.mmap(descriptor, 0)
    finally:
        os.close(descriptor)
