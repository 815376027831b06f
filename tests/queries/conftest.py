"""Small graphs, made of claims through a store in memory."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from graph.claims import Claim, Source
from graph.sqlite.store import SqliteStore
from graph.view import View, memory_view


@pytest.fixture
def view_of() -> Iterator[Callable[..., View]]:
    """A function that gives the view of what some sources say, read in that order."""
    with ExitStack() as stack:

        def view(*told: tuple[str, Sequence[Claim]]) -> View:
            store = SqliteStore(Path(":memory:"), writable=True)
            stack.enter_context(closing(store))
            for name, claims in told:
                with store.write(Source(name, name, "", "faits repris")) as writing:
                    writing.add(claims)
                    writing.finish()
            return memory_view(store)

        yield view
