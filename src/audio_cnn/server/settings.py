"""Everything about the server that can be set: environment variables, or a TOML file they name.

``AUDIO_CNN_MODEL=mine.onnx AUDIO_CNN_QUEUE=64 audio-cnn serve``; or the same names in lower case without the
prefix in a file that ``AUDIO_CNN_SETTINGS`` points to. The environment wins over the file.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any, Literal

from pydantic import Field
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from audio_cnn.config import AudioLimits
from audio_cnn.prediction.model_file import DEFAULT_MODEL, shipped_models

FILE_VARIABLE = "AUDIO_CNN_SETTINGS"


def own_cores() -> int:
    """Cores that this process may run on; a container's share of time does not show here."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def other_shipped_models(given: dict[str, Any]) -> list[str]:
    """What is offered beside the default model: the rest of what is shipped; nothing beside one's own."""
    model = given.get("model")
    return [name for name in shipped_models() if name != model] if model == DEFAULT_MODEL else []


class ServerSettings(BaseSettings):
    """Settings of ``audio-cnn serve`` and of ``create_app``."""

    model_config = SettingsConfigDict(env_prefix="AUDIO_CNN_", extra="forbid", allow_inf_nan=False)

    model: str = Field(default=DEFAULT_MODEL, description="Shipped model's name, or a model file.")
    more_models: list[str] = Field(
        default_factory=other_shipped_models,
        description='Further ones that a request may ask for, e.g. ["mine.onnx"].',
    )
    threads: int = Field(default=0, ge=0, description="Cores for the network; 0: all.")
    host: str = Field(
        default="127.0.0.1", min_length=1, description="Address to listen on; 0.0.0.0: every one."
    )
    port: int = Field(default=8000, ge=0, le=65535, description="Port to listen on; 0: any free one.")

    upload_bytes: int = Field(default=32 * 2**20, ge=1, description="Largest upload.")
    sound_s: float = Field(default=300.0, gt=0, description="Longest sound, counted while decoding.")
    channels: int = Field(default=16, ge=1, description="Most channels.")
    decoders: int = Field(default_factory=own_cores, ge=1, description="Processes that decode.")
    decode_s: float = Field(default=10.0, gt=0, description="A decoder that takes longer is ended.")
    decoder_bytes: int = Field(default=2 * 2**30, ge=2**28, description="Memory that a decoder may take.")

    queue: int = Field(default=32, ge=1, description="Requests under way; one more is turned away with 429.")
    queue_bytes: int = Field(default=256 * 2**20, ge=1, description="Uploads under way, all together.")
    streams: int = Field(
        default=8,
        ge=0,
        description="Sounds that go on, at a time (0: none); one more gets 429.",
    )
    deadline_s: float = Field(
        default=15.0, gt=0, description="A request that takes longer is given up with 504."
    )
    drain_s: float = Field(default=0.0, ge=0, description="Seconds of not being ready before a stop.")

    analyses: int = Field(default=64, ge=1, description="Analyses whose activations can be asked for.")
    analysis_s: float = Field(default=600.0, gt=0, description="How long each can be asked for.")

    cors_origins: list[str] = Field(
        default_factory=list, description='Pages elsewhere that may ask, e.g. ["https://example.org"].'
    )
    log_format: Literal["json", "text"] = Field(
        default="json", description="json or text; text on a terminal unless set."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="debug, info, warning or error."
    )

    @property
    def limits(self) -> AudioLimits:
        """What a sound may be."""
        return AudioLimits(bytes=self.upload_bytes, decoded_s=self.sound_s, channels=self.channels)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then the environment, then the file."""
        path = os.environ.get(FILE_VARIABLE)
        file = (TomlConfigSettingsSource(settings_cls, existing(path)),) if path else ()
        return (init_settings, env_settings, *file)


def existing(path: str) -> Path:
    """The file of that path, which pydantic would leave out in silence if it is not there.

    Raises:
        FileNotFoundError: it is not.
    """
    if not Path(path).is_file():
        raise FileNotFoundError(errno.ENOENT, f"{FILE_VARIABLE} names no file", path)
    return Path(path)
