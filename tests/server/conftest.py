"""A server with the tiny model, and sounds to send."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from made_data import class_sound, wav_bytes

from audio_cnn.server import ServerSettings, create_app


@pytest.fixture(scope="session")
def settings(model_path: Path) -> ServerSettings:
    """Small limits, so that tests can pass them."""
    return ServerSettings(
        model=str(model_path), threads=1, upload_bytes=2_000_000, sound_s=20, decoders=2, decode_s=5
    )


@pytest.fixture(scope="session")
def app(settings: ServerSettings) -> FastAPI:
    """The server's application."""
    return create_app(settings)


@pytest.fixture(scope="session")
def client(app: FastAPI) -> Iterator[TestClient]:
    """A client of the running application."""
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def dog() -> bytes:
    """A WAV file of one window."""
    return wav_bytes(class_sound("dog", seed=5))


@pytest.fixture
def long_dog() -> bytes:
    """A WAV file of several windows."""
    return wav_bytes(class_sound("dog", seed=6, seconds=3.3))
