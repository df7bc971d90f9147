"""Talking to the terminal: errors, progress bars, files to write to."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, NoReturn, TextIO

import typer

from audio_cnn.errors import ConfigError, MissingExtraError

FAILURE = 1


def default_model() -> str:
    """The shipped model's name: a function, so that --help need not load what runs a model."""
    from audio_cnn.prediction.model_file import DEFAULT_MODEL

    return DEFAULT_MODEL


ModelOption = Annotated[
    str,
    typer.Option(
        "--model",
        "-m",
        help="Shipped model's name, or a model file.",
        default_factory=default_model,
        show_default="ensemble",
    ),
]


def fail(message: str) -> NoReturn:
    """Say what is wrong on standard error and stop with exit code 1."""
    print(f"audio-cnn: {message}", file=sys.stderr)
    sys.exit(FAILURE)


def never_choke_on_letters() -> None:
    """Spell out what the terminal's encoding lacks (an emoji, an odd letter) instead of failing on it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="backslashreplace")


def need_torch() -> None:
    """Stop early, with a way out, where the training extra is not installed.

    Raises:
        MissingExtraError: torch or one of its companions is missing.
    """
    try:
        import onnx  # noqa: F401
        import safetensors  # noqa: F401
        import tensorboard  # noqa: F401
        import torch  # noqa: F401
    except ImportError as error:
        raise MissingExtraError("train") from error


def need_report() -> None:
    """Stop early, with a way out, where what draws and fills in reports is not installed.

    Raises:
        MissingExtraError: Jinja or Matplotlib is missing.
    """
    try:
        import jinja2  # noqa: F401
        import matplotlib  # noqa: F401
    except ImportError as error:
        raise MissingExtraError("report") from error


@contextmanager
def progress_bar(
    what: str, *, in_bytes: bool = False, shown: bool = True
) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error with count and time left; silent where that is no terminal or not wanted."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    count = DownloadColumn() if in_bytes else MofNCompleteColumn()
    columns = TextColumn("{task.description}"), BarColumn(), count, TimeRemainingColumn()
    console = Console(stderr=True)
    hidden = not (shown and console.is_terminal)
    with Progress(*columns, console=console, transient=True, disable=hidden) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def check_output(path: Path | None) -> None:
    """Refuse a file that cannot be written before the work is done instead of after it.

    Raises:
        ConfigError: saying why.
    """
    if path is None:
        return
    if path.is_dir():
        raise ConfigError(f"cannot write {path}: it is a folder")
    if not path.parent.is_dir():
        raise ConfigError(f"cannot write {path}: there is no folder {path.parent}")
    if not os.access(path.parent, os.W_OK):
        raise ConfigError(f"cannot write {path}: no permission to write in {path.parent}")


def check_folder(path: Path) -> None:
    """Refuse a folder that cannot be made, or written in, before the work is done instead of after it.

    Raises:
        ConfigError: saying why.
    """
    there = next(parent for parent in (path, *path.absolute().parents) if parent.exists())
    if not there.is_dir():
        raise ConfigError(f"cannot write into {path}: {there} is no folder")
    if not os.access(there, os.W_OK):
        raise ConfigError(f"cannot write into {path}: no permission to write in {there}")


def make_folder(path: Path) -> None:
    """The folder, made now: whether that can be done is not always to be seen beforehand.

    Raises:
        ConfigError: saying why it cannot.
    """
    check_folder(path)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"cannot write into {path}: {error.strerror}") from error


@contextmanager
def output_file(path: Path | None, *, keep_part: bool = False) -> Iterator[TextIO]:
    """Standard output, or a file that appears when it is complete; until then it is called ``.part``.

    Args:
        keep_part: after Ctrl-C what was written stays there.

    Raises:
        ConfigError: the file cannot be written.
    """
    if path is None:
        yield sys.stdout
        return
    in_place = path.exists() and not path.is_file()  # a pipe or a device, which must not be replaced
    beside = path if in_place else path.with_name(path.name + ".part")
    to_remove = not in_place
    try:
        with beside.open("w", encoding="utf-8", newline="") as file:
            yield file
        if not in_place:
            beside.replace(path)
    except KeyboardInterrupt as stop:
        if keep_part and not in_place and beside.exists() and beside.stat().st_size:
            stop.add_note(f"what was written is in {beside}")
            to_remove = False
        raise
    except OSError as error:
        raise ConfigError(f"cannot write {path}: {error.strerror}") from error
    finally:
        if to_remove:
            beside.unlink(missing_ok=True)
