"""What each request leaves behind: a line of the log, a count, headers that protect who reads."""

import json
import logging
import secrets
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.service.measures import Measures
from api.service.problems import internal

_log = logging.getLogger("alliage.service")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"})
UNMATCHED = "(none)"

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors {ancestors}"
)
_EMBEDDED = "/embed/"  # pages made to be shown within other sites
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@dataclass
class _Seen:
    """What is seen of a response on its way out."""

    status: int = 500
    started: bool = False
    number: str = field(default_factory=lambda: secrets.token_hex(8))
    began: float = field(default_factory=time.perf_counter)


class Observing:
    """ASGI middleware around all others: no exception leaves it, and no query enters the log."""

    def __init__(self, app: ASGIApp, measures: Measures) -> None:
        self._app = app
        self._measures = measures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, and tell that it was answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        seen = _Seen()
        method = scope["method"]
        if method == "HEAD":
            scope["method"] = "GET"

        async def observed(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen.started, seen.status = True, message["status"]
                _protect(scope["path"], MutableHeaders(scope=message), seen.number)
            elif method == "HEAD":
                message = {**message, "body": b""}
            await send(message)

        try:
            await self._app(scope, receive, observed)
        except Exception as error:  # noqa: BLE001 (the last resort: whatever it is, it is told)
            _tell_fault(seen.number, error)
            if not seen.started:
                await internal().response()(scope, receive, observed)
        finally:
            self._tell(method, scope, seen)

    def _tell(self, method: str, scope: Scope, seen: _Seen) -> None:
        route = getattr(scope.get("route"), "path", None) or UNMATCHED
        method = method if method in _METHODS else "OTHER"  # a client may invent any number
        seconds = time.perf_counter() - seen.began
        self._measures.answered(method, route, seen.status, seconds)
        said = {
            "method": method,
            "route": route,
            "status": seen.status,
            "ms": round(seconds * 1000, 1),
            "id": seen.number,
        }
        _log.info("request", extra={"said": said})


def _protect(path: str, headers: MutableHeaders, number: str) -> None:
    embedded = path.startswith(_EMBEDDED)
    policy = _POLICY.format(ancestors="*" if embedded else "'none'")
    headers.setdefault("Content-Security-Policy", policy)
    headers.setdefault("X-Request-Id", number)
    for name, value in _HEADERS.items():
        headers.setdefault(name, value)
    if path.startswith("/api/"):
        # Open data: any site may read it.
        headers.setdefault("Access-Control-Allow-Origin", "*")
        headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin")


def _tell_fault(number: str, error: Exception) -> None:
    """Say where it broke, without its message: that may hold what somebody asked."""
    frames = traceback.extract_tb(error.__traceback__)
    said = {
        "id": number,
        "error": type(error).__name__,
        "at": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-6:]],
    }
    _log.error("fault", extra={"said": said})


class JsonLines(logging.Formatter):
    """A log record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record; the trace of an exception is its type only."""
        said: Mapping[str, object] = getattr(record, "said", {})
        line = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **said,
        }
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
        return json.dumps(line, ensure_ascii=False)
