"""What any test may ask for."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import pytest
from hypothesis import settings

from graph.copying import copy_store
from graph.neo4j.connection import Address, Connection
from graph.neo4j.store import Neo4jStore
from graph.sqlite.store import SqliteStore
from graph.store import Reader
from graph.view import View, open_view
from ingest.bundled import BUNDLED
from ingest.runner import ingest
from tests.neo4j.server import NEEDS_NEO4J, USER, NoServerHere, Server, running

# A slow machine is no fault, and CI tries the same examples each time; a run by hand tries others.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder beside the checkout: the seed documents and the open data."""
    folder = Path(__file__).resolve().parents[2] / "shared"
    if not folder.is_dir():
        pytest.skip("needs ../shared (the seed documents and open data, beside the checkout)")
    return folder


@pytest.fixture(scope="session")
def bundled_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with all that is bundled; not to be written."""
    path = tmp_path_factory.mktemp("bundled") / "alliage.db"
    with closing(SqliteStore(path, writable=True)) as store:
        for importer in BUNDLED:
            for _ in ingest(store, importer):
                pass
    return path


@pytest.fixture(scope="session")
def bundled(bundled_store: Path) -> Iterator[View]:
    """The view of all that is bundled."""
    with closing(SqliteStore(bundled_store)) as store:
        yield open_view(store, bundled_store.with_name("alliage.db.view"))


@dataclass(frozen=True)
class Neo4j:
    """A database on a real server, which the tests take in turn."""

    server: Server

    @property
    def address(self) -> Address:
        return Address(self.server.uri, USER, self.server.password, patience=5.0)

    def cleared(self) -> Self:
        """The same, with nothing in it but its schema."""
        with closing(Connection(self.address)) as connection:
            connection.write(("MATCH (n) DETACH DELETE n", {}))
        return self

    def writer(self) -> Neo4jStore:
        return Neo4jStore(self.address, writable=True)

    def reader(self) -> Neo4jStore:
        return Neo4jStore(self.address)


@pytest.fixture(scope="session")
def neo4j(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neo4j]:
    """A Neo4j server of this run; ask `cleared` before use."""
    yield from _server(tmp_path_factory.mktemp("neo4j"))


@pytest.fixture(scope="session")
def other_neo4j(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neo4j]:
    """Another Neo4j server, where a test needs two stores at once."""
    yield from _server(tmp_path_factory.mktemp("other_neo4j"))


@pytest.fixture(scope="module")
def bundled_neo4j(bundled_store: Path, other_neo4j: Neo4j) -> Neo4j:
    """The other server with all that is bundled, which a module may add to."""
    with closing(SqliteStore(bundled_store)) as file:
        with closing(other_neo4j.writer()) as store:
            if _told(store) == _told(file):  # since a module before
                return other_neo4j
        with closing(other_neo4j.cleared().writer()) as store:
            copy_store(file, store)
    return other_neo4j


def _told(store: Reader) -> list[tuple[str, int, int]]:
    return [(each.source.name, each.node_claims, each.tie_claims) for each in store.sources()]


def _server(home: Path) -> Iterator[Neo4j]:
    try:
        started = ExitStack()
        server = started.enter_context(running(home))
    except NoServerHere as reason:
        pytest.skip(f"{NEEDS_NEO4J}: {reason}")
    with started:
        yield Neo4j(server)
