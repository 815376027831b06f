"""The pages over a graph, asked as a browser asks, without a network."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest
from fastapi import FastAPI

from graph.view import View
from tests.loops import awaited
from viz.pages.router import pages

Get = Callable[..., httpx.Response]


def asking(view: View) -> Get:
    """Ask the pages over a view."""

    @contextmanager
    def reading() -> Iterator[View]:
        yield view

    app = FastAPI(openapi_url=None)
    app.include_router(pages(reading))

    def get(address: str, headers: dict[str, str] | None = None) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://pages") as client:
                return await client.get(address, headers=headers)

        return awaited(ask())

    return get


@pytest.fixture(scope="session")
def ask() -> Callable[[View], Get]:
    """Asks the pages over a view."""
    return asking


@pytest.fixture(scope="session")
def get(bundled: View) -> Get:
    """The pages over all that is bundled."""
    return asking(bundled)
