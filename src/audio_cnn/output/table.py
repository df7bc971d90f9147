"""Predictions as a table for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.markup import escape
from rich.table import Table

from audio_cnn.output.document import NamedPrediction
from audio_cnn.prediction.records import ClassScore, Prediction

BAR_CELLS = 12


def prediction_table(results: Sequence[NamedPrediction], *, top: int) -> Table:
    """One row for each sound: its likeliest class with a bar, then the runners-up."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("file", overflow="fold")
    table.add_column("length", justify="right")
    table.add_column("sounds like", no_wrap=True)
    table.add_column("confidence", no_wrap=True)
    if top > 1:
        table.add_column("or", style="dim")
    for named in results:
        table.add_row(escape(named.file), *_cells(named, top))
    return table


def _cells(named: NamedPrediction, top: int) -> list[str]:
    prediction = named.prediction
    if prediction is None:
        return ["", f"[red]{escape(str(named.error))}[/red]", ""] + [""] * (top > 1)
    length = f"{prediction.duration_s:.1f} s"
    if prediction.silent:
        return [length, "🔇 [dim]silence[/dim]", ""] + [""] * (top > 1)
    return [length, *_ranked(prediction, top)]


def _ranked(prediction: Prediction, top: int) -> list[str]:
    best, *others = prediction.top(top)
    cells = [named(best), f"{bar(best.confidence)} {best.confidence:4.0%}"]
    if top > 1:
        cells.append(", ".join(f"{named(score)} {score.confidence:.0%}" for score in others))
    return cells


def named(score: ClassScore) -> str:
    """Emoji and readable name."""
    return f"{score.label.emoji} {score.label.title}"


def bar(share: float) -> str:
    """A bar of ``BAR_CELLS`` cells for a share of 0..1, to an eighth of a cell."""
    eighths = round(share * BAR_CELLS * 8)
    full, rest = divmod(eighths, 8)
    return ("█" * full + (" ▏▎▍▌▋▊▉"[rest] if rest else "")).ljust(BAR_CELLS)
