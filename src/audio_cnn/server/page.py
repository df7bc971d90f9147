"""The web app at the root: files that were built beforehand and lie beside this module."""

from __future__ import annotations

import os
from pathlib import Path

from fastapi import FastAPI
from starlette.responses import RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

FOLDER = Path(__file__).parent / "page"
API = "/api/"
FOREVER = "public, max-age=31536000, immutable"
ASK_FIRST = "no-cache"


class Page(StaticFiles):
    """Files with a hash in their name may be kept for ever, all others are asked for again."""

    path = "page"

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """The file, or 304 for who has it."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        hashed = "/_next/static/" in Path(full_path).as_posix()
        response.headers["Cache-Control"] = FOREVER if hashed else ASK_FIRST
        return response


def install_page(app: FastAPI, folder: Path = FOLDER) -> None:
    """Serve the page where no route is, or lead to the reference where it has not been built.

    As the router's last resort: a mount at the root would hide from routes that they exist with another verb.
    """
    if not folder.is_dir():
        app.add_api_route("/", lambda: RedirectResponse("/docs"), include_in_schema=False)
        return
    page, no_route = Page(directory=folder, html=True), app.router.default

    async def page_or_nothing(scope: Scope, receive: Receive, send: Send) -> None:
        is_page = scope["type"] == "http" and not scope["path"].startswith(API)
        if is_page:
            scope["route"] = page  # told apart from made-up routes by what counts requests
        await (page if is_page else no_route)(scope, receive, send)

    app.router.default = page_or_nothing
