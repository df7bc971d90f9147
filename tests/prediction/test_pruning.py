"""Outputs dropped from a model file, everything else as it was."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from made_data import RATE_HZ

from audio_cnn.errors import ModelError
from audio_cnn.prediction.model_file import empty_batch, open_session
from audio_cnn.prediction.pruning import fields, read_varint, varint, with_outputs


def test_only_the_kept_outputs_remain(model_path: Path) -> None:
    whole = onnx.load(model_path)
    pruned = onnx.load_model_from_string(with_outputs(model_path.read_bytes(), ["scores", "layer2"]))

    assert [output.name for output in pruned.graph.output] == ["scores", "layer2"]
    for graph in (whole.graph, pruned.graph):
        del graph.output[:]
        del graph.node[:]
    assert pruned == whole


@pytest.mark.parametrize("kept", [["scores"], ["layer1", "evidence"], ["log_mel"]])
def test_only_what_they_need_is_computed(model_path: Path, kept: list[str]) -> None:
    whole = list(onnx.load(model_path).graph.node)
    pruned = list(onnx.load_model_from_string(with_outputs(model_path.read_bytes(), kept)).graph.node)

    assert [node for node in whole if node in pruned] == pruned
    assert len(pruned) < len(whole)
    used = {*kept}.union(*(node.input for node in pruned))
    assert all(used.intersection(node.output) for node in pruned)


def test_what_is_left_answers_alike(model_path: Path) -> None:
    sounds = np.random.default_rng(0).standard_normal((2, RATE_HZ), dtype=np.float32)
    whole, info = open_session(model_path, threads=1)
    pruned, _info = open_session(model_path, threads=1, outputs=["scores", "strangeness"])
    feeds = {"waveform": sounds, "features": empty_batch("features", info)}

    for name in ("scores", "strangeness"):
        np.testing.assert_allclose(
            pruned.run([name], feeds)[0], whole.run([name], feeds)[0], atol=1e-4, rtol=1e-4
        )


@pytest.mark.parametrize("value", [0, 1, 127, 128, 300, 2**32, 2**63])
def test_numbers_survive(value: int) -> None:
    assert read_varint(varint(value), 0) == (value, len(varint(value)))


def test_every_kind_of_field_is_walked() -> None:
    message = b"\x08\x96\x01" + b"\x11" + bytes(8) + b"\x1a\x02hi" + b"\x25" + bytes(4)

    assert [(number, content) for number, _whole, content in fields(message)] == [
        (1, b"\x96\x01"),
        (2, bytes(8)),
        (3, b"hi"),
        (4, bytes(4)),
    ]
    assert b"".join(whole for _number, whole, _content in fields(message)) == message


@pytest.mark.parametrize("damaged", [b"\x3a\x7fshort", b"\xff\xff", b"hello", b"\x0b"])
def test_damage_is_named(damaged: bytes) -> None:
    with pytest.raises(ModelError, match="damaged"):
        with_outputs(damaged, ["scores"])
