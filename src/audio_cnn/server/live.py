"""A sound that goes on: pieces come over a WebSocket, and what it sounds like goes back again and again."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from time import monotonic
from typing import Any

import anyio
from anyio import to_thread
from fastapi import WebSocket
from starlette.types import Message
from starlette.websockets import WebSocketDisconnect

from audio_cnn.errors import AudioError
from audio_cnn.output.analysis import answer_document
from audio_cnn.output.document import time_of_now
from audio_cnn.prediction.records import HeardWindow
from audio_cnn.server.hearing import Hearing, deadline
from audio_cnn.server.listener import Listener
from audio_cnn.server.problems import CLOSED_BY_PROBLEM, ProblemError, audio_problem, problem_document
from audio_cnn.waveform.array import from_array
from audio_cnn.waveform.live import LiveWav, LiveWindow

MOST_MESSAGE_BYTES = 2**20
LEAST_BYTES = 1000
"""Within the server's patience: the slowest sound that is taken, at 1 kHz, has as many in half a second."""


async def heard_windows(
    pieces: AsyncIterator[bytes], hearing: Hearing, listener: Listener, *, every_s: float
) -> AsyncIterator[HeardWindow]:
    """What the newest window of a WAV stream sounds like, every so many seconds of it, and at its end.

    Raises:
        AudioError: it is no WAV stream that is taken.
        ProblemError: 504, the network had no time for it.
    """
    front_end = listener.info.front_end
    sound = LiveWav(hearing.settings.limits, window_s=front_end.window_s, every_s=every_s)

    async def heard(window: LiveWindow) -> HeardWindow:
        with deadline(hearing.settings.deadline_s, "ask for fewer answers"):
            samples = await to_thread.run_sync(
                partial(
                    from_array,
                    window.samples,
                    source_rate_hz=window.sample_rate_hz,
                    sample_rate_hz=front_end.sample_rate_hz,
                )
            )
            return HeardWindow(window.start_s, window.end_s, await hearing.predict(samples, listener))

    async for piece in pieces:
        for window in sound.feed(piece):
            yield await heard(window)
        if sound.ended:
            return
    for window in sound.end():
        yield await heard(window)


def live_answer(window: HeardWindow, model: str, top: int) -> dict[str, Any]:
    """The answer of ``/api/v1/classify`` about a window, with when it was."""
    return {
        "start_s": round(window.start_s, 6),
        "end_s": round(window.end_s, 6),
        "time": time_of_now(),
        "model": model,
        **answer_document(window.prediction, top=top),
    }


async def pieces_of(websocket: WebSocket, *, patience_s: float) -> AsyncIterator[bytes]:
    """Its binary messages, up to an empty one.

    Raises:
        ProblemError: 408, hardly anything has come for so long; 413, a message is too long; 415, it is text.
        WebSocketDisconnect: the client went away.
    """
    waited_s, come_bytes = 0.0, 0
    while True:
        began = monotonic()
        try:
            with anyio.fail_after(patience_s - waited_s):
                message = await websocket.receive()
        except TimeoutError as error:
            detail = f"in {patience_s:g} s {come_bytes} bytes have come"
            raise ProblemError(408, "slow-upload", "Nothing comes", detail) from error
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", 1005))
        piece = _sound_in(message)
        if not piece:
            return
        waited_s, come_bytes = waited_s + monotonic() - began, come_bytes + len(piece)
        if come_bytes >= LEAST_BYTES:
            waited_s, come_bytes = 0.0, 0
        yield piece


def _sound_in(message: Message) -> bytes:
    piece: bytes | None = message.get("bytes")
    if piece is None:
        detail = "a message of text; a sound is sent in binary messages, and an empty one ends it"
        raise ProblemError(415, "not-audio", "Not a sound", detail)
    if len(piece) > MOST_MESSAGE_BYTES:
        detail = (
            f"a message of {len(piece)} bytes; at most {MOST_MESSAGE_BYTES} are taken, so send more of them"
        )
        raise ProblemError(413, "too-large", "Too large", detail, limit="bytes")
    return piece


async def tell(websocket: WebSocket, document: dict[str, Any], *, patience_s: float) -> None:
    """Send a document.

    Raises:
        WebSocketDisconnect: the client has gone, or does not read what it is sent.
    """
    try:
        with anyio.fail_after(patience_s):
            await websocket.send_text(json.dumps(document, ensure_ascii=False))
    except TimeoutError as error:
        raise WebSocketDisconnect(1006, "it does not read") from error
    except RuntimeError as error:  # what speaks the protocol has closed it
        raise WebSocketDisconnect(1006) from error


@asynccontextmanager
async def conversation(websocket: WebSocket, *, patience_s: float) -> AsyncIterator[None]:
    """The time from acceptance to a close that says why; a problem is sent as its document before.

    Nothing is raised for a sound that cannot be used, or a client that goes away or does not read.
    """
    with suppress(WebSocketDisconnect):
        await websocket.accept()
        code, reason = 1000, ""
        try:
            yield
        except (AudioError, ProblemError) as error:
            problem = audio_problem(error) if isinstance(error, AudioError) else error
            await tell(websocket, problem_document(websocket, problem), patience_s=patience_s)
            code, reason = CLOSED_BY_PROBLEM + problem.status, problem.title
        with anyio.move_on_after(patience_s):
            await websocket.close(code, reason)


def check_origin(websocket: WebSocket, allowed: Sequence[str]) -> None:
    """Refuse pages of others: browsers let every page open a WebSocket anywhere, and only say which it was.

    Raises:
        ProblemError: 403, a page of another origin, which is not allowed.
    """
    origin = websocket.headers.get("origin")
    if origin is None or "*" in allowed or origin in allowed:
        return
    # "https://name:port", of which the last part is the host; anything else is no page of this server.
    if origin.rpartition("://")[2] != websocket.headers.get("host"):
        detail = f"pages of {origin} may not ask; AUDIO_CNN_CORS_ORIGINS lists those that may"
        raise ProblemError(403, "foreign-page", "Page of another origin", detail)
