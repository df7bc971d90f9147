"""``audio-cnn dataset``: getting data, and looking at it."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from audio_cnn.cli.terminal import progress_bar

dataset = typer.Typer(help="Get data sets, and look at what a folder holds.", no_args_is_help=True)


class Known(StrEnum):
    """Data sets that can be fetched."""

    ESC50 = "esc50"


@dataset.command()
def download(
    name: Annotated[Known, typer.Argument(help="Which data set.", show_default=False)],
    folder: Annotated[Path, typer.Argument(help="Where it goes.")] = Path("ESC-50"),
    url: Annotated[str | None, typer.Option("--url", help="Take the archive from another address.")] = None,
    sha256: Annotated[str | None, typer.Option("--sha256", help="Checksum the archive must have.")] = None,
) -> None:
    """Fetch a data set: ESC-50, 2,000 clips, 600 MB, CC BY-NC 3.0.

    After an interruption the same command goes on where it stopped.

    [bold]Example[/bold]

      audio-cnn dataset download esc50 data/ESC-50
    """
    from audio_cnn.dataset.download import ESC50_URL, download_esc50

    with progress_bar(f"fetching {name}", in_bytes=True) as progress:
        where = download_esc50(
            folder,
            url=url or ESC50_URL,
            sha256=sha256,
            progress=lambda done, total: progress(done, total or done),
        )
    typer.echo(f"{where}: complete; next: audio-cnn train --data {where} --run runs/first --validate-fold 5")


@dataset.command()
def show(folder: Annotated[Path, typer.Argument(help="Folder or feature file.", show_default=False)]) -> None:
    """Say how many clips of which class and fold a data set holds.

    [bold]Example[/bold]

      audio-cnn dataset show my_sounds/
    """
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    names, pairs = _classes_and_folds(folder)
    folds = sorted({fold for _target, fold in pairs})
    counts = Counter(pairs)
    table = Table("class", *(f"fold {fold}" for fold in folds), "clips", box=None)
    for index, name in enumerate(names):
        row = [counts[index, fold] for fold in folds]
        if sum(row):
            table.add_row(escape(name), *map(str, row), str(sum(row)))
    Console().print(table)
    typer.echo(f"{len(pairs)} clips, {len({target for target, _fold in pairs})} classes, {len(folds)} folds")


@dataset.command()
def samples(
    fetch: Annotated[bool, typer.Option("--fetch", help="Fetch those that are not here yet.")] = False,
) -> None:
    """List the six ESC-50 clips that can be named by their ids, with credit.

    [bold]Example[/bold]

      audio-cnn dataset samples
      audio-cnn classify 1-26806-A-1
    """
    from rich.console import Console
    from rich.table import Table

    from audio_cnn.sounds.samples import SAMPLES, sample_path

    table = Table("id", "class", "credit", "licence", box=None)
    for sample in SAMPLES.values():
        if fetch:
            sample_path(sample.id)
        table.add_row(sample.id, sample.label, sample.credit, sample.licence)
    Console().print(table)


def _classes_and_folds(folder: Path) -> tuple[tuple[str, ...], list[tuple[int, int]]]:
    from audio_cnn.dataset.clips import find_clips
    from audio_cnn.dataset.features import is_feature_file, load_features

    if is_feature_file(folder):
        examples = load_features(folder)
        return examples.class_names, list(zip(examples.target.tolist(), examples.fold.tolist(), strict=True))
    clip_set = find_clips(folder)
    return clip_set.class_names, [(clip.target, clip.fold) for clip in clip_set.clips]
