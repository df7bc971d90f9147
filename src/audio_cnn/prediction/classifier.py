"""The classifier: sound in, named classes out. NumPy and ONNX Runtime only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import onnxruntime

from audio_cnn.config import AudioLimits
from audio_cnn.errors import ModelError
from audio_cnn.prediction.aggregate import aggregate, probabilities
from audio_cnn.prediction.model_file import (
    DEFAULT_MODEL,
    INPUT_FEATURES,
    INPUT_WAVEFORM,
    OUTPUT_LOG_MEL,
    OUTPUT_RANGE_DB,
    OUTPUT_SCORES,
    empty_batch,
    find_model,
    open_session,
)
from audio_cnn.prediction.records import Analysis, BoolArray, Float32Array, Int64Array, Prediction
from audio_cnn.waveform import Source, decode, window_starts, windows
from audio_cnn.waveform.array import from_array

SILENCE_PEAK = 10 ** (-90 / 20)
WINDOWS_AT_ONCE = 8
NEGLIGIBLE_S = 0.1


class Classifier:
    """Names sounds with a model file. Safe to share between threads.

        classifier = Classifier()
        classifier.classify("dog.wav").best.label.name
        'dog'

    Args:
        model: name of a shipped model, or path of a model file.
        threads: cores that one call may use; 0 means all.
        limits: what a sound may be before decoding stops.

    Raises:
        ModelError: no such model, or a damaged file.
    """

    def __init__(
        self, model: str | Path = DEFAULT_MODEL, *, threads: int = 0, limits: AudioLimits | None = None
    ) -> None:
        self.path = find_model(model)
        self.limits = limits or AudioLimits()
        self._threads = threads
        self._scoring, self.info = open_session(self.path, threads=threads, outputs=[OUTPUT_SCORES])
        self._opening = Lock()
        self._showing: onnxruntime.InferenceSession | None = None

    def classify(self, source: Source | Float32Array, *, sample_rate_hz: int | None = None) -> Prediction:
        """Name one sound.

        ``source`` is a path, the bytes of a file, an open binary file, or mono samples [T], then
        at ``sample_rate_hz`` (the model's own rate if not given).

        Raises:
            AudioError: the sound cannot be read, is empty, or over a limit.
        """
        return self._hear([self._samples(source, sample_rate_hz)])[0]

    def classify_each(
        self, sources: Iterable[Source | Float32Array], *, sample_rate_hz: int | None = None
    ) -> Iterator[Prediction]:
        """Name many sounds, in order, several windows to a batch.

        Raises:
            AudioError: at the first sound that cannot be read.
        """
        waiting = iter(sources)
        while some := list(islice(waiting, WINDOWS_AT_ONCE)):
            yield from self._hear([self._samples(source, sample_rate_hz) for source in some])

    def classify_features(self, features: Float32Array) -> Float32Array:
        """Probabilities [N, K] for log-mels float32 [N, M, F] in 0..1 that were computed elsewhere."""
        return probabilities(self.score_features(features), self.info.temperature)

    def score_features(self, features: Float32Array) -> Float32Array:
        """Scores (before calibration and softmax) [N, K] for log-mels float32 [N, M, F] in 0..1.

        Raises:
            ModelError: the log-mels are not of the shape that this model was trained on.
        """
        wanted = empty_batch(INPUT_FEATURES, self.info).shape[1:]
        if features.shape[1:] != wanted:
            raise ModelError(f"the model takes log-mels {list(wanted)}, these are {list(features.shape[1:])}")
        batches = [
            self._score(INPUT_FEATURES, features[start : start + WINDOWS_AT_ONCE])
            for start in range(0, max(1, len(features)), WINDOWS_AT_ONCE)
        ]
        return np.concatenate(batches)

    def analyze(
        self,
        source: Source | Float32Array,
        *,
        sample_rate_hz: int | None = None,
        activations: Sequence[str] | None = None,
    ) -> Analysis:
        """Name one sound and keep what the network saw in the window that speaks most for the answer.

        ``activations`` lists the wanted ones by name; all of them if not given.

        Raises:
            AudioError: the sound cannot be read, is empty, or over a limit.
            ModelError: the model has no activation of that name.
        """
        names = self.info.activations if activations is None else tuple(activations)
        unknown = [name for name in names if name not in self.info.activations]
        if unknown:
            raise ModelError(f"no activation '{unknown[0]}'; there are: {', '.join(self.info.activations)}")
        samples = self._samples(source, sample_rate_hz)
        several = self._window_count(samples) > 1
        heard = self._hear([samples])[0] if several else None
        start, window = self._window(samples, self._deciding_window(samples, heard) if heard else 0)
        wanted = [OUTPUT_SCORES, OUTPUT_LOG_MEL, OUTPUT_RANGE_DB, *names]
        scores, log_mel, range_db, *maps = self._show(wanted, window[np.newaxis])
        if heard is None:
            answer = probabilities(scores, self.info.temperature)
            heard = self._predict(samples, answer, np.array([is_audible(window)]))
        return Analysis(
            prediction=heard,
            samples=window,
            log_mel=log_mel[0],
            range_db=(float(range_db[0, 0]), float(range_db[0, 1])),
            activations={name: values[0] for name, values in zip(names, maps, strict=True)},
            start_s=start / self.info.front_end.sample_rate_hz,
        )

    def _samples(self, source: Source | Float32Array, sample_rate_hz: int | None) -> Float32Array:
        rate = self.info.front_end.sample_rate_hz
        if isinstance(source, np.ndarray):
            return from_array(source, source_rate_hz=sample_rate_hz or rate, sample_rate_hz=rate)
        return decode(source, sample_rate_hz=rate, limits=self.limits).samples

    def _hear(self, sounds: Sequence[Float32Array]) -> list[Prediction]:
        """Predictions of sounds [T], their windows filling batches across them."""
        counts = [self._window_count(samples) for samples in sounds]
        rows = (self._window(samples, i)[1] for samples in sounds for i in range(self._window_count(samples)))
        scores, audible = [], []
        while batch := list(islice(rows, WINDOWS_AT_ONCE)):
            scores.append(self._score(INPUT_WAVEFORM, np.stack(batch)))
            audible += [is_audible(window) for window in batch]
        answers = probabilities(np.concatenate(scores), self.info.temperature)
        ends = np.cumsum(counts)
        return [
            self._predict(samples, answers[end - count : end], np.array(audible[end - count : end]))
            for samples, count, end in zip(sounds, counts, ends, strict=True)
        ]

    def _window_count(self, samples: Float32Array) -> int:
        """Windows a sound is heard in: overlapping by half, or both ways of filling up a short one."""
        front_end = self.info.front_end
        if len(samples) < front_end.window_samples:
            return 2 if front_end.fill == "both" else 1
        return len(self._starts(samples))

    def _window(self, samples: Float32Array, index: int) -> tuple[int, Float32Array]:
        """First sample and samples [T] of one of a sound's windows; no copy for a long sound."""
        front_end = self.info.front_end
        length = front_end.window_samples
        if len(samples) < length:
            filled = windows(samples, window_samples=length, hop_samples=length, fill=front_end.fill)
            return 0, filled[index]
        start = int(self._starts(samples)[index])
        return start, samples[start : start + length]

    def _deciding_window(self, samples: Float32Array, heard: Prediction) -> int:
        """The window with the highest probability of the answer; silent ones, which had no say, come last."""
        support = heard.window_probabilities[:, heard.best.label.index]
        audible = [is_audible(self._window(samples, i)[1]) for i in range(len(support))]
        return int(np.where(audible, support, -1).argmax())

    def _starts(self, samples: Float32Array) -> Int64Array:
        length, rate = self.info.front_end.window_samples, self.info.front_end.sample_rate_hz
        starts = window_starts(len(samples), window_samples=length, hop_samples=length // 2)
        # Codecs leave a few samples too many: not worth hearing the same window again.
        if len(starts) > 1 and starts[-1] - starts[-2] < NEGLIGIBLE_S * rate:
            starts = starts[:-1]
        return starts

    def _score(self, used_input: str, values: Float32Array) -> Float32Array:
        scores: Float32Array = self._scoring.run([OUTPUT_SCORES], self._feeds(used_input, values))[0]
        return scores

    def _show(self, outputs: Sequence[str], windows_given: Float32Array) -> list[Any]:
        """Any outputs, from a second session that is opened when first needed."""
        with self._opening:
            if self._showing is None:
                self._showing, _info = open_session(self.path, threads=self._threads)
        results: list[Any] = self._showing.run(list(outputs), self._feeds(INPUT_WAVEFORM, windows_given))
        return results

    def _feeds(self, used_input: str, values: Float32Array) -> dict[str, Float32Array]:
        unused = INPUT_FEATURES if used_input == INPUT_WAVEFORM else INPUT_WAVEFORM
        return {used_input: values, unused: empty_batch(unused, self.info)}

    def _predict(
        self, samples: Float32Array, window_probabilities: Float32Array, audible: BoolArray
    ) -> Prediction:
        return Prediction(
            labels=self.info.labels,
            probabilities=aggregate(window_probabilities, audible),
            window_probabilities=window_probabilities,
            duration_s=len(samples) / self.info.front_end.sample_rate_hz,
            silent=not audible.any(),
        )


def is_audible(window: Float32Array) -> bool:
    """Whether a window holds any sound."""
    return bool(np.abs(window).max() > SILENCE_PEAK)
