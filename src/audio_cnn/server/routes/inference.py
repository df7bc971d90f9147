"""The contract of the first Audio-CNN, so that its clients keep working."""

from __future__ import annotations

from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Depends, Request
from starlette.responses import JSONResponse, Response

from audio_cnn.server.first_contract import BASE64_WRAPPING, file_of, inference_answer
from audio_cnn.server.hearing import Hearing, hearing_of
from audio_cnn.server.problems import problem_responses
from audio_cnn.server.schemas import InferenceAnswer, InferenceRequest

router = APIRouter(tags=["first contract"])

BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": InferenceRequest.model_json_schema()}},
    }
}


@router.post(
    "/inference",
    response_model=InferenceAnswer,
    responses=problem_responses(400, 413, 415, 422, 429, 504),
    openapi_extra=BODY,
    operation_id="inference",
)
async def inference(request: Request, hearing: Annotated[Hearing, Depends(hearing_of)]) -> Response:
    """A file in base64 in, predictions and every map as JSON numbers out."""
    listener = hearing.listener()
    async with hearing.sound_of(request, listener, unwrap=file_of, wrapping=BASE64_WRAPPING) as samples:
        analysis = await hearing.look(samples, listener)
        rate_hz = listener.info.front_end.sample_rate_hz
        answer = await to_thread.run_sync(inference_answer, analysis, samples, rate_hz)
    return JSONResponse(answer)
