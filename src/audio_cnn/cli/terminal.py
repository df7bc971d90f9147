"""Talking to the terminal: errors, progress bars, files to write to."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn, TextIO

from audio_cnn.errors import ConfigError, MissingExtraError

FAILURE = 1


def fail(message: str) -> NoReturn:
    """Say what is wrong on standard error and stop with exit code 1."""
    print(f"audio-cnn: {message}", file=sys.stderr)
    sys.exit(FAILURE)


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


@contextmanager
def progress_bar(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error with count and time left; silent where that is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


@contextmanager
def output_file(path: Path | None) -> Iterator[TextIO]:
    """Standard output, or a file that appears when it is complete.

    Raises:
        ConfigError: the file cannot be written.
    """
    if path is None:
        yield sys.stdout
        return
    beside = path.with_name(path.name + ".part")
    try:
        with beside.open("w", encoding="utf-8", newline="") as file:
            yield file
        beside.replace(path)
    except OSError as error:
        raise ConfigError(f"cannot write {path}: {error.strerror}") from error
    finally:
        beside.unlink(missing_ok=True)
