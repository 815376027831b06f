"""The files that the pages need: styles, modules, what others made (`static/vendor`)."""

from functools import cache
from pathlib import Path, PurePosixPath

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from viz.pages.rendering import STATIC, digest

_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@cache
def _files() -> dict[str, Path]:
    """By its name within the folder; no other name leads to a file."""
    found = (file for file in STATIC.rglob("*") if file.suffix in _TYPES)
    return {file.relative_to(STATIC).as_posix(): file for file in found}


async def own_file(request: Request) -> Response:
    """A file of ours, for ever where its address has the mark of its content.

    A module names the modules that it needs without one: those are asked again, and not sent
    again (RFC 9110, section 13.1.2).
    """
    name = str(request.path_params["name"])
    file = (await run_in_threadpool(_files)).get(name)
    if file is None:
        return Response(status_code=404)
    mark = await run_in_threadpool(digest, name)
    kept = _FOR_EVER if request.query_params.get("v") == mark else _ASK_AGAIN
    headers = {"Cache-Control": kept, "ETag": f'W/"{mark}"'}
    if f'"{mark}"' in request.headers.get("If-None-Match", ""):
        return Response(status_code=304, headers=headers)
    return FileResponse(file, media_type=_TYPES[PurePosixPath(name).suffix], headers=headers)
