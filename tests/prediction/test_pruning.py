"""Outputs dropped from a model file, everything else as it was."""

from __future__ import annotations

from pathlib import Path

import onnx
import pytest

from audio_cnn.errors import ModelError
from audio_cnn.prediction.pruning import fields, read_varint, varint, with_outputs


def test_only_the_kept_outputs_remain(model_path: Path) -> None:
    whole = onnx.load(model_path)
    pruned = onnx.load_model_from_string(with_outputs(model_path.read_bytes(), ["scores", "layer2"]))

    assert [output.name for output in pruned.graph.output] == ["scores", "layer2"]
    del whole.graph.output[:]
    del pruned.graph.output[:]
    assert pruned == whole


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
