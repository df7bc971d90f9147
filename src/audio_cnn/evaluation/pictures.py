"""The report's pictures, drawn by Matplotlib: confusion matrix, calibration, coverage.

They are drawn in the colours of a light page. In the SVG that goes into a page every colour becomes a
variable of its style sheet, so that the page can be dark; text stays text.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import PercentFormatter

from audio_cnn.evaluation.metrics import CalibrationBin, Coverage, Int64Array, wilson_interval
from audio_cnn.labels import ANIMALS, DOMESTIC, HUMAN, NATURE, URBAN, Label

TEXT, SOFT, LINE, PAPER = "#15171c", "#5b606a", "#e2e0d8", "#ffffff"
RIGHT, WRONG, ON_WRONG = "#2f6f62", "#b93a0a", "#fffffe"
CATEGORY_COLOURS = {
    ANIMALS: "#8a6414",
    NATURE: "#1f7a43",
    HUMAN: "#b03a72",
    DOMESTIC: "#6c4bb0",
    URBAN: "#1f6aa5",
}
VARIABLES = {
    TEXT: "--text",
    SOFT: "--soft",
    LINE: "--line",
    PAPER: "--card",
    RIGHT: "--right",
    WRONG: "--wrong",
    ON_WRONG: "--on-wrong",
    CATEGORY_COLOURS[ANIMALS]: "--animals",
    CATEGORY_COLOURS[NATURE]: "--nature",
    CATEGORY_COLOURS[HUMAN]: "--human",
    CATEGORY_COLOURS[DOMESTIC]: "--domestic",
    CATEGORY_COLOURS[URBAN]: "--urban",
}
STYLE = {
    "font.size": 9,
    "svg.fonttype": "none",
    "svg.hashsalt": "audio-cnn",
    "text.color": TEXT,
    "text.parse_math": False,  # a class may be called "$"
    "axes.edgecolor": LINE,
    "axes.labelcolor": SOFT,
    "axes.facecolor": PAPER,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "grid.color": LINE,
    "grid.linewidth": 0.6,
    "figure.facecolor": PAPER,
}
LONGEST_NAME = 24
CELL_IN = 0.2
PNG_DPI = 160
FAINTEST = 0.12
STRONG = 0.7  # from here on the light page wants light numbers, and the dark one dark ones


@contextmanager
def drawing() -> Iterator[None]:
    """Our style; letters that the font lacks become boxes without a word."""
    with matplotlib.rc_context(STYLE), warnings.catch_warnings():  # type: ignore[arg-type]
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        yield


def to_png(figure: Figure) -> bytes:
    """The picture as a file of its own."""
    file = io.BytesIO()
    with drawing():
        figure.savefig(file, format="png", dpi=PNG_DPI, bbox_inches="tight", metadata={"Software": None})
    return file.getvalue()


def to_svg(figure: Figure, description: str) -> str:
    """The picture as an element of a page whose style sheet has our ``VARIABLES``.

    Args:
        description: for those who cannot see it; plain words, nothing that was given from outside.
    """
    file = io.StringIO()
    with drawing():
        figure.savefig(file, format="svg", bbox_inches="tight", transparent=True, metadata={"Date": None})
    svg = file.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"font-family: [^;\"]*; ", "", svg)  # the page's own
    svg = re.sub(r'<g id="[^"]*"', "<g", svg)  # every picture has the same ones
    for colour, variable in VARIABLES.items():
        svg = svg.replace(colour, f"var({variable})")
    return svg.replace("<svg ", f'<svg role="img" aria-label="{description}" ', 1)


def category_variable(category: str) -> str:
    """The style sheet's name of a category's colour."""
    return VARIABLES[CATEGORY_COLOURS.get(category, TEXT)]


def short_title(label: Label) -> str:
    """The label's title without what cannot be drawn, and not too long."""
    title = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in label.title)
    return title if len(title) <= LONGEST_NAME else title[: LONGEST_NAME - 1] + "…"


def confusion_picture(confusion: Int64Array, labels: Sequence[Label]) -> Figure:
    """Rows are true classes, columns what was said; numbers are clips, colours shares of the row.

    Args:
        confusion: int64 [K, K].
        labels: the K classes; those of one category should stand together.
    """
    count = len(labels)
    with drawing():
        figure = Figure(figsize=(count * CELL_IN + 1, count * CELL_IN + 1))
        axes = figure.add_subplot(aspect="equal", xlim=(0, count), ylim=(count, 0))
        axes.set_xlabel("what was said", fontsize=10)
        axes.set_ylabel("what it was", fontsize=10)
        _draw_lines(axes, labels)
        _draw_cells(axes, confusion)
        _draw_names(axes, labels)
    return figure


def _draw_lines(axes: Axes, labels: Sequence[Label]) -> None:
    """A hairline for each class, a stronger one where the category changes."""
    count = len(labels)
    inner = np.arange(1, count)
    changes = [i for i in inner.tolist() if labels[i].category != labels[i - 1].category]
    for places, colour, width in ((inner, LINE, 0.4), (changes, SOFT, 0.7)):
        axes.hlines(places, 0, count, colors=colour, linewidth=width, zorder=0.5)
        axes.vlines(places, 0, count, colors=colour, linewidth=width, zorder=0.5)
    for spine in axes.spines.values():
        spine.set(visible=True, color=SOFT, linewidth=0.7)


def _draw_cells(axes: Axes, confusion: Int64Array) -> None:
    share = confusion / np.maximum(confusion.sum(axis=1, keepdims=True), 1)
    filled = [(int(i), int(j)) for i, j in np.argwhere(confusion)]
    colours = [(RIGHT if i == j else WRONG, FAINTEST + (1 - FAINTEST) * share[i, j]) for i, j in filled]
    cells = [Rectangle((j, i), 1, 1) for i, j in filled]
    axes.add_collection(PatchCollection(cells, facecolors=colours, linewidths=0))
    for (i, j), (_colour, strength) in zip(filled, colours, strict=True):
        axes.text(
            j + 0.5, i + 0.5, str(confusion[i, j]), ha="center", va="center_baseline", fontsize=7,
            color=ON_WRONG if strength > STRONG else TEXT,
        )  # fmt: skip


def _draw_names(axes: Axes, labels: Sequence[Label]) -> None:
    middles = np.arange(len(labels)) + 0.5
    names = [short_title(label) for label in labels]
    axes.set_xticks(
        middles, names, fontsize=7.5, rotation=90, rotation_mode="anchor", ha="right", va="center"
    )
    axes.set_yticks(middles, names, fontsize=7.5)
    axes.tick_params(length=0, pad=3)
    for ticks in (axes.get_xticklabels(), axes.get_yticklabels()):
        for tick, label in zip(ticks, labels, strict=True):
            tick.set_color(CATEGORY_COLOURS.get(label.category, TEXT))


def calibration_picture(bins: Sequence[CalibrationBin]) -> Figure:
    """How often it is right when it is so sure, over how many clips there are of each sureness."""
    with drawing():
        figure = Figure(figsize=(4.6, 4.9))
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[4, 1], gridspec_kw={"hspace": 0.08})
        _draw_reliability(upper, bins)
        lower.bar(
            [(one.low + one.high) / 2 for one in bins],
            [one.clips for one in bins],
            width=[0.86 * (one.high - one.low) for one in bins],
            color=SOFT,
            alpha=0.45,
        )
        for one in bins:
            middle = (one.low + one.high) / 2
            lower.annotate(
                str(one.clips), (middle, one.clips), (0, 1.5), textcoords="offset points",
                ha="center", fontsize=6.5, color=SOFT,
            )  # fmt: skip
        lower.set(ylabel="clips", xlabel="confidence", yticks=[])
        lower.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        lower.margins(y=0.3)
        figure.align_ylabels()
    return figure


def _draw_reliability(axes: Axes, bins: Sequence[CalibrationBin]) -> None:
    confidence = [one.confidence for one in bins]
    accuracy = [one.accuracy for one in bins]
    low, high = zip(*(wilson_interval(one.accuracy, one.clips) for one in bins), strict=True)
    axes.grid(True)
    axes.plot([0, 1], [0, 1], color=SOFT, linewidth=0.9, linestyle=(0, (4, 3)))
    axes.vlines(confidence, low, high, colors=WRONG, alpha=0.35, linewidth=3)
    axes.plot(confidence, accuracy, color=WRONG, marker="o", markersize=4.5, linewidth=1.2, clip_on=False)
    axes.text(0.04, 0.94, "more often right\nthan it is sure", va="top", fontsize=8, color=SOFT)
    axes.text(0.96, 0.06, "more sure\nthan it is right", ha="right", fontsize=8, color=SOFT)
    axes.set(xlim=(0, 1), ylim=(0, 1.02), ylabel="right")
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))


def coverage_picture(curve: Coverage, marks: Sequence[float]) -> Figure:
    """Accuracy if only the surest share of the clips is answered.

    Args:
        marks: confidences whose place on the curve is shown.
    """
    with drawing():
        figure = Figure(figsize=(4.6, 4.9))
        axes = figure.add_subplot()
        axes.grid(True)
        axes.plot(curve.share, curve.accuracy, color=WRONG, linewidth=1.6)
        for confidence in marks:
            if place := curve.at(confidence):
                axes.plot(*place, color=WRONG, marker="o", markersize=5, clip_on=False)
                axes.annotate(f"≥ {confidence:.0%}", place, (4, 4), textcoords="offset points", fontsize=8)
        lowest = float(curve.accuracy.min())
        axes.set(xlim=(0, 1), ylim=(max(0.0, np.floor(lowest * 10 - 0.5) / 10), 1.01))
        axes.set(xlabel="share of clips answered, the surest first", ylabel="right among these")
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(PercentFormatter(1, decimals=0))
    return figure
