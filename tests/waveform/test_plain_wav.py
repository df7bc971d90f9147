"""The plain WAV, read without a decoder: the same samples as with one; nothing is taken that is not plain."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
import soundfile
from sound_files import sine, with_soundfile

from audio_cnn.config import AudioLimits
from audio_cnn.errors import AudioTooLargeError
from audio_cnn.waveform import decode
from audio_cnn.waveform.plain_wav import HEADER_BYTES, PlainWav, plain_wav, read_plain_wav

PLAIN = with_soundfile(sine(44_100), 44_100)


def with_field(offset: int, kind: str, value: int) -> bytes:
    """The plain file with one number of its header changed."""
    data = bytearray(PLAIN)
    struct.pack_into(f"<{kind}", data, offset, value)
    return bytes(data)


@pytest.mark.parametrize("channels", [1, 2, 7])
@pytest.mark.parametrize("seconds", [0.01, 1.0, 8.0])
def test_gives_what_libsndfile_gives(seconds: float, channels: int) -> None:
    sound = np.stack([sine(44_100, seconds=seconds, hz=300 * (c + 1)) for c in range(channels)], axis=1)
    data = with_soundfile(sound, 44_100)
    expected, rate_hz = soundfile.read(io.BytesIO(data), dtype="int16", always_2d=True)

    header = plain_wav(data)
    assert header == PlainWav(rate_hz, channels, len(expected))
    stream = read_plain_wav(data, header)

    assert (stream.sample_rate_hz, stream.channels) == (rate_hz, channels)
    np.testing.assert_array_equal(np.concatenate(list(stream.blocks)), expected)


def test_what_follows_the_samples_is_no_sound() -> None:
    followed = PLAIN + b"LIST\x04\0\0\0abcd"

    np.testing.assert_array_equal(decode(followed).samples, decode(PLAIN).samples)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        PLAIN[:43],
        PLAIN[:44],
        PLAIN[:-1],
        with_soundfile(sine(44_100), 44_100, subtype="FLOAT"),
        with_soundfile(sine(44_100), 44_100, subtype="PCM_24"),
        with_soundfile(sine(44_100), 44_100, major="WAVEX"),
        with_soundfile(sine(44_100), 44_100, endian="BIG"),
        with_soundfile(sine(44_100), 44_100, major="FLAC"),
        with_field(16, "I", 18),
        with_field(20, "H", 3),
        with_field(22, "H", 0),
        with_field(22, "H", 2),
        with_field(22, "H", 40_000),
        with_field(24, "I", 0),
        with_field(24, "I", 2**32 - 1),
        with_field(24, "I", 48_000),
        with_field(32, "H", 4),
        with_field(34, "H", 8),
        with_field(40, "I", 0),
        with_field(40, "I", 88_201),
        with_field(40, "I", 0xFFFFFFFF),
    ],
)
def test_anything_else_takes_a_decoder(data: bytes) -> None:
    assert plain_wav(data) is None


def test_limits_hold() -> None:
    many = PLAIN[:22] + struct.pack("<HIIH", 40, 44_100, 44_100 * 80, 80) + PLAIN[34:40]
    many += struct.pack("<I", 88_160) + PLAIN[HEADER_BYTES:]
    assert plain_wav(many)
    with pytest.raises(AudioTooLargeError, match="40 channels"):
        decode(many)
    with pytest.raises(AudioTooLargeError, match=r"longer than 0\.5 s"):
        decode(PLAIN, limits=AudioLimits(decoded_s=0.5))
