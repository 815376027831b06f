"""The graph as networkx has it: all that a store says, and files that are read back the same."""

import doctest
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree

import networkx as nx
import pytest

from graph.claims import Claim, NodeClaim, Source, TieClaim
from graph.model import ACTS_IN, ALLIANCE, MEMBER_OF, ORGANISATION, TERRITORY, TIES
from graph.networks import FORMATS, Network, Scope, scope_of, to_networkx, write_network
from graph.sqlite.store import SqliteStore
from graph.view import View
from queries.places import resolve_place

PAGE = Path(__file__).parents[2] / "docs" / "networkx.md"
REGISTER = Source("registre", "Registre", "Insee", "Licence Ouverte 2.0", date="2026-01")
HOSTILE = 'A & <script>alert("é")</script>\u202e'


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    """An empty store."""
    with closing(SqliteStore(tmp_path / "a.db", writable=True)) as opened:
        yield opened


def tell(store: SqliteStore, claims: Sequence[Claim]) -> None:
    with store.write(REGISTER) as writing:
        writing.add(claims)
        writing.finish()


def organisation(key: str, name: str) -> NodeClaim:
    return NodeClaim(key, ORGANISATION, key, {"name": name, "other_names": ["Un", "Deux"]})


PAIR: list[Claim] = [
    organisation("x:1", HOSTILE),
    organisation("x:2", "Deux\u0007"),
    NodeClaim("x:a", ALLIANCE, "a", {"name": "Ensemble", "purpose": "Agir"}),
    TieClaim(MEMBER_OF, "x:1", "x:a", "1", {"role": "member"}, "ligne 1", "https://x.fr/1"),
    TieClaim(MEMBER_OF, "x:2", "x:a", "2", {}, "ligne 2"),
    TieClaim(MEMBER_OF, "x:unknown", "x:a", "3"),
]


@pytest.fixture(scope="module")
def whole(bundled_store: Path) -> Network:
    """All that is bundled."""
    with closing(SqliteStore(bundled_store)) as opened:
        return to_networkx(opened)


@pytest.fixture(scope="module")
def isere(bundled: View, bundled_store: Path) -> Network:
    """What is bundled of one département."""
    with closing(SqliteStore(bundled_store)) as opened:
        return to_networkx(opened, scope_of(bundled, resolve_place(bundled, "Isère")[0]))


def test_all_that_the_store_says_is_there(whole: Network, bundled_store: Path) -> None:
    with closing(SqliteStore(bundled_store)) as store:
        assert sorted(whole) == [node.key for node in store.scan_nodes()]
        said = {(s.start, s.end, t.name) for t in TIES for s in store.scan_ties(t)}
        assert set(whole.edges(keys=True)) == said
        for key in ("alliage:le-rameau", "commune:38185", "goal:17"):
            stored = store.node(key)
            assert stored is not None
            assert stored.properties.items() <= whole.nodes[key].items()


def test_each_says_who_says_it(store: SqliteStore) -> None:
    tell(store, PAIR)
    network = to_networkx(store)
    assert network.edges["x:1", "x:a", "MEMBER_OF"] == {
        "label": "prend part à",
        "role": "member",
        "sources": ["registre ligne 1 https://x.fr/1"],
    }
    assert network.nodes["x:a"]["sources"] == ["registre"]
    [credit] = network.graph["sources"]
    assert credit == "registre, Registre, Insee, 2026-01, Licence Ouverte 2.0"
    assert "x:unknown" not in network  # nobody describes it


def test_a_part_says_of_its_own_what_the_whole_says(whole: Network, isere: Network) -> None:
    for key, values in isere.nodes(data=True):
        assert values == whole.nodes[key]
    for start, end, tie, values in isere.edges(keys=True, data=True):
        assert values == whole.edges[start, end, tie]


def test_a_territory_has_what_lies_in_it_with_all_their_ties(
    whole: Network, isere: Network
) -> None:
    # The 512 communes that Isère has in 2026 (Insee) and the 14 members that § 9 names.
    assert sum(key.startswith("commune:38") for key in isere) == 512
    programme = "alliage:programme-innovation-sociale-isere"
    assert isere.in_degree(programme) == whole.in_degree(programme) == 14
    assert {*isere.edges("siren:213801855", keys=True)} == {
        *whole.edges("siren:213801855", keys=True)
    }
    assert "commune:69123" not in isere


def test_what_is_not_known_is_passed_over(store: SqliteStore) -> None:
    tell(store, PAIR)
    ties = [(MEMBER_OF, "x:1", "x:a"), (MEMBER_OF, "x:1", "x:none")]
    assert sorted(to_networkx(store, Scope(["x:1", "x:a", "x:none"], ties))) == ["x:1", "x:a"]


def test_what_no_source_says_any_more_has_its_last_day(store: SqliteStore) -> None:
    place = NodeClaim("commune:38185", TERRITORY, "38185", {"name": "Grenoble"})
    acts = TieClaim(ACTS_IN, "x:2", "commune:38185", "2", ended="2024-05-06")
    gone = NodeClaim("x:2", ORGANISATION, "2", {"name": "Deux"}, ended="2025-01-02")
    tell(store, [place, gone, acts])
    network = to_networkx(store)
    assert network.nodes["x:2"]["ended"] == "2025-01-02"
    assert network.edges["x:2", "commune:38185", "ACTS_IN"]["until"] == "2024-05-06"
    assert "ended" not in network.nodes["commune:38185"]


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_is_read_back_as_it_was(store: SqliteStore, tmp_path: Path, form: str) -> None:
    tell(store, PAIR)
    network = to_networkx(store)
    write_network(network, form, tmp_path / "network")
    read = nx.read_gexf if form == "gexf" else nx.read_graphml
    again = read(tmp_path / "network")
    assert sorted(again) == ["x:1", "x:2", "x:a"]
    assert again.nodes["x:1"]["name"] == again.nodes["x:1"]["label"] == HOSTILE
    assert again.nodes["x:1"]["other_names"] == "Un | Deux"
    assert again.nodes["x:2"]["name"] == "Deux"  # XML has no bell
    edges = {(a, b): values for a, b, values in again.edges(data=True)}
    assert {ends: values["tie"] for ends, values in edges.items()} == {
        ("x:1", "x:a"): "MEMBER_OF",
        ("x:2", "x:a"): "MEMBER_OF",
    }
    assert edges["x:1", "x:a"]["role"] == "member"
    assert edges["x:1", "x:a"]["sources"] == "registre ligne 1 https://x.fr/1"
    assert network.nodes["x:1"]["other_names"] == ["Un", "Deux"]  # what was written is unchanged


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_credits_its_sources(store: SqliteStore, tmp_path: Path, form: str) -> None:
    tell(store, PAIR)
    write_network(to_networkx(store), form, tmp_path / "network")
    said = [element.text for element in ElementTree.parse(tmp_path / "network").iter()]
    assert "registre, Registre, Insee, 2026-01, Licence Ouverte 2.0" in said


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_graph_gives_the_same_bytes(store: SqliteStore, tmp_path: Path, form: str) -> None:
    tell(store, PAIR)
    once, twice = tmp_path / "once", tmp_path / "twice"
    write_network(to_networkx(store), form, once)
    write_network(to_networkx(store), form, twice)
    assert once.read_bytes() == twice.read_bytes()


def test_the_page_says_what_happens(bundled_store: Path) -> None:
    failed, tried = doctest.testfile(
        str(PAGE), module_relative=False, globs={"address": str(bundled_store)}
    )
    assert tried > 20
    assert not failed
