"""A WAV stream that has not ended yet."""

from __future__ import annotations

import io
import itertools
import struct

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


def windows(
    data: bytes, *, window_s: float = 1.0, every_s: float = 0.5, piece_bytes: int = 2**16
) -> list[LiveWindow]:
    sound = LiveWav(AudioLimits(), window_s=window_s, every_s=every_s)
    pieces = [data[start : start + piece_bytes] for start in range(0, len(data), piece_bytes)]
    return [*itertools.chain.from_iterable(map(sound.feed, pieces)), *sound.end()]


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


def test_a_first_answer_comes_with_the_first_window_then_one_every_so_often() -> None:
    heard = windows(wav(ramp(4)), window_s=1, every_s=1.25)

    assert [one.end_s for one in heard] == [1, 2.25, 3.5, 4]


def test_samples_may_be_of_24_bits_or_floats() -> None:
    wide = ramp(1, "<i4") << 8
    three = wide.view("u1").reshape(-1, 4)[:, 1:].tobytes()
    made = io.BytesIO()
    soundfile.write(made, wide, RATE_HZ, format="WAV", subtype="PCM_24")
    head = made.getvalue()[: -len(three)]
    expected = wide.astype(np.float32) / 2**31

    assert made.getvalue() == head + three
    for data in (head + three, wav(expected, kind=3), wav(expected, kind=0xFFFE, more=extensible(3))):
        (only,) = windows(data)
        np.testing.assert_array_equal(only.samples, expected)


def test_floats_that_are_damage_are_silence() -> None:
    (only,) = windows(wav(np.array([0.5, np.nan, np.inf, -1e30, -0.5], "<f4"), kind=3))

    assert only.samples.tolist() == [0.5, 0, 0, 0, -0.5]


# SoX states the last number of whole frames below 0x7FFFF000: here of six channels.
@pytest.mark.parametrize("size", [0, 0x7FFFF000, 0x7FFFEFFC, 0xFFFFFFFF])
def test_a_header_that_does_not_know_means_to_the_end(size: int) -> None:
    assert windows(wav(ramp(2), size=size))[-1].end_s == 2


def test_a_sound_ends_where_its_header_says() -> None:
    (only,) = windows(wav(ramp(2), size=RATE_HZ))

    assert only.end_s == 0.5


def test_what_comes_before_the_samples_is_skipped() -> None:
    chunk = b"LIST" + struct.pack("<I", 100_001) + bytes(100_002)  # chunks are filled up to even lengths

    (only,) = windows(wav(ramp(1), before=chunk))

    np.testing.assert_array_equal(only.samples, ramp(1).astype(np.float32) / 2**15)


@pytest.mark.parametrize("piece_bytes", [1, 7, 1_000, 2**20])
def test_pieces_may_be_of_any_length(piece_bytes: int) -> None:
    heard = windows(wav(ramp(1)), window_s=0.5, every_s=0.5, piece_bytes=piece_bytes)

    assert [one.end_s for one in heard] == [0.5, 1]
    np.testing.assert_array_equal(heard[1].samples, ramp(1)[4_000:].astype(np.float32) / 2**15)


def test_answers_that_are_far_apart_take_no_memory() -> None:
    first, last = windows(wav(ramp(2.5)), every_s=86_400)

    assert (first.end_s, last.start_s, last.end_s) == (1, 1.5, 2.5)


def test_a_sample_that_is_cut_in_two_is_left_out() -> None:
    (only,) = windows(wav(ramp(0.5)) + b"\x01")

    assert len(only.samples) == 4_000


def test_an_answer_comes_with_the_piece_that_completes_it() -> None:
    data = wav(ramp(2), size=2 * 2 * RATE_HZ)
    sound = LiveWav(AudioLimits(), window_s=1, every_s=0.5)
    one_second = len(data) - 2 * RATE_HZ

    assert not list(sound.feed(data[: one_second - 1]))
    (first,) = sound.feed(data[one_second - 1 : one_second])
    assert first.end_s == 1
    assert [one.end_s for one in sound.feed(data[one_second:])] == [1.5, 2]
    assert sound.ended


def test_what_comes_after_the_end_is_not_kept() -> None:
    sound = LiveWav(AudioLimits(), window_s=1, every_s=1)
    assert len([*sound.feed(wav(ramp(1), size=2 * RATE_HZ))]) == 1
    for _ in range(3):
        assert not [*sound.feed(bytes(1_000))]
    assert not sound._come
    assert not [*sound.end()]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "ended before it began"),
        (b"RIFF\xff\xff\xff\xffWAVE", "no WAV stream"),
        (b"fLaC and so on, for long", "no WAV stream"),
        (wav(np.zeros(8, "<f8"), kind=3), "of format 3 and 64 bits; .* ffmpeg -i"),
        (wav(np.zeros(8, "u1"), kind=6), "of format 6 and 8 bits"),
        (wav(np.zeros(8, "u1"), kind=0xFFFE, more=extensible(7)), "of format 7 and 8 bits"),
        (wav(ramp(1), kind=0xFFFE), "no WAV stream .unknown sub-format"),
        (wav(ramp(1))[:20], "no WAV stream .it ends within its header"),
        (wav(ramp(0)), "ended before its first sample"),
        (wav(ramp(1))[:12] + b"JUNK\0\0\0\0" * 1_000, "no WAV stream .too much comes before its samples"),
        (wav(ramp(1))[:12] + b"JUNK\xff\xff\xff\xff", "no WAV stream .too much comes before its samples"),
        (wav(ramp(1))[:12] + b"data" + bytes(100), "no WAV stream .its format is not told"),
        (wav(np.zeros((8, 0), "<i2")), "no WAV stream .it has no channels"),
        (wav(np.zeros(8, "u1")), "of format 1 and 8 bits; whole numbers of 16, 24 or 32"),
        (wav(np.zeros((8, 17), "<i2")), "17 channels; at most 16"),
        (wav(ramp(1), rate_hz=0), "a sample rate of 0 Hz"),
        (wav(ramp(1), rate_hz=2**30), "a sample rate of 1073741824 Hz"),
    ],
)
def test_what_is_no_such_stream_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(AudioError, match=reason):
        windows(data)


def test_of_channels_that_are_opposite_within_a_window_the_first_is_heard() -> None:
    tone = (10_000 * np.sin(np.arange(3 * RATE_HZ))).astype("<i2")
    right = tone.copy()
    right[RATE_HZ:] *= -1
    right[2 * RATE_HZ :] = 0
    first = tone.astype(np.float32) / 2**15

    same, opposite, left_only = (
        one.samples for one in windows(wav(np.stack([tone, right], axis=1)), every_s=1)
    )

    np.testing.assert_array_equal(same, first[:RATE_HZ])
    np.testing.assert_array_equal(opposite, first[RATE_HZ : 2 * RATE_HZ])
    np.testing.assert_array_equal(left_only, first[2 * RATE_HZ :] / 2)


def test_what_was_mixed_before_does_not_silence_what_comes() -> None:
    tone = (10_000 * np.sin(np.arange(20 * RATE_HZ))).astype("<i2")
    left, right = tone.copy(), -tone
    left[10 * RATE_HZ :] = 0

    heard = windows(wav(np.stack([left, right], axis=1)), every_s=1)

    assert all(one.samples.std() > 0.05 for one in heard)
