"""The same clips under worse conditions: how much of the accuracy is left?"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import soxr

from audio_cnn.augmentation import recording
from audio_cnn.dataset.clips import Clip
from audio_cnn.dataset.features import is_feature_file
from audio_cnn.dataset.limits import CLIP_LIMITS
from audio_cnn.errors import AudioError, DatasetError
from audio_cnn.evaluation.metrics import Evaluation, Float32Array, evaluate_probabilities
from audio_cnn.evaluation.score import Progress, heard_rows, labelled_clips
from audio_cnn.prediction.classifier import Classifier
from audio_cnn.prediction.records import Prediction
from audio_cnn.waveform import decode

Change = Callable[[Float32Array, int, np.random.Generator], Float32Array]
"""Samples [T], their rate, and a generator -> changed samples."""

CLEAN = "clean"


@dataclass(frozen=True)
class Condition:
    """What happens to a clip before the model gets it.

    Attributes:
        sample_rate_hz: what it is then sampled at; None: as the model likes it.
    """

    change: Change
    sample_rate_hz: int | None = None


def _unchanged(samples: Float32Array, _rate_hz: int, _generator: np.random.Generator) -> Float32Array:
    return samples


def _noise(snr_db: float) -> Condition:
    return Condition(
        lambda samples, _rate_hz, generator: recording.with_noise(samples, generator, snr_db=snr_db)
    )


def _gain(gain_db: float) -> Condition:
    return Condition(lambda samples, _rate_hz, _generator: recording.amplified(samples, gain_db=gain_db))


def _mp3(bits_per_s: int) -> Condition:
    return Condition(
        lambda samples, rate_hz, _generator: recording.as_mp3(samples, rate_hz, bits_per_s=bits_per_s)
    )


CONDITIONS: dict[str, Condition] = {
    CLEAN: Condition(_unchanged),
    "white noise, SNR 20 dB": _noise(20),
    "white noise, SNR 10 dB": _noise(10),
    "white noise, SNR 0 dB": _noise(0),
    "gain +12 dB, clipped": _gain(12),
    "gain -12 dB": _gain(-12),
    "offset of 0.1": Condition(lambda samples, _rate_hz, _generator: samples + np.float32(0.1)),
    "MP3, 64 kb/s": _mp3(64_000),
    "sampled at 16 kHz": Condition(_unchanged, 16_000),
    "sampled at 8 kHz": Condition(_unchanged, 8_000),
    "room, T60 0.5 s": Condition(partial(recording.in_a_room, t60_s=0.5)),
    "cut to 2 s": Condition(partial(recording.piece, seconds=2.0)),
    "cut to 1 s": Condition(partial(recording.piece, seconds=1.0)),
    "cut to 0.5 s": Condition(partial(recording.piece, seconds=0.5)),
    "in 30 s of noise, 20 dB below": Condition(partial(recording.in_a_longer_one, seconds=30.0, snr_db=20)),
}
"""What is done to a clip, by the name that tables give it."""


@dataclass(frozen=True)
class ConditionFigures:
    """Figures of the same clips under each condition.

    Attributes:
        conditions: name -> figures.
        flagged: name -> share of the clips that the model says it is not sure of, or hears nothing in.
        folds: of the clips.
        left_out: clip that could not be read -> why.
    """

    conditions: dict[str, Evaluation]
    flagged: dict[str, float]
    folds: tuple[int, ...] = ()
    left_out: Mapping[Path, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "n": self.conditions[CLEAN].n,
            "conditions": {
                name: {
                    "accuracy": round(figures.accuracy, 6),
                    "top3": round(figures.top3, 6),
                    "ece": round(figures.ece, 6),
                    "flagged": round(self.flagged[name], 6),
                    "per_class": {label: round(recall, 6) for label, recall in figures.per_class.items()},
                }
                for name, figures in self.conditions.items()
            },
        }


def evaluate_conditions(
    classifier: Classifier, data: Path, *, folds: Sequence[int] = (), progress: Progress | None = None
) -> ConditionFigures:
    """Figures of ``classifier`` on audio under every one of ``CONDITIONS``.

    What chance decides follows from the clip's name and the condition's, so each run gives the same figures.

    Args:
        folds: only these of the data, if given.
        progress: called with (clips done, clips in all).

    Raises:
        DatasetError: as ``answers_of``, and for a feature file, which holds no sound to change.
    """
    if is_feature_file(data):
        raise DatasetError(
            f"{data} holds no sounds that could be changed; give a folder of audio with --data"
        )
    names = tuple(label.name for label in classifier.info.labels)
    clips, target = labelled_clips(data, folds, names)
    heard: dict[str, list[Prediction]] = {name: [] for name in CONDITIONS}
    left_out: dict[Path, str] = {}
    for done, clip in enumerate(clips, start=1):
        try:
            predictions = list(_hear(classifier, clip))
        except AudioError as error:
            left_out[clip.path] = str(error)
        else:
            for name, prediction in zip(CONDITIONS, predictions, strict=True):
                heard[name].append(prediction)
        if progress is not None:
            progress(done, len(clips))
    rows = heard_rows(data, clips, left_out)
    target = target[rows]
    return ConditionFigures(
        conditions={
            name: evaluate_probabilities(np.stack([one.probabilities for one in predictions]), target, names)
            for name, predictions in heard.items()
        },
        flagged={
            name: sum(one.state != "known" for one in predictions) / len(predictions)
            for name, predictions in heard.items()
        },
        folds=tuple(sorted({clips[row].fold for row in rows})),
        left_out=left_out,
    )


def changed(samples: Float32Array, rate_hz: int, clip_name: str, name: str) -> tuple[Float32Array, int]:
    """Samples [T] of a clip under one of ``CONDITIONS``, and their rate."""
    condition = CONDITIONS[name]
    generator = np.random.default_rng([zlib.crc32(clip_name.encode()), zlib.crc32(name.encode())])
    samples = condition.change(samples, rate_hz, generator)
    lower_hz = condition.sample_rate_hz
    if lower_hz is None or lower_hz >= rate_hz:
        return samples, rate_hz
    return soxr.resample(samples, rate_hz, lower_hz), lower_hz


def _hear(classifier: Classifier, clip: Clip) -> Iterator[Prediction]:
    """Predictions of one clip, in the order of ``CONDITIONS``."""
    rate_hz = classifier.info.front_end.sample_rate_hz
    samples = decode(clip.path, sample_rate_hz=rate_hz, limits=CLIP_LIMITS).samples
    for name in CONDITIONS:
        heard, heard_hz = changed(samples, rate_hz, clip.path.stem, name)
        yield classifier.classify(heard, sample_rate_hz=heard_hz)
