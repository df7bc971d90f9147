"""Answers to label files for sound editors: one for each recording."""

from __future__ import annotations

import os
import unicodedata
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from audio_cnn.cli.answer_file import report_failed
from audio_cnn.cli.answering import Results, info_of, source_name
from audio_cnn.cli.inputs import Inputs
from audio_cnn.cli.telling import Format, Telling
from audio_cnn.cli.terminal import check_folder, check_output, make_folder, output_file
from audio_cnn.errors import ConfigError

if TYPE_CHECKING:
    from audio_cnn.prediction.records import Prediction
    from audio_cnn.waveform import Source

ENDINGS = {Format.AUDACITY: ".txt", Format.RAVEN: ".selections.txt"}


def hear_once(inputs: Inputs) -> None:
    """Leave out what was given before, by whichever path: it has one label file."""
    places = {_place(source) if isinstance(source, Path) else source: source for source in inputs.sources}
    inputs.sources = list(places.values())


def label_paths(inputs: Inputs, format_: Format, output: Path | None) -> dict[str, Path | None]:
    """Where the labels of each recording go, by its name; None: to standard output.

    Those of a single one, which was named itself, go to the file ``output``, those of others into a folder of
    that name, in sub-folders like theirs.

    Raises:
        ConfigError: they cannot be written there, or two of them would be one file.
    """
    alone = len(inputs.sources) + len(inputs.failed) == 1
    if output is None and not alone:
        raise ConfigError(
            f"--format {format_} makes a file for each recording; name a folder for them with --output"
        )
    if output is None or (alone and not inputs.tops and not output.is_dir()):
        check_output(output)
        return {source_name(source): output for source in inputs.sources}
    check_folder(output)
    sounds = _relative(inputs)
    targets = _apart([output / path for path in sounds.values()], ENDINGS[format_])
    _check_targets(list(sounds), targets)
    return {source_name(source): target for source, target in zip(sounds, targets, strict=True)}


def write_label_files(results: Results, telling: Telling, paths: dict[str, Path | None], model: str) -> None:
    """Write each of them when its recording was heard, whole, then say what failed; that has none.

    Raises:
        KeyboardInterrupt: the Ctrl-C that ended it.
    """
    with closing(results.as_they_come(bar=True)) as answers:
        for named in answers:
            if named.prediction is not None:
                path = paths[named.file]
                if path is not None:
                    make_folder(path.parent)
                with output_file(path) as file:
                    _write(named.file, named.prediction, telling, file, model)
    report_failed(results.failed)
    if results.stopped:
        raise results.stopped


def _write(sound: str, prediction: Prediction, telling: Telling, file: TextIO, model: str) -> None:
    from audio_cnn.output.label_track import write_audacity, write_raven
    from audio_cnn.prediction.segments import segments_of

    segments = segments_of(prediction.timeline, unsure=telling.unsure, wanted=telling.wanted)
    if telling.format is Format.AUDACITY:
        write_audacity(segments, file)
    else:
        front_end = info_of(model).front_end
        write_raven(segments, file, sound=sound, band_hz=(front_end.fmin_hz, front_end.fmax_hz))


def _relative(inputs: Inputs) -> dict[Source, Path]:
    """Each recording's path from the folder that all were looked for under."""
    files = [source for source in inputs.sources if isinstance(source, Path)]
    tops = {_place(inputs.tops.get(file, file.parent)) for file in files}
    try:
        root = os.path.commonpath(tops) if tops else os.curdir
    except ValueError as error:  # drives of Windows
        raise ConfigError("label files of recordings on several drives: one drive at a time") from error
    return {
        source: Path(os.path.relpath(_place(source), root))
        if isinstance(source, Path)
        else Path("standard input")
        for source in inputs.sources
    }


def _apart(sounds: Sequence[Path], ending: str) -> list[Path]:
    """Label files of recordings; where two differ only in how their names end, these keep that."""
    named = [sound.with_name(sound.stem + ending) for sound in sounds]
    count = Counter(map(_letters, named))
    return [
        path if count[_letters(path)] == 1 else sound.with_name(sound.name + ending)
        for path, sound in zip(named, sounds, strict=True)
    ]


def _check_targets(sounds: Sequence[Source], targets: Sequence[Path]) -> None:
    """Refuse to write two files to one, or labels over a recording.

    Raises:
        ConfigError: saying which.
    """
    taken = {_letters(_place(sound)) for sound in sounds if isinstance(sound, Path)}
    for sound, target in zip(sounds, targets, strict=True):
        letters = _letters(_place(target))
        if letters in taken:
            raise ConfigError(
                f"the labels of {source_name(sound)} would be written over another file, {target}; "
                "give another folder, or the recordings one by one"
            )
        taken.add(letters)


def _place(path: Path) -> str:
    return os.path.abspath(path)  # noqa: PTH100 - without looking where links lead


def _letters(path: Path | str) -> str:
    """The same for names that some file systems take for one."""
    return unicodedata.normalize("NFC", str(path)).casefold()
