"""The bytes of an upload, counted while they arrive: as the body itself, or as a form's file."""

from __future__ import annotations

from asyncio import create_task
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from anyio import CancelScope, fail_after
from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect

from audio_cnn.errors import AudioTooLargeError
from audio_cnn.server.problems import ProblemError

FORM_OVERHEAD_BYTES = 2**16

REQUEST_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "A sound file in any common format; its content decides, not its name or type.",
        "content": {
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            },
        },
    }
}
"""OpenAPI's description of both ways, for a route's ``openapi_extra``."""


async def read_upload(request: Request, limit_bytes: int) -> bytes:
    """The uploaded file.

    Raises:
        AudioTooLargeError: more than ``limit_bytes`` were announced or arrived.
        ProblemError: 400, the form cannot be read or the client went away; 422, it holds no file.
    """
    try:
        if request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
            return await _file_of_form(request, limit_bytes)
        return b"".join([chunk async for chunk in limited(request, limit_bytes)])
    except ClientDisconnect as error:
        raise ProblemError(400, "gone", "Client gone", "the upload ended before its end") from error


def announced_bytes(request: Request) -> int | None:
    """Length of the body, if the request says it in figures; more than twenty of them are cut off."""
    text = request.headers.get("content-length", "")
    return int(text.lstrip("0")[:20] or 0) if text.isdecimal() else None


async def limited(request: Request, limit_bytes: int) -> AsyncIterator[bytes]:
    """The body's chunks, as long as they are not too many.

    Raises:
        AudioTooLargeError: more than ``limit_bytes`` were announced or arrived.
    """
    _check(announced_bytes(request) or 0, limit_bytes)
    total_bytes = 0
    async for chunk in body_of(request):
        total_bytes += len(chunk)
        _check(total_bytes, limit_bytes)
        yield chunk


async def body_of(request: Request) -> AsyncIterator[bytes]:
    """The body's chunks that nobody has read yet.

    Raises:
        ClientDisconnect: the client went away.
    """
    while not getattr(request.state, "body_ended", False):
        request.state.body_asked_for = True
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        request.state.body_ended = not message.get("more_body", False)
        yield message.get("body", b"")


@asynccontextmanager
async def while_awaited(request: Request) -> AsyncIterator[None]:
    """Inside, after the upload, work is given up once nobody waits for its answer any more.

    Raises:
        ProblemError: 499, the client went away; others have their turn sooner, and nobody reads this.
    """
    with CancelScope() as work:
        watch = create_task(_cancel_when_gone(request, work))
        try:
            yield
        finally:
            watch.cancel()
    if work.cancelled_caught:
        raise ProblemError(499, "gone", "Client gone", "nobody waits for the answer any more")


async def _cancel_when_gone(request: Request, work: CancelScope) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
    work.cancel()


async def let_finish(request: Request, most_bytes: int, seconds: float) -> None:
    """Take the rest of an upload that will not be used, within reason.

    Who is still sending would lose a refusal together with the connection that is closed on them. Who is too
    slow for that has to lose the connection: some browsers look for an answer only once all is sent. Who
    waits to be asked for the body is not asked.
    """
    if awaits_being_asked(request):
        return
    try:
        with fail_after(seconds):
            async for chunk in body_of(request):
                most_bytes -= len(chunk)
                if most_bytes < 0:
                    return
    except TimeoutError:
        request.state.ends_connection = True
    except ClientDisconnect:
        pass


def awaits_being_asked(request: Request) -> bool:
    """Whether the client sends the body only once somebody begins to read it (RFC 9110, section 10.1.1)."""
    expects = request.headers.get("expect", "").lower() == "100-continue"
    return expects and not getattr(request.state, "body_asked_for", False)


def _check(total_bytes: int, limit_bytes: int) -> None:
    if total_bytes > limit_bytes:
        raise AudioTooLargeError(
            f"more than {limit_bytes / 2**20:.3g} MiB; send a shorter piece, or a compressed format",
            limit="bytes",
        )


async def _file_of_form(request: Request, limit_bytes: int) -> bytes:
    most_bytes = limit_bytes + FORM_OVERHEAD_BYTES
    chunks = limited(request, most_bytes)
    parser = MultiPartParser(request.headers, chunks, max_files=1, max_fields=8)  # type: ignore[arg-type]
    parser.spool_max_size = most_bytes  # in memory, as other uploads are, and never in a temporary file
    try:
        form = await parser.parse()
    except (MultiPartException, KeyError, UnicodeError) as error:
        reason = getattr(error, "message", "it is damaged")
        raise ProblemError(400, "bad-form", "Bad form", f"the form cannot be read: {reason}") from error
    file = form.get("file")
    if not isinstance(file, UploadFile):
        await form.close()
        raise ProblemError(
            422, "no-file", "No file", "the form has no file field called 'file', or ends within it"
        )
    try:
        data: bytes = await file.read()
    finally:
        await form.close()
    _check(len(data), limit_bytes)
    return data
