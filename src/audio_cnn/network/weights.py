"""Weights on disk: safetensors files that rebuild their own network.

The header holds the recipe and the class names as JSON, so a file needs nothing beside it. The
big matrices of a finished network are kept in 16 bits, which halves the file; the model file made from
it holds the very same numbers.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from audio_cnn.config import Config, from_dict, to_dict
from audio_cnn.errors import CheckpointError, ConfigError
from audio_cnn.network.registry import build_network

FORMAT = "audio-cnn-network-1"


@dataclass(frozen=True)
class NetworkFile:
    """A finished network and what it is.

    Attributes:
        network: in evaluation mode, float32.
        record: how it was trained and measured; free form.
        emoji: class name -> pictograph, where it is not that of ``labels``.
    """

    network: nn.Module
    config: Config
    class_names: tuple[str, ...]
    record: dict[str, Any]
    emoji: dict[str, str] = field(default_factory=dict)


def save_network(path: Path, file: NetworkFile) -> None:
    """Write a finished network atomically."""
    tensors = {name: halved(tensor) for name, tensor in file.network.state_dict().items()}
    description = {
        "config": to_dict(file.config),
        "class_names": list(file.class_names),
        "record": file.record,
        "emoji": file.emoji,
    }
    write_tensors(path, tensors, {"format": FORMAT, "description": json.dumps(description)})


def load_network(path: Path) -> NetworkFile:
    """Rebuild a finished network.

    Raises:
        CheckpointError: missing, damaged, or of another kind.
    """
    tensors, metadata = read_tensors(path)
    if metadata.get("format") != FORMAT:
        raise CheckpointError(f"{path} is not a finished network; 'audio-cnn export' makes one from a run")
    try:
        description = json.loads(metadata["description"])
        config = from_dict(Config, description["config"])
        class_names = tuple(description["class_names"])
        network = build_network(config.network, config.front_end, len(class_names))
        network.load_state_dict(tensors)
        emoji = dict(description.get("emoji", {}))
        return NetworkFile(network.eval(), config, class_names, description["record"], emoji)
    except (ValueError, KeyError, TypeError, RuntimeError, ConfigError) as error:
        raise CheckpointError(f"{path} is damaged: {error}") from error


def halved(tensor: Tensor) -> Tensor:
    """Matrices and kernels in float16; vectors and counters as they are."""
    return tensor.half() if tensor.ndim > 1 else tensor


def write_tensors(path: Path, tensors: dict[str, Tensor], metadata: dict[str, str]) -> None:
    """Write a safetensors file beside its target, then rename: a crash leaves the old or the new one."""
    beside = path.with_name(path.name + ".part")
    try:
        save_file({k: v.detach().cpu().contiguous() for k, v in tensors.items()}, beside, metadata)
        with beside.open("rb+") as file:
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def read_tensors(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Tensors and metadata of a safetensors file.

    Raises:
        CheckpointError: missing or damaged.
    """
    try:
        with safe_open(path, framework="pt") as file:
            return {key: file.get_tensor(key) for key in file.keys()}, dict(file.metadata() or {})  # noqa: SIM118
    except (OSError, SafetensorError) as error:
        raise CheckpointError(f"cannot read the checkpoint {path}: {error}") from error
