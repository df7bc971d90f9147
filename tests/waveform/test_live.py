"""A WAV stream that has not ended yet."""

from __future__ import annotations

import io
import os
import struct
import threading
from collections.abc import Iterator

import numpy as np
import pytest
import soundfile

from audio_cnn.config import AudioLimits
from audio_cnn.errors import AudioError
from audio_cnn.waveform.live import LiveWav, LiveWindow

RATE_HZ = 8_000


def wav(
    samples: np.ndarray,
    *,
    rate_hz: int = RATE_HZ,
    size: int = 0xFFFFFFFF,
    kind: int = 1,
    more: bytes = b"",
    before: bytes = b"",
) -> bytes:
    """A header that does not know how long the sound, [T] or [T, C], will be, and the sound.

    With ``more`` of the format, and with chunks ``before`` that of the samples.
    """
    channels, width = (samples.shape[1] if samples.ndim > 1 else 1), samples.itemsize
    frame = channels * width
    form = struct.pack("<HHIIHH", kind, channels, rate_hz, rate_hz * frame, frame, 8 * width) + more
    header = b"RIFF" + struct.pack("<I", size) + b"WAVEfmt " + struct.pack("<I", len(form)) + form
    return header + before + b"data" + struct.pack("<I", size) + samples.tobytes()


def ramp(seconds: float, dtype: str = "<i2") -> np.ndarray:
    return np.arange(round(seconds * RATE_HZ)).astype(dtype)


def windows(data: bytes, *, window_s: float = 1.0, every_s: float = 0.5) -> list[LiveWindow]:
    return list(LiveWav(io.BytesIO(data), AudioLimits()).windows(window_s=window_s, every_s=every_s))


def test_the_newest_stretch_again_and_again_and_the_rest_at_the_end() -> None:
    sound = ramp(2.25)

    heard = windows(wav(sound))

    assert [(one.start_s, one.end_s) for one in heard] == [(0, 1), (0.5, 1.5), (1, 2), (1.25, 2.25)]
    for one in heard:
        expected = sound[round(one.start_s * RATE_HZ) : round(one.end_s * RATE_HZ)]
        np.testing.assert_array_equal(one.samples, expected.astype(np.float32) / 2**15)


def test_a_sound_shorter_than_a_window_is_heard_once() -> None:
    (only,) = windows(wav(ramp(0.3)))

    assert (only.start_s, only.end_s, len(only.samples)) == (0, 0.3, 2_400)
    assert windows(wav(ramp(0))) == []


def test_channels_are_mixed_and_wide_samples_scaled() -> None:
    left = np.full(RATE_HZ, 2**30, "<i4")

    (only,) = windows(wav(np.stack([left, -left, left, left], axis=1)))

    np.testing.assert_array_equal(only.samples, np.full(RATE_HZ, 0.25, np.float32))


def extensible(sub_format: int) -> bytes:
    """What follows in a format of the extensible kind."""
    return struct.pack("<HHIH", 22, 16, 0, sub_format) + bytes.fromhex("000000001000800000aa00389b71")


def test_many_channels_have_an_extensible_header() -> None:
    quad = np.stack([ramp(1)] * 4, axis=1)
    made = io.BytesIO()
    soundfile.write(made, quad, RATE_HZ, format="WAVEX", subtype="PCM_16")

    for data in (made.getvalue(), wav(quad, kind=0xFFFE, more=extensible(1))):
        (only,) = windows(data)
        np.testing.assert_array_equal(only.samples, ramp(1).astype(np.float32) / 2**15)


@pytest.mark.parametrize("size", [0, 0x7FFFF000, 0xFFFFFFFF])
def test_a_header_that_does_not_know_means_to_the_end(size: int) -> None:
    assert windows(wav(ramp(2), size=size))[-1].end_s == 2


def test_a_sound_ends_where_its_header_says() -> None:
    (only,) = windows(wav(ramp(2), size=RATE_HZ))

    assert only.end_s == 0.5


def test_what_comes_before_the_samples_is_skipped() -> None:
    chunk = b"LIST" + struct.pack("<I", 100_001) + bytes(100_002)  # chunks are filled up to even lengths

    (only,) = windows(wav(ramp(1), before=chunk))

    np.testing.assert_array_equal(only.samples, ramp(1).astype(np.float32) / 2**15)


def test_a_stream_may_give_less_than_was_asked_for() -> None:
    class Drops(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(min(size or 0, 7))

    sound = LiveWav(Drops(wav(ramp(1))), AudioLimits())

    assert [one.end_s for one in sound.windows(window_s=0.5, every_s=0.5)] == [0.5, 1]


def test_answers_that_are_far_apart_take_no_memory() -> None:
    (only,) = windows(wav(ramp(2.5)), every_s=86_400)

    assert (only.start_s, only.end_s) == (1.5, 2.5)
    assert [one.end_s for one in windows(wav(ramp(5)), every_s=2.25)] == [2.25, 4.5, 5]


def test_a_sample_that_is_cut_in_two_is_left_out() -> None:
    (only,) = windows(wav(ramp(0.5)) + b"\x01")

    assert len(only.samples) == 4_000


@pytest.mark.skipif(os.name != "posix", reason="pipes of POSIX")
def test_an_answer_does_not_wait_for_the_end() -> None:
    reader, writer = os.pipe()
    data = wav(ramp(5))
    heard = threading.Event()

    def play() -> None:
        """The second half only once the first one was heard."""
        with open(writer, "wb", buffering=0) as pipe:  # noqa: PTH123 - a descriptor
            pipe.write(data[: len(data) // 2])
            assert heard.wait(30)
            pipe.write(data[len(data) // 2 :])

    player = threading.Thread(target=play)
    player.start()
    with open(reader, "rb") as pipe:  # noqa: PTH123
        sound: Iterator[LiveWindow] = LiveWav(pipe, AudioLimits()).windows(window_s=1, every_s=0.5)
        assert next(sound).end_s == 1
        heard.set()
        assert list(sound)[-1].end_s == 5
    player.join()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "ended before it began"),
        (b"RIFF\xff\xff\xff\xffWAVE", "no WAV stream"),
        (b"fLaC and so on, for long", "no WAV stream"),
        (wav(np.zeros(8, "<f4"), kind=3), "no WAV stream .unknown format: 3.; ffmpeg"),
        (wav(np.zeros(8, "<f4"), kind=0xFFFE, more=extensible(3)), "no WAV stream .unknown sub-format: 0300"),
        (wav(ramp(1), kind=0xFFFE), "no WAV stream .unknown sub-format"),
        (wav(ramp(1))[:20], "no WAV stream .it ends within its header"),
        (wav(ramp(1))[:12] + b"data" + bytes(100), "no WAV stream .its format is not told"),
        (wav(np.zeros((8, 0), "<i2")), "no WAV stream .it has no channels"),
        (wav(np.zeros(8, "u1")), "of 8 bits; 16 or 32 are taken"),
        (wav(np.zeros((8, 17), "<i2")), "17 channels; at most 16"),
        (wav(ramp(1), rate_hz=0), "a sample rate of 0 Hz"),
        (wav(ramp(1), rate_hz=2**30), "a sample rate of 1073741824 Hz"),
    ],
)
def test_what_is_no_such_stream_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(AudioError, match=reason):
        windows(data)


def test_of_opposite_channels_the_first_is_heard() -> None:
    tone = (10_000 * np.sin(np.arange(2 * RATE_HZ))).astype("<i2")
    first, *_ = windows(wav(np.stack([tone, -tone], axis=1)))
    np.testing.assert_array_equal(first.samples, tone[: len(first.samples)].astype(np.float32) / 2**15)
