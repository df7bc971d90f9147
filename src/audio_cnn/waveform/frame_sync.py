"""Streams without a file header: MPEG audio (MP3 and MP2) and ADTS AAC.

Two or three bytes are no proof of a format: text and noise have them too. A stream counts as found
where frame headers follow each other at exactly the distance each of them states.

Source: ISO/IEC 11172-3 and 13818-3 (MPEG audio header), 13818-7 (ADTS header).
"""

from __future__ import annotations

import re
from typing import NamedTuple

SEARCH_BYTES = 2**16
"""How far past the beginning a stream that was cut out of a longer one may take to show a whole frame."""

_HEADER_BYTES = 7

_KBIT_S = {
    # (MPEG 1?, layer): by bit rate index 1..14
    (True, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (True, 3): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (False, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (False, 3): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_MPEG1_HZ = (44_100, 48_000, 32_000)
_RATE_SHIFT = {3: 0, 2: 1, 0: 2}  # version bits: MPEG 1, 2 and 2.5, each half the rates of the one before
_LAYER = {2: 2, 1: 3}  # not the first, long out of use, whose header begins as UTF-16 text does
_HEADER = re.compile(rb"\xff[\xe0-\xfd]")


class Frame(NamedTuple):
    """One frame header: its stream's name, what must not change from frame to frame, and its length."""

    name: str
    identity: tuple[int, ...]
    size_bytes: int


def mpeg_frame(data: bytes, start: int) -> Frame | None:
    """The MPEG audio frame whose header is at ``start``, if one is there."""
    if len(data) < start + 4 or data[start] != 0xFF or data[start + 1] & 0xE0 != 0xE0:
        return None
    shift, layer = _RATE_SHIFT.get(data[start + 1] >> 3 & 3), _LAYER.get(data[start + 1] >> 1 & 3)
    bit_rate, rate, padding = data[start + 2] >> 4, data[start + 2] >> 2 & 3, data[start + 2] >> 1 & 1
    if shift is None or layer is None or bit_rate in (0, 15) or rate == 3:
        return None
    bit_s = _KBIT_S[shift == 0, layer][bit_rate - 1] * 1000
    rate_hz = _MPEG1_HZ[rate] >> shift
    size_bytes = (72 if layer == 3 and shift else 144) * bit_s // rate_hz + padding
    return Frame(f"MP{layer}", (shift, layer, rate), size_bytes)


def adts_frame(data: bytes, start: int) -> Frame | None:
    """The ADTS frame whose header is at ``start``, if one is there."""
    if len(data) < start + _HEADER_BYTES or data[start] != 0xFF or data[start + 1] & 0xF6 != 0xF0:
        return None
    size_bytes = (data[start + 3] & 3) << 11 | data[start + 4] << 3 | data[start + 5] >> 5
    if data[start + 2] >> 2 & 15 > 12 or size_bytes <= _HEADER_BYTES:
        return None
    return Frame("AAC", (data[start + 1], data[start + 2]), size_bytes)


def find_stream(data: bytes, start: int) -> tuple[str, int] | None:
    """Name ("MP3", "MP2", "AAC") and first byte of the stream at or soon after ``start``."""
    if frame := _stream_at(data, start, frames=2, at_end=1):
        return frame.name, start
    for header in _HEADER.finditer(data, start, start + SEARCH_BYTES):
        if frame := _stream_at(data, header.start(), frames=4, at_end=2):
            return frame.name, header.start()
    return None


def _stream_at(data: bytes, start: int, *, frames: int, at_end: int) -> Frame | None:
    """The first of so many frames in a row; of fewer, ``at_end`` or more, if the data end with the last."""
    for read in (mpeg_frame, adts_frame):
        first, at, count = read(data, start), start, 0
        frame = first
        while frame and first and frame.identity == first.identity and count < frames:
            count, at = count + 1, at + frame.size_bytes
            frame = read(data, at)
        if count == frames or (count >= at_end and at >= len(data)):
            return first
    return None
