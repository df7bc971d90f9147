"""Checkpoints: all that training needs to go on as if nothing had happened.

A safetensors file: tensors by name, everything else as JSON in the header.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from torch import Tensor

from audio_cnn.config import Config, from_dict, to_dict
from audio_cnn.dataset.examples import Examples
from audio_cnn.errors import CheckpointError, ConfigError
from audio_cnn.network.finished import FinishedNetwork
from audio_cnn.network.registry import build_network
from audio_cnn.prediction.model_file import DAMAGED
from audio_cnn.training.state import TrainingState
from audio_cnn.training.tensors import read_tensors, write_tensors

FORMAT = "audio-cnn-training-1"
LATER = {"digest", "contents"}
"""What headers did not always say of the data."""
DATA_DIGEST = "data_sha256"
"""What a record calls the digest of the data that was learned from."""


def save_state(state: TrainingState, path: Path, *, config: Config, data: dict[str, Any]) -> None:
    """Write the whole training state atomically.

    ``data`` says what was trained on; ``load_state`` refuses to go on with something else.
    """
    tensors = {f"network.{k}": v for k, v in state.network.state_dict().items()}
    tensors |= {f"averaged.{k}": v for k, v in state.averaged.state_dict().items()}
    optimizer = state.optimizer.state_dict()
    for index, values in optimizer["state"].items():
        tensors |= {f"optimizer.{index}.{k}": v for k, v in values.items()}
    header = {
        "config": to_dict(config),
        "data": data,
        "epoch": state.epoch,
        "history": state.history,
        "param_groups": optimizer["param_groups"],
        "schedule": {k: v for k, v in state.schedule.state_dict().items() if _is_plain(v)},
    }
    write_tensors(path, tensors, {"format": FORMAT, "state": json.dumps(header)})


def load_state(state: TrainingState, path: Path, *, config: Config, data: dict[str, Any]) -> None:
    """Bring a fresh ``state`` to where the checkpoint was written.

    Settings that the checkpoint is too old to know had the effect of their defaults; one that is too old to
    hold digests of its data is taken at its word.

    Raises:
        CheckpointError: unreadable, of another kind, or of another configuration or data.
    """
    tensors, header = _read(path)
    for key, same in (
        ("config", _same_recipe(header["config"], config)),
        ("data", header["data"] == _as_known(data, header["data"])),
    ):
        if not same:
            raise CheckpointError(f"{path} was trained with other {key}; start anew in another --run folder")
    state.network.load_state_dict(_under("network.", tensors))
    state.averaged.load_state_dict(_under("averaged.", tensors))
    state.optimizer.load_state_dict(
        {"state": _optimizer_state(tensors), "param_groups": header["param_groups"]}
    )
    state.schedule.load_state_dict(header["schedule"])
    state.epoch = header["epoch"]
    state.history = header["history"]


def _as_known(data: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    """``data`` as a header of its time has it."""
    plain: dict[str, Any] = json.loads(json.dumps(data))
    return {key: value for key, value in plain.items() if key in known or key not in LATER}


def finished_network(path: Path) -> FinishedNetwork:
    """The averaged network of a training checkpoint, ready to be scored or exported.

    Raises:
        CheckpointError: unreadable, damaged, or not a training checkpoint.
    """
    tensors, header = _read(path)
    try:
        return _finished(tensors, header)
    except (ConfigError, *DAMAGED, RuntimeError) as error:
        raise CheckpointError(f"{path} does not hold a whole network: {error}") from error


def _finished(tensors: dict[str, Tensor], header: dict[str, Any]) -> FinishedNetwork:
    config = from_dict(Config, header["config"])
    class_names = tuple(header["data"]["class_names"])
    network = build_network(config.network, config.front_end, len(class_names))
    network.load_state_dict(_under("averaged.module.", tensors))
    data = header["data"]
    known = {DATA_DIGEST: data["digest"]} if "digest" in data else {}
    origin = data.get("origin") or {"folds": data["folds"], **known}
    record = {**origin, "epochs": header["epoch"], "history": header["history"]}
    if "teachers" in data:
        record["teachers"] = data["teachers"]
    return FinishedNetwork(network.eval(), config, class_names, record)


def of_other_data(file: FinishedNetwork, examples: Examples) -> bool:
    """Whether it has learned from other clips, classes or folds than these, of which folds then say nothing.

    False also where the record is too old to tell.
    """
    members = file.record.get("members")
    records = [file.record, *(members if isinstance(members, list) else ())]
    known = [one[DATA_DIGEST] for one in records if isinstance(one, dict) and DATA_DIGEST in one]
    return any(digest != examples.digest for digest in known)


def finished_epochs(path: Path) -> int:
    """Epochs that the checkpoint holds; 0 if there is none."""
    return int(_read(path)[1]["epoch"]) if path.exists() else 0


def _same_recipe(written: dict[str, Any], config: Config) -> bool:
    """True also where the checkpoint is older than a setting that is at its default."""
    try:
        return from_dict(Config, written) == config
    except ConfigError:
        return False


def _read(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    tensors, metadata = read_tensors(path)
    if metadata.get("format") != FORMAT:
        raise CheckpointError(f"{path} is not a training checkpoint")
    try:
        header: dict[str, Any] = json.loads(metadata["state"])
    except DAMAGED as error:
        raise CheckpointError(f"{path} is damaged: {error!r}") from error
    return tensors, header


def _under(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {key.removeprefix(prefix): value for key, value in tensors.items() if key.startswith(prefix)}


def _optimizer_state(tensors: dict[str, Tensor]) -> dict[int, dict[str, Tensor]]:
    state: dict[int, dict[str, Tensor]] = {}
    for key, value in _under("optimizer.", tensors).items():
        index, name = key.split(".", 1)
        state.setdefault(int(index), {})[name] = value
    return state


def _is_plain(value: object) -> bool:
    return isinstance(value, (bool, int, float, str, list)) or value is None
