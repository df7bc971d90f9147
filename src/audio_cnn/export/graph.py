"""The graph that the model file holds, as one torch module."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from audio_cnn.config import FrontEnd
from audio_cnn.network.activations import recording
from audio_cnn.spectrogram.log_mel import LogMel


class ModelGraph(nn.Module):
    """Front end, network, and every activation under its own name.

    Inputs: waveform float32 [B, T] and log-mels float32 [B', M, F]; either batch may be empty.
    Outputs: scores [B + B', K], log-mel [B + B', M, F], range_db [B, 2], then the activations in
    the order of ``activation_names``.
    """

    def __init__(self, network: nn.Module, front_end: FrontEnd, activation_names: tuple[str, ...]) -> None:
        super().__init__()
        self.log_mel = LogMel(front_end)
        self.network = network
        self.activation_names = activation_names

    def forward(self, waveform: Tensor, features: Tensor) -> tuple[Tensor, ...]:
        heard, range_db = self.log_mel(waveform)
        log_mel = torch.cat([heard, features], dim=0)
        with recording(self.network, self.activation_names) as activations:
            scores = self.network(log_mel)
        # A stage's output is also its last block's; a copy gives each name a tensor of its own.
        named = [activations[name].clone() for name in self.activation_names]
        return scores, log_mel, range_db, *named
