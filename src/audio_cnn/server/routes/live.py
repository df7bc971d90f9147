"""A sound that goes on in, what it sounds like out."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, WebSocket
from starlette.responses import Response

from audio_cnn.server.hearing import Hearing, hearing_of, listener_of
from audio_cnn.server.listener import Listener
from audio_cnn.server.live import check_origin, conversation, heard_windows, live_answer, pieces_of, tell
from audio_cnn.server.parameters import known_parameters
from audio_cnn.server.problems import problem_responses
from audio_cnn.server.schemas import LiveAnswer

router = APIRouter(prefix="/api/v1", tags=["sounds"])
HearingDependency = Annotated[Hearing, Depends(hearing_of)]
ListenerDependency = Annotated[Listener, Depends(listener_of)]
Every = Annotated[float, Query(ge=0.5, le=3600, description="Seconds from one answer to the next.")]
Top = Annotated[int, Query(ge=1, le=1000, description="How many classes to name each time.")]
SCHEMA = LiveAnswer.model_json_schema(ref_template="#/components/schemas/{model}")
MESSAGES: dict[str, Any] = {
    "description": "The WebSocket is open. This is what each message from it says.",
    "content": {
        "application/json": {"schema": {key: value for key, value in SCHEMA.items() if key != "$defs"}}
    },
}


@router.websocket("/listen", dependencies=[Depends(known_parameters)])
async def listen(
    websocket: WebSocket,
    hearing: HearingDependency,
    listener: ListenerDependency,
    every: Every = 1.0,
    top: Top = 5,
) -> None:
    """What the route below describes."""
    check_origin(websocket, hearing.settings.cors_origins)
    patience_s = hearing.settings.deadline_s
    with hearing.streams.one():
        async with conversation(websocket, patience_s=patience_s):
            pieces = pieces_of(websocket, patience_s=patience_s)
            async for window in heard_windows(pieces, hearing, listener, every_s=every):
                await tell(websocket, live_answer(window, listener.info.name, top), patience_s=patience_s)


@router.get(
    "/listen",
    status_code=101,
    response_class=Response,
    responses={101: MESSAGES, **problem_responses(403, 404, 422, 426, 429)},
    dependencies=[Depends(known_parameters), Depends(listener_of)],
    operation_id="listen",
)
async def listen_without_websocket(
    hearing: HearingDependency,
    every: Every = 1.0,  # noqa: ARG001 - described here
    top: Top = 5,  # noqa: ARG001
) -> None:
    """Name a sound that goes on, over a WebSocket.

    `arecord -f S16_LE -r 44100 | websocat --binary ws://localhost:8000/api/v1/listen`

    A WAV stream is sent in binary messages of at most a mebibyte: its header, which need not know the length,
    then samples as they come. Once there are five seconds, every second a message of JSON says what the last
    five sounded like. An empty message ends the sound: what is left of it is named, then the server closes.
    Of a sound that cannot be heard the problem document is the last message, and the code is 4000 and its
    status.

    Asked without a WebSocket it says why none would be opened, which browsers keep from a page; or 426.
    """
    with hearing.streams.one():
        pass
    raise HTTPException(
        426, "this is for WebSockets; a file goes to /api/v1/classify", headers={"Upgrade": "websocket"}
    )
