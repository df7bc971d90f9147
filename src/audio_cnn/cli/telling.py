"""What ``audio-cnn classify`` tells of each sound, and in which format."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from audio_cnn.cli.notes import note
from audio_cnn.errors import ConfigError

if TYPE_CHECKING:
    from audio_cnn.prediction.segments import Wanted


class Format(StrEnum):
    """How results are written."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    AUDACITY = "audacity"
    RAVEN = "raven"


AS_THEY_COME = (Format.JSONL, Format.CSV)
LABEL_FILES = (Format.AUDACITY, Format.RAVEN)
BY_ENDING = {".csv": Format.CSV, ".json": Format.JSON, ".jsonl": Format.JSONL}


@dataclass(frozen=True)
class Telling:
    """What is told of each sound.

    Attributes:
        top: how many classes to name.
        windows: tell of each window.
        segments: tell what was heard from when to when.
        unsure: among the segments, of guesses and silence, too.
        wanted: answers to be told, of windows and segments where these are asked for, else of whole sounds.

    Raises:
        ConfigError: these contradict each other.
    """

    format: Format
    top: int
    windows: bool
    segments: bool
    unsure: bool
    wanted: Wanted

    def __post_init__(self) -> None:
        if self.windows and self.format in LABEL_FILES:
            raise ConfigError(f"--format {self.format} is of segments; leave out --windows")
        if self.windows and self.segments:
            raise ConfigError("--windows tells of each window, --segments joins them; give one of the two")
        if self.unsure and not self.segments:
            raise ConfigError("--unsure is of --segments; without, what is unsure is told anyway")

    @property
    def leaves_sounds_out(self) -> bool:
        """Whether there may be no document, or no rows, of a sound that was heard."""
        if self.windows or self.segments:
            return self.format is Format.CSV and (self.segments or not self.wanted.everything)
        return not self.wanted.everything


def chosen_format(given: Format | None, output: Path | None) -> Format:
    """The one that was asked for; or that the file is called after, which is said; or a table."""
    if given is not None or output is None:
        return given or Format.TABLE
    by_ending = BY_ENDING.get(output.suffix.lower())
    if by_ending is not None:
        note(f"{output} is written as {by_ending.upper()}, after its ending; --format would say otherwise")
    return by_ending or Format.TABLE
