"""Tensors on disk."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from audio_cnn.training.tensors import read_tensors, write_tensors


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
