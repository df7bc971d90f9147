"""``audio-cnn analyze``: everything that the network made of one sound, as a file."""

from __future__ import annotations

import base64
import json
import mimetypes
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from audio_cnn.cli.answering import model_name, source_name
from audio_cnn.cli.inputs import Inputs
from audio_cnn.cli.terminal import ModelOption, check_output, output_file
from audio_cnn.errors import ConfigError

if TYPE_CHECKING:
    from audio_cnn.prediction import Analysis
    from audio_cnn.prediction.model_file import ModelInfo
    from audio_cnn.prediction.records import Float32Array
    from audio_cnn.waveform import Source

ARRAYS = ".npz"


class AnalysisFormat(StrEnum):
    """How an analysis is written."""

    JSON = "json"
    NPZ = "npz"


def analyze(
    *,
    sound: Annotated[
        str, typer.Argument(help="File, id of 'audio-cnn dataset samples', or - for standard input.")
    ],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="File to write; standard output unless given.", dir_okay=False),
    ] = None,
    format_: Annotated[
        AnalysisFormat | None,
        typer.Option("--format", "-f", help="As the output is called, or else JSON, unless given."),
    ] = None,
    activations: Annotated[
        list[str] | None,
        typer.Option(
            "--activation", "-a", help="Only this one, e.g. layer2; can be repeated.", show_default=False
        ),
    ] = None,
    with_sound: Annotated[
        bool, typer.Option("--with-sound", help="In JSON, also the sound, so that the page can play it.")
    ] = False,
    model: ModelOption,
) -> None:
    """Write all that the network made of one sound: log-mel, evidence, activations.

    JSON is the document of POST /api/v1/analyze, with a mean map of each
    activation in eight bits; chosen or dropped on the page, it is shown.
    NumPy's npz has every channel of every activation, float32 [C, H, W],
    under "activations/NAME".

    [bold]Examples[/bold]

      audio-cnn analyze dog.wav > dog.json
      audio-cnn analyze dog.wav --with-sound -o dog.json
      audio-cnn analyze dog.wav -o dog.npz
      audio-cnn analyze dog.wav -a layer2 -a layer3 -m compact -o dog.npz
    """
    format_ = format_ or _format_of(output)
    if format_ is AnalysisFormat.NPZ and output is None:
        raise ConfigError(f"arrays are no text; name a file for them with --output FILE{ARRAYS}")
    if format_ is AnalysisFormat.NPZ and with_sound:
        raise ConfigError("--with-sound is of JSON; arrays have the samples anyway")
    check_output(output)
    source = _source(sound)
    analysis, samples, info = _look(source, model, activations)
    if format_ is AnalysisFormat.NPZ and output is not None:
        _write_arrays(analysis, info, output)
        return
    document = _document(analysis, samples, info, source, with_sound=with_sound)
    with output_file(output) as file:
        json.dump(document | {"model": model_name(model)}, file, ensure_ascii=False)
        file.write("\n")


def _format_of(output: Path | None) -> AnalysisFormat:
    arrays = output is not None and output.suffix.lower() == ARRAYS
    return AnalysisFormat.NPZ if arrays else AnalysisFormat.JSON


def _source(text: str) -> Source:
    """The one sound that an argument means.

    Raises:
        ConfigError: it means none, or several.
    """
    inputs = Inputs(recursive=False)
    inputs.add(text)
    for reason in inputs.failed.values():
        raise ConfigError(f"{text}: {reason}")
    if len(inputs.sources) != 1:
        raise ConfigError(f"{text} is {len(inputs.sources) or 'no'} sounds; analyze takes one")
    return inputs.sources[0]


def _look(
    source: Source, model: str, activations: list[str] | None
) -> tuple[Analysis, Float32Array, ModelInfo]:
    """What the network saw, and the whole sound [T] at its rate."""
    from audio_cnn.prediction import Classifier
    from audio_cnn.waveform import decode

    classifier = Classifier(model)
    rate_hz = classifier.info.front_end.sample_rate_hz
    samples = decode(source, sample_rate_hz=rate_hz, limits=classifier.limits).samples
    return classifier.look_inside(samples, activations=activations), samples, classifier.info


def _document(
    analysis: Analysis, samples: Float32Array, info: ModelInfo, source: Source, *, with_sound: bool
) -> dict[str, Any]:
    from audio_cnn.output.analysis import analysis_document

    name = source_name(source)
    document = analysis_document(analysis, samples, info) | {"source": {"name": Path(name).name}}
    if with_sound:
        data = source if isinstance(source, bytes) else Path(str(source)).read_bytes()
        kind = mimetypes.guess_type(name)[0] or ""
        document["source"] |= {"type": kind, "data": base64.b64encode(data).decode()}
    return document


def _write_arrays(analysis: Analysis, info: ModelInfo, output: Path) -> None:
    import numpy as np

    from audio_cnn.output.arrays import arrays_of
    from audio_cnn.writing import appearing

    try:
        with appearing(output) as beside, beside.open("wb") as file:
            np.savez(file, **arrays_of(analysis, info))
    except OSError as error:
        raise ConfigError(f"cannot write {output}: {error.strerror}") from error
