"""``audio-cnn classify``: sounds in, names out."""

from __future__ import annotations

import glob
import sys
from collections.abc import Iterator
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from audio_cnn.cli.cluster import ClusterJob, classify_to_folder
from audio_cnn.cli.manifest import STANDARD_INPUT, manifest_paths
from audio_cnn.cli.terminal import FAILURE, ModelOption, check_output, fail, output_file, progress_bar
from audio_cnn.dataset.clips import audio_files
from audio_cnn.errors import ConfigError

if TYPE_CHECKING:
    from audio_cnn.config import AudioLimits
    from audio_cnn.output.document import NamedPrediction
    from audio_cnn.waveform import Source

LARGEST_BYTES = 2**31
BLOCK_BYTES = 2**20


class Format(StrEnum):
    """How results are written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


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
    ] = 3600.0,
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

    A file that cannot be read is reported, the others are done, and the exit code is 1.

    With --engine ray the results are Parquet files in the folder --output, and the same command goes on
    after an interruption. Needs the 'ray' extra.

    [bold]Examples[/bold]

      audio-cnn classify dog.wav
      audio-cnn classify recordings/ --recursive --format csv --output names.csv
      audio-cnn classify "night/*.flac" --top 5 --format json
      ffmpeg -i film.mkv -f wav - | audio-cnn classify -
      audio-cnn classify --manifest night.txt --engine ray --output answers/
    """
    inputs = sounds or []
    if manifest == STANDARD_INPUT in inputs:
        raise ConfigError("standard input (-) is either the manifest or a sound")
    _check_engine(engine, inputs, format_, output, address)
    failed: list[NamedPrediction] = []
    listed = manifest_paths(manifest) if manifest else []
    sources = list(chain(_demo_sounds() if demos else [], listed, _expand(inputs, recursive, failed)))
    if not sources and not failed:
        fail("no sounds to listen to; give files or folders, --manifest, or --demos")
    if engine is Engine.RAY and output:
        _report_failed(failed)
        job = ClusterJob(model, output, top, _limits(longest_s), jobs, address)
        whole = classify_to_folder(job, {readable(path): path for path in sources if isinstance(path, Path)})
    else:
        results = _listen_with_bar(model, sources, jobs, longest_s, failed)
        _write(results, format_ or Format.TABLE, output, top)
        _report_failed(results)
        whole = not any(result.error for result in results)
    if failed or not whole:
        raise typer.Exit(FAILURE)


def _check_engine(
    engine: Engine, sounds: list[str], format_: Format | None, output: Path | None, address: str | None
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
    if STANDARD_INPUT in sounds:
        raise ConfigError("--engine ray reads files; a sound from standard input (-) needs --engine local")


def _listen_with_bar(
    model: str, sources: list[Source], jobs: int, longest_s: float, failed: list[NamedPrediction]
) -> list[NamedPrediction]:
    results = failed.copy()
    with progress_bar("listening") as progress:
        for result in _listen(model, sources, jobs, longest_s):
            results.append(result)
            progress(len(results), len(failed) + len(sources))
    return results


def _report_failed(results: list[NamedPrediction]) -> None:
    for result in results:
        if result.error:
            print(f"audio-cnn: {result.file}: {result.error}", file=sys.stderr)


def _expand(sounds: list[str], recursive: bool, failed: list[NamedPrediction]) -> Iterator[Source]:
    """Files meant by each argument: itself, a folder's audio, a pattern's matches, or a sample.

    A sample that cannot be fetched is added to ``failed``; the others go on.
    """
    for text in sounds:
        path = Path(text)
        if text == STANDARD_INPUT:
            yield _standard_input()
        elif path.is_dir():
            yield from sorted(audio_files(path.rglob("*") if recursive else path.iterdir()))
        elif not path.exists() and glob.has_magic(text):
            matches = map(Path, glob.glob(text, recursive=True))  # noqa: PTH207 - absolute patterns too
            files = sorted(match for match in matches if match.is_file())
            yield from files or [path]  # a pattern without a match is reported like a missing file
        elif not path.exists():
            yield from _sample(text, failed)
        else:
            yield path


def _standard_input() -> bytes:
    """All of standard input, but little more than the limit.

    Read here, not by a worker: a thread that waits for input cannot be stopped with Ctrl-C.
    """
    blocks: list[bytes] = []
    while len(blocks) * BLOCK_BYTES <= LARGEST_BYTES and (block := sys.stdin.buffer.read(BLOCK_BYTES)):
        blocks.append(block)
    return b"".join(blocks)


def _sample(text: str, failed: list[NamedPrediction]) -> Iterator[Path]:
    """The cached file of an ESC-50 sample's id; anything else stays a path, to be reported as missing."""
    from audio_cnn.errors import DownloadError
    from audio_cnn.output.document import NamedPrediction
    from audio_cnn.sounds.samples import SAMPLES, sample_path

    if text not in SAMPLES:
        yield Path(text)
        return
    try:
        yield sample_path(text)
    except DownloadError as error:
        failed.append(NamedPrediction(text, error=str(error)))


def _demo_sounds() -> list[Path]:
    from audio_cnn.sounds.bundled import demo_paths

    return demo_paths()


def _listen(model: str, sources: list[Source], jobs: int, longest_s: float) -> Iterator[NamedPrediction]:
    from audio_cnn.errors import AudioError
    from audio_cnn.output.document import NamedPrediction
    from audio_cnn.prediction.many import classify_many

    for source, answer in classify_many(model, sources, workers=jobs, limits=_limits(longest_s)):
        name = readable(source) if isinstance(source, Path) else STANDARD_INPUT
        if isinstance(answer, AudioError):
            yield NamedPrediction(name, error=str(answer))
        else:
            yield NamedPrediction(name, prediction=answer)


def _limits(longest_s: float) -> AudioLimits:
    from audio_cnn.config import AudioLimits

    return AudioLimits(bytes=LARGEST_BYTES, decoded_s=longest_s)


def readable(path: Path) -> str:
    """The path as text that any file can hold; bytes of a name that are not UTF-8 are spelt out."""
    return str(path).encode("utf-8", "backslashreplace").decode("utf-8")


def _write(results: list[NamedPrediction], format_: Format, output: Path | None, top: int) -> None:
    from audio_cnn.output.document import write_csv, write_json

    with output_file(output) as file:
        if format_ is Format.JSON:
            write_json(results, file, top=top)
        elif format_ is Format.CSV:
            write_csv(results, file, top=top)
        else:
            from rich.console import Console

            from audio_cnn.output.table import prediction_table

            console = Console(file=file, emoji=False)
            console.print(prediction_table(results, top=top, width=console.width))
