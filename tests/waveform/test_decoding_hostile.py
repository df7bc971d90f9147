"""Files that lie, that are damaged, or that were made to do harm."""

from __future__ import annotations

import gc
import io
import struct
import time
import tracemalloc

import av
import numpy as np
import pytest
import soundfile
from sound_files import FORMATS, sine, with_soundfile

from audio_cnn.config import AudioLimits
from audio_cnn.errors import (
    AudioError,
    AudioTooLargeError,
    ConfigError,
    CorruptAudioError,
    EmptyAudioError,
    NotAudioError,
)
from audio_cnn.waveform import decode

SINE = sine(44_100)
WAV = with_soundfile(SINE, 44_100)
NOISE = np.random.default_rng(0)


def with_number(file: bytes, at: int, number: int, *, code: str = "<I") -> bytes:
    changed = bytearray(file)
    struct.pack_into(code, changed, at, number)
    return bytes(changed)


NOT_AUDIO = {
    "text": b"The dog barks, and the wind carries it far over the fields.\n" * 50,
    "text in UTF-16": "The dog barks.\n".encode("utf-16") * 200,
    "text like a QuickTime atom": b"The free dog barks at ftyp and moov. " * 50,
    "noise": NOISE.bytes(300_000),
    "short noise": NOISE.bytes(100),
    "noise like MPEG": b"\xff\xfb\x90\x64" + NOISE.bytes(300_000),
    "noise like ADTS": b"\xff\xf1\x50\x80" + NOISE.bytes(300_000),
    "zeros": bytes(100_000),
    "ones": b"\xff" * 100_000,
    "one byte": b"R",
    "RIFF, but a picture": b"RIFF\x00\x10\x00\x00WEBPVP8 " + NOISE.bytes(4_000),
    "PNG": b"\x89PNG\r\n\x1a\n" + NOISE.bytes(4_000),
    "JPEG": b"\xff\xd8\xff\xe0\x00\x10JFIF" + NOISE.bytes(4_000),
    "PDF": b"%PDF-1.7\n" + NOISE.bytes(4_000),
    "ZIP": b"PK\x03\x04" + NOISE.bytes(4_000),
    "web page": b"<!doctype html><html><body>404 not found</body></html>",
    "subtitles": b"1\n00:00:01,000 --> 00:00:02,000\nA dog barks\n\n" * 20,
    "web subtitles": b"WEBVTT\n\n00:01.000 --> 00:02.000\nA dog barks\n",
    "HLS playlist": b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
    "concat list": b"ffconcat version 1.0\nfile '/etc/passwd'\n",
    "session description": b"v=0\no=- 0 0 IN IP4 127.0.0.1\nm=audio 5004 RTP/AVP 0\n",
    "DASH manifest": b"<?xml version='1.0'?><MPD><BaseURL>file:///etc/passwd</BaseURL></MPD>",
    "Matlab file": b"MATLAB 5.0 MAT-file" + bytes(200),
}


@pytest.mark.parametrize("data", NOT_AUDIO.values(), ids=NOT_AUDIO.keys())
def test_what_is_no_sound_is_called_so(tmp_path, data):
    path = tmp_path / "sound.wav"
    path.write_bytes(data)
    for source in (path, data):
        with pytest.raises(NotAudioError, match="not a sound"):
            decode(source)


@pytest.mark.parametrize("size_bytes", [500, 2_000, 10_000, 60_000])
def test_no_small_binary_is_taken_for_a_stream(size_bytes):
    """By chance every fourth holds a frame's header so near its end that nothing can follow."""
    random = np.random.default_rng(size_bytes)
    for _ in range(50):
        with pytest.raises(NotAudioError):
            decode(random.bytes(size_bytes))


@pytest.mark.parametrize("key", FORMATS)
def test_a_file_cut_short_gives_what_is_there(key):
    kind = FORMATS[key]
    rate_hz = kind.rates_hz[-1]
    file = kind.encode(sine(rate_hz, seconds=2.0), rate_hz)
    cut = file[: len(file) * 7 // 10]
    if kind.name in ("M4A", "MP4", "MOV", "3GP") and key != "mp4-fragments":  # their index comes last
        with pytest.raises(CorruptAudioError, match="cut short"):
            decode(cut)
    else:
        assert 0.2 < decode(cut).duration_s / decode(file).duration_s < 0.95


@pytest.mark.parametrize("key", FORMATS)
def test_only_the_beginning_of_a_file_is_an_audio_error(key):
    kind = FORMATS[key]
    file = kind.encode(sine(kind.rates_hz[0], seconds=0.2), kind.rates_hz[0])
    for length in (1, 3, 8, 16):
        with pytest.raises(AudioError):
            decode(file[:length])


def test_tags_without_a_sound():
    with pytest.raises(CorruptAudioError, match="cut short"):
        decode(b"ID3\x04\x00\x00\x00\x00\x7f\x7f" + NOISE.bytes(500))


def test_rubbish_inside_does_not_end_a_sound():
    file = bytearray(FORMATS["flac-16"].encode(sine(44_100, seconds=5.0), 44_100))
    file[len(file) // 2 : len(file) // 2 + 50] = NOISE.bytes(50)
    assert decode(file).duration_s > 4.0


def test_decoder_errors_are_chained():
    with pytest.raises(CorruptAudioError) as caught:
        decode(b"RIFF\x10\x00\x00\x00WAVEfmt " + b"\xff" * 40)
    assert isinstance(caught.value.__cause__, (soundfile.SoundFileError, av.FFmpegError))


@pytest.mark.parametrize(
    "file",
    [
        with_soundfile(SINE[:0], 44_100),
        with_soundfile(SINE[:0], 44_100, major="AIFF"),
        with_soundfile(SINE[:0], 44_100, major="OGG", subtype="VORBIS"),
        WAV[:44],
    ],
)
def test_no_samples_is_empty(file):
    with pytest.raises(EmptyAudioError):
        decode(file)


def test_a_silent_film_is_empty():
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as output:
        pictures = output.add_stream("mpeg4", rate=10, width=64, height=64, pix_fmt="yuv420p")
        picture = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), "rgb24")
        output.mux(pictures.encode(picture) + pictures.encode(None))
    with pytest.raises(EmptyAudioError, match="no sound track"):
        decode(file.getvalue())


@pytest.mark.slow
def test_a_damaged_sound_does_not_linger():
    """An exception that keeps its traceback would keep the samples, until some garbage collection."""
    file = FORMATS["flac-16"].encode(sine(44_100, seconds=20.0), 44_100)[:-5_000]
    gc.collect()
    gc.disable()
    try:
        tracemalloc.start()
        for _ in range(3):
            decode(file)
        kept_bytes = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
        gc.enable()
    assert kept_bytes < 20 * 44_100 * 4


@pytest.mark.parametrize("stated", [0, 2**31 - 1, 2**31, 2**32 - 2, 2**32 - 1])
@pytest.mark.parametrize("fields", [(40,), (4, 40)])
def test_a_wav_header_that_lies_about_its_length(stated, fields):
    file = WAV
    for at in fields:
        file = with_number(file, at, stated)
    np.testing.assert_allclose(decode(file).samples, SINE, atol=1e-4)


@pytest.mark.parametrize("stated", [0, 2**36 - 1])
def test_a_flac_header_that_lies_about_its_length(stated):
    file = with_soundfile(SINE, 44_100, major="FLAC")
    kept = struct.unpack_from(">Q", file, 18)[0] >> 36 << 36
    changed = with_number(file, 18, kept | stated, code=">Q")
    np.testing.assert_allclose(decode(changed).samples, SINE, atol=1e-4)


def test_a_lie_takes_no_memory():
    tracemalloc.start()
    decode(with_number(with_soundfile(SINE[:100], 44_100, major="FLAC"), 22, 2**32 - 1, code=">I"))
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak_bytes < 5e6


@pytest.mark.parametrize("subtype", ["FLOAT", "DOUBLE"])
def test_what_is_no_number_becomes_silence(subtype):
    sound = np.array([0.5, np.nan, np.inf, -np.inf, -0.25, 1e30, -1e30, 30_000.0])
    samples = decode(with_soundfile(sound, 44_100, subtype=subtype)).samples
    np.testing.assert_array_equal(samples, [0.5, 0, 0, 0, -0.25, 0, 0, 30_000])


def test_one_bad_channel_does_not_spoil_the_other():
    sound = np.stack([np.full_like(SINE, np.nan), SINE], axis=1)
    samples = decode(with_soundfile(sound, 44_100, subtype="FLOAT")).samples
    np.testing.assert_allclose(samples, SINE / 2, atol=1e-6)


def test_nothing_overflows_later():
    loud = np.tile(np.float32([3e38, -3e38]), 40_000)
    samples = decode(with_soundfile(loud, 48_000, subtype="FLOAT")).samples
    power = np.abs(np.fft.rfft(samples[:2048]).astype(np.complex64)) ** 2
    assert np.isfinite(power.astype(np.float32)).all()


@pytest.mark.parametrize("subtype", ["FLOAT", "DOUBLE", "PCM_16"])
@pytest.mark.parametrize("major", ["WAV", "AIFF", "CAF", "AU"])
def test_full_scale_is_one(major, subtype):
    square = np.tile(np.float32([1, -1]), 500)
    samples = decode(with_soundfile(square, 44_100, major=major, subtype=subtype)).samples
    np.testing.assert_allclose(samples, square, atol=1e-4)


def test_an_hour_of_silence_in_a_small_file_stops_at_the_limit(tmp_path):
    path, rate_hz = tmp_path / "bomb.flac", 16_000
    with soundfile.SoundFile(path, "w", rate_hz, 1, "PCM_16", format="FLAC") as file:
        for _ in range(60):
            file.write(np.zeros(60 * rate_hz, np.int16))
    assert path.stat().st_size < 500_000
    tracemalloc.start()
    started_s = time.perf_counter()
    with pytest.raises(AudioTooLargeError, match="600 s") as caught:
        decode(path, sample_rate_hz=rate_hz)
    elapsed_s, peak_bytes = time.perf_counter() - started_s, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert caught.value.limit == "decoded_s"
    assert peak_bytes < 1.2 * 600 * rate_hz * 4
    assert elapsed_s < 2.0


def test_channels_are_never_all_in_memory():
    file = with_soundfile(np.zeros((8_000 * 60, 16), np.int16), 8_000)
    tracemalloc.start()
    assert decode(file, sample_rate_hz=8_000).samples.size == 8_000 * 60
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak_bytes < 3 * 8_000 * 60 * 4


@pytest.mark.parametrize("key", ["wav-16", "flac-16", "mp3", "m4a-aac", "webm-opus", "wma"])
def test_seconds_are_limited_in_every_format(key):
    file = FORMATS[key].encode(sine(48_000, seconds=2.0), 48_000)
    assert decode(file, limits=AudioLimits(decoded_s=2.1)).duration_s > 1.9
    with pytest.raises(AudioTooLargeError) as caught:
        decode(file, limits=AudioLimits(decoded_s=1.5))
    assert caught.value.limit == "decoded_s"


def test_exactly_the_limit_is_allowed():
    assert decode(WAV, limits=AudioLimits(decoded_s=1.0)).duration_s == 1.0


@pytest.mark.parametrize("key", ["wav-16", "m4a-alac"])
def test_channels_are_limited(key):
    file = FORMATS[key].encode(np.stack([SINE, SINE], axis=1), 44_100)
    with pytest.raises(AudioTooLargeError, match="2 channels") as caught:
        decode(file, limits=AudioLimits(channels=1))
    assert caught.value.limit == "channels"


@pytest.mark.parametrize("rate_hz", [1, 999, 384_001, 2**31 - 1])
def test_sample_rates_are_limited(rate_hz):
    with pytest.raises(AudioTooLargeError, match=str(rate_hz)) as caught:
        decode(with_number(WAV, 24, rate_hz))
    assert caught.value.limit == "sample_rate"


def test_an_impossible_rate_to_ask_for():
    with pytest.raises(ConfigError, match="makes no sense"):
        decode(WAV, sample_rate_hz=0)


def with_table(key: str, mark: bytes, at: int, *numbers: int) -> bytes:
    file = bytearray(FORMATS[key].encode(SINE, 44_100))
    struct.pack_into(f">{len(numbers)}I", file, file.index(mark) + at, *numbers)
    return bytes(file)


@pytest.mark.parametrize(
    "file",
    [
        with_table("m4a-aac", b"stsz", 8, 1, 60_000_000),
        with_table("m4a-aac", b"stsz", 8, 60_000_000, 60_000_000),
        with_table("mp4-fragments", b"trun", 4, 0x000001, 60_000_000),
        with_table("mp4-fragments", b"trun", 4, 0x000F01, 60_000_000),
    ],
)
def test_an_mp4_that_states_millions_of_samples_is_refused(file):
    """libav would build a table of them all: gigabytes from a file of ten kilobytes."""
    with pytest.raises(CorruptAudioError, match="more samples"):
        decode(file)


def test_a_compressed_mp4_index_is_refused():
    file = FORMATS["m4a-aac"].encode(SINE, 44_100)
    with pytest.raises(CorruptAudioError, match="compressed"):
        decode(file.replace(b"mvhd", b"cmov"))
