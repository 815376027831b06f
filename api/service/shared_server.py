"""The Neo4j server from which the threads of a service read one generation."""

import math
import time
from collections.abc import Callable, Hashable, Iterable
from dataclasses import replace
from typing import TypeVar

from graph.errors import EmptyStore, StoreBusy, StoreError, StoreRefused, StoreUnreachable
from graph.model import Kind, Tie
from graph.neo4j.connection import Address
from graph.neo4j.scope import KEPT_S
from graph.neo4j.store import Neo4jStore
from graph.once import Once
from graph.store import Found, StoredClaim, StoredNode, StoredTie

_T = TypeVar("_T")
_PATIENCE_S = 2.0
# For which a server that did not answer is asked no more; one that refused our password would
# soon refuse all who come with that name.
_PAUSE_S, _LONG_PAUSE_S = 5.0, 30.0
_LONGEST_S = 60.0  # between the first and the last look-up of a request, at the most
_REMEMBERED = 10_000  # answers of the server


class SharedServer(Neo4jStore):
    """A server of which any number of threads ask: its driver keeps a pool of connections.

    A look-up takes about a millisecond, most of it on the way, and says the same as long as the
    generation is held: the last ones are remembered. Where the server has gone away, not each who
    asks waits for it.
    """

    def __init__(self, address: str, password: str) -> None:
        super().__init__(replace(Address.of(address, password), patience=_PATIENCE_S))
        self._answers = Once(_REMEMBERED)
        self._away: StoreError | None = None
        self._asked_again = 0.0
        self.confirm()

    def confirm(self) -> None:
        """The server answers, and the generation that is held was its present one just now."""
        self._confirmed = time.monotonic()
        self._away = None

    def lose(self, error: EmptyStore) -> None:
        """Somebody has emptied the database: nothing that it says is of the generation held."""
        self._away, self._asked_again = error, math.inf

    def node(self, key: str) -> StoredNode | None:
        """The thing of that id or of that former id."""
        return self._answer(("node", key), lambda: super(SharedServer, self).node(key))

    def claims(self, key: str) -> list[StoredClaim]:
        """All that is said about a thing, the most trusted first."""
        return self._answer(("claims", key), lambda: super(SharedServer, self).claims(key))

    def ties(self, key: str) -> list[StoredTie]:
        """All ties that start or end at a thing; not remembered, as there may be many."""
        return self._read(lambda: super(SharedServer, self).ties(key))

    def tie(self, tie: Tie, start: str, end: str) -> StoredTie | None:
        """The tie between two things, or None."""
        asked = ("tie", tie.name, start, end)
        return self._answer(asked, lambda: super(SharedServer, self).tie(tie, start, end))

    def search(self, text: str, kinds: Iterable[Kind] = (), limit: int = 20) -> list[Found]:
        """Things by name, whatever the accents, the case, and small typing errors."""
        return self._read(lambda: super(SharedServer, self).search(text, kinds, limit))

    def _answer(self, asked: Hashable, read: Callable[[], _T]) -> _T:
        """What the server said before, or says now."""
        return self._answers(asked, lambda: self._read(read))

    def _read(self, read: Callable[[], _T]) -> _T:
        """What the server says now.

        Raises:
            StoreUnreachable, StoreRefused: it has gone away, or takes our password no more.
            StoreBusy: a part of the generation that is held may have been swept away.
        """
        now = time.monotonic()
        if self._away is not None and now < self._asked_again:
            raise type(self._away)(self._away.message)
        if now - self._confirmed > KEPT_S - _LONGEST_S:
            raise StoreBusy("Les données ont changé : réessayez dans un moment.")
        try:
            return read()
        except (StoreUnreachable, StoreRefused) as error:
            pause = _PAUSE_S if isinstance(error, StoreUnreachable) else _LONG_PAUSE_S
            self._away, self._asked_again = error, time.monotonic() + pause
            raise
