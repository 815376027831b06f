"""White zones of a level: they say of each territory what is said of it alone."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import pytest

from graph.errors import RequestError, UnknownTerm
from graph.model import Level, World
from graph.territories import LEVELS
from graph.view import View
from queries.cartography import Request, cartography
from queries.connections import joining
from queries.coverage import coverage, covered, covered_each, everything
from queries.gap_reasons import GapState
from queries.gaps import Gaps, gaps
from queries.peers import peers_of, peers_of_each
from queries.white_zones import Lack, Zone, Zones, lack, lacks, states_of, white_zones
from tests.queries.departements import HERE, PEERS, elsewhere, ground, of_place

ViewOf: TypeAlias = Callable[..., View]

PAIR = Lack((World.ASSOCIATION, World.COMPANY))
FRANCE = "nation:FR"


@pytest.fixture
def country(view_of: ViewOf) -> View:
    """Forty départements alike; in the last one associations and companies have nothing."""
    return view_of(("sol", ground()), ("alliances", [*elsewhere(), *of_place(PEERS, 0, 20)]))


def zone_of(found: Zones, key: str) -> Zone | None:
    return next((zone for zone in found.zones if zone.place.id == key), None)


def alone(found: Gaps, what: Lack) -> GapState | None:
    """The state that the question of one place tells of it."""
    every = found.goals if what.goal else found.pairs
    goal = f"goal:{what.goal}" if what.goal else None
    return next(
        (g.state for g in every if g.worlds == what.worlds and (g.goal and g.goal.id) == goal),
        None,
    )


def test_the_only_place_where_two_worlds_have_nothing_is_the_white_zone(country: View) -> None:
    found = white_zones(country, PAIR, FRANCE, Level.DEPARTEMENT)
    assert [zone.place.id for zone in found.zones] == [HERE]
    zone = found.zones[0]
    assert (zone.state, zone.here, zone.actors) == (GapState.GAP, 0, (6, 6))
    assert zone.expected is not None
    # The forty others have 9, 10 or 11 alliances each, on average 9.975.
    assert zone.expected.mean == pytest.approx(9.975, rel=0.05)
    assert (found.served, found.absent, found.territories) == (PEERS, 0, PEERS + 1)


def test_what_is_told_of_a_level_is_what_is_told_of_each_of_its_places(view_of: ViewOf) -> None:
    # Nothing in two of them, hardly anything in two others; of another pair one at most anywhere.
    few = {3: 0, 11: 0, 20: 1, 30: 1}
    told = [c for n in range(PEERS) for c in of_place(n, few.get(n, 9 + n % 3), n % 2)]
    view = view_of(("sol", ground()), ("alliances", [*told, *of_place(PEERS, 3, 4)]))
    every = [f"departement:{n:02}" for n in range(PEERS + 1)]
    answers = {key: gaps(view, key, 50) for key in every}
    seen = set()
    for what in lacks()[1:]:
        states = states_of(view, what, Level.DEPARTEMENT)
        by_id = {key: state for state, keys in states.items() for key in keys}
        present = set(what.worlds) <= {World.ASSOCIATION, World.COMPANY, World.STATE}
        for key in every:
            expected = alone(answers[key], what)
            if present or expected is GapState.NO_DATA:
                assert by_id.get(key) is expected, (what, key)
            seen.add(expected)
    assert seen == {None, *GapState}


def test_of_all_that_is_bundled_the_level_agrees_with_the_place(bundled: View) -> None:
    for key in ("departement:38", "departement:35", "departement:75"):
        answer = gaps(bundled, key, 500)
        for what in (PAIR, lack("company,academic"), Lack(goal=17)):
            states = states_of(bundled, what, Level.DEPARTEMENT)
            here = next((state for state, keys in states.items() if key in keys), None)
            assert here is alone(answer, what)


def test_where_one_of_the_worlds_has_no_known_actor_there_is_no_white_zone(
    view_of: ViewOf,
) -> None:
    companies = {f"o:{PEERS}-company-{rank}" for rank in range(6)}
    here = [
        claim
        for claim in of_place(PEERS, 0, 20)
        if getattr(claim, "key", "") not in companies
        and getattr(claim, "start", "") not in companies
    ]
    view = view_of(("sol", ground()), ("alliances", [*elsewhere(), *here]))
    found = white_zones(view, PAIR, FRANCE, Level.DEPARTEMENT)
    assert zone_of(found, HERE) is None
    assert found.absent == 1
    assert HERE in found.others


def test_no_data_is_not_no_actor(view_of: ViewOf) -> None:
    view = view_of(("sol", ground()), ("alliances", [*elsewhere(), *of_place(PEERS, 0, 0)]))
    zone = zone_of(white_zones(view, PAIR, FRANCE, Level.DEPARTEMENT), HERE)
    assert zone is not None
    assert zone.state is GapState.NO_DATA


def test_each_territory_of_a_place_is_counted_once(bundled: View) -> None:
    for what in (Lack(), PAIR, Lack(goal=2)):
        found = white_zones(bundled, what, "region:84", Level.EPCI)
        ids = [key for keys in found.ids.values() for key in keys]
        assert len(ids) == len(set(ids))
        assert len(ids) + found.served + found.absent == found.territories
        assert not set(ids) & set(found.others)
        # Insee: Auvergne-Rhône-Alpes has 164 EPCI (1 January 2025), some of them mostly elsewhere.
        assert found.territories == pytest.approx(164, abs=2)


def test_the_longest_list_is_cut_and_the_ids_are_not(bundled: View) -> None:
    found = white_zones(bundled, PAIR, FRANCE, Level.EPCI, 5)
    for state in GapState:
        shown = [zone.place.id for zone in found.zones if zone.state is state]
        assert shown == list(found.ids[state][:5])


def test_territories_without_a_catalyst_are_those_of_the_map(bundled: View) -> None:
    found = white_zones(bundled, Lack(), FRANCE, Level.EPCI)
    said = cartography(bundled, Request(FRANCE, "epci", uncovered=True)).uncovered
    assert said
    assert sorted(key for keys in found.ids.values() for key in keys) == sorted(said)


@pytest.mark.parametrize("level", [Level.REGION, Level.EPCI])
def test_peers_of_all_are_those_of_each(bundled: View, level: Level) -> None:
    ranks = np.flatnonzero(bundled.territories.level == LEVELS.index(level))
    every = peers_of_each(bundled, ranks)
    for position in range(0, len(ranks), 60):
        np.testing.assert_array_equal(every[position], peers_of(bundled, int(ranks[position])))


def test_what_covers_all_places_is_what_covers_each(bundled: View) -> None:
    ranks = np.flatnonzero(bundled.territories.level == LEVELS.index(Level.DEPARTEMENT)).tolist()
    for among in (everything, joining):
        found = covered_each(bundled, ranks, among).tolist()
        assert found == [covered(coverage(bundled, rank, among)) for rank in ranks]
    assert any(covered_each(bundled, ranks))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("company,academic", Lack((World.COMPANY, World.ACADEMIC))),
        ("academic,company", Lack((World.COMPANY, World.ACADEMIC))),
        ("association,entreprise", PAIR),
        ("goal:2", Lack(goal=2)),
        ("ODD 2", Lack(goal=2)),
        ("catalyst", Lack()),
    ],
)
def test_a_lack_is_read_in_whatever_order_its_worlds_stand(text: str, expected: Lack) -> None:
    assert lack(text) == expected
    assert lack(expected.code) == expected


@pytest.mark.parametrize("text", ["", "company", "company,company", "a,b", "goal:18", "1,2,3"])
def test_what_is_no_lack_is_told(text: str) -> None:
    with pytest.raises(UnknownTerm):
        lack(text)


def test_a_commune_is_too_small_to_compare(country: View) -> None:
    with pytest.raises(RequestError, match="région, département ou EPCI"):
        white_zones(country, PAIR, FRANCE, Level.COMMUNE)
    with pytest.raises(RequestError, match="entre 1 et"):
        white_zones(country, PAIR, FRANCE, Level.DEPARTEMENT, 0)
