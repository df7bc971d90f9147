"""The classifier: sound in, named classes out. NumPy and ONNX Runtime only."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from numbers import Real
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from onnxruntime import InferenceSession

from audio_cnn.config import AudioLimits
from audio_cnn.errors import ConfigError, ModelError
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
from audio_cnn.prediction.records import Analysis, Float32Array, Float64Array, Prediction
from audio_cnn.prediction.stretches import Stretches, peak_of
from audio_cnn.waveform import Source, decode, window_starts, windows_of
from audio_cnn.waveform.array import from_array
from audio_cnn.waveform.decoding import check_sample_rate, decode_into

LOG_MELS_AT_ONCE = 8

MANY_WINDOWS = 8
"""So many are worth the threads of a pool."""


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
        self._pool: Executor | None = None
        self._opening = Lock()
        self._showing: InferenceSession | None = None

    def spread(self, pool: Executor) -> None:
        """Hear long sounds in the threads of a pool, each of which takes a window at a time."""
        self._pool = pool

    def classify(self, source: Source | Float32Array, *, sample_rate_hz: int | None = None) -> Prediction:
        """Name one sound.

        ``source`` is a path, the bytes of a file, an open binary file, or mono samples [T], then
        at ``sample_rate_hz`` (the model's own rate if not given).

        Raises:
            AudioError: the sound cannot be read, is empty, or over a limit.
            ConfigError: a rate for a file, which tells its own, or one that is no whole number.
        """
        if isinstance(source, np.ndarray) or sample_rate_hz is not None:
            samples = self._samples(source, sample_rate_hz)
            return self._heard(samples, self.windows_of(samples))
        rate_hz = self.info.front_end.sample_rate_hz
        sound = decode_into(self._stretches, source, sample_rate_hz=rate_hz, limits=self.limits).sink
        answers, peaks = sound.finish()
        return self.prediction(sound.size, peaks, answers)

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
            self._run(INPUT_FEATURES, in_unit_range(features[start : start + LOG_MELS_AT_ONCE]))[0]
            for start in range(0, max(1, len(features)), LOG_MELS_AT_ONCE)
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
        return self.look_inside(self._samples(source, sample_rate_hz), activations=activations)

    def windows_of(self, samples: Float32Array) -> list[Float32Array]:
        """Windows [T] that mono samples at the model's rate are heard in; no copies of a long sound.

        Overlapping by half, or for a short sound the ways of filling it up.
        """
        return windows_of(samples, self.info.front_end)

    def answer_windows(self, batch: Float32Array) -> Float32Array:
        """What is said of windows float32 [W, T], a row each, float32 [W, K + R].

        Probabilities of the K classes, and how strange it is in each of the model's R ``kinds``.
        """
        return self._answer(*self._run(INPUT_WAVEFORM, batch))

    def prediction(self, total_samples: int, peaks: Float32Array, answers: Float32Array) -> Prediction:
        """What is said of a sound by its windows together.

        Args:
            total_samples: length of the sound.
            peaks: float32 [W], the largest magnitude in each of its windows, see ``windows_of``.
            answers: float32 [W, K + R], what ``answer_windows`` says of them.
        """
        window_probabilities, strangeness = np.split(answers, [len(self.info.labels)], axis=1)
        silent = silent_windows(peaks)
        weights = self._weights(total_samples, peaks, window_probabilities)
        return Prediction(
            labels=self.info.labels,
            probabilities=aggregate(window_probabilities, weights),
            window_probabilities=window_probabilities,
            duration_s=total_samples / self.info.front_end.sample_rate_hz,
            silent=bool(silent.all()),
            least_confidence=self.info.rejection.least_confidence if self.info.rejection else 0.0,
            window_starts_s=self._starts_s(total_samples, len(peaks)),
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

        ``heard`` is the prediction, if it is known.

        Raises:
            ModelError: the model has no activation of that name.
        """
        names = self._activation_names(activations)
        cut = self.windows_of(samples)
        if heard is None and len(cut) > 1:
            heard = self._heard(samples, cut)
        index = self._deciding_window(samples, cut, heard) if heard else 0
        where = [OUTPUT_EVIDENCE] if self.info.evidence else []
        wanted = [OUTPUT_LOG_MEL, OUTPUT_RANGE_DB, *names, *where, *self._answers]
        values = self._show(wanted, INPUT_WAVEFORM, cut[index][np.newaxis])
        given = dict(zip(wanted, values, strict=True))
        if heard is None:  # of a single window, whose answer comes on the way
            answers = self._answer(*(given[name] for name in self._answers))
            heard = self.prediction(len(samples), peaks_of(cut), answers)
        range_db = given[OUTPUT_RANGE_DB][0]
        return Analysis(
            prediction=heard,
            samples=cut[index],
            log_mel=given[OUTPUT_LOG_MEL][0],
            range_db=(float(range_db[0]), float(range_db[1])),
            activations={name: given[name][0] for name in names},
            start_s=float(self._starts_s(len(samples), len(cut))[index]),
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
                if not (isinstance(sample_rate_hz, Real) and float(sample_rate_hz).is_integer()):
                    raise ConfigError(f"sample_rate_hz is a whole number, not {sample_rate_hz!r}")
                check_sample_rate(sample_rate_hz, self.limits)
            source_rate_hz = rate if sample_rate_hz is None else sample_rate_hz
            return from_array(source, source_rate_hz=source_rate_hz, sample_rate_hz=rate)
        if sample_rate_hz is not None:
            raise ConfigError("sample_rate_hz is for samples in an array; a file tells its own")
        return decode(source, sample_rate_hz=rate, limits=self.limits).samples

    def _heard(self, samples: Float32Array, cut: Sequence[Float32Array]) -> Prediction:
        return self.prediction(len(samples), peaks_of(cut), self._answer_each(cut))

    def _answer_each(self, cut: Sequence[Float32Array]) -> Float32Array:
        """What is said of windows [T], float32 [W, K + R]: one a call, which takes less time than several."""
        spread = self._pool.map if self._pool and len(cut) >= MANY_WINDOWS else map
        return np.concatenate(list(spread(self.answer_windows, (window[np.newaxis] for window in cut))))

    def _stretches(self, source_rate_hz: int) -> Stretches:
        return Stretches(self._answer_each, self.info.front_end, source_rate_hz)

    def _weights(
        self, total_samples: int, peaks: Float32Array, window_probabilities: Float32Array
    ) -> Float32Array:
        """How much each window counts, float32 [W]."""
        short = total_samples < self.info.front_end.window_samples
        return weights_of(window_probabilities, peaks, short=short)

    def _deciding_window(self, samples: Float32Array, cut: Sequence[Float32Array], heard: Prediction) -> int:
        """The window that the answer owes most to."""
        support = heard.window_probabilities[:, heard.best.label.index]
        weights = self._weights(len(samples), peaks_of(cut), heard.window_probabilities)
        return int((support * weights).argmax())

    def _starts_s(self, total_samples: int, windows: int) -> Float64Array:
        """Where each of so many windows of a sound begins: float64 [W], all from 0 for a short sound."""
        front_end = self.info.front_end
        if total_samples < front_end.window_samples:
            return np.zeros(windows)
        starts_s: Float64Array = window_starts(total_samples, front_end) / front_end.sample_rate_hz
        return starts_s

    def _run(self, used_input: str, values: Float32Array) -> list[Float32Array]:
        """Scores [W, K] and, from models that tell kinds apart, strangeness [W, R]."""
        results: list[Float32Array] = self._outputs(self._scoring, self._answers, used_input, values)
        if not np.isfinite(results[0]).all():
            raise ModelError(f"the network in {self.path} gives scores that are no numbers; it is damaged")
        return results

    def _answer(self, scores: Float32Array, *strangeness: Float32Array) -> Float32Array:
        """One row a window, as ``answer_windows`` gives them."""
        return np.concatenate([probabilities(scores, self.info.temperature), *strangeness], axis=1)

    def _show(self, outputs: Sequence[str], used_input: str, values: Float32Array) -> list[Any]:
        """Any outputs, from a second session that is opened when first needed."""
        with self._opening:
            if self._showing is None:
                self._showing, _info = open_session(self.path, threads=self._threads)
        return self._outputs(self._showing, outputs, used_input, values)

    def _outputs(
        self, session: InferenceSession, names: Sequence[str], used_input: str, values: Float32Array
    ) -> list[Any]:
        unused = INPUT_FEATURES if used_input == INPUT_WAVEFORM else INPUT_WAVEFORM
        feeds = {used_input: values, unused: empty_batch(unused, self.info)}
        try:
            results: list[Any] = session.run(list(names), feeds)
        except Exception as error:  # ONNX Runtime raises a family of its own that has no common base
            raise ModelError(f"the network in {self.path} cannot be run: {error}") from error
        return results


def in_unit_range(features: np.ndarray) -> Float32Array:
    """Log-mels of any shape as float32 in 0..1; bytes, as feature files hold them, are shares of 255."""
    values = features.astype(np.float32, copy=False)
    return values / np.float32(255) if features.dtype == np.uint8 else values


def peaks_of(cut: Sequence[Float32Array]) -> Float32Array:
    """The largest magnitude of each window, float32 [W]."""
    return np.array([peak_of(window) for window in cut], np.float32)
