"""A stream in; of one with many bytes a temporary file out, so that they need not be in memory."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, cast

from audio_cnn.errors import AudioError
from audio_cnn.waveform.recognition import readable_on_disk
from audio_cnn.waveform.source import IN_MEMORY_BYTES, LARGE_BYTES, Source, blocks_of, large_file


@contextmanager
def spooled(source: Source, limit_bytes: int) -> Iterator[Source]:
    """The source itself, or, of a stream or pipe, its bytes, or an open file of them.

    There is a file for many bytes of a format that can be read from where it is. It has no name, and goes as
    soon as it is closed, or the process ends.

    Raises:
        AudioError: the stream cannot be read, or there is no room for its file.
        AudioTooLargeError: more than ``limit_bytes``, or than can be in memory where that is needed.
    """
    with ExitStack() as stack:
        stream = None if large_file(source, limit_bytes) else _stream_of(source, stack)
        if stream is None:
            yield source
        else:
            yield kept(stream, limit_bytes, stack)


def kept(stream: BinaryIO, limit_bytes: int, stack: ExitStack) -> Source:
    """All that comes of a stream; what closes the file, if there is one, is left on the stack.

    Raises:
        AudioError: as ``spooled``.
    """
    begin, ended = _begin(stream, limit_bytes)
    if ended:
        return begin
    if not readable_on_disk(begin):
        rest = blocks_of(stream, min(limit_bytes, IN_MEMORY_BYTES), before_bytes=len(begin))
        return b"".join((begin, *rest))
    try:
        file = stack.enter_context(tempfile.TemporaryFile(prefix="audio-cnn-"))  # noqa: SIM115 - it is one
        file.write(begin)
        file.writelines(blocks_of(stream, limit_bytes, before_bytes=len(begin)))
        file.seek(0)
    except OSError as error:
        raise AudioError(f"a stream so long needs room for a temporary file: {error}") from error
    return cast("BinaryIO", file)


def _stream_of(source: Source, stack: ExitStack) -> BinaryIO | None:
    """What can be read only once, as it comes."""
    if isinstance(source, (str, os.PathLike)):
        with suppress(OSError, ValueError):  # which whoever reads it will meet again, and report
            if Path(source).is_fifo():
                return stack.enter_context(Path(source).open("rb", buffering=0))
        return None
    return cast("BinaryIO", source) if hasattr(source, "read") else None


def _begin(stream: BinaryIO, limit_bytes: int) -> tuple[bytes, bool]:
    """The first bytes, and whether they are all."""
    blocks: list[bytes] = []
    size_bytes = 0
    for block in blocks_of(stream, limit_bytes):
        blocks.append(block)
        size_bytes += len(block)
        if size_bytes > LARGE_BYTES:
            return b"".join(blocks), False
    return b"".join(blocks), True
