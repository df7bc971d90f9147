"""Sound that has not ended yet: a WAV stream, as arecord, sox and ffmpeg write into a pipe, as it comes."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from audio_cnn.config import AudioLimits
from audio_cnn.errors import AudioTooLargeError, EmptyAudioError, NotAudioError
from audio_cnn.waveform.decoding import check_sample_rate
from audio_cnn.waveform.mono import Mixer
from audio_cnn.waveform.stream import Mono

SAMPLE_TYPES = {2: "<i2", 4: "<i4"}
"""By the bytes of a sample."""

PCM, EXTENSIBLE = 1, 0xFFFE
PCM_GUID = bytes.fromhex("0100000000001000800000aa00389b71")
FORMAT = struct.Struct("<HHIIHH")
SUB_FORMAT_AT, FORMAT_BYTES = 24, 40
UNKNOWN_BYTES = (0, 0x7FFFF000, 0xFFFFFFFF)
"""What writers state that cannot know how long the sound will be, SoX the second: to the stream's end."""

BLOCK_BYTES = 2**16


@dataclass(frozen=True)
class LiveWindow:
    """The newest stretch of a sound.

    Attributes:
        start_s: where it begins, from when the stream began.
        end_s: where it ends.
        samples: float32 [T] within -1..1.
    """

    start_s: float
    end_s: float
    samples: Mono


class LiveWav:
    """A WAV stream of whole numbers, as long as its header says; where that says nothing, to its end.

    Args:
        stream: bytes as they come; need not be seekable.

    Raises:
        EmptyAudioError: it ends before it has begun.
        NotAudioError: it is no WAV, or not of 16 or 32 bits.
        AudioTooLargeError: too many channels, or a rate that no sound has.
    """

    def __init__(self, stream: BinaryIO, limits: AudioLimits) -> None:
        self._stream = stream
        self._mixer = Mixer()
        form, size_bytes = self._header()
        self._left_bytes = None if size_bytes in UNKNOWN_BYTES else size_bytes
        self._channels: int
        self._rate_hz: int
        tag, self._channels, self._rate_hz, _byte_rate, _frame_bytes, bits = FORMAT.unpack_from(form)
        _check_kind(tag, form[SUB_FORMAT_AT:FORMAT_BYTES])
        if self._channels == 0:
            raise _no_wav("it has no channels")
        self._sample_bytes = (bits + 7) // 8
        if self._sample_bytes not in SAMPLE_TYPES:
            raise NotAudioError(f"a WAV stream of {8 * self._sample_bytes} bits; 16 or 32 are taken")
        if self._channels > limits.channels:
            raise AudioTooLargeError(
                f"{self._channels} channels; at most {limits.channels} are taken", limit="channels"
            )
        check_sample_rate(self._rate_hz, limits)

    @property
    def sample_rate_hz(self) -> int:
        """Samples a second."""
        return self._rate_hz

    def _header(self) -> tuple[bytes, int]:
        """What the stream says of its format, and of the bytes of its samples, which come next."""
        begin = self._bytes(12)
        if not begin:
            raise EmptyAudioError("the stream has ended before it began")
        if not (begin.startswith(b"RIFF") and begin.endswith(b"WAVE")):
            raise _no_wav("it does not begin as one")
        form = b""
        while len(head := self._bytes(8)) == 8:
            name, size_bytes = head[:4], int.from_bytes(head[4:], "little")
            if name == b"data":
                break
            kept = self._bytes(min(size_bytes, FORMAT_BYTES))
            self._skip(size_bytes + size_bytes % 2 - len(kept))
            form = kept if name == b"fmt " else form
        else:
            raise _no_wav("it ends within its header")
        if len(form) < FORMAT.size:
            raise _no_wav("its format is not told before its samples")
        return form, size_bytes

    def _skip(self, count: int) -> None:
        while count > 0 and (block := self._bytes(min(count, BLOCK_BYTES))):
            count -= len(block)

    def _bytes(self, count: int) -> bytes:
        """So many bytes, fewer only where the stream ends; waits for them."""
        data = b""
        while len(data) < count and (more := self._stream.read(count - len(data))):
            data += more
        return data

    def windows(self, *, window_s: float, every_s: float) -> Iterator[LiveWindow]:
        """The last ``window_s`` of the sound, every ``every_s`` once there is as much, and at the end."""
        length, hop = (max(1, round(seconds * self.sample_rate_hz)) for seconds in (window_s, every_s))
        newest, heard, told, due = np.zeros(0, np.float32), 0, 0, hop
        while len(block := self._block(min(due - heard, length))):  # no more, however long a hop may be
            heard += len(block)
            newest = np.concatenate([newest, block])[-length:]
            if heard == due and heard >= length:
                told = heard
                yield self._window(newest, heard)
            due += hop if heard == due else 0
        if heard > told:
            yield self._window(newest, heard)

    def _window(self, samples: Mono, heard: int) -> LiveWindow:
        rate_hz = self.sample_rate_hz
        return LiveWindow((heard - len(samples)) / rate_hz, heard / rate_hz, samples)

    def _block(self, count: int) -> Mono:
        """The next so many samples, or what is left; waits for them."""
        frame_bytes = self._channels * self._sample_bytes
        wanted_bytes = count * frame_bytes
        if self._left_bytes is not None:
            wanted_bytes = min(wanted_bytes, self._left_bytes)
            self._left_bytes -= wanted_bytes
        data = self._bytes(wanted_bytes)
        whole = len(data) - len(data) % frame_bytes
        samples = np.frombuffer(data[:whole], SAMPLE_TYPES[self._sample_bytes])
        return self._mixer.mix_or_first(samples.reshape(-1, self._channels))


def _check_kind(tag: int, sub_format: bytes) -> None:
    """Refuse what is no whole numbers, said in the plain way or in the extensible one."""
    if tag == EXTENSIBLE and sub_format != PCM_GUID:
        raise _no_wav(f"unknown sub-format: {sub_format.hex()}")
    if tag not in (PCM, EXTENSIBLE):
        raise _no_wav(f"unknown format: {tag}")


def _no_wav(reason: str) -> NotAudioError:
    return NotAudioError(f"no WAV stream ({reason}); ffmpeg -i SOUND -f wav - makes one")
