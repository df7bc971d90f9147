"""``audio-cnn classify``: sounds in, names out."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from audio_cnn.cli.cluster import ClusterJob, classify_to_folder
from audio_cnn.cli.inputs import Inputs, readable
from audio_cnn.cli.manifest import STANDARD_INPUT, manifest_paths
from audio_cnn.cli.notes import note
from audio_cnn.cli.terminal import (
    FAILURE,
    ModelOption,
    check_output,
    fail,
    output_file,
    progress_bar,
    shown,
)
from audio_cnn.errors import AudioError, AudioTooLargeError, ConfigError

if TYPE_CHECKING:
    from audio_cnn.config import AudioLimits
    from audio_cnn.output.document import NamedPrediction
    from audio_cnn.prediction.many import Answer
    from audio_cnn.waveform import Source


class Format(StrEnum):
    """How results are written."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"


AS_THEY_COME = (Format.JSONL, Format.CSV)

LARGEST_FILE_BYTES = 2**40
"""Of what is read from where it is; what is read into memory has a limit of its own."""


class Engine(StrEnum):
    """What listens."""

    LOCAL = "local"
    RAY = "ray"


def classify(
    *,
    sounds: Annotated[
        list[str] | None,
        typer.Argument(
            help="Files, folders, patterns, ids of 'audio-cnn dataset samples', or - for standard input.",
            show_default=False,
        ),
    ] = None,
    manifest: Annotated[
        str | None,
        typer.Option(
            "--manifest",
            help="Text with a path on each line, .csv with a column 'file', or - for standard input.",
        ),
    ] = None,
    top: Annotated[int, typer.Option(min=1, help="How many classes to name for each sound.")] = 3,
    format_: Annotated[
        Format | None,
        typer.Option("--format", "-f", help="How to write the results.", show_default="table"),
    ] = None,
    windows: Annotated[
        bool, typer.Option("--windows", help="What was heard when: an answer for each window of a sound.")
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write to this file (with ray: folder) instead of the screen."),
    ] = None,
    recursive: Annotated[
        bool, typer.Option("--recursive", "-r", help="Look into sub-folders of folders.")
    ] = False,
    demos: Annotated[bool, typer.Option("--demos", help="Listen to the bundled demo sounds.")] = False,
    model: ModelOption,
    longest_s: Annotated[
        float, typer.Option("--longest", min=1, help="Refuse sounds longer than this many seconds.")
    ] = 86_400.0,
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", min=0, help="Sounds to listen to at a time; 0: one for each core.")
    ] = 0,
    engine: Annotated[
        Engine, typer.Option("--engine", help="What listens: this process, or a Ray cluster.")
    ] = Engine.LOCAL,
    address: Annotated[
        str | None,
        typer.Option("--address", help="Running Ray cluster, host:port or auto; else one of its own."),
    ] = None,
) -> None:
    """Name sounds.

    Of a folder, files with the ending of a sound are heard; name the others, or
    give a pattern. A file that cannot be read is reported, the others are done,
    and the exit code is 1.

    CSV and JSON Lines (jsonl) are written sound by sound, the others at the end.
    Ctrl-C keeps what is done: with --output in a file .part beside it.

    With --engine ray the results are Parquet files in the folder --output, and
    the same command goes on after an interruption. Needs the 'ray' extra.

    [bold]Examples[/bold]

      audio-cnn classify dog.wav
      audio-cnn classify recordings/ --recursive --format csv --output names.csv
      audio-cnn classify "night/*.flac" --top 5 --format json
      audio-cnn classify night.flac --windows --top 1 --format csv
      ffmpeg -i film.mkv -f wav - | audio-cnn classify -
      audio-cnn classify --manifest night.txt --engine ray --output answers/
    """
    texts = sounds or []
    if manifest == STANDARD_INPUT in texts:
        raise ConfigError("standard input (-) is either the manifest or a sound")
    _check_engine(engine, texts, format_, output, address, windows)
    inputs = Inputs(recursive)
    inputs.sources += _demo_sounds() if demos else []
    inputs.sources += manifest_paths(manifest) if manifest else []
    for text in texts:
        inputs.add(text)
    for remark in inputs.notes():
        note(remark)
    if not inputs.sources and not inputs.failed:
        fail("no sounds to listen to; give files or folders, --manifest, or --demos")
    if engine is Engine.RAY and output:
        _report_failed(inputs.failed)
        job = ClusterJob(model, output, top, _limits(longest_s), jobs, address)
        paths = [source for source in inputs.sources if isinstance(source, Path)]
        whole = classify_to_folder(job, {readable(path): path for path in paths}) and not inputs.failed
    else:
        results = Results(model, inputs, jobs, longest_s)
        _write(results, format_ or Format.TABLE, output, top, windows)
        whole = not results.failed
    if not whole:
        raise typer.Exit(FAILURE)


def _check_engine(
    engine: Engine,
    sounds: list[str],
    format_: Format | None,
    output: Path | None,
    address: str | None,
    windows: bool,
) -> None:
    """Refuse options that contradict each other, before any work is done.

    Raises:
        ConfigError: saying which.
    """
    if engine is Engine.LOCAL:
        check_output(output)
        if address is not None:
            raise ConfigError("--address is of a Ray cluster; it needs --engine ray")
        return
    if output is None:
        raise ConfigError("--engine ray writes Parquet files; name a folder for them with --output")
    if format_ is not None:
        raise ConfigError(f"--engine ray writes Parquet files; leave out --format {format_}")
    if windows:
        raise ConfigError("--engine ray writes one row a sound; --windows needs --engine local")
    if STANDARD_INPUT in sounds:
        raise ConfigError("--engine ray reads files; a sound from standard input (-) needs --engine local")


class Results:
    """Answers as they come, up to the last or to Ctrl-C; what could not be looked at comes first.

    Raises:
        ModelError: no such model, or a damaged file.

    Attributes:
        total: how many there are to come.
        done: how many have come.
        failed: name of each sound without an answer so far -> why.
        stopped: the Ctrl-C that was the end of it.
    """

    def __init__(self, model: str, inputs: Inputs, jobs: int, longest_s: float) -> None:
        from audio_cnn.prediction.many import classify_many

        heard = classify_many(model, inputs.sources, workers=jobs, limits=_limits(longest_s))
        self._answers = _named(inputs.failed, heard)
        self.total = len(inputs.failed) + len(inputs.sources)
        self.done = 0
        self.failed: dict[str, str] = {}
        self.stopped: KeyboardInterrupt | None = None

    def as_they_come(self, *, bar: bool) -> Generator[NamedPrediction, None, None]:
        """Each of them, once."""
        try:
            with closing(self._answers), progress_bar("listening", shown=bar) as progress:
                for result in self._answers:
                    self.done += 1
                    if result.error:
                        self.failed[result.file] = result.error
                    progress(self.done, self.total)
                    yield result
        except KeyboardInterrupt as stop:
            stop.add_note(f"{self.done} of {self.total} sounds are done")
            self.stopped = stop


def _named(
    failed: dict[str, str], heard: Iterator[tuple[Source, Answer]]
) -> Generator[NamedPrediction, None, None]:
    from audio_cnn.output.document import NamedPrediction

    yield from (NamedPrediction(name, error=reason) for name, reason in failed.items())
    for source, answer in heard:
        name = readable(source) if isinstance(source, Path) else STANDARD_INPUT
        if isinstance(answer, AudioError):
            yield NamedPrediction(name, error=_reason(answer))
        else:
            yield NamedPrediction(name, prediction=answer)


def _reason(error: AudioError) -> str:
    too_long = isinstance(error, AudioTooLargeError) and error.limit == "decoded_s"
    return readable(f"{error}, or raise --longest" if too_long else str(error))


def _report_failed(failed: dict[str, str]) -> None:
    for name, reason in failed.items():
        note(f"{name}: {reason}")


def _demo_sounds() -> list[Path]:
    from audio_cnn.sounds.bundled import demo_paths

    return demo_paths()


def _limits(longest_s: float) -> AudioLimits:
    from audio_cnn.config import AudioLimits

    return AudioLimits(bytes=LARGEST_FILE_BYTES, decoded_s=longest_s)


def _write(results: Results, format_: Format, output: Path | None, top: int, windows: bool) -> None:
    """Write what comes, then say what failed.

    Raises:
        KeyboardInterrupt: the Ctrl-C that ended it, when what is done is written.
    """
    with output_file(output, keep_part=True) as file:
        # Lines that come on the same terminal would tear a bar apart, and show the progress themselves.
        answers = results.as_they_come(bar=not (format_ in AS_THEY_COME and file.isatty()))
        with closing(answers):
            _write_as(format_, answers, file, top, windows)
        _report_failed(results.failed)
        if results.stopped:
            raise results.stopped


def _write_as(
    format_: Format, results: Iterator[NamedPrediction], file: TextIO, top: int, windows: bool
) -> None:
    from audio_cnn.output.document import write_csv, write_json, write_jsonl

    if format_ is Format.TABLE or (format_ is Format.CSV and file.isatty()):
        results = map(_as_shown, results)
    if format_ is Format.TABLE:
        _write_table(list(results), file, top, windows)
    else:
        write = {Format.JSON: write_json, Format.JSONL: write_jsonl, Format.CSV: write_csv}[format_]
        write(results, file, top=top, timeline=windows)


def _as_shown(named: NamedPrediction) -> NamedPrediction:
    return replace(named, file=shown(named.file), error=named.error and shown(named.error))


def _write_table(results: list[NamedPrediction], file: TextIO, top: int, windows: bool) -> None:
    from rich.console import Console

    from audio_cnn.output.table import prediction_table

    console = Console(file=file, emoji=False)
    console.print(prediction_table(results, top=top, width=console.width, timeline=windows))
