"""Answers that stay the same: an ETag, and 304 for those who have them already."""

from __future__ import annotations

import hashlib

from fastapi import Request
from starlette.responses import Response

# Asked for again each time: after a restart another model may answer.
CACHE_CONTROL = "no-cache"


def cached(request: Request, response: Response) -> Response:
    """The response with an ETag of its content, or 304 if the client named that very tag."""
    tag = f'"{hashlib.blake2b(bytes(response.body), digest_size=12).hexdigest()}"'
    headers = {"ETag": tag, "Cache-Control": CACHE_CONTROL}
    named = {part.strip().removeprefix("W/") for part in request.headers.get("if-none-match", "").split(",")}
    if tag in named or "*" in named:
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return response
