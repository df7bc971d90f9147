"""The web app at the root: files that were built beforehand and lie beside this module."""

from __future__ import annotations

import os
from pathlib import Path

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.staticfiles import StaticFiles

FOLDER = Path(__file__).parent / "page"
FOREVER = "public, max-age=31536000, immutable"
ASK_FIRST = "no-cache"


class Page(StaticFiles):
    """Files with a hash in their name may be kept for ever, all others are asked for again."""

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: dict[str, object],
        status_code: int = 200,
    ) -> Response:
        """The file, or 304 for who has it."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        hashed = "/_next/static/" in Path(full_path).as_posix()
        response.headers["Cache-Control"] = FOREVER if hashed else ASK_FIRST
        return response


def install_page(app: FastAPI, folder: Path = FOLDER) -> None:
    """Serve the page at ``/``, or lead to the reference where it has not been built."""

    @app.get("/api/{rest:path}", include_in_schema=False)
    async def no_such_route(rest: str) -> None:
        raise HTTPException(404, f"there is no /api/{rest}; see /docs")

    if folder.is_dir():
        app.mount("/", Page(directory=folder, html=True), name="page")
        return

    @app.get("/", include_in_schema=False)
    async def to_reference() -> Response:
        return RedirectResponse("/docs")
