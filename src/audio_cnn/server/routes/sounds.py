"""A sound in, what it is out."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import JSONResponse, Response

from audio_cnn.server.hearing import Hearing, hearing_of, listener_of
from audio_cnn.server.listener import Listener
from audio_cnn.server.parameters import known_parameters
from audio_cnn.server.problems import problem_responses
from audio_cnn.server.schemas import AnalysisDocument, Classification
from audio_cnn.server.telling import Telling, telling_of
from audio_cnn.server.upload import REQUEST_BODY

router = APIRouter(prefix="/api/v1", tags=["sounds"])
HearingDependency = Annotated[Hearing, Depends(hearing_of)]
ListenerDependency = Annotated[Listener, Depends(listener_of)]
TellingDependency = Annotated[Telling, Depends(telling_of)]
ERRORS = problem_responses(400, 404, 413, 415, 422, 429, 504)


@router.post(
    "/classify",
    response_model=Classification,
    responses=ERRORS,
    dependencies=[Depends(known_parameters)],
    openapi_extra=REQUEST_BODY,
    operation_id="classify",
)
async def classify(
    request: Request, hearing: HearingDependency, listener: ListenerDependency, telling: TellingDependency
) -> Any:
    """Name a sound: the fast way.

    `curl --data-binary @dog.wav localhost:8000/api/v1/classify`
    `curl --data-binary @night.flac 'localhost:8000/api/v1/classify?segments=true&except=wind'`
    """
    wanted = telling.wanted(listener.info)
    prediction = await hearing.classify(request, listener)
    return JSONResponse({"model": listener.info.name, **telling.document(prediction, wanted)})


@router.post(
    "/analyze",
    response_model=AnalysisDocument,
    responses=ERRORS,
    dependencies=[Depends(known_parameters)],
    openapi_extra=REQUEST_BODY,
    operation_id="analyze",
)
async def analyze(request: Request, hearing: HearingDependency, listener: ListenerDependency) -> Any:
    """Name a sound and show what the network saw: all classes, envelope, spectrogram, activation maps.

    `curl --data-binary @dog.wav localhost:8000/api/v1/analyze`
    """
    return JSONResponse(await hearing.analyze(request, listener))


@router.get(
    "/analyses/{id}/activations/{name}",
    response_class=Response,
    responses={
        200: {
            "description": "Little-endian: C, H, W as uint32; C lowest values, then C highest values, as "
            "float32; then C * H * W bytes, value = low + byte / 255 * (high - low).",
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        },
        **problem_responses(404, 422, 429, 504),
    },
    operation_id="activation",
)
async def activation(
    hearing: HearingDependency,
    id_: Annotated[str, Path(alias="id", description="Of an analysis.")],
    name: Annotated[str, Path(description="Of an activation, e.g. layer2.")],
) -> Response:
    """Every channel of one activation of an analysis that was made a short while ago."""
    content = await hearing.channels(id_, name)
    headers = {"Cache-Control": "private, max-age=600, immutable"}
    return Response(content, media_type="application/octet-stream", headers=headers)
