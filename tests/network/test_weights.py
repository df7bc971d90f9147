"""Finished networks on disk."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from made_data import CLASSES, tiny_config

from audio_cnn.errors import CheckpointError
from audio_cnn.network.registry import build_network, parameter_count
from audio_cnn.network.weights import NetworkFile, load_network, save_network

RECORD = {"folds": [1, 2], "licence": "ours"}


@pytest.fixture
def finished() -> NetworkFile:
    """A network that has seen a batch, so that no tensor is at its default."""
    config = tiny_config("network.channels=[16, 64]")
    torch.manual_seed(0)
    network = build_network(config.network, config.front_end, len(CLASSES))
    network(torch.rand(4, 32, 63))
    return NetworkFile(network.eval(), config, CLASSES, RECORD, {"dog": "🦮"})


def test_what_comes_back_is_the_network_in_sixteen_bits(tmp_path: Path, finished: NetworkFile) -> None:
    path = tmp_path / "network.safetensors"
    save_network(path, finished)
    loaded = load_network(path)

    assert (loaded.config, loaded.class_names, loaded.record) == (finished.config, CLASSES, RECORD)
    assert loaded.emoji == {"dog": "🦮"}
    assert not loaded.network.training
    weights = loaded.network.state_dict()
    for name, tensor in finished.network.state_dict().items():
        expected = tensor.half().float() if tensor.ndim > 1 else tensor
        assert torch.equal(weights[name], expected), name
        assert weights[name].dtype == tensor.dtype


def test_saving_again_loses_nothing_more(tmp_path: Path, finished: NetworkFile) -> None:
    first, second = tmp_path / "first.safetensors", tmp_path / "second.safetensors"
    save_network(first, finished)
    save_network(second, load_network(first))

    again = load_network(second).network.state_dict()
    for name, tensor in load_network(first).network.state_dict().items():
        assert torch.equal(again[name], tensor), name


def test_the_file_is_half_the_size_of_the_weights(tmp_path: Path, finished: NetworkFile) -> None:
    path = tmp_path / "network.safetensors"
    save_network(path, finished)

    halved = parameter_count(finished.network) + sum(
        buffer.numel() for buffer in finished.network.familiarity.buffers()
    )
    assert path.stat().st_size == pytest.approx(2 * halved, rel=0.1)
    assert list(tmp_path.iterdir()) == [path]


def test_a_crash_while_writing_leaves_the_old_file(
    tmp_path: Path, finished: NetworkFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "network.safetensors"
    save_network(path, finished)
    before = path.read_bytes()

    def no_disk(*_arguments: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("os.fsync", no_disk)
    with pytest.raises(OSError, match="no space"):
        save_network(path, NetworkFile(finished.network, finished.config, ("x", "y", "z"), {}))

    assert path.read_bytes() == before


def damaged_header(data: bytes) -> bytes:
    """The same tensors, their description cut short."""
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    header["__metadata__"]["description"] = header["__metadata__"]["description"][:-9]
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data[8 + length :]


def without_a_tensor(data: bytes) -> bytes:
    """The same description, one tensor under another name."""
    return data.replace(b'"linear.bias"', b'"linear.bird"')


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-10],
        lambda data: data[:4],
        lambda data: b"",
        lambda data: b"RIFF" * 100,
        damaged_header,
        without_a_tensor,
    ],
    ids=["cut", "stub", "empty", "other", "description", "tensor"],
)
def test_a_damaged_file_is_one_clear_error(
    tmp_path: Path, finished: NetworkFile, damage: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / "network.safetensors"
    save_network(path, finished)
    path.write_bytes(damage(path.read_bytes()))

    with pytest.raises(CheckpointError, match=r"network\.safetensors"):
        load_network(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"none\.safetensors"):
        load_network(tmp_path / "none.safetensors")


def test_a_training_checkpoint_is_sent_to_export(trained_run: Path) -> None:
    with pytest.raises(CheckpointError, match="'audio-cnn export' makes one"):
        load_network(trained_run / "checkpoint.safetensors")
