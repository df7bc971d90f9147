"""``audio-cnn classify``: sounds in, names out."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from audio_cnn.cli.answer_file import check_part, kept_answers, report_failed, write_answers
from audio_cnn.cli.answering import Results, info_of, limits
from audio_cnn.cli.cluster import ClusterJob, classify_to_folder
from audio_cnn.cli.inputs import Inputs, readable
from audio_cnn.cli.label_files import hear_once, label_paths, write_label_files
from audio_cnn.cli.manifest import STANDARD_INPUT, manifest_paths
from audio_cnn.cli.notes import note
from audio_cnn.cli.telling import LABEL_FILES, Format, Telling, chosen_format
from audio_cnn.cli.terminal import FAILURE, ModelOption, check_output, fail
from audio_cnn.errors import ConfigError

if TYPE_CHECKING:
    from audio_cnn.prediction.segments import Wanted

LISTED_AT = "'audio-cnn models --classes'"


class Engine(StrEnum):
    """What listens."""

    LOCAL = "local"
    RAY = "ray"


def share(value: float) -> float:
    """A number from 0 to 1; the least of an option lets through what is no number."""
    if not 0 <= value <= 1:
        raise typer.BadParameter(f"{value:g} is not from 0 to 1")
    return value


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
    segments: Annotated[
        bool,
        typer.Option("--segments", help="What was heard from when to when: windows of one class joined."),
    ] = False,
    unsure: Annotated[
        bool, typer.Option("--unsure", help="Among the segments, guesses and silence, too.")
    ] = False,
    least_confidence: Annotated[
        float,
        typer.Option("--min-confidence", callback=share, help="Leave out answers with less, from 0 to 1."),
    ] = 0.0,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", help="The only classes to tell of, divided by commas.", show_default=False),
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option("--except", help="Classes not to tell of, divided by commas.", show_default=False),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="Write to this file (ray, and labels of several sounds: folder)."
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on in the .part of an interrupted run: CSV and jsonl.")
    ] = False,
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
    Ctrl-C keeps what is done: with --output in a file .part beside it, in which
    the same command with --resume goes on. Without --format, the ending of the
    output decides: .csv, .json or .jsonl.

    Windows overlap by half. --segments joins neighbours that are sure of the
    same class; two that disagree meet in the middle of their overlap. Windows
    are left out by --min-confidence, --only and --except before they are joined;
    without --windows and --segments whole sounds are, by their likeliest class.

    The formats audacity and raven are segments as label files for these editors.
    With several sounds, --output is a folder that gets one for each.

    With --engine ray the results are Parquet files in the folder --output, and
    the same command goes on after an interruption. Needs the 'ray' extra.

    [bold]Examples[/bold]

      audio-cnn classify dog.wav
      audio-cnn classify recordings/ --recursive --format csv --output names.csv
      audio-cnn classify "night/*.flac" --top 5 --format json
      audio-cnn classify night.flac --windows --top 1 --format csv
      audio-cnn classify night.flac --segments --only siren,rain
      audio-cnn classify night.flac --format audacity --output labels.txt
      audio-cnn classify night/ -r --format raven --min-confidence 0.5 -o labels/
      audio-cnn classify night/ -r --segments -o heard.csv --resume
      ffmpeg -i film.mkv -f wav - | audio-cnn classify -
      audio-cnn classify --manifest night.txt --engine ray --output answers/
    """
    texts = sounds or []
    if manifest == STANDARD_INPUT in texts:
        raise ConfigError("standard input (-) is either the manifest or a sound")
    local = {
        "--windows": windows,
        "--segments": segments,
        "--unsure": unsure,
        "--min-confidence": least_confidence,
        "--only": only,
        "--except": without,
        "--resume": resume,
    }
    _check_engine(engine, texts, format_, output, address, [name for name, given in local.items() if given])
    telling = None
    if engine is Engine.LOCAL:
        format_ = chosen_format(format_, output)
        wanted = _wanted(model, least_confidence, only or [], without or [])
        telling = Telling(format_, top, windows, segments or format_ in LABEL_FILES, unsure, wanted)
        check_part(output, format_, resume=resume)
        if format_ not in LABEL_FILES:
            check_output(output)
    inputs = _inputs(texts, manifest, recursive=recursive, demos=demos)
    if telling:
        whole = _listen_here(model, inputs, telling, output, jobs, longest_s)
    elif output:
        whole = _listen_on_ray(ClusterJob(model, output, top, limits(longest_s), jobs, address), inputs)
    if not whole:
        raise typer.Exit(FAILURE)


def _inputs(texts: list[str], manifest: str | None, *, recursive: bool, demos: bool) -> Inputs:
    """What there is to listen to; what people should know of it is said.

    Raises:
        typer.Exit: nothing, which is said, too.
    """
    inputs = Inputs(recursive)
    inputs.sources += _demo_sounds() if demos else []
    inputs.sources += manifest_paths(manifest) if manifest else []
    for text in texts:
        inputs.add(text)
    for remark in inputs.notes():
        note(remark)
    if not inputs.sources and not inputs.failed:
        if inputs.empty:
            raise typer.Exit(FAILURE)
        fail("no sounds to listen to; give files or folders, --manifest, or --demos")
    return inputs


def _listen_here(
    model: str, inputs: Inputs, telling: Telling, output: Path | None, jobs: int, longest_s: float
) -> bool:
    """Whether all sounds have an answer."""
    if telling.format in LABEL_FILES:
        hear_once(inputs)
        paths = label_paths(inputs, telling.format, output)
        results = Results(model, inputs, jobs, longest_s)
        write_label_files(results, telling, paths, model)
    else:
        kept = kept_answers(output, inputs, telling, model)
        results = Results(model, inputs, jobs, longest_s, kept)
        write_answers(results, telling, output, kept)
    return not results.failed


def _listen_on_ray(job: ClusterJob, inputs: Inputs) -> bool:
    """Whether all sounds have an answer."""
    report_failed(inputs.failed)
    paths = [source for source in inputs.sources if isinstance(source, Path)]
    return classify_to_folder(job, {readable(path): path for path in paths}) and not inputs.failed


def _check_engine(
    engine: Engine,
    sounds: list[str],
    format_: Format | None,
    output: Path | None,
    address: str | None,
    local: list[str],
) -> None:
    """Refuse options that contradict each other, before any work is done.

    Args:
        local: those given that a cluster knows nothing of.

    Raises:
        ConfigError: saying which.
    """
    if engine is Engine.LOCAL:
        if address is not None:
            raise ConfigError("--address is of a Ray cluster; it needs --engine ray")
        return
    if output is None:
        raise ConfigError("--engine ray writes Parquet files; name a folder for them with --output")
    if format_ is not None:
        raise ConfigError(f"--engine ray writes Parquet files; leave out --format {format_}")
    if local:
        raise ConfigError(f"--engine ray writes one row a sound; {local[0]} needs --engine local")
    if STANDARD_INPUT in sounds:
        raise ConfigError("--engine ray reads files; a sound from standard input (-) needs --engine local")


def _wanted(model: str, least_confidence: float, only: list[str], without: list[str]) -> Wanted:
    from audio_cnn.prediction.class_names import class_names
    from audio_cnn.prediction.segments import Wanted

    known = [label.name for label in info_of(model).labels] if only or without else []
    return Wanted(
        least_confidence,
        class_names("--only", only, known, listed_at=LISTED_AT),
        class_names("--except", without, known, listed_at=LISTED_AT),
    )


def _demo_sounds() -> list[Path]:
    from audio_cnn.sounds.bundled import demo_paths

    return demo_paths()
