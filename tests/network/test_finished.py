"""A network that is not trained any more."""

from __future__ import annotations

import torch
from torch import nn

from audio_cnn.network.finished import round_to_16_bits


def test_matrices_are_rounded_and_vectors_are_not() -> None:
    network = nn.Sequential(nn.Linear(7, 5), nn.BatchNorm1d(5))
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}

    round_to_16_bits(network)

    for name, tensor in network.state_dict().items():
        expected = before[name].half().float() if name == "0.weight" else before[name]
        assert torch.equal(tensor, expected), name
