"""Which clip is of which class and fold."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from made_data import CLASSES, made_clips, sine, write_wav

from audio_cnn.dataset.clips import audio_files, deal_folds, find_clips
from audio_cnn.errors import DatasetError
from audio_cnn.labels import ESC50

ESC50_NAMES = tuple(label.name for label in ESC50)
CLIP = sine(440, seconds=0.01)


def tree(folder: Path, *names: str) -> Path:
    for name in names:
        write_wav(folder / name, CLIP)
    return folder


def esc50(folder: Path, table: str, *clips: str) -> Path:
    (folder / "meta").mkdir(parents=True)
    (folder / "meta" / "esc50.csv").write_text(table, encoding="utf-8")
    (folder / "audio").mkdir()
    for name in clips:
        (folder / "audio" / name).touch()
    return folder


def test_esc50s_own_layout(esc50_tree: Path) -> None:
    found = find_clips(esc50_tree)

    assert found.class_names == ESC50_NAMES
    assert [(clip.path.name, clip.target, clip.fold) for clip in found.clips] == [
        (clip.name, clip.target, clip.fold) for clip in made_clips()
    ]
    assert all(clip.path.is_file() for clip in found.clips)


def test_one_sub_folder_for_each_class_says_the_same(esc50_tree: Path, class_tree: Path) -> None:
    def by_name(folder: Path) -> dict[str, tuple[str, int]]:
        found = find_clips(folder)
        return {clip.path.name: (found.class_names[clip.target], clip.fold) for clip in found.clips}

    assert by_name(class_tree) == by_name(esc50_tree)
    assert find_clips(class_tree).class_names == tuple(sorted(CLASSES))


def test_classes_are_in_alphabetical_order_and_only_they_count(tmp_path: Path) -> None:
    tree(tmp_path, "kettle/a1.wav", "drill/b1.wav", "dog/c1.wav")
    (tmp_path / "empty").mkdir()
    (tmp_path / ".hidden").mkdir()
    write_wav(tmp_path / ".hidden" / "x1.wav", CLIP)
    write_wav(tmp_path / "loose.wav", CLIP)

    found = find_clips(tmp_path)

    assert found.class_names == ("dog", "drill", "kettle")
    assert [clip.path.name for clip in found.clips] == ["c1.wav", "b1.wav", "a1.wav"]
    assert [clip.target for clip in found.clips] == [0, 1, 2]


def test_only_audio_counts_at_any_depth_and_in_any_case(tmp_path: Path) -> None:
    tree(tmp_path, "drill/one.wav", "drill/deep/er/two.wav", "drill/three.WAV")
    (tmp_path / "drill" / "notes.txt").touch()
    (tmp_path / "drill" / "folder.wav").mkdir()

    assert Counter(clip.path.stem for clip in find_clips(tmp_path).clips) == {"one": 1, "two": 1, "three": 1}


def test_what_is_hidden_within_a_class_is_of_programs(tmp_path: Path) -> None:
    tree(tmp_path / ".data", "dog/one.wav", "dog/deep/two.wav", "dog/._one.wav", "dog/deep/.Trash/er/old.wav")

    assert [clip.path.stem for clip in find_clips(tmp_path / ".data").clips] == ["two", "one"]


def test_clips_are_found_in_the_same_order_each_time(class_tree: Path) -> None:
    assert find_clips(class_tree) == find_clips(class_tree)


@pytest.mark.parametrize(
    ("table", "clips", "reason"),
    [
        ("filename,fold,target\na.wav,1,0\nb.wav,1,0\n", ["a.wav"], "1 of 2 clips are missing"),
        ("filename,fold,target\n", [], "0 of 0 clips"),
        ("filename,fold\na.wav,1\n", ["a.wav"], "is not ESC-50's table: KeyError"),
        ("filename,fold,target\na.wav,one,0\n", ["a.wav"], "is not ESC-50's table: ValueError"),
        ("filename,fold,target\na.wav,1\n", ["a.wav"], "is not ESC-50's table"),
        ("filename,fold,target\na.wav,1,50\n", ["a.wav"], "is not ESC-50's table"),
    ],
    ids=["missing", "empty", "column", "number", "short row", "class"],
)
def test_a_damaged_esc50_says_what_is_wrong(
    tmp_path: Path, table: str, clips: list[str], reason: str
) -> None:
    with pytest.raises(DatasetError, match=reason):
        find_clips(esc50(tmp_path / "data", table, *clips))


def test_what_is_no_data_set_says_so(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no such folder"):
        find_clips(tmp_path / "none")
    (tmp_path / "class").mkdir()
    with pytest.raises(DatasetError, match="neither ESC-50"):
        find_clips(tmp_path)


def test_audio_is_known_by_its_name(tmp_path: Path) -> None:
    names = ["a.WAV", "b.w64", "c.aifc", "d.weba", "e.m4b"]
    for name in [*names, "._a.wav", ".wav", "notes.txt", "noext"]:
        (tmp_path / name).touch()
    (tmp_path / "folder.wav").mkdir()

    assert sorted(path.name for path in audio_files(tmp_path.iterdir())) == names


def test_files_named_as_esc50_names_them_keep_their_fold() -> None:
    assert deal_folds(["5-1234-A-40", "2-1234-B-40", "4-9-A-0"]) == [5, 2, 4]


def test_sources_take_turns_over_five_folds() -> None:
    assert deal_folds([f"recording{i:02}" for i in range(12)]) == [1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 1, 2]


def test_takes_of_one_source_stay_together() -> None:
    stems = ["creek-a", "creek-b", "creek", "lake_A", "lake_B", "pond z", "x9", "river2"]

    assert deal_folds(stems) == [1, 1, 1, 2, 2, 3, 4, 5]
    assert deal_folds(["creek-1", "creek-2", "creek_part3", "lake 07", "2024-05-31"]) == [1, 1, 1, 2, 3]


def test_files_that_are_only_numbered_are_recordings_of_their_own() -> None:
    assert deal_folds([f"dog-{i}" for i in range(7)]) == [1, 2, 3, 4, 5, 1, 2]


TAKES = st.tuples(st.integers(0, 30), st.sampled_from("abcXYZ"), st.sampled_from("-_ "))


@given(st.lists(TAKES, max_size=60))
def test_no_source_is_ever_in_two_folds(takes: list[tuple[int, str, str]]) -> None:
    assume(len({number for number, _, _ in takes}) != 1)  # those are taken to be numbered
    stems = [f"source{number}{separator}{letter}" for number, letter, separator in takes]

    folds_of: dict[int, set[int]] = {}
    for (number, _letter, _separator), fold in zip(takes, deal_folds(stems), strict=True):
        folds_of.setdefault(number, set()).add(fold)
    assert all(len(folds) == 1 for folds in folds_of.values())
    counts = Counter(fold for folds in folds_of.values() for fold in folds)
    assert not counts or max(counts.values()) - min(counts[fold] for fold in range(1, 6)) <= 1


def test_no_source_of_the_made_data_is_in_two_folds(class_tree: Path) -> None:
    folds_of: dict[str, set[int]] = {}
    for clip in find_clips(class_tree).clips:
        folds_of.setdefault(clip.path.name.split("-")[1], set()).add(clip.fold)

    assert len(folds_of) == 5 * len(CLASSES)
    assert all(len(folds) == 1 for folds in folds_of.values())
