"""``audio-cnn train``: a data set in, a run folder with a trained network out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from audio_cnn.cli.notes import note, say_left_out
from audio_cnn.cli.terminal import check_folder, need_torch, progress_bar
from audio_cnn.errors import CheckpointError, ConfigError
from audio_cnn.evaluation.percent import percent
from audio_cnn.memory import keep_all_freed_memory

if TYPE_CHECKING:
    from audio_cnn.config import Config
    from audio_cnn.dataset.cache import Remark
    from audio_cnn.dataset.examples import Examples

DataOption = Annotated[
    Path,
    typer.Option(
        "--data", "-d", help="ESC-50 folder, folder with a sub-folder a class, or feature file (.npz)."
    ),
]
VariantsOption = Annotated[
    Path | None, typer.Option("--variants", help="Second feature file, with changed copies of the clips.")
]
WaveformOption = Annotated[
    list[str] | None,
    typer.Option(
        "--waveform",
        help="Waveform change to cache beside each clip: noise, stretch, pitch, gain, shift, mix.",
    ),
]
ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config",
        "-c",
        help="Preset (TOML). Without it: configs/compact.toml, the most accurate single network.",
    ),
]
SetOption = Annotated[
    list[str] | None, typer.Option("--set", help="Change one setting, e.g. training.epochs=20.")
]
TeacherOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--teacher",
        help="Finished network whose answers are learned beside the labels: a run folder or a model "
        "file, for a cross-validation the folder of another one; may be given several times.",
    ),
]
DeviceOption = Annotated[str, typer.Option("--device", help="auto, cpu, cuda or mps.")]
ThreadsOption = Annotated[int, typer.Option("--threads", min=0, help="CPU threads; 0: as torch likes.")]


@dataclass(frozen=True)
class TrainingOptions:
    """What every command that trains is told."""

    data: Path
    config: Path | None
    settings: list[str]
    variants: Path | None
    waveform: list[str]
    device: str
    threads: int
    teachers: list[Path]

    def recipe(self) -> Config:
        """The preset, or the defaults, with single settings changed."""
        return read_recipe(self.config, self.settings)

    def examples(self, recipe: Config) -> Examples:
        """The data, as the recipe wants it."""
        return read_examples(self.data, recipe, self.variants, self.waveform)

    def arguments(self) -> list[str]:
        """The same, as ``audio-cnn train`` is told it."""
        single = (("--data", self.data), ("--config", self.config), ("--variants", self.variants))
        several = (("--set", self.settings), ("--waveform", self.waveform))
        given = [f"{name}={value}" for name, value in single if value is not None]
        given += [f"{name}={value}" for name, values in several for value in values]
        return [*given, f"--device={self.device}", f"--threads={self.threads}"]


def train(
    data: DataOption,
    run: Annotated[
        Path | None,
        typer.Option(
            "--run", "-r", help="Folder for checkpoints and logs; with --from, runs/DATA if not given."
        ),
    ] = None,
    config: ConfigOption = None,
    set_: SetOption = None,
    variants: VariantsOption = None,
    waveform: WaveformOption = None,
    teacher: TeacherOption = None,
    validate_fold: Annotated[
        int | None, typer.Option("--validate-fold", help="Leave this fold out and score it now and then.")
    ] = None,
    from_: Annotated[
        str | None,
        typer.Option(
            "--from",
            help="Learn classes of your own from few clips, starting from this network: "
            "esc50, another shipped one, a model file, or a run folder.",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="With --from: the model file; beside the run if not given."),
    ] = None,
    labels: Annotated[
        Path | None,
        typer.Option("--labels", help='With --from: emoji, a TOML file with lines like kettle = "🫖".'),
    ] = None,
    separate: Annotated[
        bool,
        typer.Option(
            "--separate",
            help="With --from: each file is a recording of its own, also name-1 and name-2, also what sounds "
            "alike.",
        ),
    ] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the run's last checkpoint.")] = False,
    device: DeviceOption = "auto",
    threads: ThreadsOption = 0,
) -> None:
    """Train a network.

    A checkpoint is written after every epoch; after an interruption the same
    command with --resume ends in the same weights. Needs the 'train' extra.

    With --from it learns the classes of a folder with a sub-folder for each,
    measures itself on recordings that it has held out, and writes a model file.
    The preset is then configs/finetune.toml.

    [bold]Examples[/bold]

      audio-cnn train --data ESC-50/ --run runs/first --validate-fold 5
      audio-cnn train --data ESC-50/ --run runs/first --validate-fold 5 --resume
      audio-cnn train --data my_sounds/ --run runs/mine --set training.epochs=50
      audio-cnn train --data my_sounds/ --from esc50 --output mine.onnx
    """
    keep_all_freed_memory()
    need_torch()
    if from_ is not None:
        _refuse_with_from(
            {"--variants": variants, "--validate-fold": validate_fold, "--teacher": teacher or None}
        )
        check_waveform(waveform)
        from audio_cnn.cli.own_classes import OwnClasses, learn_own_classes

        asked = OwnClasses(
            data=data,
            base=from_,
            run=run,
            output=output,
            labels=labels,
            separate=separate,
            config=config,
            assignments=set_ or [],
            waveform=waveform or [],
            resume=resume,
            device=device,
            threads=threads,
        )
        learn_own_classes(asked)
        return
    _refuse_without_from({"--output": output, "--labels": labels, "--separate": separate or None})
    if run is None:
        raise typer.BadParameter("it is needed, unless there is --from", param_hint="'--run'")
    from audio_cnn.cli.watching import watched
    from audio_cnn.training.device import choose_device
    from audio_cnn.training.lock import alone_in
    from audio_cnn.training.loop import CHECKPOINT_NAME, Run, fit
    from audio_cnn.training.teachers import read_teachers

    recipe = read_recipe(config, set_)
    if (run / CHECKPOINT_NAME).exists() and not resume:
        raise CheckpointError(f"{run} holds a training already; go on with --resume, or name another folder")
    check_folder(run)
    chosen = choose_device(device)
    limit_threads(threads)
    examples = read_examples(data, recipe, variants, waveform)
    folds = tuple(fold for fold in examples.folds if fold != validate_fold)
    if validate_fold is not None:
        examples.rows([validate_fold])
    job = Run(recipe, examples, folds, validate_fold, run, chosen)
    job = replace(job, teachers=read_teachers(teacher or [], job))
    try:
        with alone_in(run), watched(job) as observers:
            state = fit(job, observers, resume=resume)
    except KeyboardInterrupt as stop:
        stop.add_note(f"go on with: --run {run} --resume")
        raise
    last = state.history[-1]
    scored = ""
    if validate_fold is not None:
        scored = f", accuracy {percent(last['validation_accuracy'], 1)} on fold {validate_fold}"
    typer.echo(f"{run}: {state.epoch} epochs, loss {last['loss']:.3f}{scored}")
    typer.echo(f"next: audio-cnn export {run}")


def _refuse_with_from(options: dict[str, object]) -> None:
    given = [name for name, value in options.items() if value is not None]
    if given:
        raise ConfigError(f"{given[0]} does not go with --from, which splits the clips of a folder by itself")


def _refuse_without_from(options: dict[str, object]) -> None:
    given = [name for name, value in options.items() if value is not None]
    if given:
        raise ConfigError(f"{given[0]} needs --from; otherwise 'audio-cnn export' makes the model file")


def read_recipe(config: Path | None, assignments: list[str] | None) -> Config:
    """The preset, or compact's, with single settings changed."""
    from audio_cnn.config import load, override
    from audio_cnn.training.recipes import FROM_SCRATCH, packaged

    return override(load(config) if config else packaged(FROM_SCRATCH), assignments or [])


def read_examples(data: Path, recipe: Config, variants: Path | None, waveform: list[str] | None) -> Examples:
    """Training data, with a progress bar while audio is decoded into the cache; says what is odd about it."""
    from audio_cnn.dataset.features import is_feature_file
    from audio_cnn.dataset.load import load_examples

    check_waveform(waveform)
    if waveform and is_feature_file(data):
        raise ConfigError(f"--waveform changes sounds, and {data} holds none; its changed copies: --variants")
    found: dict[Path, Remark] = {}
    try:
        with progress_bar("decoding") as progress:
            examples = load_examples(
                data,
                recipe.front_end,
                variants_path=variants,
                variants=waveform or [],
                progress=progress,
                tell=found.update,
            )
    finally:
        _say_what_was_found(found, recipe.front_end.window_s)
    _say_what_is_in_few_folds(examples)
    return examples


def _say_what_was_found(found: Mapping[Path, Remark], window_s: float) -> None:
    """On standard error, what a person may want to put right."""
    used = {path: remark for path, remark in found.items() if not remark.unread}
    longer = sum(remark.longer for remark in used.values())
    silent = [path for path, remark in used.items() if remark.silent]
    say_left_out({path: remark.unread for path, remark in found.items() if remark.unread})
    if longer:
        note(
            f"{longer} of {len(used)} files are longer than {window_s:g} s: only their first {window_s:g} s "
            "are learned from; train --from uses all of them"
        )
    if silent:
        note(f"{len(silent)} of {len(used)} files are silent for {window_s:g} s at first, as {silent[0]} is")


def _say_what_is_in_few_folds(examples: Examples) -> None:
    """Name classes with clips enough for every fold that are missing from some: there nothing scores them."""
    lacking = []
    for target, name in enumerate(examples.class_names):
        folds = examples.fold[examples.target == target]
        if len(set(folds)) < min(len(folds), len(examples.folds)):
            lacking.append(name)
    if lacking:
        note(
            f"not in every fold, though of as many clips: {', '.join(lacking)}. Files called 'rain-1' and "
            "'rain-2' count as pieces of one recording, which stay together"
        )


def check_waveform(names: list[str] | None) -> None:
    """Refuse waveform changes that there are not.

    Raises:
        ConfigError: naming those that there are.
    """
    from audio_cnn.augmentation.waveform import VARIANTS

    unknown = [name for name in names or [] if name not in VARIANTS]
    if unknown:
        raise ConfigError(f"no waveform change '{unknown[0]}'; there are: {', '.join(VARIANTS)}")


def limit_threads(threads: int) -> None:
    """Keep torch to so many cores."""
    import torch

    if threads:
        torch.set_num_threads(threads)
