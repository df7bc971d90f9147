"""A look into MP4 files before libav sees them.

An MP4 file can say in 20 bytes "sixty million samples of one byte each", and libav builds a table of
them all, two gigabytes of it, before it reads the first one. Samples take at least a byte each, so
a file that states more of them than it has bytes is damaged or hostile.

Source: ISO/IEC 14496-12, boxes 'stsz', 'stz2' and 'trun'.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from audio_cnn.errors import CorruptAudioError

_LISTED = 0xF00
"""'trun' flags: a duration, size, flags or offset is listed for every sample, in four bytes each."""


def check_mp4(data: bytes) -> None:
    """Refuse a file whose sample tables could not be true.

    Raises:
        CorruptAudioError: they could not, or are compressed, so that they cannot be looked at.
    """
    stated_bytes = 0
    for start, end in _outside_media(data):
        if data.find(b"cmov", start, end) >= 0:
            raise CorruptAudioError(
                "its index is compressed, as in very old films; convert it to WAV or FLAC"
            )
        for size_bytes in _stated_bytes(data, start, end):
            stated_bytes += size_bytes
            if stated_bytes > len(data):
                raise CorruptAudioError(
                    "it states more samples than it has bytes; it is damaged or cut short"
                )


def _outside_media(data: bytes) -> Iterator[tuple[int, int]]:
    """Begin and end of everything but the media data, where any bytes may occur by chance."""
    start = 0
    while start + 8 <= len(data):
        size_bytes, kind = struct.unpack_from(">I4s", data, start)
        if size_bytes == 1 and start + 16 <= len(data):
            size_bytes = struct.unpack_from(">Q", data, start + 8)[0]
        if size_bytes < 8:  # 0: up to the end
            size_bytes = len(data) - start
        end = min(len(data), start + size_bytes)
        if kind != b"mdat":
            yield start, end
        start = end


def _stated_bytes(data: bytes, start: int, end: int) -> Iterator[int]:
    """Bytes that the samples of each table, or their entries in it, take at the least."""
    for at in _occurrences(data, b"stsz", start, end):
        size_bytes, count = _two_numbers(data, at + 8)
        yield size_bytes * count  # size 0: each sample's own size is listed, which libav checks
    for at in _occurrences(data, b"trun", start, end):
        flags, count = _two_numbers(data, at + 4)
        listed_bytes = 4 * (flags & _LISTED).bit_count()
        yield max(1, listed_bytes) * count


def _occurrences(data: bytes, mark: bytes, start: int, end: int) -> Iterator[int]:
    at = data.find(mark, start, end)
    while at >= 0:
        yield at
        at = data.find(mark, at + 1, end)


def _two_numbers(data: bytes, at: int) -> tuple[int, int]:
    numbers: tuple[int, int] = struct.unpack_from(">II", data[at : at + 8].ljust(8, b"\0"))
    return numbers
