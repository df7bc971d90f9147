"""A classifier scored on labelled data of every layout."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from made_data import CLASSES, class_sound, made_clips, sine, write_esc50_tree, write_wav

from audio_cnn.errors import DatasetError, ModelError
from audio_cnn.evaluation.score import answers_of, model_target
from audio_cnn.labels import ESC50
from audio_cnn.prediction import Classifier


@pytest.fixture(params=["esc50_tree", "class_tree", "feature_file"])
def data(request: pytest.FixtureRequest) -> Path:
    """The made data set in each layout."""
    path: Path = request.getfixturevalue(request.param)
    return path


def test_figures_are_those_of_single_predictions(classifier: Classifier, data: Path) -> None:
    answers = [classifier.classify(clip.samples) for clip in made_clips()]
    target = [clip.target for clip in made_clips()]
    right = [answer.best.label.index == index for answer, index in zip(answers, target, strict=True)]
    of_truth = [answer.probabilities[index] for answer, index in zip(answers, target, strict=True)]

    figures = answers_of(classifier, data).evaluation

    assert figures.n == 30
    assert figures.accuracy == pytest.approx(np.mean(right))
    assert figures.per_class.keys() == set(CLASSES)
    assert figures.confusion.shape == (50, 50)
    assert figures.log_loss == pytest.approx(-np.log(of_truth).mean(), rel=0.1)  # 16 bits, or 8


def test_one_fold_of_it(classifier: Classifier, data: Path) -> None:
    calls: list[tuple[int, int]] = []

    answers = answers_of(classifier, data, folds=(5,), progress=lambda *call: calls.append(call))
    figures = answers.evaluation

    assert figures.n == 6
    assert figures.accuracy > 0.8  # held out, and three plain tones
    assert calls[-1] == (6, 6)


def test_several_folds_of_it(classifier: Classifier, data: Path) -> None:
    assert len(answers_of(classifier, data, folds=[1, 3])) == 12


def test_a_fold_that_is_not_there_is_refused(classifier: Classifier, data: Path) -> None:
    with pytest.raises(DatasetError, match=r"no clips .*fold 6"):
        answers_of(classifier, data, folds=(5, 6))


def test_classes_are_matched_by_name_not_by_place() -> None:
    target = model_target(np.array([0, 2, 0]), ("pig", "unused", "cat"), ("dog", "cat", "pig"))

    assert target.tolist() == [2, 1, 2]


def test_a_class_the_model_does_not_know_is_named(classifier: Classifier, tmp_path: Path) -> None:
    write_wav(tmp_path / "dog" / "a1.wav", class_sound("dog", 0))
    write_wav(tmp_path / "dishwasher" / "b1.wav", sine(100))

    with pytest.raises(DatasetError, match="the model does not know the class 'dishwasher'"):
        answers_of(classifier, tmp_path)


def test_a_class_in_another_place_counts_as_itself(classifier: Classifier, tmp_path: Path) -> None:
    for seed in range(3):
        write_wav(tmp_path / "pig" / f"{seed}.wav", class_sound("pig", seed))

    figures = answers_of(classifier, tmp_path).evaluation

    assert figures.per_class == {"pig": figures.accuracy}
    assert figures.confusion[[label.name for label in ESC50].index("pig")].sum() == 3


def test_a_clip_that_cannot_be_read_is_left_out(
    classifier: Classifier, esc50_tree: Path, tmp_path: Path
) -> None:
    tree = write_esc50_tree(tmp_path / "ESC-50")
    torn = tree / "audio" / "3-3001-B-1.wav"
    torn.write_bytes(b"no sound at all")

    answers, whole = answers_of(classifier, tree), answers_of(classifier, esc50_tree)

    rows = [row for row, file in enumerate(whole.files) if file != f"audio/{torn.name}"]
    assert list(answers.left_out) == [torn]
    assert answers.files == tuple(whole.files[row] for row in rows)
    np.testing.assert_array_equal(answers.target, whole.target[rows])
    np.testing.assert_array_equal(answers.fold, whole.fold[rows])
    np.testing.assert_allclose(answers.probabilities, whole.probabilities[rows], atol=1e-6)


def test_not_one_clip_that_can_be_read(classifier: Classifier, tmp_path: Path) -> None:
    (tmp_path / "dog").mkdir()
    (tmp_path / "dog" / "torn.wav").write_bytes(b"no sound at all")

    with pytest.raises(DatasetError, match=r"none of the 1 clips in .* can be read; .*torn\.wav: "):
        answers_of(classifier, tmp_path)


@pytest.mark.slow
def test_clips_may_be_as_long_as_those_that_are_classified(classifier: Classifier, tmp_path: Path) -> None:
    write_wav(tmp_path / "dog" / "long.wav", np.resize(sine(400), 601 * 1_000), rate_hz=1_000)

    assert len(answers_of(classifier, tmp_path)) == 1


def test_log_mels_of_another_shape_are_refused(classifier: Classifier, tmp_path: Path) -> None:
    path = tmp_path / "other.npz"
    np.savez(
        path, log_mel=np.zeros((2, 40, 63), np.uint8), target=np.array([0, 1]), fold=np.array([1, 1]),
        filename=np.array(["a", "b"]),
    )  # fmt: skip

    with pytest.raises(ModelError, match=r"takes log-mels \[32, 63\], these are \[40, 63\]"):
        answers_of(classifier, path)
