"""Territories as sets of communes, against sums by hand. Populations: Insee, 2023."""

from math import acos, cos, pi, radians, sin

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.columns import Rows
from graph.model import Level
from graph.territories import LEVELS, Territories, extents

POPULATION = {
    "Grenoble": 156140,
    "Échirolles": 37491,
    "Saint-Martin-d'Hères": 37695,
    "Villefontaine": 19445,
    "Bourgoin-Jallieu": 30151,
    "Villeurbanne": 163684,
    "Lyon 1er": 28717,
    "Lyon 2e": 29981,
    "Lyon": 519127,  # as many as in its nine arrondissements
    "Rochefourchat": 0,  # one inhabitant at most, in some years none
}
# Three of the 49 communes of the metropolis, two of the 22 of the CAPI, two of the nine
# arrondissements of Lyon: so that the sums below can be followed.
PARTS = {
    "la Métro": ["Grenoble", "Échirolles", "Saint-Martin-d'Hères"],
    "la CAPI": ["Villefontaine", "Bourgoin-Jallieu"],
    "Isère": ["la Métro", "la CAPI"],
    "le Grand Lyon": ["Lyon", "Villeurbanne"],
    "Lyon": ["Lyon 1er", "Lyon 2e"],
    "Auvergne-Rhône-Alpes": ["Isère", "le Grand Lyon", "Rochefourchat"],
    # Free perimeters: one across two intercommunalities, one that is not known.
    "périmètre libre": ["Grenoble", "Échirolles", "Villefontaine"],
    "Presqu'île": ["Lyon 2e"],
    "massif": [],
    "désert": ["Rochefourchat"],
}
NAMES = [*POPULATION, *(name for name in PARTS if name not in POPULATION)]
RANK = {name: rank for rank, name in enumerate(NAMES)}


def built(parts: dict[str, list[str]]) -> Territories:
    atomic = np.array([name in POPULATION for name in NAMES])
    pairs = [(RANK[part], RANK[whole]) for whole in parts for part in parts[whole]]
    extent = extents(len(NAMES), pairs, atomic)
    stated = np.array([POPULATION.get(name, 0) for name in NAMES])
    population = np.where(stated > 0, stated, extent.sums(stated))
    nowhere = np.full((len(NAMES), 2), np.nan)
    return Territories(
        np.arange(len(NAMES)) * 10, np.zeros(len(NAMES), dtype=np.int8), population, nowhere, extent
    )


TERRITORIES = built(PARTS)


def extent_of(territories: Territories, name: str) -> list[str]:
    return sorted(NAMES[rank] for rank in territories.extent[RANK[name]].tolist())


def shares_in(place: str) -> dict[str, tuple[float, float]]:
    """Every territory that has something in common with a place."""
    inside, covered = TERRITORIES.shares(RANK[place])
    both = zip(inside.tolist(), covered.tolist(), strict=True)
    found = dict(zip(NAMES, both, strict=True))
    return {name: shares for name, shares in found.items() if shares != (0.0, 0.0)}


def test_a_territory_is_the_set_of_its_communes() -> None:
    assert {name: extent_of(TERRITORIES, name) for name in ("Grenoble", "Isère", "massif")} == {
        "Grenoble": ["Grenoble"],
        "Isère": [
            "Bourgoin-Jallieu",
            "Grenoble",
            "Saint-Martin-d'Hères",
            "Villefontaine",
            "Échirolles",
        ],
        "massif": [],
    }


def test_a_commune_that_is_divided_is_the_set_of_its_arrondissements() -> None:
    assert extent_of(TERRITORIES, "Lyon") == ["Lyon 1er", "Lyon 2e"]
    assert extent_of(TERRITORIES, "le Grand Lyon") == ["Lyon 1er", "Lyon 2e", "Villeurbanne"]


def test_a_cycle_does_no_harm() -> None:
    circular = built({**PARTS, "la CAPI": [*PARTS["la CAPI"], "Isère"], "massif": ["massif"]})
    for name in ("Isère", "Grenoble", "massif", "Lyon", "périmètre libre"):
        assert extent_of(circular, name) == extent_of(TERRITORIES, name)
    assert extent_of(circular, "la CAPI") == extent_of(TERRITORIES, "Isère")


def test_a_commune_that_is_said_to_be_part_of_itself_is_still_a_place() -> None:
    strange = built({**PARTS, "Grenoble": ["Grenoble"]})
    assert {name: extent_of(strange, name) for name in NAMES} == {
        name: extent_of(TERRITORIES, name) for name in NAMES
    }


def test_shares_count_the_inhabitants_that_two_places_have_in_common() -> None:
    metro = 156140 + 37491 + 37695
    free = 156140 + 37491 + 19445
    isere = metro + 19445 + 30151
    lyon = 28717 + 29981
    region = isere + lyon + 163684 + 1  # Rochefourchat weighs as one inhabitant
    assert shares_in("périmètre libre") == {
        "Grenoble": (1.0, 156140 / free),
        "Échirolles": (1.0, 37491 / free),
        "Villefontaine": (1.0, 19445 / free),
        "la Métro": ((156140 + 37491) / metro, (156140 + 37491) / free),
        "la CAPI": (19445 / (19445 + 30151), 19445 / free),
        "Isère": (free / isere, 1.0),
        "Auvergne-Rhône-Alpes": (free / region, 1.0),
        "périmètre libre": (1.0, 1.0),
    }
    assert shares_in("Presqu'île") == {
        "Lyon 2e": (1.0, 1.0),
        "Lyon": (29981 / lyon, 1.0),
        "le Grand Lyon": (29981 / (lyon + 163684), 1.0),
        "Auvergne-Rhône-Alpes": (29981 / region, 1.0),
        "Presqu'île": (1.0, 1.0),
    }


def test_a_place_without_inhabitants_is_a_place_nevertheless() -> None:
    assert shares_in("désert")["Rochefourchat"] == (1.0, 1.0)
    assert shares_in("désert")["désert"] == (1.0, 1.0)
    assert shares_in("désert")["Auvergne-Rhône-Alpes"][1] == 1.0


def test_a_place_of_unknown_composition_is_wholly_in_itself_only() -> None:
    assert shares_in("massif") == {"massif": (1.0, 1.0)}


def test_a_mask_marks_the_communes_of_a_place() -> None:
    assert [NAMES[rank] for rank in np.flatnonzero(TERRITORIES.mask(RANK["la CAPI"]))] == [
        "Villefontaine",
        "Bourgoin-Jallieu",
    ]


def test_a_territory_is_found_by_its_node() -> None:
    assert [TERRITORIES.rank(rank * 10) for rank in range(len(NAMES))] == [*range(len(NAMES))]
    for other in (5, -10, 10 * len(NAMES)):
        with pytest.raises(KeyError):
            TERRITORIES.rank(other)


def test_the_levels_are_those_of_the_model() -> None:
    assert LEVELS == (
        Level.NATION,
        Level.REGION,
        Level.DEPARTEMENT,
        Level.EPCI,
        Level.EPT,
        Level.COMMUNE,
        Level.ARRONDISSEMENT,
        Level.PERIMETER,
    )


# Any shape -----------------------------------------------------------------------------------

SIZE = 7
PAIRS = st.lists(st.tuples(st.integers(0, SIZE - 1), st.integers(0, SIZE - 1)), max_size=14)
FLAGS = st.lists(st.booleans(), min_size=SIZE, max_size=SIZE)
PEOPLE = st.lists(st.integers(0, 500_000), min_size=SIZE, max_size=SIZE)


def atoms_by_hand(pairs: list[tuple[int, int]], atomic: list[bool]) -> list[set[int]]:
    """The transitive closure of "is part of" (Warshall), kept to the undivided atoms."""
    within = {(one, one) for one in range(SIZE)} | set(pairs)
    for middle in range(SIZE):
        within |= {(a, c) for a, b in within if b == middle for d, c in within if d == middle}
    divided = {whole for part, whole in pairs if atomic[part] and part != whole}
    atoms = {one for one in range(SIZE) if atomic[one]} - divided
    return [{atom for atom in atoms if (atom, place) in within} for place in range(SIZE)]


@given(PAIRS, FLAGS)
def test_extents_are_the_closure_of_the_parts(
    pairs: list[tuple[int, int]], atomic: list[bool]
) -> None:
    extent = extents(SIZE, pairs, np.array(atomic))
    found = [extent[place].tolist() for place in range(SIZE)]
    assert [set(atoms) for atoms in found] == atoms_by_hand(pairs, atomic)
    assert [len(atoms) for atoms in found] == [len(set(atoms)) for atoms in found]


@given(PAIRS, FLAGS, PEOPLE, st.integers(0, SIZE - 1))
def test_shares_are_those_of_the_sets(
    pairs: list[tuple[int, int]], atomic: list[bool], people: list[int], place: int
) -> None:
    extent = extents(SIZE, pairs, np.array(atomic))
    territories = Territories(
        np.arange(SIZE),
        np.zeros(SIZE, dtype=np.int8),
        np.array(people),
        np.zeros((SIZE, 2)),
        extent,
    )
    sets = atoms_by_hand(pairs, atomic)

    def weight(atoms: set[int]) -> int:
        return sum(max(1, people[atom]) for atom in atoms)

    def share(common: set[int], of: set[int]) -> float:
        return weight(common) / weight(of) if of else 0.0

    inside, covered = territories.shares(place)
    here = sets[place]
    expected = [(share(here & other, other), share(here & other, here)) for other in sets]
    expected[place] = (1.0, 1.0)
    assert [*zip(inside.tolist(), covered.tolist(), strict=True)] == expected


# Distances -----------------------------------------------------------------------------------

DEGREES = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


def distance(a: tuple[float, float], b: tuple[float, float]) -> float | None:
    nowhere = Rows(np.zeros(3, dtype=np.int64), np.zeros(0, dtype=np.int32))
    none = np.zeros(2, dtype=np.int64)
    return Territories(np.arange(2), none, none, np.array([a, b]), nowhere).distance_km(0, 1)


@pytest.mark.parametrize(
    ("a", "b", "km", "precision"),
    [
        # E. Williams, Aviation Formulary: Los Angeles to New York is 0.623585 radians.
        ((33.95, -118.4), (40 + 38 / 60, -(73 + 47 / 60)), 0.623585 * 6371.0088, 0.01),
        # Known to the public « à vol d'oiseau »; centres by IGN and Insee, or the town hall.
        ((45.18423, 5.71554), (45.75444, 4.83749), 94, 1.0),  # Grenoble, Lyon
        ((48.85616, 2.34225), (43.29651, 5.36978), 661, 1.0),  # Paris, Marseille
        # A quarter and a half of a great circle of the mean radius.
        ((0, 0), (90, 0), 6371.0088 * pi / 2, 1e-6),
        ((0, 90), (0, -90), 6371.0088 * pi, 1e-6),
        ((45.18423, 5.71554), (45.18423, 5.71554), 0, 0),
    ],
)
def test_distances_are_the_known_ones(
    a: tuple[float, float], b: tuple[float, float], km: float, precision: float
) -> None:
    assert distance(a, b) == pytest.approx(km, abs=precision)


@pytest.mark.parametrize("unknown", [(np.nan, np.nan), (45.0, np.nan), (np.nan, 5.0)])
def test_there_is_no_distance_to_a_place_whose_centre_is_unknown(
    unknown: tuple[float, float],
) -> None:
    assert distance((45.18423, 5.71554), unknown) is None
    assert distance(unknown, (45.18423, 5.71554)) is None


@given(DEGREES, DEGREES)
def test_the_haversine_agrees_with_the_law_of_cosines(
    a: tuple[float, float], b: tuple[float, float]
) -> None:
    """The two formulas differ in rounding only: by some 0.1 km, the arc cosine being the worse."""
    (phi_a, lam_a), (phi_b, lam_b) = (tuple(map(radians, p)) for p in (a, b))
    cosine = sin(phi_a) * sin(phi_b) + cos(phi_a) * cos(phi_b) * cos(lam_b - lam_a)
    expected = 6371.0088 * acos(max(-1.0, min(1.0, cosine)))
    assert distance(a, b) == pytest.approx(expected, abs=0.2)
    assert distance(a, b) == distance(b, a)
