"""What the arguments of ``audio-cnn classify`` stand for: files, folders, patterns, samples, ``-``."""

from __future__ import annotations

import glob
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from audio_cnn.cli.manifest import STANDARD_INPUT
from audio_cnn.dataset.clips import audio_files

if TYPE_CHECKING:
    from audio_cnn.waveform import Source

LARGEST_BYTES = 2**31
BLOCK_BYTES = 2**20


@dataclass
class Inputs:
    """Sounds to listen to, and what stays out. Nothing that cannot be looked at stops the others.

    Attributes:
        recursive: look into sub-folders of folders.
        sources: in the order of the arguments, with what is not there, which is reported when it is read.
        failed: name of a sample that cannot be fetched, or of a folder that cannot be looked into -> why.
        passed_over: files in folders that are not called like sounds.
        links: links to folders in folders, which are not followed: they may lead round in circles.
    """

    recursive: bool
    sources: list[Source] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    passed_over: set[Path] = field(default_factory=set)
    links: set[Path] = field(default_factory=set)

    def add(self, text: str) -> None:
        """Take in what an argument means."""
        if text == STANDARD_INPUT:
            self.sources.append(_standard_input())
        elif not text:
            self.failed["''"] = "the name is empty"
        elif os.path.isdir(text):  # noqa: PTH112 - Path.is_dir raises where it may not look
            self.sources += self._in_folder(Path(text))
        elif os.path.exists(text):  # noqa: PTH110
            self.sources.append(Path(text))
        elif glob.has_magic(text):
            self.sources += self._matching(text)
        else:
            self.sources += self._sample(text)

    def notes(self) -> Iterator[str]:
        """What people should know of the files that nobody asked about one by one."""
        if passed_over := self.passed_over.difference(self.sources):
            yield (
                f"files in folders passed over, as they are not called like sounds: {len(passed_over)}; "
                "name them, or a pattern, to have them heard"
            )
        if self.links:
            yield f"links to folders not followed: {len(self.links)}; name them to have them heard"

    def _in_folder(self, folder: Path) -> list[Path]:
        """Its audio; hidden files and folders belong to programs."""
        found: list[Path] = []
        for parent, folders, names in os.walk(folder, onerror=self._fail):
            files = {Path(parent, name) for name in names if not name.startswith(".")}
            try:
                audio = set(audio_files(files))
            except OSError as error:  # the folder tells names and nothing else
                self._fail(error)
                continue
            found += audio
            self.passed_over |= files - audio
            folders[:] = [name for name in folders if self.recursive and not name.startswith(".")]
            inside = (Path(parent, name) for name in folders)
            self.links.update(path for path in inside if os.path.islink(path))  # noqa: PTH114 - as above
        return sorted(found)

    def _fail(self, error: OSError) -> None:
        self.failed[readable(Path(error.filename))] = f"cannot look into it: {error.strerror}"

    def _matching(self, pattern: str) -> list[Path]:
        """Files that match, and the audio of folders that do, as if the shell had expanded it."""
        found: list[Path] = []
        matches = sorted(map(Path, glob.glob(pattern, recursive=True)))  # noqa: PTH207 - absolute ones too
        for match in matches:
            if os.path.isdir(match):  # noqa: PTH112
                found += self._in_folder(match)
            elif os.path.isfile(match):  # noqa: PTH113
                found.append(match)
        if not matches:
            return [Path(pattern)]  # reported like a missing file
        return list(dict.fromkeys(found))  # ** matches a folder and what is in it

    def _sample(self, text: str) -> list[Path]:
        """The cached file of an ESC-50 sample's id; anything else stays a path, to be reported as missing."""
        from audio_cnn.errors import DownloadError
        from audio_cnn.sounds.samples import SAMPLES, sample_path

        if text not in SAMPLES:
            return [Path(text)]
        try:
            return [sample_path(text)]
        except DownloadError as error:
            self.failed[text] = str(error)
            return []


def _standard_input() -> bytes:
    """All of standard input, but little more than the limit.

    Read here, not by a worker: a thread that waits for input cannot be stopped with Ctrl-C.
    """
    blocks: list[bytes] = []
    while len(blocks) * BLOCK_BYTES <= LARGEST_BYTES and (block := sys.stdin.buffer.read(BLOCK_BYTES)):
        blocks.append(block)
    return b"".join(blocks)


def readable(path: Path) -> str:
    """The path as text that any file can hold; bytes of a name that are not UTF-8 are spelt out."""
    return str(path).encode("utf-8", "backslashreplace").decode("utf-8")
