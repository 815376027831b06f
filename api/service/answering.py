"""How an answer leaves: as JSON, with the mark of its generation, or not again."""

from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated, TypeAlias

import orjson
from fastapi import Depends
from starlette.requests import Request
from starlette.responses import Response

from api.as_json import Json
from api.service.current import Current, Generation

Ask: TypeAlias = Callable[[Generation], Json]

_REVALIDATE = "no-cache"  # kept, and asked again: an unchanged answer comes back as a 304


def _version() -> str:
    try:
        return version("alliage")
    except PackageNotFoundError:  # run from a folder that is not installed
        return "0"


_VERSION = _version()


def entity_tag(generation: Generation) -> str:
    """The mark of all answers of a generation, on a day, by a version of this program.

    Weak (RFC 9110, section 8.8.1), as a compressed answer has the same. The day counts because
    some answers depend on it.
    """
    today = datetime.now(UTC).strftime("%Y%m%d")
    return f'W/"{generation.view.generation}-{generation.stamp}-{today}-{_VERSION}"'


class Answering:
    """Answers one request from the generation that is present when it comes."""

    def __init__(self, request: Request) -> None:
        self._known = request.headers.get("If-None-Match", "")
        self._current: Current = request.app.state.current

    def __call__(self, ask: Ask) -> Response:
        """The answer, or 304 where the one who asks has it already."""
        with self._current.held() as generation:
            tag = entity_tag(generation)
            headers = {"ETag": tag, "Cache-Control": _REVALIDATE}
            if tag.removeprefix("W/") in self._tags():
                return Response(status_code=304, headers=headers)
            body = orjson.dumps(ask(generation))
        if self._known.strip() == "*":  # any answer is known, if there is one
            return Response(status_code=304, headers=headers)
        return Response(body, headers=headers, media_type="application/json")

    def _tags(self) -> set[str]:
        """The marks that are known, compared weakly."""
        return {tag.strip().removeprefix("W/") for tag in self._known.split(",")}


AnsweringDep: TypeAlias = Annotated[Answering, Depends(Answering)]
