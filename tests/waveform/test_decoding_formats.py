"""A sine goes in as a file of every format, and comes back."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor

import av
import numpy as np
import pytest
import soxr
from sound_files import FORMATS, amplitude, pitch_hz, sine, with_libav, with_soundfile

from audio_cnn.waveform import decode
from audio_cnn.waveform.array import from_array

CASES = [(key, rate_hz) for key, kind in FORMATS.items() for rate_hz in kind.rates_hz]
MULTICHANNEL = {8: "7.1", 16: "hexadecagonal"}


@pytest.mark.parametrize(("key", "rate_hz"), CASES)
def test_a_sine_comes_back(key, rate_hz):
    kind = FORMATS[key]
    waveform = decode(kind.encode(sine(rate_hz), rate_hz))

    assert waveform.format == kind.name
    assert waveform.sample_rate_hz == 44_100
    assert waveform.source_channels == 1
    assert waveform.source_rate_hz == (48_000 if kind.name in ("Opus", "WebM") else rate_hz) or key == "opus"
    assert waveform.samples.dtype == np.float32
    assert waveform.samples.flags.c_contiguous
    assert waveform.duration_s == pytest.approx(1.0, abs=kind.padding_s + 1 / 44_100)
    assert pitch_hz(waveform.samples, 44_100) == pytest.approx(440.0, abs=1.0)
    assert amplitude(waveform.samples) == pytest.approx(0.5, rel=kind.tolerance)


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 22_050, 48_000, 96_000])
def test_any_rate_can_be_asked_for(rate_hz):
    waveform = decode(with_soundfile(sine(44_100), 44_100), sample_rate_hz=rate_hz)
    assert waveform.samples.size == rate_hz
    assert waveform.sample_rate_hz == rate_hz
    assert pitch_hz(waveform.samples, rate_hz) == pytest.approx(440.0, abs=1.0)


def test_what_is_above_the_new_rate_does_not_fold_back():
    waveform = decode(with_soundfile(sine(48_000, hz=15_000), 48_000), sample_rate_hz=16_000)
    assert np.abs(waveform.samples[2_000:-2_000]).max() < 1e-3


def test_blocks_leave_no_seams():
    sound = np.random.default_rng(0).uniform(-0.5, 0.5, 48_000 * 20).astype(np.float32)
    whole = decode(with_soundfile(sound, 48_000, subtype="FLOAT"))
    np.testing.assert_allclose(whole.samples, soxr.resample(sound, 48_000, 44_100, quality="HQ"), atol=1e-6)


@pytest.mark.parametrize("major", ["WAV", "FLAC", "CAF", "AIFF"])
@pytest.mark.parametrize("channels", [2, 3, 8])
def test_channels_are_averaged(major, channels):
    loudness = np.arange(1, channels + 1, dtype=np.float32) / 10
    waveform = decode(with_soundfile(sine(44_100)[:, None] * loudness, 44_100, major=major))
    assert waveform.source_channels == channels
    np.testing.assert_allclose(waveform.samples, sine(44_100) * loudness.mean(), atol=1e-4)


@pytest.mark.parametrize("channels", [8, 16])
def test_planes_of_many_channels_are_the_right_ones(channels):
    """PyAV's own conversion reads past the planes from eight channels on."""
    loudness = np.arange(1, channels + 1, dtype=np.float32) / channels
    file = io.BytesIO()
    with av.open(file, "w", format="matroska") as output:
        track = output.add_stream("wavpack", rate=44_100, layout=MULTICHANNEL[channels], format="s16p")
        packed = np.ascontiguousarray(sine(44_100)[:, None] * loudness).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(packed, "flt", MULTICHANNEL[channels])
        frame.sample_rate, frame.pts = 44_100, 0
        output.mux(track.encode(frame) + track.encode(None))
    waveform = decode(file.getvalue())
    assert waveform.source_channels == channels
    np.testing.assert_allclose(waveform.samples, sine(44_100) * loudness.mean(), atol=2e-3)


OPPOSITE = ["wav-16", "flac-16", "m4a-alac", "mkv-flac", "mp3", "opus", "ogg-vorbis", "m4a-aac"]


@pytest.mark.parametrize("key", OPPOSITE)
@pytest.mark.parametrize("loudness", [0.5, 0.02])
def test_of_opposite_channels_the_first_is_taken(key, loudness):
    sound = np.stack([sine(48_000, amplitude=loudness), -sine(48_000, amplitude=loudness)], axis=1)
    waveform = decode(FORMATS[key].encode(sound, 48_000))
    assert waveform.source_channels == 2
    assert waveform.duration_s == pytest.approx(1.0, abs=0.15)
    assert amplitude(waveform.samples) == pytest.approx(loudness, rel=0.1)


@pytest.mark.parametrize("key", OPPOSITE)
@pytest.mark.parametrize("offset", [0.0, 0.1])
def test_also_where_coding_or_an_offset_leaves_something_of_them(key, offset):
    white = np.random.default_rng(0).normal(0, 0.02, 2 * 48_000)
    noise = np.convolve(white, np.exp(-np.arange(200) / 20), mode="same").astype(np.float32)
    waveform = decode(FORMATS[key].encode(np.stack([noise + offset, offset - noise], axis=1), 48_000))
    assert waveform.samples.std() == pytest.approx(noise.std(), rel=0.1)


def test_wide_stereo_is_no_opposite_channels():
    """Ambience from two sides has little in common, and may be a tenth of itself in the mix."""
    left, right = np.random.default_rng(0).normal(0, 0.1, (2, 44_100)).astype(np.float32)
    sound = np.stack([left, -0.8 * left + 0.6 * right], axis=1)
    samples = decode(with_soundfile(sound, 44_100, subtype="FLOAT")).samples
    np.testing.assert_allclose(samples, sound.mean(axis=1), atol=1e-6)


@pytest.mark.parametrize("value", [1e38, -np.inf, np.nan])
def test_a_damaged_sample_is_none(value):
    tone = sine(44_100)
    damaged = tone.copy()
    damaged[1000] = value
    samples = decode(with_soundfile(damaged, 44_100, subtype="FLOAT")).samples
    assert samples[1000] == 0
    np.testing.assert_array_equal(np.delete(samples, 1000), np.delete(tone, 1000))


@pytest.mark.parametrize("quiet", [1, 1e-3, 1e-5])
def test_channels_are_averaged_as_long_as_something_is_left(quiet):
    """Also where it begins with what cancels: six seconds are more than a block."""
    tone = quiet * sine(44_100, seconds=7.0)
    right = np.where(np.arange(tone.size) < 44_100 * 6.5, -tone, tone)
    waveform = decode(with_soundfile(np.stack([tone, right], axis=1), 44_100, subtype="FLOAT"))
    assert not waveform.samples[: 44_100 * 6].any()
    np.testing.assert_allclose(waveform.samples[-44_100 // 4 :], tone[-44_100 // 4 :], atol=1e-3 * quiet)


def test_silence_stays_silence():
    waveform = decode(with_soundfile(np.zeros(44_100, np.float32), 44_100))
    assert waveform.samples.size == 44_100
    assert not waveform.samples.any()


@pytest.mark.parametrize("rate_hz", [8_000, 44_100, 192_000])
def test_one_sample_is_a_sound(rate_hz):
    waveform = decode(with_soundfile(np.full(1, 0.5, np.float32), rate_hz, major="FLAC"))
    assert 1 <= waveform.samples.size <= 6


@pytest.mark.parametrize("key", ["mp3", "flac-16", "adts", "wav-16"])
def test_tags_before_the_sound_are_skipped(key):
    tag = b"ID3\x03\x00\x00\x00\x00\x01\x00".ljust(10 + 128, b"x")
    file = FORMATS[key].encode(sine(44_100), 44_100)
    waveform = decode(tag + tag + bytes(300) + file)
    assert waveform.format == FORMATS[key].name
    np.testing.assert_array_equal(waveform.samples, decode(file).samples)


@pytest.mark.parametrize("key", ["mp3", "adts"])
def test_a_recording_of_a_broadcast_begins_anywhere(key):
    file = FORMATS[key].encode(sine(44_100), 44_100)
    waveform = decode(file[700:])
    assert waveform.format == FORMATS[key].name
    assert 0.7 < waveform.duration_s < 1.05


def test_streamed_files_state_no_length():
    """As a program writes them into a pipe, where it cannot go back to fill in the length."""
    for start in (4, 40):
        file = bytearray(with_soundfile(sine(44_100), 44_100))
        file[start : start + 4] = b"\xff\xff\xff\xff"
        assert decode(file).samples.size == 44_100
    file = with_libav(sine(44_100), 44_100, container="matroska", codec="flac")
    assert decode(file).samples.size == 44_100


def test_threads_may_decode_at_once():
    files = [FORMATS[key].encode(sine(44_100), 44_100) for key in ("wav-16", "m4a-aac", "mp3", "ogg-vorbis")]
    alone = [decode(file).samples for file in files]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda file: decode(file).samples, files * 4))
    for number, samples in enumerate(together):
        np.testing.assert_array_equal(samples, alone[number % 4])


@pytest.mark.parametrize("subtype", ["PCM_16", "FLOAT"])
def test_a_constant_offset_is_taken_away(subtype):
    off = sine(44_100) + np.float32(0.2)
    heard = decode(with_soundfile(off, 44_100, subtype=subtype)).samples
    np.testing.assert_allclose(heard, sine(44_100), atol=1e-4)
    np.testing.assert_array_equal(
        from_array(off, source_rate_hz=44_100, sample_rate_hz=44_100), off - off.mean()
    )


def test_what_is_hardly_off_stays_to_the_last_bit():
    sound = sine(44_100) + np.float32(1e-3)
    assert from_array(sound, source_rate_hz=44_100, sample_rate_hz=44_100) is sound


def test_a_click_is_no_offset():
    click = np.full(30, 0.5, np.float32)
    assert from_array(click, source_rate_hz=44_100, sample_rate_hz=44_100) is click
