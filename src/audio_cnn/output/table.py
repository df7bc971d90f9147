"""Predictions as a table for a terminal."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from rich.markup import escape
from rich.table import Table
from rich.text import Text

from audio_cnn.labels import Label
from audio_cnn.output.document import NamedPrediction
from audio_cnn.prediction.records import HeardWindow, Prediction

BAR_CELLS = 12
GAP_CELLS = 2
WIDEST_NAME_CELLS = 32
NARROWEST_NAME_CELLS = 12
NARROWEST_OTHERS_CELLS = 12
WORTH_SAYING = 0.01
NAMED_OF_SEVERAL = 2


def prediction_table(results: Sequence[NamedPrediction], *, top: int, width: int | None = 80) -> Table:
    """One row for each sound: its likeliest class, then the runners-up.

    Sounds that could not be read have no row. Where ``width`` cells are not enough for all, the runners-up
    give way first, then the file names, the bars and the lengths; what a sound is and how sure that is can
    always be read. None: as wide as it needs be.
    """
    heard = [(named.file, named.prediction) for named in results if named.prediction is not None]
    columns = _columns(heard, top)
    return table_of(columns, fitted(columns, width), show_header=bool(heard))


def table_of(columns: Mapping[str, Sequence[str]], widths: Mapping[str, int], *, show_header: bool) -> Table:
    """A table of the columns that have a width: heading -> cells."""
    table = Table(box=None, pad_edge=False, header_style="bold", show_header=show_header)
    for heading, cells in widths.items():
        table.add_column(
            heading,
            style="dim" if heading == "or" else None,
            justify="right" if heading in ("length", "when", "sure", "highest") else "left",
            width=cells,
            no_wrap=heading != "file",
            overflow="fold" if heading == "file" else "ellipsis",
        )
    for row in zip(*(columns[heading] for heading in widths), strict=True):
        table.add_row(*row)
    return table


def _columns(heard: Sequence[tuple[str, Prediction]], top: int) -> dict[str, list[str]]:
    """Every column there may be: heading -> cells."""
    folder = common_folder([file for file, _prediction in heard])
    return {
        "file": [escape(file.removeprefix(folder)) for file, _prediction in heard],
        "length": [f"{prediction.duration_s:.1f} s" for _file, prediction in heard],
        **answer_columns([prediction for _file, prediction in heard], top),
    }


def answer_columns(predictions: Sequence[Prediction], top: int) -> dict[str, list[str]]:
    """What each sounds like and how sure that is, with a bar and without, and what else it may be."""
    answers, confidences, others = _ranked(predictions, top)
    columns = {
        "sounds like": answers,
        "confidence": confidences,
        "sure": [confidence[BAR_CELLS:].strip() for confidence in confidences],
    }
    return columns | ({"or": others} if top > 1 else {})


def fitted(columns: Mapping[str, Sequence[str]], width: int | None) -> dict[str, int]:
    """The columns that ``width`` cells are enough for: heading -> width. None: enough for all."""
    widths = {heading: _widest([heading, *cells]) for heading, cells in columns.items()}
    if width is None:
        return _without(widths, "sure")
    choices = [
        _without(widths, "or", "sure"),
        _without(widths, "or", "confidence"),
        _without(widths, "or", "confidence", "length", "highest"),
    ]
    least = NARROWEST_NAME_CELLS if "file" in widths else 0
    fitting = (choice for choice in choices if _left_for_names(choice, width) >= least)
    chosen = next(fitting, choices[-1])
    left = _left_for_names(chosen, width)
    if "file" in widths:
        chosen["file"] = max(min(chosen["file"], WIDEST_NAME_CELLS, left), 1)
        left -= chosen["file"] + GAP_CELLS
    if "or" in widths and left >= NARROWEST_OTHERS_CELLS:
        chosen["or"] = min(widths["or"], left)
    return chosen


def _without(widths: Mapping[str, int], *headings: str) -> dict[str, int]:
    return {heading: cells for heading, cells in widths.items() if heading not in headings}


def _left_for_names(widths: Mapping[str, int], width: int) -> int:
    """Cells that the other columns leave for the names of the files."""
    return width - sum(cells + GAP_CELLS for heading, cells in widths.items() if heading != "file")


def span(start_s: float, end_s: float) -> str:
    """From when to when: ``0:02.5 to 0:07.5``."""
    return f"{clock(start_s)} to {clock(end_s)}"


def clock(seconds: float) -> str:
    """Minutes, seconds and tenths: 1:05.0."""
    minutes, tenths = divmod(round(seconds * 10), 600)
    return f"{minutes}:{tenths // 10:02}.{tenths % 10}"


def heard_line(window: HeardWindow, top: int) -> str:
    """When a window ended and what was heard in it, of a sound that goes on: markup for one line."""
    answers, confidences, others = _ranked([window.prediction], top)
    share = confidences[0] or " " * (BAR_CELLS + len(" 100%"))
    instead = f"  [dim]{others[0]}[/dim]" if others[0] else ""
    return f"{clock(window.end_s):>9}  {share}  {answers[0]}{instead}"


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
        # Of several sounds one after the other, none has a share of its own.
        one = not prediction.silent and len(prediction.sounds) < 2
        likely = [score for score in rest if one and score.confidence >= WORTH_SAYING]
        answers.append(_answer(prediction, best.label))
        confidences.append(f"{bar(best.confidence)} {best.confidence:4.0%}" if one else "")
        others.append(", ".join(f"{named(score.label)} {score.confidence:.0%}" for score in likely))
    return answers, confidences, others


def _answer(prediction: Prediction, best: Label) -> str:
    if prediction.silent:
        return "🔇 [dim]silence[/dim]"
    unsure = prediction.state == "unsure" and len(prediction.sounds) < 2
    link = " or " if unsure else ", mostly "
    instead = f"[dim]{link}{prediction.resembles}[/dim]" if prediction.resembles else ""
    if len(prediction.sounds) > 1:
        return f"{_several(prediction.sounds)}{instead}"
    return f"[dim]not sure:[/dim] {named(best)}{instead}" if unsure else f"{named(best)}{instead}"


def _several(sounds: Sequence[Label]) -> str:
    """The first few of what was heard one after the other, and how many more there are."""
    names = ", ".join(named(label) for label in sounds[:NAMED_OF_SEVERAL])
    more = len(sounds) - NAMED_OF_SEVERAL
    return f"{names} [dim]and {more} more[/dim]" if more > 0 else names


def named(label: Label) -> str:
    """Emoji and readable name."""
    return f"{label.emoji} {escape(label.title)}"


def bar(share: float) -> str:
    """A bar of ``BAR_CELLS`` cells for a share of 0..1, to an eighth of a cell."""
    eighths = round(share * BAR_CELLS * 8)
    full, rest = divmod(eighths, 8)
    return ("█" * full + (" ▏▎▍▌▋▊▉"[rest] if rest else "")).ljust(BAR_CELLS)
