"""The view: the same as the store says, in memory and on disk, one generation at a time."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph import columns
from graph.claims import Claim, NodeClaim, Properties, Source, TieClaim
from graph.columns import UNFINISHED, Array
from graph.model import (
    ACTS_IN,
    AIMS_AT,
    ALLIANCE,
    CALL,
    GOAL,
    GOVERNS,
    KINDS,
    LEVER,
    MEMBER_OF,
    NEEDS,
    OFFERS,
    ORGANISATION,
    PART_OF,
    PROJECT,
    SEATED_IN,
    TARGET,
    TERRITORY,
    TIES,
    AllianceType,
    Function,
    Level,
    Means,
    MemberRole,
    Phase,
    Role,
    Term,
    Tie,
    World,
)
from graph.sqlite.store import SqliteStore
from graph.store import Reader
from graph.view import View, memory_view, open_view
from graph.view_columns import as_day, build, int_or_zero

ROOT = Path(__file__).resolve().parents[2]

REFERENCE = Source("reference", "COG", "Insee", "Licence Ouverte 2.0", "", "2026-01-01", 100)
EXAMPLES = Source("exemples", "Exemples d'alliances", "Le RAMEAU", "", "", "2021", 50)


def territory(key: str, level: Level, values: Properties) -> NodeClaim:
    return NodeClaim(key, TERRITORY, key, {"level": level.value, **values})


def tie(kind: Tie, start: str, end: str, **values: str) -> TieClaim:
    return TieClaim(kind, start, end, "1", values)


# Insee, COG 2026 and populations 2023; centres by IGN and Insee, 2024.
PLACES: list[Claim] = [
    territory(
        "commune:38185",
        Level.COMMUNE,
        {"name": "Grenoble", "population": 156140, "latitude": 45.18423, "longitude": 5.71554},
    ),
    territory(
        "commune:38151",
        Level.COMMUNE,
        {"name": "Échirolles", "population": 37491, "latitude": 45.14414, "longitude": 5.71478},
    ),
    territory(
        "commune:74010",
        Level.COMMUNE,
        {"name": "Annecy", "former_codes": ["74093", "74011"]},
    ),
    territory("epci:200040715", Level.EPCI, {"name": "Grenoble-Alpes-Métropole"}),
    territory("departement:38", Level.DEPARTEMENT, {"name": "Isère", "population": 1298990}),
    tie(PART_OF, "commune:38185", "epci:200040715"),
    tie(PART_OF, "commune:38151", "epci:200040715"),
    tie(PART_OF, "commune:38151", "departement:38"),
    tie(PART_OF, "commune:38185", "departement:38"),
]
ACTORS: list[Claim] = [
    NodeClaim(
        "siren:356000000",
        ORGANISATION,
        "16",
        {"name": "La Poste", "world": "company", "started": "1991-01-01"},
        "§ 16",
    ),
    NodeClaim(
        "alliage:gaia",
        ORGANISATION,
        "7",
        {
            "name": "GAIA",
            "world": "association",
            "roles": ["catalyst"],
            "functions": ["dialogue", "experimentation", "support"],
        },
    ),
    NodeClaim(
        "alliage:alliance-dynamique",
        ALLIANCE,
        "16",
        {"name": "Alliance Dynamique", "type": "partnership", "phase": "running"},
    ),
    NodeClaim("goal:17", GOAL, "17", {"name": "Partenariats", "number": 17}),
    NodeClaim("target:17.16", TARGET, "17.16", {"code": "17.16"}),
    NodeClaim("target:1.4", TARGET, "1.4", {"code": "1.4"}),
    *(NodeClaim(f"lever:{means}", LEVER, means, {"family": "means"}) for means in Means),
    NodeClaim("lever:dialogue", LEVER, "dialogue", {"family": "modality"}),
    TieClaim(
        MEMBER_OF,
        "siren:356000000",
        "alliage:alliance-dynamique",
        "16",
        {"role": "initiator", "since": "2014"},
        "§ 16",
    ),
    tie(SEATED_IN, "alliage:gaia", "commune:38185"),
    tie(ACTS_IN, "alliage:gaia", "epci:200040715"),
    tie(AIMS_AT, "alliage:gaia", "target:17.16"),
    tie(AIMS_AT, "alliage:gaia", "target:1.4"),
    tie(OFFERS, "alliage:gaia", "lever:skills"),
    tie(OFFERS, "alliage:gaia", "lever:governance"),
    tie(NEEDS, "alliage:gaia", "lever:data"),
]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with closing(SqliteStore(tmp_path / "alliage.db", writable=True)) as opened:
        yield opened


@pytest.fixture
def view(store: SqliteStore) -> View:
    told(store, REFERENCE, PLACES)
    told(store, EXAMPLES, ACTORS)
    return memory_view(store)


def told(store: SqliteStore, source: Source, claims: Iterable[Claim]) -> None:
    with store.write(source) as writing:
        writing.add(claims)
        writing.finish()


def ordinal(view: View, key: str) -> int:
    found = view.ordinal(key)
    assert found is not None
    return found


def same_arrays(one: dict[str, Array], other: dict[str, Array]) -> bool:
    return one.keys() == other.keys() and all(
        array.dtype == other[name].dtype
        and np.array_equal(array, other[name], equal_nan=array.dtype.kind == "f")
        for name, array in one.items()
    )


# All the columns, read back as words ---------------------------------------------------------


def as_words(view: View) -> dict[str, object]:
    """What the columns of a view say, in the terms of the model."""

    def term(column: Sequence[int], vocabulary: type[Term]) -> list[Term | None]:
        terms = tuple(vocabulary)
        return [None if index < 0 else terms[index] for index in column]

    def bits(column: Sequence[int], terms: Sequence[object]) -> list[set[object]]:
        return [{t for bit, t in enumerate(terms) if mask >> bit & 1} for mask in column]

    keys = [view.keys[index] for index in range(len(view))]
    places = [keys[view.territory_of(rank)] for rank in range(len(view.territories))]
    ties = {
        kind.name: [
            (keys[start], keys[end], since, until, role)
            for start, end, since, until, role in zip(
                columns.start.tolist(),
                columns.end.tolist(),
                columns.since.tolist(),
                columns.until.tolist(),
                term(columns.role.tolist(), MemberRole),
                strict=True,
            )
        ]
        for kind, columns in view.ties.items()
    }
    extent = view.territories.extent
    return {
        "keys": keys,
        "names": [view.names[index] for index in range(len(view))],
        "kind": [KINDS[index] for index in view.kind.tolist()],
        "world": term(view.world.tolist(), World),
        "roles": bits(view.roles.tolist(), tuple(Role)),
        "functions": bits(view.functions.tolist(), tuple(Function)),
        "offers": bits(view.offers.tolist(), tuple(Means)),
        "needs": bits(view.needs.tolist(), tuple(Means)),
        "goals": bits(view.goals.tolist(), range(1, 33)),
        "seat": [None if rank < 0 else places[rank] for rank in view.seat.tolist()],
        "phase": term(view.phase.tolist(), Phase),
        "form": term(view.form.tolist(), AllianceType),
        "started": view.started.tolist(),
        "stopped": view.stopped.tolist(),
        "ended": view.ended.tolist(),
        "collective": view.collective.tolist(),
        "purposes": [view.purposes[index] for index in range(len(view))],
        "offered": [view.offered[index] for index in range(len(view))],
        "needed": [view.needed[index] for index in range(len(view))],
        "ties": ties,
        "places": places,
        "level": term(view.territories.level.tolist(), Level),
        "population": view.territories.population.tolist(),
        "extent": [sorted(places[atom] for atom in extent[rank]) for rank in range(len(places))],
    }


def said_by(store: Reader) -> dict[str, object]:
    """The same, from the store alone, by plain loops over what it gives back."""
    nodes = {node.key: node for node in store.scan_nodes()}
    keys = sorted(nodes, key=str.encode)

    def each(name: str) -> list[object]:
        return [nodes[key].properties.get(name) for key in keys]

    def words(name: str, vocabulary: type[Term]) -> list[Term | None]:
        terms = {str(term): term for term in vocabulary}
        return [None if value is None else terms[str(value)] for value in each(name)]

    def sets(name: str, vocabulary: type[Term]) -> list[set[object]]:
        terms = {str(term): term for term in vocabulary}
        return [
            {terms[word] for word in value} if isinstance(value, list) else set()
            for value in each(name)
        ]

    def day(value: object) -> int:
        text = str(value).replace("-", "") if value else "0"
        return int(text) * 100 ** ((8 - len(text)) // 2) if value else 0

    ties: dict[str, list[tuple[str, str, int, int, Term | None]]] = {}
    lasting: dict[Tie, list[tuple[str, str]]] = {}
    for kind in TIES:
        found = []
        for stored in store.scan_ties(kind):
            until = stored.properties.get("until")
            if until is None and all(claim.ended for claim in stored.claims):
                until = max(claim.ended for claim in stored.claims)
            roles = {str(role): role for role in MemberRole}
            role = roles.get(str(stored.properties.get("role")))
            since = day(stored.properties.get("since"))
            found.append((stored.start, stored.end, since, day(until), role))
        ties[kind.name] = sorted(found, key=lambda row: (row[0].encode(), row[1].encode()))
        lasting[kind] = [(start, end) for start, end, _, until, _ in ties[kind.name] if not until]

    def reached(kind: Tie, meaning: Callable[[str], object | None]) -> list[set[object]]:
        return [
            {
                meaning(end)
                for start, end in lasting[kind]
                if start == key and meaning(end) is not None
            }
            for key in keys
        ]

    means = {f"lever:{term}": term for term in Means}
    goals = {f"goal:{n}": n for n in range(1, 18)} | {
        key: int(key[7:].split(".")[0]) for key in keys if key.startswith("target:")
    }
    places = [key for key in keys if nodes[key].kind is TERRITORY]
    level = {key: nodes[key].properties.get("level") for key in places}
    parts = [(a, b) for a, b in lasting[PART_OF] if a in level and b in level]
    atomic = {key for key in places if level[key] in ("commune", "arrondissement")}
    atoms = atomic - {whole for part, whole in parts if part in atomic and part != whole}

    def extent(place: str) -> list[str]:
        inside, size = {place}, 0
        while size < len(inside):
            size = len(inside)
            inside |= {part for part, whole in parts if whole in inside}
        return sorted(inside & atoms)

    def people(place: str) -> int:
        return int(str(nodes[place].properties.get("population") or 0))

    def seat(key: str) -> str | None:
        rows = [row for row in ties["SEATED_IN"] if row[0] == key and row[1] in level]
        best = max(rows, key=lambda row: (row[3] == 0, row[2], row[1].encode()), default=None)
        return best[1] if best else None

    def purpose(key: str) -> str:
        if nodes[key].kind not in (ORGANISATION, ALLIANCE, PROJECT, CALL):
            return ""
        found: list[str] = []
        for name in ("name", "other_names", "acronym", "purpose"):
            value = nodes[key].properties.get(name, [])
            texts = value if isinstance(value, list) else [str(value)]
            found += [text for text in texts if text not in found]
        return "\n".join(found)

    def in_words(kind: Tie) -> list[str]:
        told: dict[str, list[str]] = {key: [] for key in keys}
        for stored in store.scan_ties(kind):
            words = stored.properties.get("words", [])
            if isinstance(words, list) and (stored.start, stored.end) in lasting[kind]:
                told[stored.start] += [word for word in words if word not in told[stored.start]]
        return ["\n".join(told[key]) for key in keys]

    return {
        "keys": keys,
        "names": [nodes[key].name for key in keys],
        "kind": [nodes[key].kind for key in keys],
        "world": words("world", World),
        "roles": sets("roles", Role),
        "functions": sets("functions", Function),
        "offers": reached(OFFERS, means.get),
        "needs": reached(NEEDS, means.get),
        "goals": reached(AIMS_AT, goals.get),
        "seat": [seat(key) for key in keys],
        "phase": words("phase", Phase),
        "form": words("type", AllianceType),
        "started": [*map(day, each("started"))],
        "stopped": [*map(day, each("ended"))],
        "ended": [
            nodes[key].ended
            or nodes[key].properties.get("ended") is not None
            or nodes[key].properties.get("phase") == "ended"
            for key in keys
        ],
        "collective": [value is True for value in each("collective")],
        "purposes": [purpose(key) for key in keys],
        "offered": in_words(OFFERS),
        "needed": in_words(NEEDS),
        "ties": ties,
        "places": places,
        "level": [
            next((term for term in Level if str(term) == level[place]), None) for place in places
        ],
        "population": [people(p) or sum(people(atom) for atom in extent(p)) for p in places],
        "extent": [extent(place) for place in places],
    }


def test_the_columns_say_what_the_sources_say(view: View) -> None:
    words = as_words(view)
    keys = words["keys"]
    assert isinstance(keys, list)

    def of(column: str, key: str) -> object:
        values = words[column]
        assert isinstance(values, list)
        return values[keys.index(key)]

    gaia = {column: of(column, "alliage:gaia") for column in ("world", "roles", "functions")}
    assert gaia == {
        "world": World.ASSOCIATION,
        "roles": {Role.CATALYST},
        "functions": {Function.DIALOGUE, Function.EXPERIMENTATION, Function.SUPPORT},
    }
    assert of("offers", "alliage:gaia") == {Means.SKILLS, Means.GOVERNANCE}
    assert of("needs", "alliage:gaia") == {Means.DATA}
    assert of("goals", "alliage:gaia") == {1, 17}
    assert of("seat", "alliage:gaia") == "commune:38185"
    assert of("started", "siren:356000000") == 19910101
    assert (
        of("phase", "alliage:alliance-dynamique"),
        of("form", "alliage:alliance-dynamique"),
    ) == (
        Phase.RUNNING,
        AllianceType.PARTNERSHIP,
    )
    assert words["ties"] == {kind.name: [] for kind in TIES} | {
        "MEMBER_OF": [
            ("siren:356000000", "alliage:alliance-dynamique", 20140000, 0, MemberRole.INITIATOR)
        ],
        "PART_OF": [
            ("commune:38151", "departement:38", 0, 0, None),
            ("commune:38151", "epci:200040715", 0, 0, None),
            ("commune:38185", "departement:38", 0, 0, None),
            ("commune:38185", "epci:200040715", 0, 0, None),
        ],
        "SEATED_IN": [("alliage:gaia", "commune:38185", 0, 0, None)],
        "ACTS_IN": [("alliage:gaia", "epci:200040715", 0, 0, None)],
        "AIMS_AT": [
            ("alliage:gaia", "target:1.4", 0, 0, None),
            ("alliage:gaia", "target:17.16", 0, 0, None),
        ],
        "OFFERS": [
            ("alliage:gaia", "lever:governance", 0, 0, None),
            ("alliage:gaia", "lever:skills", 0, 0, None),
        ],
        "NEEDS": [("alliage:gaia", "lever:data", 0, 0, None)],
    }
    assert words["places"] == [
        "commune:38151",
        "commune:38185",
        "commune:74010",
        "departement:38",
        "epci:200040715",
    ]
    # What a source states counts before the sum over the communes that are known.
    assert words["population"] == [37491, 156140, 0, 1298990, 37491 + 156140]
    assert words["extent"] == [
        ["commune:38151"],
        ["commune:38185"],
        ["commune:74010"],
        ["commune:38151", "commune:38185"],
        ["commune:38151", "commune:38185"],
    ]


def test_the_centre_of_a_territory_is_that_of_its_people(view: View) -> None:
    metro = view.territories.rank(ordinal(view, "epci:200040715"))
    latitude = (45.18423 * 156140 + 45.14414 * 37491) / (156140 + 37491)
    longitude = (5.71554 * 156140 + 5.71478 * 37491) / (156140 + 37491)
    assert view.territories.centre[metro].tolist() == pytest.approx([latitude, longitude])
    annecy = view.territories.rank(ordinal(view, "commune:74010"))
    assert np.isnan(view.territories.centre[annecy]).all()
    assert view.territories.distance_km(metro, annecy) is None


def test_half_a_centre_is_no_centre(store: SqliteStore) -> None:
    half = territory("commune:38421", Level.COMMUNE, {"latitude": 45.17, "population": 37695})
    told(store, REFERENCE, [*PLACES, half, tie(PART_OF, "commune:38421", "epci:200040715")])
    view = memory_view(store)
    metro = view.territories.rank(ordinal(view, "epci:200040715"))
    place = view.territories.rank(ordinal(view, "commune:38421"))
    assert np.isnan(view.territories.centre[place]).all()
    assert view.territories.centre[metro].tolist() == pytest.approx([45.1765, 5.7154], abs=1e-3)


# Any small graph -----------------------------------------------------------------------------

DAYS = st.sampled_from(["2012", "2014-06", "2020-03-31", "2031"])


def claim_of(
    key: str, kind: object, values: dict[str, st.SearchStrategy[object]]
) -> st.SearchStrategy[Claim]:
    said = st.fixed_dictionaries({}, optional=values)
    return st.builds(
        lambda record, found: NodeClaim(key, kind, record, found),  # type: ignore[arg-type]
        st.sampled_from(["1", "2"]),
        said,
    )


def codes(vocabulary: type[Term]) -> st.SearchStrategy[object]:
    return st.sampled_from([str(term) for term in vocabulary])


def lists(vocabulary: type[Term]) -> st.SearchStrategy[object]:
    return st.lists(codes(vocabulary), min_size=1, max_size=3)


ORGANISATIONS = [f"x:{letter}" for letter in "abÉ"]
ALLIANCES = ["x:programme", "x:fonds"]
TERRITORIES = [f"commune:{code}" for code in ("38185", "38151", "2A004")] + ["epci:1", "zone:œ"]
LEVERS = ["lever:data", "lever:legal", "lever:dialogue"]
GOALS = ["goal:1", "goal:17", "goal:99", "goal:x"]
TARGETS = ["target:17.16", "target:1.a"]
NODES: list[st.SearchStrategy[Claim]] = [
    *(
        claim_of(
            key,
            ORGANISATION,
            {
                "name": st.sampled_from(["La Poste", "GAIA"]),
                "world": codes(World),
                "roles": lists(Role),
                "functions": lists(Function),
                "collective": st.booleans(),
                "acronym": st.sampled_from(["GAIA", "LP"]),
                "other_names": st.lists(st.sampled_from(["Poste", "Gaïa"]), max_size=2),
                "purpose": st.sampled_from(["Porter\nles lettres", "Faire dialoguer"]),
                "started": DAYS,
                "ended": DAYS,
            },
        )
        for key in ORGANISATIONS
    ),
    *(
        claim_of(key, ALLIANCE, {"type": codes(AllianceType), "phase": codes(Phase), "ended": DAYS})
        for key in ALLIANCES
    ),
    *(
        claim_of(key, TERRITORY, {"level": codes(Level), "population": st.integers(0, 10**6)})
        for key in TERRITORIES
    ),
    *(claim_of(key, LEVER, {}) for key in LEVERS),
    *(claim_of(key, GOAL, {}) for key in GOALS),
    *(claim_of(key, TARGET, {}) for key in TARGETS),
]


def ties_of(kind: Tie, starts: list[str], ends: list[str]) -> st.SearchStrategy[Claim]:
    names = {
        "since": DAYS,
        "until": DAYS,
        "role": codes(MemberRole),
        "words": st.lists(st.sampled_from(["un local", "des données"]), min_size=1, max_size=2),
    }
    values = {name: days for name, days in names.items() if kind.property(name)}
    return st.builds(
        lambda start, end, record, said: TieClaim(kind, start, end, record, said),
        st.sampled_from(starts),
        st.sampled_from(ends),
        st.sampled_from(["1", "2"]),
        st.fixed_dictionaries({}, optional=values),
    )


GRAPHS = st.lists(
    st.one_of(
        *NODES,
        ties_of(PART_OF, TERRITORIES, TERRITORIES),
        ties_of(PART_OF, TERRITORIES, TERRITORIES),
        ties_of(SEATED_IN, ORGANISATIONS, [*TERRITORIES, "x:a"]),
        ties_of(GOVERNS, ORGANISATIONS, TERRITORIES),
        ties_of(MEMBER_OF, ORGANISATIONS, ALLIANCES),
        ties_of(OFFERS, ORGANISATIONS, LEVERS),
        ties_of(NEEDS, [*ORGANISATIONS, *ALLIANCES], LEVERS),
        ties_of(AIMS_AT, [*ORGANISATIONS, *ALLIANCES], [*GOALS, *TARGETS]),
    ),
    max_size=45,
)


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(first=GRAPHS, vanished=GRAPHS, second=GRAPHS)
def test_the_columns_of_any_graph_are_those_of_plain_loops_over_the_store(
    tmp_path_factory: pytest.TempPathFactory,
    first: list[Claim],
    vanished: list[Claim],
    second: list[Claim],
) -> None:
    folder = tmp_path_factory.mktemp("any")
    with closing(SqliteStore(folder / "alliage.db", writable=True)) as store:
        told(store, REFERENCE, [*first, *vanished])
        told(store, EXAMPLES, second)
        told(store, REFERENCE, first)
        expected = said_by(store)
        assert as_words(memory_view(store)) == expected


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_the_columns_are_the_same_in_whatever_order_things_were_told(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    again = [replace(claim, record="0") for claim in ACTORS]
    tellings = [(REFERENCE, PLACES), (EXAMPLES, ACTORS), (replace(EXAMPLES, name="rameau"), again)]
    found = []
    for order in (tellings, data.draw(st.permutations(tellings))):
        path = tmp_path_factory.mktemp("order") / "alliage.db"
        with closing(SqliteStore(path, writable=True)) as store:
            for source, claims in order:
                told(store, source, data.draw(st.permutations(claims)))
            found.append(build(store))
    assert same_arrays(found[0], found[1])


# What has ended ------------------------------------------------------------------------------


def test_a_commune_that_left_an_intercommunality_is_no_longer_in_it(store: SqliteStore) -> None:
    told(store, REFERENCE, PLACES)
    told(store, REFERENCE, [claim for claim in PLACES if claim != PLACES[6]])
    words = as_words(memory_view(store))
    extents = dict(zip(words["places"], words["extent"], strict=True))  # type: ignore[call-overload]
    assert extents["epci:200040715"] == ["commune:38185"]


def test_of_two_seats_the_one_that_lasts_counts(store: SqliteStore) -> None:
    told(store, REFERENCE, PLACES)
    moved = [tie(SEATED_IN, "alliage:gaia", "epci:200040715", since="2010"), *ACTORS[:3]]
    told(store, EXAMPLES, moved)
    told(store, EXAMPLES, [*ACTORS[:3], tie(SEATED_IN, "alliage:gaia", "commune:38151")])
    view = memory_view(store)
    rank = int(view.seat[ordinal(view, "alliage:gaia")])
    assert view.keys[view.territory_of(rank)] == "commune:38151"


def test_what_was_offered_sought_or_aimed_at_once_counts_no_longer(store: SqliteStore) -> None:
    told(store, REFERENCE, PLACES)
    told(store, EXAMPLES, ACTORS)
    kept = [
        c for c in ACTORS if not isinstance(c, TieClaim) or c.end in ("goal:17", "lever:skills")
    ]
    told(store, EXAMPLES, kept)
    view = memory_view(store)
    gaia = ordinal(view, "alliage:gaia")
    skills = 1 << tuple(Means).index(Means.SKILLS)
    assert (view.offers[gaia], view.needs[gaia], view.goals[gaia]) == (skills, 0, 0)


def test_offers_and_needs_are_told_in_the_words_of_those_that_last(store: SqliteStore) -> None:
    told(
        store,
        EXAMPLES,
        [
            NodeClaim("alliage:gaia", ORGANISATION, "7", {"name": "GAIA", "purpose": "Dialoguer"}),
            NodeClaim("goal:17", GOAL, "17", {"name": "Partenariats", "number": 17}),
            *(NodeClaim(f"lever:{m}", LEVER, m, {"family": "means"}) for m in Means),
            TieClaim(OFFERS, "alliage:gaia", "lever:skills", "1", {"words": ["des bénévoles"]}),
            TieClaim(OFFERS, "alliage:gaia", "lever:tools", "1", {"words": ["un camion"]}),
            TieClaim(
                OFFERS, "alliage:gaia", "lever:data", "1", {"words": ["une base"], "until": "2019"}
            ),
            TieClaim(NEEDS, "alliage:gaia", "lever:tools", "1", {"words": ["un local"]}),
        ],
    )
    view = memory_view(store)
    gaia, goal = ordinal(view, "alliage:gaia"), ordinal(view, "goal:17")
    assert view.purposes[gaia] == "GAIA\nDialoguer"
    assert view.offered[gaia] == "des bénévoles\nun camion"
    assert view.needed[gaia] == "un local"
    assert (view.purposes[goal], view.offered[goal], view.needed[goal]) == ("", "", "")


# Asking the view -----------------------------------------------------------------------------


def test_a_thing_is_found_by_its_id_or_its_former_id(view: View) -> None:
    assert [view.ordinal(view.keys[index]) for index in range(len(view))] == [*range(len(view))]
    assert view.ordinal("commune:74011") == view.ordinal("commune:74093")
    assert view.ordinal("commune:74011") == view.ordinal("commune:74010") is not None
    assert view.ordinal("commune:75056") is None


def test_things_are_told_apart_by_kind_and_world(view: View) -> None:
    alliances = view.of_kind(ALLIANCE).tolist()
    assert [view.keys[index] for index in alliances] == ["alliage:alliance-dynamique"]
    assert view.is_kind(alliances[0], ALLIANCE)
    assert not view.is_kind(alliances[0], ORGANISATION)
    assert view.world_of(ordinal(view, "siren:356000000")) is World.COMPANY
    assert view.world_of(alliances[0]) is None


def test_ties_are_walked_from_both_ends(view: View) -> None:
    metro, grenoble = ordinal(view, "epci:200040715"), ordinal(view, "commune:38185")
    part_of = view.ties[PART_OF]
    assert [view.keys[i] for i in part_of.ends_of(grenoble)] == ["departement:38", "epci:200040715"]
    assert [view.keys[i] for i in part_of.starts_of(metro)] == ["commune:38151", "commune:38185"]
    assert part_of.starts_of(grenoble).tolist() == []


def test_what_only_the_store_knows_is_asked_of_the_store(store: SqliteStore, view: View) -> None:
    poste, alliance = ordinal(view, "siren:356000000"), ordinal(view, "alliage:alliance-dynamique")
    assert view.describe(poste) == store.node("siren:356000000")
    assert view.claims(poste) == store.claims("siren:356000000")
    assert (
        view.ties_of(poste)
        == store.ties("siren:356000000")
        == [view.tie(MEMBER_OF, poste, alliance)]
    )
    assert view.tie(MEMBER_OF, alliance, poste) is None
    assert view.search("gaia", [ORGANISATION]) == store.search("gaia", [ORGANISATION]) != []


def test_what_the_store_has_forgotten_cannot_be_described(store: SqliteStore, view: View) -> None:
    store.forget("exemples")
    with pytest.raises(KeyError, match="siren:356000000"):
        view.describe(ordinal(view, "siren:356000000"))


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2012", 20120000),
        ("2020-03", 20200300),
        ("2020-03-31", 20200331),
        ("9999-12-31", 99991231),
        (None, 0),
        (["2012"], 0),
    ],
)
def test_a_day_is_a_number_that_sorts(value: str | list[str] | None, day: int) -> None:
    assert as_day(value) == day
    assert day <= np.iinfo(np.int32).max


@pytest.mark.parametrize(("value", "number"), [(3, 3), (True, 1), (None, 0), ("3", 0), (2.0, 2)])
def test_what_is_no_number_counts_as_zero(value: str | int | None, number: int) -> None:
    assert int_or_zero(value) == number


def test_the_view_of_an_empty_store_is_empty(store: SqliteStore, tmp_path: Path) -> None:
    for view in (memory_view(store), open_view(store, tmp_path / "view")):
        assert (len(view), view.generation, len(view.territories)) == (0, 0, 0)
        assert as_words(view) == said_by(store)
        assert view.ordinal("commune:38185") is None
        assert view.search("Grenoble") == []


# On disk -------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "alliage.db.view"


def generations(folder: Path) -> list[str]:
    return sorted(path.name.partition("-")[0] for path in folder.iterdir())


def is_mapped(view: View) -> bool:
    return columns.is_mapped(view.world)


def test_a_view_from_disk_is_the_one_in_memory(
    store: SqliteStore, view: View, folder: Path
) -> None:
    for _ in ("built", "found"):
        opened = open_view(store, folder)
        assert is_mapped(opened)
        assert (opened.generation, as_words(opened)) == (2, as_words(view))
        assert np.array_equal(opened.territories.centre, view.territories.centre, equal_nan=True)
    assert generations(folder) == ["2"]


def test_a_view_that_is_there_is_not_built_again(
    store: SqliteStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(store, REFERENCE, PLACES)
    open_view(store, folder)

    def scanned(_: Reader) -> None:
        pytest.fail("the store was scanned again")

    monkeypatch.setattr("graph.view.build", scanned)
    assert len(open_view(store, folder)) == 5


def test_a_new_generation_makes_a_new_view_and_the_old_one_lives_as_long_as_it_is_held(
    store: SqliteStore, folder: Path
) -> None:
    told(store, REFERENCE, PLACES)
    old = open_view(store, folder)
    before = as_words(old)
    told(store, EXAMPLES, ACTORS)
    new = open_view(store, folder)
    assert (old.generation, new.generation, generations(folder)) == (1, 2, ["2"])
    assert as_words(old) == before
    assert as_words(new) == said_by(store)


def test_a_reader_that_is_late_does_not_remove_a_newer_view(
    tmp_path: Path, store: SqliteStore, folder: Path
) -> None:
    told(store, REFERENCE, PLACES)
    with closing(SqliteStore(tmp_path / "alliage.db")) as late, late.snapshot():
        told(store, EXAMPLES, ACTORS)
        newer = open_view(store, folder)
        older = open_view(late, folder)
        assert (older.generation, newer.generation) == (1, 2)
        assert len(older) == 5
    assert "2" in generations(folder)
    assert is_mapped(open_view(store, folder))


def test_a_store_made_anew_has_a_view_of_its_own(tmp_path: Path, folder: Path) -> None:
    """The generations of both begin at 1."""
    seen = []
    for name in ("Grenoble", "Échirolles"):
        path = tmp_path / "again.db"
        path.unlink(missing_ok=True)
        with closing(SqliteStore(path, writable=True)) as store:
            told(store, REFERENCE, [territory("commune:1", Level.COMMUNE, {"name": name})])
            view = open_view(store, folder)
            seen.append((view.generation, view.names[0]))
    assert seen == [(1, "Grenoble"), (1, "Échirolles")]
    assert generations(folder) == ["1"]


@pytest.mark.parametrize("size", [0, 50, 129])
def test_a_view_that_is_damaged_is_built_again(
    store: SqliteStore, view: View, folder: Path, size: int
) -> None:
    open_view(store, folder)
    [files] = folder.iterdir()
    os.truncate(files / "started.npy", size)
    assert as_words(open_view(store, folder)) == as_words(view)
    assert is_mapped(open_view(store, folder))
    assert len([*folder.iterdir()]) == 1


def test_where_a_view_cannot_be_kept_it_is_in_memory(
    store: SqliteStore, view: View, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    opened = open_view(store, tmp_path / "file" / "view")
    assert not is_mapped(opened)
    assert as_words(opened) == as_words(view)


def counting() -> tuple[list[int], Callable[[], dict[str, Array]]]:
    made: list[int] = []

    def make() -> dict[str, Array]:
        made.append(1)
        return {"squares": np.arange(4) ** 2}

    return made, make


def test_what_is_derived_is_made_once_for_a_generation(store: SqliteStore, folder: Path) -> None:
    told(store, REFERENCE, PLACES)
    made, make = counting()
    first, second = open_view(store, folder), open_view(store, folder)
    for view in (first, first, second, second):
        assert view.derived("squares-1", make)["squares"].tolist() == [0, 1, 4, 9]
    assert columns.is_mapped(second.derived("squares-1", make)["squares"])
    assert len(made) == 1
    second.derived("squares-2", make)
    assert len(made) == 2


def test_what_is_derived_goes_with_its_generation(store: SqliteStore, folder: Path) -> None:
    told(store, REFERENCE, PLACES)
    made, make = counting()
    old = open_view(store, folder)
    old.derived("squares", make)
    assert generations(folder) == ["1", "1"]
    told(store, EXAMPLES, ACTORS)
    new = open_view(store, folder)
    assert generations(folder) == ["2"]
    new.derived("squares", make)
    assert (len(made), generations(folder)) == (2, ["2", "2"])
    assert old.derived("squares", make)["squares"].tolist() == [0, 1, 4, 9]


def test_what_is_derived_and_damaged_is_made_again(store: SqliteStore, folder: Path) -> None:
    told(store, REFERENCE, PLACES)
    made, make = counting()
    open_view(store, folder).derived("squares", make)
    [kept] = folder.glob("*.squares")
    os.truncate(kept / "squares.npy", 50)
    assert open_view(store, folder).derived("squares", make)["squares"].tolist() == [0, 1, 4, 9]
    open_view(store, folder).derived("squares", make)
    assert len(made) == 2


def test_what_is_derived_is_in_memory_where_it_cannot_be_kept(
    store: SqliteStore, tmp_path: Path
) -> None:
    told(store, REFERENCE, PLACES)
    (tmp_path / "file").write_text("")
    for view in (open_view(store, tmp_path / "file" / "view"), memory_view(store)):
        made, make = counting()
        for _ in ("made", "remembered"):
            squares = view.derived("squares", make)["squares"]
            assert not columns.is_mapped(squares)
            assert squares.tolist() == [0, 1, 4, 9]
        assert len(made) == 1


def test_what_a_killed_process_left_is_cleared_away_after_an_hour(
    store: SqliteStore, folder: Path
) -> None:
    told(store, REFERENCE, PLACES)
    for name, age in (("old", 3700), ("new", 60)):
        unfinished = folder / f"{UNFINISHED}{name}"
        unfinished.mkdir(parents=True)
        (unfinished / "key_data.npy").write_bytes(b"")
        os.utime(unfinished, (time.time() - age,) * 2)
    (folder / "README").write_text("of a person")
    open_view(store, folder)
    assert sorted(path.name.partition("-")[0] for path in folder.iterdir()) == [
        ".building",
        "1",
        "README",
    ]


_OPEN = """
import sys
from pathlib import Path
from graph.columns import is_mapped
from graph.sqlite.store import SqliteStore
from graph.view import open_view
sys.stdin.readline()
view = open_view(SqliteStore(Path(sys.argv[1])), Path(sys.argv[2]))
print(len(view), view.generation, int(view.territories.population.sum()), is_mapped(view.kind))
"""


def test_several_processes_may_build_a_view_at_once(
    tmp_path: Path, store: SqliteStore, folder: Path
) -> None:
    told(store, REFERENCE, PLACES)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    words = [sys.executable, "-c", _OPEN, str(tmp_path / "alliage.db"), str(folder)]
    children = [
        subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )
        for _ in range(4)
    ]
    said = [child.communicate("go\n")[0].split() for child in children]
    people = 156140 + 37491 + 1298990 + 156140 + 37491
    assert said == [["5", "1", str(people), "True"]] * 4
    assert generations(folder) == ["1"]


_WATCH = """
import sys
import time
from pathlib import Path
from graph.sqlite.store import SqliteStore
from graph.view import open_view
store, folder = SqliteStore(Path(sys.argv[1])), Path(sys.argv[2])
print("ready", flush=True)
generation = 0
begun = time.monotonic()
while generation < 12 and time.monotonic() < begun + 30:
    view = open_view(store, folder)
    generation = view.generation
    print(f"{len(view)}/{generation}")
"""


def test_readers_keep_their_answers_while_generations_follow_each_other(
    tmp_path: Path, store: SqliteStore, folder: Path
) -> None:
    """A view opened beside a writer is whole, whichever of two generations it is."""
    told(store, REFERENCE, PLACES)
    words = [sys.executable, "-c", _WATCH, str(tmp_path / "alliage.db"), str(folder)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment) as child:
        assert child.stdout
        assert child.stdout.readline() == "ready\n"
        for number in range(2, 13):
            things = [NodeClaim(f"x:{n}", ORGANISATION, "1", {}) for n in range(number)]
            told(store, EXAMPLES, things)
            open_view(store, folder)
        seen = child.communicate()[0].split()
    assert child.returncode == 0
    assert seen[-1] == "17/12"
    assert set(seen) <= {"5/1", *(f"{5 + number}/{number}" for number in range(2, 13))}
