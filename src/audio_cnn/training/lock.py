"""One process at a time in the folder of a training."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from audio_cnn.errors import CheckpointError
from audio_cnn.writing import clear_parts

LOCK_NAME = ".lock"


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Hold the folder, which is made where needed, against every other process.

    The system drops the lock with the process that holds it, however that ends; the file stays and
    means nothing by itself. What a process that was killed has left half written is removed.

    Raises:
        CheckpointError: another process holds the folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / LOCK_NAME)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        raise CheckpointError(
            f"another process is training in {folder}; wait until it ends, or name another --run folder"
        ) from None
    try:
        clear_parts(folder)
        yield
    finally:
        lock.release()
