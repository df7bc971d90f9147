"""The first bytes in; which container it is and who reads it out. File names play no part.

Nothing reaches a decoder that is not recognised here, and libav is told the demuxer by name: its own
guessing would find sound in plain text, and would follow playlists to other files and addresses.
"""

from __future__ import annotations

from dataclasses import dataclass

from audio_cnn.errors import AudioError, CorruptAudioError, NotAudioError
from audio_cnn.waveform.frame_sync import find_stream

KNOWN = "WAV, FLAC, MP3, Ogg, Opus, AIFF, AU, CAF, M4A, AAC, MP4, WebM, WMA and others"

_NEAR_BYTES = 64
_PADDING_BYTES = 2**16
HEAD_BYTES = 2**16
"""In which it shows what a file is."""

READ_ON_DISK = "WAV", "W64", "FLAC", "AIFF", "AU", "CAF"


@dataclass(frozen=True)
class Container:
    """A recognised format.

    Attributes:
        name: short text for people.
        demuxer: libav's name of it, None where only libsndfile reads it.
        soundfile: libsndfile reads it, and is tried first.
        start: first byte of the content: tags and rubbish come before it.
    """

    name: str
    demuxer: str | None
    soundfile: bool = False
    start: int = 0


@dataclass(frozen=True)
class _Signature:
    container: Container
    marks: tuple[tuple[int, bytes], ...]
    near: bytes

    def fits(self, data: bytes, start: int) -> bool:
        in_place = all(data.startswith(mark, start + offset) for offset, mark in self.marks)
        return in_place and data.find(self.near, start, start + _NEAR_BYTES) >= 0


def _row(
    name: str, demuxer: str | None, *marks: tuple[int, bytes], near: bytes = b"", soundfile: bool = False
) -> _Signature:
    return _Signature(Container(name, demuxer, soundfile), marks, near)


# Of two rows that fit, the first counts.
_SIGNATURES = (
    _row("WAV", "wav", (0, b"RIFF"), (8, b"WAVE"), soundfile=True),
    _row("WAV", "wav", (0, b"RIFX"), (8, b"WAVE"), soundfile=True),
    _row("WAV", "wav", (0, b"RF64"), (8, b"WAVE"), soundfile=True),
    _row("WAV", "wav", (0, b"BW64"), (8, b"WAVE"), soundfile=True),
    _row("FLAC", "flac", (0, b"fLaC"), soundfile=True),
    _row("Opus", "ogg", (0, b"OggS"), (28, b"OpusHead"), soundfile=True),
    _row("Ogg", "ogg", (0, b"OggS"), soundfile=True),
    _row("AIFF", "aiff", (0, b"FORM"), (8, b"AIF"), soundfile=True),
    _row("AU", "au", (0, b".snd"), soundfile=True),
    _row("CAF", "caf", (0, b"caff"), soundfile=True),
    _row("W64", "w64", (0, b"riff\x2e\x91\xcf\x11"), soundfile=True),
    _row("VOC", "voc", (0, b"Creative Voice File\x1a"), soundfile=True),
    _row("NIST", None, (0, b"NIST_1A\n"), soundfile=True),
    _row("M4A", "mov", (4, b"ftypM4")),
    _row("MOV", "mov", (4, b"ftypqt")),
    _row("3GP", "mov", (4, b"ftyp3g")),
    _row("MP4", "mov", (4, b"ftyp")),
    _row("MOV", "mov", (0, b"\0"), (4, b"moov")),
    _row("MOV", "mov", (0, b"\0"), (4, b"mdat")),
    _row("MOV", "mov", (0, b"\0\0\0\x08"), (4, b"wide")),
    _row("MOV", "mov", (0, b"\0\0"), (4, b"free")),
    _row("MOV", "mov", (0, b"\0\0"), (4, b"skip")),
    _row("WebM", "matroska", (0, b"\x1a\x45\xdf\xa3"), near=b"webm"),
    _row("MKV", "matroska", (0, b"\x1a\x45\xdf\xa3")),
    _row("WMA", "asf", (0, bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"))),
    _row("AVI", "avi", (0, b"RIFF"), (8, b"AVI ")),
    _row("FLV", "flv", (0, b"FLV\x01")),
    _row("AMR", "amr", (0, b"#!AMR")),
    _row("WavPack", "wv", (0, b"wvpk")),
    _row("TTA", "tta", (0, b"TTA1")),
    _row("MPEG", "mpeg", (0, b"\0\0\x01\xba")),
    _row("MPEG-TS", "mpegts", *((188 * packet, b"G") for packet in range(5))),
)
_STREAM_DEMUXER = {"MP2": "mp3", "MP3": "mp3", "AAC": "aac"}


def recognise(data: bytes) -> Container:
    """Tell the container of a whole file from its content.

    Raises:
        NotAudioError: it is none that is known.
        CorruptAudioError: there is a tag as music files have it, but no sound behind it.
    """
    start = _after_tags(data)
    for signature in _SIGNATURES:
        if signature.fits(data, start):
            found = signature.container
            return Container(found.name, found.demuxer, found.soundfile, start)
    if stream := find_stream(data, start):
        name, start = stream
        return Container(name, _STREAM_DEMUXER[name], name != "AAC", start)
    if start:
        raise CorruptAudioError("there are tags but no sound behind them; the file may have been cut short")
    raise NotAudioError(f"not a sound: the content is of no known audio format; known are {KNOWN}")


def readable_on_disk(begin: bytes) -> Container | None:
    """What a file begins as, if it can be read where it is, as it need not be in memory."""
    try:
        container = recognise(begin[:HEAD_BYTES])
    except AudioError:
        return None
    return container if container.name in READ_ON_DISK and container.start == 0 else None


def _after_tags(data: bytes) -> int:
    """First byte after ID3v2 tags, and after the zeros that some writers leave behind them.

    Source: ID3v2.4.0, section 3.1: ten bytes of header, size in four bytes of seven bits.
    """
    start = 0
    while data.startswith(b"ID3", start) and len(data) >= start + 10:
        size_bytes = 0
        for byte in data[start + 6 : start + 10]:
            size_bytes = size_bytes << 7 | byte & 0x7F
        footer_bytes = 10 if data[start + 5] & 0x10 else 0
        start += 10 + size_bytes + footer_bytes
        padding = data[start : start + _PADDING_BYTES]
        start += len(padding) - len(padding.lstrip(b"\0"))
    return start
