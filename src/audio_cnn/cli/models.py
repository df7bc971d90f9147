"""``audio-cnn models``: what there is to listen with, side by side."""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from audio_cnn.cli.terminal import progress_bar, shown
from audio_cnn.evaluation.percent import percent

if TYPE_CHECKING:
    from rich.console import Group, RenderableType
    from rich.table import Table

    from audio_cnn.labels import Label

TIMED_RUNS = 20


class Format(StrEnum):
    """How the list is written."""

    TABLE = "table"
    JSON = "json"


def models(
    model: Annotated[
        list[str] | None,
        typer.Argument(help="Names or model files; all that are shipped if not given.", show_default=False),
    ] = None,
    time: Annotated[
        bool, typer.Option("--time", help="Measure here what a window takes on one core, sound to answer.")
    ] = False,
    classes: Annotated[
        bool, typer.Option("--classes", help="List the classes that they know, by category.")
    ] = False,
    format_: Annotated[Format, typer.Option("--format", "-f", help="How to write the list.")] = Format.TABLE,
) -> None:
    """List the shipped models, or compare model files.

    Accuracy is what a model's record states, of networks that had not learned
    from the folds named beside it.

    [bold]Examples[/bold]

      audio-cnn models
      audio-cnn models --time
      audio-cnn models --classes
      audio-cnn models first.onnx second.onnx --time
      audio-cnn models mine.onnx --format json
    """
    from rich.console import Console

    from audio_cnn.prediction.model_file import find_model, shipped_models

    paths = [find_model(name) for name in model or shipped_models()]
    if classes and format_ is Format.TABLE:  # JSON holds them anyway
        Console().print(_classes(paths))
        return
    described = []
    with progress_bar("reading") as progress:
        for done, path in enumerate(paths):
            progress(done, len(paths))
            described.append(describe(path, window_ms=timed_ms(path) if time else None))
    if format_ is Format.JSON:
        typer.echo(json.dumps(described, indent=1, ensure_ascii=False))
        return
    Console().print(_table(described, timed=time))


def describe(path: Path, *, window_ms: float | None = None) -> dict[str, Any]:
    """What a model file says about itself, as plain values."""
    from audio_cnn.config import to_dict
    from audio_cnn.prediction.model_file import open_session

    _session, info = open_session(path, threads=1)
    return {
        "name": info.name,
        "file": str(path),
        "family": info.family,
        "size_bytes": path.stat().st_size,
        "parameters": info.parameters,
        "multiply_adds": info.multiply_adds,
        "window_ms": window_ms,
        "accuracy": info.accuracy,
        "held_out": measured_on(info.record),
        "temperature": info.temperature,
        "rejection": to_dict(info.rejection) if info.rejection else None,
        "labels": [label.name for label in info.labels],
        "kinds": list(info.kinds_found),
        "activations": list(info.activations),
        "front_end": to_dict(info.front_end),
        "record": info.record,
    }


def measured_on(record: Any) -> str | None:
    """What was held out to measure the accuracy that a model's record states; None if it says nothing."""
    if not isinstance(record, dict):
        return None
    match record.get("cross_validation"), record.get("held_out"):
        case {"folds": {} as folds}, _:
            return f"folds {_folds_in_short(sorted(folds))}"
        case _, {"n": int(clips)}:
            return f"{clips} clips"
    return None


def _folds_in_short(folds: Sequence[str]) -> str:
    """``1-4``, or ``1, 2, 5`` where some between are missing."""
    if folds == [str(fold) for fold in range(1, len(folds) + 1)] and len(folds) > 2:
        return f"{folds[0]}-{folds[-1]}"
    return ", ".join(folds)


def _measured(one: dict[str, Any]) -> str:
    from rich.markup import escape

    if one["accuracy"] is None:
        return "-"
    accuracy = percent(one["accuracy"], 1)
    return f"{accuracy}, {escape(one['held_out'])}" if one["held_out"] else accuracy


def _classes(paths: Sequence[Path]) -> Group:
    """The classes by category; models that know the same ones stand together."""
    from rich.columns import Columns
    from rich.console import Group
    from rich.markup import escape
    from rich.table import Table

    from audio_cnn.prediction.model_file import open_session

    known: dict[tuple[Label, ...], list[str]] = {}
    for path in paths:
        _session, info = open_session(path, threads=1)
        known.setdefault(info.labels, []).append(shown(path.stem))
    parts: list[RenderableType] = []
    for labels, names in known.items():
        table = Table(box=None, show_header=False)
        for category in dict.fromkeys(label.category for label in labels):
            named = [f"{one.emoji} {escape(one.name)}" for one in labels if one.category == category]
            table.add_row(category, Columns(named, padding=(0, 2)))
        parts += [f"[bold]{escape(', '.join(names))}[/bold]: {len(labels)} classes", table]
    return Group(*parts)


def timed_ms(path: Path) -> float:
    """Median time of one window of noise, from samples to probabilities, on one core."""
    from statistics import median
    from time import perf_counter

    import numpy as np

    from audio_cnn.prediction.classifier import Classifier

    classifier = Classifier(path, threads=1)
    samples = classifier.info.front_end.window_samples
    window = np.random.default_rng(0).uniform(-1, 1, (1, samples)).astype(np.float32)
    taken_s = []
    for _ in range(1 + TIMED_RUNS):
        started = perf_counter()
        classifier.answer_windows(window)
        taken_s.append(perf_counter() - started)
    return round(1e3 * median(taken_s[1:]), 2)  # the first time finds memory, later ones use it again


def _table(described: list[dict[str, Any]], *, timed: bool) -> Table:
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    timing = ["ms"] if timed else []
    for heading in ("model", "classes", "params", "mult-adds", *timing, "size", "family"):
        table.add_column(heading, no_wrap=True)
    table.add_column("accuracy", min_width=8)
    for one in described:
        timing = [f"{one['window_ms']:.1f}"] if timed else []
        table.add_row(
            escape(shown(Path(one["file"]).stem)),  # by which it is asked for, whatever its recipe is called
            str(len(one["labels"])),
            f"{one['parameters'] / 1e6:.2f} M",
            f"{one['multiply_adds'] / 1e6:.0f} M" if one["multiply_adds"] is not None else "-",
            *timing,
            f"{one['size_bytes'] / 1e6:.1f} MB",
            escape(one["family"] or "-"),
            _measured(one),
        )
    return table
