"""The graph that the model file holds, as one torch module."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from audio_cnn.config import FrontEnd
from audio_cnn.network.activations import recording
from audio_cnn.network.base import Network
from audio_cnn.network.evidence import evidence
from audio_cnn.prediction.model_file import (
    OUTPUT_EVIDENCE,
    OUTPUT_LOG_MEL,
    OUTPUT_RANGE_DB,
    OUTPUT_SCORES,
    OUTPUT_STRANGENESS,
)
from audio_cnn.spectrogram.log_mel import LogMel


class ModelGraph(nn.Module):
    """Front end, network, and every activation under its own name.

    Inputs: waveform float32 [B, T] and log-mels float32 [B', M, F]; either batch may be empty.
    Outputs: scores [B + B', K], log-mel [B + B', M, F], range_db [B, 2], strangeness [B + B', R] if the
    network tells kinds of sounds of no class apart, evidence [B + B', K, H, W], then the activations in the
    order of ``activation_names``.
    """

    def __init__(self, network: Network, front_end: FrontEnd, activation_names: tuple[str, ...]) -> None:
        super().__init__()
        self.log_mel = LogMel(front_end)
        self.network = network
        self.activation_names = activation_names
        self.strangeness = ("familiarity.strangeness",) if network.kinds else ()

    @property
    def output_names(self) -> list[str]:
        """What the outputs are called in the model file."""
        strangeness = [OUTPUT_STRANGENESS] if self.strangeness else []
        outputs = OUTPUT_SCORES, OUTPUT_LOG_MEL, OUTPUT_RANGE_DB, *strangeness, OUTPUT_EVIDENCE
        return [*outputs, *self.activation_names]

    def forward(self, waveform: Tensor, features: Tensor) -> tuple[Tensor, ...]:
        heard, range_db = self.log_mel(waveform)
        log_mel = torch.cat([heard, features], dim=0)
        names = {*self.activation_names, *self.strangeness, *self.network.heads}
        with recording(self.network, names) as activations:
            scores = self.network(log_mel)
        where = evidence(self.network, [activations[name] for name in self.network.heads], log_mel)
        # A stage's output is also its last block's; a copy gives each name a tensor of its own.
        named = [activations[name].clone() for name in self.activation_names]
        return scores, log_mel, range_db, *self._beyond_the_usual(activations), where, *named

    def _beyond_the_usual(self, activations: Mapping[str, Tensor]) -> list[Tensor]:
        """Log-odds of each kind relative to what is usual."""
        familiarity = self.network.familiarity
        return [activations[name] - familiarity.usual for name in self.strangeness if familiarity]
