"""What a request wants to be told of its sound beside what it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Query

from audio_cnn.errors import ConfigError
from audio_cnn.output.analysis import answer_document
from audio_cnn.output.document import window_document
from audio_cnn.output.segment_document import segment_document
from audio_cnn.prediction import Prediction
from audio_cnn.prediction.class_names import class_names
from audio_cnn.prediction.model_file import ModelInfo
from audio_cnn.prediction.segments import Wanted, segments_of
from audio_cnn.server.problems import ProblemError


@dataclass(frozen=True)
class Telling:
    """The query of a classification, as the options of ``audio-cnn classify``.

    Attributes:
        only: names of the only classes of which windows and segments are told; empty: all.
        without: names of classes of which they are not.
    """

    top: int
    windows: bool
    segments: bool
    unsure: bool
    min_confidence: float
    only: tuple[str, ...]
    without: tuple[str, ...]

    def wanted(self, info: ModelInfo) -> Wanted:
        """The windows and segments that are told.

        Raises:
            ProblemError: 422, a class that the model has not.
        """
        known = [label.name for label in info.labels]
        try:
            only = class_names("only", self.only, known, listed_at="/api/v1/labels")
            without = class_names("except", self.without, known, listed_at="/api/v1/labels")
        except ConfigError as error:
            raise ProblemError(422, "no-class", "No such class", str(error)) from error
        return Wanted(self.min_confidence, only, without)

    def document(self, prediction: Prediction, wanted: Wanted) -> dict[str, Any]:
        """The answer, with ``timeline`` and ``segments`` where these are asked for."""
        document = answer_document(prediction, top=self.top)
        if self.windows:
            told = [window for window in prediction.timeline if wanted.takes(window.prediction)]
            document["timeline"] = [window_document(window, self.top) for window in told]
        if self.segments:
            found = segments_of(prediction.timeline, unsure=self.unsure, wanted=wanted)
            document["segments"] = [segment_document(segment) for segment in found]
        return document


async def telling_of(
    top: Annotated[int, Query(ge=1, le=1000, description="How many classes to name.")] = 5,
    *,
    windows: Annotated[bool, Query(description="Tell of each window of the sound: `timeline`.")] = False,
    segments: Annotated[
        bool, Query(description="Tell what was heard from when to when: `segments`.")
    ] = False,
    unsure: Annotated[bool, Query(description="Among the segments, guesses and silence, too.")] = False,
    min_confidence: Annotated[
        float, Query(ge=0, le=1, description="Windows and segments with less are not told.")
    ] = 0.0,
    only: Annotated[
        list[str] | None, Query(description="Classes, divided by commas: windows and segments of no others.")
    ] = None,
    without: Annotated[
        list[str] | None, Query(alias="except", description="Classes of which no windows and segments are.")
    ] = None,
) -> Telling:
    """A dependency of routes."""
    return Telling(top, windows, segments, unsure, min_confidence, tuple(only or ()), tuple(without or ()))
