"""Which strangeness is usual, and how fast scores fall beyond it, fitted on held-out clips."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from audio_cnn.evaluation.metrics import Float32Array

TYPICAL, USUAL = 0.5, 0.95
"""Shares of held-out clips that are typically strange at most, and usually."""

STEEPNESS = 3.0
"""What the divisor of the scores gains over the distance from the typical to the usual."""


@dataclass(frozen=True)
class Belief:
    """How strangeness lowers scores; see ``network.familiarity``.

    Attributes:
        usual: strangeness up to which scores stay as they are.
        doubt: what is added to their divisor for each unit of strangeness beyond.
    """

    usual: float
    doubt: float

    def lowered(self, scores: Float32Array, strangeness: Float32Array) -> Float32Array:
        """Scores [N, K] of sounds of strangeness [N], as the network will give them."""
        divisor = 1 + self.doubt * np.maximum(0, strangeness - self.usual)
        lower: Float32Array = (scores / divisor[:, None]).astype(np.float32)
        return lower


def fit_belief(strangeness: Float32Array) -> Belief:
    """From strangeness [N] of held-out clips.

    Scores are divided by 1 + ``STEEPNESS`` as far beyond the usual as that is beyond the typical.
    """
    typical, usual = np.quantile(strangeness, [TYPICAL, USUAL])
    return Belief(float(usual), float(STEEPNESS / max(usual - typical, 1e-6)))
