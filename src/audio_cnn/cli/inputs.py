"""What the arguments of ``audio-cnn classify`` stand for: files, folders, patterns, samples, ``-``."""

from __future__ import annotations

import atexit
import glob
import os
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

from audio_cnn.cli.manifest import STANDARD_INPUT
from audio_cnn.cli.terminal import standard_input
from audio_cnn.dataset.clips import called_like_audio
from audio_cnn.errors import AudioError, ConfigError

if TYPE_CHECKING:
    from audio_cnn.waveform import Source

LARGEST_FILE_BYTES = 2**40
"""Of what is read from where it is; what is read into memory has a limit of its own."""

SEPARATOR = f"[{re.escape(os.sep + (os.altsep or ''))}]"
DEEP = re.compile(rf"(?:^|(?<={SEPARATOR}))(?:\*\*(?:{SEPARATOR}+|$))+")
"""``**`` as a whole part of a pattern, or several in a row."""


@dataclass
class Inputs:
    """Sounds to listen to, and what stays out. Nothing that cannot be looked at stops the others.

    Attributes:
        recursive: look into sub-folders of folders.
        sources: in the order of the arguments, with what is not there, which is reported when it is read.
        failed: name of a sample that cannot be fetched, or of a folder that cannot be looked into -> why.
        passed_over: files in folders that are not called like sounds.
        pipes: what nobody named and is no file, though it is called like a sound: reading may never end.
        links: links to folders in folders, which are not followed: they may lead round in circles.
        empty: folders that were named and hold nothing to be heard.
        looked_into: folders that were.
        not_looked_into: folders in these that were not, as only ``recursive`` asks for them.
        tops: a sound -> the folder that it was found under, from which its sub-folders count.
    """

    recursive: bool
    sources: list[Source] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    passed_over: set[Path] = field(default_factory=set)
    pipes: set[Path] = field(default_factory=set)
    links: set[Path] = field(default_factory=set)
    empty: list[Path] = field(default_factory=list)
    looked_into: set[Path] = field(default_factory=set)
    not_looked_into: set[Path] = field(default_factory=set)
    tops: dict[Path, Path] = field(default_factory=dict)

    def add(self, text: str) -> None:
        """Take in what an argument means."""
        if text == STANDARD_INPUT:
            self._add_standard_input()
        elif not text:
            self.failed["''"] = "the name is empty"
        elif os.path.isdir(text):  # noqa: PTH112 - Path.is_dir raises where it may not look
            self._add_folder(Path(text))
        elif os.path.exists(text):  # noqa: PTH110
            self.sources.append(Path(text))
        elif glob.has_magic(text):
            self._add_matching(text)
        else:
            self.sources += self._sample(text)

    def notes(self) -> Iterator[str]:
        """What people should know of the files that nobody asked about one by one."""
        if passed_over := self.passed_over.difference(self.sources):
            yield (
                f"files in folders passed over, as they are not called like sounds: {len(passed_over)}; "
                "name them, or a pattern, to have them heard"
            )
        if pipes := self.pipes.difference(self.sources):
            yield f"pipes and devices passed over: {len(pipes)}; name them to have them heard"
        if self.links:
            yield f"links to folders not followed: {len(self.links)}; name them to have them heard"
        for folder in self.empty:
            yield f"{readable(folder)}: no sounds in it"
        if folders := len(self.not_looked_into - self.looked_into):
            yield f"{folders} folder{'s' * (folders > 1)} not looked into: --recursive"

    def _add_folder(self, folder: Path) -> None:
        failed = len(self.failed)
        found = self._in_folder(folder)
        if not found and len(self.failed) == failed:
            self.empty.append(folder)
        self.tops |= dict.fromkeys(found, folder)
        self.sources += found

    def _add_matching(self, pattern: str) -> None:
        found = self._matching(pattern)
        self.tops |= dict.fromkeys(found, _above_magic(pattern))
        self.sources += found

    def _add_standard_input(self) -> None:
        try:
            self.sources.append(_standard_input())
        except (ConfigError, AudioError) as error:
            self.failed[STANDARD_INPUT] = str(error)

    def _in_folder(self, folder: Path) -> list[Path]:
        """Its audio, with links that lead to none, which are reported when they are read."""
        found: list[Path] = []
        for _folder, files in self._folders(folder, recursive=self.recursive):
            audio = {path for path in files if called_like_audio(path)}
            try:
                pipes = {path for path in audio if path.exists() and not path.is_file()}
            except OSError as error:  # the folder tells names and nothing else
                self._fail(error)
                continue
            found += audio - pipes
            self.pipes |= pipes
            self.passed_over |= files - audio
        return sorted(found)

    def _folders(self, top: Path, *, recursive: bool) -> Iterator[tuple[Path, set[Path]]]:
        """A folder and those in it, each with its files; hidden files and folders belong to programs."""
        for parent, folders, names in os.walk(top, onerror=self._fail):
            folders[:] = [name for name in folders if not name.startswith(".")]
            inside = [Path(parent, name) for name in folders]
            self.looked_into.add(Path(parent))
            if recursive:
                self.links.update(path for path in inside if os.path.islink(path))  # noqa: PTH114 - as above
            else:
                self.not_looked_into.update(inside)
                folders.clear()
            yield Path(parent), {Path(parent, name) for name in names if not name.startswith(".")}

    def _fail(self, error: OSError) -> None:
        self.failed[readable(Path(error.filename))] = f"cannot look into it: {error.strerror}"

    def _matching(self, pattern: str) -> list[Path]:
        """What matches, and the audio of folders that do, as if the shell had expanded it."""
        found: list[Path] = []
        matches = sorted(set(map(Path, self._expanded(pattern))))
        for match in matches:
            if os.path.isdir(match):  # noqa: PTH112
                found += self._in_folder(match)
            elif os.path.exists(match) and not os.path.isfile(match):  # noqa: PTH110, PTH113
                self.pipes.add(match)
            else:
                found.append(match)
        if not matches:
            return [Path(pattern)]  # reported like a missing file
        return list(dict.fromkeys(found))  # ** matches a folder and what is in it

    def _expanded(self, pattern: str) -> Iterator[str | Path]:
        """Paths that match. ``**`` goes through no links to folders, which may lead round in circles."""
        deep = DEEP.search(pattern)
        if deep is None:
            yield from glob.iglob(pattern)  # noqa: PTH207 - absolute ones too
            return
        above, below = pattern[: deep.start()], pattern[deep.end() :]
        for top in glob.glob(above or os.curdir):  # noqa: PTH207
            for folder, files in self._folders(Path(top), recursive=True):
                if below:
                    inside = self._expanded(os.path.join(glob.escape(str(folder)), below))  # noqa: PTH118
                    yield from self._without_links(inside)
                else:
                    yield folder
                    yield from files if pattern.endswith("**") else ()

    def _without_links(self, paths: Iterator[str | Path]) -> Iterator[str | Path]:
        for path in paths:
            if os.path.islink(path) and os.path.isdir(path):  # noqa: PTH112, PTH114
                self.links.add(Path(path))
            else:
                yield path

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


def _above_magic(pattern: str) -> Path:
    """The folder of a pattern that all matches are under."""
    plain = takewhile(lambda part: not glob.has_magic(part), Path(pattern).parent.parts)
    return Path(*plain)


def _standard_input() -> Source:
    """All of standard input: its bytes, or an open file for as long as the command lasts.

    Read here, not by a worker: a thread that waits for input cannot be stopped with Ctrl-C.
    """
    from audio_cnn.waveform.source import large_file
    from audio_cnn.waveform.spooled import kept

    stream = standard_input()
    large = large_file(stream, LARGEST_FILE_BYTES)
    at_the_end = ExitStack()
    atexit.register(at_the_end.close)
    return stream if large else kept(stream, LARGEST_FILE_BYTES, at_the_end)


def readable(path: Path | str) -> str:
    """A path, or words about one, as text that any file can hold; bytes that are not UTF-8 are spelt out."""
    return str(path).encode("utf-8", "backslashreplace").decode("utf-8")
