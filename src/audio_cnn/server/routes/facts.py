"""What does not change while the server runs: labels, model, samples."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import JSONResponse, Response

from audio_cnn.config import to_dict
from audio_cnn.server.caching import cached
from audio_cnn.server.hearing import Hearing, hearing_of, listener_of
from audio_cnn.server.listener import Listener
from audio_cnn.server.problems import ProblemError, problem_responses
from audio_cnn.server.samples import known_samples
from audio_cnn.server.schemas import LabelInfo, ModelCard, ModelSummary, SampleInfo

router = APIRouter(prefix="/api/v1", tags=["facts"])
ListenerDependency = Annotated[Listener, Depends(listener_of)]


@router.get(
    "/labels", response_model=list[LabelInfo], responses=problem_responses(404, 422), operation_id="labels"
)
async def labels(request: Request, listener: ListenerDependency) -> Response:
    """The classes the model knows, in output order."""
    known = [
        {
            "index": label.index,
            "label": label.name,
            "title": label.title,
            "emoji": label.emoji,
            "category": label.category,
        }
        for label in listener.info.labels
    ]
    return cached(request, JSONResponse(known))


@router.get("/models", response_model=list[ModelSummary], operation_id="models")
async def models(request: Request, hearing: Annotated[Hearing, Depends(hearing_of)]) -> Response:
    """The models that a request can ask for; the first one answers what asks for none."""
    summaries = [
        {
            "name": name,
            "parameters": listener.info.parameters,
            "classes": len(listener.info.labels),
            "accuracy": listener.info.accuracy,
            "upload_bytes": hearing.settings.upload_bytes,
            "sound_s": hearing.settings.sound_s,
        }
        for name, listener in hearing.listeners.items()
    ]
    return cached(request, JSONResponse(summaries))


@router.get("/model", response_model=ModelCard, responses=problem_responses(404, 422), operation_id="model")
async def model(request: Request, listener: ListenerDependency) -> Response:
    """What the model says about itself: size, front end, how it was trained and measured, licence."""
    info = listener.info
    card: dict[str, Any] = {
        "name": info.name,
        "family": info.family,
        "parameters": info.parameters,
        "multiply_adds": info.multiply_adds,
        "size_bytes": listener.classifier.path.stat().st_size,
        "classes": len(info.labels),
        "temperature": info.temperature,
        "rejection": to_dict(info.rejection) if info.rejection else None,
        "kinds": info.kinds_found,
        "activations": info.activations,
        "front_end": to_dict(info.front_end),
        "record": info.record,
    }
    return cached(request, JSONResponse(card))


@router.get("/samples", response_model=list[SampleInfo], operation_id="samples")
async def samples(request: Request) -> Response:
    """Sounds to try: made ones that come along, and clips of ESC-50 that are fetched when asked for."""
    return cached(request, JSONResponse(known_samples()))


@router.get(
    "/samples/{id}/audio",
    response_class=Response,
    responses={
        200: {"description": "The file.", "content": {"audio/flac": {}, "audio/wav": {}}},
        **problem_responses(404, 422),
    },
    operation_id="sample_audio",
)
async def audio(
    request: Request,
    hearing: Annotated[Hearing, Depends(hearing_of)],
    id_: Annotated[str, Path(alias="id")],
) -> Response:
    """The sound file of a sample."""
    found = await hearing.samples.audio(id_)
    if found is None:
        raise ProblemError(
            404, "no-sample", "No such sample", f"there is no sample '{id_}'; see /api/v1/samples"
        )
    data, media_type = found
    return cached(request, Response(data, media_type=media_type))
