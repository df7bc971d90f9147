"""Segments as the label files that sound editors open.

Source: https://manual.audacityteam.org/man/importing_and_exporting_labels.html; Raven Pro 1.4 User's Manual,
Cornell Lab of Ornithology, 2010.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TextIO

from audio_cnn.prediction.segments import Segment

RAVEN_COLUMNS = (
    *("Selection", "View", "Channel", "Begin Time (s)", "End Time (s)", "Low Freq (Hz)", "High Freq (Hz)"),
    *("Begin File", "Class", "Confidence"),
)


def write_audacity(segments: Iterable[Segment], file: TextIO) -> None:
    """A label track of Audacity: a line for each segment, start and end in seconds, and its class."""
    for segment in segments:
        file.write(f"{segment.start_s:.6f}\t{segment.end_s:.6f}\t{label_text(segment)}\n")


def write_raven(
    segments: Iterable[Segment], file: TextIO, *, sound: str, band_hz: tuple[float, float]
) -> None:
    """A selection table of Raven: a heading, then a line for each segment.

    Args:
        sound: the recording's file; its name stands in the table.
        band_hz: lowest and highest frequency of the selections: those that the model hears.
    """
    low_hz, high_hz = band_hz
    name = _one_line(os.path.basename(sound))  # noqa: PTH119 - a name, perhaps no path
    print(*RAVEN_COLUMNS, sep="\t", file=file)
    for number, segment in enumerate(segments, start=1):
        times = f"{segment.start_s:.6f}", f"{segment.end_s:.6f}"
        answer = label_text(segment), f"{segment.confidence:.4f}"
        band = f"{low_hz:.1f}", f"{high_hz:.1f}"
        print(number, "Spectrogram 1", 1, *times, *band, name, *answer, sep="\t", file=file)


def label_text(segment: Segment) -> str:
    """The class as one label; a guess has a question mark."""
    if segment.label is None:
        return "silence"
    return _one_line(segment.label.name) + ("?" if segment.state == "unsure" else "")


def _one_line(text: str) -> str:
    """Without what would end a column or a line."""
    return " ".join(text.split())
