"""Sounds that stand one behind the other in a file."""

import numpy as np
import pytest
from sound_files import FORMATS, pitch_hz, sine, with_soundfile

from audio_cnn.waveform import decode, libav_reader
from audio_cnn.waveform.joined import is_joined, sounds_in
from audio_cnn.waveform.recognition import recognise


@pytest.mark.parametrize("key", ["ogg-vorbis", "opus", "ogg-flac", "flac-16", "flac-24", "mp3", "mp2"])
@pytest.mark.parametrize("other_hz", [48_000, 8_000])
def test_sounds_that_were_joined_are_heard_one_after_the_other(key, other_hz):
    kind = FORMATS[key]
    if other_hz not in kind.rates_hz:
        pytest.skip("not a rate of this format")
    first = kind.encode(sine(48_000), 48_000)
    heard = decode(first + kind.encode(sine(other_hz, seconds=2.0, hz=880), other_hz))

    assert heard.format == kind.name
    assert heard.duration_s == pytest.approx(3.0, abs=0.2)
    assert pitch_hz(heard.samples[4_410:39_690], 44_100) == pytest.approx(440, abs=2)
    assert pitch_hz(heard.samples[66_150:110_250], 44_100) == pytest.approx(880, abs=2)
    assert decode(first).duration_s == pytest.approx(1.0, abs=0.06)


def flac(rate_hz, **options):
    return with_soundfile(sine(rate_hz, **options), rate_hz, major="FLAC")


def test_channels_may_change_too():
    stereo = with_soundfile(np.stack([sine(44_100, hz=880)] * 2, axis=1), 44_100, major="FLAC")
    heard = decode(flac(48_000) + stereo)

    assert heard.samples.size == pytest.approx(2 * 44_100, abs=100)
    assert pitch_hz(heard.samples[-40_000:], 44_100) == pytest.approx(880, abs=2)


def test_a_rate_that_no_sound_has_ends_it():
    assert decode(flac(48_000) + flac(100, seconds=41.0, hz=5.0)).duration_s == 1.0


def test_rates_that_change_again_and_again_end_it(monkeypatch):
    monkeypatch.setattr(libav_reader, "_MOST_RATE_CHANGES", 3)
    pair = flac(48_000) + flac(44_100)

    assert decode(3 * pair).duration_s == pytest.approx(6.0, abs=0.01)
    assert decode(9 * pair).duration_s == pytest.approx(7.0, abs=0.01)


def test_tracks_that_begin_together_are_one_sound():
    def page(kind: int, body: bytes) -> bytes:
        return b"OggS\x00" + bytes([kind]) + bytes(20) + bytes([2, 1, len(body) - 1]) + body

    first = page(2, b"sound") + page(2, b"subtitles") + page(0, b"of both")
    other = page(2, b"another") + page(4, b"its end")

    assert list(sounds_in(first + other, "ogg")) == [first, other]
    assert list(sounds_in(first, "ogg")) == [first]
    assert list(sounds_in(first + other[:27], "ogg")) == [first, other[:27]]
    assert list(sounds_in(b"junk" + first, "wav")) == [b"junk" + first]


@pytest.mark.parametrize("key", FORMATS)
def test_a_sound_alone_is_not_taken_for_joined_ones(key):
    file = FORMATS[key].encode(sine(FORMATS[key].rates_hz[-1]), FORMATS[key].rates_hz[-1])
    container = recognise(file)

    assert not is_joined(file[container.start :], container.demuxer)
