import random
from collections.abc import Callable, Sequence
from datetime import date
from itertools import combinations
from typing import TypeAlias

import pytest

from graph.claims import Claim, NodeClaim, TieClaim, Value
from graph.errors import RequestError, UnknownPlace
from graph.model import (
    ACTS_IN,
    AIMS_AT,
    ALLIANCE,
    CARRIES,
    FUNDED,
    GOAL,
    MEMBER_OF,
    ORGANISATION,
    PART_OF,
    PROJECT,
    SEATED_IN,
    TERRITORY,
    Kind,
    Tie,
)
from graph.view import View
from queries.answers import Fact
from queries.signals import Signals, signals

ViewOf: TypeAlias = Callable[..., View]

TODAY = date(2026, 3, 31)
SINCE = date(2020, 1, 1)
# Code, level, inhabitants (Insee), part of.
PLACES = (
    ("commune:38185", "commune", 156_389, "departement:38"),
    ("commune:38544", "commune", 31_555, "departement:38"),
    ("commune:69123", "commune", 520_774, "departement:69"),
    ("departement:38", "departement", 0, "region:84"),
    ("departement:69", "departement", 0, "region:84"),
    ("region:84", "region", 0, ""),
)


def node(key: str, kind: Kind, **said: Value) -> NodeClaim:
    return NodeClaim(key, kind, key, {"name": key.partition(":")[2], **said})


def tie(kind: Tie, start: str, end: str, **said: Value) -> TieClaim:
    return TieClaim(kind, start, end, f"{start} {kind.name} {end}", said)


def ground() -> list[Claim]:
    claims: list[Claim] = []
    for key, level, population, whole in PLACES:
        said: dict[str, Value] = {"level": level, "code": key.partition(":")[2]}
        if population:
            said["population"] = population
        claims.append(node(key, TERRITORY, **said))
        if whole:
            claims.append(tie(PART_OF, key, whole))
    return claims + [node(f"goal:{n}", GOAL, number=n) for n in range(1, 18)]


def told(view: View, place: str = "region:84", since: date = SINCE) -> Signals:
    return signals(view, place, since, TODAY, limit=500)


# First co-occurrences -------------------------------------------------------------------------


def project(key: str, place: str, goal: int, world: str, since: str) -> list[Claim]:
    claims: list[Claim] = [
        node(key, PROJECT),
        node(f"{key}-porteur", ORGANISATION, world=world),
        tie(CARRIES, f"{key}-porteur", key),
        tie(ACTS_IN, key, place),
        tie(AIMS_AT, key, f"goal:{goal}"),
    ]
    return [*claims, tie(FUNDED, "o:financeur", key, since=since)] if since else claims


def several(*rows: tuple[str, int, str, str]) -> list[Claim]:
    claims: list[Claim] = [node("o:financeur", ORGANISATION)]
    for number, row in enumerate(rows):
        claims += project(f"p:{number}", *row)
    return claims


def test_a_first_names_the_world_the_goal_the_place_and_who_says_so(view_of: ViewOf) -> None:
    old = [("commune:38185", 11, "association", "2018")] * 3
    new = [("commune:38185", 7, "company", "2021"), ("commune:38185", 7, "company", "2022")]
    found = told(view_of(("sol", ground()), ("tout", several(*old, *new)))).firsts
    (first,) = found.shown
    assert (first.world.value, first.goal.id, first.place.id) == (
        "company",
        "goal:7",
        "departement:38",
    )
    assert (first.since, first.things) == ("2021", ("p:3", "p:4"))
    # Two of five dates are new: both fall on these two projects once in C(5, 2) = 10 times.
    assert first.chance == pytest.approx(0.1)
    assert first.reason.facts == (
        Fact("p:3", "AIMS_AT", "goal:7"),
        Fact("p:4", "AIMS_AT", "goal:7"),
    )
    assert {e.source for e in first.reason.evidence} == {"tout"}


@pytest.mark.parametrize("since", ["2018", ""])
def test_what_was_there_before_or_has_no_date_is_not_a_first(view_of: ViewOf, since: str) -> None:
    old = [("commune:38185", 11, "association", "2018")] * 3
    new = [("commune:38185", 7, "company", "2021"), ("commune:38544", 7, "company", since)]
    found = told(view_of(("sol", ground()), ("tout", several(*old, *new))), "departement:38")
    # Elsewhere in the département, it is another cell: the place asked has no intercommunalities.
    cells = {(first.goal.id, first.place.id) for first in found.firsts.shown}
    assert cells == set()
    assert found.firsts.undated == (0 if since else 1)


def drawn_projects(chance: random.Random) -> list[tuple[str, int, str, str]]:
    return [
        (
            chance.choice(["commune:38185", "commune:69123", "region:84"]),
            chance.choice([7, 11]),
            chance.choice(["association", "company"]),
            chance.choice(["2018", "2019", "2021", "2022", ""]),
        )
        for _ in range(9)
    ]


@pytest.mark.parametrize("seed", range(15))
def test_the_expected_number_is_the_mean_over_every_way_to_deal_the_dates(
    view_of: ViewOf, seed: int
) -> None:
    rows = drawn_projects(random.Random(seed))
    found = told(view_of(("sol", ground()), ("tout", several(*rows)))).firsts
    at = {"commune:38185": "38", "commune:69123": "69", "region:84": "84"}
    cells = [(at[place], goal, world) for place, goal, world, _ in rows]
    undated = {cell for cell, row in zip(cells, rows, strict=True) if not row[3]}
    dated = [cell for cell, row in zip(cells, rows, strict=True) if row[3]]
    years = [row[3] for row in rows if row[3]]

    def firsts(new: Sequence[int]) -> int:
        of_new = {dated[i] for i in new}
        of_old = {cell for i, cell in enumerate(dated) if i not in new}
        return len(of_new - of_old - undated)

    new = [i for i, year in enumerate(years) if year >= "2020"]
    dealt = [firsts(chosen) for chosen in combinations(range(len(dated)), len(new))]
    assert found.observed == firsts(new)
    assert found.expected == pytest.approx(sum(dealt) / len(dealt), abs=1e-5)
    assert min(dealt) <= found.low <= found.high <= max(dealt)


def test_a_source_that_begins_late_makes_nothing_new(view_of: ViewOf) -> None:
    old = several(*[("commune:38185", 11, "association", "2018")] * 3)
    late = [
        claim
        for n in range(4)
        for claim in project(f"q:{n}", "commune:38185", 7, "company", "2021")
    ]
    found = told(view_of(("sol", ground()), ("tout", old), ("tardive", late))).firsts
    assert found.shown == ()
    assert (found.observed, found.expected, found.starts) == (1, 1, 1)


# Closed triangles -----------------------------------------------------------------------------


def alliance(key: str, since: str, *members: str) -> list[Claim]:
    said = {"started": since} if since else {}
    return [node(key, ALLIANCE, **said), *(tie(MEMBER_OF, member, key) for member in members)]


def actors(**worlds: str) -> list[Claim]:
    claims: list[Claim] = []
    for key, world in worlds.items():
        claims += [
            node(f"o:{key}", ORGANISATION, world=world),
            tie(SEATED_IN, f"o:{key}", "commune:38185"),
        ]
    return claims


def test_a_triangle_is_closed_by_two_who_knew_the_same_third(view_of: ViewOf) -> None:
    claims = [
        *actors(un="association", deux="company", trois="academic", quatre="company"),
        *alliance("a:première", "2015", "o:un", "o:trois"),
        *alliance("a:seconde", "2016", "o:deux", "o:trois"),
        *alliance("a:autre", "2016", "o:quatre", "o:ailleurs"),
        node("o:ailleurs", ORGANISATION),
        *alliance("a:nouvelle", "2021", "o:un", "o:deux"),
        *alliance("a:encore", "2022", "o:un", "o:quatre"),
    ]
    found = told(view_of(("sol", ground()), ("tout", claims))).triangles
    (triangle,) = found.shown
    assert {triangle.one.id, triangle.other.id} == {"o:un", "o:deux"}
    assert triangle.through.id == "a:nouvelle"
    assert [each.id for each in triangle.known_to] == ["o:trois"]
    assert triangle.across
    assert (found.met, found.closed, found.triangles, found.actors) == (2, 1, 1, 4)
    assert set(triangle.reason.facts) == {
        Fact("o:un", "MEMBER_OF", "a:nouvelle"),
        Fact("o:deux", "MEMBER_OF", "a:nouvelle"),
        Fact("o:un", "MEMBER_OF", "a:première"),
        Fact("o:trois", "MEMBER_OF", "a:première"),
        Fact("o:deux", "MEMBER_OF", "a:seconde"),
        Fact("o:trois", "MEMBER_OF", "a:seconde"),
    }


def drawn_alliances(chance: random.Random) -> dict[str, tuple[str, list[str]]]:
    names = [f"o:{n}" for n in range(9)]
    return {
        f"a:{n}": (
            chance.choice(["2015", "2018", "2021", "2023", ""]),
            sorted(chance.sample(names, chance.randint(2, 3))),
        )
        for n in range(10)
    }


@pytest.mark.parametrize("seed", range(30))
def test_the_triangles_and_their_base_rate_are_those_of_counting_one_by_one(
    view_of: ViewOf, seed: int
) -> None:
    chance = random.Random(seed)
    drawn = drawn_alliances(chance)
    seats = {f"o:{n}": chance.choice(["commune:38185", "commune:69123"]) for n in range(9)}
    claims: list[Claim] = []
    for key, seat in seats.items():
        claims += [node(key, ORGANISATION), tie(SEATED_IN, key, seat)]
    for key, (since, members) in drawn.items():
        claims += alliance(key, since, *members)
    before = {
        frozenset(pair)
        for since, members in drawn.values()
        if since < "2020"
        for pair in combinations(members, 2)
    }
    now = {frozenset(p) for _, members in drawn.values() for p in combinations(members, 2)}
    known = {one for pair in before for one in pair}
    here = sorted(o for o in known if seats[o] == "commune:38185")

    def thirds(a: str, b: str) -> int:
        return sum({frozenset((a, c)), frozenset((b, c))} <= before for c in seats)

    unmet = [(a, b) for a, b in combinations(here, 2) if frozenset((a, b)) not in before]
    met = [pair for pair in unmet if frozenset(pair) in now]
    activity = {one: sum(one in pair for pair in met) for one in here}
    weight = {(a, b): activity[a] * activity[b] for a, b in unmet}
    total = sum(weight.values())
    closing = sum(weight[pair] for pair in unmet if thirds(*pair))

    found = told(view_of(("sol", ground()), ("tout", claims)), "departement:38").triangles
    assert found.actors == len(here)
    assert found.met == len(met)
    assert found.closed == sum(thirds(*pair) > 0 for pair in met)
    assert found.triangles == sum(thirds(*pair) for pair in met)
    assert found.expected == pytest.approx(len(met) * closing / total if total else 0, abs=1e-5)
    for each in found.shown:
        a, b = sorted((each.one.id, each.other.id))
        assert each.expected == pytest.approx(len(met) * weight[a, b] / total)


# What may be asked ----------------------------------------------------------------------------


def test_a_day_in_the_future_is_refused_in_one_sentence(view_of: ViewOf) -> None:
    with pytest.raises(RequestError, match="dans l'avenir"):
        signals(view_of(("sol", ground())), "region:84", date(2026, 4, 1), TODAY)


@pytest.mark.parametrize(
    ("place", "limit", "says"), [(None, 1, "--in"), ("", 1, "--in"), ("38", 0, "entre 1 et")]
)
def test_a_question_without_a_place_or_a_limit_says_what_to_give(
    view_of: ViewOf, place: str | None, limit: int, says: str
) -> None:
    with pytest.raises(RequestError, match=says):
        signals(view_of(("sol", ground())), place, SINCE, TODAY, limit)


def test_an_unknown_place_is_said_to_be_unknown(view_of: ViewOf) -> None:
    with pytest.raises(UnknownPlace):
        told(view_of(("sol", ground())), "Atlantide")


def test_a_place_without_anything_has_no_signal(view_of: ViewOf) -> None:
    found = told(view_of(("sol", ground())))
    assert (found.firsts.shown, found.firsts.observed, found.firsts.since) == ((), 0, 0)
    assert (found.triangles.shown, found.triangles.met) == ((), 0)


@pytest.mark.parametrize("seed", range(5))
def test_the_answer_is_the_same_in_whatever_order_things_are_told(
    view_of: ViewOf, seed: int
) -> None:
    chance = random.Random(seed)
    rows = [row for row in drawn_projects(chance) if row[3]]
    meetings = actors(**{f"{n}": "association" for n in range(9)})
    for key, (since, members) in drawn_alliances(chance).items():
        meetings += alliance(key, since, *members)
    sources = [("sol", ground()), ("projets", several(*rows)), ("alliances", meetings)]
    first = told(view_of(*sources))
    for _, claims in sources:
        chance.shuffle(claims)
    assert told(view_of(*reversed(sources))) == first
