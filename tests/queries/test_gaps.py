import math
import random
from collections.abc import Callable
from itertools import combinations
from typing import TypeAlias

import pytest

from graph.claims import Claim, Value
from graph.errors import RequestError, UnknownPlace
from graph.model import (
    ACTS_IN,
    ALLIANCE,
    CARRIES,
    MEMBER_OF,
    ORGANISATION,
    PART_OF,
    PROJECT,
    SEATED_IN,
    SUPPORTS,
    TERRITORY,
    Tie,
    World,
)
from graph.view import View
from queries.answers import Fact
from queries.connections import ground as counted_ground
from queries.coverage import Cover, Covers
from queries.gap_reasons import GapState
from queries.gaps import Gap, Gaps, gaps
from tests.queries.departements import HERE, PEERS, elsewhere, ground, node, of_place, tie

ViewOf: TypeAlias = Callable[..., View]

PAIR = (World.ASSOCIATION, World.COMPANY)


def pair_of(answer: Gaps, worlds: tuple[World, World] = PAIR) -> Gap | None:
    return next((gap for gap in answer.pairs if gap.worlds == worlds), None)


def asked(view_of: ViewOf, here: list[Claim], inhabitants: int = 500_000) -> Gaps:
    return gaps(
        view_of(("sol", ground(inhabitants)), ("alliances", [*elsewhere(), *here])), HERE, 50
    )


def test_two_worlds_that_others_connect_and_this_place_does_not_are_a_white_zone(
    view_of: ViewOf,
) -> None:
    answer = asked(view_of, of_place(PEERS, 0, 20))
    gap = pair_of(answer)
    assert gap is not None
    assert (gap.state, gap.here, gap.actors) == (GapState.GAP, 0, (6, 6))
    assert gap.expected is not None
    # The forty others have 9, 10 or 11 alliances each, on average 9.975.
    assert gap.expected.mean == pytest.approx(9.975, rel=0.05)
    assert gap.expected.low > 0
    assert gap.reason.evidence[0].source == "alliances"
    assert not gap.reason.to_check
    assert answer.compared == PEERS
    # What these alliances aim at is missing with them.
    goal = next(g for g in answer.goals if g.goal and g.goal.id == "goal:11")
    assert goal.state is GapState.GAP


def test_as_many_as_elsewhere_is_no_gap_and_few_are_one_with_what_there_is(
    view_of: ViewOf,
) -> None:
    assert pair_of(asked(view_of, of_place(PEERS, 10, 10))) is None
    few = pair_of(asked(view_of, of_place(PEERS, 1, 10)))
    assert few is not None
    assert (few.state, few.reason.facts) == (GapState.GAP, (Fact(f"a:{PEERS}-0", "name"),))


def test_where_no_source_covers_the_place_it_is_for_want_of_data(view_of: ViewOf) -> None:
    answer = asked(view_of, of_place(PEERS, 0, 0))
    gap = pair_of(answer)
    assert gap is not None
    assert gap.state is GapState.NO_DATA
    assert gap.reason.to_check
    assert "faute de données" in gap.reason.text


def test_nothing_where_hardly_anything_is_expected_tells_nothing(view_of: ViewOf) -> None:
    # Few actors here: four alliances of other worlds, and hardly any pair to expect.
    told = [c for n in range(PEERS) for c in of_place(n, n % 2, 10, actors=6)]
    view = view_of(("sol", ground()), ("alliances", [*told, *of_place(PEERS, 0, 10)]))
    gap = pair_of(gaps(view, HERE, 50))
    assert gap is not None
    assert gap.state is GapState.UNSURE
    assert gap.expected is not None
    assert gap.expected.low == 0


def test_worlds_of_which_nobody_says_anything_anywhere_are_for_want_of_data(
    view_of: ViewOf,
) -> None:
    answer = asked(view_of, of_place(PEERS, 10, 10))
    gap = pair_of(answer, (World.FOUNDATION, World.CITIZENS))
    assert gap is not None
    assert (gap.state, gap.expected) == (GapState.NO_DATA, None)


def test_the_sources_are_told_with_what_they_have_here_and_what_inhabitants_would_give(
    view_of: ViewOf,
) -> None:
    answer = asked(view_of, of_place(PEERS, 0, 0))
    inhabitants = 500_000 / (sum(300_000 + 10_000 * n for n in range(PEERS)) + 500_000)
    things = PEERS * 18 + 18 + sum(10 + n % 3 - 1 + 10 for n in range(PEERS))
    (cover,) = answer.coverage
    assert cover.expected == pytest.approx(things * inhabitants)
    assert cover == Cover("alliances", Covers.WELL, 18, things, 0, cover.expected)


def test_a_place_of_which_nothing_is_known_is_for_want_of_data_throughout(
    view_of: ViewOf,
) -> None:
    answer = asked(view_of, [])
    assert {gap.state for gap in (*answer.actors, *answer.pairs, *answer.goals)} == {
        GapState.NO_DATA
    }
    assert [cover.covers for cover in answer.coverage] == [Covers.ABSENT]


# The counts -----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(15))
def test_connections_are_those_of_counting_one_by_one(view_of: ViewOf, seed: int) -> None:
    chance = random.Random(seed)
    claims: list[Claim] = []
    worlds, seats = {}, {}
    for n in range(20):
        key = f"o:{n}"
        worlds[key] = chance.choice(["association", "company", "academic"])
        seats[key] = f"commune:{chance.randint(0, 2):02}"
        claims += [node(key, ORGANISATION, world=worlds[key]), tie(SEATED_IN, key, seats[key])]
    groups = []
    for n in range(12):
        kind, of_tie = chance.choice([(ALLIANCE, MEMBER_OF), (PROJECT, CARRIES)])
        members = chance.sample(sorted(worlds), 4)
        groups.append(members)
        claims += [node(f"g:{n}", kind), *(tie(of_tie, member, f"g:{n}") for member in members)]
    for _ in range(6):
        one, other = chance.sample(sorted(worlds), 2)
        if [one, other] not in groups:
            groups.append([one, other])
            claims.append(tie(SUPPORTS, one, other))
    view = view_of(("sol", ground()), ("tout", claims))
    ranks = [view.territories.rank(view.ordinal(f"departement:{n:02}") or 0) for n in range(3)]
    found = counted_ground(view, ranks)
    names = [world.value for world in World]
    for unit in range(3):
        for a, b in combinations(range(len(names)), 2):
            expected = sum(
                {names[a], names[b]}
                <= {worlds[m] for m in group if seats[m] == f"commune:{unit:02}"}
                for group in groups
            )
            assert found.worlds[unit, a, b] == found.worlds[unit, b, a] == expected
        for index, world in enumerate(names):
            mine = sum(worlds[o] == world and seats[o] == f"commune:{unit:02}" for o in worlds)
            assert found.actors[unit, index] == mine


# Catalysts ------------------------------------------------------------------------------------

# Name, level, latitude and longitude (Insee; centre of the commune), inhabitants, part of.
CITIES = (
    ("commune:38185", "commune", 45.1842, 5.7186, 156_389, "departement:38"),
    ("commune:69123", "commune", 45.7580, 4.8351, 520_774, "departement:69"),
    ("commune:26362", "commune", 44.9233, 4.8914, 64_483, "departement:26"),
    ("departement:38", "departement", None, None, 0, "region:84"),
    ("departement:69", "departement", None, None, 0, "region:84"),
    ("departement:26", "departement", None, None, 0, "region:84"),
    ("region:84", "region", None, None, 0, ""),
)


VALENCE, GRENOBLE, LYON = (44.9233, 4.8914), (45.1842, 5.7186), (45.7580, 4.8351)


def by_cosines(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """The great-circle distance by the spherical law of cosines, the Earth of 6,371 km."""
    a, b, turn = math.radians(lat_a), math.radians(lat_b), math.radians(lon_b - lon_a)
    cosine = math.sin(a) * math.sin(b) + math.cos(a) * math.cos(b) * math.cos(turn)
    return 6371 * math.acos(cosine)


def cities(*catalysts: tuple[str, Tie, str]) -> list[Claim]:
    claims: list[Claim] = []
    for key, level, latitude, longitude, population, whole in CITIES:
        said: dict[str, Value] = {"level": level}
        if latitude is not None and longitude is not None:
            said |= {"latitude": latitude, "longitude": longitude, "population": population}
        claims.append(node(key, TERRITORY, **said))
        if whole:
            claims.append(tie(PART_OF, key, whole))
    for key, of_tie, place in catalysts:
        claims += [
            node(key, ORGANISATION, roles=["catalyst"], world="association"),
            tie(of_tie, key, place),
        ]
    return claims


def test_a_part_without_a_catalyst_is_told_the_nearest_and_how_far_it_is(view_of: ViewOf) -> None:
    view = view_of(
        (
            "tout",
            cities(("o:lyon", SEATED_IN, "commune:69123"), ("o:isère", ACTS_IN, "departement:38")),
        )
    )
    answer = gaps(view, "region:84")
    assert (answer.territories_without, answer.territories_all) == (1, 3)
    (drome,) = answer.territories
    assert drome.place.id == "departement:26"
    assert drome.nearest is not None
    assert drome.nearest.catalyst.id == "o:isère"
    apart = {name: by_cosines(*VALENCE, *at) for name, at in (("i", GRENOBLE), ("l", LYON))}
    assert apart["i"] < apart["l"]
    assert drome.nearest.distance_km == pytest.approx(apart["i"], abs=0.1)
    # Isère has 156,389 of the 741,646 inhabitants of these three cities.
    assert drome.nearest.overlap == pytest.approx(156_389 / 741_646, abs=1e-6)
    assert drome.nearest.reason.evidence[0].source == "tout"
    # Two catalysts in all are too few for any source to cover a place.
    assert drome.no_data


def test_without_any_catalyst_there_is_no_nearest(view_of: ViewOf) -> None:
    answer = gaps(view_of(("tout", cities())), "region:84")
    assert [each.nearest for each in answer.territories] == [None] * 3
    assert [each.place.id for each in answer.territories] == [
        "departement:69",
        "departement:38",
        "departement:26",
    ]


# What may be asked ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "limit", "says"), [(None, 1, "--in"), (" ", 1, "--in"), (HERE, 0, "entre 1 et")]
)
def test_a_question_without_a_place_or_a_limit_says_what_to_give(
    view_of: ViewOf, place: str | None, limit: int, says: str
) -> None:
    with pytest.raises(RequestError, match=says):
        gaps(view_of(("sol", ground())), place, limit)


def test_an_unknown_place_is_said_to_be_unknown(view_of: ViewOf) -> None:
    with pytest.raises(UnknownPlace):
        gaps(view_of(("sol", ground())), "Atlantide")


@pytest.mark.parametrize("seed", range(3))
def test_the_answer_is_the_same_in_whatever_order_things_are_told(
    view_of: ViewOf, seed: int
) -> None:
    chance = random.Random(seed)
    sources = [("sol", ground()), ("alliances", [*elsewhere(), *of_place(PEERS, 1, 10)])]
    first = gaps(view_of(*sources), HERE)
    for _, claims in sources:
        chance.shuffle(claims)
    assert gaps(view_of(*reversed(sources)), HERE) == first
