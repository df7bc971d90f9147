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

# From the ninth byte on: "WAVE", all of the format, and where the samples begin.
FORMAT = struct.Struct("<8sIHHIIHH4s")
FORMAT_AT, CHANNELS_AT, SIZE_AT, HEADER_BYTES = 8, 22, 40, 44
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
    if len(data) < HEADER_BYTES or not data.startswith(b"RIFF"):
        return None
    channels, rate_hz = struct.unpack_from("<HI", data, CHANNELS_AT)
    (size_bytes,) = struct.unpack_from("<I", data, SIZE_AT)
    frame_bytes = SAMPLE_BYTES * channels
    byte_rate = rate_hz * frame_bytes
    if not (0 < frame_bytes < 2**16 and 0 < byte_rate < 2**32):
        return None
    plain = FORMAT.pack(
        b"WAVEfmt ", 16, PCM, channels, rate_hz, byte_rate, frame_bytes, 8 * SAMPLE_BYTES, b"data"
    )
    whole = 0 < size_bytes <= len(data) - HEADER_BYTES and size_bytes % frame_bytes == 0
    if not whole or data[FORMAT_AT:SIZE_AT] != plain:
        return None
    return PlainWav(rate_hz, channels, size_bytes // frame_bytes)


def read_plain_wav(data: bytes, header: PlainWav) -> AudioStream:
    """The samples as they stand there, int16 [t, C] a block."""
    shape = header.frames, header.channels
    samples = np.frombuffer(data, "<i2", offset=HEADER_BYTES, count=shape[0] * shape[1]).reshape(shape)
    return AudioStream(header.sample_rate_hz, header.channels, _blocks(samples))


def _blocks(samples: Block) -> Iterator[Block]:
    frames = max(1, BLOCK_SAMPLES // samples.shape[1])
    for start in range(0, len(samples), frames):
        yield samples[start : start + frames]
