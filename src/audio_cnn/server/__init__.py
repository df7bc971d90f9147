"""The answer over HTTP.

Names are loaded when they are first used: a decoder needs neither the network nor the web framework.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from audio_cnn.server.app import create_app
    from audio_cnn.server.settings import ServerSettings

_HOME = {"ServerSettings": "audio_cnn.server.settings", "create_app": "audio_cnn.server.app"}

__all__ = ["ServerSettings", "create_app"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    return getattr(importlib.import_module(_HOME[name]), name)
