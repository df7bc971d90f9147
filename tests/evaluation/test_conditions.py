"""The made data set under worse conditions."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from made_data import class_sound, write_wav

from audio_cnn.errors import DatasetError
from audio_cnn.evaluation import conditions
from audio_cnn.evaluation.conditions import CLEAN, CONDITIONS, ConditionFigures, changed, evaluate_conditions
from audio_cnn.evaluation.score import answers_of
from audio_cnn.prediction import Classifier

RATE_HZ = 44_100


@pytest.fixture(scope="module")
def figures(classifier: Classifier, esc50_tree: Path) -> ConditionFigures:
    return evaluate_conditions(classifier, esc50_tree, folds=(5,))


def test_every_condition_is_scored_on_the_same_clips(figures: ConditionFigures) -> None:
    document = figures.to_dict()

    assert json.loads(json.dumps(document)) == document
    assert document["n"] == 6
    assert document["conditions"].keys() == CONDITIONS.keys()
    assert all(0 <= one["accuracy"] <= one["top3"] <= 1 for one in document["conditions"].values())


def test_clean_is_what_evaluate_says(
    figures: ConditionFigures, classifier: Classifier, esc50_tree: Path
) -> None:
    plain = answers_of(classifier, esc50_tree, folds=(5,)).evaluation

    assert figures.conditions[CLEAN].accuracy == plain.accuracy
    assert figures.conditions[CLEAN].log_loss == pytest.approx(plain.log_loss, abs=1e-6)


def test_figures_are_the_same_each_time(
    figures: ConditionFigures, classifier: Classifier, esc50_tree: Path
) -> None:
    assert evaluate_conditions(classifier, esc50_tree, folds=(5,)).to_dict() == figures.to_dict()


IN_A_LONGER_ONE = "in 30 s of noise, 20 dB below"


@pytest.mark.parametrize("name", CONDITIONS)
def test_chance_follows_from_the_names(name: str) -> None:
    sound = np.resize(class_sound("dog", 0), 3 * RATE_HZ)

    first, rate_hz = changed(sound, RATE_HZ, "1-1-A-0", name)
    again, _rate_hz = changed(sound, RATE_HZ, "1-1-A-0", name)
    other, _rate_hz = changed(sound, RATE_HZ, "1-1-B-0", name)

    np.testing.assert_array_equal(first, again)
    by_chance = any(word in name for word in ("noise", "room", "cut"))
    assert np.array_equal(first, other) is not by_chance
    assert np.array_equal(first, sound) is (name == CLEAN)
    assert len(first) / rate_hz == pytest.approx(
        {"cut to 2 s": 2, "cut to 1 s": 1, "cut to 0.5 s": 0.5, IN_A_LONGER_ONE: 30}.get(name, 3)
    )


def test_a_low_rate_is_really_that_rate() -> None:
    sound = class_sound("dog", 0)

    assert changed(sound, RATE_HZ, "a", "sampled at 8 kHz")[1] == 8_000
    assert changed(sound, 8_000, "a", "sampled at 16 kHz") == (pytest.approx(sound), 8_000)


def test_log_mels_cannot_be_changed(classifier: Classifier, feature_file: Path) -> None:
    with pytest.raises(DatasetError, match="holds no sounds that could be changed; give a folder of audio"):
        evaluate_conditions(classifier, feature_file)


def test_a_clip_that_cannot_be_read_is_left_out(
    classifier: Classifier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conditions, "CONDITIONS", {CLEAN: CONDITIONS[CLEAN]})
    torn = tmp_path / "dog" / "a torn one.wav"
    for i in range(3):
        write_wav(tmp_path / "dog" / f"{i}.wav", class_sound("dog", i))
    torn.write_bytes(b"no sound at all")

    figures = evaluate_conditions(classifier, tmp_path)

    assert list(figures.left_out) == [torn]
    assert figures.to_dict()["n"] == 3


def test_not_one_clip_that_can_be_read(classifier: Classifier, tmp_path: Path) -> None:
    (tmp_path / "dog").mkdir()
    (tmp_path / "dog" / "torn.wav").write_bytes(b"no sound at all")

    with pytest.raises(DatasetError, match=r"none of the 1 clips in .* can be read; .*torn\.wav: "):
        evaluate_conditions(classifier, tmp_path)
