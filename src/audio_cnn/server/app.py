"""The server, put together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.routing import APIRoute
from fastapi_offline import FastAPIOffline
from starlette.routing import BaseRoute

from audio_cnn import __version__
from audio_cnn.server.hearing import Hearing
from audio_cnn.server.page import install_page
from audio_cnn.server.problems import install_problem_handlers
from audio_cnn.server.routes import facts, health, inference, live, sounds
from audio_cnn.server.settings import ServerSettings
from audio_cnn.server.watching import Watching

DESCRIPTION = """Names environmental sounds, and shows what the network heard.

Every error is an RFC 9457 problem document. Send `X-Request-ID` to find a request in the log again."""
SMALLEST_GZIP_BYTES = 4096
GZIP_LEVEL = 4


def create_app(settings: ServerSettings | None = None) -> FastAPI:
    """The ASGI application; the model is loaded here, processes start with its lifespan.

    Raises:
        ModelError: no such model, or a damaged file.
    """
    settings = settings or ServerSettings()
    hearing = Hearing.of(settings)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with hearing.running():
            yield

    app = FastAPIOffline(
        title="Audio-CNN",
        version=__version__,
        description=DESCRIPTION,
        lifespan=lifespan,
        redoc_url=None,
        redirect_slashes=False,  # to an address that the request names
        static_url="/docs-files",
    )
    app.state.hearing = hearing
    for routes in (sounds, live, facts, inference, health):
        app.include_router(routes.router)
        app.include_router(heads(routes.router.routes))
    install_page(app)
    app.include_router(heads(app.routes))  # of what is not in one of these
    install_problem_handlers(app)
    app.add_middleware(GZipMiddleware, minimum_size=SMALLEST_GZIP_BYTES, compresslevel=GZIP_LEVEL)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "POST"],
            allow_headers=["*"],
            expose_headers=["X-Request-ID", "Retry-After", "ETag"],
        )
    app.add_middleware(Watching, metrics=hearing.metrics)
    return app


def heads(routes: Iterable[BaseRoute]) -> APIRouter:
    """HEAD for every route that answers to GET, as HTTP has it: FastAPI adds none by itself."""
    router = APIRouter()
    for route in routes:
        if isinstance(route, APIRoute) and route.methods == {"GET"}:
            router.add_api_route(route.path, route.endpoint, methods=["HEAD"], include_in_schema=False)
    return router
