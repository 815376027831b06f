"""A real service on a port of this machine, and a real browser that forgives nothing."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Request, WebError, expect

ROOT = Path(__file__).parents[2]
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--no-first-run",
    "--no-sandbox",  # for a machine where all is done as root, as in CI
)
_READY_S = 120
_PATIENCE_MS = 20_000  # a slow machine is no fault

expect.set_options(timeout=_PATIENCE_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark these tests."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.needs_browser)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """How Chromium is started; without it the test is skipped."""
    found = next((path for name in _CHROMIUM if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("needs a browser (Chromium: on Debian, apt install chromium)")
    return {"executable_path": found, "args": list(_FLAGS)}


@pytest.fixture(scope="session")
def browser_context_args(base_url: str) -> dict[str, Any]:
    """What a context begins with: a French person before a wide screen."""
    return {
        "base_url": base_url,
        "locale": "fr-FR",
        "viewport": {"width": 1400, "height": 900},
        "accept_downloads": True,
    }


@pytest.fixture(scope="session")
def base_url(
    browser_type_launch_args: dict[str, Any],
    bundled_store: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """The address of `alliage serve` over all that is bundled; nothing starts without a browser."""
    assert browser_type_launch_args
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path_factory.mktemp("service") / "log"
    environment = {
        **os.environ,
        "ALLIAGE_STORE": str(bundled_store),
        "ALLIAGE_RATE": "10000",
        "ALLIAGE_BURST": "10000",
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "api.cli", "serve", "--port", str(port)]
    with log.open("wb") as out:
        service = subprocess.Popen(command, env=environment, stdout=out, stderr=out)
    try:
        _await_ready(f"http://127.0.0.1:{port}", service, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        service.terminate()
        service.wait(timeout=30)


def _await_ready(address: str, service: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + _READY_S
    while time.monotonic() < until and service.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/ready", timeout=5):
                return
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.1)
    raise AssertionError(log.read_text("utf-8"))


@pytest.fixture
def faults() -> list[str]:
    """What went wrong in the browser; a test that looks for it empties the list."""
    return []


@pytest.fixture
def new_context(
    new_context: Callable[..., BrowserContext], base_url: str, faults: list[str]
) -> Iterator[Callable[..., BrowserContext]]:
    """Makes a context in which an error or a request to another host fails the test."""
    home = urlsplit(base_url).netloc

    def asked(request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("blob", "data") and parts.netloc != home:
            faults.append(f"another host was asked: {request.url}")

    def said(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            faults.append(f"the console says: {message.text}")

    def broke(error: WebError) -> None:
        faults.append(f"a script broke: {error.error}")

    def watched(**options: object) -> BrowserContext:
        context = new_context(**options)
        context.set_default_timeout(_PATIENCE_MS)
        context.on("request", asked)
        context.on("console", said)
        context.on("weberror", broke)
        return context

    yield watched
    assert faults == []
