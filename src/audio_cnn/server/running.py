"""Running the server until it is told to stop: what is under way is answered first."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from types import FrameType

import uvicorn

from audio_cnn.server.app import create_app
from audio_cnn.server.hearing import Hearing
from audio_cnn.server.logs import log_config
from audio_cnn.server.settings import ServerSettings

KEEP_ALIVE_S = 30


class DrainingServer(uvicorn.Server):
    """On the first signal it stops being ready, for ``drain_s`` still takes requests, then stops.

    A second signal stops it at once.
    """

    def __init__(
        self, config: uvicorn.Config, hearing: Hearing, when_ready: Callable[[str], object] | None
    ) -> None:
        super().__init__(config)
        self._hearing = hearing
        self._when_ready = when_ready
        self._draining = False

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen, and say where."""
        await super().startup(sockets)
        if self._when_ready and not self.should_exit:
            self._when_ready(address(self))

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


def address(server: uvicorn.Server) -> str:
    """Where a browser on this machine finds it."""
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    host = "localhost" if host in ("0.0.0.0", "::") else host  # noqa: S104 - compared, not bound
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def serve(settings: ServerSettings, *, when_ready: Callable[[str], object] | None = None) -> None:
    """Listen at ``settings.host`` and ``settings.port`` until SIGINT or SIGTERM.

    Args:
        when_ready: called with the address once it listens.

    Raises:
        ModelError: no such model, or a damaged file.
    """
    app = create_app(settings)
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=log_config(settings),
        access_log=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=int(settings.deadline_s) + 1,
        server_header=False,
    )
    DrainingServer(config, app.state.hearing, when_ready).run()
