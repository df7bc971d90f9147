"""One model that the server has, and how it listens."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from audio_cnn.errors import ModelError
from audio_cnn.prediction import Classifier
from audio_cnn.prediction.model_file import ModelInfo, find_model
from audio_cnn.server.settings import ServerSettings, own_cores
from audio_cnn.server.window_queue import WindowQueue


@dataclass(frozen=True)
class Listener:
    """A model: the classifier that answers for it, and the queue that all requests go through.

    Attributes:
        info: what the model says about itself, under the name by which it is asked for here.
    """

    classifier: Classifier
    queue: WindowQueue
    info: ModelInfo

    @classmethod
    def of(cls, model: str, name: str, settings: ServerSettings) -> Self:
        """The model of that name or in that file.

        Raises:
            ModelError: no such model, or a damaged file.
        """
        wide = Classifier(model, threads=settings.threads)
        narrow = [Classifier(model, threads=1) for _ in range(settings.threads or own_cores())]
        return cls(wide, WindowQueue(wide, narrow), replace(wide.info, name=name))

    def look_once(self) -> None:
        """Open and warm both of the classifier's sessions before the first request."""
        silence = np.zeros(self.info.front_end.window_samples, dtype=np.float32)
        self.classifier.classify(silence)
        self.classifier.analyze(silence)


def listeners(settings: ServerSettings) -> dict[str, Listener]:
    """Every model of the settings by its file's name without the suffix, the default one first.

    Raises:
        ModelError: no such model, a damaged file, or two files of one name.
    """
    found: dict[str, Listener] = {}
    for model in (settings.model, *settings.more_models):
        name = find_model(model).stem
        if name in found:
            raise ModelError(f"two models are called '{name}': {found[name].classifier.path} and {model}")
        found[name] = Listener.of(model, name, settings)
    return found
