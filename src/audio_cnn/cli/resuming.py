"""The ``.part`` of an interrupted run to the answers that need not be given again."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from audio_cnn.errors import ConfigError


@dataclass(frozen=True)
class Kept:
    """What an interrupted run has left of use.

    Attributes:
        text: the beginning of the file that an uninterrupted run would have written.
        sounds: how many sounds it is about, the first ones.
        failed: name of each of them without an answer -> why.
    """

    text: str = ""
    sounds: int = 0
    failed: Mapping[str, str] = field(default_factory=dict)


NOTHING_KEPT = Kept()


@dataclass(frozen=True)
class _Answer:
    """What is written of one sound.

    Attributes:
        named: how many classes; None: it does not say.
        model: what heard it; empty: nothing did.
    """

    file: str
    text: str
    error: str
    named: int | None
    model: str


class Part:
    """The ``.part`` of an interrupted run.

    Args:
        path: the file.
        names: of all sounds that are to be heard, in order.
        gaps: there may be nothing written of a sound that was heard.
        top: how many classes are named of a sound.
        model: what hears them.
    """

    def __init__(self, path: Path, names: Sequence[str], *, gaps: bool, top: int, model: str) -> None:
        self._path = path
        self._names = names
        self._gaps = gaps
        self._top = top
        self._model = model

    def jsonl(self, listed: str | None) -> Kept:
        """Every line that is whole.

        Args:
            listed: name of the list that documents have beside what is said of the whole sound.

        Raises:
            ConfigError: it cannot be read, is damaged, or of a run with other options or sounds.
        """
        answers = [self._document(line, listed) for line in self._whole_lines()]
        self._check_options(answers)
        positions = self._positions([answer.file for answer in answers], alike_are_one=False)
        return _kept("", answers, positions[-1] + 1 if positions else 0)

    def csv(self, columns: Sequence[str]) -> Kept:
        """The rows of all sounds but the last that has some: whether its rows are all there cannot be told.

        Raises:
            ConfigError: it cannot be read, is damaged, or of a run with other options or sounds.
        """
        records = _records(self._whole_lines())
        header = next(records, None)
        if header is None:
            return NOTHING_KEPT
        if self._values(header) != list(columns):
            raise self._of_other_options()
        answers = list(self._answers(records, columns))
        self._check_options(answers[:-1])
        positions = self._positions([answer.file for answer in answers], alike_are_one=True)
        return _kept(header, answers[:-1], positions[-1] if positions else 0)

    def _whole_lines(self) -> list[str]:
        try:
            data = self._path.read_bytes()
            text = data[: data.rfind(b"\n") + 1].decode("utf-8")
        except OSError as error:
            raise ConfigError(f"cannot read {self._path}: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise self._damaged() from error
        return [line + "\n" for line in text.split("\n")[:-1]]

    def _document(self, line: str, listed: str | None) -> _Answer:
        try:
            document: dict[str, Any] = json.loads(line)
            error, model = document.get("error", ""), document.get("model", "")
            answer = _Answer(document["file"], line, error, _named(document), model)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise self._damaged() from error
        lists = {"timeline", "segments"} & document.keys()
        if not answer.error and lists != ({listed} if listed else set()):
            raise self._of_other_options()
        return answer

    def _answers(self, records: Iterator[str], columns: Sequence[str]) -> Iterator[_Answer]:
        rows = (
            (dict(zip(columns, self._row(record, len(columns)), strict=True)), record) for record in records
        )
        for file, some in groupby(rows, key=_file):
            same = list(some)
            ranks = [int(row["rank"]) for row, _record in same if row.get("rank", "").isdecimal()]
            error = same[0][0]["error"]
            text = "".join(record for _row, record in same)
            yield _Answer(file, text, error, max(ranks, default=None), same[0][0]["model"])

    def _row(self, record: str, columns: int) -> list[str]:
        values = self._values(record)
        if len(values) != columns:
            raise self._damaged()
        return values

    def _values(self, record: str) -> list[str]:
        try:
            return next(csv.reader(io.StringIO(record, newline="")), [])
        except csv.Error as error:
            raise self._damaged() from error

    def _check_options(self, answers: Sequence[_Answer]) -> None:
        for answer in answers:
            if answer.named not in (None, self._top) or answer.model not in ("", self._model):
                raise self._of_other_options()

    def _positions(self, files: Sequence[str], *, alike_are_one: bool) -> list[int]:
        """Which of the sounds each answer is to.

        Args:
            alike_are_one: what is written of neighbours with one name is not to be told apart.
        """
        positions, at = [], 0
        for file in files:
            found = next((i for i in range(at, len(self._names)) if self._names[i] == file), None)
            if found is None or (found > at and not self._gaps):
                raise ConfigError(
                    f"{self._path} is about other sounds than these; give those that it was begun with, "
                    "or remove it to begin anew"
                )
            positions.append(found)
            at = found + 1
            while alike_are_one and at < len(self._names) and self._names[at] == file:
                at += 1
        return positions

    def _damaged(self) -> ConfigError:
        return ConfigError(f"{self._path} is damaged; remove it to begin anew")

    def _of_other_options(self) -> ConfigError:
        return ConfigError(
            f"{self._path} was written with other options; give those that it was begun with, "
            "or remove it to begin anew"
        )


def _kept(header: str, answers: Sequence[_Answer], sounds: int) -> Kept:
    text = header + "".join(answer.text for answer in answers)
    return Kept(text, sounds, {answer.file: answer.error for answer in answers if answer.error})


def _named(document: dict[str, Any]) -> int | None:
    return len(document["predictions"]) if "predictions" in document else None


def _file(row: tuple[dict[str, str], str]) -> str:
    return row[0]["file"]


def _records(lines: Sequence[str]) -> Iterator[str]:
    """CSV records that are whole: a name in quotes may have lines of its own."""
    record = ""
    for line in lines:
        record += line
        if record.count('"') % 2 == 0:
            yield record
            record = ""
