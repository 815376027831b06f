"""What may be set of the HTTP service: a default for everything."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from graph.errors import RequestError
from graph.settings import PREFIX

_WHOLE = "un nombre entier positif"
_NUMBER = "un nombre positif"


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """The limits of a service; each is set by `ALLIAGE_` and its name in capitals.

    Attributes:
        trusted_proxies: addresses and networks (CIDR), separated by commas, whose
            `X-Forwarded-For` and `X-Forwarded-Proto` are believed.
        rate: requests a second that an address may make in the long run, to one worker.
        burst: requests that it may make at once, to one worker.
        addresses: how many addresses are remembered at most.
        longest_url: bytes of a path with its query.
        largest_body: bytes of a request's body; no question takes one.
        request_s: seconds after which a request is given up.
        headers_s: seconds in which the head of a request must have come.
        threads: questions that a worker answers at once.
        connections: open connections of a worker, over which new ones are refused.
        refresh_s: seconds between two looks for a newer generation of the store.
    """

    trusted_proxies: str = "127.0.0.1,::1"
    rate: float = 20.0
    burst: int = 200
    addresses: int = 10_000
    longest_url: int = 16_384
    largest_body: int = 65_536
    request_s: float = 30.0
    headers_s: float = 10.0
    threads: int = 4
    connections: int = 512
    refresh_s: float = 1.0

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "ServiceSettings":
        """The settings that environment variables give.

        Raises:
            RequestError: one is not a positive number, where it must be.
        """
        found: dict[str, Any] = {}
        for field in fields(cls):
            written = environment.get(f"{PREFIX}{field.name.upper()}", "").strip()
            if written:
                value = _read(f"{PREFIX}{field.name.upper()}", written, getattr(cls(), field.name))
                found[field.name] = value
        return cls(**found)


def _read(name: str, written: str, default: str | int | float) -> str | int | float:
    if isinstance(default, str):
        return written
    try:
        value = int(written) if isinstance(default, int) else float(written)
    except ValueError:
        value = 0
    if not 0 < value < float("inf"):
        what = _WHOLE if isinstance(default, int) else _NUMBER
        raise RequestError(f"« {name} » doit être {what}, et vaut « {written} ».")
    return value
