"""Feature files: read right, and refused with a reason."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_data import made_clips

from audio_cnn.dataset.features import is_feature_file, load_features
from audio_cnn.errors import DatasetError
from audio_cnn.labels import ESC50


def arrays(**changes: Any) -> dict[str, Any]:
    """Three clips of 4 bands and 5 frames."""
    plain: dict[str, Any] = {
        "log_mel": np.arange(60, dtype=np.uint8).reshape(3, 4, 5),
        "target": np.array([0, 1, 1]),
        "fold": np.array([1, 1, 2]),
        "filename": np.array(["a", "b", "c"]),
    }
    return {key: value for key, value in (plain | changes).items() if value is not None}


def saved(path: Path, **contents: Any) -> Path:
    np.savez_compressed(path, **contents)
    return path


def test_a_feature_file_becomes_examples(tmp_path: Path) -> None:
    examples = load_features(saved(tmp_path / "f.npz", **arrays()))

    assert examples.log_mel.shape == (1, 3, 4, 5)
    assert examples.log_mel[0, 1, 2, 3] == 20 + 10 + 3
    assert examples.target.tolist() == [0, 1, 1]
    assert examples.files == ("a", "b", "c")
    assert examples.class_names == tuple(label.name for label in ESC50)
    assert (len(examples), examples.folds) == (3, (1, 2))


def test_classes_of_ones_own_come_along(tmp_path: Path) -> None:
    path = saved(tmp_path / "f.npz", **arrays(class_names=np.array(["drill", "kettle"])))

    assert load_features(path).class_names == ("drill", "kettle")


def test_variants_are_stacked_behind_the_clips_they_were_made_of(tmp_path: Path) -> None:
    path = saved(tmp_path / "f.npz", **arrays())
    noise, pitch = np.full((3, 4, 5), 7, np.uint8), np.full((3, 4, 5), 9, np.uint8)
    variants = saved(tmp_path / "v.npz", noise=noise, pitch=pitch, rate=np.array([1.0]))

    examples = load_features(path, variants)

    assert examples.log_mel.shape == (3, 3, 4, 5)
    assert {int(examples.log_mel[i, 0, 0, 0]) for i in (1, 2)} == {7, 9}
    np.testing.assert_array_equal(examples.log_mel[0], arrays()["log_mel"])


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"fold": None}, "lacks fold; a feature file holds log_mel, target, fold, filename"),
        ({"log_mel": None, "target": None}, "lacks log_mel, target"),
        ({"log_mel": np.zeros((3, 4, 5), np.float32)}, "must be uint8"),
        ({"log_mel": np.zeros((3, 20), np.uint8)}, "must be uint8"),
        ({"fold": np.array([1, 2])}, "differ in number"),
        ({"target": np.array(3)}, "one entry for each clip"),
        ({"filename": np.array("a.wav")}, "one entry for each clip"),
        ({"filename": np.array(["a"])}, "differ in number"),
        ({"target": np.array([0, 1, 50])}, "outside the list of class names"),
        ({"target": np.array([0, -1, 1])}, "outside the list of class names"),
        ({"target": np.array(["dog", "cat", "pig"])}, "must be whole numbers"),
        ({"fold": np.array([1.5, 2, 3])}, "must be whole numbers"),
        ({"filename": np.array([{}, {}, {}], dtype=object)}, "is not a feature file"),
    ],
)
def test_what_does_not_fit_is_refused(tmp_path: Path, changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(DatasetError, match=reason):
        load_features(saved(tmp_path / "f.npz", **arrays(**changes)))


def test_variants_of_other_clips_are_refused(tmp_path: Path) -> None:
    path = saved(tmp_path / "f.npz", **arrays())
    variants = saved(tmp_path / "v.npz", noise=np.zeros((2, 4, 5), np.uint8))

    with pytest.raises(DatasetError, match="do not have the shape"):
        load_features(path, variants)


@pytest.mark.parametrize(
    ("contents", "reason"),
    [
        ({}, "holds no variants"),
        ({"rate": np.array([1.0])}, "holds no variants; they are arrays uint8"),
        ({"noise": np.zeros((3, 4, 5), np.float32)}, "'noise' in .* is float32; variants are uint8"),
        (
            {"noise": np.zeros((3, 4, 5), np.uint8), "pitch": np.zeros((3, 4, 5))},
            "'pitch' in .* is float64; variants are uint8",
        ),
        (
            {"noise": np.zeros((3, 4, 5), np.uint8), "filename": np.array(["a", "c", "b"])},
            "are of other clips, or in another order",
        ),
    ],
)
def test_a_file_that_holds_no_variants_of_these_clips(
    tmp_path: Path, contents: dict[str, Any], reason: str
) -> None:
    path = saved(tmp_path / "f.npz", **arrays())

    with pytest.raises(DatasetError, match=reason):
        load_features(path, saved(tmp_path / "v.npz", **contents))


def test_variants_of_the_same_clips_by_name(tmp_path: Path) -> None:
    path = saved(tmp_path / "f.npz", **arrays())
    noise = np.full((3, 4, 5), 7, np.uint8)
    variants = saved(tmp_path / "v.npz", noise=noise, filename=arrays()["filename"])

    assert load_features(path, variants).log_mel.shape == (2, 3, 4, 5)


def broken(kind: str, good: bytes) -> bytes:
    return {
        "empty": b"",
        "text": b"hello, I am no archive",
        "cut": good[: len(good) // 2],
        "stub": good[:30],
        "scrambled": good[:60] + bytes(byte ^ 0x5A for byte in good[60:120]) + good[120:],
    }[kind]


@pytest.mark.parametrize("kind", ["empty", "text", "cut", "stub", "scrambled"])
def test_a_damaged_file_is_one_clear_error(tmp_path: Path, kind: str) -> None:
    path = saved(tmp_path / "f.npz", **arrays())
    path.write_bytes(broken(kind, path.read_bytes()))

    with pytest.raises(DatasetError, match=r"f\.npz is not a feature file"):
        load_features(path)


def test_a_member_that_is_no_array_is_one_clear_error(tmp_path: Path) -> None:
    path = saved(tmp_path / "f.npz", **arrays(target=None))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("target", b"no array")

    with pytest.raises(DatasetError, match=r"f\.npz"):
        load_features(path)


def test_a_plain_array_under_the_wrong_ending_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "f.npy", np.zeros(3))
    path = (tmp_path / "f.npy").rename(tmp_path / "f.npz")

    with pytest.raises(DatasetError, match="is not a feature file"):
        load_features(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"no such file: .*none\.npz"):
        load_features(tmp_path / "none.npz")


def test_feature_files_are_told_by_their_ending() -> None:
    assert is_feature_file(Path("a/B.NPZ"))
    assert not is_feature_file(Path("a.npz/b"))


def test_the_made_feature_file_is_whole(feature_file: Path) -> None:
    examples = load_features(feature_file)

    assert examples.files == tuple(clip.name for clip in made_clips())
    assert examples.log_mel.max(axis=(0, 2, 3)).tolist() == [255] * 30


def test_the_shared_features_can_be_read(shared_data: Path) -> None:
    examples = load_features(shared_data / "logmel_folds1-4.npz")

    assert examples.log_mel.shape == (1, 1600, 128, 173)
    assert examples.folds == (1, 2, 3, 4)
    assert np.bincount(examples.target).tolist() == [32] * 50
