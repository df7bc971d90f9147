"""Around every request and WebSocket: an id, a line in the log, and a count."""

from __future__ import annotations

import logging
import re
import secrets
from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from audio_cnn.server.metrics import Metrics

HEADER = b"x-request-id"
FIRST_MESSAGES = {
    "http": ["http.response.start"],
    "websocket": ["websocket.accept", "websocket.http.response.start"],
}
SWITCHED = 101
LEFT = "left"
"""In place of a closing code, of a client that has gone without a word from the server."""

ACCEPTED_ID = re.compile(rb"[\w.-]{1,64}")
log = logging.getLogger("audio_cnn.server")


class Watching:
    """ASGI middleware: gives each an id (or keeps the client's), logs and counts its answer."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in FIRST_MESSAGES:
            await self._app(scope, receive, send)
            return
        given = dict(scope["headers"]).get(HEADER, b"")
        request_id = given if ACCEPTED_ID.fullmatch(given) else secrets.token_hex(8).encode()
        scope.setdefault("state", {})["request_id"] = request_id.decode()
        started, status, closed = perf_counter(), 500, LEFT

        async def send_with_id(message: Message) -> None:
            nonlocal status, closed
            if message["type"] in FIRST_MESSAGES[scope["type"]]:
                status = message.get("status", SWITCHED)
                headers = (HEADER, request_id), (b"x-content-type-options", b"nosniff")
                message.setdefault("headers", []).extend(headers)
            elif message["type"] == "websocket.close":
                closed = str(message["code"])
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        finally:
            self._record(scope, status, closed, perf_counter() - started)

    def _record(self, scope: Scope, status: int, closed: str, seconds: float) -> None:
        route = route_of(scope)
        self._metrics.requests.labels(route, str(status)).inc()
        if scope["type"] == "http":  # anything else takes as long as it is wanted
            self._metrics.request_s.labels(route).observe(seconds)
        if status == SWITCHED:
            self._metrics.streams_ended.labels(closed).inc()
        log.info(
            "request",
            extra={
                "request_id": scope["state"]["request_id"],
                "method": scope.get("method", "GET"),
                "path": scope["path"],
                "status": status,
                **({"closed": closed} if status == SWITCHED else {}),
                "duration_s": round(seconds, 6),
            },
        )


def route_of(scope: Scope) -> str:
    """The route's pattern: a bounded set of names, unlike paths, which clients make up."""
    route = scope.get("route")
    return str(getattr(route, "path", "none"))
