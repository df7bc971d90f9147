"""How well a network does on the clips of one's own classes that it has not learned from."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from torch import nn

from audio_cnn.dataset.clips import ESC50_NAME
from audio_cnn.dataset.recordings import HELD_OUT, Recordings
from audio_cnn.errors import ConfigError
from audio_cnn.evaluation.calibration import fit_temperature
from audio_cnn.evaluation.metrics import (
    Evaluation,
    Float32Array,
    Float64Array,
    Int64Array,
    evaluate_probabilities,
    wilson_interval,
)
from audio_cnn.evaluation.rejection import trade_off
from audio_cnn.network.finished import FinishedNetwork
from audio_cnn.prediction.aggregate import aggregate, log_aggregate, probabilities, weights_of
from audio_cnn.training.base import Base
from audio_cnn.training.scoring import scores_of

REPORT_NAME = "held_out.json"
ONLY_IN_REPORT = ("class_names", "confusion", "files")  # too long for a model's record
FEWEST_FOR_THRESHOLD = 10
"""Held-out clips from which it can be told below which confidence an answer is a guess.

A further clip is below the lowest of n with a chance of 1 / (n + 1), so of ten clips in eleven it is none.
"""


@dataclass(frozen=True)
class HeldOut:
    """Figures of held-out clips, each heard in its windows, and these taken together, as by the classifier.

    Attributes:
        temperature: fitted on the same clips. Accuracy and confusion do not depend on it.
        paths: the n clips.
        probabilities: float32 [n, K], calibrated.
        rejection: what thresholds of confidence let through, by ``trade_off``; None: too few clips to tell.
    """

    evaluation: Evaluation
    temperature: float
    paths: tuple[Path, ...]
    probabilities: Float32Array
    rejection: list[dict[str, float]] | None

    @property
    def interval(self) -> tuple[float, float]:
        """Where the true accuracy lies with 95 % confidence."""
        return wilson_interval(self.evaluation.accuracy, self.evaluation.n)

    def confused(self, target: int) -> dict[str, int]:
        """What clips of a class were taken for, but for what they are: name -> clips, most first."""
        row = self.evaluation.confusion[target]
        order = [int(i) for i in np.argsort(-row, kind="stable") if row[i] and i != target]
        return {self.evaluation.class_names[i]: int(row[i]) for i in order}

    def figures(self) -> dict[str, Any]:
        """What the model's record says: plain values."""
        figures = self.evaluation.to_dict()
        del figures["most_confused"]
        return {
            **figures,
            "accuracy_95": [round(bound, 4) for bound in self.interval],
            "clips": {
                name: int(self.evaluation.confusion[i].sum())
                for i, name in enumerate(self.evaluation.class_names)
            },
            "temperature": round(self.temperature, 6),
            "rejection": self.rejection,
            "measured": "on clips held out by whole recordings, with the last averaged weights; "
            "temperature and thresholds are fitted on the same clips",
        }


@dataclass(frozen=True)
class _Sound:
    """What the windows of a clip have to say together depends on.

    Attributes:
        rows: int64 [W], where its windows are.
        peaks: float32 [W].
    """

    rows: Int64Array
    peaks: Float32Array
    short: bool

    @classmethod
    def of(cls, recordings: Recordings, clip: int) -> _Sound:
        rows = np.flatnonzero(recordings.clip == clip)
        return cls(rows, recordings.peak[rows], bool(recordings.short[clip]))

    def answer(self, window_probabilities: Float32Array) -> Float32Array:
        """As the classifier gives it: [W, K] -> [K]."""
        return aggregate(window_probabilities, self._weights(window_probabilities))

    def log_answer(self, log_probabilities: Float64Array) -> Float64Array:
        """The same of logarithms."""
        return log_aggregate(log_probabilities, self._weights(np.exp(log_probabilities).astype(np.float32)))

    def _weights(self, window_probabilities: Float32Array) -> Float32Array:
        return weights_of(window_probabilities, self.peaks, short=self.short)


def measure(network: nn.Module, recordings: Recordings) -> HeldOut | None:
    """Score the held-out clips, of a very long one those of its windows that were kept; None without any."""
    clips = np.flatnonzero(recordings.fold == HELD_OUT)
    if not len(clips):
        return None
    sounds = [_Sound.of(recordings, int(clip)) for clip in clips]
    ends = np.cumsum([len(sound.rows) for sound in sounds])[:-1]
    scores = scores_of(network, recordings.examples, np.concatenate([sound.rows for sound in sounds]))

    def together(log_probabilities: Float64Array) -> Float64Array:
        by_clip = np.split(log_probabilities, ends)
        return np.stack([sound.log_answer(own) for sound, own in zip(sounds, by_clip, strict=True)])

    target = recordings.target[clips]
    # As if one more clip had spoken for every class alike: ten right of ten are no proof of certainty.
    temperature = fit_temperature(scores, target, doubt=1 / (len(clips) + 2), together=together)
    by_clip = np.split(probabilities(scores, temperature), ends)
    answers = np.stack([sound.answer(own) for sound, own in zip(sounds, by_clip, strict=True)])
    return HeldOut(
        evaluate_probabilities(answers, target, recordings.class_names),
        temperature,
        tuple(recordings.paths[clip] for clip in clips),
        answers,
        trade_off(answers, target) if len(clips) >= FEWEST_FOR_THRESHOLD else None,
    )


def caveats(base: Base, recordings: Recordings) -> list[str]:
    """Why the held-out figures may be too high: what the base has heard before, as far as can be told."""
    record, found = base.file.record, []
    folds = record.get("folds", ())
    held = [
        path.stem for path, fold in zip(recordings.paths, recordings.fold, strict=True) if fold == HELD_OUT
    ]
    heard = sum(bool(ESC50_NAME.fullmatch(stem)) and int(stem[0]) in folds for stem in held)
    if heard:
        found.append(
            f"{heard} of the held-out clips are named as ESC-50 clips that the base has learned from"
        )
    if "fine_tuned_from" in record:
        found.append(
            "the base has learned classes of one's own; held-out clips that were among them are no news"
        )
    return found


def unmeasured(recordings: Recordings) -> dict[str, int]:
    """Classes without a held-out clip, and how many recordings they have."""
    return {
        name: recordings.sources(kind)
        for kind, name in enumerate(recordings.class_names)
        if not recordings.count(kind, HELD_OUT)
    }


def report(
    recordings: Recordings, measured: HeldOut | None, caveats: list[str], emoji: dict[str, str]
) -> dict[str, Any]:
    """All that there is to say, for JSON: figures, every held-out clip, and what was found in the folder."""
    found = recordings.findings
    written: dict[str, Any] = {"held_out": None, "emoji": emoji}
    if measured is not None:
        names = recordings.class_names
        written["held_out"] = {
            **measured.figures(),
            "class_names": list(names),
            "confusion": measured.evaluation.confusion.tolist(),
            "files": [
                {
                    "file": str(path),
                    "class": names[recordings.target[recordings.paths.index(path)]],
                    "named": names[int(answer.argmax())],
                    "confidence": round(float(answer.max()), 4),
                }
                for path, answer in zip(measured.paths, measured.probabilities, strict=True)
            ],
        }
    return written | {
        "caveats": caveats,
        "learned_from": [
            str(path)
            for path, fold in zip(recordings.paths, recordings.fold, strict=True)
            if fold != HELD_OUT
        ],
        "not_measured": unmeasured(recordings),
        "left_out": {str(path): reason for path, reason in found.left_out.items()},
        "repeated": [[str(a), str(b)] for a, b in found.repeated],
        "contradictory": [[str(a), str(b)] for a, b in found.contradictory],
        "nearly_identical": [[str(path) for path in group] for group in found.alike],
        "not_compared": list(found.not_compared),
    }


def with_report(network: FinishedNetwork, folder: Path) -> FinishedNetwork:
    """The network of a run folder with what its checkpoint lacks: held-out figures and the classes' emoji.

    A run folder without a report gives the network as it is.

    Raises:
        ConfigError: the report is damaged.
    """
    path = folder / REPORT_NAME
    if not path.exists():
        return network
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        figures, emoji = said["held_out"], dict(said.get("emoji", {}))
        if figures is not None:
            kept = {key: value for key, value in figures.items() if key not in ONLY_IN_REPORT}
            figures = {**kept, "caveats": said["caveats"]}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigError(f"cannot read {path}: {error!r}") from error
    return replace(network, record={**network.record, "held_out": figures}, emoji=emoji)
