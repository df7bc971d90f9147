"""``audio-cnn train --from``: a folder of one's own classes in, a measured model file out."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from audio_cnn.cli.export import beside, calibration, write_model
from audio_cnn.cli.notes import note, say_left_out
from audio_cnn.cli.terminal import check_output, make_folder, progress_bar
from audio_cnn.errors import CheckpointError, ConfigError
from audio_cnn.evaluation.percent import percent
from audio_cnn.writing import write_text

if TYPE_CHECKING:
    import torch
    from rich.table import Table

    from audio_cnn.config import Config
    from audio_cnn.dataset.recordings import Recordings
    from audio_cnn.prediction.model_file import Rejection
    from audio_cnn.training.base import Base
    from audio_cnn.training.held_out import HeldOut
    from audio_cnn.training.loop import Run

RUNS = Path("runs")
LONGEST_EMOJI = 32


@dataclass(frozen=True)
class OwnClasses:
    """What the command line asks for; see ``cli.train`` for each."""

    data: Path
    base: str
    run: Path | None
    output: Path | None
    labels: Path | None
    separate: bool
    config: Path | None
    assignments: list[str]
    waveform: list[str]
    resume: bool
    device: str
    threads: int

    @property
    def folder(self) -> Path:
        """Where checkpoints, log and report are kept."""
        return self.run or RUNS / self.name

    @property
    def model(self) -> Path:
        """The model file to be written."""
        return self.output or beside(self.folder)

    @property
    def name(self) -> str:
        """What the classes are called together: their folder's name."""
        return self.data.resolve().name or "own"


def learn_own_classes(job: OwnClasses) -> None:
    """Read, train, measure, export; everything that can be refused is refused first.

    Raises:
        AudioCnnError: of the kind that fits, with a way out.
    """
    from audio_cnn.training.base import find_base
    from audio_cnn.training.checkpoint import finished_network
    from audio_cnn.training.device import choose_device
    from audio_cnn.training.held_out import caveats, measure, with_report
    from audio_cnn.training.loop import CHECKPOINT_NAME

    base = find_base(job.base)
    if base.file.epochs_left:
        note(f"{job.base} is not finished: {base.file.epochs_left} epochs are left")
    recipe = _recipe(job, base)
    device = choose_device(job.device)
    emoji = read_labels(job.labels)
    _check_places(job)
    recordings = _read(job, recipe)
    _check_labels(emoji, recordings.class_names, job.labels)
    _say_what_was_found(job, recordings)
    if recipe.fine_tuning.held_out_share > 0:
        _say_what_is_not_measured(job, recordings)
    try:
        _fit(job, base, recipe, recordings, device)
    except KeyboardInterrupt as stop:
        stop.add_note(f"go on with: --run {job.folder} --resume")
        raise
    network = finished_network(job.folder / CHECKPOINT_NAME)
    measured = measure(network.network, recordings)
    doubts = caveats(base, recordings) if measured else []
    _report(job, recordings, measured, doubts, emoji)
    network = with_report(network, job.folder)
    temperature, rejection = calibration(network.record)
    typer.echo(_say_when_it_is_not_sure(rejection))
    typer.echo(write_model(network, job.model, temperature, rejection))
    typer.echo(f"next: audio-cnn classify SOUND --model {job.model}")


def read_labels(path: Path | None) -> dict[str, str]:
    """Class name -> emoji, of a TOML file with a line for each class that is to have one.

    Raises:
        ConfigError: no such file, no TOML, or something else than a short text for a class.
    """
    if path is None:
        return {}
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:  # ValueError: not TOML, or not UTF-8
        raise ConfigError(f"cannot read {path}: {error}") from error
    for name, emoji in values.items():
        if not isinstance(emoji, str) or not 0 < len(emoji) <= LONGEST_EMOJI or not emoji.isprintable():
            raise ConfigError(f"{path}: '{name}' is not an emoji; a line is like kettle = \"🫖\"")
    return values


def _check_labels(emoji: dict[str, str], names: tuple[str, ...], path: Path | None) -> None:
    unknown = [name for name in emoji if name not in names]
    if unknown:
        raise ConfigError(f"{path}: no class '{unknown[0]}'; there are: {', '.join(names)}")


def _recipe(job: OwnClasses, base: Base) -> Config:
    from audio_cnn.config import load, override
    from audio_cnn.training.base import on_base
    from audio_cnn.training.recipes import FURTHER, packaged

    given = load(job.config) if job.config else packaged(FURTHER)
    recipe = replace(on_base(given, base.config), name=job.name)
    return on_base(override(recipe, job.assignments), base.config)


def _check_places(job: OwnClasses) -> None:
    from audio_cnn.training.loop import CHECKPOINT_NAME

    if (job.folder / CHECKPOINT_NAME).exists() and not job.resume:
        raise CheckpointError(
            f"{job.folder} holds a training already; go on with --resume, or name another folder with --run"
        )
    for folder in (job.model.parent, job.folder):
        make_folder(folder)
    check_output(job.model)


def _read(job: OwnClasses, recipe: Config) -> Recordings:
    from audio_cnn.dataset.recordings import read_recordings

    with progress_bar("listening") as progress:
        return read_recordings(
            job.data,
            recipe.front_end,
            share=recipe.fine_tuning.held_out_share,
            seed=recipe.training.seed,
            variants=job.waveform,
            separate=job.separate,
            progress=progress,
        )


def _fit(job: OwnClasses, base: Base, recipe: Config, recordings: Recordings, device: torch.device) -> None:
    from audio_cnn.cli.train import limit_threads
    from audio_cnn.cli.watching import watched
    from audio_cnn.training.fine_tuning import further_training
    from audio_cnn.training.lock import alone_in
    from audio_cnn.training.loop import fit

    limit_threads(job.threads)
    with progress_bar("first the last layer") as progress:
        run: Run = further_training(base, recipe, recordings, job.folder, device, progress)
    with alone_in(job.folder), watched(run) as observers:
        fit(run, observers, resume=job.resume)


def _say_what_was_found(job: OwnClasses, recordings: Recordings) -> None:
    """Counts on standard output; on standard error what a person may want to put right."""
    from audio_cnn.dataset.recordings import HELD_OUT

    found, out = recordings.findings, int((recordings.fold == HELD_OUT).sum())
    clips = len(recordings.paths)
    typer.echo(
        f"{job.data}: {clips} clips of {len(recordings.class_names)} classes; "
        f"{clips - out} to learn from, {out} held out, by whole recordings"
    )
    say_left_out(found.left_out)
    for path, first in found.repeated:
        note(f"left out: {path} holds the very sound of {first}")
    for path, other in found.contradictory:
        note(f"{path} and {other} hold the same sound, in two classes; learned from both, held out neither")
    verdict = "kept apart, as --separate says" if job.separate else "taken for one recording"
    for group in found.alike:
        note(f"{_listed(group)} are nearly identical; {verdict}")
    for name in found.not_compared:
        note(f"'{name}' has too many clips to look for copies that are not exact")


def _listed(paths: Sequence[Path]) -> str:
    """``a and b``, ``a, b and 6 more``."""
    if len(paths) == 2:
        return f"{paths[0]} and {paths[1]}"
    return f"{paths[0]}, {paths[1]} and {len(paths) - 2} more"


def _say_what_is_not_measured(job: OwnClasses, recordings: Recordings) -> None:
    from audio_cnn.dataset.splitting import FEWEST_SOURCES
    from audio_cnn.training.held_out import unmeasured

    for name, sources in unmeasured(recordings).items():
        kind = recordings.class_names.index(name)
        clips = int((recordings.target == kind).sum())
        by_name = recordings.names(kind) < clips and not job.separate
        if sources >= FEWEST_SOURCES:
            reason = "its recordings are those of other classes too"
        else:
            reason = f"that takes {FEWEST_SOURCES} recordings, and its {clips} clips are of {sources}"
        way_out = "; if its files are recordings of their own, say --separate" if by_name else ""
        note(f"'{name}' is learned but not measured: {reason}{way_out}")


def _report(
    job: OwnClasses,
    recordings: Recordings,
    measured: HeldOut | None,
    doubts: list[str],
    emoji: dict[str, str],
) -> None:
    """The figures on standard output, all of them in the run folder."""
    from rich.console import Console

    from audio_cnn.training.held_out import REPORT_NAME, report

    path = job.folder / REPORT_NAME
    text = json.dumps(report(recordings, measured, doubts, emoji), indent=1, ensure_ascii=False)
    write_text(path, text + "\n")
    if measured is None:
        typer.echo("not measured: nothing was held out")
        return
    figures, (low, high) = measured.evaluation, measured.interval
    right = round(figures.accuracy * figures.n)
    typer.echo(
        f"held out: {right} of {figures.n} clips named right, {percent(figures.accuracy, 1)} "
        f"(95 % interval {percent(low)} to {percent(high)})"
    )
    Console(emoji=False).print(_table(recordings, measured))
    for doubt in doubts:
        note(f"these figures may be too high: {doubt}")
    typer.echo(f"{path}: every held-out clip, and the confusion matrix")


def _say_when_it_is_not_sure(rejection: Rejection | None) -> str:
    from audio_cnn.training.held_out import FEWEST_FOR_THRESHOLD

    if rejection is None:
        return f"it never says that it is not sure: that takes {FEWEST_FOR_THRESHOLD} held-out clips"
    return f"answers with a confidence below {percent(rejection.least_confidence)} are called not sure"


def _table(recordings: Recordings, measured: HeldOut) -> Table:
    from rich.markup import escape
    from rich.table import Table

    from audio_cnn.dataset.recordings import HELD_OUT, LEARNED_FROM

    table = Table("class", box=None, pad_edge=False)
    for title in ("learned from", "held out", "right"):
        table.add_column(title, justify="right")
    table.add_column("taken for")
    for kind, name in enumerate(recordings.class_names):
        recall = measured.evaluation.per_class.get(name)
        others = ", ".join(f"{escape(other)} {clips}" for other, clips in measured.confused(kind).items())
        table.add_row(
            escape(name),
            str(recordings.count(kind, LEARNED_FROM)),
            str(recordings.count(kind, HELD_OUT)),
            "not measured" if recall is None else percent(recall),
            others,
        )
    return table
