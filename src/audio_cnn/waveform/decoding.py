"""The whole way: anything that holds a sound in, a mono waveform at the wanted rate out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import FileIO
from typing import Generic, Protocol, TypeVar

import numpy as np

from audio_cnn.config import AudioLimits
from audio_cnn.errors import AudioError, AudioTooLargeError, CorruptAudioError, EmptyAudioError
from audio_cnn.waveform.joined import is_joined
from audio_cnn.waveform.libav_reader import read_with_libav
from audio_cnn.waveform.mending import mended
from audio_cnn.waveform.mono import Mixer, first_channel
from audio_cnn.waveform.plain_wav import plain_wav, read_plain_wav
from audio_cnn.waveform.recognition import HEAD_BYTES, Container, readable_on_disk, recognise
from audio_cnn.waveform.resample import Resampler
from audio_cnn.waveform.soundfile_reader import read_from_disk, read_with_soundfile
from audio_cnn.waveform.source import IN_MEMORY_BYTES, LargeFile, Source, large_file, read_source
from audio_cnn.waveform.spooled import spooled
from audio_cnn.waveform.stream import AudioStream, Block, Mono


@dataclass(frozen=True)
class Waveform:
    """A decoded sound.

    Attributes:
        samples: float32 [T], mono, finite; full scale is -1..1, and louder is possible.
        sample_rate_hz: rate of ``samples``.
        source_rate_hz: rate before resampling; of joined sounds, that of the first.
        source_channels: channels before they were averaged, or all but the first left out, see ``decode``;
            of joined sounds, those of the first.
        format: the container, e.g. "WAV", "FLAC", "MP3", "M4A".
    """

    samples: Mono
    sample_rate_hz: int
    source_rate_hz: int
    source_channels: int
    format: str

    @property
    def duration_s(self) -> float:
        """Length of what was decoded."""
        return self.samples.size / self.sample_rate_hz


class Sink(Protocol):
    """Takes a sound while it is decoded."""

    @property
    def size(self) -> int:
        """Samples it has taken."""

    def push(self, samples: Mono) -> None:
        """Take the next ones, float32 [any]."""


S = TypeVar("S", bound=Sink)
MakeSink = Callable[[int], S]
"""Gives a new one for a sound of so many samples a second before resampling."""


@dataclass(frozen=True)
class Decoded(Generic[S]):
    """A sound that has gone into a sink; see ``Waveform``."""

    sink: S
    source_rate_hz: int
    source_channels: int
    format: str


@dataclass(frozen=True)
class _Attempt(Generic[S]):
    """What one reader made of a sound, and what ended it if not the sound's end."""

    sink: S | None
    stream: AudioStream | None
    failure: AudioError | None

    @property
    def size(self) -> int:
        return self.sink.size if self.sink else 0


class _Whole:
    """Keeps all of a sound."""

    def __init__(self, _source_rate_hz: int) -> None:
        self.size = 0
        self._pieces: list[Mono] = []

    def push(self, samples: Mono) -> None:
        self.size += samples.size
        if samples.size:
            self._pieces.append(samples)

    def samples(self) -> Mono:
        pieces = self._pieces
        return np.ascontiguousarray(pieces[0]) if len(pieces) == 1 else np.concatenate(pieces)


_DEFAULT_LIMITS = AudioLimits()


def decode(
    source: Source, *, sample_rate_hz: int = 44_100, limits: AudioLimits = _DEFAULT_LIMITS
) -> Waveform:
    """Decode a sound file: the content decides its format, not its name.

    Of a file that was cut short or is damaged, whatever can be decoded is returned. NaN, infinite and
    absurdly loud samples (``mono.LOUDEST``) become 0. Sound is decoded and mixed block by block, so memory
    holds the result and never all channels. Channels are averaged; where they cancel each other, as with one
    cable of two reversed, the first stands for them all. A constant offset is taken away, and the treble that
    a low sample rate lacks is filled in, see ``widening``.

    Args:
        source: a path, the bytes of a file, or a binary file object (read from where it stands, and left
            anywhere; it need not be seekable).
        sample_rate_hz: rate of the result.
        limits: where to stop.

    Raises:
        AudioError: no such file, or it cannot be read.
        NotAudioError: the content is of no known audio format.
        CorruptAudioError: nothing of it can be decoded.
        EmptyAudioError: no bytes, or no samples.
        AudioTooLargeError: over a limit; its ``limit`` is "bytes", "decoded_s", "channels" or
            "sample_rate".
    """
    whole = decode_into(_Whole, source, sample_rate_hz=sample_rate_hz, limits=limits)
    source_rate_hz = whole.source_rate_hz
    samples = mended(whole.sink.samples(), source_rate_hz=source_rate_hz, sample_rate_hz=sample_rate_hz)
    return Waveform(samples, sample_rate_hz, source_rate_hz, whole.source_channels, whole.format)


def decode_into(
    make_sink: MakeSink[S], source: Source, *, sample_rate_hz: int, limits: AudioLimits = _DEFAULT_LIMITS
) -> Decoded[S]:
    """Decode a sound as ``decode`` does, not mended, into a sink, which need not keep it.

    A large file of a format that recorders write is read from where it is, and never all in memory; a large
    stream of such a format goes into a temporary file first. Sinks are made anew for each way of decoding
    that is tried; the one that took most is returned.

    Raises:
        AudioError: as ``decode``.
    """
    with spooled(source, limits.bytes) as readable:
        return _decoded_into(make_sink, readable, sample_rate_hz, limits)


def _decoded_into(
    make_sink: MakeSink[S], source: Source, sample_rate_hz: int, limits: AudioLimits
) -> Decoded[S]:
    large = large_file(source, limits.bytes)
    container = readable_on_disk(large.begin(HEAD_BYTES)) if large else None
    if large and container:
        readers = _readers_on_disk(large)
    else:
        data = read_source(source, min(limits.bytes, IN_MEMORY_BYTES))
        container = recognise(data)
        readers = _readers(container, data[container.start :])
    attempts: list[_Attempt[S]] = []
    for read in readers:
        attempts.append(_attempt(read, make_sink, sample_rate_hz, limits))
        if attempts[-1].failure is None:
            break
    best = max(attempts, key=lambda attempt: attempt.size)
    if best.sink is None or best.stream is None or best.size == 0:
        raise _verdict(attempts)
    return Decoded(best.sink, best.stream.sample_rate_hz, best.stream.channels, container.name)


def _readers_on_disk(large: LargeFile) -> Iterator[Callable[[], AudioStream]]:
    yield lambda: read_from_disk(large)
    if large.size_bytes <= IN_MEMORY_BYTES:  # damaged: perhaps another reader gets further
        with FileIO(large.opened()) as file:
            data = read_source(file, IN_MEMORY_BYTES)
        yield from _readers(recognise(data), data)


def _readers(container: Container, data: bytes) -> Iterator[Callable[[], AudioStream]]:
    """Who reads this container, best first. The next is for what one cannot, or not to the end."""
    if header := plain_wav(data):
        yield lambda: read_plain_wav(data, header)
    readers: list[Callable[[], AudioStream]] = []
    if container.soundfile:
        readers.append(lambda: read_with_soundfile(data))
    if container.demuxer is not None:
        demuxer = container.demuxer
        readers.append(lambda: read_with_libav(data, demuxer))
    yield from reversed(readers) if is_joined(data, container.demuxer) else readers


def _attempt(
    read: Callable[[], AudioStream], make_sink: MakeSink[S], sample_rate_hz: int, limits: AudioLimits
) -> _Attempt[S]:
    mixer = Mixer()
    attempt = _pass(read, mixer.mix, make_sink, sample_rate_hz, limits)
    if not mixer.cancelled:
        return attempt
    del attempt  # for the memory
    return _pass(read, first_channel, make_sink, sample_rate_hz, limits)  # rare enough to decode it again


def _pass(
    read: Callable[[], AudioStream],
    as_mono: Callable[[Block], Mono],
    make_sink: MakeSink[S],
    sample_rate_hz: int,
    limits: AudioLimits,
) -> _Attempt[S]:
    try:
        stream = read()
    except (CorruptAudioError, EmptyAudioError) as error:
        return _Attempt(None, None, error.with_traceback(None))
    _check_format(stream, limits)
    resampler = Resampler(stream.sample_rate_hz, sample_rate_hz)
    sink = make_sink(stream.sample_rate_hz)
    failure: AudioError | None = EmptyAudioError("it holds no samples")
    try:
        for block in _limited(stream, limits):
            sink.push(resampler.push(as_mono(block)))
            failure = None
    except CorruptAudioError as error:
        failure = error.with_traceback(None)  # which would keep the samples alive
    sink.push(resampler.finish())
    return _Attempt(sink, stream, failure)


def _verdict(attempts: list[_Attempt[S]]) -> AudioError:
    """Why there is no sound: that it is damaged says more than that nothing was found."""
    failures = [attempt.failure for attempt in attempts if attempt.failure is not None]
    damages = [failure for failure in failures if isinstance(failure, CorruptAudioError)]
    return (damages or failures)[-1]


def _check_format(stream: AudioStream, limits: AudioLimits) -> None:
    if stream.channels > limits.channels:
        raise AudioTooLargeError(
            f"{stream.channels} channels; at most {limits.channels} are taken, so mix it down first",
            limit="channels",
        )
    check_sample_rate(stream.sample_rate_hz, limits)


def check_sample_rate(sample_rate_hz: int, limits: AudioLimits) -> None:
    """Refuse a rate that no sound has.

    Raises:
        AudioTooLargeError: it is not within the limits, on either side.
    """
    low_hz, high_hz = limits.sample_rate_min_hz, limits.sample_rate_max_hz
    if not low_hz <= sample_rate_hz <= high_hz:
        raise AudioTooLargeError(
            f"a sample rate of {sample_rate_hz} Hz; {low_hz} to {high_hz} Hz are taken, so resample it first",
            limit="sample_rate",
        )


def _limited(stream: AudioStream, limits: AudioLimits) -> Iterator[Block]:
    """Pass blocks on until they are too long; what a header states about the length is not asked."""
    most_frames = limits.decoded_s * stream.sample_rate_hz
    frames = 0
    for block in stream.blocks:
        frames += len(block)
        if frames > most_frames:
            raise AudioTooLargeError(
                f"longer than {limits.decoded_s:g} s; cut it into shorter pieces", limit="decoded_s"
            )
        yield block
