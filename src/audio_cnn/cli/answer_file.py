"""Answers to one table, list or CSV, on the screen or in a file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from audio_cnn.cli.answering import Results, info_of, model_name, source_name
from audio_cnn.cli.inputs import Inputs
from audio_cnn.cli.notes import note
from audio_cnn.cli.resuming import NOTHING_KEPT, Kept, Part
from audio_cnn.cli.telling import AS_THEY_COME, LABEL_FILES, Format, Telling
from audio_cnn.cli.terminal import kept_part, open_stream, output_file, shown, written_in_place
from audio_cnn.errors import ConfigError

if TYPE_CHECKING:
    from audio_cnn.output.document import NamedPrediction

NO_EDGE_CELLS = 100_000


def check_part(output: Path | None, format_: Format, *, resume: bool) -> None:
    """Refuse to write over what an interrupted run has kept, and to go on where that is not possible.

    Raises:
        ConfigError: with the ways out.
    """
    if resume and (format_ not in AS_THEY_COME or output is None):
        raise ConfigError(
            "--resume goes on with a file of CSV or JSON Lines; it needs --output FILE.csv or .jsonl"
        )
    part = _part(output)
    if part is None or resume or format_ in LABEL_FILES:
        return
    if format_ in AS_THEY_COME:
        raise ConfigError(
            f"{part} holds the answers of an interrupted run; go on with --resume, or remove it"
        )
    raise ConfigError(f"{part} holds the answers of an interrupted run; move it away, or remove it")


def kept_answers(output: Path | None, inputs: Inputs, telling: Telling, model: str) -> Kept:
    """What an interrupted run has left of use.

    Raises:
        ConfigError: it is not about these sounds, or of other options.
        ModelError: no such model, or a damaged file.
    """
    path = _part(output)
    if path is None:
        return NOTHING_KEPT
    names = [*inputs.failed, *map(source_name, inputs.sources)]
    top = min(telling.top, len(info_of(model).labels))
    part = Part(path, names, gaps=telling.leaves_sounds_out, top=top, model=model_name(model))
    if telling.format is Format.CSV:
        return part.csv(_columns(telling))
    return part.jsonl("segments" if telling.segments else "timeline" if telling.windows else None)


def _part(output: Path | None) -> Path | None:
    if output is None or open_stream(output) is not None or written_in_place(output):
        return None
    part = kept_part(output)
    return part if part.exists() else None


def write_answers(results: Results, telling: Telling, output: Path | None, kept: Kept = NOTHING_KEPT) -> None:
    """Write what comes, then say what failed.

    Args:
        kept: what there is already.

    Raises:
        KeyboardInterrupt: the Ctrl-C that ended it, when what is done is written.
    """
    try:
        with output_file(output, keep_part=True, kept=kept.text) as file:
            # Lines that come on the same terminal would tear a bar apart, and show the progress themselves.
            come = results.as_they_come(bar=not (telling.format in AS_THEY_COME and file.isatty()))
            with closing(come):
                # One call gathers what is written at the end: whenever Ctrl-C comes, it only ends ``come``.
                answers = come if telling.format in AS_THEY_COME else iter(list(come))
                _write(telling, answers, file, header=not kept.text)
            report_failed(results.failed)
            if results.stopped:
                raise results.stopped
    except KeyboardInterrupt as stop:
        if telling.format in AS_THEY_COME and _part(output):
            stop.add_note("--resume goes on with it")
        raise


def report_failed(failed: dict[str, str]) -> None:
    """Say which sounds have no answer, and why."""
    for name, reason in failed.items():
        note(f"{name}: {reason}")


def _write(telling: Telling, results: Iterator[NamedPrediction], file: TextIO, *, header: bool) -> None:
    if not (telling.windows or telling.segments):
        results = (one for one in results if one.prediction is None or telling.wanted.takes(one.prediction))
    if telling.format is Format.TABLE or (telling.format is Format.CSV and file.isatty()):
        results = map(_as_shown, results)
    if telling.format is Format.TABLE:
        _write_table(list(results), file, telling)
    elif telling.segments:
        _write_segments(telling, results, file, header=header)
    else:
        _write_sounds(telling, results, file, header=header)


def _write_sounds(
    telling: Telling, results: Iterator[NamedPrediction], file: TextIO, *, header: bool
) -> None:
    from audio_cnn.output.document import write_csv, write_json, write_jsonl

    top, timeline, wanted = telling.top, telling.windows, telling.wanted
    if telling.format is Format.CSV:
        write_csv(results, file, top=top, timeline=timeline, wanted=wanted, header=header)
    else:
        write = write_json if telling.format is Format.JSON else write_jsonl
        write(results, file, top=top, timeline=timeline, wanted=wanted)


def _write_segments(
    telling: Telling, results: Iterator[NamedPrediction], file: TextIO, *, header: bool
) -> None:
    from audio_cnn.output.document import dump_lines, dump_list
    from audio_cnn.output.segment_document import segments_document, write_segments_csv

    top, unsure, wanted = telling.top, telling.unsure, telling.wanted
    if telling.format is Format.CSV:
        write_segments_csv(results, file, unsure=unsure, wanted=wanted, header=header)
    else:
        dump = dump_list if telling.format is Format.JSON else dump_lines
        dump((segments_document(one, top=top, unsure=unsure, wanted=wanted) for one in results), file)


def _columns(telling: Telling) -> list[str]:
    from audio_cnn.output.document import csv_columns
    from audio_cnn.output.segment_document import COLUMNS

    return list(COLUMNS) if telling.segments else csv_columns(timeline=telling.windows)


def _as_shown(named: NamedPrediction) -> NamedPrediction:
    return replace(named, file=shown(named.file), error=named.error and shown(named.error))


def _write_table(results: list[NamedPrediction], file: TextIO, telling: Telling) -> None:
    from rich.console import Console, RenderableType

    from audio_cnn.output.listing import segments_listing, windows_listing
    from audio_cnn.output.table import prediction_table

    # What reads a file, or stands behind a pipe, has no edge to fold lines at.
    console = Console(file=file, emoji=False, width=None if file.isatty() else NO_EDGE_CELLS)
    width = console.width if file.isatty() else None
    top, wanted = telling.top, telling.wanted
    table: RenderableType
    if telling.segments:
        table = segments_listing(results, width=width, unsure=telling.unsure, wanted=wanted)
    elif telling.windows:
        table = windows_listing(results, top=top, width=width, wanted=wanted)
    else:
        table = prediction_table(results, top=top, width=width)
    console.print(table)
