"""The Cypher that docs/neo4j.md shows runs, and agrees with what Alliage answers."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from graph.claims import Claim, NodeClaim, Source, TieClaim
from graph.model import (
    ACTS_IN,
    AIMS_AT,
    ALLIANCE,
    GOAL,
    MEMBER_OF,
    ORGANISATION,
    PART_OF,
    RUNS,
    SEATED_IN,
    TERRITORY,
)
from graph.neo4j.connection import Connection, Row
from graph.neo4j.store import Neo4jStore
from graph.store import StoredTie
from graph.view import View, memory_view
from queries.bridges import Request, bridges
from queries.uncovered import uncovered
from tests.conftest import Neo4j
from tests.graph.test_store_judgements import OURS, SAME, tell

pytestmark = pytest.mark.needs_neo4j

PAGE = Path(__file__).parents[2] / "docs" / "neo4j.md"
_QUERY = re.compile(r"\n\n(\w(?:[^\n]|\n(?!\n))*):\n\n```cypher\n(.*?)```", re.S)
QUERIES = dict(_QUERY.findall(PAGE.read_text("utf-8")))

SOURCE = Source("exemples", "Exemples d'alliances", "Le RAMEAU", "")
POSTE, GAIA = "siren:356000000", "alliage:gaia"


def organisation(key: str, name: str, world: str) -> NodeClaim:
    return NodeClaim(key, ORGANISATION, key, {"name": name, "world": world})


CLAIMS: list[Claim] = [
    NodeClaim(
        "x:rameau",
        ORGANISATION,
        "x:rameau",
        {"name": "Le Rameau", "world": "association", "roles": ["catalyst"]},
    ),
    organisation("x:university", "Université Grenoble-Alpes", "academic"),
    NodeClaim("x:chair", ALLIANCE, "8", {"name": "Chaire Territoire en transition"}),
    TieClaim(RUNS, "x:rameau", "x:chair", "8"),
    TieClaim(MEMBER_OF, "x:university", "x:chair", "8", {"role": "member"}),
    NodeClaim("region:84", TERRITORY, "84", {"name": "Auvergne-Rhône-Alpes", "level": "region"}),
    NodeClaim("departement:69", TERRITORY, "69", {"name": "Rhône", "level": "departement"}),
    NodeClaim("commune:69123", TERRITORY, "69123", {"name": "Lyon", "level": "commune"}),
    TieClaim(PART_OF, "commune:69123", "departement:69", "1"),
    TieClaim(PART_OF, "departement:69", "region:84", "1"),
    TieClaim(PART_OF, "departement:38", "region:84", "1"),
    TieClaim(ACTS_IN, "x:rameau", "departement:38", "1"),
    TieClaim(ACTS_IN, GAIA, "departement:38", "7"),
    TieClaim(ACTS_IN, "x:chair", "commune:38185", "8"),
    organisation(POSTE, "La Poste", "company"),
    organisation("siren:213801855", "Commune de Grenoble", "local_authority"),
    NodeClaim(GAIA, ALLIANCE, "7", {"name": "GAIA", "purpose": "Des générosités partagées"}),
    NodeClaim("goal:17", GOAL, "17", {"name": "Partenariats", "number": 17}),
    NodeClaim("commune:38185", TERRITORY, "38185", {"name": "Grenoble", "level": "commune"}),
    NodeClaim("commune:38151", TERRITORY, "38151", {"name": "Échirolles", "level": "commune"}),
    NodeClaim("departement:38", TERRITORY, "38", {"name": "Isère", "level": "departement"}),
    TieClaim(PART_OF, "commune:38185", "departement:38", "1"),
    TieClaim(PART_OF, "commune:38151", "departement:38", "1"),
    TieClaim(RUNS, "x:rameau", GAIA, "7"),
    TieClaim(MEMBER_OF, POSTE, GAIA, "7", {"role": "member"}),
    TieClaim(MEMBER_OF, "siren:213801855", GAIA, "7", {"role": "support"}),
    TieClaim(SEATED_IN, "siren:213801855", "commune:38185", "1"),
    TieClaim(AIMS_AT, "siren:213801855", "goal:17", "1"),
]


@pytest.fixture
def store(neo4j: Neo4j) -> Iterator[Neo4jStore]:
    with closing(neo4j.cleared().writer()) as opened:
        with opened.write(SOURCE) as writing:
            writing.add(CLAIMS)
            writing.finish()
        yield opened


@pytest.fixture
def view(store: Neo4jStore) -> View:
    return memory_view(store)


@pytest.fixture
def server(neo4j: Neo4j, store: Neo4jStore) -> Iterator[Connection]:
    with closing(Connection(store.address)) as connection:
        yield connection


def asked(server: Connection, beginning: str, **values: object) -> list[Row]:
    [query] = [text for title, text in QUERIES.items() if title.startswith(beginning)]
    return server.read(query, **values)


def test_every_query_of_the_page_is_tried_here() -> None:
    tried = re.findall(r'asked\(\n?\s*server,\s+"([^"]+)"', Path(__file__).read_text("utf-8"))
    assert len(QUERIES) == 10
    assert all(any(title.startswith(start) for start in tried) for title in QUERIES)


def test_what_an_organisation_takes_part_in(server: Connection, store: Neo4jStore) -> None:
    told: list[StoredTie] = [tie for tie in store.ties(POSTE) if tie.tie is MEMBER_OF]
    found = asked(server, "What an organisation", name="La Poste")
    assert found == [[tie.end, "GAIA", tie.properties["role"]] for tie in told] != []


def test_who_could_partner_here(server: Connection) -> None:
    found = asked(server, "Who could partner", place="departement:38", goal="goal:17")
    assert found == [["local_authority", "siren:213801855", "Commune de Grenoble"]]


def test_who_links_the_worlds(server: Connection) -> None:
    [[key, name, worlds]] = asked(server, "Who links")
    brought = ["academic", "company", "local_authority"]
    assert (key, name, sorted(worlds)) == ("x:rameau", "Le Rameau", brought)


def test_which_catalyst_connects_two_worlds(server: Connection, view: View) -> None:
    told = bridges(view, Request(("company", "academic"), "departement:38"))
    found = asked(server, "Which catalyst", one="company", other="academic")
    assert [row[0] for row in found] == [answer.id for answer in told.answers] == ["x:rameau"]
    assert found[0][2] == 1  # La Poste and the university, whom no alliance has brought together


def test_where_no_catalyst_is_known(server: Connection, view: View) -> None:
    rank = view.territories.rank(view.ordinal("region:84") or 0)
    told = uncovered(view, rank)
    found = asked(server, "Départements where")
    assert (
        [key for key, _ in found] == [each.place.id for each in told.without] == ["departement:69"]
    )


def test_what_lies_within_a_territory(server: Connection, view: View) -> None:
    isere = view.ordinal("departement:38")
    assert isere is not None
    within = sorted(view.keys[start] for start in view.ties[PART_OF].starts_of(isere))
    found = asked(server, "What lies within", place="departement:38")
    assert [key for [key] in found] == within == ["commune:38151", "commune:38185"]


def test_by_how_many_steps_two_know_each_other(server: Connection) -> None:
    found = asked(server, "By how many", one=POSTE, other="x:rameau")
    assert found == [[[POSTE, GAIA, "x:rameau"]]]


def test_who_says_it(server: Connection, store: Neo4jStore) -> None:
    found = asked(server, "Who says it", key=GAIA)
    assert len(found) == len(store.claims(GAIA)) == 1
    assert found[0][0].startswith('["exemples","7","Alliance",{"name":"GAIA"')


def test_purposes_are_found_whatever_their_endings_and_accents(server: Connection) -> None:
    assert asked(server, "Alliances whose", text="generosite partage") == [[GAIA, "GAIA"]]


def test_worlds_are_counted_alike(server: Connection, view: View) -> None:
    counted = Counter(str(view.world_of(int(ordinal))) for ordinal in view.of_kind(ORGANISATION))
    found = asked(server, "Worlds and how many")
    assert {row[0]: row[1] for row in found} == counted


def test_what_was_judged_the_same_is_shown_as_one(neo4j: Neo4j) -> None:
    with closing(neo4j.cleared().writer()) as store, closing(Connection(store.address)) as server:
        tell(store)
        names = "MATCH (n:Organisation) RETURN n.name ORDER BY n.id"
        same = "MATCH (n)-[:SAME_AS]->(m) RETURN n.id, m.id, m.purpose ORDER BY n.id"
        apart = server.read(names)
        store.judge(SAME)
        whole = "siren:223800012"
        assert server.read(names) == [["Département de l'Isère"], ["La Poste"]]
        assert server.read(same) == [
            [OURS, whole, "Agir ensemble"],
            ["fonds-vert:isere", whole, "Agir ensemble"],
        ]
        store.withdraw((judgement.one, judgement.other) for judgement in SAME)
        assert server.read(names) == apart
        assert server.read(same) == []
