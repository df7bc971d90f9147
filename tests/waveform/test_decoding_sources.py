"""The ways a sound can be handed over, and what happens when it cannot be read."""

from __future__ import annotations

import gzip
import io
import os
import re
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from sound_files import FORMATS, sine, with_soundfile

from audio_cnn.config import AudioLimits
from audio_cnn.errors import AudioError, AudioTooLargeError, EmptyAudioError
from audio_cnn.waveform import decode

WAV = with_soundfile(sine(44_100), 44_100)


class Pipe(io.RawIOBase):
    """Bytes that come in dribs and drabs and cannot be sought, as on standard input."""

    def __init__(self, data: bytes) -> None:
        self.data, self.read_bytes = data, 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        piece = self.data[self.read_bytes : self.read_bytes + min(size, 1_000)]
        self.read_bytes += len(piece)
        return piece


class Endless(Pipe):
    def read(self, size: int = -1) -> bytes:
        self.read_bytes += size
        return bytes(size)


class Broken(Pipe):
    def read(self, size: int = -1) -> bytes:
        raise OSError("the line went dead")


@pytest.mark.parametrize(
    "source",
    [WAV, bytearray(WAV), memoryview(WAV), memoryview(WAV + WAV)[: len(WAV)], io.BytesIO(WAV), Pipe(WAV)],
)
def test_bytes_and_streams(source):
    assert decode(source).samples.size == 44_100


def test_a_stream_is_read_from_where_it_stands():
    stream = io.BytesIO(b"preamble" + WAV)
    stream.seek(8)
    assert decode(stream).samples.size == 44_100


@pytest.mark.parametrize(
    "name", ["a sound.wav", "Übung 音 🐸.wav", "x.raw", "x.vox", "x.sd2", "x.txt", "x.mp3", "x"]
)
def test_the_name_of_a_file_plays_no_part(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(WAV)
    for source in (path, str(path)):
        waveform = decode(source)
        assert waveform.format == "WAV"
        assert waveform.samples.size == 44_100


@pytest.mark.parametrize("key", ["flac-16", "m4a-aac", "webm-opus", "wma"])
def test_every_format_may_be_called_wav(tmp_path, key):
    path = tmp_path / "sound.wav"
    path.write_bytes(FORMATS[key].encode(sine(48_000), 48_000))
    assert decode(path).format == FORMATS[key].name


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_named_pipe_is_a_path_too(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(WAV,))
    writer.start()
    assert decode(path).samples.size == 44_100
    writer.join()


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(AudioError, match=r"no such file.*missing\.wav") as caught:
        decode(tmp_path / "missing.wav")
    assert isinstance(caught.value.__cause__, FileNotFoundError)


def test_a_folder_is_no_sound(tmp_path):
    with pytest.raises(AudioError, match="is a folder"):
        decode(tmp_path)


@pytest.mark.parametrize("path", ["sound\0.wav", "x" * 300, "x" * 300 + "/sound.wav"])
def test_an_impossible_path_is_an_audio_error(path):
    with pytest.raises(AudioError, match="cannot read"):
        decode(path)


def test_an_empty_path_is_not_the_working_folder():
    with pytest.raises(AudioError, match="the path is empty"):
        decode("")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="everything is readable to this user")
def test_an_unreadable_file(tmp_path):
    path = tmp_path / "secret.wav"
    path.write_bytes(WAV)
    path.chmod(0)
    with pytest.raises(AudioError, match="no permission"):
        decode(path)


def test_permission_is_explained(tmp_path, monkeypatch):
    def refuse(*_args, **_more):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    monkeypatch.setattr(Path, "stat", refuse)  # as in a folder that may not be looked into
    with pytest.raises(AudioError, match="no permission to read"):
        decode(tmp_path / "secret.wav")


def test_streams_that_cannot_be_read():
    with pytest.raises(AudioError, match="the line went dead"):
        decode(Broken(b""))
    closed = io.BytesIO(WAV)
    closed.close()
    with pytest.raises(AudioError, match="closed"):
        decode(closed)


@pytest.mark.parametrize("source", [io.StringIO("text"), 3, None, 1.5])
def test_what_is_no_source_is_a_mistake_in_the_program(source):
    with pytest.raises(TypeError):
        decode(source)


@pytest.mark.parametrize("source", [b"", bytearray(), io.BytesIO(), Pipe(b"")])
def test_nothing_at_all_is_empty(source):
    with pytest.raises(EmptyAudioError, match="0 bytes"):
        decode(source)


def test_bytes_are_counted_before_reading(tmp_path):
    path = tmp_path / "huge.wav"
    with path.open("wb") as file:
        file.truncate(2**40)  # sparse: takes no room
    for source in (path, WAV, bytearray(WAV), memoryview(np.frombuffer(WAV[:80_000], np.int16))):
        with pytest.raises(AudioTooLargeError, match="MiB") as caught:
            decode(source, limits=AudioLimits(bytes=79_999))
        assert caught.value.limit == "bytes"


@pytest.mark.parametrize(
    ("limit_bytes", "size"),
    [
        (2**26, "64 MiB"),
        (999 * 2**20, "999 MiB"),
        (1023 * 2**20, "0.999 GiB"),
        (2**30, "1 GiB"),
        (2**31, "2 GiB"),
    ],
)
def test_the_limit_is_told_in_a_unit_that_fits(tmp_path, limit_bytes, size):
    path = tmp_path / "huge.wav"
    with path.open("wb") as file:
        file.truncate(2**40)  # sparse: takes no room
    with pytest.raises(AudioTooLargeError, match=re.escape(f"more than {size};")):
        decode(path, limits=AudioLimits(bytes=limit_bytes))


def test_bytes_are_counted_while_reading():
    stream = Endless(b"")
    with pytest.raises(AudioTooLargeError):
        decode(stream, limits=AudioLimits(bytes=3_000_000))
    assert stream.read_bytes == 3_000_001


@pytest.fixture
def spool(tmp_path, monkeypatch):
    """Where large streams go; here those from 1,000 bytes on."""
    monkeypatch.setattr("audio_cnn.waveform.spooled.LARGE_BYTES", 1_000)
    monkeypatch.setattr("audio_cnn.waveform.source.LARGE_BYTES", 1_000)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("format_", ["WAV", "FLAC", "AIFF"])
def test_a_large_stream_is_not_kept_in_memory(spool, monkeypatch, format_):
    data = with_soundfile(sine(44_100), 44_100, major=format_)
    expected = decode(data).samples
    with monkeypatch.context() as patch:
        patch.setattr("audio_cnn.waveform.decoding.read_source", lambda *_: pytest.fail("read into memory"))
        np.testing.assert_array_equal(decode(Pipe(data)).samples, expected)
    assert not list(spool.iterdir())


def test_a_large_stream_of_another_format_is(spool):
    data = with_soundfile(sine(44_100), 44_100, major="OGG", subtype="VORBIS")
    np.testing.assert_array_equal(decode(Pipe(data)).samples, decode(data).samples)


@pytest.mark.parametrize(("major", "subtype"), [("WAV", "PCM_16"), ("OGG", "VORBIS")])
def test_a_large_open_file_is_read_from_its_begin(spool, tmp_path, major, subtype):
    data = with_soundfile(sine(44_100), 44_100, major=major, subtype=subtype)
    path, packed = tmp_path / "sound", tmp_path / "sound.gz"
    path.write_bytes(data)
    packed.write_bytes(gzip.compress(data))
    for where, opened in ((path, open), (path, partial(open, buffering=0)), (packed, gzip.open)):
        with opened(where, "rb") as file:
            np.testing.assert_array_equal(decode(file).samples, decode(data).samples)


def test_a_stream_that_is_too_large_leaves_nothing(spool):
    with pytest.raises(AudioTooLargeError):
        decode(Pipe(WAV), limits=AudioLimits(bytes=len(WAV) - 1))
    assert not list(spool.iterdir())


def test_no_room_for_a_large_stream(spool, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(spool / "missing"))
    with pytest.raises(AudioError, match="needs room for a temporary file"):
        decode(Pipe(WAV))


def test_exactly_the_limit_is_allowed():
    assert decode(Pipe(WAV), limits=AudioLimits(bytes=len(WAV))).samples.size == 44_100


def test_a_plain_sound_imports_nothing_slow(tmp_path):
    path = tmp_path / "plain.wav"
    path.write_bytes(WAV)
    program = (
        "import sys; from audio_cnn.waveform import decode; decode(sys.argv[1]); "
        "print([name for name in ('av', 'soxr', 'torch', 'scipy') if name in sys.modules])"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    result = subprocess.run(
        [sys.executable, "-c", program, str(path)],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.strip() == "[]"
