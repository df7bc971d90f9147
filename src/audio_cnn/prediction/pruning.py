"""A model file without the outputs that nobody asked for.

An output has to be written out in a plain layout, and what feeds it cannot be fused with what follows,
so even an output that is never fetched costs time: all activations together some five percent. ONNX
Runtime cannot drop outputs, and the package that could is larger than everything else here together, so
this walks the few protobuf fields that matter.

Source: onnx.proto (ModelProto.graph = 7, GraphProto.output = 12, ValueInfoProto.name = 1) and the
protobuf encoding guide.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from audio_cnn.errors import ModelError

GRAPH, OUTPUT, NAME = 7, 12, 1
VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5


def with_outputs(model: bytes, kept: Collection[str]) -> bytes:
    """The same ONNX model with no other outputs than those named in ``kept``.

    Raises:
        ModelError: the bytes are no protobuf message.
    """
    parts = []
    for number, whole, content in fields(model):
        if number == GRAPH:
            graph = b"".join(
                one for field, one, value in fields(content) if field != OUTPUT or name_of(value) in kept
            )
            parts.append(varint(GRAPH << 3 | BYTES) + varint(len(graph)) + graph)
        else:
            parts.append(whole)
    return b"".join(parts)


def fields(message: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Number, whole bytes, and content of each field of a message."""
    at = 0
    while at < len(message):
        start = at
        key, at = read_varint(message, at)
        kind, size = key & 7, 0
        if kind == BYTES:
            size, at = read_varint(message, at)
        elif kind == VARINT:
            _value, after = read_varint(message, at)
            size = after - at
        elif kind in (FIXED64, FIXED32):
            size = 8 if kind == FIXED64 else 4
        else:
            raise ModelError("the model file is damaged: it is no protobuf message")
        if at + size > len(message):
            raise ModelError("the model file is damaged: it ends too soon")
        yield key >> 3, message[start : at + size], message[at : at + size]
        at += size


def name_of(value_info: bytes) -> str:
    """Name of a graph's input or output."""
    for number, _whole, content in fields(value_info):
        if number == NAME:
            return content.decode("utf-8", "replace")
    return ""


def read_varint(message: bytes, at: int) -> tuple[int, int]:
    """A number in base 128, least digit first, and where it ends."""
    value = shift = 0
    while at < len(message) and shift < 64:
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
    raise ModelError("the model file is damaged: it ends too soon")


def varint(value: int) -> bytes:
    """The reverse of ``read_varint``."""
    digits = bytearray()
    while value > 0x7F:
        digits.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*digits, value])
