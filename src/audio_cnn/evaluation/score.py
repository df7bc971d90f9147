"""A classifier scored on labelled data: feature file, ESC-50, or a folder with a sub-folder a class."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from audio_cnn.dataset.clips import Clip, find_clips
from audio_cnn.dataset.features import is_feature_file, load_features
from audio_cnn.dataset.limits import CLIP_LIMITS
from audio_cnn.errors import AudioError, DatasetError
from audio_cnn.evaluation.answers import Answers
from audio_cnn.evaluation.metrics import Float32Array, Int64Array
from audio_cnn.prediction.classifier import Classifier
from audio_cnn.prediction.many import classify_many

Progress = Callable[[int, int], None]
FEATURES_AT_ONCE = 64


def answers_of(
    classifier: Classifier, data: Path, *, folds: Sequence[int] = (), progress: Progress | None = None
) -> Answers:
    """What ``classifier`` says of ``data``, of these folds of it if given, else of all.

    Args:
        progress: called with (clips done, clips in all).

    Raises:
        DatasetError: no data, no such fold, not one clip that can be read, or classes that the model
            does not know.
    """
    left_out: dict[Path, str] = {}
    names = tuple(label.name for label in classifier.info.labels)
    if is_feature_file(data):
        examples = load_features(data)
        rows = examples.rows(folds or examples.folds)
        files = tuple(examples.files[row] for row in rows)
        fold = examples.fold[rows]
        target = model_target(examples.target[rows], examples.class_names, names)
        probabilities = _of_features(classifier, examples.log_mel[0], rows, progress)
    else:
        clips, target = labelled_clips(data, folds, names)
        probabilities = _of_audio(classifier, clips, left_out, progress)
        heard = heard_rows(data, clips, left_out)
        files = tuple(clips[row].path.relative_to(data).as_posix() for row in heard)
        fold, target = np.array([clips[row].fold for row in heard]), target[heard]
    return Answers(files, fold, np.zeros_like(fold), target, probabilities, names, left_out)


def heard_rows(data: Path, clips: Sequence[Clip], left_out: Mapping[Path, str]) -> Int64Array:
    """Indices of those clips that are not left out.

    Raises:
        DatasetError: there is none; with what is wrong with the first.
    """
    rows = np.array([row for row, clip in enumerate(clips) if clip.path not in left_out], dtype=np.int64)
    if not len(rows):
        path, why = next(iter(left_out.items()))
        raise DatasetError(f"none of the {len(clips)} clips in {data} can be read; {path}: {why}")
    return rows


def labelled_clips(
    data: Path, folds: Sequence[int], model_names: Sequence[str]
) -> tuple[list[Clip], Int64Array]:
    """Clips of these folds of a folder of audio, or of all, and their classes as the model numbers them.

    Raises:
        DatasetError: no data, no such fold, or classes that the model does not know.
    """
    clip_set = find_clips(data)
    missing = sorted(set(folds) - {clip.fold for clip in clip_set.clips})
    if missing:
        raise DatasetError(f"no clips of fold {', '.join(map(str, missing))} in {data}")
    clips = [clip for clip in clip_set.clips if not folds or clip.fold in folds]
    target = np.array([clip.target for clip in clips])
    return clips, model_target(target, clip_set.class_names, model_names)


def model_target(target: Int64Array, data_names: Sequence[str], model_names: Sequence[str]) -> Int64Array:
    """Class indices of the data as class indices of the model, matched by name.

    Raises:
        DatasetError: a class that occurs in the data is none of the model's.
    """
    foreign = [data_names[i] for i in np.unique(target) if data_names[i] not in model_names]
    if foreign:
        raise DatasetError(f"the model does not know the class '{foreign[0]}'; choose another with --model")
    index = np.array([model_names.index(name) if name in model_names else -1 for name in data_names])
    return index[target].astype(np.int64)


def _of_features(
    classifier: Classifier,
    log_mel: np.ndarray[tuple[int, ...], np.dtype[np.uint8]],
    rows: Int64Array,
    progress: Progress | None,
) -> Float32Array:
    parts = []
    for start in range(0, len(rows), FEATURES_AT_ONCE):
        batch = log_mel[rows[start : start + FEATURES_AT_ONCE]].astype(np.float32) / np.float32(255)
        parts.append(classifier.classify_features(batch))
        if progress is not None:
            progress(min(start + FEATURES_AT_ONCE, len(rows)), len(rows))
    return np.concatenate(parts)


def _of_audio(
    classifier: Classifier, clips: Sequence[Clip], left_out: dict[Path, str], progress: Progress | None
) -> Float32Array:
    """Probabilities of the clips that can be read; the others enter ``left_out``."""
    parts: list[Float32Array] = []
    answers = classify_many(classifier.path, [clip.path for clip in clips], limits=CLIP_LIMITS)
    for done, (clip, (_source, answer)) in enumerate(zip(clips, answers, strict=True), start=1):
        if isinstance(answer, AudioError):
            left_out[clip.path] = str(answer)
        else:
            parts.append(answer.probabilities)
        if progress is not None:
            progress(done, len(clips))
    return np.stack(parts) if parts else np.empty((0, len(classifier.info.labels)), np.float32)
