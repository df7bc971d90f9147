"""``audio-cnn evaluate``: how good a model is on labelled sounds."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from audio_cnn.cli.cross_validation import cross_validation_of, cross_validations, read_seeds
from audio_cnn.cli.figures import tables
from audio_cnn.cli.measured import INTERVAL, describe_features, enumerated, made_with, typed_command
from audio_cnn.cli.notes import say_left_out
from audio_cnn.cli.terminal import (
    FAILURE,
    ModelOption,
    check_folder,
    check_output,
    need_report,
    need_torch,
    output_file,
    progress_bar,
)
from audio_cnn.cli.train import (
    DataOption,
    DeviceOption,
    SetOption,
    TeacherOption,
    ThreadsOption,
    TrainingOptions,
    VariantsOption,
    WaveformOption,
)
from audio_cnn.errors import ConfigError
from audio_cnn.evaluation.percent import percent

if TYPE_CHECKING:
    from audio_cnn.evaluation.answers import Answers
    from audio_cnn.evaluation.conditions import ConditionFigures
    from audio_cnn.evaluation.rejection import RejectionFigures
    from audio_cnn.evaluation.report import Measurement
    from audio_cnn.prediction.classifier import Classifier
    from audio_cnn.prediction.model_file import ModelInfo


OF_TRAININGS = "config", "set_", "variants", "waveform", "teacher", "device", "threads", "jobs"
"""Parameters that only ``--cross-validate`` has a use for, and only where it trains."""

OF_CROSS_VALIDATION = *OF_TRAININGS, "run", "seeds", "member"
"""Parameters that only ``--cross-validate`` has a use for."""


class Format(StrEnum):
    """How figures are written."""

    TABLE = "table"
    JSON = "json"


def evaluate(
    context: typer.Context,
    *,
    data: DataOption,
    fold: Annotated[
        list[int] | None, typer.Option("--fold", help="Score this fold only; may be given several times.")
    ] = None,
    model: ModelOption,
    format_: Annotated[
        Format, typer.Option("--format", "-f", help="How to write the figures.")
    ] = Format.TABLE,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write to this file instead of the screen.")
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option("--report", help="Folder for a page (report.html), pictures and tables about it."),
    ] = None,
    cross_validate: Annotated[
        bool,
        typer.Option(
            "--cross-validate", help="Train without each fold in turn and score it, instead of --model."
        ),
    ] = False,
    rejection: Annotated[
        bool,
        typer.Option(
            "--rejection", help="Also listen to sounds of no class, made by code: does the model say so?"
        ),
    ] = False,
    conditions: Annotated[
        bool,
        typer.Option(
            "--conditions",
            help="Score audio also with noise, clipping, MP3, low rates, reverberation, cut short.",
        ),
    ] = False,
    run: Annotated[
        Path,
        typer.Option("--run", "-r", help="Folder of the cross-validation's trainings; resumed if it exists."),
    ] = Path("runs/cross-validation"),
    seeds: Annotated[
        str | None,
        typer.Option(
            "--seeds",
            help="Repeat the cross-validation: for 0,1,2 or, the same, for 3 seeds.",
            metavar="SEEDS",
        ),
    ] = None,
    jobs: Annotated[
        int,
        typer.Option("--jobs", "-j", min=1, help="Trainings at the same time, each in a process of its own."),
    ] = 1,
    member: Annotated[
        list[Path] | None,
        typer.Option(
            "--member",
            help="Folder of a finished cross-validation: instead of training, average what its networks say "
            "and those of another --member.",
        ),
    ] = None,
    config: Annotated[
        list[Path] | None,
        typer.Option(
            "--config",
            "-c",
            help="Preset (TOML), by default configs/compact.toml; of several, each is trained, and what "
            "is scored is the mean of what their networks say.",
        ),
    ] = None,
    set_: SetOption = None,
    variants: VariantsOption = None,
    waveform: WaveformOption = None,
    teacher: TeacherOption = None,
    device: DeviceOption = "auto",
    threads: ThreadsOption = 0,
) -> None:
    """Measure accuracy and calibration on labelled sounds.

    Data is an ESC-50 folder, a folder with a sub-folder for each class, or a
    feature file. Clips of a fold that the model was trained on tell nothing about
    new sounds. Files that cannot be read are named and left out; the exit code is
    then 1. --cross-validate needs the 'train' extra, --report the 'report' extra.

    [bold]Examples[/bold]

      audio-cnn evaluate --data ESC-50/ --fold 5
      audio-cnn evaluate --data my_sounds/ --model mine.onnx --report reports/mine
      audio-cnn evaluate --data ESC-50/ --fold 5 --rejection
      audio-cnn evaluate --data ESC-50/ --fold 5 --conditions
      audio-cnn evaluate --cross-validate --data ESC-50/ --report reports/cv
      audio-cnn evaluate --cross-validate --data ESC-50/ --seeds 3 --jobs 2
      audio-cnn evaluate --cross-validate --data ESC-50/ -c a.toml -c b.toml
      audio-cnn evaluate --cross-validate --data ESC-50/ --member cv1 --member cv2
    """
    check_output(output)
    if cross_validate and _given(context, ["model"]):
        raise ConfigError("--model does not go with --cross-validate, which trains networks of its own")
    if not cross_validate and (given := _given(context, OF_CROSS_VALIDATION)):
        raise ConfigError(f"{given[0]} is about trainings; it needs --cross-validate")
    if member and (given := _given(context, OF_TRAININGS)):
        raise ConfigError(f"{given[0]} is about trainings; with --member nothing is trained")
    if sum((cross_validate, rejection, conditions)) > 1:
        raise ConfigError(
            "--cross-validate, --rejection and --conditions are three commands; give one of them"
        )
    if report is not None:
        if rejection or conditions:
            raise ConfigError("--report is about accuracy; --rejection and --conditions go without it")
        need_report()
        check_folder(report)
    left_out: Mapping[Path, str] = {}
    if cross_validate:
        need_torch()
        check_folder(run)
        chosen: dict[str, list[int]] = {"folds": fold or [], "seeds": read_seeds(seeds)}
        if member:
            result = cross_validation_of(member, data, run, **chosen)
        else:
            presets: list[Path | None] = [*config] if config else [None]
            trainings = [
                TrainingOptions(
                    data, preset, set_ or [], variants, waveform or [], device, threads, teacher or []
                )
                for preset in presets
            ]
            result = cross_validations(trainings, run, **chosen, jobs=jobs)
        answers, figures = result.answers, result.figures
    elif rejection or conditions:
        beyond = _beyond(model, data, fold or [], rejection=rejection)
        figures, left_out = beyond.to_dict(), beyond.left_out
    else:
        classifier, answers = _listen(model, data, fold or [])
        figures, left_out = answers.evaluation.to_dict(), answers.left_out
        _warn(classifier.info, answers.folds)
    say_left_out(left_out)
    with output_file(output) as file:
        _write(figures, format_, file)
    if report is not None:
        about = result.measurement() if cross_validate else _measurement(classifier, data, answers)
        _report(answers, about, report)
    if left_out:
        raise typer.Exit(FAILURE)


def _given(context: typer.Context, names: Sequence[str]) -> list[str]:
    """Those of these parameters that were typed, as they are typed."""
    return [
        parameter.opts[0]
        for parameter in context.command.params
        if parameter.name in names
        and (source := context.get_parameter_source(parameter.name)) is not None
        and source.name == "COMMANDLINE"
    ]


def _listen(model: str, data: Path, folds: list[int]) -> tuple[Classifier, Answers]:
    from audio_cnn.evaluation.score import answers_of
    from audio_cnn.prediction.classifier import Classifier

    classifier = Classifier(model)
    with progress_bar("listening") as progress:
        return classifier, answers_of(classifier, data, folds=folds, progress=progress)


def _beyond(
    model: str, data: Path, folds: list[int], *, rejection: bool
) -> RejectionFigures | ConditionFigures:
    """Figures of sounds of no class, or of the same sounds under other conditions."""
    from audio_cnn.evaluation.conditions import evaluate_conditions
    from audio_cnn.evaluation.rejection import evaluate_rejection
    from audio_cnn.prediction.classifier import Classifier

    classifier = Classifier(model)
    figures: RejectionFigures | ConditionFigures
    with progress_bar("listening") as progress:
        if rejection:
            figures = evaluate_rejection(classifier, data, folds=folds, progress=progress)
        else:
            figures = evaluate_conditions(classifier, data, folds=folds, progress=progress)
    _warn(classifier.info, figures.folds)
    return figures


def _measurement(classifier: Classifier, data: Path, answers: Answers) -> Measurement:
    """What a reader of the report must know."""
    from audio_cnn.dataset.features import is_feature_file
    from audio_cnn.evaluation.report import Measurement

    info, name = classifier.info, data.resolve().name
    unread = f"; {len(answers.left_out)} more cannot be read" if answers.left_out else ""
    audio = f"audio, in windows of {info.front_end.window_s:g} s"
    return Measurement(
        title=f"{info.name} on {name}",
        facts={
            "Model": f"{info.name} ({classifier.path.name}), {info.parameters / 1e6:.2f} million parameters",
            "Learned from": _learned_from(info),
            "Data": f"{name}: {len(answers)} clips, {enumerated('fold', answers.folds)}{unread}",
            "Heard as": describe_features(info.front_end) if is_feature_file(data) else audio,
            "Calibration": f"scores divided by {info.temperature:.3f}, as the model file says",
            "Interval": INTERVAL,
            "Made with": made_with(),
        },
        warning=_warning(info, answers.folds),
        command=typed_command(),
    )


def _learned_from(info: ModelInfo) -> str:
    """What the model's record says of it, in words."""
    if folds := _learned_folds(info):
        return f"{enumerated('fold', folds)} of its data"
    stated = info.record.get("data") if _is_fine_tuned(info) else None
    return stated if isinstance(stated, str) else "not in its record"


def _is_fine_tuned(info: ModelInfo) -> bool:
    """The model learned classes of one's own, so the folds of its data are not those of any other."""
    if not isinstance(info.record, dict):
        return False
    members = info.record.get("members")
    records = [info.record, *(members if isinstance(members, list) else ())]
    return any(isinstance(record, dict) and record.get("fine_tuned_from") for record in records)


def _learned_folds(info: ModelInfo) -> list[int]:
    """Folds that the model learned from, as far as its file says so; a record is free form."""
    folds = info.record.get("folds") if isinstance(info.record, dict) else None
    return [fold for fold in folds if isinstance(fold, int)] if isinstance(folds, list) else []


def _warn(info: ModelInfo, folds: Sequence[int]) -> None:
    if warning := _warning(info, folds):
        typer.echo(f"note: {warning}", err=True)


def _warning(info: ModelInfo, folds: Sequence[int]) -> str:
    """Why figures of these folds may speak of sounds that the model knows; empty if nothing hints at it."""
    nothing_new = "the figures say nothing about new sounds."
    if _is_fine_tuned(info):
        stated = "" if info.accuracy is None else f" Its held-out accuracy is {percent(info.accuracy, 1)}."
        return f"The model learned classes of one's own. If it learned from these, {nothing_new}{stated}"
    known = sorted(set(_learned_folds(info)) & set(folds))
    if not known:
        return ""
    return (
        f"The model learned from {enumerated('fold', known)} of its data. If these are the same clips, "
        f"{nothing_new}"
    )


def _report(answers: Answers, about: Measurement, folder: Path) -> None:
    from audio_cnn.evaluation.report import make_report, write_report

    page = write_report(make_report(answers, about), folder)
    typer.echo(f"report: {page}", err=True)


def _write(figures: dict[str, Any], format_: Format, file: TextIO) -> None:
    if format_ is Format.JSON:
        json.dump(figures, file, indent=1)
        file.write("\n")
    else:
        from rich.console import Console

        Console(file=file).print(*tables(figures))
