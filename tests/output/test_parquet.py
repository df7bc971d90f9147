"""The folder of Parquet files: grows by whole parts, and knows what it holds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from audio_cnn.errors import ConfigError
from audio_cnn.output.parquet import PART_ROWS, AnswerFolder
from audio_cnn.prediction.cluster import answer_schema

JOB = {"model_sha256": "c0ffee", "top": 3}


def table(first: int, rows: int = 4, error: str | None = None) -> pa.Table:
    """Rows named by numbers."""
    files = [{"file": f"{i}.wav", "error": error} for i in range(first, first + rows)]
    return pa.Table.from_pylist(files, schema=answer_schema())


def names(first: int, rows: int) -> set[str]:
    return {f"{i}.wav" for i in range(first, first + rows)}


def nothing(_rows: int) -> None:
    """Progress that nobody looks at."""


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audio_cnn.output.parquet.PART_ROWS", 8)


def test_parts_fill_up_and_hold_every_row_once(tmp_path: Path, small_parts: None) -> None:
    folder = tmp_path / "not" / "there yet"
    told: list[int] = []

    AnswerFolder(folder, JOB).write([table(0), table(4), table(8)], told.append)

    whole = parquet.read_table(folder)
    assert told == [4, 8, 12]
    assert sorted(parquet.read_metadata(part).num_rows for part in folder.iterdir()) == [4, 8]
    assert whole.schema.equals(answer_schema())
    assert sorted(whole["file"].to_pylist()) == sorted(names(0, 12))


def test_a_part_also_ends_after_some_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audio_cnn.output.parquet.PART_S", 0.0)

    AnswerFolder(tmp_path, JOB).write([table(0), table(4)], nothing)

    assert PART_ROWS > 8
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.slow
def test_what_was_written_is_known(tmp_path: Path) -> None:
    AnswerFolder(tmp_path, JOB).write([table(0), table(4, 1, "torn")], nothing)

    assert AnswerFolder(tmp_path, JOB).answered() == dict.fromkeys(names(0, 4)) | {"4.wav": "torn"}


def test_a_second_run_adds_parts_and_leaves_the_first_ones(tmp_path: Path) -> None:
    AnswerFolder(tmp_path, JOB).write([table(0)], nothing)
    before = {part: part.read_bytes() for part in tmp_path.iterdir()}

    AnswerFolder(tmp_path, JOB).write([table(4)], nothing)

    assert AnswerFolder(tmp_path, JOB).answered().keys() == names(0, 8)
    assert {part: part.read_bytes() for part in before} == before


@pytest.mark.parametrize("stop", [KeyboardInterrupt, RuntimeError])
def test_what_has_come_survives_an_interruption(tmp_path: Path, stop: type[BaseException]) -> None:
    def torn() -> Iterator[pa.Table]:
        yield table(0)
        raise stop

    with pytest.raises(stop):
        AnswerFolder(tmp_path, JOB).write(torn(), nothing)

    assert AnswerFolder(tmp_path, JOB).answered().keys() == names(0, 4)


def test_half_a_part_is_never_seen_and_swept_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    AnswerFolder(tmp_path, JOB).write([table(0)], nothing)

    def killed(_table: object, file: Any) -> None:
        file.write(b"PAR1 and no more")
        raise KeyboardInterrupt

    monkeypatch.setattr("pyarrow.parquet.write_table", killed)
    with pytest.raises(KeyboardInterrupt):
        AnswerFolder(tmp_path, JOB).write([table(4)], nothing)

    assert len(list(tmp_path.iterdir())) == 2
    assert parquet.read_table(tmp_path).num_rows == 4  # other readers do not see it either
    assert AnswerFolder(tmp_path, JOB).answered().keys() == names(0, 4)
    assert len(list(tmp_path.iterdir())) == 1


def test_a_damaged_part_is_named(tmp_path: Path) -> None:
    AnswerFolder(tmp_path, JOB).write([table(0)], nothing)
    (part,) = tmp_path.iterdir()
    part.write_bytes(part.read_bytes()[:-20])

    with pytest.raises(ConfigError, match=f"{part.name} is damaged"):
        AnswerFolder(tmp_path, JOB).answered()


@pytest.mark.parametrize("other", [{"top": 5}, {"model_sha256": "decade"}])
def test_answers_of_another_job_are_not_mixed_in(tmp_path: Path, other: dict[str, Any]) -> None:
    AnswerFolder(tmp_path, JOB).write([table(0)], nothing)

    with pytest.raises(ConfigError, match="name another folder"):
        AnswerFolder(tmp_path, JOB | other).answered()


def test_foreign_parquet_is_not_mixed_in(tmp_path: Path) -> None:
    parquet.write_table(table(0), tmp_path / "part-0.parquet")

    with pytest.raises(ConfigError, match="name another folder"):
        AnswerFolder(tmp_path, JOB).answered()


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "taken").touch()

    with pytest.raises(ConfigError, match="taken"):
        AnswerFolder(tmp_path / "taken", JOB)
