"""The recipes that are used where none is given; ``configs/`` holds the same files."""

from __future__ import annotations

from importlib import resources

from audio_cnn.config import Config, load

FROM_SCRATCH = "compact.toml"
FURTHER = "finetune.toml"


def packaged(name: str) -> Config:
    """One of the two: for a network that knows nothing, or for one that is trained further."""
    with resources.as_file(resources.files("audio_cnn.training") / name) as path:
        return load(path)
