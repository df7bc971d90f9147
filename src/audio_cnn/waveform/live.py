"""Sound that has not ended yet: a WAV stream, as arecord, sox and ffmpeg write one, in pieces as it comes."""

from __future__ import annotations

import struct
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

import numpy as np

from audio_cnn.config import AudioLimits
from audio_cnn.errors import AudioTooLargeError, EmptyAudioError, NotAudioError
from audio_cnn.waveform.decoding import check_sample_rate
from audio_cnn.waveform.mono import first_channel, is_cancelled, to_mono
from audio_cnn.waveform.stream import Block, Mono

PCM, FLOAT, EXTENSIBLE = 1, 3, 0xFFFE
SAMPLES = {(PCM, 16): "<i2", (PCM, 24): "u1", (PCM, 32): "<i4", (FLOAT, 32): "<f4"}
"""By kind and bits; those of 24 bits are three bytes."""

GUID_END = bytes.fromhex("000000001000800000aa00389b71")
"""What follows the kind in the sub-format of an extensible header."""

FORMAT = struct.Struct("<HHIIHH")
SUB_FORMAT_AT, FORMAT_BYTES = 24, 40
UNKNOWN_BYTES = 0x7FFF0000
"""From here on, and with 0, writers state that they cannot know how long the sound will be: to the stream's
end. SoX says 0x7FFFF000, or the next lower whole number of frames."""

MOST_HEADER_BYTES = 2**20
MOST_CHUNKS = 100
"""Before the samples. A header without end would be read for ever."""

BLOCK_BYTES = 2**16
MOST_FRAMES = 2**16
"""So many at a time, however long a window is, and however often one is told."""


@dataclass(frozen=True)
class LiveWindow:
    """The newest stretch of a sound.

    Attributes:
        start_s: where it begins, from when the stream began.
        end_s: where it ends.
        samples: float32 [T] within -1..1.
        sample_rate_hz: samples a second.
    """

    start_s: float
    end_s: float
    samples: Mono
    sample_rate_hz: int


@dataclass(frozen=True)
class _Form:
    """What a header says."""

    channels: int
    sample_rate_hz: int
    kind: int
    bits: int
    left_bytes: int | None

    @property
    def frame_bytes(self) -> int:
        return self.channels * self.bits // 8

    def block(self, data: bytes) -> Block:
        """Whole frames as samples [t, C]; what is left over is left out."""
        whole = data[: len(data) - len(data) % self.frame_bytes]
        samples = np.frombuffer(whole, SAMPLES[self.kind, self.bits])
        if self.bits == 24:  # the upper three bytes of four
            wide = np.zeros((len(samples) // 3, 4), "u1")
            wide[:, 1:] = samples.reshape(-1, 3)
            samples = wide.view("<i4")
        return samples.reshape(-1, self.channels)


T = TypeVar("T")
Steps: TypeAlias = Generator[LiveWindow | None, None, T]
"""What is found on the way to a ``T``; None: first more has to come."""


class LiveWav:
    """A WAV stream, as long as its header says; where that says nothing, to its end.

    Channels are averaged; where they cancel each other within a window, the first stands for them all.

    Args:
        window_s: how much of the sound is told, the newest, each time and at the end.
        every_s: how often, once there is as much.

    Attributes:
        ended: nothing more is taken.
    """

    def __init__(self, limits: AudioLimits, *, window_s: float, every_s: float) -> None:
        self._limits = limits
        self._window_s = window_s
        self._every_s = every_s
        self._come = bytearray()
        self._complete = False
        self._steps = self._windows()
        self.ended = False

    def feed(self, data: bytes) -> Iterator[LiveWindow]:
        """Take the next piece, of any length; to be iterated to its end.

        Raises:
            NotAudioError: the stream is no WAV, or not of 16, 24 or 32 bits.
            AudioTooLargeError: too many channels, or a rate that no sound has.
        """
        self._come += data
        return self._found()

    def end(self) -> Iterator[LiveWindow]:
        """Nothing more comes.

        Raises:
            EmptyAudioError: the stream has ended before its first sample.
            NotAudioError: it is no WAV, or not of 16, 24 or 32 bits.
            AudioTooLargeError: too many channels, or a rate that no sound has.
        """
        self._complete = True
        return self._found()

    def _found(self) -> Iterator[LiveWindow]:
        for found in self._steps:
            if found is None:
                return
            yield found
        self.ended = True
        self._come.clear()

    def _windows(self) -> Steps[None]:
        form = yield from self._form()
        rate_hz = form.sample_rate_hz
        length, hop = (max(1, round(seconds * rate_hz)) for seconds in (self._window_s, self._every_s))
        mixed, first = np.zeros((2, 0), np.float32)
        heard, told, due = 0, 0, length

        def window() -> LiveWindow:
            newest = first if is_cancelled(mixed, first) else mixed
            return LiveWindow((heard - len(newest)) / rate_hz, heard / rate_hz, newest, rate_hz)

        left = form.left_bytes
        while True:
            wanted_bytes = form.frame_bytes * min(due - heard, length, MOST_FRAMES)
            data = yield from self._bytes(wanted_bytes if left is None else min(wanted_bytes, left))
            left = None if left is None else left - len(data)
            block = form.block(data)
            if not len(block):
                break
            heard += len(block)
            mixed = np.concatenate([mixed, to_mono(block)])[-length:]
            first = np.concatenate([first, first_channel(block)])[-length:] if form.channels > 1 else mixed
            if heard == due:
                told, due = heard, due + hop
                yield window()
        if not heard:
            raise EmptyAudioError("the stream has ended before its first sample")
        if heard > told:
            yield window()

    def _form(self) -> Steps[_Form]:
        """What the stream says of its samples, which come next."""
        begin = yield from self._bytes(12)
        if not begin:
            raise EmptyAudioError("the stream has ended before it began")
        if not (begin.startswith(b"RIFF") and begin.endswith(b"WAVE")):
            raise _no_wav("it does not begin as one")
        form, passed_bytes = b"", 0
        for _ in range(MOST_CHUNKS):
            head = yield from self._bytes(8)
            if len(head) < 8:
                raise _no_wav("it ends within its header")
            name, size_bytes = head[:4], int.from_bytes(head[4:], "little")
            if name == b"data":
                break
            passed_bytes += size_bytes
            if passed_bytes > MOST_HEADER_BYTES:
                raise _no_wav("too much comes before its samples")
            kept = yield from self._bytes(min(size_bytes, FORMAT_BYTES))
            yield from self._skip(size_bytes + size_bytes % 2 - len(kept))
            form = kept if name == b"fmt " else form
        else:
            raise _no_wav("too much comes before its samples")
        if len(form) < FORMAT.size:
            raise _no_wav("its format is not told before its samples")
        endless = size_bytes == 0 or size_bytes >= UNKNOWN_BYTES
        return _checked(form, None if endless else size_bytes, self._limits)

    def _skip(self, count: int) -> Steps[None]:
        while count > 0 and (block := (yield from self._bytes(min(count, BLOCK_BYTES)))):
            count -= len(block)

    def _bytes(self, count: int) -> Steps[bytes]:
        """So many bytes, fewer only where the stream ends."""
        while len(self._come) < count and not self._complete:
            yield None
        data = bytes(self._come[:count])
        del self._come[:count]
        return data


def _checked(form: bytes, left_bytes: int | None, limits: AudioLimits) -> _Form:
    """The format of a WAV stream, refused if it cannot be taken."""
    tag, channels, rate_hz, _byte_rate, _frame_bytes, bits = FORMAT.unpack_from(form)
    kind = _kind(form[SUB_FORMAT_AT:FORMAT_BYTES]) if tag == EXTENSIBLE else tag
    if channels == 0:
        raise _no_wav("it has no channels")
    if (kind, bits) not in SAMPLES:
        taken = "whole numbers of 16, 24 or 32 bits, or floats of 32, are taken"
        raise NotAudioError(
            f"a WAV stream of format {kind} and {bits} bits; {taken}: ffmpeg -i SOUND -f wav - makes one"
        )
    if channels > limits.channels:
        raise AudioTooLargeError(
            f"{channels} channels; at most {limits.channels} are taken", limit="channels"
        )
    check_sample_rate(rate_hz, limits)
    return _Form(channels, rate_hz, kind, bits, left_bytes)


def _kind(sub_format: bytes) -> int:
    """What the plain header would call it."""
    if sub_format[2:] != GUID_END:
        raise _no_wav(f"unknown sub-format: {sub_format.hex()}")
    return int.from_bytes(sub_format[:2], "little")


def _no_wav(reason: str) -> NotAudioError:
    return NotAudioError(f"no WAV stream ({reason}); ffmpeg -i SOUND -f wav - makes one")
