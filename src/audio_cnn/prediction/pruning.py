"""A model file without the outputs that nobody asked for, and without what only they need.

An output has to be written out in a plain layout, and what feeds it cannot be fused with what follows,
so even an output that is never fetched costs time, and ONNX Runtime also computes what nothing needs: all of
it together some ten percent. The runtime cannot drop outputs, and the package that could is larger than
everything else here together, so this walks the few protobuf fields that matter.

Source: onnx.proto (ModelProto.graph = 7, GraphProto.node = 1, GraphProto.output = 12, NodeProto.input = 1,
NodeProto.output = 2, ValueInfoProto.name = 1; nodes are sorted, each behind those that feed it) and the
protobuf encoding guide.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from audio_cnn.errors import ModelError

GRAPH, NODE, OUTPUT, NAME = 7, 1, 12, 1
NODE_INPUT, NODE_OUTPUT = 1, 2
VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5


def with_outputs(model: bytes, kept: Collection[str]) -> bytes:
    """The same ONNX model with no outputs but those named in ``kept``, and no nodes but those that they need.

    Raises:
        ModelError: the bytes are no protobuf message.
    """
    parts = []
    for number, whole, content in fields(model):
        if number == GRAPH:
            graph = b"".join(pruned(list(fields(content)), kept))
            parts.append(varint(GRAPH << 3 | BYTES) + varint(len(graph)) + graph)
        else:
            parts.append(whole)
    return b"".join(parts)


def pruned(graph: Sequence[tuple[int, bytes, bytes]], kept: Collection[str]) -> list[bytes]:
    """The fields of a graph without sub-graphs that the outputs named in ``kept`` need."""
    needed, parts = {name.encode() for name in kept}, []
    for number, whole, content in reversed(graph):
        if number == OUTPUT and name_of(content) not in kept:
            continue
        if number == NODE:
            names = [(field, name) for field, _whole, name in fields(content)]
            if needed.isdisjoint(name for field, name in names if field == NODE_OUTPUT):
                continue
            needed.update(name for field, name in names if field == NODE_INPUT)
        parts.append(whole)
    return parts[::-1]


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
