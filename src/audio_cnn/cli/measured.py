"""Words for reports: what was measured on, with what, and what the figures can mean."""

from __future__ import annotations

import datetime
import shlex
import sys
from collections.abc import Sequence
from importlib import metadata
from typing import TYPE_CHECKING

from audio_cnn import __version__

if TYPE_CHECKING:
    from audio_cnn.config import FrontEnd

INTERVAL = (
    "Wilson's score interval, each clip counted once. How far another training would differ is not in "
    "it, and clips that were cut from one recording count as independent, which makes it a little narrow"
)


def enumerated(what: str, numbers: Sequence[int]) -> str:
    """``fold 1``, ``folds 1, 2 and 4``."""
    *others, last = map(str, numbers)
    return f"{what}s {', '.join(others)} and {last}" if others else f"{what} {last}"


def describe_features(front_end: FrontEnd) -> str:
    """What a log-mel of this front end is."""
    return (
        f"8-bit log-mels, {front_end.mel_bands} bands of {front_end.fmin_hz:,.0f} to "
        f"{front_end.fmax_hz:,.0f} Hz, {front_end.frames} columns of {1000 * front_end.frame_s:.1f} ms"
    )


def made_with(*packages: str) -> str:
    """Our version, the packages' and today's date."""
    others = [f"{package} {metadata.version(package)}" for package in packages]
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    return ", ".join([f"audio-cnn {__version__}", *others, today])


def typed_command() -> str:
    """The command as it was typed, ready to be typed again."""
    return shlex.join(["audio-cnn", *sys.argv[1:]])
