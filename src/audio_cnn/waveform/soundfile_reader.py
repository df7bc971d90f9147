"""Bytes or a file in, blocks out, through libsndfile: fast, and enough for the formats of most sounds."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import soundfile

from audio_cnn.errors import CorruptAudioError
from audio_cnn.waveform.source import LargeFile
from audio_cnn.waveform.stream import BLOCK_SAMPLES, AudioStream, Block


def read_with_soundfile(data: bytes) -> AudioStream:
    """Open a sound with libsndfile.

    The file is handed over without a name, so that libsndfile has no extension to guess by.

    Raises:
        CorruptAudioError: it cannot be opened; the stream's blocks raise it where decoding fails.
    """
    return _opened(_Memory(data))


def read_from_disk(large: LargeFile) -> AudioStream:
    """Open a file with libsndfile, to be read while it is decoded.

    Raises:
        CorruptAudioError: as ``read_with_soundfile``.
    """
    return _opened(_OnDisk(large))


def _opened(content: io.IOBase) -> AudioStream:
    try:
        file = soundfile.SoundFile(content)
    except (soundfile.SoundFileError, OSError) as error:
        content.close()
        raise CorruptAudioError(f"it is damaged or cut short: {_reason(error)}") from error
    return AudioStream(file.samplerate, file.channels, _blocks(file, content))


def _blocks(file: soundfile.SoundFile, content: io.IOBase) -> Iterator[Block]:
    # 16-bit samples as they are: libsndfile's own conversion takes three times as long as NumPy's.
    dtype = np.int16 if file.subtype == "PCM_16" else np.float32
    # The stated length only saves memory; it may be a lie, so reading goes on until nothing comes.
    frames = max(1, min(file.frames, BLOCK_SAMPLES // file.channels))
    with content, file:
        while len(block := _read(file, np.empty((frames, file.channels), dtype))):
            yield block


def _read(file: soundfile.SoundFile, buffer: Block) -> Block:
    try:
        block: Block = file.read(out=buffer)
    except (soundfile.SoundFileError, OSError) as error:
        raise CorruptAudioError(f"it cannot be decoded to its end: {_reason(error)}") from error
    return block


def _reason(error: Exception) -> str:
    return str(getattr(error, "error_string", error)).removeprefix("Error : ").rstrip(".")


class _OnDisk(io.FileIO):
    """A file that ends where it cannot be read: errors cannot cross C code."""

    def __init__(self, large: LargeFile) -> None:
        super().__init__(large.opened())
        self._size_bytes = large.size_bytes

    def readinto(self, buffer: Any) -> int:
        try:
            return super().readinto(buffer) or 0
        except OSError:
            return 0

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_CUR: self.tell(), io.SEEK_END: self._size_bytes}.get(whence, 0)
        return super().seek(max(0, base + offset))


class _Memory(io.BytesIO):
    """Bytes as a file in which a damaged header can seek anywhere: errors cannot cross C code."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self._size_bytes = len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_CUR: self.tell(), io.SEEK_END: self._size_bytes}.get(whence, 0)
        return super().seek(max(0, base + offset))
