"""What the classifier answers with."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from audio_cnn.labels import Label
from audio_cnn.prediction.segments import Segment, segments_of

Float32Array = npt.NDArray[np.float32]
Float64Array = npt.NDArray[np.float64]
Int64Array = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

State: TypeAlias = Literal["known", "unsure", "silence"]
"""What an answer is worth: a name to rely on, a guess, or nothing, as there was nothing to hear."""

CLEAR = 0.8
"""A class that a window is so sure of is no passing guess, and one that a sound is so sure of prevails."""


@dataclass(frozen=True)
class ClassScore:
    """One class and how sure the model is of it.

    Attributes:
        confidence: calibrated probability, 0..1.
    """

    label: Label
    confidence: float


@dataclass(frozen=True, eq=False)  # arrays have no equality of one word
class Prediction:
    """What a sound is.

    Attributes:
        labels: the model's K classes.
        probabilities: float32 [K], sums to one.
        window_probabilities: float32 [W, K], the same for each window that was listened to.
        duration_s: length of the sound that was given.
        silent: nothing was to be heard; the probabilities then mean nothing.
        least_confidence: an answer with less is a guess; 0: the model cannot tell.
        window_starts_s: float64 [W], where in the sound each window begins. A sound shorter than a window
            may have two, both from 0: they differ in how the rest was filled up.
        window_s: length of a window.
        window_silent: bool [W], the windows with nothing to be heard.
        window_kinds: of sounds of no class, which each window is most like, [W]; None where it is no stranger
            than usual. Empty from a model that does not tell kinds apart.
    """

    labels: tuple[Label, ...]
    probabilities: Float32Array = field(repr=False)
    window_probabilities: Float32Array = field(repr=False)
    duration_s: float
    silent: bool = False
    least_confidence: float = 0.0
    window_starts_s: Float64Array = field(default_factory=lambda: np.zeros(0), repr=False)
    window_s: float = field(default=0.0, repr=False)
    window_silent: BoolArray = field(default_factory=lambda: np.zeros(0, np.bool_), repr=False)
    window_kinds: tuple[str | None, ...] = field(default=(), repr=False)

    def top(self, count: int = 5) -> list[ClassScore]:
        """The ``count`` likeliest classes, likeliest first."""
        order = np.argsort(-self.probabilities, kind="stable")[:count]
        return [ClassScore(self.labels[i], float(self.probabilities[i])) for i in order]

    @property
    def best(self) -> ClassScore:
        """The likeliest class."""
        return self.top(1)[0]

    @property
    def state(self) -> State:
        """Whether the likeliest class is an answer, a guess, or beside the point."""
        if self.silent:
            return "silence"
        return "known" if self.best.confidence >= self.least_confidence else "unsure"

    @property
    def resembles(self) -> str | None:
        """What it may be, or most windows of a long sound, if of no class: ``"speech"``, ``"music"``, ...

        None where the model is sure of it, and where it is like nothing in particular.
        """
        if self.silent or not self.window_kinds:
            return None
        heard = [window.prediction for window in self.timeline]
        if len(heard) > 1:
            kinds = [prediction.resembles for prediction in heard if not prediction.silent]
        else:
            kinds = list(self.window_kinds) if self.state == "unsure" else [None]
        kind, windows = Counter(kinds).most_common(1)[0]
        return kind if windows > len(kinds) / 2 else None

    @property
    def sounds(self) -> list[Label]:
        """What can be told of the sound: no class, one, or of a long sound several, what lasts longest first.

        Several where windows are clearly of different classes, none of which prevails. Where the model is
        not sure of the whole, windows may still be clear.
        """
        if self.silent:
            return []
        clear = [
            window.prediction.best.label
            for window in self.timeline
            if window.prediction.state == "known" and window.prediction.best.confidence >= CLEAR
        ]
        lasting = [label for label, _windows in Counter(clear).most_common()]
        if self.best.confidence >= CLEAR or (self.state == "known" and len(lasting) < 2):
            return [self.best.label]
        return lasting

    @property
    def uncertainty(self) -> float:
        """Entropy of the probabilities relative to its maximum, -sum(p ln p) / ln K.

        0: all on one class; 1: all classes alike. In K ** uncertainty classes alike there is as much doubt.
        """
        likely = self.probabilities[self.probabilities > 0].astype(np.float64)
        entropy = -float((likely * np.log(likely)).sum())
        return min(1.0, max(0.0, entropy / math.log(max(2, len(self.probabilities)))))

    @property
    def timeline(self) -> list[HeardWindow]:
        """What was heard when: each window as a prediction of its own, in order, neighbours overlapping.

        A sound that is no longer than a window is one entry.
        """
        if self.duration_s <= self.window_s or not len(self.window_starts_s):
            return [HeardWindow(0.0, self.duration_s, self)]
        return [
            HeardWindow(
                float(start),
                float(start) + self.window_s,
                Prediction(
                    labels=self.labels,
                    probabilities=self.window_probabilities[i],
                    window_probabilities=self.window_probabilities[i : i + 1],
                    duration_s=self.window_s,
                    silent=bool(self.window_silent[i]),
                    least_confidence=self.least_confidence,
                    window_kinds=self.window_kinds[i : i + 1],
                ),
            )
            for i, start in enumerate(self.window_starts_s)
        ]

    @property
    def segments(self) -> list[Segment]:
        """What was heard from when to when, in order: windows that are sure of the same class, joined.

        Two neighbours that disagree meet in the middle of their overlap. Guesses and silence are left out:
        ``audio_cnn.prediction.segments_of``, given the ``timeline``, can tell of them, or of some classes.
        """
        return segments_of(self.timeline)


@dataclass(frozen=True)
class HeardWindow:
    """One window of a sound.

    Attributes:
        start_s: where in the sound it begins.
        end_s: where it ends.
        prediction: what was heard in it.
    """

    start_s: float
    end_s: float
    prediction: Prediction


@dataclass(frozen=True, eq=False)
class Analysis:
    """A prediction and what the network saw on the way to it, in one window of the sound.

    Attributes:
        samples: float32 [T], the window itself.
        log_mel: float32 [M, F] in 0..1, row 0 the lowest band.
        range_db: levels in dB of mel power that 0 and 1 of the log-mel stand for.
        activations: name -> float32 [C, H, W].
        start_s: where in the sound the window begins.
        evidence: float32 [K, H, W], what each place of the last map adds to the score of each class, before a
            strange sound's scores are lowered; None from a model file that is too old to tell.
    """

    prediction: Prediction
    samples: Float32Array = field(repr=False)
    log_mel: Float32Array = field(repr=False)
    range_db: tuple[float, float]
    activations: Mapping[str, Float32Array] = field(repr=False)
    start_s: float
    evidence: Float32Array | None = field(default=None, repr=False)
