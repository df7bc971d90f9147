"""One door to all training data."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from audio_cnn.config import Config, FrontEnd
from audio_cnn.dataset.load import default_cache, load_examples
from audio_cnn.errors import DatasetError


def test_every_layout_gives_the_same_examples(
    esc50_tree: Path, class_tree: Path, feature_file: Path, tmp_path: Path, tiny: Config
) -> None:
    loaded = [
        load_examples(path, tiny.front_end, cache_folder=tmp_path / path.name)
        for path in (esc50_tree, class_tree, feature_file)
    ]

    first = loaded[0]
    for other in loaded[1:]:
        order = [other.files.index(name) for name in first.files]
        names = [other.class_names[target] for target in other.target[order]]
        assert names == [first.class_names[target] for target in first.target]
        np.testing.assert_array_equal(other.fold[order], first.fold)
        assert np.abs(other.log_mel[:, order].astype(int) - first.log_mel).mean() < 0.1


def test_a_feature_file_that_does_not_fit_the_front_end_is_refused(feature_file: Path, tiny: Config) -> None:
    with pytest.raises(DatasetError, match=r"holds log-mels \(32, 63\), the recipe wants \(128, 173\)"):
        load_examples(feature_file, FrontEnd())
    with pytest.raises(DatasetError, match=r"wants \(32, 60\)"):
        load_examples(feature_file, replace(tiny.front_end, frames=60))


def test_each_data_set_has_a_cache_of_its_own_in_the_users_cache_folder(tmp_path: Path) -> None:
    ours, theirs = default_cache(tmp_path / "a"), default_cache(tmp_path / "b")

    assert ours != theirs
    assert ours == default_cache(tmp_path / "x" / ".." / "a")
    assert ours.parent.parts[-2:] == ("audio-cnn", "log-mel")


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no such folder"):
        load_examples(tmp_path / "none", FrontEnd())
