"""``audio-cnn export``: a trained network in, a model file out."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from audio_cnn.cli.notes import note
from audio_cnn.cli.terminal import check_output, make_folder, need_torch
from audio_cnn.errors import ConfigError, ModelError
from audio_cnn.writing import appearing

if TYPE_CHECKING:
    from audio_cnn.config import Config
    from audio_cnn.network.finished import FinishedNetwork
    from audio_cnn.prediction.model_file import Rejection

ACCEPT = 0.95
"""Share of held-out clips whose answers are not called a guess."""
CHANCE = "name", "training.seed", "training.precision", "training.validate_every"
"""Settings that make no other difference than chance does."""


def export(
    sources: Annotated[
        list[Path],
        typer.Argument(
            metavar="SOURCE...",
            help="Run folder of a training, or a model file; of several, the mean.",
            show_default=False,
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Model file; beside the source if not given and there is one."),
    ] = None,
    cross_validation: Annotated[
        Path | None,
        typer.Option("--cross-validation", help="Its folder: gives calibration and the accuracy to state."),
    ] = None,
    accept: Annotated[
        float | None,
        typer.Option(
            "--accept",
            min=0,
            max=1,
            help="Share of held-out clips that must not be flagged as not sure: 0.99, 0.98, 0.95, 0.9, 0.8, "
            f"0.7 or 0.5; {ACCEPT} if not given, or what the source's own file was made with.",
        ),
    ] = None,
    card: Annotated[
        Path | None,
        typer.Option("--card", help="TOML file whose keys enter the model's record: data, licence, notes."),
    ] = None,
) -> None:
    """Make a model file (ONNX), proved to answer as the trained network does.

    Without --cross-validation the calibration is the one that the network's
    record states, if it does. Several sources become an ensemble, one model that
    says what they say on average. Needs the 'train' extra.

    [bold]Examples[/bold]

      audio-cnn export runs/first --cross-validation runs/cv --output mine.onnx
      audio-cnn export runs/first --cross-validation runs/cv --accept 0.9
      audio-cnn export runs/a runs/b --cross-validation runs/cv --output both.onnx
    """
    need_torch()
    if output is None and not (len(sources) == 1 and sources[0].is_dir()):
        raise ConfigError("--output is missing: where to is clear only for a single run folder")
    network = _read(sources)
    network.record.update(_read_card(card))
    if cross_validation is not None:
        figures = _read_figures(cross_validation)
        _check_recipe(network.config, figures.pop("recipe", None), cross_validation)
        network.record["cross_validation"] = figures
        _set_belief(network, figures)
    if accept is not None:
        network.record["accept"] = accept
    temperature, rejection = calibration(network.record)
    typer.echo(write_model(network, output or beside(sources[0]), temperature, rejection))
    if rejection is None:
        from_what = "more held-out clips" if "held_out" in network.record else "a --cross-validation"
        note(f"it will never say that it is not sure: that takes the thresholds of {from_what}")


def write_model(
    network: FinishedNetwork, path: Path, temperature: float, rejection: Rejection | None = None
) -> str:
    """Round the network's matrices to 16 bits and write its model file; what to say of it.

    The file appears once it is proved to answer as the network does.

    Raises:
        ConfigError: nothing can be written there.
        ModelError: it does not answer as the network does.
    """
    from audio_cnn.export.onnx_file import export_model
    from audio_cnn.export.parity import TOLERANCE, largest_difference, probe_windows
    from audio_cnn.network.finished import round_to_16_bits

    make_folder(path.parent)
    check_output(path)
    if path.suffix == ".safetensors" or (path.exists() and not path.is_file()):
        raise ConfigError(f"cannot write the model file {path}: that is a checkpoint's place, or no file")
    round_to_16_bits(network.network)
    with appearing(path) as beside:
        export_model(network, beside, temperature=temperature, rejection=rejection)
        difference = largest_difference(network, beside, probe_windows(network))
        if not difference <= TOLERANCE:  # which what is no number is not
            raise ModelError(f"{path} differs from the trained network by {difference:.1e} in a probability")
    size_mb = path.stat().st_size / 1e6
    return f"{path}: {size_mb:.1f} MB, differs from the trained network by at most {difference:.0e}"


def beside(run: Path) -> Path:
    """``runs/v1.2`` -> ``runs/v1.2.onnx``"""
    named = run if run.name.strip(".") else run.resolve()
    return named.with_name(f"{named.name}.onnx")


def _read(sources: Sequence[Path]) -> FinishedNetwork:
    from audio_cnn.network.joining import joined

    if len({source.resolve() for source in sources}) < len(sources):
        raise ConfigError("a source is given twice")
    files = [_read_one(source) for source in sources]
    for source, file in zip(sources, files, strict=True):
        if file.epochs_left:
            note(f"{source} is not finished: {file.epochs_left} epochs are left")
    return joined(files) if len(files) > 1 else files[0]


def _read_one(source: Path) -> FinishedNetwork:
    from audio_cnn.training.base import find_base
    from audio_cnn.training.held_out import with_report

    file = find_base(source).file
    return with_report(file, source) if source.is_dir() else file


def _read_card(card: Path | None) -> dict[str, Any]:
    import tomllib

    if card is None:
        return {}
    try:
        values = tomllib.loads(card.read_text(encoding="utf-8"))
        json.dumps(values)
    except (OSError, ValueError, TypeError) as error:  # ... no UTF-8, no TOML, or a date
        raise ConfigError(f"cannot read {card}: {error}") from error
    return values


def _read_figures(folder: Path) -> dict[str, Any]:
    from audio_cnn.training.cross_validation import RESULT_NAME

    try:
        figures = json.loads((folder / RESULT_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"no finished cross-validation in {folder}: {error}") from error
    match figures:
        case {"temperature": float(), "mean_accuracy": float()}:
            return {key: value for key, value in figures.items() if key != "pooled"}
    raise ConfigError(f"no finished cross-validation in {folder}: {RESULT_NAME} is damaged")


def _check_recipe(config: Config, stated: object, folder: Path) -> None:
    """Refuse the figures of another network, say so of another training; older ones do not state theirs."""
    from audio_cnn.config import Config, differing, from_dict

    if not isinstance(stated, dict):
        return
    found = {k: v for k, v in differing(from_dict(Config, stated), config).items() if k not in CHANCE}
    said = ", ".join(f"{name} {measured}, here {here}" for name, (measured, here) in found.items())
    if any(name.startswith(("network.", "front_end.")) for name in found):
        raise ConfigError(f"{folder} is the cross-validation of another network: {said}")
    if found:
        note(f"{folder} is the cross-validation of another training: {said}")


def calibration(record: dict[str, Any]) -> tuple[float, Rejection | None]:
    """Temperature and threshold of the cross-validation, or of the held-out clips, that the record tells of.

    A record is free form: what it does not state as a temperature, or as a share to accept, is none.

    Raises:
        ConfigError: it states thresholds, but none that lets the share to accept of the clips through.
    """
    accept = record.get("accept")
    share = accept if isinstance(accept, int | float) else ACCEPT
    for measured in ("cross_validation", "held_out"):
        match record.get(measured):
            case {"temperature": float(temperature), **others}:
                return temperature, _rejection(others.get("rejection"), share)
    return 1.0, None


def _set_belief(network: FinishedNetwork, figures: dict[str, Any]) -> None:
    """From which distance the network's scores are lowered."""
    familiarity = network.network.familiarity
    match figures.get("familiarity"):
        case {"usual": float(usual), "doubt": float(doubt)} if familiarity is not None:
            familiarity.believe(usual, doubt)


def _rejection(stated: object, accept: float) -> Rejection | None:
    """The threshold that lets this share through; None where no thresholds are stated."""
    from audio_cnn.prediction.model_file import Rejection

    thresholds: dict[float, float] = {}
    for row in stated if isinstance(stated, list) else ():
        match row:
            case {"accepted": float(accepted), "least_confidence": float(least)}:
                thresholds[accepted] = least
    if not thresholds:
        return None
    for accepted, least in thresholds.items():
        if math.isclose(accepted, accept):
            return Rejection(least, accepted)
    known = ", ".join(map(str, thresholds))
    raise ConfigError(f"no threshold lets {accept:g} of the clips through; --accept is one of: {known}")
