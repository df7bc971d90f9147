"""Sounds with a known content, and files of every format made from them."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import av
import numpy as np
import soundfile
from numpy.typing import NDArray

Samples = NDArray[np.float32]
ALL_HZ = (8_000, 44_100, 48_000, 192_000)


def sine(rate_hz: int, *, seconds: float = 1.0, hz: float = 440.0, amplitude: float = 0.5) -> Samples:
    """float32 [T]"""
    time_s = np.arange(round(rate_hz * seconds)) / rate_hz
    return (amplitude * np.sin(2 * np.pi * hz * time_s)).astype(np.float32)


def pitch_hz(samples: Samples, rate_hz: int) -> float:
    """Loudest frequency, to one hertz."""
    return float(np.abs(np.fft.rfft(samples * np.hanning(samples.size), rate_hz)).argmax())


def amplitude(samples: Samples) -> float:
    """Amplitude of the sine in the middle half, away from what coders do to beginnings and ends."""
    middle = samples[samples.size // 4 : -samples.size // 4].astype(np.float64)
    return float(np.sqrt(2 * np.mean(middle**2)))


def with_soundfile(
    samples: Samples, rate_hz: int, *, major: str = "WAV", subtype: str = "PCM_16", endian: str = "FILE"
) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, rate_hz, format=major, subtype=subtype, endian=endian)
    return file.getvalue()


def with_libav(
    samples: Samples,
    rate_hz: int,
    *,
    container: str,
    codec: str,
    film: str = "",
    bit_rate: int = 0,
    fragments: bool = False,
) -> bytes:
    """Encode [T] or [T, 2]; with ``film``, a codec, put moving pictures beside it."""
    options = {"movflags": "frag_keyframe+empty_moov"} if fragments else {}
    layout = "mono" if samples.ndim == 1 else "stereo"
    planes = np.ascontiguousarray(np.atleast_2d(samples.T))
    file = io.BytesIO()
    with av.open(file, "w", format=container, options=options) as output:
        track = output.add_stream(codec, rate=rate_hz, layout=layout)
        track.codec_context.options = {"strict": "-2"}
        if bit_rate:
            track.bit_rate = bit_rate
        pictures = output.add_stream(film, rate=10, width=64, height=64, pix_fmt="yuv420p") if film else None
        frame = av.AudioFrame.from_ndarray(planes, "fltp", layout)
        frame.sample_rate, frame.pts = rate_hz, 0
        output.mux(track.encode(frame) + track.encode(None))
        if pictures is not None:
            for number in range(10):
                picture = av.VideoFrame.from_ndarray(np.full((64, 64, 3), number, np.uint8), "rgb24")
                picture.pts = number
                output.mux(pictures.encode(picture))
            output.mux(pictures.encode(None))
    return file.getvalue()


@dataclass(frozen=True)
class Format:
    """How to make a file, what it is called, and how faithful it is."""

    encode: Callable[[Samples, int], bytes]
    name: str
    rates_hz: tuple[int, ...] = ALL_HZ
    tolerance: float = 0.002
    padding_s: float = 0.0


def _sf(name: str, subtype: str, rates_hz: tuple[int, ...] = ALL_HZ, **more: object) -> Format:
    major, endian = more.pop("major", name), more.pop("endian", "FILE")
    encode = partial(with_soundfile, major=major, subtype=subtype, endian=endian)
    return Format(encode, name, rates_hz, **more)


def _av(name: str, container: str, codec: str, rates_hz: tuple[int, ...], **more: object) -> Format:
    encoding = {key: more.pop(key) for key in ("film", "bit_rate", "fragments") if key in more}
    encode = partial(with_libav, container=container, codec=codec, **encoding)
    return Format(encode, name, rates_hz, **more)


_AAC = {"tolerance": 0.05, "padding_s": 0.15}
_OPUS = {"tolerance": 0.05, "padding_s": 0.03}
FORMATS = {
    "wav-8": _sf("WAV", "PCM_U8", tolerance=0.01),
    "wav-16": _sf("WAV", "PCM_16"),
    "wav-24": _sf("WAV", "PCM_24"),
    "wav-32": _sf("WAV", "PCM_32"),
    "wav-float": _sf("WAV", "FLOAT"),
    "wav-double": _sf("WAV", "DOUBLE"),
    "wav-ulaw": _sf("WAV", "ULAW", tolerance=0.02),
    "wav-ms-adpcm": _sf("WAV", "MS_ADPCM", tolerance=0.02, padding_s=0.2),
    "wav-gsm": _sf("WAV", "GSM610", (8_000,), tolerance=0.1, padding_s=0.1),
    "wav-extensible": _sf("WAV", "PCM_16", major="WAVEX"),
    "wav-big-endian": _sf("WAV", "PCM_16", endian="BIG"),
    "wav-rf64": _sf("WAV", "PCM_16", major="RF64"),
    "w64": _sf("W64", "PCM_16"),
    "flac-16": _sf("FLAC", "PCM_16"),
    "flac-24": _sf("FLAC", "PCM_24"),
    "mp3": _sf("MP3", "MPEG_LAYER_III", (8_000, 44_100, 48_000), tolerance=0.05),
    "ogg-vorbis": _sf("Ogg", "VORBIS", major="OGG", tolerance=0.05),
    "opus": _sf("Opus", "OPUS", (8_000, 48_000), major="OGG", **_OPUS),
    "aiff-16": _sf("AIFF", "PCM_16"),
    "aiff-float": _sf("AIFF", "FLOAT"),
    "au": _sf("AU", "PCM_16"),
    "caf": _sf("CAF", "PCM_24"),
    "caf-alac": _sf("CAF", "ALAC_16"),
    "voc": _sf("VOC", "PCM_16"),
    "nist": _sf("NIST", "PCM_16"),
    "m4a-aac": _av("M4A", "ipod", "aac", (8_000, 44_100, 48_000), **_AAC),
    "m4a-alac": _av("M4A", "ipod", "alac", ALL_HZ),
    "mp4-film": _av("MP4", "mp4", "aac", (44_100, 48_000), film="mpeg4", **_AAC),
    "mp4-fragments": _av("MP4", "mp4", "aac", (44_100, 48_000), fragments=True, **_AAC),
    "mov-pcm": _av("MOV", "mov", "pcm_s16le", (44_100, 48_000)),
    "3gp": _av("3GP", "3gp", "aac", (8_000, 44_100), **_AAC),
    "adts": _av("AAC", "adts", "aac", (8_000, 44_100, 48_000), tolerance=0.05, padding_s=0.16),
    "webm-opus": _av("WebM", "webm", "libopus", (8_000, 48_000), **_OPUS),
    "webm-film": _av("WebM", "webm", "libopus", (48_000,), film="vp8", **_OPUS),
    "mkv-flac": _av("MKV", "matroska", "flac", (44_100, 48_000)),
    "wma": _av("WMA", "asf", "wmav2", (44_100, 48_000), bit_rate=64_000, **_AAC),
    "wmv": _av("WMA", "asf", "wmav2", (44_100,), bit_rate=64_000, film="wmv2", **_AAC),
    "avi-mp3": _av("AVI", "avi", "mp3", (44_100, 48_000), tolerance=0.06, padding_s=0.05),
    "flv": _av("FLV", "flv", "aac", (44_100,), **_AAC),
    "mpeg-ts": _av("MPEG-TS", "mpegts", "aac", (44_100, 48_000), **_AAC),
    "mpeg-film": _av("MPEG", "mpeg", "mp2", (44_100, 48_000), film="mpeg2video", **_AAC),
    "mp2": _av("MP2", "mp2", "mp2", (44_100, 48_000), **_AAC),
    "amr": _av("AMR", "amr", "libopencore_amrnb", (8_000,), tolerance=0.15, padding_s=0.03),
    "wavpack": _av("WavPack", "wv", "wavpack", ALL_HZ),
    "tta": _av("TTA", "tta", "tta", (8_000, 44_100, 48_000), tolerance=0.01),
    "ogg-flac": _av("Ogg", "ogg", "flac", (44_100, 48_000)),
}
