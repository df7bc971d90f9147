"""The plainest sound file there is, read without a decoder: a WAV header of 44 bytes, then 16-bit samples.

Most programs write just that. Nothing in it can crash or choke a reader: the header has one shape or is not
taken, and the samples are the bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from audio_cnn.waveform.stream import BLOCK_SAMPLES, AudioStream, Block

HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")
PCM, SAMPLE_BYTES = 1, 2


@dataclass(frozen=True)
class PlainWav:
    """What the header says.

    Attributes:
        frames: samples of each channel, all of which are there.
    """

    sample_rate_hz: int
    channels: int
    frames: int


def plain_wav(data: bytes) -> PlainWav | None:
    """The header of a file that is plain and whole; None for any other, which takes a decoder."""
    if len(data) < HEADER.size:
        return None
    (
        riff,
        _,
        wave,
        fmt,
        fmt_bytes,
        coding,
        channels,
        rate_hz,
        byte_rate,
        frame_bytes,
        bits,
        mark,
        size_bytes,
    ) = HEADER.unpack_from(data)
    plain = (riff, wave, fmt, mark) == (b"RIFF", b"WAVE", b"fmt ", b"data") and (fmt_bytes, coding, bits) == (
        16,
        PCM,
        8 * SAMPLE_BYTES,
    )
    agrees = frame_bytes == SAMPLE_BYTES * channels > 0 and byte_rate == rate_hz * frame_bytes > 0
    whole = 0 < size_bytes <= len(data) - HEADER.size
    if not (plain and agrees and whole and size_bytes % frame_bytes == 0):
        return None
    return PlainWav(rate_hz, channels, size_bytes // frame_bytes)


def read_plain_wav(data: bytes, header: PlainWav) -> AudioStream:
    """The samples as they stand there, int16 [t, C] a block."""
    shape = header.frames, header.channels
    samples = np.frombuffer(data, "<i2", offset=HEADER.size, count=shape[0] * shape[1]).reshape(shape)
    return AudioStream(header.sample_rate_hz, header.channels, _blocks(samples))


def _blocks(samples: Block) -> Iterator[Block]:
    frames = max(1, BLOCK_SAMPLES // samples.shape[1])
    for start in range(0, len(samples), frames):
        yield samples[start : start + frames]
