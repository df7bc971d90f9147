"""What went wrong, as RFC 9457 problem documents: one shape for every error of the server.

413  too large: counted bytes, seconds of upload, decoded seconds, channels, sample rate, or memory
415  not a sound
422  a sound that cannot be decoded, or a request that makes no sense
429  too busy; Retry-After says when to come back
499  nobody waits for the answer any more, so nobody reads it, but the log does
504  past the deadline
"""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError, WebSocketRequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from audio_cnn.errors import (
    AudioError,
    AudioTooLargeError,
    CorruptAudioError,
    EmptyAudioError,
    NotAudioError,
)

MEDIA_TYPE = "application/problem+json"
log = logging.getLogger("audio_cnn.server")


class Problem(BaseModel):
    """RFC 9457 problem document."""

    type: str = Field(description="Which problem, as a relative address.", examples=["/problems/not-audio"])
    title: str = Field(description="The same in words.", examples=["Not a sound"])
    status: int = Field(examples=[415])
    detail: str = Field(
        description="What is wrong this time, and the way out.",
        examples=["not a sound: the content is of no known audio format"],
    )
    request_id: str = Field(description="Also in the header X-Request-ID and in the log.")
    limit: str | None = Field(
        None,
        description="Which was passed: bytes, upload_s, decoded_s, channels, sample_rate or memory.",
    )


class ProblemError(Exception):
    """An answer that is a problem document.

    Args:
        slug: last part of the problem's type, e.g. ``"busy"``.
        retry_after_s: when to come back.
    """

    def __init__(
        self,
        status: int,
        slug: str,
        title: str,
        detail: str,
        *,
        retry_after_s: int | None = None,
        limit: str | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.slug = slug
        self.title = title
        self.detail = detail
        self.retry_after_s = retry_after_s
        self.limit = limit


def audio_problem(error: AudioError) -> ProblemError:
    """The problem that a sound is."""
    detail = str(error)
    if isinstance(error, AudioTooLargeError):
        return ProblemError(413, "too-large", "Too large", detail, limit=error.limit)
    if isinstance(error, NotAudioError):
        return ProblemError(415, "not-audio", "Not a sound", detail)
    if isinstance(error, EmptyAudioError):
        return ProblemError(422, "empty", "Nothing to hear", detail)
    if isinstance(error, CorruptAudioError):
        return ProblemError(422, "corrupt", "Cannot be decoded", detail)
    return ProblemError(422, "unreadable", "Cannot be read", detail)


def install_problem_handlers(app: FastAPI) -> None:
    """Make every error of the app a problem document; before all other middleware, so that this is inside."""
    app.add_middleware(Faults)
    app.add_exception_handler(ProblemError, _on_problem)
    app.add_exception_handler(AudioError, _on_audio)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(RequestValidationError, _on_validation)
    app.add_exception_handler(WebSocketRequestValidationError, _on_validation)
    describe = app.openapi

    def openapi() -> dict[str, Any]:
        """With the document that every error refers to, which no route returns by itself."""
        description = describe()
        description["components"]["schemas"].setdefault("Problem", Problem.model_json_schema())
        return description

    app.openapi = openapi  # type: ignore[method-assign]


def problem_document(connection: HTTPConnection, problem: ProblemError) -> dict[str, Any]:
    """What is said of a problem to who is at the other end."""
    document = Problem(
        type=f"/problems/{problem.slug}",
        title=problem.title,
        status=problem.status,
        detail=problem.detail,
        request_id=getattr(connection.state, "request_id", ""),
        limit=problem.limit,
    )
    return document.model_dump(exclude_none=True)


def problem_response(connection: HTTPConnection, problem: ProblemError) -> Response:
    """The document; ``Retry-After`` and an end of the connection where they belong."""
    headers = {} if problem.retry_after_s is None else {"Retry-After": str(problem.retry_after_s)}
    if getattr(connection.state, "ends_connection", False):
        headers["Connection"] = "close"
    return JSONResponse(
        problem_document(connection, problem),
        status_code=problem.status,
        headers=headers,
        media_type=MEDIA_TYPE,
    )


def problem_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """OpenAPI's description of these errors, for a route's ``responses``."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {"description": _MEANING[status], "content": {MEDIA_TYPE: {"schema": schema}}}
        for status in statuses
    }


_MEANING = {
    400: "The request cannot be read.",
    403: "A page of another origin may not ask.",
    404: "There is no such thing.",
    413: "Too large: bytes or seconds of the upload, decoded seconds, channels, sample rate, or memory.",
    415: "Not a sound.",
    422: "A sound that cannot be decoded, or a parameter that makes no sense.",
    426: "This is for WebSockets.",
    429: "Too busy; Retry-After says when to come back.",
    503: "Not ready: starting or stopping.",
    504: "The deadline passed.",
}


CLOSED_BY_PROBLEM = 4000
"""And the status that a request would have had: how a WebSocket is closed. Codes from here on are an
application's own (RFC 6455)."""

BUG = ProblemError(500, "internal", "Internal error", "a fault of the server; it has been logged")


async def _on_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, ProblemError)  # noqa: S101 - registered for this type alone
    return problem_response(request, error)


async def _on_audio(request: Request, error: Exception) -> Response:
    assert isinstance(error, AudioError)  # noqa: S101
    return problem_response(request, audio_problem(error))


async def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    title = HTTPStatus(error.status_code).phrase
    slug = title.lower().replace(" ", "-")
    response = problem_response(request, ProblemError(error.status_code, slug, title, str(error.detail)))
    response.headers.update(error.headers or {})
    return response


async def _on_validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError | WebSocketRequestValidationError)  # noqa: S101
    first = error.errors()[0]
    where = ".".join(map(str, first["loc"]))
    return problem_response(
        request, ProblemError(422, "invalid-request", "Invalid request", f"{where}: {first['msg']}")
    )


class Faults:
    """ASGI middleware: a fault of the server is a problem document too.

    Starlette would answer outside of all other middleware, which adds headers that every answer should have.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answering = scope["type"] not in ("http", "websocket")

        async def watched(message: Message) -> None:
            nonlocal answering
            answering = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception:
            if answering and scope["type"] != "websocket":
                raise
            connection = HTTPConnection(scope)
            log.exception("a fault of the server", extra={"request_id": connection.state.request_id})
            if answering:
                await send(
                    {"type": "websocket.close", "code": CLOSED_BY_PROBLEM + BUG.status, "reason": BUG.title}
                )
            else:
                await problem_response(connection, BUG)(scope, receive, send)
