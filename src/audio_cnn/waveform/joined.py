"""Sounds that stand one behind the other in a file: ``cat a.ogg b.ogg``, or a radio's recording."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

_OGG = re.compile(rb"OggS\x00\x02.{20}(.)", re.DOTALL)
_FLAC = re.compile(rb"fLaC[\x00\x80]\x00\x00\x22")
_MP3 = re.compile(  # looks back, which no file can make slow
    rb"(?:Xing|Info)(?:" + b"|".join(rb"(?<=\xff[\xe2-\xff].{%d})" % n for n in (15, 23, 38)) + rb")",
    re.DOTALL,
)
_HEADS = {"ogg": _OGG, "flac": _FLAC, "mp3": _MP3}
"""By libav's demuxer: how a sound begins."""

_FIRST_BYTES = 40
"""Within so many the first sound begins as a further one would."""

_MOST_SOUNDS = 10_000
"""What is further joined stays with the last: opening each takes its time."""


def is_joined(data: bytes, demuxer: str | None) -> bool:
    """Whether behind the first sound a further one begins, at which libsndfile would end."""
    head = _HEADS.get(demuxer or "")
    return head is not None and head.search(data, _FIRST_BYTES) is not None


def sounds_in(data: bytes, demuxer: str) -> Iterator[bytes]:
    """Each for itself, where libav would follow only while all are of one kind; frames of MP3 stand alone."""
    start = 0
    for further in itertools.islice(_starts(data, demuxer), _MOST_SOUNDS):
        if further > start:
            yield data[start:further]
            start = further
    yield data[start:]


def _starts(data: bytes, demuxer: str) -> Iterator[int]:
    if demuxer == "ogg":
        yield from _ogg_starts(data)
    elif demuxer == "flac":
        yield from (head.start() for head in _FLAC.finditer(data))


def _ogg_starts(data: bytes) -> Iterator[int]:
    """A sound begins with a page for each of its tracks; such a page behind others begins the next sound.

    Source: RFC 3533, sections 4 and 6.
    """
    end = 0
    for page in _OGG.finditer(data):
        if page.start() > end:
            yield page.start()
        lengths = data[page.end() : page.end() + page[1][0]]
        end = page.end() + len(lengths) + sum(lengths)
