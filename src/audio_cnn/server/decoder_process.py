"""What runs in a decoder's process: it may take so much memory, talks to nobody and ends with the server."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from audio_cnn.errors import AudioError, AudioTooLargeError
from audio_cnn.memory import keep_freed_memory
from audio_cnn.server.slate import Handle, SlateFile, opened
from audio_cnn.waveform import decode

if TYPE_CHECKING:  # what the network's side would load takes a second and a hundred megabytes
    from audio_cnn.config import AudioLimits
    from audio_cnn.prediction.records import Float32Array


def prepare(memory_bytes: int, slate: Handle | None) -> tuple[int, bool]:
    """Load what decoding needs and set the process up; its number, and whether it reaches the slate."""
    import signal

    import av  # noqa: F401 - loaded now, not with the first file that needs it
    import soxr  # noqa: F401

    end_with_the_server()
    limit_memory(memory_bytes)
    keep_freed_memory()
    drop_warnings()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which drains
    try:
        return os.getpid(), slate is None or bool(opened(slate))
    except OSError:
        return os.getpid(), False


def decoded(file: bytes | SlateFile, rate_hz: int, limits: AudioLimits) -> Float32Array | int:
    """The samples [T] of a file, or how many of them now stand on the slate.

    Raises:
        AudioError: it cannot be decoded, or not with so little memory.
    """
    try:
        data = file.read() if isinstance(file, SlateFile) else file
        samples = decode(data, sample_rate_hz=rate_hz, limits=limits).samples
        return file.answer(samples) if isinstance(file, SlateFile) else samples
    except AudioError as error:
        raise error.with_traceback(None) from None
    except MemoryError:
        raise AudioTooLargeError("it takes too much memory to decode", limit="memory") from None


def end_with_the_server() -> None:
    """Do not outlive the server, however that ends: nobody would ever send this process another file."""
    import multiprocessing
    import threading

    server = multiprocessing.parent_process()

    def follow() -> None:
        if server is not None:
            server.join()
            os._exit(0)

    threading.Thread(target=follow, daemon=True).start()


def drop_warnings() -> None:
    """Let what libraries print of strangers' files go nowhere."""
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)


def limit_memory(memory_bytes: int) -> None:
    """Let this process take no more than so much memory, where the system can hold it to that."""
    if sys.platform != "linux":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, memory_bytes))
