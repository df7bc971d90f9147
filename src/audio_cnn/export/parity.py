"""The proof that the model file answers as the trained network does, and shows the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from audio_cnn.errors import ModelError
from audio_cnn.export.graph import ModelGraph
from audio_cnn.network.finished import FinishedNetwork
from audio_cnn.prediction.aggregate import probabilities
from audio_cnn.prediction.classifier import Classifier
from audio_cnn.prediction.model_file import (
    OUTPUT_EVIDENCE,
    OUTPUT_LOG_MEL,
    OUTPUT_RANGE_DB,
    OUTPUT_SCORES,
    OUTPUT_STRANGENESS,
)
from audio_cnn.prediction.records import Float32Array

TOLERANCE = 1e-4
SHOWN_TOLERANCE = 1e-3
"""Of what is looked at, relative to the largest of its channel."""
SHOWN_WINDOWS = 2


@torch.inference_mode()
def largest_difference(file: FinishedNetwork, model_path: Path, waveforms: Float32Array) -> float:
    """Largest difference in any probability between torch and the model file, for windows [B, T].

    Raises:
        ModelError: the file shows another log-mel, range, strangeness, evidence or activation.
    """
    classifier = Classifier(model_path)
    graph = ModelGraph(file.network, file.config.front_end, file.network.activation_names).eval()
    for window in waveforms[:SHOWN_WINDOWS]:
        _check_shown(graph, classifier, window)
    graph.activation_names = ()
    trained = probabilities(_given(graph, waveforms)[OUTPUT_SCORES], classifier.info.temperature)
    served = np.stack([classifier.classify(window).probabilities for window in waveforms])
    return float(np.abs(trained - served).max())


def _given(graph: ModelGraph, waveforms: Float32Array) -> dict[str, Float32Array]:
    """Every output of the graph in torch, by name."""
    front_end = graph.log_mel.front_end
    nothing = torch.zeros(0, front_end.mel_bands, front_end.frames)
    values = graph(torch.from_numpy(waveforms), nothing)
    return {name: value.numpy() for name, value in zip(graph.output_names, values, strict=True)}


def _check_shown(graph: ModelGraph, classifier: Classifier, window: Float32Array) -> None:
    trained = _given(graph, window[np.newaxis])
    for name, served in _shown(classifier, window).items():
        expected = trained[name][0]
        difference, scale = (
            values.reshape(len(values), -1).max(axis=1)
            for values in (np.abs(expected - served), np.abs(expected))
        )
        apart = float((difference / np.maximum(scale, 1)).max())
        if not apart <= SHOWN_TOLERANCE:  # which what is no number is not
            raise ModelError(f"'{name}' in {classifier.path} differs from the trained network by {apart:.1e}")


def _shown(classifier: Classifier, window: Float32Array) -> dict[str, Float32Array]:
    """What the model file gives beside scores, by the names of its outputs; a channel a row."""
    analysis = classifier.analyze(window)
    shown = {
        OUTPUT_LOG_MEL: analysis.log_mel,
        OUTPUT_RANGE_DB: np.array(analysis.range_db, dtype=np.float32),
        **analysis.activations,
    }
    if analysis.evidence is not None:
        shown[OUTPUT_EVIDENCE] = analysis.evidence
    if classifier.info.kinds:
        shown[OUTPUT_STRANGENESS] = classifier.answer_windows(window[np.newaxis])[
            0, len(classifier.info.labels) :
        ]
    return shown


def probe_windows(file: FinishedNetwork, count: int = 8) -> Float32Array:
    """Noises, tones and clicks to compare with, float32 [count, T], the same each time."""
    front_end = file.config.front_end
    generator = np.random.default_rng(0)
    time_s = np.arange(front_end.window_samples) / front_end.sample_rate_hz
    windows = []
    for i in range(count):
        noise = generator.standard_normal(len(time_s)) * 10 ** generator.uniform(-4, -1)
        tone = np.sin(2 * np.pi * generator.uniform(50, 8000) * time_s) * generator.uniform(0, 0.5)
        gate = np.sin(2 * np.pi * (i + 1) * time_s) > 0
        windows.append(noise + tone * gate)
    return np.stack(windows).astype(np.float32)
