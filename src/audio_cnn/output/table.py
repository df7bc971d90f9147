"""Predictions as a table for a terminal."""

from __future__ import annotations

import os
from collections.abc import Sequence

from rich.cells import cell_len
from rich.markup import escape
from rich.table import Table

from audio_cnn.output.document import NamedPrediction
from audio_cnn.prediction.records import ClassScore, Prediction

BAR_CELLS = 12
WIDEST_NAME_CELLS = 32
WORTH_SAYING = 0.01


def prediction_table(results: Sequence[NamedPrediction], *, top: int) -> Table:
    """One row for each sound: its likeliest class with a bar, then the runners-up.

    Sounds that could not be read have no row.
    """
    heard = [(named.file, named.prediction) for named in results if named.prediction is not None]
    table = Table(box=None, pad_edge=False, header_style="bold", show_header=bool(heard))
    folder = common_folder([file for file, _prediction in heard])
    names = [file.removeprefix(folder) for file, _prediction in heard]
    widest = min(max(map(cell_len, names), default=0), WIDEST_NAME_CELLS)
    table.add_column("file", overflow="fold", min_width=widest)
    table.add_column("length", justify="right", no_wrap=True)
    table.add_column("sounds like", no_wrap=True)
    table.add_column("confidence", no_wrap=True)
    if top > 1:
        table.add_column("or", style="dim", no_wrap=True, overflow="ellipsis")
    for name, (_file, prediction) in zip(names, heard, strict=True):
        table.add_row(escape(name), *_cells(prediction, top))
    return table


def common_folder(files: Sequence[str]) -> str:
    """What all names begin with, up to a separator: it need not be said in every row."""
    folders = {os.path.dirname(file) for file in files}  # noqa: PTH120 - names, perhaps not paths
    if len(files) < 2 or len({os.path.isabs(folder) for folder in folders}) > 1:  # noqa: PTH117
        return ""
    shared = os.path.commonpath(folders)
    return shared + os.sep if shared else ""


def _cells(prediction: Prediction, top: int) -> list[str]:
    length = f"{prediction.duration_s:.1f} s"
    if prediction.silent:
        return [length, "🔇 [dim]silence[/dim]", ""] + [""] * (top > 1)
    return [length, *_ranked(prediction, top)]


def _ranked(prediction: Prediction, top: int) -> list[str]:
    best, *others = prediction.top(top)
    guess = "[dim]not sure:[/dim] " if prediction.state == "unsure" else ""
    cells = [guess + named(best), f"{bar(best.confidence)} {best.confidence:4.0%}"]
    if top > 1:
        likely = [score for score in others if score.confidence >= WORTH_SAYING]
        cells.append(", ".join(f"{named(score)} {score.confidence:.0%}" for score in likely))
    return cells


def named(score: ClassScore) -> str:
    """Emoji and readable name."""
    return f"{score.label.emoji} {escape(score.label.title)}"


def bar(share: float) -> str:
    """A bar of ``BAR_CELLS`` cells for a share of 0..1, to an eighth of a cell."""
    eighths = round(share * BAR_CELLS * 8)
    full, rest = divmod(eighths, 8)
    return ("█" * full + (" ▏▎▍▌▋▊▉"[rest] if rest else "")).ljust(BAR_CELLS)
