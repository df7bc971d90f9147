"""The answer over HTTP."""

from audio_cnn.server.app import create_app
from audio_cnn.server.settings import ServerSettings

__all__ = ["ServerSettings", "create_app"]
