"""Whether the server lives, whether it should get requests, and what it counts."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.responses import PlainTextResponse, Response

from audio_cnn.server.hearing import Hearing, hearing_of
from audio_cnn.server.problems import ProblemError, problem_responses
from audio_cnn.server.schemas import Health

router = APIRouter(tags=["health"])


@router.get("/health/live", response_model=Health, operation_id="live")
async def live() -> dict[str, str]:
    """The process answers; if it does not, start it anew."""
    return {"status": "ok"}


@router.get("/health/ready", response_model=Health, responses=problem_responses(503), operation_id="ready")
async def ready(hearing: Annotated[Hearing, Depends(hearing_of)]) -> dict[str, str]:
    """The model is loaded and no stop has been asked for: send requests."""
    if not hearing.ready:
        raise ProblemError(503, "not-ready", "Not ready", "starting or stopping")
    return {"status": "ok"}


@router.get("/metrics", response_class=PlainTextResponse, operation_id="metrics")
async def metrics(hearing: Annotated[Hearing, Depends(hearing_of)]) -> Response:
    """Prometheus metrics: latency by stage, requests under way, batch sizes, rejections."""
    return Response(hearing.metrics.exposition(), media_type=CONTENT_TYPE_LATEST)
