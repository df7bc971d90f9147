"""Tables of answers to a folder of Parquet files that grows part by part, and can be gone on with."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from audio_cnn.errors import ConfigError

if TYPE_CHECKING:
    import pyarrow

PART_ROWS = 1_000
PART_S = 30.0
PATTERN = "part-*.parquet"
UNFINISHED = ".part-*.parquet"  # a leading dot: no reader of Parquet folders takes it for a part
METADATA_KEY = b"audio_cnn"


class AnswerFolder:
    """Answers to many sounds in one folder, ``part-*.parquet``. One program at a time may write to it.

    A part appears under its name when it is complete, so whatever ends the program costs no more than the
    part under way, and what is there can be read at any time.

    Args:
        path: made where needed.
        job: what all answers have in common (the model, how many classes are named), kept in every part.

    Raises:
        ConfigError: it is no folder, cannot be written to, or holds answers of another job.
    """

    def __init__(self, path: Path, job: Mapping[str, Any]) -> None:
        self.path = path
        self.job = dict(job)
        self._run = uuid4().hex[:8]
        self._written = 0
        try:
            path.mkdir(parents=True, exist_ok=True)
            for left_over in path.glob(UNFINISHED):
                left_over.unlink()
        except OSError as error:
            raise ConfigError(f"cannot write to the folder {path}: {error.strerror}") from error

    def answered(self) -> dict[str, str | None]:
        """Name of every sound that has its row -> its error, or None.

        Raises:
            ConfigError: a part is damaged, or of another job.
        """
        return {file: error for part in sorted(self.path.glob(PATTERN)) for file, error in self._rows(part)}

    def write(self, tables: Iterable[pyarrow.Table], progress: Callable[[int], None]) -> None:
        """Write tables as they come; a part is full after so many rows or seconds.

        What has come is written also when ``tables`` or ``progress`` raises, or Ctrl-C is pressed.

        Args:
            progress: called with the number of rows so far.

        Raises:
            ConfigError: the folder cannot be written to.
        """
        waiting: list[pyarrow.Table] = []
        rows, began = 0, time.monotonic()
        try:
            for table in tables:
                waiting.append(table)
                rows += len(table)
                if sum(map(len, waiting)) >= PART_ROWS or time.monotonic() - began > PART_S:
                    self._write_part(waiting)
                    waiting, began = [], time.monotonic()
                progress(rows)
        finally:
            if waiting:
                self._write_part(waiting)

    def _rows(self, part: Path) -> Iterator[tuple[str, str | None]]:
        import pyarrow as pa
        from pyarrow import parquet

        try:
            with parquet.ParquetFile(part) as file:
                metadata = file.schema_arrow.metadata or {}
                rows = file.read(columns=["file", "error"]).to_pydict()
            job = json.loads(metadata.get(METADATA_KEY, b"{}"))
        except (OSError, ValueError, pa.ArrowException) as error:
            raise ConfigError(f"{part} is damaged; remove it, and its sounds are done again") from error
        for key, value in self.job.items():
            if job.get(key) != value:
                others = f"answers of another job ({key}: {job.get(key)}, not {value})"
                raise ConfigError(f"{self.path} holds {others}; name another folder")
        return zip(rows["file"], rows["error"], strict=True)

    def _write_part(self, tables: list[pyarrow.Table]) -> None:
        import pyarrow as pa
        from pyarrow import parquet

        table = pa.concat_tables(tables)
        table = table.replace_schema_metadata({METADATA_KEY: json.dumps(self.job)})
        part = self.path / f"part-{self._run}-{self._written:05d}.parquet"
        unfinished = part.with_name(f".{part.name}")
        try:
            with unfinished.open("wb") as file:
                parquet.write_table(table, file)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(part)
        except OSError as error:
            raise ConfigError(f"cannot write {part}: {error.strerror}") from error
        self._written += 1
