"""A manifest, which lists sounds, to their paths."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

from audio_cnn.cli.terminal import standard_input
from audio_cnn.errors import ConfigError

STANDARD_INPUT = "-"
COLUMN = "file"


def manifest_paths(manifest: str) -> Iterator[Path]:
    """Paths of a text with one on each line, or of the column ``file`` of a ``.csv``.

    Relative paths start at the manifest's folder; at the working folder for standard input (``-``).

    Raises:
        ConfigError: the manifest cannot be read, or has no such column.
    """
    folder = Path() if manifest == STANDARD_INPUT else Path(manifest).parent
    try:
        with _open(manifest) as file:
            lines = _column(file, manifest) if Path(manifest).suffix.lower() == ".csv" else file
            for line in lines:
                if name := line.rstrip("\r\n"):
                    yield folder / name
    except (OSError, csv.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ConfigError(f"cannot read the manifest {manifest}: {reason}") from error


def _open(manifest: str) -> TextIO:
    """As text that keeps every byte: a file's name need not be UTF-8."""
    if manifest == STANDARD_INPUT:
        return TextIOWrapper(standard_input(), encoding="utf-8-sig", errors="surrogateescape")
    return Path(manifest).open(encoding="utf-8-sig", errors="surrogateescape", newline="")


def _column(file: TextIO, manifest: str) -> Iterator[str]:
    rows = csv.DictReader(file)
    if COLUMN not in (rows.fieldnames or []):
        raise ConfigError(f"the manifest {manifest} has no column '{COLUMN}'")
    return (row[COLUMN] or "" for row in rows)
