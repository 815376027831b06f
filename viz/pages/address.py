"""Addresses: the state of a page lies in its URL, and each link is that state with one change."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import quote, urlencode

_SAFE = "/:@,;+!*'()~-._"  # of a path: RFC 3986, section 3.3


@dataclass(frozen=True, slots=True)
class Address:
    """The address of a page of ours.

    Attributes:
        path: as people read it, not encoded, with the prefix of the language.
        pairs: its parameters in their order; a name may come several times.
    """

    path: str
    pairs: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        query = urlencode(self.pairs)
        return quote(self.path, _SAFE) + (f"?{query}" if query else "")

    def put(self, name: str, value: object) -> "Address":
        """With one value of that name, in place of all."""
        return self.drop(name).plus(name, value)

    def plus(self, name: str, value: object) -> "Address":
        """With one value more; as it is where it has it already."""
        pair = name, str(value)
        return self if pair in self.pairs else replace(self, pairs=(*self.pairs, pair))

    def minus(self, name: str, value: object) -> "Address":
        """Without that value."""
        pairs = tuple(pair for pair in self.pairs if pair != (name, str(value)))
        return replace(self, pairs=pairs)

    def drop(self, *names: str) -> "Address":
        """Without all values of those names."""
        return replace(self, pairs=tuple(pair for pair in self.pairs if pair[0] not in names))

    def file(self, suffix: str) -> "Address":
        """The same content as a file: its path with `.csv` or another suffix."""
        return replace(self, path=f"{self.path.rstrip('/')}.{suffix}")

    def has(self, name: str, value: object) -> bool:
        """Whether it has that value."""
        return (name, str(value)) in self.pairs


def kept(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Parameters without those left empty in a form, each once."""
    said = ((name, value.strip()) for name, value in pairs)
    return tuple(dict.fromkeys((name, value) for name, value in said if value))
