"""How much may be asked: by an address, by the length of a request, by the time of an answer."""

import asyncio
import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.service.problems import Problem, time_out
from api.service.settings import ServiceSettings

_UNCOUNTED = frozenset({"/health", "/ready", "/metrics"})
_IPV6_BITS = 64  # what one subscriber is given (RFC 6177)


@dataclass(eq=False)
class TokenBuckets:
    """A bucket of tokens for each address: a request takes one, time gives them back.

    Kept in memory only, and only those of the addresses that asked last.

    Attributes:
        rate: tokens a second.
        burst: tokens of a full bucket.
        most: addresses that are remembered.
    """

    rate: float
    burst: int
    most: int
    now: Callable[[], float] = time.monotonic
    _buckets: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def wait_s(self, address: str) -> float:
        """Take a token: 0.0, or the seconds until there is one."""
        now = self.now()
        tokens, then = self._buckets.pop(address, (float(self.burst), now))
        tokens = min(float(self.burst), tokens + (now - then) * self.rate)
        allowed = tokens >= 1
        self._buckets[address] = (tokens - 1 if allowed else tokens, now)
        if len(self._buckets) > self.most:
            self._buckets.popitem(last=False)
        return 0.0 if allowed else (1 - tokens) / self.rate


class Limits:
    """ASGI middleware that refuses what is too much, too long or too big."""

    def __init__(self, app: ASGIApp, settings: ServiceSettings) -> None:
        self._app = app
        self._settings = settings
        self._buckets = TokenBuckets(settings.rate, settings.burst, settings.addresses)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif problem := self._refused(scope):
            await problem.response()(scope, receive, send)
        else:
            await self._bounded(scope, self._counted(receive), send)

    def _refused(self, scope: Scope) -> Problem | None:
        settings = self._settings
        if len(scope["raw_path"]) + len(scope["query_string"]) > settings.longest_url:
            detail = f"L'adresse dépasse {settings.longest_url} octets : abrégez-la."
            return Problem(414, "url_too_long", detail)
        if _announced(scope) > settings.largest_body:
            return _too_large(settings.largest_body)
        if scope["path"] in _UNCOUNTED:
            return None
        wait = self._buckets.wait_s(_subscriber(scope))
        if not wait:
            return None
        detail = "Vous avez fait beaucoup de demandes en peu de temps : attendez un moment."
        return Problem(429, "too_many_requests", detail, headers={"Retry-After": str(ceil(wait))})

    def _counted(self, receive: Receive) -> Receive:
        """What gives the body only as far as it may go: the rest of a longer one is not read."""
        left = self._settings.largest_body

        async def counted() -> Message:
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            return message if left >= 0 else {"type": "http.disconnect"}

        return counted

    async def _bounded(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer in time, or say that it takes too long; its thread is not waited for."""
        started = abandoned = False

        async def guarded(message: Message) -> None:
            nonlocal started
            if not abandoned:
                started = True
                await send(message)

        task = asyncio.ensure_future(self._app(scope, receive, guarded))
        done, _ = await asyncio.wait({task}, timeout=self._settings.request_s)
        if done:
            task.result()
            return
        abandoned = True
        task.cancel()
        task.add_done_callback(_forgotten)
        if not started:
            await time_out().response()(scope, receive, send)


def _forgotten(task: "asyncio.Future[None]") -> None:
    """Take note of how an abandoned answer ended, which nobody waits for."""
    if not task.cancelled():
        task.exception()


def _announced(scope: Scope) -> int:
    """The length of the body that the head announces, 0 where it announces none."""
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value[:18])
    return 0


def _too_large(most: int) -> Problem:
    detail = f"Le corps de la demande dépasse {most} octets ; aucune question n'en prend."
    return Problem(413, "body_too_large", detail, headers={"Connection": "close"})


def _subscriber(scope: Scope) -> str:
    """Who asks: an IPv4 address, the network of an IPv6 one."""
    host = scope["client"][0] if scope.get("client") else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, _IPV6_BITS), strict=False))
    return host
