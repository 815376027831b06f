"""What every store promises (`graph.store`), whatever keeps it."""

import datetime
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.claims import Claim, NodeClaim, Properties, Source, TieClaim, Value
from graph.errors import InvalidClaim, UnknownSource
from graph.model import (
    ACTS_IN,
    AIMS_AT,
    ALLIANCE,
    GOAL,
    GOVERNS,
    MEMBER_OF,
    ORGANISATION,
    PART_OF,
    SEATED_IN,
    TERRITORY,
    TIES,
    Kind,
    Tie,
)
from graph.sqlite.store import SqliteStore
from graph.store import Found, Reader, Store, StoredClaim, StoredNode, StoredSource, Written

# A backend -----------------------------------------------------------------------------------


class Backend(Protocol):
    """One empty store that several connections may open; a new one for each test."""

    def writer(self) -> Store: ...

    def reader(self) -> Reader: ...


@dataclass(frozen=True)
class Sqlite:
    path: Path

    def writer(self) -> Store:
        return SqliteStore(self.path, writable=True)

    def reader(self) -> Reader:
        return SqliteStore(self.path)


@pytest.fixture(params=["sqlite", pytest.param("neo4j", marks=pytest.mark.needs_neo4j)])
def make(request: pytest.FixtureRequest) -> Callable[[Path], Backend]:
    if request.param == "sqlite":
        return lambda path: Sqlite(path / "alliage.db")

    def server(path: Path) -> Backend:
        name = "other_neo4j" if path.name == "other" else "neo4j"
        found: Backend = request.getfixturevalue(name).cleared()
        return found

    return server


@pytest.fixture
def backend(make: Callable[[Path], Backend], tmp_path: Path) -> Backend:
    return make(tmp_path)


@pytest.fixture
def store(backend: Backend) -> Iterator[Store]:
    with closing(backend.writer()) as opened:
        yield opened


# What is told: true places (Insee, COG 2026, populations 2023) and organisations ---------------

REFERENCE = Source(
    "reference",
    "Code officiel géographique",
    "Insee",
    "Licence Ouverte 2.0",
    "https://www.insee.fr/fr/information/2560452",
    "2026-01-01",
    100,
)
EXAMPLES = Source(
    "exemples", "Exemples d'alliances", "Le RAMEAU", "", "", "2021", 50, keeps_history=False
)
SIRENE = Source("sirene", "Base Sirene", "Insee", "Licence Ouverte 2.0", "", "2025-10-01", 80)

GRENOBLE: Properties = {"name": "Grenoble", "level": "commune", "population": 156140}


def territory(key: str, values: Properties, record: str = "") -> NodeClaim:
    return NodeClaim(key, TERRITORY, record or key.partition(":")[2], values)


def organisation(key: str, values: Properties, record: str = "1") -> NodeClaim:
    return NodeClaim(key, ORGANISATION, record, values)


def part(start: str, end: str) -> TieClaim:
    return TieClaim(PART_OF, start, end, "cog")


PLACES: list[Claim] = [
    territory("commune:38185", {**GRENOBLE, "postcodes": ["38000", "38100"]}),
    territory("commune:38151", {"name": "Échirolles", "level": "commune", "population": 37491}),
    territory("commune:94038", {"name": "L'Haÿ-les-Roses", "level": "commune"}),
    territory(
        "commune:74010",
        {
            "name": "Annecy",
            "level": "commune",
            "former_codes": ["74011", "74093", "74182", "74217", "74268"],
        },
    ),
    territory("epci:200040715", {"name": "Grenoble-Alpes-Métropole", "level": "epci"}),
    part("commune:38185", "epci:200040715"),
    part("commune:38151", "epci:200040715"),
]
LA_POSTE = organisation(
    "siren:356000000", {"name": "La Poste", "world": "company", "siren": "356000000"}
)
ALLIANCE_DYNAMIQUE = NodeClaim(
    "alliage:alliance-dynamique", ALLIANCE, "16", {"name": "Alliance Dynamique"}, "§ 16"
)
MEMBERSHIP = TieClaim(
    MEMBER_OF,
    "siren:356000000",
    "alliage:alliance-dynamique",
    "16",
    {"role": "initiator", "since": "2014"},
    "§ 16",
    "https://www.lerameau.fr",
    "2021-10",
)
EXAMPLE_CLAIMS: list[Claim] = [LA_POSTE, ALLIANCE_DYNAMIQUE, MEMBERSHIP]


def told(store: Store, source: Source, claims: Iterable[Claim]) -> Written:
    with store.write(source) as writing:
        writing.add(claims)
        return writing.finish()


def everything(store: Reader) -> dict[str, object]:
    """All that a store gives back, in the order in which it does."""
    with store.snapshot():
        return {
            "sources": store.sources(),
            "nodes": [*store.scan_nodes()],
            "claims": [*store.scan_node_claims()],
            "ties": [stored for tie in TIES for stored in store.scan_ties(tie)],
            "values": [(tie, *row) for tie in TIES for row in store.scan_tie_values(tie)],
            "aliases": [*store.aliases()],
        }


def apart_from_generations(found: dict[str, object]) -> dict[str, object]:
    sources = found["sources"]
    assert isinstance(sources, list)
    return found | {"sources": [replace(source, generation=0) for source in sources]}


def keys(nodes: Iterable[StoredNode]) -> list[str]:
    return [node.key for node in nodes]


def today() -> str:
    return datetime.datetime.now(datetime.UTC).date().isoformat()


# Reading back --------------------------------------------------------------------------------


def test_a_new_store_holds_nothing(store: Store) -> None:
    assert (store.generation(), store.stamp()) == (0, "")
    assert {*map(str, everything(store).values())} == {"[]"}
    assert store.node("commune:38185") is None
    assert store.claims("commune:38185") == []
    assert store.ties("commune:38185") == []
    assert store.tie(PART_OF, "commune:38185", "epci:200040715") is None
    assert store.search("Grenoble") == []


def test_what_is_written_is_given_back_whole(store: Store) -> None:
    written = told(store, EXAMPLES, EXAMPLE_CLAIMS)
    claim = StoredClaim(
        EXAMPLES, "16", MEMBERSHIP.properties, "§ 16", "https://www.lerameau.fr", "2021-10"
    )
    assert written == Written(read=3, written=3, unchanged=0, removed=0, ended=0, generation=1)
    assert store.sources() == [StoredSource(EXAMPLES, 2, 1, 1)]
    assert [*store.scan_nodes()] == [
        StoredNode(
            "alliage:alliance-dynamique",
            ALLIANCE,
            "Alliance Dynamique",
            {"name": "Alliance Dynamique"},
        ),
        StoredNode("siren:356000000", ORGANISATION, "La Poste", LA_POSTE.properties),
    ]
    assert [*store.scan_node_claims()] == [
        (
            "alliage:alliance-dynamique",
            ALLIANCE,
            StoredClaim(EXAMPLES, "16", {"name": "Alliance Dynamique"}, "§ 16", "", ""),
        ),
        (
            "siren:356000000",
            ORGANISATION,
            StoredClaim(EXAMPLES, "1", LA_POSTE.properties, "", "", ""),
        ),
    ]
    [tie] = store.scan_ties(MEMBER_OF)
    assert (tie.tie, tie.start, tie.end) == (MEMBER_OF, MEMBERSHIP.start, MEMBERSHIP.end)
    assert (tie.properties, tie.claims) == (MEMBERSHIP.properties, (claim,))
    assert store.tie(MEMBER_OF, MEMBERSHIP.start, MEMBERSHIP.end) == tie
    assert store.tie(MEMBER_OF, MEMBERSHIP.end, MEMBERSHIP.start) is None
    assert store.ties("siren:356000000") == store.ties("alliage:alliance-dynamique") == [tie]
    assert [*store.scan_tie_values(MEMBER_OF)] == [(tie.start, tie.end, tie.properties)]


@pytest.mark.parametrize(
    "values",
    [
        {"name": "Échirolles 🚲 « l'agglo »\n\t\\\"' %_;--", "latitude": 45.14414},
        {"name": "x" * 100_000},
        {"name": "\x00 et \x7f"},
        {"name": "Mont-Saint-Martin", "population": 2**63 - 1, "longitude": -0.0},
        {"name": "2012", "surface_km2": 18},
        {"name": "Lyon", "postcodes": ["69001", "01"], "extent": "whole"},
    ],
    ids=["signs", "long", "controls", "numbers", "integer", "lists"],
)
def test_values_come_back_as_they_were_with_their_types(
    store: Store, values: dict[str, Value]
) -> None:
    told(store, REFERENCE, [territory("commune:38258", values)])
    stored = store.node("commune:38258")
    assert stored is not None
    assert stored.properties == values
    assert {name: type(v) for name, v in stored.properties.items()} == {
        name: type(v) for name, v in values.items()
    }


def test_a_thing_without_name_is_called_by_its_id(store: Store) -> None:
    told(store, EXAMPLES, [organisation("siren:356000000", {})])
    node = StoredNode("siren:356000000", ORGANISATION, "siren:356000000", {})
    assert store.node("siren:356000000") == node


def test_scans_are_sorted_by_the_signs_of_the_id(store: Store) -> None:
    """By Unicode code points, as UTF-8 sorts: capitals before small letters, accents last."""
    local = ["b", "a", "É", "Z", "a1", "10", "9", "é", "🚲", "\ufb01"]
    places = [f"x:{word}" for word in local]
    ties = [part(start, end) for start in places[:3] for end in places]
    told(store, REFERENCE, [*(territory(key, {}) for key in places), *ties])
    assert keys(store.scan_nodes()) == sorted(places)
    assert [key for key, _, _ in store.scan_node_claims()] == sorted(places)
    pairs = sorted((tie.start, tie.end) for tie in ties)
    assert [(tie.start, tie.end) for tie in store.scan_ties(PART_OF)] == pairs
    assert [(start, end) for start, end, _ in store.scan_tie_values(PART_OF)] == pairs


def test_ties_of_a_thing_are_sorted_by_tie_start_and_end(store: Store) -> None:
    others = ["epci:200040715", "commune:38151"]
    ties = [
        TieClaim(SEATED_IN, "siren:213801855", "commune:38185", "1"),
        TieClaim(GOVERNS, "siren:213801855", "commune:38185", "1"),
        TieClaim(ACTS_IN, "siren:356000000", "commune:38185", "1"),
        *(part("commune:38185", other) for other in others),
        part("commune:38185", "commune:38185"),
        part("siren:213801855", "siren:200040715"),
    ]
    told(store, REFERENCE, ties)
    found = [(tie.tie.name, tie.start, tie.end) for tie in store.ties("commune:38185")]
    assert found == [
        ("ACTS_IN", "siren:356000000", "commune:38185"),
        ("GOVERNS", "siren:213801855", "commune:38185"),
        ("PART_OF", "commune:38185", "commune:38151"),
        ("PART_OF", "commune:38185", "commune:38185"),
        ("PART_OF", "commune:38185", "epci:200040715"),
        ("SEATED_IN", "siren:213801855", "commune:38185"),
    ]


# Writing again -------------------------------------------------------------------------------


def test_writing_a_source_again_changes_nothing(store: Store) -> None:
    told(store, REFERENCE, PLACES)
    before, stamp = everything(store), store.stamp()
    assert told(store, REFERENCE, reversed(PLACES)) == Written(7, 0, 7, 0, 0, generation=1)
    assert (everything(store), store.generation(), store.stamp()) == (before, 1, stamp)


def test_what_changed_is_replaced_and_the_rest_stays(store: Store) -> None:
    told(store, REFERENCE, PLACES)
    newer: list[Claim] = [
        territory("commune:38185", {**GRENOBLE, "population": 157477}),
        *PLACES[1:],
    ]
    assert told(store, REFERENCE, newer) == Written(7, 1, 6, 0, 0, generation=2)
    node = store.node("commune:38185")
    assert node is not None
    assert node.properties == {**GRENOBLE, "population": 157477}
    assert [claim.properties for claim in store.claims("commune:38185")] == [node.properties]


@pytest.mark.parametrize(
    "change", [{"locator": "ligne 40"}, {"url": "https://www.grenoble.fr"}, {"date": "2026-02"}]
)
def test_a_claim_that_moved_to_another_place_is_replaced(
    store: Store, change: dict[str, str]
) -> None:
    claim = territory("commune:38185", GRENOBLE)
    told(store, REFERENCE, [claim])
    moved = replace(claim, **change)  # type: ignore[arg-type]
    assert told(store, REFERENCE, [moved]).written == 1
    [stored] = store.claims("commune:38185")
    assert stored == StoredClaim(REFERENCE, "38185", GRENOBLE, moved.locator, moved.url, moved.date)


def test_all_that_is_said_of_one_thing_may_change_at_once(store: Store) -> None:
    """Two records and three ties of Grenoble, all of them corrected."""

    def claims(name: str, day: str) -> list[Claim]:
        ends = ["epci:200040715", "departement:38", "region:84"]
        return [
            territory("commune:38185", {"name": name}, "38185"),
            territory("commune:38185", {"other_names": [name]}, "38000"),
            *(TieClaim(PART_OF, "commune:38185", end, "cog", {"since": day}) for end in ends),
        ]

    told(store, REFERENCE, claims("Grelibre", "1793"))
    assert told(store, REFERENCE, claims("Grenoble", "1814")) == Written(5, 5, 0, 0, 0, 2)
    node = store.node("commune:38185")
    assert node is not None
    assert node.properties == {"name": "Grenoble", "other_names": ["Grenoble"]}
    assert [tie.properties for tie in store.ties("commune:38185")] == [{"since": "1814"}] * 3


def test_each_change_has_a_number_and_a_stamp_of_its_own(store: Store) -> None:
    seen = [(store.generation(), store.stamp())]
    for name in ("Grenoble", "Grenoble-Alpes", "Grenoble"):
        told(store, REFERENCE, [territory("commune:38185", {"name": name})])
        seen.append((store.generation(), store.stamp()))
    store.forget("reference")
    seen.append((store.generation(), store.stamp()))
    assert [generation for generation, _ in seen] == [0, 1, 2, 3, 4]
    assert len({stamp for _, stamp in seen}) == 5


def test_two_stores_that_were_told_the_same_have_other_stamps(
    make: Callable[[Path], Backend], tmp_path: Path
) -> None:
    stamps = set()
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        with closing(make(tmp_path / name).writer()) as store:
            told(store, REFERENCE, PLACES)
            stamps.add(store.stamp())
    assert len(stamps) == 2


def test_said_twice_by_one_record_the_last_one_holds(store: Store) -> None:
    twice = [territory("commune:38185", {"name": "Grelibre"}), territory("commune:38185", GRENOBLE)]
    # Two records were read; the first says nothing that is kept.
    assert told(store, REFERENCE, twice) == Written(2, 1, 1, 0, 0, generation=1)
    assert [claim.properties for claim in store.claims("commune:38185")] == [GRENOBLE]


def test_a_value_that_a_list_repeats_counts_once(store: Store) -> None:
    double: Properties = {"name": "Grenoble", "postcodes": ["38000", "38100", "38000"]}
    told(store, REFERENCE, [territory("commune:38185", double)])
    node = store.node("commune:38185")
    assert node is not None
    assert node.properties == {"name": "Grenoble", "postcodes": ["38000", "38100"]}


def test_a_changed_description_of_a_source_is_a_change(store: Store) -> None:
    told(store, REFERENCE, PLACES)
    newer = replace(REFERENCE, date="2027-01-01", title="COG 2027")
    assert told(store, newer, PLACES) == Written(7, 0, 7, 0, 0, generation=2)
    assert store.sources() == [StoredSource(newer, 5, 2, 2)]


def test_a_source_that_is_trusted_more_from_now_on_is_believed(store: Store) -> None:
    told(store, SIRENE, [organisation("siren:356000000", {"name": "LA POSTE"})])
    told(store, EXAMPLES, [organisation("siren:356000000", {"name": "La Poste"})])
    names = [node.name for node in store.scan_nodes()]
    told(
        store, replace(EXAMPLES, trust=90), [organisation("siren:356000000", {"name": "La Poste"})]
    )
    assert (names, [node.name for node in store.scan_nodes()]) == (["LA POSTE"], ["La Poste"])


def test_sources_that_disagree_stay_side_by_side_the_most_trusted_first(store: Store) -> None:
    told(
        store, EXAMPLES, [organisation("siren:356000000", {"name": "La Poste", "ess": False}, "16")]
    )
    told(store, SIRENE, [organisation("siren:356000000", {"name": "LA POSTE"}, "356000000")])
    node = StoredNode(
        "siren:356000000", ORGANISATION, "LA POSTE", {"name": "LA POSTE", "ess": False}
    )
    claims = [
        StoredClaim(SIRENE, "356000000", {"name": "LA POSTE"}, "", "", ""),
        StoredClaim(EXAMPLES, "16", {"name": "La Poste", "ess": False}, "", "", ""),
    ]
    assert store.node("siren:356000000") == node
    assert store.claims("siren:356000000") == claims
    assert [claim for _, _, claim in store.scan_node_claims()] == [claims[1], claims[0]]


def test_a_tie_that_several_say_is_one_tie_with_all_its_claims(store: Store) -> None:
    told(store, EXAMPLES, EXAMPLE_CLAIMS)
    again = TieClaim(
        MEMBER_OF, MEMBERSHIP.start, MEMBERSHIP.end, "1", {"role": "member", "since": "2014-06"}
    )
    told(store, SIRENE, [again])
    [tie] = store.scan_ties(MEMBER_OF)
    assert tie.properties == {"role": "member", "since": "2014"}
    assert [claim.source.name for claim in tie.claims] == ["sirene", "exemples"]
    assert [*store.scan_tie_values(MEMBER_OF)] == [(tie.start, tie.end, tie.properties)]


# Vanishing -----------------------------------------------------------------------------------


def test_what_vanishes_from_a_register_has_ended(store: Store) -> None:
    told(store, REFERENCE, PLACES)
    days = {today()}
    kept: list[Claim] = [
        claim
        for claim in PLACES
        if not isinstance(claim, NodeClaim) or claim.subject != "commune:38151"
    ][:-1]
    assert told(store, REFERENCE, kept) == Written(5, 0, 5, 0, ended=2, generation=2)
    days.add(today())
    node = store.node("commune:38151")
    [claim] = store.claims("commune:38151")
    [tie] = store.ties("commune:38151")
    assert node is not None
    assert (node.name, node.ended) == ("Échirolles", True)
    assert claim.ended in days
    assert [claim.ended for claim in tie.claims] == [claim.ended]
    assert [row for row in store.scan_tie_values(PART_OF) if row[0] == "commune:38151"] == [
        ("commune:38151", "epci:200040715", {"until": claim.ended})
    ]
    assert [node.key for node in store.scan_nodes() if node.ended] == ["commune:38151"]


def test_what_comes_back_lasts_again(store: Store) -> None:
    told(store, REFERENCE, PLACES)
    before = everything(store)
    told(store, REFERENCE, PLACES[2:5])
    assert told(store, REFERENCE, PLACES) == Written(7, 4, 3, 0, 0, generation=3)
    assert apart_from_generations(everything(store)) == apart_from_generations(before)


def test_what_ended_does_not_end_again(store: Store) -> None:
    told(store, REFERENCE, PLACES)
    told(store, REFERENCE, [])
    before = everything(store)
    assert told(store, REFERENCE, []) == Written(0, 0, 0, 0, 0, generation=2)
    assert everything(store) == before


def test_what_vanishes_from_a_corrected_table_is_removed(store: Store) -> None:
    told(store, EXAMPLES, EXAMPLE_CLAIMS)
    assert told(store, EXAMPLES, [LA_POSTE]) == Written(1, 0, 1, removed=2, ended=0, generation=2)
    assert keys(store.scan_nodes()) == ["siren:356000000"]
    assert store.node("alliage:alliance-dynamique") is None
    assert store.ties("siren:356000000") == []
    assert store.sources() == [StoredSource(EXAMPLES, 1, 0, 2)]
    assert store.search("Alliance Dynamique") == []


def test_a_thing_lasts_as_long_as_one_source_speaks_of_it(store: Store) -> None:
    told(store, SIRENE, [organisation("siren:356000000", {"name": "LA POSTE"})])
    told(store, EXAMPLES, EXAMPLE_CLAIMS)
    told(store, SIRENE, [])
    node = store.node("siren:356000000")
    assert node is not None
    assert (node.name, node.ended) == ("La Poste", False)
    assert [claim.source.name for claim in store.claims("siren:356000000")] == [
        "exemples",
        "sirene",
    ]


def test_a_tie_that_one_source_still_asserts_has_no_end(store: Store) -> None:
    told(store, EXAMPLES, EXAMPLE_CLAIMS)
    told(store, SIRENE, [MEMBERSHIP])
    told(store, SIRENE, [])
    [(_, _, values)] = store.scan_tie_values(MEMBER_OF)
    assert values == {"role": "initiator", "since": "2014"}


def test_an_end_that_a_source_states_is_kept_when_the_source_falls_silent(store: Store) -> None:
    stated = replace(MEMBERSHIP, properties={"until": "2018"})
    told(store, SIRENE, [LA_POSTE, ALLIANCE_DYNAMIQUE, stated])
    told(store, SIRENE, [])
    assert [values for *_, values in store.scan_tie_values(MEMBER_OF)] == [{"until": "2018"}]


# Forgetting ----------------------------------------------------------------------------------


def test_forgetting_a_source_leaves_the_store_as_if_it_had_never_spoken(
    make: Callable[[Path], Backend], tmp_path: Path
) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "other").mkdir()
    with (
        closing(make(tmp_path / "one").writer()) as store,
        closing(make(tmp_path / "other").writer()) as never,
    ):
        told(store, SIRENE, [organisation("siren:356000000", {"name": "LA POSTE"}), MEMBERSHIP])
        told(store, REFERENCE, PLACES)
        told(store, EXAMPLES, EXAMPLE_CLAIMS)
        assert store.forget("sirene") == 2
        assert store.generation() == 4
        assert store.forget("reference") == 7
        told(never, EXAMPLES, EXAMPLE_CLAIMS)
        assert apart_from_generations(everything(store)) == apart_from_generations(
            everything(never)
        )
        assert store.search("Grenoble") == store.search("38185") == []
        assert store.node("commune:74011") is None


def test_a_source_that_the_store_has_not_cannot_be_forgotten(store: Store) -> None:
    told(store, REFERENCE, PLACES)
    before = everything(store)
    with pytest.raises(UnknownSource) as caught:
        store.forget("rna")
    assert (caught.value.name, caught.value.known) == ("rna", ["reference"])
    assert (everything(store), store.generation()) == (before, 1)


# Things that come later ----------------------------------------------------------------------


def test_a_tie_to_a_thing_that_nobody_has_described_waits(store: Store) -> None:
    told(store, EXAMPLES, [LA_POSTE, MEMBERSHIP])
    assert keys(store.scan_nodes()) == ["siren:356000000"]
    assert [*store.scan_ties(MEMBER_OF)] == []
    assert [*store.scan_tie_values(MEMBER_OF)] == []
    assert store.node("alliage:alliance-dynamique") is None
    assert store.search("alliance-dynamique") == []
    told(store, REFERENCE, [ALLIANCE_DYNAMIQUE])
    assert [(tie.start, tie.end) for tie in store.scan_ties(MEMBER_OF)] == [
        ("siren:356000000", "alliage:alliance-dynamique")
    ]


def test_a_tie_stays_when_the_thing_it_leads_to_is_no_longer_described(store: Store) -> None:
    told(store, REFERENCE, [MEMBERSHIP])
    told(store, EXAMPLES, EXAMPLE_CLAIMS)
    told(store, EXAMPLES, [LA_POSTE])
    assert store.node("alliage:alliance-dynamique") is None
    assert [*store.scan_ties(MEMBER_OF)] == []
    told(store, EXAMPLES, EXAMPLE_CLAIMS)
    [tie] = store.scan_ties(MEMBER_OF)
    assert [claim.source.name for claim in tie.claims] == ["reference", "exemples"]


GOAL_17 = NodeClaim("goal:17", GOAL, "17", {"name": "Partenariats", "number": 17})
AIM = TieClaim(AIMS_AT, "alliage:alliance-dynamique", "goal:17", "16", {"words": ["ODD 17"]})
TELLINGS: list[tuple[Source, list[Claim]]] = [
    (REFERENCE, [*PLACES, GOAL_17]),
    (EXAMPLES, [*EXAMPLE_CLAIMS, AIM]),
    (SIRENE, [organisation("siren:356000000", {"name": "LA POSTE", "world": "company"}, "9")]),
    (
        replace(EXAMPLES, name="rameau"),
        [
            TieClaim(SEATED_IN, "siren:356000000", "commune:74011", "2"),
            territory("commune:74999", {"name": "Annecy-le-Vieux", "former_codes": ["74011"]}),
            replace(MEMBERSHIP, record="2", properties={"since": "2013", "words": ["fondateur"]}),
        ],
    ),
]


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_the_order_in_which_sources_come_does_not_matter(
    make: Callable[[Path], Backend],
    tmp_path_factory: pytest.TempPathFactory,
    data: st.DataObject,
) -> None:
    found = []
    for tellings in (TELLINGS, data.draw(st.permutations(TELLINGS))):
        with closing(make(tmp_path_factory.mktemp("order")).writer()) as store:
            for source, claims in tellings:
                told(store, source, data.draw(st.permutations(claims)))
            found.append(
                (
                    apart_from_generations(everything(store)),
                    store.node("commune:74011"),
                    store.search("la poste"),
                    [store.ties(key) for key in keys(store.scan_nodes())],
                    [store.claims(key) for key in keys(store.scan_nodes())],
                )
            )
    assert found[0] == found[1]


# Former ids ----------------------------------------------------------------------------------


def test_a_thing_is_found_by_its_former_code(store: Store) -> None:
    """Annecy took in five communes on 1 January 2017 (Insee, COG)."""
    told(store, REFERENCE, PLACES)
    former = ["74011", "74093", "74182", "74217", "74268"]
    assert [*store.aliases()] == [(f"commune:{code}", "commune:74010") for code in former]
    assert store.node("commune:74011") == store.node("commune:74010") is not None


def test_a_code_that_is_in_use_again_is_not_a_former_one(store: Store) -> None:
    told(store, REFERENCE, [*PLACES, territory("commune:74011", {"name": "Annecy-le-Vieux"})])
    node = store.node("commune:74011")
    assert node is not None
    assert node.name == "Annecy-le-Vieux"


def test_a_former_code_that_is_withdrawn_leads_nowhere(store: Store) -> None:
    told(store, REFERENCE, PLACES)
    told(store, REFERENCE, [territory("commune:74010", {"name": "Annecy"})])
    assert [*store.aliases()] == []
    assert store.node("commune:74011") is None


def test_the_former_code_of_a_divided_commune_leads_to_the_first_that_claims_it(
    store: Store,
) -> None:
    """Hocmont (08227) was divided between Guignicourt (08203) and Touligny (08454)."""
    guignicourt = territory("commune:08203", {"name": "Guignicourt", "former_codes": ["08227"]})
    touligny = territory("commune:08454", {"name": "Touligny", "former_codes": ["08227"]})
    told(store, REFERENCE, [guignicourt])
    told(store, EXAMPLES, [touligny])
    told(store, REFERENCE, [replace(guignicourt, locator="COG 2027")])
    first = store.node("commune:08227")
    aliases = [*store.aliases()]
    store.forget("reference")
    second = store.node("commune:08227")
    assert first is not None
    assert second is not None
    assert (first.name, second.name) == ("Guignicourt", "Touligny")
    assert aliases == [("commune:08227", "commune:08203")]
    assert [*store.aliases()] == [("commune:08227", "commune:08454")]


# Against the model ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        [territory("commune:38421", {"nom": "Saint-Martin-d'Hères"})],
        [territory("Saint-Martin-d'Hères", {})],
        [organisation("siren:356000001", {})],
        [TieClaim(PART_OF, "commune:38421", "200040715", "1")],
        # A kind that another source has told otherwise, or this very one.
        [NodeClaim("epci:200040715", ORGANISATION, "1", {"name": "La Métro"})],
        [
            NodeClaim("x:metro", ORGANISATION, "1", {"name": "La Métro"}),
            NodeClaim("x:metro", TERRITORY, "2", {"name": "La Métro"}),
        ],
    ],
    ids=["property", "id", "siren", "end", "kind", "two kinds"],
)
def test_a_claim_against_the_model_changes_nothing(store: Store, wrong: list[Claim]) -> None:
    told(store, REFERENCE, PLACES)
    told(store, EXAMPLES, EXAMPLE_CLAIMS)
    before = everything(store)
    many: list[Claim] = [territory(f"x:{number}", {"name": str(number)}) for number in range(6000)]
    with pytest.raises(InvalidClaim) as caught:
        told(store, replace(EXAMPLES, title="corrigé"), [*many, *wrong])
    assert caught.value.problems
    assert (everything(store), store.generation()) == (before, 2)
    assert told(store, EXAMPLES, EXAMPLE_CLAIMS).unchanged == 3


def test_a_source_may_correct_the_kind_of_what_it_alone_spoke_of(store: Store) -> None:
    gaia = "alliage:gaia"
    told(store, EXAMPLES, [NodeClaim(gaia, ALLIANCE, "7", {"name": "GAIA"})])
    corrected = told(store, EXAMPLES, [NodeClaim(gaia, ORGANISATION, "7", {"name": "GAIA"})])
    assert corrected == Written(1, 1, 0, 0, 0, generation=2)
    assert store.node(gaia) == StoredNode(gaia, ORGANISATION, "GAIA", {"name": "GAIA"})
    assert [kind for _, kind, _ in store.scan_node_claims()] == [ORGANISATION]


def test_an_error_while_a_source_is_read_changes_nothing_and_is_not_disguised(store: Store) -> None:
    told(store, REFERENCE, PLACES)
    before = everything(store)

    def broken() -> Iterator[Claim]:
        yield LA_POSTE
        raise FileNotFoundError(2, "manque", "ties.csv")

    with pytest.raises(FileNotFoundError), store.write(EXAMPLES) as writing:
        writing.add(broken())
    assert (everything(store), store.generation()) == (before, 1)
    assert told(store, EXAMPLES, EXAMPLE_CLAIMS).written == 3


def test_a_writing_that_is_left_unfinished_changes_nothing(store: Store) -> None:
    told(store, EXAMPLES, EXAMPLE_CLAIMS)
    before = everything(store)
    with store.write(replace(EXAMPLES, trust=99)) as writing:
        writing.add([LA_POSTE])
    with store.write(REFERENCE) as writing:
        writing.add(PLACES)
    assert (everything(store), store.generation()) == (before, 1)


# Searching -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "asked",
    [
        "Échirolles",
        "ECHIROLLES",
        "echirolles",
        "E\u0301chirolles",
        "echir",
        "Echirrolles",
        "échirole",
    ],
)
def test_a_name_is_found_whatever_the_accents_the_case_and_small_errors(
    store: Store, asked: str
) -> None:
    told(store, REFERENCE, PLACES)
    found = store.search(asked)
    assert [(one.key, one.kind, one.name) for one in found] == [
        ("commune:38151", TERRITORY, "Échirolles")
    ]
    assert 0 < found[0].score <= 1


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("l'haÿ", ["commune:94038"]),
        ("L’Hay-les-Roses", ["commune:94038"]),
        ("roses hay", ["commune:94038"]),
        ("grenoble", ["commune:38185", "epci:200040715"]),
        ("Grenobel", ["commune:38185", "epci:200040715"]),
        ("grenoble métropole", ["epci:200040715"]),
        ("38100", ["commune:38185"]),
        ("38185", ["commune:38185"]),
        ("356000000", ["siren:356000000"]),
        ("74011", ["commune:74010"]),
        ("Marseille", []),
        ("", []),
        ("… !", []),
        ('" OR "', []),
        ("la*", ["siren:356000000"]),
    ],
)
def test_a_search_gives_what_is_most_alike_first(
    store: Store, asked: str, expected: list[str]
) -> None:
    told(store, REFERENCE, PLACES)
    told(store, EXAMPLES, EXAMPLE_CLAIMS)
    assert [found.key for found in store.search(asked)] == expected


def test_the_exact_name_comes_first_with_the_full_score(store: Store) -> None:
    told(store, REFERENCE, PLACES)
    assert store.search("grenoble", limit=1) == [Found("commune:38185", TERRITORY, "Grenoble", 1.0)]


def test_a_search_keeps_to_the_kinds_and_the_number_that_are_asked(store: Store) -> None:
    saints = [
        organisation(f"x:{number}", {"name": f"Saint-Vincent-de-Paul {number}"}, str(number))
        for number in range(50)
    ]
    place = territory("commune:38421", {"name": "Saint-Martin-d'Hères"})
    told(store, EXAMPLES, [*saints, place])
    assert len(store.search("saint")) == 20
    assert len(store.search("st vincent", limit=30)) == 30
    assert [found.key for found in store.search("saint", [TERRITORY])] == ["commune:38421"]
    assert store.search("saint martin", [ORGANISATION, ALLIANCE]) == []


def test_a_search_knows_the_names_of_now(store: Store) -> None:
    told(store, EXAMPLES, [organisation("x:1", {"name": "La Poste"})])
    assert [found.key for found in store.search("poste")] == ["x:1"]
    told(store, EXAMPLES, [organisation("x:1", {"name": "Docaposte", "other_names": ["Seres"]})])
    assert [found.name for found in store.search("seres")] == ["Docaposte"]
    assert store.search("la poste") == []


# Several at once -----------------------------------------------------------------------------


def test_what_one_connection_writes_another_reads(backend: Backend) -> None:
    with closing(backend.writer()) as store:
        told(store, REFERENCE, PLACES)
        with closing(backend.reader()) as reader:
            assert everything(reader) == everything(store)
            told(store, EXAMPLES, EXAMPLE_CLAIMS)
            assert everything(reader) == everything(store)
            assert reader.search("poste") == store.search("poste") != []


def test_a_snapshot_holds_one_generation_still(backend: Backend) -> None:
    with closing(backend.writer()) as store:
        told(store, REFERENCE, PLACES)
        with closing(backend.reader()) as reader:
            before = everything(reader)
            with reader.snapshot() as generation:
                told(store, EXAMPLES, EXAMPLE_CLAIMS)
                assert (generation, reader.generation()) == (1, 1)
                assert everything(reader) == before
                assert reader.search("poste") == []
            assert reader.generation() == 2
            assert everything(reader) == everything(store)


def test_a_reader_sees_nothing_of_what_is_not_finished(backend: Backend) -> None:
    with closing(backend.writer()) as store:
        told(store, REFERENCE, PLACES)
        with closing(backend.reader()) as reader:
            before = everything(reader)
            with store.write(EXAMPLES) as writing:
                writing.add(EXAMPLE_CLAIMS)
                writing.finish()
                assert (everything(reader), reader.generation()) == (before, 1)
            assert reader.generation() == 2


def test_two_readers_see_whole_generations_while_one_writes(backend: Backend) -> None:
    """Each generation says one name of all; a reader that met two of them saw half of one."""
    count, rounds = 300, 12
    seen: list[list[tuple[int, Sequence[str], int]]] = [[], []]
    writing_is_over = threading.Event()

    def claims(name: str) -> list[Claim]:
        things = [organisation(f"x:{number}", {"name": name}) for number in range(count)]
        return [*things, *(replace(MEMBERSHIP, end=thing.subject) for thing in things)]

    def read(found: list[tuple[int, Sequence[str], int]]) -> None:
        with closing(backend.reader()) as reader:
            last_round = False
            while not last_round:
                last_round = writing_is_over.is_set()
                with reader.snapshot() as generation:
                    names = [node.name for node in reader.scan_nodes()]
                    ties = sum(1 for _ in reader.scan_tie_values(MEMBER_OF))
                    found.append((generation, sorted(set(names)), len(names) + ties))

    with closing(backend.writer()) as store:
        told(store, EXAMPLES, claims("0"))
        threads = [threading.Thread(target=read, args=(found,)) for found in seen]
        for thread in threads:
            thread.start()
        for number in range(1, rounds):
            told(store, EXAMPLES, claims(str(number)))
        writing_is_over.set()
        for thread in threads:
            thread.join()
    for found in seen:
        assert [row for row in found if row != (row[0], [str(row[0] - 1)], count)] == []
        generations = [generation for generation, _, _ in found]
        assert generations == sorted(generations)
        assert generations[-1] == rounds


@pytest.mark.parametrize("tie", TIES, ids=repr)
def test_every_tie_of_the_model_can_be_kept(store: Store, tie: Tie) -> None:
    start, end = tie.pairs[-1]
    assert told(
        store,
        EXAMPLES,
        [
            NodeClaim("x:a", start, "1", {}),
            NodeClaim("x:b", end, "2", {}),
            TieClaim(tie, "x:a", "x:b", "3"),
        ],
    ) == Written(3, 3, 0, 0, 0, generation=1)
    kinds: list[Kind] = [node.kind for node in store.scan_nodes()]
    assert kinds == [start, end]
    assert [(tie.tie, tie.start, tie.end) for tie in store.ties("x:b")] == [(tie, "x:a", "x:b")]
    assert store.sources() == [StoredSource(EXAMPLES, 2, 1, 1)]
    assert store.forget("exemples") == 3
    assert [*store.scan_ties(tie)] == []
