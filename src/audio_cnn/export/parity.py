"""The proof that the model file answers as the trained network does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from audio_cnn.export.graph import ModelGraph
from audio_cnn.network.weights import FinishedNetwork
from audio_cnn.prediction.aggregate import probabilities
from audio_cnn.prediction.classifier import Classifier
from audio_cnn.prediction.records import Float32Array

TOLERANCE = 1e-4


@torch.inference_mode()
def largest_difference(file: FinishedNetwork, model_path: Path, waveforms: Float32Array) -> float:
    """Largest difference in any probability between torch and the model file, for windows [B, T]."""
    classifier = Classifier(model_path)
    graph = ModelGraph(file.network, file.config.front_end, ()).eval()
    nothing = torch.zeros(0, file.config.front_end.mel_bands, file.config.front_end.frames)
    trained = graph(torch.from_numpy(waveforms), nothing)[0].numpy()
    trained = probabilities(trained, classifier.info.temperature)
    served = np.stack([classifier.classify(window).probabilities for window in waveforms])
    return float(np.abs(trained - served).max())


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
