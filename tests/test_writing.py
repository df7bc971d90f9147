"""Files that appear whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from audio_cnn.writing import appearing, clear_parts, write_text


def test_a_file_appears_when_it_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"

    with appearing(path) as beside:
        beside.write_text("new")
        assert not path.exists()

    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_what_was_there_stays_if_the_writer_fails(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    write_text(path, "old")

    def interrupted() -> None:
        with appearing(path) as beside:
            beside.write_text("ne")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_of_two_writers_the_last_to_finish_wins(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"

    with appearing(path) as slow:
        slow.write_text("slow")
        write_text(path, "quick")
        assert path.read_text() == "quick"

    assert path.read_text() == "slow"


def test_a_link_stays_one_and_what_it_leads_to_is_written(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    link, target = tmp_path / "link.txt", tmp_path / "there" / "a.txt"
    link.symlink_to(target)

    write_text(link, "1")
    write_text(link, "2")

    assert link.is_symlink()
    assert target.read_text() == "2"


def test_letters_that_are_none_do_not_stop_a_text(tmp_path: Path) -> None:
    write_text(tmp_path / "a.txt", "caf\udce9")

    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == "caf\\udce9"


def test_what_killed_writers_left_can_be_removed_and_nothing_else(tmp_path: Path) -> None:
    names = ["a.txt.0123abcd.part", "a.part", "a.txt.part", "song.tenlettr.part"]
    for name in names:
        (tmp_path / name).touch()

    clear_parts(tmp_path)

    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names[1:])
