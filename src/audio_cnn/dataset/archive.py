"""Zip to folder, for archives of strangers: only what is asked for, so much, and inside the folder."""

from __future__ import annotations

import lzma
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from audio_cnn.errors import DownloadError

CHUNK_BYTES = 1 << 20

UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    UnicodeDecodeError,
)

Choose = Callable[[PurePosixPath], PurePosixPath | None]
"""Where in the folder an entry goes, or None if it is not wanted."""


def extract(
    archive: str | Path, folder: str | Path, choose: Choose, *, most_files: int, most_bytes: int
) -> list[Path]:
    """Unpack the wanted entries of a zip file.

    An entry's own path is never used: ``choose`` names its place, which must be relative and without ``..``.
    Sizes are counted while unpacking, because those that an archive states may be lies.

    Args:
        archive: the zip file.
        folder: where the files go; made if missing.
        choose: see ``Choose``.
        most_files: more wanted entries than this are refused.
        most_bytes: more unpacked bytes than this, in all, are refused.

    Returns:
        The files that were written.

    Raises:
        DownloadError: not a readable zip file, or over a limit.
    """
    folder = Path(folder)
    try:
        with zipfile.ZipFile(archive) as zip_file:
            wanted = _wanted(zip_file, folder, choose)
            if len(wanted) > most_files or sum(entry.file_size for entry in wanted.values()) > most_bytes:
                raise DownloadError(f"{archive} holds more than it should; it was not unpacked")
            _unpack(zip_file, wanted, most_bytes)
    except UNREADABLE as error:
        raise DownloadError(f"{archive} is not a readable zip file ({error})") from error
    return list(wanted)


def _wanted(zip_file: zipfile.ZipFile, folder: Path, choose: Choose) -> dict[Path, zipfile.ZipInfo]:
    wanted = {}
    for entry in zip_file.infolist():
        place = None if entry.is_dir() else choose(PurePosixPath(entry.filename))
        if place is None:
            continue
        if place.is_absolute() or ".." in place.parts:
            raise DownloadError(f"the archive names a file outside its folder ('{entry.filename}')")
        wanted[folder / place] = entry
    return wanted


def _unpack(zip_file: zipfile.ZipFile, wanted: dict[Path, zipfile.ZipInfo], most_bytes: int) -> None:
    left_bytes = most_bytes
    for target, entry in wanted.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        with zip_file.open(entry) as source, target.open("wb") as copy:
            while chunk := source.read(CHUNK_BYTES):
                left_bytes -= len(chunk)
                if left_bytes < 0:
                    raise DownloadError("the archive unpacks to more than it should; stopped")
                copy.write(chunk)
