"""Predictions as a table for a terminal."""

from __future__ import annotations

import os
from collections.abc import Sequence

from rich.markup import escape
from rich.table import Table
from rich.text import Text

from audio_cnn.output.document import NamedPrediction
from audio_cnn.prediction.records import ClassScore, Prediction

BAR_CELLS = 12
GAP_CELLS = 2
WIDEST_NAME_CELLS = 32
NARROWEST_NAME_CELLS = 12
NARROWEST_OTHERS_CELLS = 12
WORTH_SAYING = 0.01


def prediction_table(results: Sequence[NamedPrediction], *, top: int, width: int = 80) -> Table:
    """One row for each sound: its likeliest class with a bar, then the runners-up.

    Sounds that could not be read have no row. Where ``width`` cells are not enough for all, the runners-up
    give way first, then the file names; what a sound is and how sure that is can always be read.
    """
    heard = [(named.file, named.prediction) for named in results if named.prediction is not None]
    folder = common_folder([file for file, _prediction in heard])
    names = [escape(file.removeprefix(folder)) for file, _prediction in heard]
    lengths = [f"{prediction.duration_s:.1f} s" for _file, prediction in heard]
    answers, confidences, others = _ranked([prediction for _file, prediction in heard], top)
    columns = {"file": names, "length": lengths, "sounds like": answers, "confidence": confidences}
    widths = {heading: _widest([heading, *cells]) for heading, cells in columns.items()}
    left = width - sum(cells + GAP_CELLS for heading, cells in widths.items() if heading != "file")
    widths["file"] = max(min(widths["file"], WIDEST_NAME_CELLS, left), NARROWEST_NAME_CELLS)
    left -= widths["file"] + GAP_CELLS
    if top > 1 and left >= NARROWEST_OTHERS_CELLS:
        columns["or"], widths["or"] = others, min(_widest(["or", *others]), left)
    table = Table(box=None, pad_edge=False, header_style="bold", show_header=bool(heard))
    for heading in columns:
        table.add_column(
            heading,
            style="dim" if heading == "or" else None,
            justify="right" if heading == "length" else "left",
            width=widths[heading],
            no_wrap=heading != "file",
            overflow="fold" if heading == "file" else "ellipsis",
        )
    for row in zip(*columns.values(), strict=True):
        table.add_row(*row)
    return table


def _widest(cells: Sequence[str]) -> int:
    return max(Text.from_markup(cell, emoji=False).cell_len for cell in cells)


def common_folder(files: Sequence[str]) -> str:
    """What all names begin with, up to a separator: it need not be said in every row."""
    folders = {os.path.dirname(file) for file in files}  # noqa: PTH120 - names, perhaps not paths
    if len(files) < 2 or len({os.path.isabs(folder) for folder in folders}) > 1:  # noqa: PTH117
        return ""
    shared = os.path.commonpath(folders)
    return shared + os.sep if shared else ""


def _ranked(predictions: Sequence[Prediction], top: int) -> tuple[list[str], list[str], list[str]]:
    """What each sounds like, how sure that is, and what else it may be."""
    answers, confidences, others = [], [], []
    for prediction in predictions:
        best, *rest = prediction.top(top)
        guess = "[dim]not sure:[/dim] " if prediction.state == "unsure" else ""
        likely = [] if prediction.silent else [score for score in rest if score.confidence >= WORTH_SAYING]
        answers.append("🔇 [dim]silence[/dim]" if prediction.silent else guess + named(best))
        confidences.append("" if prediction.silent else f"{bar(best.confidence)} {best.confidence:4.0%}")
        others.append(", ".join(f"{named(score)} {score.confidence:.0%}" for score in likely))
    return answers, confidences, others


def named(score: ClassScore) -> str:
    """Emoji and readable name."""
    return f"{score.label.emoji} {escape(score.label.title)}"


def bar(share: float) -> str:
    """A bar of ``BAR_CELLS`` cells for a share of 0..1, to an eighth of a cell."""
    eighths = round(share * BAR_CELLS * 8)
    full, rest = divmod(eighths, 8)
    return ("█" * full + (" ▏▎▍▌▋▊▉"[rest] if rest else "")).ljust(BAR_CELLS)
