"""One HTTP request: time-boxed as a whole, to http and https only, its faults in words."""

import http.client
import socket
import ssl
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from functools import partial
from typing import IO, Any
from urllib.parse import urlsplit, urlunsplit

_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how much a download may take.

    Attributes:
        connect: seconds to reach the server.
        read: seconds without a byte.
        overall: seconds for the whole, attempts and pauses included.
        size: bytes.
        attempts: how often a download that is cut off is begun or taken up again.
        pause: seconds before the second attempt, twice as long before each next one.
    """

    connect: float = 15
    read: float = 30
    overall: float = 3600
    size: int = 16 << 30
    attempts: int = 5
    pause: float = 1


class Failed(Exception):
    """A request that failed.

    Attributes:
        reason: one French phrase.
        may_pass: whether trying again may help.
    """

    def __init__(self, reason: str, *, may_pass: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.may_pass = may_pass


class Clock:
    """The time that is left for a download; when it is over, what is being read is cut off.

    Used in a `with`: it watches from its beginning to its end.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._end = time.monotonic() + limits.overall
        self._sockets: list[socket.socket] = []
        self._timer = threading.Timer(limits.overall, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> "Clock":
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._timer.join()
        self._sockets.clear()

    def left(self) -> float:
        """Seconds until the end, 0 after it."""
        return max(0.0, self._end - time.monotonic())

    def watch(self, connected: socket.socket) -> None:
        """Cut this connection when time is over, and give it the time to wait for a byte."""
        connected.settimeout(self.limits.read)
        self._sockets.append(connected)

    def _cut(self) -> None:
        for connected in list(self._sockets):
            try:
                connected.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


class Answer:
    """What a server answers.

    Attributes:
        status: 200, 206, 304, 416…
        headers: by name, without regard to case.
        url: where redirections led.
    """

    def __init__(self, response: Any, clock: Clock) -> None:  # noqa: ANN401 - urllib's answers
        self._response = response
        self._clock = clock
        self.status: int = response.status
        self.headers: Message = response.headers
        self.url: str = response.geturl()

    def pieces(self) -> Iterator[bytes]:
        """The bytes as they come.

        Raises:
            Failed: they are cut off, too slow, or time is over.
        """
        with _in_words(self._clock):
            while piece := self._response.read1(_CHUNK):
                self._in_time()
                yield piece
            # A connection that is cut off among the headers, too, looks like an end.
            self._in_time()

    def _in_time(self) -> None:
        if not self._clock.left():
            raise TimeoutError


@contextmanager
def answered(url: str, headers: Mapping[str, str], clock: Clock) -> Iterator[Answer]:
    """The answer to a GET, whatever its status.

    Raises:
        Failed: the server cannot be reached or is too slow; its certificate is wrong; it leads on
            to what is neither http nor https.
    """
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        _Http(clock),
        _Https(clock),
        _Redirects(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.UnknownHandler(),
    ):
        opener.add_handler(handler)
    with _in_words(clock):
        request = urllib.request.Request(url, headers=dict(headers))
        try:
            response = opener.open(request, timeout=min(clock.limits.connect, clock.left() + 0.01))
        except urllib.error.HTTPError as error:
            response = error
    with response:
        yield Answer(response, clock)


def shown(url: str) -> str:
    """An address to show: without password, query or fragment."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


@contextmanager
def _in_words(clock: Clock) -> Iterator[None]:
    try:
        yield
    except (urllib.error.URLError, OSError, http.client.HTTPException, ValueError) as error:
        if not clock.left():
            reason = f"il n'a pas été lu en entier en {clock.limits.overall:g} secondes"
            raise Failed(reason) from error
        cause = error.reason if isinstance(error, urllib.error.URLError) else error
        raise _failed(cause) from error


def _failed(cause: object) -> Failed:
    match cause:
        case ssl.SSLCertVerificationError():
            return Failed("le certificat du serveur n'est pas valable")
        case TimeoutError():
            return Failed("le serveur ne répond pas à temps", may_pass=True)
        case socket.gaierror():
            return Failed("le serveur est inconnu ou le réseau est coupé", may_pass=True)
        case ConnectionRefusedError():
            return Failed("le serveur refuse la connexion", may_pass=True)
        case OSError() | http.client.HTTPException():
            return Failed("la connexion a été coupée", may_pass=True)
        case _:
            return Failed("son adresse n'est pas une adresse http ou https")


class _Connection(http.client.HTTPConnection):
    def __init__(self, clock: Clock, host: str, **settings: Any) -> None:  # noqa: ANN401 - theirs
        super().__init__(host, **settings)
        self._clock = clock

    def connect(self) -> None:
        super().connect()
        self._clock.watch(self.sock)


class _SafeConnection(_Connection, http.client.HTTPSConnection):
    """The same over TLS: the clock watches the socket that speaks it."""


class _Http(urllib.request.HTTPHandler):
    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._connection = partial(_Connection, clock)

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self._connection, req)


class _Https(urllib.request.HTTPSHandler):
    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._connection = partial(_SafeConnection, clock)

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self._connection, req)


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows as browsers do, but never from https to http, nor to files or anything else."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: Message,
        newurl: str,
    ) -> urllib.request.Request | None:
        scheme = urlsplit(newurl).scheme
        if scheme not in ("http", "https") or (req.type == "https" and scheme == "http"):
            raise Failed("le serveur renvoie vers une adresse qui n'est pas sûre")
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]
