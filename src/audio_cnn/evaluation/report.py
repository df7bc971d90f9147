"""A folder about one evaluation: a page for people, tables and JSON for programs.

report.html       everything, in one file without scripts that loads nothing
report.json       the same figures
confusion.csv     clips by true class (rows) and by what was said (columns)
confusion.png     the same as a picture
per_class.csv     recall and precision of each class
predictions.csv   every clip with its three likeliest classes
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import jinja2
import numpy as np
from markupsafe import Markup

from audio_cnn.config import Config, to_dict
from audio_cnn.evaluation.answers import Answers, deviation
from audio_cnn.evaluation.metrics import (
    CalibrationBin,
    Coverage,
    Evaluation,
    calibration_bins,
    coverage,
)
from audio_cnn.evaluation.percent import percent
from audio_cnn.evaluation.pictures import (
    calibration_picture,
    category_variable,
    confusion_picture,
    coverage_picture,
    to_png,
    to_svg,
)
from audio_cnn.labels import Label, labels_for
from audio_cnn.writing import write_text

PAGE_NAME = "report.html"
TEMPLATE_NAME = "report.html.jinja"
CONFUSIONS = 15
MOST_DRAWN = 100
THRESHOLDS = (0.9, 0.7, 0.5)
RANKS = 3


@dataclass(frozen=True)
class Measurement:
    """What was measured, and how.

    Attributes:
        title: the page's.
        facts: what a reader must know to believe the figures: name -> text.
        held_out: no clip was known to the network that was asked about it.
        warning: why the figures might be misunderstood, if so.
        command: as it was typed.
        recipe: of the trainings, if they were part of it.
    """

    title: str
    facts: Mapping[str, str]
    held_out: bool = False
    warning: str = ""
    command: str = ""
    recipe: Config | None = None


@dataclass(frozen=True)
class ClassFigures:
    """One class.

    Attributes:
        clips: clips that are of it.
        said: clips that were said to be of it.
        right: clips that are both.
    """

    label: Label
    clips: int
    said: int
    right: int

    @property
    def mistakes(self) -> int:
        """Its clips that were taken for others, and others' that were taken for it."""
        return self.clips + self.said - 2 * self.right

    @property
    def recall(self) -> float | None:
        """Share of its clips that were named; None without clips."""
        return self.right / self.clips if self.clips else None

    @property
    def precision(self) -> float | None:
        """Share of what was said to be it that is; None if it was never said."""
        return self.right / self.said if self.said else None


@dataclass(frozen=True)
class FoldFigures:
    """One row of the table of folds.

    Attributes:
        accuracies: of each seed.
        pooled: figures of all seeds together.
        interval: 95 %, of the accuracy.
    """

    fold: int
    accuracies: tuple[float, ...]
    pooled: Evaluation
    interval: tuple[float, float]


@dataclass(frozen=True)
class Report:
    """All figures of a report."""

    answers: Answers
    measurement: Measurement
    classes: tuple[ClassFigures, ...]
    folds: tuple[FoldFigures, ...]
    bins: tuple[CalibrationBin, ...]
    coverage: Coverage

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        answers, recipe = self.answers, self.measurement.recipe
        figures = answers.evaluation.to_dict() | {
            "most_confused": answers.evaluation.most_confused(CONFUSIONS)
        }
        return {
            "title": self.measurement.title,
            "interval_95": _rounded(answers.interval()),
            "mean_of_folds": _rounded(float(answers.fold_accuracies().mean())),
            "sd_of_folds": _rounded(deviation(answers.fold_accuracies())),
            "sd_of_seeds": _rounded(deviation(answers.seed_accuracies())),
            **figures,
            "trainings": [
                {"seed": seed, "fold": fold, "n": one.n, "accuracy": _rounded(one.accuracy)}
                for (seed, fold), one in answers.by_training.items()
            ],
            "calibration": [_rounded(vars(one)) for one in self.bins],
            "coverage": [
                {"confidence": confidence, "share": _rounded(at[0]), "accuracy": _rounded(at[1])}
                for confidence in THRESHOLDS
                if (at := self.coverage.at(confidence))
            ],
            "measured": dict(self.measurement.facts),
            "warning": self.measurement.warning or None,
            "command": self.measurement.command or None,
            "recipe": to_dict(recipe) if recipe else None,
        }


def make_report(answers: Answers, measurement: Measurement) -> Report:
    """Work out all figures."""
    return Report(
        answers=answers,
        measurement=measurement,
        classes=tuple(_class_figures(answers.evaluation)),
        folds=tuple(_fold_figures(answers)),
        bins=tuple(calibration_bins(answers.probabilities, answers.target)),
        coverage=coverage(answers.probabilities, answers.target),
    )


def write_report(report: Report, folder: Path) -> Path:
    """Write all files into the folder, over those of an earlier report; the page's path."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn, drawn_labels = _drawn(report)
    picture = confusion_picture(report.answers.evaluation.confusion[np.ix_(drawn, drawn)], drawn_labels)
    (folder / "confusion.png").write_bytes(to_png(picture))
    _write_table(folder / "confusion.csv", _confusion_rows(report))
    _write_table(folder / "per_class.csv", _class_rows(report.classes))
    _write_table(folder / "predictions.csv", _prediction_rows(report.answers))
    text = json.dumps(report.to_dict(), indent=1, ensure_ascii=False)
    write_text(folder / "report.json", text + "\n")
    pictures = {
        "confusion": to_svg(picture, "Confusion matrix; confusion.csv holds the same numbers"),
        "calibration": to_svg(calibration_picture(report.bins), "Accuracy at each confidence"),
        "coverage": to_svg(
            coverage_picture(report.coverage, THRESHOLDS), "Accuracy against the share of clips answered"
        ),
    }
    write_text(folder / PAGE_NAME, render(report, pictures, undrawn=len(report.classes) - len(drawn)))
    return folder / PAGE_NAME


def render(report: Report, pictures: Mapping[str, str], *, undrawn: int = 0) -> str:
    """The page. Everything but our own pictures is escaped.

    Args:
        pictures: SVG elements by name.
        undrawn: classes that the confusion matrix leaves out.
    """
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["colour"] = lambda label: category_variable(label.category)
    environment.filters["percent"] = lambda share, digits=1: percent(
        share, digits, sign="\N{NARROW NO-BREAK SPACE}%"
    )
    template = resources.files(__package__).joinpath(TEMPLATE_NAME).read_text(encoding="utf-8")
    answers = report.answers
    labels = labels_for(answers.class_names)
    by_name = {label.name: label for label in labels}
    return environment.from_string(template).render(
        report=report,
        measurement=report.measurement,
        figures=answers.evaluation,
        interval=answers.interval(),
        fold_accuracies=answers.fold_accuracies().tolist(),
        seed_accuracies=answers.seed_accuracies().tolist(),
        deviation=deviation,
        trainings=answers.by_training,
        ticks=_ticks([*answers.interval(), *(one.accuracy for one in answers.by_training.values())]),
        clips=len(answers) // len(answers.seeds),
        classes=sorted((one for one in report.classes if one.clips), key=lambda one: -(one.recall or 0)),
        confusions=[
            (by_name[pair["true"]], by_name[pair["predicted"]], pair["clips"])
            for pair in answers.evaluation.most_confused(CONFUSIONS)
        ],
        thresholds=[(confidence, report.coverage.at(confidence)) for confidence in THRESHOLDS],
        categories=[(name, category_variable(name)) for name in _categories(report.classes)],
        recipe=_recipe_rows(report.measurement.recipe),
        pictures={name: Markup(svg) for name, svg in pictures.items()},  # noqa: S704 - Matplotlib escapes
        undrawn=undrawn,
    )


def _class_figures(figures: Evaluation) -> Iterable[ClassFigures]:
    """Classes that occur or were said, those of one category together."""
    labels = labels_for(figures.class_names)
    categories = list(dict.fromkeys(label.category for label in labels))
    clips, said = figures.confusion.sum(axis=1), figures.confusion.sum(axis=0)
    for label in sorted(labels, key=lambda label: categories.index(label.category)):
        i = label.index
        if clips[i] or said[i]:
            yield ClassFigures(label, int(clips[i]), int(said[i]), int(figures.confusion[i, i]))


def _categories(classes: Iterable[ClassFigures]) -> list[str]:
    return [name for name in dict.fromkeys(one.label.category for one in classes) if name]


def _fold_figures(answers: Answers) -> Iterable[FoldFigures]:
    for fold in answers.folds:
        of_fold = answers.of_fold(fold)
        accuracies = tuple(answers.by_training[seed, fold].accuracy for seed in answers.seeds)
        yield FoldFigures(fold, accuracies, of_fold.evaluation, of_fold.interval())


def _drawn(report: Report) -> tuple[list[int], list[Label]]:
    """The classes in the confusion matrix: all, or those with the most mistakes where they are too many."""
    worst = sorted(report.classes, key=lambda one: -one.mistakes)[:MOST_DRAWN]
    labels = sorted((one.label for one in worst), key=[one.label for one in report.classes].index)
    return [label.index for label in labels], labels


def _confusion_rows(report: Report) -> Iterable[Sequence[Any]]:
    indices = [one.label.index for one in report.classes]
    names = [one.label.name for one in report.classes]
    yield ["true class", *names]
    for i, name in zip(indices, names, strict=True):
        yield [name, *report.answers.evaluation.confusion[i, indices].tolist()]


def _class_rows(classes: Iterable[ClassFigures]) -> Iterable[Sequence[Any]]:
    yield ["label", "category", "clips", "said", "right", "recall", "precision"]
    for one in classes:
        shares = (_rounded(one.recall), _rounded(one.precision))
        yield [one.label.name, one.label.category, one.clips, one.said, one.right, *shares]


def _prediction_rows(answers: Answers) -> Iterable[Sequence[Any]]:
    ranks = range(1, min(RANKS, len(answers.class_names)) + 1)
    ranked = [f"{what}{rank}" for rank in ranks for what in ("label", "confidence")]
    yield ["file", "fold", "seed", "truth", *ranked]
    likeliest = np.argsort(-answers.probabilities, axis=1, kind="stable")[:, : len(ranks)]
    for row, file in enumerate(answers.files):
        cells: list[Any] = [file, answers.fold[row], answers.seed[row]]
        cells.append(answers.class_names[answers.target[row]])
        for index in likeliest[row]:
            cells += [answers.class_names[index], f"{answers.probabilities[row, index]:.6f}"]
        yield cells


def _ticks(shares: Sequence[float]) -> list[int]:
    """Whole percents that span these shares: tens, or fives where they are few."""
    low = min(math.floor(min(shares) * 10) * 10, 90)
    high = max(math.ceil(max(shares) * 10) * 10, low + 10)
    return list(range(low, high + 1, 5 if high - low <= 30 else 10))


def _recipe_rows(recipe: Config | None) -> list[tuple[str, list[tuple[str, Any, bool]]]]:
    """(section, [(setting, value, whether it is not the default)])"""
    if recipe is None:
        return []
    values, defaults = to_dict(recipe), to_dict(Config())
    return [
        (section, [(key, value, value != defaults[section][key]) for key, value in settings.items()])
        for section, settings in values.items()
        if isinstance(settings, dict)
    ]


def _write_table(path: Path, rows: Iterable[Sequence[Any]]) -> None:
    with path.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def _rounded(value: Any) -> Any:
    """To six digits, in whatever it is in."""
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, Mapping):
        return {key: _rounded(one) for key, one in value.items()}
    return [_rounded(one) for one in value] if isinstance(value, tuple) else value
