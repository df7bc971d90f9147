"""The classifier: sound in, named classes out. NumPy and ONNX Runtime only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
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
from audio_cnn.prediction.records import Analysis, Float32Array, Prediction
from audio_cnn.waveform import Source, decode, window_starts, windows
from audio_cnn.waveform.array import from_array

SILENCE_PEAK = 10 ** (-90 / 20)
WINDOWS_AT_ONCE = 8


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
        self._session, self.info = open_session(self.path, threads=threads)
        self._only_needed = onnxruntime.RunOptions()
        self._only_needed.only_execute_path_to_fetches = True

    def classify(self, source: Source | Float32Array, *, sample_rate_hz: int | None = None) -> Prediction:
        """Name one sound.

        ``source`` is a path, the bytes of a file, an open binary file, or mono samples [T], then
        at ``sample_rate_hz`` (the model's own rate if not given).

        Raises:
            AudioError: the sound cannot be read, is empty, or over a limit.
        """
        samples = self._samples(source, sample_rate_hz)
        cut = self._windows(samples)
        return self._predict(len(samples), cut, self._scores(cut))

    def classify_each(
        self, sources: Iterable[Source | Float32Array], *, sample_rate_hz: int | None = None
    ) -> Iterator[Prediction]:
        """Name many sounds, in order, several windows to a batch.

        Raises:
            AudioError: at the first sound that cannot be read.
        """
        sounds: list[Float32Array] = []
        for source in sources:
            sounds.append(self._samples(source, sample_rate_hz))
            if len(sounds) == WINDOWS_AT_ONCE:
                yield from self._predict_batch(sounds)
                sounds = []
        if sounds:
            yield from self._predict_batch(sounds)

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
            self._run([OUTPUT_SCORES], INPUT_FEATURES, features[start : start + WINDOWS_AT_ONCE])[0]
            for start in range(0, len(features), WINDOWS_AT_ONCE)
        ]
        return np.concatenate(batches)

    def analyze(
        self,
        source: Source | Float32Array,
        *,
        sample_rate_hz: int | None = None,
        activations: Sequence[str] | None = None,
    ) -> Analysis:
        """Name one sound and keep what the network saw.

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
        cut = self._windows(samples)
        outputs = [OUTPUT_SCORES, OUTPUT_LOG_MEL, OUTPUT_RANGE_DB, *names]
        scores, log_mel, range_db, *maps = self._run(outputs, INPUT_WAVEFORM, cut)
        return Analysis(
            prediction=self._predict(len(samples), cut, scores),
            samples=cut,
            log_mel=log_mel,
            range_db=range_db,
            activations=dict(zip(names, maps, strict=True)),
            starts_s=self._starts_s(len(samples), len(cut)),
        )

    def _samples(self, source: Source | Float32Array, sample_rate_hz: int | None) -> Float32Array:
        rate = self.info.front_end.sample_rate_hz
        if isinstance(source, np.ndarray):
            return from_array(source, source_rate_hz=sample_rate_hz or rate, sample_rate_hz=rate)
        return decode(source, sample_rate_hz=rate, limits=self.limits).samples

    def _windows(self, samples: Float32Array) -> Float32Array:
        front_end = self.info.front_end
        return windows(
            samples,
            window_samples=front_end.window_samples,
            hop_samples=front_end.window_samples // 2,
            fill=front_end.fill,
        )

    def _starts_s(self, total_samples: int, windows_cut: int) -> tuple[float, ...]:
        length, rate = self.info.front_end.window_samples, self.info.front_end.sample_rate_hz
        if total_samples <= length:
            return (0.0,) * windows_cut
        starts = window_starts(total_samples, window_samples=length, hop_samples=length // 2)
        return tuple((starts / rate).tolist())

    def _scores(self, cut: Float32Array) -> Float32Array:
        batches = [
            self._run([OUTPUT_SCORES], INPUT_WAVEFORM, cut[start : start + WINDOWS_AT_ONCE])[0]
            for start in range(0, len(cut), WINDOWS_AT_ONCE)
        ]
        return batches[0] if len(batches) == 1 else np.concatenate(batches)

    def _run(self, outputs: Sequence[str], used_input: str, values: Float32Array) -> list[Any]:
        feeds = {name: empty_batch(name, self.info) for name in (INPUT_WAVEFORM, INPUT_FEATURES)}
        feeds[used_input] = values
        results: list[Any] = self._session.run(list(outputs), feeds, self._only_needed)
        return results

    def _predict_batch(self, sounds: Sequence[Float32Array]) -> Iterator[Prediction]:
        cut = [self._windows(samples) for samples in sounds]
        scores = self._scores(np.concatenate(cut))
        ends = np.cumsum([len(one) for one in cut])
        for samples, windows_cut, part in zip(sounds, cut, np.split(scores, ends[:-1]), strict=True):
            yield self._predict(len(samples), windows_cut, part)

    def _predict(self, total_samples: int, cut: Float32Array, scores: Float32Array) -> Prediction:
        """Prediction of one sound from its windows [W, T] and their scores [W, K]."""
        audible = np.abs(cut).max(axis=1) > SILENCE_PEAK
        return Prediction(
            labels=self.info.labels,
            probabilities=aggregate(probabilities(scores, self.info.temperature), audible),
            duration_s=total_samples / self.info.front_end.sample_rate_hz,
            windows=len(scores),
            silent=not audible.any(),
        )
