"""``audio-cnn classify --engine ray``: sounds in, a folder of Parquet files out, on many machines or one."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from audio_cnn.cli.notes import note
from audio_cnn.cli.terminal import progress_bar

if TYPE_CHECKING:
    from audio_cnn.config import AudioLimits
    from audio_cnn.output.parquet import AnswerFolder


@dataclass(frozen=True)
class ClusterJob:
    """What was asked for.

    Attributes:
        output: folder for the answers.
        top: how many classes to name.
        workers: actors; 0: one for each core of the cluster.
        address: of a running cluster; None: as ``classify_on_cluster`` says.
    """

    model: str
    output: Path
    top: int
    limits: AudioLimits
    workers: int
    address: str | None


def classify_to_folder(job: ClusterJob, sounds: dict[str, Path]) -> bool:
    """Name the sounds that the folder has no answer for yet, then sum up; whether all have a name.

    Args:
        sounds: name in the answers -> path.

    Raises:
        AudioCnnError: as ``AnswerFolder`` and ``classify_on_cluster`` do.
    """
    from audio_cnn.output.parquet import AnswerFolder
    from audio_cnn.prediction.cluster import need_ray

    need_ray()
    answers = AnswerFolder(job.output, _description(job))
    answered = answers.answered()
    left = {file: path for file, path in sounds.items() if file not in answered}
    if left:
        _listen(job, answers, left, len(sounds))
        answered = answers.answered()
    return _report(job, sounds, answered, some_left=bool(left))


def _description(job: ClusterJob) -> dict[str, str | int]:
    """What must be the same for answers to share a folder."""
    from audio_cnn.prediction.model_file import find_model

    with find_model(job.model).open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"model_sha256": digest, "top": job.top}


def _listen(job: ClusterJob, answers: AnswerFolder, left: dict[str, Path], total: int) -> None:
    from audio_cnn.prediction.cluster import classify_on_cluster

    tables = classify_on_cluster(
        job.model, left, top=job.top, workers=job.workers, address=job.address, limits=job.limits
    )
    before = total - len(left)
    try:
        with progress_bar("listening") as progress:
            answers.write(tables, lambda rows: progress(before + rows, total))
    except KeyboardInterrupt as stop:
        stop.add_note("the same command goes on from here")
        raise


def _report(
    job: ClusterJob, sounds: dict[str, Path], answered: dict[str, str | None], *, some_left: bool
) -> bool:
    """Errors on standard error, one line for them all on standard output; whether there was no error."""
    errors = {file: error for file in sounds if (error := answered[file])}
    for file, error in errors.items():
        note(f"{file}: {error}")
    named = len(sounds) - len(errors)
    nothing = "" if some_left else "; nothing was left to do"
    typer.echo(f"{job.output}: {named} of {len(sounds)} sounds are named{nothing}")
    return named == len(sounds)
