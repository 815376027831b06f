"""The store from which the threads of a service read one generation."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from threading import RLock
from typing import Protocol

from graph.errors import EmptyStore
from graph.model import Kind, Tie
from graph.settings import Settings
from graph.sqlite.store import SqliteStore
from graph.store import Found, Reader, StoredClaim, StoredNode, StoredSource, StoredTie


class SharedStore(Reader, Protocol):
    """A store that any number of threads may read."""

    def confirm(self) -> None:
        """Know that the generation that is held is still the present one."""

    def lose(self, error: EmptyStore) -> None:
        """Know that the store holds nothing any more."""


class Lookout:
    """Sees which generation of the store is the present one; for one thread."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._kept: SharedStore | None = None

    def stamp(self) -> str:
        """The mark of the present generation.

        A file is opened at each look, as another may have been put in its place; a server is kept,
        as long as it answers.

        Raises:
            StoreError: the store cannot be read.
        """
        with ExitStack() as stack:
            store = stack.enter_context(closing(self._kept or shared(self._settings)))
            self._kept = None
            stamp = store.stamp()
            if self._settings.file is None:
                stack.pop_all()
                self._kept = store
        return stamp

    def close(self) -> None:
        """Look no more."""
        if self._kept is not None:
            self._kept.close()
            self._kept = None


def shared(settings: Settings) -> SharedStore:
    """The store of a service, to be read by its threads.

    Raises:
        StoreError: it cannot be read.
    """
    if settings.file is not None:
        return SharedFile(settings.file)
    # Loaded only here: who keeps a file needs no driver.
    from api.service.shared_server import SharedServer

    return SharedServer(settings.address, settings.password)


class SharedFile(SqliteStore):
    """A file of which one thread at a time asks.

    A connection stands for one read transaction, so that a generation has one and not one a
    thread; the look-ups take microseconds, and a search milliseconds.
    """

    def __init__(self, path: Path) -> None:
        self._turn = RLock()
        super().__init__(path)

    def confirm(self) -> None:
        """The read transaction holds it, whatever is the present one."""

    def lose(self, error: EmptyStore) -> None:
        """The file is open as long as this is, whatever has become of its name."""

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
