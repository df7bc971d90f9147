"""Tensors on disk, and rounding them."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from audio_cnn.network.weights import read_tensors, round_to_16_bits, write_tensors


def test_matrices_are_rounded_and_vectors_are_not() -> None:
    network = nn.Sequential(nn.Linear(7, 5), nn.BatchNorm1d(5))
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}

    round_to_16_bits(network)

    for name, tensor in network.state_dict().items():
        expected = before[name].half().float() if name == "0.weight" else before[name]
        assert torch.equal(tensor, expected), name


def test_a_crash_while_writing_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "state.safetensors"
    write_tensors(path, {"x": torch.arange(3.0)}, {"format": "old"})

    def no_disk(*_arguments: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("os.fsync", no_disk)
    with pytest.raises(OSError, match="no space"):
        write_tensors(path, {"x": torch.zeros(3)}, {"format": "new"})

    tensors, metadata = read_tensors(path)
    assert tensors["x"].tolist() == [0, 1, 2]
    assert metadata == {"format": "old"}
    assert list(tmp_path.iterdir()) == [path]
