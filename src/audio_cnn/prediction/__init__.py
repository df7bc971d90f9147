"""Model file and sound to prediction."""

from audio_cnn.prediction.classifier import Classifier
from audio_cnn.prediction.model_file import DEFAULT_MODEL, ModelInfo, find_model, shipped_models
from audio_cnn.prediction.records import Analysis, ClassScore, HeardWindow, Prediction, State
from audio_cnn.prediction.segments import Segment, Wanted, segments_of

__all__ = [
    "DEFAULT_MODEL",
    "Analysis",
    "ClassScore",
    "Classifier",
    "HeardWindow",
    "ModelInfo",
    "Prediction",
    "Segment",
    "State",
    "Wanted",
    "find_model",
    "segments_of",
    "shipped_models",
]
