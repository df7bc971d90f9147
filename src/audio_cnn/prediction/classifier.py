"""The classifier: sound in, named classes out. NumPy and ONNX Runtime only."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import onnxruntime

from audio_cnn.config import AudioLimits
from audio_cnn.errors import AudioError, ConfigError, ModelError
from audio_cnn.prediction.aggregate import (
    aggregate,
    probabilities,
    silent_windows,
    strange_kinds,
    weights_of,
)
from audio_cnn.prediction.model_file import (
    DEFAULT_MODEL,
    INPUT_FEATURES,
    INPUT_WAVEFORM,
    OUTPUT_EVIDENCE,
    OUTPUT_LOG_MEL,
    OUTPUT_RANGE_DB,
    OUTPUT_SCORES,
    OUTPUT_STRANGENESS,
    empty_batch,
    find_model,
    open_session,
)
from audio_cnn.prediction.records import Analysis, Float32Array, Float64Array, Int64Array, Prediction
from audio_cnn.waveform import Source, decode, window_starts, windows
from audio_cnn.waveform.array import from_array
from audio_cnn.waveform.decoding import check_sample_rate

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
        self._threads = threads
        asked = [OUTPUT_SCORES, OUTPUT_STRANGENESS]
        self._scoring, self.info = open_session(self.path, threads=threads, outputs=asked)
        self._answers = asked if self.info.kinds else asked[:1]
        self._opening = Lock()
        self._showing: onnxruntime.InferenceSession | None = None

    def classify(self, source: Source | Float32Array, *, sample_rate_hz: int | None = None) -> Prediction:
        """Name one sound.

        ``source`` is a path, the bytes of a file, an open binary file, or mono samples [T], then
        at ``sample_rate_hz`` (the model's own rate if not given).

        Raises:
            AudioError: the sound cannot be read, is empty, or over a limit.
            ConfigError: a rate for a file, which tells its own, or one that is no whole number.
        """
        return self._hear([self._samples(source, sample_rate_hz)])[0]

    def classify_each(
        self, sources: Iterable[Source | Float32Array], *, sample_rate_hz: int | None = None
    ) -> Iterator[Prediction]:
        """Name many sounds, in order, several windows to a batch.

        Raises:
            AudioError: at the first sound that cannot be read, after the answers to those before it.
            TypeError: a single path, file or its bytes where many sounds are expected.
        """
        if isinstance(sources, (str, bytes, bytearray, memoryview, os.PathLike)) or hasattr(sources, "read"):
            raise TypeError(f"many sounds are expected, not one {type(sources).__name__}; see classify")
        return self._each(iter(sources), sample_rate_hz)

    def classify_features(self, features: np.ndarray) -> Float32Array:
        """Probabilities [N, K] for log-mels [N, M, F] made elsewhere: floats in 0..1, or uint8."""
        return probabilities(self.score_features(features), self.info.temperature)

    def score_features(self, features: np.ndarray) -> Float32Array:
        """Scores (before calibration and softmax) [N, K] for log-mels [N, M, F]: floats in 0..1, or uint8.

        Raises:
            ModelError: the log-mels are not of the shape that this model was trained on, or no numbers.
        """
        wanted = empty_batch(INPUT_FEATURES, self.info).shape[1:]
        if features.shape[1:] != wanted:
            raise ModelError(f"the model takes log-mels {list(wanted)}, these are {list(features.shape[1:])}")
        if not np.isfinite(features).all():
            raise ModelError("the log-mels hold values that are no numbers")
        batches = [
            self._run(INPUT_FEATURES, in_unit_range(features[start : start + WINDOWS_AT_ONCE]))[0]
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

        ``activations`` lists the wanted ones by name, or is one of them; all of them if not given.

        Raises:
            AudioError: the sound cannot be read, is empty, or over a limit.
            ModelError: the model has no activation of that name.
        """
        samples = self._samples(source, sample_rate_hz)
        heard = self._hear([samples])[0] if len(self.windows_of(samples)) > 1 else None
        return self.look_inside(samples, heard, activations=activations)

    def windows_of(self, samples: Float32Array) -> list[Float32Array]:
        """Windows [T] that mono samples at the model's rate are heard in; no copies of a long sound.

        Overlapping by half, or for a short sound the ways of filling it up.
        """
        length = self.info.front_end.window_samples
        if len(samples) < length:
            fill = self.info.front_end.fill
            return list(windows(samples, window_samples=length, hop_samples=length, fill=fill))
        return [samples[start : start + length] for start in self._starts(samples)]

    def score_windows(self, batch: Float32Array) -> Float32Array:
        """What is said of windows float32 [W, T], a row each, float32 [W, K + R].

        Probabilities of the K classes, and how strange it is in each of the model's R ``kinds``.
        """
        return self._answer(*self._run(INPUT_WAVEFORM, batch))

    def prediction(
        self, samples: Float32Array, cut: Sequence[Float32Array], answers: Float32Array
    ) -> Prediction:
        """What is said of a sound's windows, as ``windows_of`` and ``score_windows`` gave them, together."""
        window_probabilities, strangeness = np.split(answers, [len(self.info.labels)], axis=1)
        peaks = peaks_of(cut)
        silent = silent_windows(peaks)
        weights = self._weights(samples, peaks, window_probabilities)
        return Prediction(
            labels=self.info.labels,
            probabilities=aggregate(window_probabilities, weights),
            window_probabilities=window_probabilities,
            duration_s=len(samples) / self.info.front_end.sample_rate_hz,
            silent=bool(silent.all()),
            least_confidence=self.info.rejection.least_confidence if self.info.rejection else 0.0,
            window_starts_s=self._starts_s(samples)[: len(cut)],
            window_s=self.info.front_end.window_s,
            window_silent=silent,
            window_kinds=strange_kinds(strangeness, self.info.kinds),
        )

    def look_inside(
        self,
        samples: Float32Array,
        heard: Prediction | None = None,
        *,
        activations: Sequence[str] | None = None,
    ) -> Analysis:
        """What the network saw in the window of mono samples [T] that speaks most for the answer.

        ``heard`` is the prediction, if it is known; a sound of a single window gets it on the way.

        Raises:
            ModelError: the model has no activation of that name.
        """
        names = self._activation_names(activations)
        cut = self.windows_of(samples)
        index = self._deciding_window(samples, cut, heard) if heard else 0
        where = [OUTPUT_EVIDENCE] if self.info.evidence else []
        wanted = [OUTPUT_LOG_MEL, OUTPUT_RANGE_DB, *names, *where, *self._answers]
        values = self._show(wanted, INPUT_WAVEFORM, cut[index][np.newaxis])
        given = dict(zip(wanted, values, strict=True))
        if heard is None:
            heard = self.prediction(samples, cut[:1], self._answer(*(given[name] for name in self._answers)))
        range_db = given[OUTPUT_RANGE_DB][0]
        return Analysis(
            prediction=heard,
            samples=cut[index],
            log_mel=given[OUTPUT_LOG_MEL][0],
            range_db=(float(range_db[0]), float(range_db[1])),
            activations={name: given[name][0] for name in names},
            start_s=float(self._starts_s(samples)[index]),
            evidence=given[OUTPUT_EVIDENCE][0] if where else None,
        )

    def activation(self, log_mel: Float32Array, name: str) -> Float32Array:
        """One activation float32 [C, H, W] for a log-mel [M, F] that an analysis has shown.

        Raises:
            ModelError: the model has no activation of that name.
        """
        (wanted,) = self._activation_names([name])
        values: Float32Array = self._show([wanted], INPUT_FEATURES, log_mel[np.newaxis])[0][0]
        return values

    def _activation_names(self, names: Sequence[str] | None) -> tuple[str, ...]:
        known = self.info.activations
        wanted = known if names is None else (names,) if isinstance(names, str) else tuple(names)
        unknown = [name for name in wanted if name not in known]
        if unknown:
            raise ModelError(f"no activation '{unknown[0]}'; there are: {', '.join(known)}")
        return wanted

    def _samples(self, source: Source | Float32Array, sample_rate_hz: int | None) -> Float32Array:
        rate = self.info.front_end.sample_rate_hz
        if isinstance(source, np.ndarray):
            if sample_rate_hz is not None:
                if int(sample_rate_hz) != sample_rate_hz:
                    raise ConfigError(f"sample_rate_hz is a whole number, not {sample_rate_hz!r}")
                check_sample_rate(sample_rate_hz, self.limits)
            source_rate_hz = rate if sample_rate_hz is None else sample_rate_hz
            return from_array(source, source_rate_hz=source_rate_hz, sample_rate_hz=rate)
        if sample_rate_hz is not None:
            raise ConfigError("sample_rate_hz is for samples in an array; a file tells its own")
        return decode(source, sample_rate_hz=rate, limits=self.limits).samples

    def _each(
        self, sources: Iterator[Source | Float32Array], sample_rate_hz: int | None
    ) -> Iterator[Prediction]:
        while some := list(islice(sources, WINDOWS_AT_ONCE)):
            sounds: list[Float32Array] = []
            failure: AudioError | None = None
            for source in some:
                try:
                    sounds.append(self._samples(source, sample_rate_hz))
                except AudioError as error:
                    failure = error
                    break
            if sounds:
                yield from self._hear(sounds)
            if failure is not None:
                raise failure

    def _hear(self, sounds: Sequence[Float32Array]) -> list[Prediction]:
        """Predictions of sounds [T], their windows filling batches across them."""
        cuts = [self.windows_of(samples) for samples in sounds]
        rows = chain.from_iterable(cuts)
        batches = []
        while batch := list(islice(rows, WINDOWS_AT_ONCE)):
            batches.append(self.score_windows(np.stack(batch)))
        answers = np.concatenate(batches)
        ends = np.cumsum([len(cut) for cut in cuts])
        return [
            self.prediction(samples, cut, answers[end - len(cut) : end])
            for samples, cut, end in zip(sounds, cuts, ends, strict=True)
        ]

    def _weights(
        self, samples: Float32Array, peaks: Float32Array, window_probabilities: Float32Array
    ) -> Float32Array:
        """How much each window counts, float32 [W]."""
        short = len(samples) < self.info.front_end.window_samples
        return weights_of(window_probabilities, peaks, short=short)

    def _deciding_window(self, samples: Float32Array, cut: Sequence[Float32Array], heard: Prediction) -> int:
        """The window that the answer owes most to."""
        support = heard.window_probabilities[:, heard.best.label.index]
        weights = self._weights(samples, peaks_of(cut), heard.window_probabilities)
        return int((support * weights).argmax())

    def _starts(self, samples: Float32Array) -> Int64Array:
        front_end = self.info.front_end
        length = front_end.window_samples
        starts = window_starts(len(samples), window_samples=length, hop_samples=length // 2)
        return front_end.worth_hearing(starts)

    def _starts_s(self, samples: Float32Array) -> Float64Array:
        """Where each of ``windows_of`` begins: float64 [W], all from 0 for a short sound."""
        front_end = self.info.front_end
        if len(samples) < front_end.window_samples:
            return np.zeros(2 if front_end.fill == "both" else 1)
        starts_s: Float64Array = self._starts(samples) / front_end.sample_rate_hz
        return starts_s

    def _run(self, used_input: str, values: Float32Array) -> list[Float32Array]:
        """Scores [W, K] and, from models that tell kinds apart, strangeness [W, R]."""
        results: list[Float32Array] = self._scoring.run(self._answers, self._feeds(used_input, values))
        if not np.isfinite(results[0]).all():
            raise ModelError(f"the network in {self.path} gives scores that are no numbers; it is damaged")
        return results

    def _answer(self, scores: Float32Array, *strangeness: Float32Array) -> Float32Array:
        """One row a window, as ``score_windows`` gives them."""
        return np.concatenate([probabilities(scores, self.info.temperature), *strangeness], axis=1)

    def _show(self, outputs: Sequence[str], used_input: str, values: Float32Array) -> list[Any]:
        """Any outputs, from a second session that is opened when first needed."""
        with self._opening:
            if self._showing is None:
                self._showing, _info = open_session(self.path, threads=self._threads)
        results: list[Any] = self._showing.run(list(outputs), self._feeds(used_input, values))
        return results

    def _feeds(self, used_input: str, values: Float32Array) -> dict[str, Float32Array]:
        unused = INPUT_FEATURES if used_input == INPUT_WAVEFORM else INPUT_WAVEFORM
        return {used_input: values, unused: empty_batch(unused, self.info)}


def in_unit_range(features: np.ndarray) -> Float32Array:
    """Log-mels of any shape as float32 in 0..1; bytes, as feature files hold them, are shares of 255."""
    values = features.astype(np.float32, copy=False)
    return values / np.float32(255) if features.dtype == np.uint8 else values


def peaks_of(cut: Sequence[Float32Array]) -> Float32Array:
    """The largest magnitude of each window, float32 [W]."""
    return np.array([max(window.max(), -window.min()) for window in cut], dtype=np.float32)
