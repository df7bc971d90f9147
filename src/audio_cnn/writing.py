"""Files that are there whole or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def appearing(path: Path) -> Iterator[Path]:
    """A file beside ``path``, ``.part``, to write into: complete, it takes its place; else it is gone.

    Its name is of nobody else, so that of two who write the same file the last to finish wins. A link stays
    one: what it leads to is written.
    """
    target = linked(path)
    beside = target.with_name(f"{target.name}.{secrets.token_hex(4)}.part")
    try:
        yield beside
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write a text file, UTF-8, that is there whole or as it was; letters that are none become escapes."""
    with appearing(path) as beside:
        beside.write_text(text, encoding="utf-8", errors="backslashreplace")


def clear_parts(folder: Path) -> None:
    """Remove what writers that were killed have left: only for who is alone in the folder."""
    for part in folder.glob(f"*.{'[0-9a-f]' * 8}.part"):
        part.unlink(missing_ok=True)


def linked(path: Path) -> Path:
    """Where a link leads, there or not yet; any other path as it is."""
    return Path(os.path.realpath(path)) if path.is_symlink() else path
