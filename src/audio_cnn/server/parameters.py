"""Parameters that no route takes: mistyped, they would change an answer without a word."""

from __future__ import annotations

from fastapi import Request

from audio_cnn.server.problems import ProblemError


async def known_parameters(request: Request) -> None:
    """A dependency of routes, by what the server's own description has of them.

    Raises:
        ProblemError: 422, a parameter of the query that is not in it.
    """
    if not request.query_params:
        return
    operations = request.app.openapi()["paths"][request.scope["route"].path]
    described = operations[request.method.lower()].get("parameters", [])
    known = sorted(parameter["name"] for parameter in described if parameter["in"] == "query")
    for name in request.query_params:
        if name not in known:
            detail = f"there is no '{name}'; there are: {', '.join(known)}"
            raise ProblemError(422, "no-parameter", "No such parameter", detail)
