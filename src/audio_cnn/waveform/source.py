"""A path, bytes or a stream in; all of its bytes out, or an error as soon as there are too many."""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeAlias

from audio_cnn.errors import AudioError, AudioTooLargeError, EmptyAudioError

Source: TypeAlias = str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryIO

READ_BYTES = 2**20

LARGE_BYTES = 2**26
IN_MEMORY_BYTES = 2**31
"""The largest that is ever read into memory."""


@dataclass(frozen=True)
class LargeFile:
    """A file that is better not read into memory.

    Attributes:
        where: its path, or the descriptor under which it is open.
        size_bytes: how large it is.
    """

    where: Path | int
    size_bytes: int

    def opened(self) -> int | Path:
        """What opens it for reading from its begin; a descriptor belongs to whoever takes it."""
        if isinstance(self.where, Path):
            return self.where
        os.lseek(self.where, 0, os.SEEK_SET)
        return os.dup(self.where)  # which has its place in the file in common with this one

    def begin(self, size_bytes: int) -> bytes:
        """Its first bytes; after that, it can be read from its begin by other means, too."""
        with io.FileIO(self.opened()) as file:
            first = file.read(size_bytes)
        if isinstance(self.where, int):
            os.lseek(self.where, 0, os.SEEK_SET)
        return first


def large_file(source: Source, limit_bytes: int) -> LargeFile | None:
    """A file that is better not read into memory: a path, or open and read from its begin. None for the rest.

    Raises:
        AudioTooLargeError: more than ``limit_bytes``.
    """
    try:
        where = Path(source) if isinstance(source, (str, os.PathLike)) else _descriptor(source)
        if where is None:
            return None
        state = os.stat(where)  # noqa: PTH116 - of either
    except (OSError, ValueError):  # which whoever reads it will meet again, and report
        return None
    if not stat.S_ISREG(state.st_mode):
        return None
    _check_size(state.st_size, limit_bytes)
    return LargeFile(where, state.st_size) if state.st_size > LARGE_BYTES else None


def _descriptor(source: Source) -> int | None:
    """Of an open file that stands at its begin. What unpacks a file has one that gives other bytes."""
    raw = getattr(source, "raw", source)
    return raw.fileno() if isinstance(raw, io.FileIO) and raw.tell() == 0 else None


def read_source(source: Source, limit_bytes: int) -> bytes:
    """Read everything there is in ``source``.

    Args:
        source: a path (also of a pipe), the bytes themselves, or a binary file object, which is
            read from where it stands and need not be seekable.
        limit_bytes: reading stops one byte past this.

    Raises:
        AudioError: the path or stream cannot be read.
        AudioTooLargeError: more than ``limit_bytes``.
        EmptyAudioError: no bytes at all.
        TypeError: the source is of none of these types.
    """
    data = _bytes_of(source, limit_bytes)
    if not data:
        raise EmptyAudioError("there is nothing in it: 0 bytes")
    return data


def _bytes_of(source: Source, limit_bytes: int) -> bytes:
    if isinstance(source, (bytes, bytearray, memoryview)):
        _check_size(memoryview(source).nbytes, limit_bytes)
        return bytes(source)
    if isinstance(source, (str, os.PathLike)):
        return _read_path(source, limit_bytes)
    if hasattr(source, "read"):
        return b"".join(blocks_of(source, limit_bytes))
    raise TypeError(f"a sound is given as a path, bytes or a binary file, not as {type(source).__name__}")


def _read_path(path: str | os.PathLike[str], limit_bytes: int) -> bytes:
    try:
        with Path(path).open("rb", buffering=0) as file:
            _check_size(os.fstat(file.fileno()).st_size, limit_bytes)
            return b"".join(blocks_of(file, limit_bytes))
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the path
        raise AudioError(_path_message(path, error)) from error


def _path_message(path: str | os.PathLike[str], error: OSError | ValueError) -> str:
    if not os.fspath(path):  # which Path takes for the working folder
        return "the path is empty"
    if isinstance(error, FileNotFoundError):
        return f"no such file: {path}"
    # Windows reports it as a missing permission. Not Path.is_dir, which raises where it may not look.
    if isinstance(error, OSError) and os.path.isdir(path):  # noqa: PTH112
        return f"{path} is a folder, not a sound file"
    if isinstance(error, PermissionError):
        return f"no permission to read {path}"
    reason = error.strerror if isinstance(error, OSError) else error
    return f"cannot read {os.fspath(path)!r}: {reason}"


def blocks_of(stream: BinaryIO, limit_bytes: int, *, before_bytes: int = 0) -> Iterator[bytes]:
    """What a stream gives, block by block.

    Args:
        limit_bytes: reading stops one byte past this.
        before_bytes: what has been read of it already.

    Raises:
        AudioError: it cannot be read.
        AudioTooLargeError: more than ``limit_bytes``.
        TypeError: it gives text.
    """
    total_bytes = before_bytes
    while block := _block(stream, min(READ_BYTES, limit_bytes + 1 - total_bytes)):
        if not isinstance(block, (bytes, bytearray, memoryview)):
            raise TypeError(
                "the stream gives text; open it in binary mode (sys.stdin.buffer, open(..., 'rb'))"
            )
        total_bytes += len(block)
        _check_size(total_bytes, limit_bytes)
        yield bytes(block)


def _block(stream: BinaryIO, size_bytes: int) -> bytes:
    try:
        return stream.read(size_bytes)
    except (OSError, ValueError) as error:  # ValueError: the stream is closed
        reason = getattr(error, "strerror", None) or error
        raise AudioError(f"cannot read the stream: {reason}") from error


def _check_size(size_bytes: int, limit_bytes: int) -> None:
    if size_bytes > limit_bytes:
        raise AudioTooLargeError(
            f"more than {_size(limit_bytes)}; give a shorter piece, or a compressed format", limit="bytes"
        )


def _size(size_bytes: int) -> str:
    mebibytes = size_bytes / 2**20
    return f"{mebibytes:.3g} MiB" if mebibytes < 1000 else f"{mebibytes / 2**10:.3g} GiB"
