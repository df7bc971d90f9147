"""From windows that overlap to what was heard from when to when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from audio_cnn.labels import Label

if TYPE_CHECKING:
    from audio_cnn.prediction.records import HeardWindow, Prediction, State


TOUCHING_S = 1e-6
"""Less between two windows is a matter of rounding."""


@dataclass(frozen=True)
class Wanted:
    """Which answers are told.

    Attributes:
        least_confidence: those with less, 0..1, are not.
        only: names of the only classes that are; empty: all.
        without: names of classes that are not.
    """

    least_confidence: float = 0.0
    only: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()

    @property
    def everything(self) -> bool:
        """Whether there is no answer that is not told."""
        return self == ANYTHING

    def takes(self, prediction: Prediction) -> bool:
        """Whether it is told, by its likeliest class. Silence has none, and nothing to be sure of."""
        if prediction.silent:
            return not self.only and not self.least_confidence
        best = prediction.best
        name = best.label.name
        return (
            best.confidence >= self.least_confidence
            and (not self.only or name in self.only)
            and name not in self.without
        )


ANYTHING = Wanted()


@dataclass(frozen=True)
class Segment:
    """A stretch of a sound in which one and the same was heard.

    Attributes:
        start_s: where in the sound it begins.
        end_s: where it ends.
        label: what was heard; None: silence.
        confidence: mean of its windows, 0..1; 0 for silence.
        highest_confidence: of the window that is surest, 0..1; 0 for silence.
        state: ``"known"``, or else a guess or silence, which only those who ask for them get.
        resembles: of a guess, what most of its windows are like, if of no class.
        windows: how many there are in it.
    """

    start_s: float
    end_s: float
    label: Label | None
    confidence: float
    highest_confidence: float
    state: State
    resembles: str | None
    windows: int


@dataclass(frozen=True)
class _Stretch:
    """What one window answers for."""

    start_s: float
    end_s: float
    heard: Prediction

    def goes_on_in(self, later: _Stretch) -> bool:
        """Whether the next one begins where this one ends, with the same answer."""
        return later.start_s - self.end_s < TOUCHING_S and self.answer == later.answer

    @property
    def answer(self) -> tuple[State, Label | None]:
        return self.heard.state, None if self.heard.silent else self.heard.best.label


def segments_of(
    windows: Sequence[HeardWindow], *, unsure: bool = False, wanted: Wanted = ANYTHING
) -> list[Segment]:
    """Join neighbouring windows with the same answer.

        windows    |--- rain ---|
                         |--- rain ---|
                               |-- siren ---|
        segments   |----- rain -----|-siren-|

    Each window answers for what is nearer to its middle than to its neighbours', so that two that disagree
    meet in the middle of their overlap. A window that is not told leaves its stretch empty and parts those
    before and after it.

    Args:
        windows: in the order of time.
        unsure: tell also of guesses and of silence, which are segments of their own.
        wanted: windows with other answers are not told of.
    """
    runs: list[list[_Stretch]] = []
    for stretch in _stretches(windows):
        if not wanted.takes(stretch.heard) or not (unsure or stretch.heard.state == "known"):
            continue
        if runs and runs[-1][-1].goes_on_in(stretch):
            runs[-1].append(stretch)
        else:
            runs.append([stretch])
    return [_segment(run) for run in runs]


def _stretches(windows: Sequence[HeardWindow]) -> list[_Stretch]:
    starts_s, ends_s = [window.start_s for window in windows], [window.end_s for window in windows]
    for i, (before, after) in enumerate(pairwise(windows)):
        if after.start_s < before.end_s:
            ends_s[i] = starts_s[i + 1] = (after.start_s + before.end_s) / 2
    return [_Stretch(*row) for row in zip(starts_s, ends_s, (w.prediction for w in windows), strict=True)]


def _segment(run: Sequence[_Stretch]) -> Segment:
    state, label = run[0].answer
    confidences = [stretch.heard.best.confidence if label else 0.0 for stretch in run]
    kind, count = Counter(stretch.heard.resembles for stretch in run).most_common(1)[0]
    return Segment(
        start_s=run[0].start_s,
        end_s=run[-1].end_s,
        label=label,
        confidence=sum(confidences) / len(run),
        highest_confidence=max(confidences),
        state=state,
        resembles=kind if count > len(run) / 2 else None,
        windows=len(run),
    )
