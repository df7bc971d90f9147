"""What does not change while the server runs: labels, model, samples."""

from __future__ import annotations

from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import JSONResponse, Response

from audio_cnn.config import to_dict
from audio_cnn.server.caching import cached
from audio_cnn.server.hearing import Hearing, hearing_of
from audio_cnn.server.problems import ProblemError, problem_responses
from audio_cnn.server.samples import known_samples, sample_audio
from audio_cnn.server.schemas import LabelInfo, ModelCard, SampleInfo

router = APIRouter(prefix="/api/v1", tags=["facts"])
HearingDependency = Annotated[Hearing, Depends(hearing_of)]


@router.get("/labels", response_model=list[LabelInfo], operation_id="labels")
async def labels(request: Request, hearing: HearingDependency) -> Response:
    """The classes the model knows, in output order."""
    known = [
        {
            "index": label.index,
            "label": label.name,
            "title": label.title,
            "emoji": label.emoji,
            "category": label.category,
        }
        for label in hearing.classifier.info.labels
    ]
    return cached(request, JSONResponse(known))


@router.get("/model", response_model=ModelCard, operation_id="model")
async def model(request: Request, hearing: HearingDependency) -> Response:
    """What the model says about itself: size, front end, how it was trained and measured, licence."""
    info = hearing.classifier.info
    card: dict[str, Any] = {
        "name": info.name,
        "parameters": info.parameters,
        "size_bytes": hearing.classifier.path.stat().st_size,
        "classes": len(info.labels),
        "temperature": info.temperature,
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
async def audio(request: Request, id_: Annotated[str, Path(alias="id")]) -> Response:
    """The sound file of a sample."""
    found = await to_thread.run_sync(sample_audio, id_)
    if found is None:
        raise ProblemError(
            404, "no-sample", "No such sample", f"there is no sample '{id_}'; see /api/v1/samples"
        )
    data, media_type = found
    return cached(request, Response(data, media_type=media_type))
