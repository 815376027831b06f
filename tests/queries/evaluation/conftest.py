"""The projects of the ANR with a partner in La Rochelle, 2010–2018, as a store."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from graph.claims import Claim, NodeClaim, Source, TieClaim
from graph.model import ALLIANCE, MEMBER_OF, ORGANISATION
from graph.sqlite.store import SqliteStore
from graph.view import memory_view
from queries.evaluation.record import Record


def took_part(*rows: tuple[str, str, str]) -> list[Claim]:
    """Claims of (organisation, alliance, since), the alliances beginning with their members."""
    claims: list[Claim] = []
    for organisation, alliance, since in rows:
        one, other = f"test:{organisation}", f"test:{alliance}"
        claims += [
            NodeClaim(one, ORGANISATION, organisation, {"name": organisation}),
            NodeClaim(other, ALLIANCE, alliance, {"name": alliance, "started": since}),
            TieClaim(MEMBER_OF, one, other, f"{organisation} {alliance}", {"since": since}),
        ]
    return claims


@pytest.fixture
def store_of() -> Iterator[Callable[[Sequence[Claim]], SqliteStore]]:
    """A function that gives a store of some claims."""
    with ExitStack() as stack:

        def store(claims: Sequence[Claim]) -> SqliteStore:
            made = SqliteStore(Path(":memory:"), writable=True)
            stack.enter_context(closing(made))
            with made.write(Source("test", "test", "", "faits repris")) as writing:
                writing.add(claims)
                writing.finish()
            return made

        yield store


@pytest.fixture
def record_of(store_of: Callable[[Sequence[Claim]], SqliteStore]) -> Callable[..., Record]:
    """A function that gives the record of (organisation, alliance, since)."""

    def record(*rows: tuple[str, str, str]) -> Record:
        store = store_of(took_part(*rows))
        return Record(memory_view(store), store)

    return record
