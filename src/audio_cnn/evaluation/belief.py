"""Which distances are usual, and how fast scores fall beyond them, fitted on held-out clips."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from audio_cnn.evaluation.metrics import Float32Array

TYPICAL, USUAL = 0.5, 0.95
"""Shares of held-out clips that lie within the typical and within the usual distance."""


@dataclass(frozen=True)
class Belief:
    """How distances from the known classes lower scores; see ``network.familiarity``.

    Attributes:
        usual: for each of L layers, the distance up to which it has no doubt.
        doubt: what a unit of distance beyond counts; at 1 a layer doubts as much as it can.
    """

    usual: tuple[float, ...]
    doubt: tuple[float, ...]

    def lowered(self, scores: Float32Array, distance: Float32Array) -> Float32Array:
        """Scores [N, K] of sounds at distances [N, L], as the network will give them."""
        doubts = np.clip(np.array(self.doubt) * (distance - np.array(self.usual)), 0, 1)
        lower: Float32Array = (scores / (1 + doubts.mean(axis=1, keepdims=True))).astype(np.float32)
        return lower


def fit_belief(distance: Float32Array) -> Belief:
    """From distances [N, L] of held-out clips.

    A layer doubts as much as it can where the distance is as far beyond the usual one as that is beyond the
    typical one; where all layers do, scores are halved.
    """
    typical, usual = np.quantile(distance, [TYPICAL, USUAL], axis=0)
    doubt = 1 / np.maximum(usual - typical, 1e-6)
    return Belief(tuple(usual.tolist()), tuple(doubt.tolist()))
