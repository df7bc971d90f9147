"""Sound that has not ended yet: a WAV stream, as arecord, sox and ffmpeg write into a pipe, as it comes."""

from __future__ import annotations

import wave
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from audio_cnn.config import AudioLimits
from audio_cnn.errors import AudioTooLargeError, EmptyAudioError, NotAudioError
from audio_cnn.waveform.decoding import check_sample_rate
from audio_cnn.waveform.mono import to_mono
from audio_cnn.waveform.stream import Mono

SAMPLE_TYPES = {2: "<i2", 4: "<i4"}
"""By the bytes of a sample."""


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
    """A WAV stream of whole numbers; what its header says of the length does not matter.

    Args:
        stream: bytes as they come; need not be seekable.

    Raises:
        EmptyAudioError: it ends before it has begun.
        NotAudioError: it is no WAV, or not of 16 or 32 bits.
        AudioTooLargeError: too many channels, or a rate that no sound has.
    """

    def __init__(self, stream: BinaryIO, limits: AudioLimits) -> None:
        try:
            self._file = wave.open(stream, "rb")  # noqa: SIM115 - the stream is not ours to close
        except EOFError as error:
            raise EmptyAudioError("the stream has ended before it began") from error
        except wave.Error as error:
            raise NotAudioError(f"no WAV stream ({error}); ffmpeg -i SOUND -f wav - makes one") from error
        if self._file.getsampwidth() not in SAMPLE_TYPES:
            bits = 8 * self._file.getsampwidth()
            raise NotAudioError(f"a WAV stream of {bits} bits; 16 or 32 are taken")
        if self._file.getnchannels() > limits.channels:
            raise AudioTooLargeError(
                f"{self._file.getnchannels()} channels; at most {limits.channels} are taken", limit="channels"
            )
        check_sample_rate(self.sample_rate_hz, limits)

    @property
    def sample_rate_hz(self) -> int:
        """Samples a second."""
        return self._file.getframerate()

    def windows(self, *, window_s: float, every_s: float) -> Iterator[LiveWindow]:
        """The last ``window_s`` of the sound, every ``every_s`` once there is as much, and at the end."""
        length, hop = (max(1, round(seconds * self.sample_rate_hz)) for seconds in (window_s, every_s))
        newest, heard, told = np.zeros(0, np.float32), 0, 0
        while len(block := self._block(hop)):
            heard += len(block)
            newest = np.concatenate([newest, block])[-length:]
            if heard >= length:
                told = heard
                yield self._window(newest, heard)
        if heard > told:
            yield self._window(newest, heard)

    def _window(self, samples: Mono, heard: int) -> LiveWindow:
        rate_hz = self.sample_rate_hz
        return LiveWindow((heard - len(samples)) / rate_hz, heard / rate_hz, samples)

    def _block(self, count: int) -> Mono:
        """The next so many samples, or what is left; waits for them."""
        data, channels = self._file.readframes(count), self._file.getnchannels()
        kind = np.dtype(SAMPLE_TYPES[self._file.getsampwidth()])
        whole = len(data) - len(data) % (kind.itemsize * channels)
        return to_mono(np.frombuffer(data[:whole], kind).reshape(-1, channels))
