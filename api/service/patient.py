"""A connection that waits for a request, but not for ever."""

import asyncio
import os

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from api.service.settings import ServiceSettings


class PatientProtocol(H11Protocol):
    """HTTP/1.1 that closes a connection whose request does not come (« slow loris »).

    Uvicorn itself waits without end for the rest of a head, and for the first one at all.
    """

    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Read on; the rest of a head may take as long as a whole one, and no longer."""
        super().data_received(data)
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is not None and not cycle.response_complete:
            self._wait_no_more()
        elif self._waiting is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._wait_no_more()
        super().connection_lost(exc)

    def _wait(self) -> None:
        seconds = ServiceSettings.from_environment(os.environ).headers_s
        self._waiting = self.loop.call_later(seconds, self._close)

    def _wait_no_more(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _close(self) -> None:
        self._waiting = None
        self.transport.close()
