"""What was heard when, for a terminal: each file once, as a heading over its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from audio_cnn.output.document import NamedPrediction
from audio_cnn.output.table import (
    BAR_CELLS,
    answer_columns,
    bar,
    common_folder,
    fitted,
    named,
    span,
    table_of,
)
from audio_cnn.prediction.segments import ANYTHING, Segment, Wanted, segments_of

INDENT_CELLS = 2

Columns = Mapping[str, Sequence[str]]
"""Heading -> cells."""


def windows_listing(
    results: Sequence[NamedPrediction], *, top: int, width: int | None = 80, wanted: Wanted = ANYTHING
) -> Group:
    """A row for each window that is ``wanted``.

    ``width``, and sounds that could not be read: as of ``prediction_table``.
    """
    blocks = []
    for result in results:
        if result.prediction is not None:
            windows = [window for window in result.prediction.timeline if wanted.takes(window.prediction)]
            when = [span(window.start_s, window.end_s) for window in windows]
            answers = answer_columns([window.prediction for window in windows], top)
            blocks.append((result.file, {"when": when, **answers}))
    return _listing(blocks, width)


def segments_listing(
    results: Sequence[NamedPrediction],
    *,
    width: int | None = 80,
    unsure: bool = False,
    wanted: Wanted = ANYTHING,
) -> Group:
    """A row for each segment. The rest as of ``windows_listing``."""
    blocks = [
        (result.file, _segment_columns(segments_of(result.prediction.timeline, unsure=unsure, wanted=wanted)))
        for result in results
        if result.prediction is not None
    ]
    return _listing(blocks, width)


def _segment_columns(segments: Sequence[Segment]) -> Columns:
    confidences = [
        f"{bar(segment.confidence)} {segment.confidence:4.0%}" if segment.label else ""
        for segment in segments
    ]
    return {
        "when": [span(segment.start_s, segment.end_s) for segment in segments],
        "sounds like": [_answer(segment) for segment in segments],
        "confidence": confidences,
        "sure": [confidence[BAR_CELLS:].strip() for confidence in confidences],
        "highest": [f"{segment.highest_confidence:.0%}" if segment.label else "" for segment in segments],
    }


def _answer(segment: Segment) -> str:
    if segment.label is None:
        return "🔇 [dim]silence[/dim]"
    if segment.state == "known":
        return named(segment.label)
    instead = f"[dim] or {segment.resembles}[/dim]" if segment.resembles else ""
    return f"[dim]not sure:[/dim] {named(segment.label)}{instead}"


def _listing(blocks: Sequence[tuple[str, Columns]], width: int | None) -> Group:
    folder = common_folder([file for file, _columns in blocks])
    headings = blocks[0][1].keys() if blocks else ()
    every = {heading: [cell for _file, cells in blocks for cell in cells[heading]] for heading in headings}
    widths = fitted(every, None if width is None else width - INDENT_CELLS)
    lines: list[RenderableType] = []
    if any(every.values()):
        lines.append(_indented(table_of(dict.fromkeys(widths, ()), widths, show_header=True)))
    for file, columns in blocks:
        lines.append(Text(file.removeprefix(folder), style="bold", overflow="fold"))
        some = table_of(columns, widths, show_header=False)
        lines.append(_indented(some if some.row_count else Text("nothing", style="dim")))
    return Group(*lines)


def _indented(what: RenderableType) -> Padding:
    return Padding(what, (0, 0, 0, INDENT_CELLS), expand=False)
