"""The examples of the API's description: asked of a store with what is bundled.

`python -m api.service.examples > api/service/examples.json` writes them anew.
"""

import asyncio
import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI
from starlette.types import Message, Scope

from api import as_json, session
from api.service.app import create_app
from graph.settings import Settings

ASKED: Mapping[str, str | Mapping[str, str]] = {
    "/api/v1/partners": "at=Grenoble&goal=2&need=tools&limit=1",
    "/api/v1/pairs": "at=Isère&limit=1",
    "/api/v1/team": "at=Isère&goal=8&size=3",
    "/api/v1/missed": "at=Grenoble&on=2026-03-31&limit=1",
    "/api/v1/alike": "goal=2&at=Grenoble&on=2026-03-31&limit=1",
    "/api/v1/bridges": "between=academic&between=company&in=Isère&limit=1",
    "/api/v1/path": "from=Le RAMEAU&to=Chaire ESS de l'IEP de Grenoble",
    "/api/v1/gaps": "in=Isère&limit=1",
    "/api/v1/ecosystem": "in=Isère&list=catalysts.all&limit=2",
    "/api/v1/signals": "in=Isère&since=2018-01-01&on=2026-03-31&limit=1",
    "/api/v1/search": "text=métropole grenoble&limit=3",
    "/api/v1/suggest": "text=greno&limit=2",
    "/api/v1/things/{id}": {"id": "goal:2"},
    "/api/v1/map": "place=Isère&level=epci",
    "/api/v1/charter": "",
    "/api/v1/sources": "",
}


async def answer(app: FastAPI, path: str, query: str) -> as_json.Json:
    """What the service answers to a GET, its limits and time-outs included.

    Raises:
        ValueError: it does not answer 200.
    """
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope: Scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": quote(path).encode(),
        "root_path": "",
        "query_string": quote(query, safe="=&:").encode(),
        "headers": [],
        "client": None,
        "server": ("localhost", 80),
    }
    await app(scope, receive, send)
    body = b"".join(message.get("body", b"") for message in sent[1:])
    if sent[0]["status"] != 200:
        raise ValueError(f"{path}?{query}: {body.decode()}")
    reply: as_json.Json = json.loads(body)
    return reply


async def made(app: FastAPI) -> dict[str, Any]:
    """All examples, with their answers now."""
    found: dict[str, Any] = {}
    for address, asked in ASKED.items():
        if isinstance(asked, str):
            found[address] = {"query": asked, "answer": await answer(app, address, asked)}
        else:
            reply = await answer(app, address.format(**asked), "")
            found[address] = {"path": dict(asked), "answer": reply}
    return found


def main() -> None:
    """Print the examples."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(str(Path(folder) / "alliage.db"))
        session.fill(settings)
        app = create_app(settings)
        app.state.current.refresh()
        found = asyncio.run(made(app))
        app.state.current.stop()
    json.dump(found, sys.stdout, ensure_ascii=False, indent=1)
    print()


if __name__ == "__main__":
    main()
