"""Sounds to answers, with their names, for the commands that write them."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from audio_cnn.cli.inputs import LARGEST_FILE_BYTES, Inputs, readable
from audio_cnn.cli.manifest import STANDARD_INPUT
from audio_cnn.cli.resuming import NOTHING_KEPT, Kept
from audio_cnn.cli.terminal import progress_bar
from audio_cnn.errors import AudioError, AudioTooLargeError

if TYPE_CHECKING:
    from audio_cnn.config import AudioLimits
    from audio_cnn.output.document import NamedPrediction
    from audio_cnn.prediction import ModelInfo
    from audio_cnn.prediction.many import Answer
    from audio_cnn.waveform import Source


class Results:
    """Answers as they come, up to the last or to Ctrl-C; what could not be looked at comes first.

    Raises:
        ModelError: no such model, or a damaged file.

    Attributes:
        total: how many there are to come, with those that an interrupted run has kept.
        done: how many have come, likewise.
        failed: name of each sound without an answer so far -> why.
        stopped: the Ctrl-C that was the end of it.
    """

    def __init__(
        self, model: str, inputs: Inputs, jobs: int, longest_s: float, kept: Kept = NOTHING_KEPT
    ) -> None:
        from audio_cnn.prediction.many import classify_many

        failed = dict(list(inputs.failed.items())[kept.sounds :])
        sources = inputs.sources[max(0, kept.sounds - len(inputs.failed)) :]
        heard = classify_many(model, sources, workers=jobs, limits=limits(longest_s))
        self._answers = _named(failed, heard, model_name(model))
        self.total = len(inputs.failed) + len(inputs.sources)
        self.done = self._kept = kept.sounds
        self.failed = dict(kept.failed)
        self.stopped: KeyboardInterrupt | None = None

    def as_they_come(self, *, bar: bool) -> Generator[NamedPrediction, None, None]:
        """Each of them, once.

        Raises:
            KeyboardInterrupt: Ctrl-C before the first.
        """
        try:
            with closing(self._answers), progress_bar("listening", shown=bar) as progress:
                for result in self._answers:
                    self.done += 1
                    if result.error:
                        self.failed[result.file] = result.error
                    progress(self.done, self.total)
                    yield result
        except KeyboardInterrupt as stop:
            stop.add_note(f"{self.done} of {self.total} sounds are done")
            if self.done == self._kept:
                raise  # there is nothing to be written
            self.stopped = stop


def _named(
    failed: dict[str, str], heard: Iterator[tuple[Source, Answer]], model: str
) -> Generator[NamedPrediction, None, None]:
    from audio_cnn.output.document import NamedPrediction

    yield from (NamedPrediction(name, error=reason) for name, reason in failed.items())
    for source, answer in heard:
        if isinstance(answer, AudioError):
            yield NamedPrediction(source_name(source), error=_reason(answer))
        else:
            yield NamedPrediction(source_name(source), prediction=answer, model=model)


def model_name(model: str) -> str:
    """What a shipped model or a model file is called in the answers: its file's name without the suffix."""
    return readable(Path(model).stem)


def source_name(source: Source) -> str:
    """What a sound is called in the answers."""
    return readable(source) if isinstance(source, Path) else STANDARD_INPUT


def _reason(error: AudioError) -> str:
    too_long = isinstance(error, AudioTooLargeError) and error.limit == "decoded_s"
    return readable(f"{error}, or raise --longest" if too_long else str(error))


def limits(longest_s: float) -> AudioLimits:
    """What a sound may be on the command line."""
    from audio_cnn.config import AudioLimits

    return AudioLimits(bytes=LARGEST_FILE_BYTES, decoded_s=longest_s)


@lru_cache
def info_of(model: str) -> ModelInfo:
    """What a model says about itself, for what must be known before it has heard anything.

    Raises:
        ModelError: no such model, or a damaged file.
    """
    from audio_cnn.prediction import Classifier

    return Classifier(model, threads=1).info
