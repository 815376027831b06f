"""The command `alliage serve`: the HTTP service on this machine."""

import argparse
import os
import sys
import tempfile
from contextlib import ExitStack

import uvicorn
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from api import session
from api.service.app import create_app
from api.service.measures import SHARED
from api.service.patient import PatientProtocol
from api.service.problems import Problem
from api.service.settings import ServiceSettings
from graph.errors import RequestError
from graph.settings import PREFIX, Settings
from queries.places import resolve_place
from viz.outlines.shelf import Shelf
from viz.outlines.territories import Outlines
from viz.pages.router import pages, problem_page

_MOST_WORKERS = 64
_KEEP_ALIVE_S = 15
_LONGEST_HEAD = 65_536  # bytes
_STOPPING_S = 10


def run(settings: Settings, arguments: argparse.Namespace) -> None:
    """Serve until it is interrupted; a store that does not exist is made of what is bundled.

    Raises:
        RequestError: a number makes no sense.
        StoreError: the store cannot be made.
    """
    if not 0 <= arguments.port <= 65_535:
        raise RequestError("Le port (--port) est un nombre de 0 à 65535.")
    if not 1 <= arguments.workers <= _MOST_WORKERS:
        raise RequestError(f"Le nombre de processus (--workers) va de 1 à {_MOST_WORKERS}.")
    limits = ServiceSettings.from_environment(os.environ)
    session.ensure(settings)
    # The workers are processes of their own: they read the environment.
    os.environ[f"{PREFIX}STORE"] = settings.address
    if arguments.place is not None:
        os.environ[f"{PREFIX}WITHIN"] = _territory(settings, arguments.place)
    with ExitStack() as stack:
        if arguments.workers > 1:
            numbers = tempfile.TemporaryDirectory(prefix="alliage-")
            os.environ[SHARED] = stack.enter_context(numbers)
        print(f"http://{arguments.host}:{arguments.port}", file=sys.stderr)
        uvicorn.run(
            "api.serving:app",
            factory=True,
            host=arguments.host,
            port=arguments.port,
            workers=arguments.workers,
            http=PatientProtocol,
            ws="none",
            proxy_headers=False,  # the application knows which to trust
            server_header=False,
            access_log=False,
            log_config=_LOGS,
            limit_concurrency=limits.connections,
            timeout_keep_alive=_KEEP_ALIVE_S,
            timeout_graceful_shutdown=_STOPPING_S,
            h11_max_incomplete_event_size=_LONGEST_HEAD,
        )


def _territory(settings: Settings, place: str) -> str:
    """The id of the territory that a person means.

    Raises:
        UnknownPlace, AmbiguousPlace: it is none, or one of several.
    """
    with session.reading(settings) as (_, view):
        return resolve_place(view, place)[1].id


def app() -> FastAPI:
    """The application of one worker, as the environment says."""
    settings = Settings.from_environment(os.environ)
    outlines = Outlines(Shelf(settings.outlines_folder))
    return create_app(
        settings,
        ServiceSettings.from_environment(os.environ),
        lambda current: pages(current, settings.base, outlines),
        _as_page,
    )


def _as_page(request: Request, problem: Problem) -> Response | None:
    """A problem of a page as a page; None for the API and files, which tell it as JSON."""
    reading = request.app.state.current
    return problem_page(reading, request.url.path, problem.detail, problem.status)


_LOGS = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": "api.service.observing.JsonLines"}},
    "handlers": {
        "lines": {
            "class": "logging.StreamHandler",
            "formatter": "lines",
            "stream": "ext://sys.stderr",
        }
    },
    "loggers": {
        name: {"handlers": ["lines"], "level": "INFO", "propagate": False}
        for name in ("alliage.service", "uvicorn", "uvicorn.error")
    },
}
