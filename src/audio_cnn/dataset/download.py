"""ESC-50 from its public repository to a folder: fetched, unpacked safely, checked, moved into place.

What lies on the disk meanwhile:

    <folder>.zip.part   while it comes, with .part.json, its version; Ctrl-C leaves these to go on from
    <folder>.zip        until it is unpacked
    <folder>/           audio/*.wav  meta/esc50.csv  LICENSE  README.md: only ever complete
"""

from __future__ import annotations

import csv
import re
import tempfile
import wave
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from audio_cnn.dataset.archive import extract
from audio_cnn.download import Progress, download
from audio_cnn.errors import DownloadError

ESC50_URL = "https://github.com/karolpiczak/ESC-50/archive/refs/heads/master.zip"
"""The repository's archive. GitHub packs it anew when it likes, and at least three different checksums of it
are in public use, so what is checked is its content: see ``check_esc50``."""

CLIP_NAME = re.compile(r"(?P<fold>\d)-\d+-[A-Z]-(?P<target>\d+)\.wav")
README_BYTES = 4 * 2**20
WAV_HEADER_BYTES = (44, 1_024)
"""Least and, generously, most that a WAV file holds besides its samples."""


@dataclass(frozen=True)
class Contents:
    """What a complete copy holds. The defaults are ESC-50's."""

    clips: int = 2_000
    classes: int = 50
    folds: int = 5
    sample_rate_hz: int = 44_100
    clip_s: float = 5.0

    @property
    def clip_samples(self) -> int:
        """Samples in every clip."""
        return round(self.clip_s * self.sample_rate_hz)

    @property
    def most_bytes(self) -> int:
        """No honest copy is larger than this when unpacked."""
        return self.clips * (2 * self.clip_samples + WAV_HEADER_BYTES[1]) + README_BYTES


ESC50 = Contents()


def download_esc50(
    folder: str | Path,
    *,
    url: str = ESC50_URL,
    sha256: str | None = None,
    contents: Contents = ESC50,
    progress: Progress | None = None,
    timeout_s: float = 30.0,
    attempts: int = 4,
    backoff_s: float = 1.0,
) -> Path:
    """Make a folder that holds the complete data set; one that does already is left as it is.

    Args:
        folder: must not exist, be empty, or hold the data set.
        url: a zip file with the layout of ESC-50's repository, about 600 MB.
        sha256: of that file, if you keep a copy whose checksum you know.
        contents: what must be in it.
        progress: told bytes so far and, where the server tells, in all.
        timeout_s: longest wait for a connection or for the next bytes.
        attempts: how often to try before giving up.
        backoff_s: pause before the second attempt, doubled before each further one.

    Returns:
        The folder.

    Raises:
        DownloadError: not reachable, damaged, not this data set, or the folder holds something else.
    """
    folder = Path(folder)
    if is_complete(folder, contents):
        return folder
    _require_free(folder)
    archive = folder.with_name(folder.name + ".zip")
    if not (archive.is_file() and sha256 is None and _installed_from(archive, folder, contents)):
        download(
            url,
            archive,
            sha256=sha256,
            progress=progress,
            timeout_s=timeout_s,
            attempts=attempts,
            backoff_s=backoff_s,
        )
        _install(archive, folder, contents)
    return folder


def is_complete(folder: str | Path, contents: Contents = ESC50) -> bool:
    """Whether a folder holds the whole data set."""
    try:
        check_esc50(folder, contents)
    except DownloadError:
        return False
    return True


def check_esc50(folder: str | Path, contents: Contents = ESC50) -> None:
    """Compare a folder with what ESC-50 is: the table's own logic, and the header of every clip.

    Raises:
        DownloadError: says what is missing or wrong.
    """
    folder = Path(folder)
    rows = _read_table(folder / "meta" / "esc50.csv")
    _check_table(rows, contents)
    for row in rows:
        _check_clip(folder / "audio" / row["filename"], contents)


def _require_free(folder: Path) -> None:
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise DownloadError(
            f"{folder} exists and is not a complete ESC-50; remove it, or choose another folder"
        )


def _installed_from(archive: Path, folder: Path, contents: Contents) -> bool:
    """Whether an archive that an interrupted run left behind was good."""
    try:
        _install(archive, folder, contents)
    except DownloadError:
        return False
    return True


def _install(archive: Path, folder: Path, contents: Contents) -> None:
    """Unpack beside the folder, check, and rename; the archive goes, unless the disk is what failed."""
    try:
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as beside:
            unpacked = Path(beside) / folder.name
            extract(archive, unpacked, _place, most_files=contents.clips + 3, most_bytes=contents.most_bytes)
            check_esc50(unpacked, contents)
            if folder.is_dir():
                folder.rmdir()  # empty: see _require_free
            unpacked.rename(folder)
    except DownloadError:
        archive.unlink(missing_ok=True)
        raise
    except OSError as error:
        raise DownloadError(f"cannot write {folder}: {error.strerror or error}") from error
    archive.unlink(missing_ok=True)


def _place(entry: PurePosixPath) -> PurePosixPath | None:
    """Where an entry of the archive goes: clips, table, licence and read-me; nothing else is unpacked."""
    match entry.parts[1:]:  # the first part is the repository's name and branch
        case ("audio", name) if CLIP_NAME.fullmatch(name):
            return PurePosixPath("audio", name)
        case ("meta", "esc50.csv") | ("LICENSE",) | ("README.md",):
            return PurePosixPath(*entry.parts[1:])
        case _:
            return None


def _read_table(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DownloadError(f"{path} cannot be read ({error})") from error
    if not rows or not {"filename", "fold", "target", "category"} <= rows[0].keys():
        raise DownloadError(
            f"{path} is not the table of ESC-50: it needs filename, fold, target and category"
        )
    return rows


def _check_table(rows: Sequence[dict[str, str]], contents: Contents) -> None:
    """As many clips, folds and classes as there should be, and all of one size."""
    targets = Counter((row["target"], row["category"]) for row in rows)
    folds = Counter(row["fold"] for row in rows)
    found = (
        len({row["filename"] for row in rows}),
        len(rows),
        len({target for target, _ in targets}),
        len(folds),
    )
    if found != (contents.clips, contents.clips, contents.classes, contents.folds):
        raise DownloadError(
            "esc50.csv lists {} different clips in {} rows, {} classes, {} folds".format(*found)
        )
    if len(targets) != contents.classes or len(set(targets.values())) > 1 or len(set(folds.values())) > 1:
        raise DownloadError("esc50.csv contradicts itself: its classes or folds are not of one size")
    for row in rows:
        name = CLIP_NAME.fullmatch(row["filename"])
        if not name or (name["fold"], name["target"]) != (row["fold"], row["target"]):
            raise DownloadError(f"esc50.csv contradicts the name of the clip '{row['filename']}'")


def _check_clip(path: Path, contents: Contents) -> None:
    least_bytes = 2 * contents.clip_samples + WAV_HEADER_BYTES[0]
    try:
        with wave.open(str(path), "rb") as clip:
            form = (clip.getnchannels(), clip.getsampwidth(), clip.getframerate(), clip.getnframes())
        size_bytes = path.stat().st_size
    except (OSError, EOFError, wave.Error) as error:
        raise DownloadError(f"{path} is missing or not a WAV file ({error})") from error
    if form != (1, 2, contents.sample_rate_hz, contents.clip_samples) or size_bytes < least_bytes:
        raise DownloadError(
            f"{path} is not {contents.clip_s:g} s of 16-bit mono at {contents.sample_rate_hz} Hz"
        )
