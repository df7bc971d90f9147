"""``audio-cnn evaluate``: how good a model is on labelled sounds."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from audio_cnn.cli.terminal import ModelOption, check_output, need_torch, output_file, progress_bar
from audio_cnn.cli.train import (
    ConfigOption,
    DataOption,
    DeviceOption,
    SetOption,
    ThreadsOption,
    VariantsOption,
    WaveformOption,
)

if TYPE_CHECKING:
    from rich.table import Table

    from audio_cnn.evaluation.metrics import Evaluation
    from audio_cnn.training.cross_validation import CrossValidation

WORST = 10


class Format(StrEnum):
    """How figures are written."""

    TABLE = "table"
    JSON = "json"


def evaluate(
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
    cross_validate: Annotated[
        bool,
        typer.Option(
            "--cross-validate", help="Train without each fold in turn and score it, instead of --model."
        ),
    ] = False,
    run: Annotated[
        Path,
        typer.Option("--run", "-r", help="Folder of the cross-validation's trainings; resumed if it exists."),
    ] = Path("runs/cross-validation"),
    config: ConfigOption = None,
    set_: SetOption = None,
    variants: VariantsOption = None,
    waveform: WaveformOption = None,
    device: DeviceOption = "auto",
    threads: ThreadsOption = 0,
) -> None:
    """Measure accuracy and calibration on labelled sounds.

    Data is an ESC-50 folder, a folder with a sub-folder for each class, or a feature file.
    Clips of a fold that the model was trained on tell nothing about new sounds.

    [bold]Examples[/bold]

      audio-cnn evaluate --data ESC-50/ --fold 5
      audio-cnn evaluate --data my_sounds/ --model mine.onnx --format json
      audio-cnn evaluate --data ESC-50/ --cross-validate --run runs/cv
    """
    check_output(output)
    result: Evaluation | CrossValidation
    if cross_validate:
        need_torch()
        result = _cross_validation(data, fold, run, config, set_, variants, waveform, device, threads)
    else:
        from audio_cnn.evaluation.score import evaluate_classifier
        from audio_cnn.prediction.classifier import Classifier

        with progress_bar("listening") as progress:
            result = evaluate_classifier(Classifier(model), data, folds=fold or (), progress=progress)
    with output_file(output) as file:
        if format_ is Format.JSON:
            json.dump(result.to_dict(), file, indent=1)
            file.write("\n")
        else:
            from rich.console import Console

            Console(file=file).print(_table(result.to_dict()))


def _cross_validation(
    data: Path,
    folds: list[int] | None,
    run: Path,
    config: Path | None,
    set_: list[str] | None,
    variants: Path | None,
    waveform: list[str] | None,
    device: str,
    threads: int,
) -> CrossValidation:
    from audio_cnn.cli.train import limit_threads, read_examples, read_recipe
    from audio_cnn.cli.watching import watched
    from audio_cnn.training.cross_validation import cross_validate
    from audio_cnn.training.device import choose_device

    recipe = read_recipe(config, set_)
    limit_threads(threads)
    examples = read_examples(data, recipe, variants, waveform)
    return cross_validate(recipe, examples, run, choose_device(device), folds=folds or (), watched=watched)


def _table(figures: dict[str, Any]) -> Table:
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False, show_header=False)
    if "folds" in figures:
        for fold, accuracy in figures["folds"].items():
            table.add_row(f"fold {fold}", f"{accuracy:.2%}")
        deviation = figures["sd_accuracy"]
        between = f" ± {deviation:.2%} between folds" if deviation is not None else ""
        table.add_row("mean", f"{figures['mean_accuracy']:.2%}{between}")
        table.add_row("temperature", f"{figures['temperature']:.3f}")
        figures = figures["pooled"]
    else:
        table.add_row("accuracy", f"{figures['accuracy']:.2%} of {figures['n']} clips")
    table.add_row("right among three likeliest", f"{figures['top3']:.2%}")
    table.add_row("expected calibration error", f"{figures['ece']:.2%}")
    table.add_row("log loss", f"{figures['log_loss']:.3f}")
    worst = sorted(figures["per_class"].items(), key=lambda item: item[1])[:WORST]
    table.add_row("hardest classes", ", ".join(f"{escape(name)} {recall:.0%}" for name, recall in worst))
    return table
