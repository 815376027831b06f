"""The service over what is bundled, asked in this process."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import httpx
import pytest
from fastapi import FastAPI

from api.service.app import create_app
from api.service.settings import ServiceSettings
from graph.settings import Settings
from graph.view import View
from tests.loops import awaited

Ask: TypeAlias = Callable[..., httpx.Response]

PLENTY = ServiceSettings(rate=10_000, burst=10_000)


def asking(app: FastAPI) -> Ask:
    """What asks an application over ASGI; `address` is where a request comes from."""

    async def asked(
        path: str,
        method: str,
        address: str,
        headers: Mapping[str, str],
        content: bytes | None,
    ) -> httpx.Response:
        transport = httpx.ASGITransport(app, client=(address, 40_000))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.request(method, path, headers=dict(headers), content=content)

    def ask(
        path: str,
        method: str = "GET",
        *,
        address: str = "192.0.2.1",
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> httpx.Response:
        return awaited(asked(path, method, address, headers or {}, content))

    return ask


@pytest.fixture(scope="session")
def settings(bundled_store: Path, bundled: View) -> Settings:
    """The store with all that is bundled, its columns made."""
    assert len(bundled)
    return Settings(str(bundled_store))


@pytest.fixture
def service_of(settings: Settings) -> Iterator[Callable[[ServiceSettings], Ask]]:
    """A function that gives a service with some limits."""
    made = []

    def service(limits: ServiceSettings) -> Ask:
        app = create_app(settings, limits)
        app.state.current.refresh()
        made.append(app)
        return asking(app)

    yield service
    for app in made:
        app.state.current.stop()


@pytest.fixture(scope="session")
def app(settings: Settings) -> Iterator[FastAPI]:
    """The service, without a limit that a test would meet."""
    app = create_app(settings, PLENTY)
    app.state.current.refresh()
    yield app
    app.state.current.stop()


@pytest.fixture(scope="session")
def ask(app: FastAPI) -> Ask:
    """Asks the service: (path, method, address, headers, content) to a response."""
    return asking(app)


@pytest.fixture(scope="session")
def answer(ask: Ask) -> Callable[[str], Any]:
    """The JSON of a question that has an answer."""

    def answered(path: str) -> object:
        response = ask(path)
        assert response.status_code == 200, response.text
        return response.json()

    return answered


@pytest.fixture(scope="session")
def asks() -> Callable[[FastAPI], Ask]:
    """Makes what asks an application."""
    return asking
