"""What is bundled, copied to a server and back: the same columns, exports and finds."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from graph.copying import copy_store
from graph.errors import RequestError
from graph.identity import Judgement, Verdict
from graph.model import ORGANISATION, TERRITORY
from graph.rdf.export import Provenance
from graph.rdf.files import write_ntriples
from graph.sqlite.store import SqliteStore
from graph.store import Reader, Store
from graph.view_columns import build
from tests.conftest import Neo4j
from tests.graph.test_store_judgements import SAME, tell

pytestmark = pytest.mark.needs_neo4j


@pytest.fixture(scope="module")
def file(bundled_store: Path) -> Iterator[SqliteStore]:
    with closing(SqliteStore(bundled_store)) as store:
        yield store


@pytest.fixture(scope="module")
def server(bundled_neo4j: Neo4j) -> Iterator[Store]:
    with closing(bundled_neo4j.reader()) as store:
        yield store


def export(store: Reader, path: Path) -> bytes:
    write_ntriples(store, "https://example.org", path, Provenance.WHOLE)
    return path.read_bytes()


def test_the_columns_of_the_view_are_the_same_to_the_byte(file: SqliteStore, server: Store) -> None:
    here, there = build(file), build(server)
    assert here.keys() == there.keys()
    different = [
        name
        for name, array in here.items()
        if array.dtype != there[name].dtype or array.tobytes() != there[name].tobytes()
    ]
    assert different == []
    assert len(np.flatnonzero(here["kind"] == 0)) > 100


def test_a_copy_and_its_copy_back_export_the_same_bytes(
    file: SqliteStore, server: Store, tmp_path: Path
) -> None:
    with closing(SqliteStore(tmp_path / "back.db", writable=True)) as back:
        progress: list[int] = []
        copied = copy_store(server, back, progress.append)
        assert progress[-1] == copied == sum(s.node_claims + s.tie_claims for s in file.sources())
        exports = [export(s, tmp_path / "export") for s in (file, server, back)]
    assert exports[0] == exports[1] == exports[2]


@pytest.mark.parametrize(
    "asked",
    ["Grenoble", "l'haÿ-les-roses", "Le Rameau", "st étienne", "Marseile", "fondation", "38185"],
)
def test_a_search_finds_the_same(file: SqliteStore, server: Store, asked: str) -> None:
    for kinds in ((), (TERRITORY,), (ORGANISATION,)):
        assert server.search(asked, kinds) == file.search(asked, kinds)


def test_a_copy_carries_judgements_and_ends(
    neo4j_store: Callable[[], Store], tmp_path: Path
) -> None:
    unsure = Judgement("siren:356000000", "x:1", Verdict.UNSURE, "personne", "2026-11-22")
    with closing(SqliteStore(tmp_path / "a.db", writable=True)) as origin:
        tell(origin)
        origin.judge([*SAME, unsure])
        with origin.write(origin.sources()[-1].source) as writing:
            writing.finish()  # it falls silent: a register, whose claims end
        with closing(neo4j_store()) as store:
            copy_store(origin, store)
            assert [*store.judgements()] == [*origin.judgements()]
            assert [*store.scan_node_claims()] == [*origin.scan_node_claims()]
            whole = export(origin, tmp_path / "export")
            assert export(store, tmp_path / "export") == whole
            assert copy_store(origin, store) > 0
            assert export(store, tmp_path / "export") == whole


def test_a_copy_does_not_mix_two_stores(neo4j_store: Callable[[], Store], tmp_path: Path) -> None:
    with (
        closing(neo4j_store()) as store,
        closing(SqliteStore(tmp_path / "a.db", writable=True)) as origin,
    ):
        tell(store)
        with pytest.raises(RequestError, match="exemples, fonds-vert, sirene"):
            copy_store(origin, store)


@pytest.fixture
def neo4j_store(request: pytest.FixtureRequest) -> Callable[[], Store]:
    """Opens an empty store on the first server: the second one holds what is bundled."""
    return lambda: request.getfixturevalue("neo4j").cleared().writer()
