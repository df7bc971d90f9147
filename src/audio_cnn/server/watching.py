"""Around every request: an id, a line in the log, and a count."""

from __future__ import annotations

import logging
import re
import secrets
from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from audio_cnn.server.metrics import Metrics

HEADER = b"x-request-id"
ACCEPTED_ID = re.compile(rb"[\w.-]{1,64}")
log = logging.getLogger("audio_cnn.server")


class Watching:
    """ASGI middleware: gives each request an id (or keeps the client's), logs and counts its answer."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = dict(scope["headers"]).get(HEADER, b"")
        request_id = given if ACCEPTED_ID.fullmatch(given) else secrets.token_hex(8).encode()
        scope.setdefault("state", {})["request_id"] = request_id.decode()
        started, status = perf_counter(), 500

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = (HEADER, request_id), (b"x-content-type-options", b"nosniff")
                message.setdefault("headers", []).extend(headers)
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        finally:
            self._record(scope, status, perf_counter() - started)

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        route = route_of(scope)
        self._metrics.requests.labels(route, str(status)).inc()
        self._metrics.request_s.labels(route).observe(seconds)
        log.info(
            "request",
            extra={
                "request_id": scope["state"]["request_id"],
                "method": scope["method"],
                "path": scope["path"],
                "status": status,
                "duration_s": round(seconds, 6),
            },
        )


def route_of(scope: Scope) -> str:
    """The route's pattern: a bounded set of names, unlike paths, which clients make up."""
    route = scope.get("route")
    return str(getattr(route, "path", "none"))
