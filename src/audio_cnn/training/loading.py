"""The network of a model file, in PyTorch again: to be trained further, to teach, to be a member."""

from __future__ import annotations

import json
from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from audio_cnn.config import Config, from_dict
from audio_cnn.errors import CheckpointError, ConfigError, ModelError
from audio_cnn.labels import labels_for
from audio_cnn.network.finished import FinishedNetwork
from audio_cnn.network.registry import build_network
from audio_cnn.prediction.model_file import DAMAGED, HALF, METADATA_KEY, NETWORK, info_from_json


def load_network(path: Path) -> FinishedNetwork:
    """Rebuild the network of a model file: its weights are the graph's own.

    Raises:
        CheckpointError: missing, damaged, not a model file, or too old to tell how its network is built.
    """
    try:
        model = onnx.load_model(path)
    except OSError as error:
        raise CheckpointError(f"cannot read the model file {path}: {error.strerror}") from error
    except Exception as error:  # whatever the protobuf library of the day raises
        raise CheckpointError(f"{path} is no model file, or a damaged one: {error}") from error
    metadata = {entry.key: entry.value for entry in model.metadata_props}
    if METADATA_KEY not in metadata:
        raise CheckpointError(f"{path} is no model file that 'audio-cnn export' has made")
    try:
        info, description = info_from_json(metadata[METADATA_KEY]), json.loads(metadata[METADATA_KEY])
        config = from_dict(Config, description["config"])
        network = build_network(config.network, config.front_end, len(info.labels))
        fill(network, weights_of(model))
    except (ModelError, ConfigError, *DAMAGED, RuntimeError) as error:
        raise CheckpointError(f"{path} does not hold a whole network: {error}") from error
    names = tuple(label.name for label in info.labels)
    usual = labels_for(names)
    emoji = {a.name: a.emoji for a, b in zip(info.labels, usual, strict=True) if a.emoji != b.emoji}
    record = info.record if isinstance(info.record, dict) else {}
    return FinishedNetwork(network.eval(), config, names, record, emoji)


def weights_of(model: onnx.ModelProto) -> dict[str, Tensor]:
    """Name in the network -> its values, in as many bits as the file stores them in."""
    return {
        tensor.name.removeprefix(NETWORK).removesuffix(HALF): torch.tensor(numpy_helper.to_array(tensor))
        for tensor in model.graph.initializer
        if tensor.name.startswith(NETWORK)
    }


def fill(network: nn.Module, weights: dict[str, Tensor]) -> None:
    """Put the weights where they belong; what is no weight but follows from the shape is there already.

    Raises:
        ValueError: one is missing, or there is no place for one.
        RuntimeError: one is of another shape.
    """
    state = network.state_dict()
    learned = {name for name, tensor in state.items() if tensor.is_floating_point()}
    if missing := sorted(learned - weights.keys()):
        raise ValueError(f"no weights {missing[0]}")
    known = {*state, *dict(network.named_buffers())}  # those that follow from the shape are in the graph, too
    if surplus := sorted(weights.keys() - known):
        raise ValueError(f"no place for the weights {surplus[0]}")
    network.load_state_dict(state | {name: weights[name] for name in learned})
