"""Running the server until it is told to stop: what is under way is answered first."""

from __future__ import annotations

import logging
import math
import os
import signal
import socket
import threading
from collections.abc import Callable
from types import FrameType

import uvicorn
from fastapi import FastAPI

from audio_cnn.errors import ConfigError
from audio_cnn.memory import keep_freed_memory
from audio_cnn.server.app import create_app
from audio_cnn.server.connection import BoundedHttp
from audio_cnn.server.hearing import Hearing, longest_stay_s
from audio_cnn.server.live import MOST_MESSAGE_BYTES
from audio_cnn.server.logs import log_config
from audio_cnn.server.settings import ServerSettings

BACKLOG = 2048
KEEP_ALIVE_S = 30
log = logging.getLogger("audio_cnn.server")


class DrainingServer(uvicorn.Server):
    """On the first signal it stops being ready, for ``drain_s`` still takes requests, then stops.

    A second signal stops it at once.
    """

    def __init__(self, config: uvicorn.Config, hearing: Hearing, when_ready: Callable[[], object]) -> None:
        super().__init__(config)
        self._hearing = hearing
        self._when_ready = when_ready
        self._draining = False

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to take requests, and say so."""
        await super().startup(sockets)
        if not self.should_exit:
            self._when_ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Called by uvicorn for SIGINT and SIGTERM."""
        self._hearing.ready = False
        drain_s = self._hearing.settings.drain_s
        if self._draining or not drain_s:
            super().handle_exit(sig, frame)
            return
        self._draining = True
        timer = threading.Timer(drain_s, super().handle_exit, (sig, None))
        timer.daemon = True
        timer.start()


def serve(settings: ServerSettings, *, when_ready: Callable[[str], object] | None = None) -> None:
    """Listen at ``settings.host`` and ``settings.port`` until SIGINT or SIGTERM.

    Args:
        when_ready: called with the address for a browser once requests are taken.

    Raises:
        ConfigError: it cannot listen there.
        ModelError: no such model, or a damaged file.
    """
    keep_freed_memory()
    with listening(settings.host, settings.port) as opened:
        where = address(opened)
        app = create_app(settings)
        config = speaking(app, settings)

        def ready() -> None:
            log.info("ready at %s", where)
            if when_ready:
                when_ready(where)

        # uvicorn raises the signal that stopped it once more when all is done; a stop is no failure.
        signal.signal(signal.SIGTERM, lambda *_: None)
        DrainingServer(config, app.state.hearing, ready).run([opened])


def speaking(app: FastAPI, settings: ServerSettings) -> uvicorn.Config:
    """How uvicorn speaks for the app."""
    return uvicorn.Config(
        app,
        http=BoundedHttp,
        ws="websockets-sansio",
        ws_max_size=4 * MOST_MESSAGE_BYTES,  # what is no longer than that is refused with a reason
        ws_ping_interval=None,  # an answer would wait behind the sound; patience finds who has gone
        ws_per_message_deflate=False,
        log_config=log_config(settings),
        access_log=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=math.ceil(longest_stay_s(settings)) + 1,
        server_header=False,
    )


def listening(host: str, port: int) -> socket.socket:
    """A socket that connections already queue at.

    Raises:
        ConfigError: the address is taken, not ours, or no address.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        # The socket's own words repeat the address; a name that nobody knows has no number.
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
        raise ConfigError(f"cannot listen at {host}:{port}: {reason}") from error


def address(opened: socket.socket) -> str:
    """Where a browser on this machine finds it."""
    host, port = opened.getsockname()[:2]
    host = "localhost" if host in ("0.0.0.0", "::") else host  # noqa: S104 - compared, not bound
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
