"""Parameters that no route takes: mistyped, they would change an answer without a word."""

from __future__ import annotations

from starlette.requests import HTTPConnection

from audio_cnn.server.problems import ProblemError


async def known_parameters(connection: HTTPConnection) -> None:
    """A dependency of routes, by what the server's own description has of them.

    Raises:
        ProblemError: 422, a parameter of the query that is not in it.
    """
    if not connection.query_params:
        return
    operations = connection.app.openapi()["paths"][connection.scope["route"].path]
    method = connection.scope.get("method", "GET")  # a WebSocket begins as one
    described = operations[method.lower()].get("parameters", [])
    known = sorted(parameter["name"] for parameter in described if parameter["in"] == "query")
    for name in connection.query_params:
        if name not in known:
            detail = f"there is no '{name}'; there are: {', '.join(known)}"
            raise ProblemError(422, "no-parameter", "No such parameter", detail)
