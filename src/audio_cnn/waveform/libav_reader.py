"""Bytes in, blocks out, through libav (PyAV): the formats libsndfile does not know, and damaged files."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING, NoReturn, cast

import numpy as np
from numpy.typing import DTypeLike

from audio_cnn.errors import CorruptAudioError, EmptyAudioError
from audio_cnn.waveform.joined import sounds_in
from audio_cnn.waveform.mp4_check import check_mp4
from audio_cnn.waveform.stream import AudioStream, Block

if TYPE_CHECKING:
    from av import AudioFrame, Packet
    from av import AudioStream as SoundTrack
    from av.container import InputContainer

DECODERS = (
    "aac,aac_latm,ac3,eac3,alac,amrnb,amrwb,libopencore_amrnb,libopencore_amrwb,dca,flac,gsm,gsm_ms,"
    "mlp,truehd,mp1float,mp1,mp2float,mp2,mp3float,mp3,nellymoser,opus,libopus,vorbis,speex,libspeex,"
    "tta,wavpack,wmav1,wmav2,wmapro,wmalossless,wmavoice,qdm2,mace3,mace6,"
    "adpcm_ima_qt,adpcm_ima_wav,adpcm_ms,adpcm_swf,adpcm_yamaha,"
    "pcm_alaw,pcm_mulaw,pcm_bluray,pcm_dvd,pcm_s8,pcm_u8,pcm_s16be,pcm_s16le,pcm_s24be,pcm_s24le,"
    "pcm_s32be,pcm_s32le,pcm_f32be,pcm_f32le,pcm_f64be,pcm_f64le"
)
"""Sound decoders only: a film's pictures are never opened."""

_DTYPE: dict[str, DTypeLike] = {
    "u8": np.uint8,
    "s16": np.int16,
    "s32": np.int32,
    "flt": np.float32,
    "dbl": np.float64,
}
_MAX_FRAME_SAMPLES = 2**20
_MOST_RATE_CHANGES = 1_000
_MAX_BARREN_PACKETS = 1_000
"""This many packets in a row without a sample are rubbish, and could keep the decoder busy for minutes."""


def read_with_libav(data: bytes, demuxer: str) -> AudioStream:
    """Open a sound with libav, told what it is: libav neither guesses nor opens anything else.

    Raises:
        CorruptAudioError: it cannot be opened, or nothing of it decoded; the stream's blocks raise it
            where they cannot go on. Packets that cannot be decoded are left out.
        EmptyAudioError: there is no sound in it, as in a silent film.
    """
    if demuxer == "mov":
        check_mp4(data)
    frames = _frames(data, demuxer)
    first = next(frames, None)
    if first is None:
        raise EmptyAudioError("its sound track is empty")
    return AudioStream(first.sample_rate, first.layout.nb_channels, _blocks(first, frames))


def _frames(data: bytes, demuxer: str) -> Iterator[AudioFrame]:
    for sound in sounds_in(data, demuxer):
        yield from _frames_of_one(sound, demuxer)


def _frames_of_one(data: bytes, demuxer: str) -> Iterator[AudioFrame]:
    with _open(data, demuxer) as container:
        barren = 0
        for packet in _packets(container, _sound_track(container)):
            frames = _decode(packet)
            yield from frames
            barren = 0 if frames else barren + 1
            if barren > _MAX_BARREN_PACKETS:
                raise CorruptAudioError("it cannot be decoded further: too much of it is damaged")


def _open(data: bytes, demuxer: str) -> InputContainer:
    import av  # here, because it takes long to import and few sounds need it

    limits = {"codec_whitelist": DECODERS, "max_samples": str(_MAX_FRAME_SAMPLES)}
    file = io.BytesIO(data)
    try:
        return av.open(file, "r", format=demuxer, options=limits, metadata_errors="replace", io_open=_refuse)
    except _errors() as error:
        raise CorruptAudioError(f"it is damaged or cut short: {_reason(error)}") from error


def _refuse(url: str, *_: object) -> NoReturn:
    raise PermissionError(f"a sound may not open another file: {url}")


def _sound_track(container: InputContainer) -> SoundTrack:
    track = cast("SoundTrack | None", container.streams.best("audio"))
    if track is None:
        raise EmptyAudioError("it has no sound track")
    if track.codec_context is None or track.codec_context.name not in DECODERS.split(","):
        raise CorruptAudioError("its sound is in a coding that is not supported; convert it to WAV or FLAC")
    track.codec_context.thread_count = 1
    track.codec_context.options = {"max_samples": str(_MAX_FRAME_SAMPLES)}
    return track


def _packets(container: InputContainer, track: SoundTrack) -> Iterator[Packet[SoundTrack]]:
    try:
        yield from container.demux(track)
    except _errors() as error:
        raise CorruptAudioError(f"it cannot be read to its end: {_reason(error)}") from error


def _decode(packet: Packet[SoundTrack]) -> list[AudioFrame]:
    try:
        return [frame for frame in packet.decode() if frame.samples]
    except _errors():
        return []


def _blocks(first: AudioFrame, rest: Iterator[AudioFrame]) -> Iterator[Block]:
    changes = itertools.count()
    for (rate_hz, *_), frames in itertools.groupby(itertools.chain([first], rest), key=_kind):
        if rate_hz != first.sample_rate:
            if next(changes) >= _MOST_RATE_CHANGES:
                raise CorruptAudioError("its sample rate changes again and again")
            frames = _at(first.sample_rate, frames)
        yield from map(_block, frames)


def _kind(frame: AudioFrame) -> tuple[int, str, str]:
    """What changes only where another sound was joined to the first."""
    return frame.sample_rate, frame.layout.name, frame.format.name


def _at(rate_hz: int, frames: Iterator[AudioFrame]) -> Iterator[AudioFrame]:
    """Frames of one kind at another rate."""
    from av import AudioResampler

    resampler = AudioResampler(rate=rate_hz)
    try:
        for frame in frames:
            if frame.samples * rate_hz > frame.sample_rate * _MAX_FRAME_SAMPLES:
                raise CorruptAudioError(f"its sample rate becomes {frame.sample_rate} Hz midway")
            yield from resampler.resample(frame)
        yield from resampler.resample(None)
    except _errors() as error:
        raise CorruptAudioError(f"its sample rate changes midway: {_reason(error)}") from error


def _block(frame: AudioFrame) -> Block:
    """[t, C]. Not ``frame.to_ndarray()``, which reads planes that do not exist from eight channels on."""
    dtype, channels = _DTYPE.get(frame.format.name.removesuffix("p")), frame.layout.nb_channels
    if dtype is None:
        raise CorruptAudioError(f"its samples are of a type that is not supported: {frame.format.name}")
    if not frame.format.is_planar:
        return _plane(frame, 0, frame.samples * channels, dtype).reshape(-1, channels)
    return np.stack([_plane(frame, c, frame.samples, dtype) for c in range(channels)], axis=1)


def _plane(frame: AudioFrame, index: int, count: int, dtype: DTypeLike) -> Block:
    from av.audio.plane import AudioPlane

    plane: Block = np.frombuffer(memoryview(AudioPlane(frame, index)), dtype=dtype, count=count)
    return plane


def _errors() -> tuple[type[Exception], ...]:
    import av

    # IndexError: PyAV stumbles over tracks that turn up midway.
    return (av.FFmpegError, OSError, ValueError, MemoryError, IndexError)


def _reason(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error)
