"""Audio-CNN: hear a sound, name it, see why.

    from audio_cnn import Classifier
    Classifier().classify("dog.wav").best.label.name

Importing this package does nothing else: names are loaded when they are first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from audio_cnn.config import AudioLimits
    from audio_cnn.errors import AudioCnnError, AudioError, ModelError
    from audio_cnn.prediction import Analysis, Classifier, ClassScore, Prediction

__version__ = "0.1.0"

_HOME = {
    "Analysis": "audio_cnn.prediction",
    "AudioCnnError": "audio_cnn.errors",
    "AudioError": "audio_cnn.errors",
    "AudioLimits": "audio_cnn.config",
    "ClassScore": "audio_cnn.prediction",
    "Classifier": "audio_cnn.prediction",
    "ModelError": "audio_cnn.errors",
    "Prediction": "audio_cnn.prediction",
}

__all__ = [
    "Analysis",
    "AudioCnnError",
    "AudioError",
    "AudioLimits",
    "ClassScore",
    "Classifier",
    "ModelError",
    "Prediction",
    "__version__",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'audio_cnn' has no attribute '{name}'")
    return getattr(importlib.import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
