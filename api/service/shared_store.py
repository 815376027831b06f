"""The connection to the embedded store that the threads of a service share."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from threading import RLock

from graph.model import Kind, Tie
from graph.sqlite import SqliteStore
from graph.store import Found, StoredClaim, StoredNode, StoredSource, StoredTie


class SharedStore(SqliteStore):
    """A store to read of which one thread at a time asks.

    A connection stands for one read transaction, so that a generation has one and not one a
    thread; the look-ups take microseconds, and a search milliseconds.
    """

    def __init__(self, path: Path) -> None:
        self._turn = RLock()
        super().__init__(path)

    def sources(self) -> list[StoredSource]:
        """All sources, sorted by name."""
        with self._turn:
            return super().sources()

    def node(self, key: str) -> StoredNode | None:
        """The thing of that id or of that former id."""
        with self._turn:
            return super().node(key)

    def claims(self, key: str) -> list[StoredClaim]:
        """All that is said about a thing, the most trusted first."""
        with self._turn:
            return super().claims(key)

    def scan_node_claims(self) -> Iterator[tuple[str, Kind, StoredClaim]]:
        """Every claim about a thing; nobody else reads until the last is given."""
        with self._turn:
            yield from super().scan_node_claims()

    def ties(self, key: str) -> list[StoredTie]:
        """All ties that start or end at a thing."""
        with self._turn:
            return super().ties(key)

    def tie(self, tie: Tie, start: str, end: str) -> StoredTie | None:
        """The tie between two things, or None."""
        with self._turn:
            return super().tie(tie, start, end)

    def search(self, text: str, kinds: Iterable[Kind] = (), limit: int = 20) -> list[Found]:
        """Things by name, whatever the accents, the case, and small typing errors."""
        with self._turn:
            return super().search(text, kinds, limit)
