"""``audio-cnn models``: what there is to listen with."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated, Any

import typer


class Format(StrEnum):
    """How the list is written."""

    TABLE = "table"
    JSON = "json"


def models(
    model: Annotated[
        list[str] | None,
        typer.Argument(help="Names or model files; all that are shipped if not given.", show_default=False),
    ] = None,
    format_: Annotated[Format, typer.Option("--format", "-f", help="How to write the list.")] = Format.TABLE,
) -> None:
    """List the shipped models, or describe model files.

    [bold]Examples[/bold]

      audio-cnn models
      audio-cnn models mine.onnx --format json
    """
    from audio_cnn.prediction.model_file import shipped_models

    described = [describe(name) for name in model or shipped_models()]
    if format_ is Format.JSON:
        typer.echo(json.dumps(described, indent=1, ensure_ascii=False))
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(
        "model", "classes", "parameters", "size", "cross-validated", "layers to look into", box=None
    )
    for one in described:
        accuracy = one["record"].get("cross_validation", {}).get("mean_accuracy")
        table.add_row(
            escape(one["name"]),
            str(len(one["labels"])),
            f"{one['parameters'] / 1e6:.2f} M",
            f"{one['size_bytes'] / 1e6:.1f} MB",
            f"{accuracy:.1%}" if accuracy else "-",
            str(len(one["activations"])),
        )
    Console().print(table)


def describe(name: str) -> dict[str, Any]:
    """What a model file says about itself, as plain values."""
    from audio_cnn.config import to_dict
    from audio_cnn.prediction.model_file import find_model, open_session

    path = find_model(name)
    _session, info = open_session(path, threads=1)
    return {
        "name": info.name,
        "file": str(path),
        "size_bytes": path.stat().st_size,
        "parameters": info.parameters,
        "temperature": info.temperature,
        "labels": [label.name for label in info.labels],
        "activations": list(info.activations),
        "front_end": to_dict(info.front_end),
        "record": info.record,
    }
