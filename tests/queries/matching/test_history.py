"""What is known on a day: never what came later."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from graph.claims import Claim, NodeClaim, TieClaim, Value
from graph.model import (
    ACTS_IN,
    AIMS_AT,
    ALLIANCE,
    CALL,
    CARRIES,
    GAVE_RISE_TO,
    GOAL,
    MEMBER_OF,
    ORGANISATION,
    PART_OF,
    PROJECT,
    RUNS,
    SEATED_IN,
    TARGET,
    TERRITORY,
    Kind,
    Tie,
)
from graph.view import View
from queries.matching.history import (
    Alliances,
    History,
    Organisations,
    Participations,
    history,
    history_of,
    incidence,
    organisations_of,
    years,
)

ViewOf = Callable[..., View]
DAY, ORGANISATIONS, ALLIANCES = 2018.0, 8, 6
NAN = float("nan")

Part = tuple[int, int, float, float, bool]  # organisation, alliance, since, until, led
YEARS = st.one_of(st.just(NAN), st.sampled_from([2010.0, 2015.5, 2017.9, 2018.0, 2019.0, 2021.5]))
PARTS = st.lists(
    st.tuples(
        st.integers(0, ORGANISATIONS - 1), st.integers(0, ALLIANCES - 1), YEARS, YEARS,
        st.booleans(),
    ),
    max_size=25,
)  # fmt: skip


def told(parts: list[Part], began: list[float], day: float = DAY) -> History:
    columns = np.array(parts, dtype=float).reshape(-1, 5).T
    nothing = np.full(ORGANISATIONS, -1)
    themes = incidence(np.arange(ALLIANCES), np.arange(ALLIANCES) % 3, (ALLIANCES, 3))
    return history(
        Organisations(
            np.arange(ORGANISATIONS),
            nothing,
            nothing[None],
            np.full((ORGANISATIONS, 2), NAN),
            sparse.csr_array((ORGANISATIONS, 1)),
        ),
        Alliances(100 + np.arange(ALLIANCES), themes, themes, np.array(began)),
        Participations(
            organisation=columns[0].astype(int),
            alliance=columns[1].astype(int),
            since=columns[2],
            until=columns[3],
            led=columns[4] > 0,
        ),
        day,
    )


def parts_of(made: History) -> dict[str, Any]:
    """All that a history says, to compare."""
    return {
        "member": made.member.toarray().tolist(),
        "led": made.led.toarray().tolist(),
        "alliances": made.alliances.tolist(),
        "began": np.nan_to_num(made.began, nan=-1).tolist(),
        "last": np.nan_to_num(made.last, nan=-1).tolist(),
        "size": made.size.tolist(),
        "themes": made.themes.toarray().tolist(),
        "sites": made.sites.toarray().tolist(),
    }


@given(parts=PARTS, began=st.lists(YEARS, min_size=ALLIANCES, max_size=ALLIANCES))
def test_a_history_is_the_same_whether_or_not_later_facts_exist(
    parts: list[Part], began: list[float]
) -> None:
    def starts(part: Part) -> float:
        return began[part[1]] if np.isnan(part[2]) else part[2]

    before = [
        (o, a, since, NAN if until > DAY else until, led)
        for o, a, since, until, led in (part for part in parts if not starts(part) >= DAY)
    ]
    known = [NAN if day >= DAY else day for day in began]
    assert parts_of(told(parts, began)) == parts_of(told(before, known))


@given(parts=PARTS, began=st.lists(YEARS, min_size=ALLIANCES, max_size=ALLIANCES))
def test_nothing_in_a_history_is_dated_on_its_day_or_later(
    parts: list[Part], began: list[float]
) -> None:
    made = told(parts, began)
    assert not (made.began >= DAY).any()
    assert not (made.last > DAY).any()
    assert not (made.last < made.began).any()
    assert made.size.min(initial=1) >= 1
    assert made.size.tolist() == made.member.sum(axis=0).tolist()
    assert made.past.tolist() == (made.member.sum(axis=1) > 0).tolist()


def test_an_end_that_is_still_to_come_is_not_known_yet() -> None:
    parts: list[Part] = [(0, 0, 2012.0, 2021.0, True), (1, 0, 2014.0, 2016.5, False)]
    made = told(parts, [2011.0] * ALLIANCES)
    assert (made.began.tolist(), made.last.tolist()) == ([2011.0], [2016.5])
    later = told(parts, [2011.0] * ALLIANCES, day=2022.0)
    assert later.last.tolist() == [2021.0]


def test_days_are_fractions_of_years() -> None:
    found = years(np.array([20170401, 20170000, 20171200, 20200702, 0]))
    assert found[:4].tolist() == pytest.approx([2017.25, 2017, 2017 + 11 / 12, 2020.5 + 1 / 365.25])
    assert np.isnan(found[4])


# From the view -------------------------------------------------------------------------------

GRENOBLE, ECHIROLLES, METROPOLE = "commune:38185", "commune:38151", "epci:200040715"


def node(key: str, kind: Kind, **said: Value) -> NodeClaim:
    return NodeClaim(key, kind, key, {"name": key, **said})


def tie(kind: Tie, start: str, end: str, **said: Value) -> TieClaim:
    return TieClaim(kind, start, end, f"{kind} {start} {end} {sorted(said.items())}", said)


def isere() -> list[Claim]:
    levels = {GRENOBLE: "commune", ECHIROLLES: "commune", "commune:38421": "commune",
              METROPOLE: "epci", "departement:38": "departement", "region:84": "region",
              "nation:FR": "nation", "nation:DE": "nation"}  # fmt: skip
    claims: list[Claim] = [node(key, TERRITORY, level=level) for key, level in levels.items()]
    claims[0] = node(GRENOBLE, TERRITORY, level="commune", latitude=45.18, longitude=5.72)
    wholes = [(GRENOBLE, METROPOLE), (ECHIROLLES, METROPOLE), (METROPOLE, "departement:38"),
              ("commune:38421", "departement:38"), ("departement:38", "region:84"),
              ("region:84", "nation:FR")]  # fmt: skip
    return claims + [tie(PART_OF, part, whole) for part, whole in wholes]


def test_the_places_of_a_seat_are_the_territories_that_hold_it(view_of: ViewOf) -> None:
    claims = isere()
    seats = {"a": GRENOBLE, "b": METROPOLE, "c": "nation:DE", "d": "", "e": ""}
    claims += [node(f"test:{key}", ORGANISATION) for key in seats]
    claims += [tie(SEATED_IN, f"test:{key}", seat) for key, seat in seats.items() if seat]
    # Without a seat: what holds all that it acts in.
    claims += [tie(ACTS_IN, "test:d", place) for place in (GRENOBLE, ECHIROLLES)]
    view = view_of(("exemples", claims))
    found = organisations_of(view)
    named = [
        [view.keys[view.territory_of(rank)] if rank >= 0 else "" for rank in places]
        for places in found.places.T.tolist()
    ]
    above = ["departement:38", "region:84", "nation:FR"]
    assert named == [
        [GRENOBLE, METROPOLE, *above],
        ["", METROPOLE, *above],
        ["", "", "", "", "nation:DE"],
        ["", METROPOLE, *above],
        [""] * 5,
    ]
    assert found.centre[0].tolist() == [45.18, 5.72]
    assert np.isnan(found.centre[1:]).all()


def test_a_history_is_read_from_members_conveners_carriers_goals_calls_and_places(
    view_of: ViewOf,
) -> None:
    claims = isere()
    claims += [node(f"test:{key}", ORGANISATION) for key in "abc"]
    claims += [node("goal:11", GOAL), node("target:11.1", TARGET), node("test:appel", CALL)]
    claims += [tie(PART_OF, "target:11.1", "goal:11")]
    claims += [node("test:x", ALLIANCE, started="2019-07"), node("test:y", PROJECT)]
    claims += [
        tie(MEMBER_OF, "test:a", "test:x", role="member", since="2019-10"),
        tie(MEMBER_OF, "test:b", "test:x", role="lead"),
        tie(RUNS, "test:c", "test:x"),
        tie(CARRIES, "test:a", "test:y"),
        tie(AIMS_AT, "test:x", "target:11.1"),
        tie(AIMS_AT, "test:y", "goal:11"),
        tie(GAVE_RISE_TO, "test:appel", "test:x"),
        tie(ACTS_IN, "test:x", METROPOLE),
    ]
    view = view_of(("exemples", claims))
    made = history_of(view, 2024.0)
    names = [view.keys[ordinal] for ordinal in made.alliances.tolist()]
    assert names == ["test:x", "test:y"]
    assert made.member.toarray().tolist() == [[1, 1], [1, 0], [1, 0]]
    assert made.led.toarray().tolist() == [[0, 1], [1, 0], [1, 0]]
    assert made.began[0] == 2019.5
    assert made.last[0] == 2019.75
    assert np.isnan(made.began[1])
    themes = [{view.keys[t] for t in made.themes[[row]].indices.tolist()} for row in (0, 1)]
    assert themes == [{"goal:11", "test:appel"}, {"goal:11"}]
    sites = [view.keys[view.territory_of(rank)] for rank in made.sites[[0]].indices.tolist()]
    assert sites == [METROPOLE]


def test_a_contract_whose_members_come_and_go_is_one_edition_a_year(view_of: ViewOf) -> None:
    stays = {"a": ("2020", "2022"), "b": ("2020", "2020"), "c": ("2022", "2022")}
    claims: list[Claim] = [node("test:cv", ALLIANCE)]
    for key, (since, until) in stays.items():
        claims += [node(f"test:{key}", ORGANISATION)]
        claims += [tie(MEMBER_OF, f"test:{key}", "test:cv", since=since, until=until)]
    made = history_of(view_of(("exemples", claims)), 2024.0)
    assert len(set(made.alliances.tolist())) == 1
    assert made.member.toarray().tolist() == [[1, 1, 1], [1, 0, 0], [0, 0, 1]]
    assert made.began.tolist() == [2020, 2021, 2022]
    assert history_of(view_of(("exemples", claims)), 2022.0).member.shape == (3, 2)


def test_members_who_stay_are_of_one_network_whenever_they_joined(view_of: ViewOf) -> None:
    claims: list[Claim] = [node("test:reseau", ALLIANCE)]
    for key, since in {"a": "2015", "b": "2018-05"}.items():
        claims += [node(f"test:{key}", ORGANISATION)]
        claims += [tie(MEMBER_OF, f"test:{key}", "test:reseau", since=since)]
    made = history_of(view_of(("exemples", claims)), 2024.0)
    assert made.member.toarray().tolist() == [[1], [1]]
    assert made.began.tolist() == [2015]


def test_a_graph_without_alliances_or_territories_has_an_empty_history(view_of: ViewOf) -> None:
    made = history_of(view_of(("exemples", [node("test:a", ORGANISATION)])))
    assert made.member.shape == (1, 0)
    assert not made.past.any()
