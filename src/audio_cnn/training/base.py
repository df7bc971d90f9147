"""Finished networks that a training starts from, or is taught by."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from audio_cnn.config import Config, FrontEnd, NetworkConfig
from audio_cnn.errors import CheckpointError, ConfigError
from audio_cnn.network.finished import FinishedNetwork
from audio_cnn.prediction.model_file import DEFAULT_MODEL, shipped_models
from audio_cnn.training.checkpoint import finished_network
from audio_cnn.training.loading import load_network
from audio_cnn.training.loop import CHECKPOINT_NAME

ALIASES = {"esc50": DEFAULT_MODEL}


@dataclass(frozen=True)
class Base:
    """A finished network to train further, or to learn from.

    Attributes:
        digest: SHA-256 of the file it was read from.
    """

    file: FinishedNetwork
    digest: str

    @property
    def config(self) -> Config:
        """Its recipe; without ``familiarity`` where it has not learned what is strange."""
        familiarity = self.file.network.familiarity
        learned = familiarity is not None and familiarity.strangeness.learned
        return replace(self.file.config, network=replace(self.file.config.network, familiarity=learned))

    @property
    def origin(self) -> dict[str, Any]:
        """What the record of a network that was trained from this one says of it."""
        record = self.file.record
        stated = record.get("licence", "not stated")
        return {
            "fine_tuned_from": {
                "name": self.file.config.name,
                "sha256": self.digest,
                "classes": len(self.file.class_names),
                **{key: record[key] for key in ("data", "folds") if key in record},
            },
            "licence": f"{stated}; inherited from the network it was fine-tuned from",
            **{key: record[key] for key in ("citation",) if key in record},
        }


def find_base(name_or_path: str | Path) -> Base:
    """A shipped network by name (``esc50``: the default one), a model file, or a run folder.

    A text is a name first, a path is a name only where nothing is there.

    Raises:
        CheckpointError: nothing of this kind is there, or it is damaged.
    """
    shipped, path = shipped_models(), Path(name_or_path)
    name = ALIASES.get(str(name_or_path), str(name_or_path))
    if name in shipped and not (isinstance(name_or_path, Path) and path.exists()):
        path = shipped[name]
    if path.is_dir():
        path = path / CHECKPOINT_NAME
    if not path.is_file():
        names = ", ".join(sorted({*shipped, *ALIASES}))
        raise CheckpointError(f"no network '{name_or_path}': no file {path}, and not one of: {names}")
    checkpoint = path.suffix == Path(CHECKPOINT_NAME).suffix
    file = finished_network(path) if checkpoint else load_network(path)
    return Base(file, hashlib.sha256(path.read_bytes()).hexdigest())


def on_base(recipe: Config, base: Config) -> Config:
    """The recipe with front end and network of the base, which the weights only fit.

    Raises:
        ConfigError: the recipe asks for others.
    """
    if recipe.front_end not in (FrontEnd(), base.front_end):
        raise ConfigError("the front end is that of the network given with --from; leave out [front_end]")
    if recipe.network not in (NetworkConfig(), base.network):
        raise ConfigError("the network is the one given with --from; leave out [network]")
    return replace(recipe, front_end=base.front_end, network=base.network)
