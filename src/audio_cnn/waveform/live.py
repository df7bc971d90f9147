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
    sample_bytes: int
    left_bytes: int | None

    @property
    def frame_bytes(self) -> int:
        return self.channels * self.sample_bytes


T = TypeVar("T")
Steps: TypeAlias = Generator[LiveWindow | None, None, T]
"""What is found on the way to a ``T``; None: first more has to come."""


class LiveWav:
    """A WAV stream of whole numbers, as long as its header says; where that says nothing, to its end.

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
        self._mixer = Mixer()
        self._come = bytearray()
        self._complete = False
        self._steps = self._windows()
        self.ended = False

    def feed(self, data: bytes) -> Iterator[LiveWindow]:
        """Take the next piece, of any length; to be iterated to its end.

        Raises:
            NotAudioError: the stream is no WAV, or not of 16 or 32 bits.
            AudioTooLargeError: too many channels, or a rate that no sound has.
        """
        self._come += data
        yield from self._found()

    def end(self) -> Iterator[LiveWindow]:
        """Nothing more comes.

        Raises:
            EmptyAudioError: the stream has ended before it began.
            NotAudioError: it is no WAV, or not of 16 or 32 bits.
            AudioTooLargeError: too many channels, or a rate that no sound has.
        """
        self._complete = True
        yield from self._found()

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
        newest, heard, told, due = np.zeros(0, np.float32), 0, 0, hop

        def window() -> LiveWindow:
            return LiveWindow((heard - len(newest)) / rate_hz, heard / rate_hz, newest, rate_hz)

        left = form.left_bytes
        while True:
            wanted_bytes = form.frame_bytes * min(due - heard, length, MOST_FRAMES)
            data = yield from self._bytes(wanted_bytes if left is None else min(wanted_bytes, left))
            left = None if left is None else left - len(data)
            block = self._mono(data, form)
            if not len(block):
                break
            heard += len(block)
            newest = np.concatenate([newest, block])[-length:]
            if heard == due and heard >= length:
                told = heard
                yield window()
            due += hop if heard == due else 0
        if heard > told:
            yield window()

    def _form(self) -> Steps[_Form]:
        """What the stream says of its samples, which come next."""
        begin = yield from self._bytes(12)
        if not begin:
            raise EmptyAudioError("the stream has ended before it began")
        if not (begin.startswith(b"RIFF") and begin.endswith(b"WAVE")):
            raise _no_wav("it does not begin as one")
        form = b""
        while len(head := (yield from self._bytes(8))) == 8:
            name, size_bytes = head[:4], int.from_bytes(head[4:], "little")
            if name == b"data":
                break
            kept = yield from self._bytes(min(size_bytes, FORMAT_BYTES))
            yield from self._skip(size_bytes + size_bytes % 2 - len(kept))
            form = kept if name == b"fmt " else form
        else:
            raise _no_wav("it ends within its header")
        if len(form) < FORMAT.size:
            raise _no_wav("its format is not told before its samples")
        return _checked(form, None if size_bytes in UNKNOWN_BYTES else size_bytes, self._limits)

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

    def _mono(self, data: bytes, form: _Form) -> Mono:
        whole = len(data) - len(data) % form.frame_bytes
        samples = np.frombuffer(data[:whole], SAMPLE_TYPES[form.sample_bytes])
        return self._mixer.mix_or_first(samples.reshape(-1, form.channels))


def _checked(form: bytes, left_bytes: int | None, limits: AudioLimits) -> _Form:
    """The format of a WAV stream, refused if it cannot be taken."""
    tag, channels, rate_hz, _byte_rate, _frame_bytes, bits = FORMAT.unpack_from(form)
    _check_kind(tag, form[SUB_FORMAT_AT:FORMAT_BYTES])
    if channels == 0:
        raise _no_wav("it has no channels")
    sample_bytes = (bits + 7) // 8
    if sample_bytes not in SAMPLE_TYPES:
        raise NotAudioError(f"a WAV stream of {8 * sample_bytes} bits; 16 or 32 are taken")
    if channels > limits.channels:
        raise AudioTooLargeError(
            f"{channels} channels; at most {limits.channels} are taken", limit="channels"
        )
    check_sample_rate(rate_hz, limits)
    return _Form(channels, rate_hz, sample_bytes, left_bytes)


def _check_kind(tag: int, sub_format: bytes) -> None:
    """Refuse what is no whole numbers, said in the plain way or in the extensible one."""
    if tag == EXTENSIBLE and sub_format != PCM_GUID:
        raise _no_wav(f"unknown sub-format: {sub_format.hex()}")
    if tag not in (PCM, EXTENSIBLE):
        raise _no_wav(f"unknown format: {tag}")


def _no_wav(reason: str) -> NotAudioError:
    return NotAudioError(f"no WAV stream ({reason}); ffmpeg -i SOUND -f wav - makes one")
