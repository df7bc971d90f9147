"""Which distance is usual, and how fast scores fall beyond it, fitted on held-out clips."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from audio_cnn.evaluation.metrics import Float32Array

TYPICAL, USUAL = 0.5, 0.9
"""Shares of held-out clips that lie within the typical and within the usual distance."""


@dataclass(frozen=True)
class Belief:
    """How distances from the known classes lower scores; see ``network.familiarity``.

    Attributes:
        usual: distance up to which scores stay as they are.
        doubt: what is added to their divisor for each unit of distance beyond.
    """

    usual: float
    doubt: float

    def lowered(self, scores: Float32Array, distance: Float32Array) -> Float32Array:
        """Scores [N, K] of sounds at distances [N], as the network will give them."""
        divisor = 1 + self.doubt * np.maximum(0, distance - self.usual)
        lower: Float32Array = (scores / divisor[:, None]).astype(np.float32)
        return lower


def fit_belief(distance: Float32Array) -> Belief:
    """From distances [N] of held-out clips.

    Scores are halved as far beyond the usual distance as that is beyond the typical one.
    """
    typical, usual = np.quantile(distance, [TYPICAL, USUAL])
    return Belief(float(usual), float(1 / max(usual - typical, 1e-6)))
