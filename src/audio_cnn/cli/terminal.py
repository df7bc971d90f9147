"""Talking to the terminal: errors, progress bars, files to write to."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BufferedReader, TextIOWrapper
from pathlib import Path
from typing import Annotated, NoReturn, TextIO, cast

import typer

from audio_cnn.errors import ConfigError, MissingExtraError
from audio_cnn.writing import appearing, linked

FAILURE = 1
STANDARD_OUTPUT = 1
MOST_LINKS = 40
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


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
    print("audio-cnn:", "\n".join(map(shown, message.split("\n"))), file=sys.stderr)
    sys.exit(FAILURE)


def shown(text: str) -> str:
    """Text for a terminal, which obeys control characters, and a file's name may hold them: spelt out."""
    return CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def need_standard_streams() -> None:
    """Stop where nobody could read an answer; without standard error, complaints go nowhere."""
    if sys.stderr is None:  # print would take standard output instead
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - to the end
    if sys.stdout is None:
        fail(f"standard output is closed; send what is not wanted to {os.devnull}")


def standard_input() -> BufferedReader:
    """The bytes of standard input.

    Raises:
        ConfigError: it is closed.
    """
    if sys.stdin is None:
        raise ConfigError("standard input is closed")
    return cast("BufferedReader", sys.stdin.buffer)


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
    if open_stream(path) is not None and not path.exists():
        raise ConfigError(f"cannot write {path}: it is not open")
    if path.is_dir():
        raise ConfigError(f"cannot write {path}: it is a folder")
    if written_in_place(path):
        if open_stream(path) is None and not os.access(path, os.W_OK):
            raise ConfigError(f"cannot write {path}: no permission")
        return
    folder = linked(path).parent
    if not folder.is_dir():
        raise ConfigError(f"cannot write {path}: there is no folder {folder}")
    if not os.access(folder, os.W_OK):
        raise ConfigError(f"cannot write {path}: no permission to write in {folder}")


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
def output_file(path: Path | None, *, keep_part: bool = False, kept: str = "") -> Iterator[TextIO]:
    """Standard output, or a file that appears when it is complete; until then it is a ``.part``.

    What cannot be replaced is written in place: pipes, devices, open streams, files in a read-only folder.

    Args:
        keep_part: after Ctrl-C what was written stays there; once the file is complete, that is gone.
        kept: what it begins with, from an earlier such file.

    Raises:
        ConfigError: the file cannot be written.
    """
    if path is None or open_stream(path) == STANDARD_OUTPUT:
        yield sys.stdout
        return
    if written_in_place(path):
        written = _in_place(path)
    else:
        written = _appearing_text(path, keep_part=keep_part, kept=kept)
    try:
        with written as file:
            yield file
    except OSError as error:
        raise ConfigError(f"cannot write {path}: {error.strerror}") from error


def open_stream(path: Path) -> int | None:
    """Number of the open stream that a path stands for, as ``/dev/stdout`` and ``/dev/fd/3`` do; else None.

    Opened once more by its path, a file that it was sent to would be cut to nothing.
    """
    hop = os.fspath(path)
    for _ in range(MOST_LINKS):
        folder, name = os.path.split(hop)
        if name.isdecimal() and os.path.realpath(folder) == os.path.realpath("/dev/fd"):
            return int(name)
        if not os.path.islink(hop):  # noqa: PTH114
            break
        hop = os.path.join(folder, os.readlink(hop))  # noqa: PTH115, PTH118
    return None


def kept_part(path: Path) -> Path:
    """Where what was written to an output stays after Ctrl-C."""
    target = linked(path)
    return target.with_name(f"{target.name}.part")


def written_in_place(path: Path) -> bool:
    """Whether an output is there and must not be replaced, or cannot be."""
    if not path.exists():
        return False
    return open_stream(path) is not None or not path.is_file() or not os.access(linked(path).parent, os.W_OK)


@contextmanager
def _in_place(path: Path) -> Iterator[TextIO]:
    stream = open_stream(path)
    with open(path if stream is None else os.dup(stream), "w", encoding="utf-8", newline="") as file:  # noqa: PTH123
        yield file


@contextmanager
def _appearing_text(path: Path, *, keep_part: bool, kept: str) -> Iterator[TextIO]:
    part = kept_part(path)
    with appearing(path) as beside:
        try:
            with beside.open("x", encoding="utf-8", newline="") as file:
                file.write(kept)
                yield file
        except KeyboardInterrupt as stop:
            if keep_part and beside.exists() and beside.stat().st_size > len(kept.encode()):
                beside.replace(part)
            if keep_part and part.exists():
                stop.add_note(f"what was written is in {part}")
            raise
    if keep_part:
        part.unlink(missing_ok=True)
