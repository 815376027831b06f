"""The service as an ASGI application."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeAlias

from anyio import to_thread
from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from api.service import openapi, problems, routes, upkeep
from api.service.current import Current
from api.service.limits import Limits
from api.service.measures import Measures
from api.service.observing import Observing
from api.service.settings import ServiceSettings
from api.service.validation import of_validation
from graph.errors import AlliageError
from graph.settings import Settings

Pages: TypeAlias = Callable[[Current], APIRouter]
"""Pages that read the present view (`viz.pages.router.pages`)."""
TellPage: TypeAlias = Callable[[Request, problems.Problem], Response | None]
"""A problem as a page, None where it is to be told as JSON."""

_SMALLEST_COMPRESSED = 600  # bytes; under one packet nothing is gained
_COMPRESSION = 5


def create_app(
    settings: Settings,
    limits: ServiceSettings | None = None,
    pages: Pages | None = None,
    tell: TellPage | None = None,
) -> FastAPI:
    """The service over a store that exists; it looks for its generations while it is up.

    Args:
        settings: where the store lies.
        limits: how much may be asked.
        pages: makes the pages besides the API.
        tell: tells problems of pages as pages.
    """
    limits = limits or ServiceSettings()
    current, measures = Current(settings, limits.refresh_s), Measures()

    @asynccontextmanager
    async def up(_: FastAPI) -> AsyncIterator[None]:
        to_thread.current_default_thread_limiter().total_tokens = limits.threads
        current.start()
        yield
        await to_thread.run_sync(current.stop)

    app = FastAPI(
        lifespan=up,
        middleware=_middleware(limits, measures),
        docs_url=None,  # its page asks another host for its scripts
        redoc_url=None,
        openapi_url=None,
    )
    app.state.current, app.state.measures = current, measures
    app.include_router(routes.router)
    app.include_router(upkeep.router)
    if pages is not None:
        app.include_router(pages(current))
    _add_problems(app, tell)
    app.state.openapi = openapi.document(app)
    return app


def _middleware(limits: ServiceSettings, measures: Measures) -> list[Middleware]:
    """From the outermost to the innermost."""
    trusted = [each.strip() for each in limits.trusted_proxies.split(",")]
    return [
        Middleware(Observing, measures=measures),
        Middleware(ProxyHeadersMiddleware, trusted_hosts=trusted),
        Middleware(Limits, settings=limits),
        Middleware(GZipMiddleware, minimum_size=_SMALLEST_COMPRESSED, compresslevel=_COMPRESSION),
    ]


def _add_problems(app: FastAPI, tell: TellPage | None) -> None:
    def told(request: Request, problem: problems.Problem) -> Response:
        as_page = tell(request, problem) if tell is not None else None
        return as_page or problem.response()

    def of_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, AlliageError)
        return told(request, problems.of_error(error))

    def of_validation_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return told(request, of_validation(error.errors()))

    def of_status(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return told(request, problems.of_status(error.status_code, error.headers or {}))

    app.add_exception_handler(AlliageError, of_error)
    app.add_exception_handler(RequestValidationError, of_validation_error)
    app.add_exception_handler(HTTPException, of_status)
