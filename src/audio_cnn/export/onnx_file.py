"""Finished network to model file."""

from __future__ import annotations

import gc
import json
import logging
import warnings
from collections.abc import Container, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from onnxscript.optimizer import fold_constants, remove_unused_nodes
from torch import Tensor

from audio_cnn.config import to_dict
from audio_cnn.export.graph import ModelGraph
from audio_cnn.labels import labels_for
from audio_cnn.network.finished import FinishedNetwork
from audio_cnn.network.registry import multiply_adds, parameter_count
from audio_cnn.prediction.model_file import (
    FORMAT,
    HALF,
    INPUT_FEATURES,
    INPUT_WAVEFORM,
    METADATA_KEY,
    NETWORK,
    Rejection,
)
from audio_cnn.spectrogram.mel_scale import band_edges_hz

OPSET = 18
FOLDED_VALUES = 64


def export_model(
    file: FinishedNetwork, path: Path, *, temperature: float = 1.0, rejection: Rejection | None = None
) -> None:
    """Write the model file: one ONNX graph with its description.

    The network's matrices are stored in 16 bits and widened when the file is loaded, so it answers as the
    network does once ``network.finished.round_to_16_bits`` has rounded it. From it the network can be rebuilt
    (``training.loading``).
    """
    names = tuple(file.network.activation_names)
    graph = ModelGraph(file.network, file.config.front_end, names).eval()
    with without_garbage_collection():
        model = to_onnx(graph)
    weights = {NETWORK + name: value for name, value in file.network.state_dict().items()}
    add_folded(model, weights)
    store_halved(model, weights)
    entry = model.metadata_props.add()
    entry.key, entry.value = METADATA_KEY, json.dumps(description(file, names, temperature, rejection))
    onnx.checker.check_model(model, full_check=True)
    path.write_bytes(model.SerializeToString())


@contextmanager
def without_garbage_collection() -> Iterator[None]:
    """Tracing makes millions of objects and keeps them: looking through them takes a sixth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def to_onnx(graph: ModelGraph) -> onnx.ModelProto:
    """Trace the graph with free batch sizes."""
    front_end = graph.log_mel.front_end
    # Two rows: a traced size of one would be taken for a constant.
    waveform = torch.zeros(2, front_end.window_samples)
    features = torch.zeros(2, front_end.mel_bands, front_end.frames)
    free = {0: torch.export.Dim.DYNAMIC}
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program: Any = torch.onnx.export(
            graph,
            (waveform, features),
            dynamo=True,
            optimize=False,
            verbose=False,
            opset_version=OPSET,
            input_names=[INPUT_WAVEFORM, INPUT_FEATURES],
            output_names=graph.output_names,
            dynamic_shapes=(free, free),
        )
    model: onnx.ModelProto = program.model_proto
    # Shapes and scalars are worked out here, but neither the Fourier bases (they would fill the file)
    # nor batch norms (ONNX Runtime folds them on loading; folded weights would be rounded twice).
    fold_constants(model, input_size_limit=FOLDED_VALUES)
    remove_unused_nodes(model)
    for node in model.graph.node:
        del node.metadata_props[:]  # stack traces of the exporting machine
    return model


def add_folded(model: onnx.ModelProto, weights: Mapping[str, Tensor]) -> None:
    """Put in those weights that the exporter has replaced by what it has worked out from them.

    The graph has no use for them; who rebuilds the network has.
    """
    known = {tensor.name for tensor in model.graph.initializer}
    model.graph.initializer.extend(
        numpy_helper.from_array(values.numpy(), name)
        for name, values in weights.items()
        if values.is_floating_point() and name not in known
    )


def store_halved(model: onnx.ModelProto, weights: Container[str]) -> None:
    """Store those matrices that are ``weights`` as float16, each followed by a cast that loading folds away.

    Constants that are no weights stay as they are.
    """
    casts = []
    for tensor in model.graph.initializer:
        if tensor.name not in weights or len(tensor.dims) < 2:
            continue
        name, values = tensor.name, numpy_helper.to_array(tensor)
        if values.dtype != np.float32:
            continue
        tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), name + HALF))
        casts.append(helper.make_node("Cast", [name + HALF], [name], to=TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)


def description(
    file: FinishedNetwork, activations: tuple[str, ...], temperature: float, rejection: Rejection | None
) -> dict[str, Any]:
    """What ``prediction.model_file.ModelInfo`` reads back."""
    front_end = file.config.front_end
    labels = labels_for(file.class_names, file.emoji)
    return {
        "format": FORMAT,
        "name": file.config.name,
        "family": file.config.network.family,
        "config": to_dict(file.config),
        "labels": [{"name": x.name, "category": x.category, "emoji": x.emoji} for x in labels],
        "front_end": to_dict(front_end),
        "band_hz": [round(float(hz), 3) for hz in band_edges_hz(front_end)[1:-1]],
        "activations": list(activations),
        "receptive_fields": file.network.receptive_fields,
        "temperature": temperature,
        "rejection": to_dict(rejection) if rejection else None,
        "kinds": list(file.network.kinds),
        "ruled_out": list(file.network.ruled_out),
        "evidence": True,
        "parameters": parameter_count(file.network),
        "multiply_adds": multiply_adds(file.network, front_end),
        "record": {key: value for key, value in file.record.items() if key != "history"},
    }
