import random
from collections import Counter
from collections.abc import Callable
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
    LEVER,
    MEMBER_OF,
    NEEDS,
    OFFERS,
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
from queries.ecosystem import Ecosystem, ecosystem

ViewOf: TypeAlias = Callable[..., View]

# Code, level, inhabitants (Insee), part of. The intercommunality lies on two départements.
PLACES = (
    ("commune:38185", "commune", 156_389, ("departement:38",)),
    ("commune:38544", "commune", 31_555, ("departement:38", "epci:200077014")),
    ("commune:69189", "commune", 4_000, ("departement:69", "epci:200077014")),
    ("commune:69123", "commune", 520_774, ("departement:69",)),
    ("commune:75056", "commune", 2_113_705, ("departement:75",)),
    ("epci:200077014", "epci", 0, ()),
    ("departement:38", "departement", 0, ("region:84",)),
    ("departement:69", "departement", 0, ("region:84",)),
    ("departement:75", "departement", 0, ("region:11",)),
    ("region:84", "region", 0, ("nation:FR",)),
    ("region:11", "region", 0, ("nation:FR",)),
    ("nation:FR", "nation", 0, ()),
)
KEYS = [key for key, *_ in PLACES]


def node(key: str, kind: Kind, **said: Value) -> NodeClaim:
    return NodeClaim(key, kind, key, {"name": key.partition(":")[2], **said})


def tie(kind: Tie, start: str, end: str, **said: Value) -> TieClaim:
    return TieClaim(kind, start, end, f"{start} {kind.name} {end}", said)


def ground() -> list[Claim]:
    claims: list[Claim] = []
    for key, level, population, wholes in PLACES:
        said: dict[str, Value] = {"level": level, "code": key.partition(":")[2]}
        if population:
            said["population"] = population
        claims.append(node(key, TERRITORY, **said))
        claims += [tie(PART_OF, key, whole) for whole in wholes]
    claims += [node(f"goal:{n}", GOAL, number=n) for n in range(1, 18)]
    return claims + [node(f"lever:{m}", LEVER) for m in ("value", "skills", "data")]


def drawn(chance: random.Random) -> list[Claim]:
    """Things of every kind, some without a place, a world, a date or anybody."""
    claims: list[Claim] = []
    organisations = [f"o:{n}" for n in range(25)]
    for key in organisations:
        world = chance.choice(["association", "company", "state", ""])
        claims.append(node(key, ORGANISATION, **({"world": world} if world else {})))
        seat = chance.choice([*KEYS, ""])
        if seat:
            claims.append(tie(SEATED_IN, key, seat))
        if chance.random() < 0.3:
            claims.append(tie(ACTS_IN, key, chance.choice(KEYS)))
        if chance.random() < 0.4:
            claims.append(tie(OFFERS, key, chance.choice(["lever:value", "lever:data"])))
    for n in range(15):
        key = f"a:{n}"
        said: dict[str, Value] = {"started": f"{chance.randint(2015, 2018)}"}
        if chance.random() < 0.3:
            said["phase"] = chance.choice(["running", "ended"])
        if chance.random() < 0.3:
            said["outcome"] = chance.choice(["works", "failed"])
        claims.append(node(key, ALLIANCE, **said))
        places = chance.sample(KEYS, chance.choice([0, 0, 0, 1, 2]))
        claims += [tie(ACTS_IN, key, place) for place in places]
        claims += [
            tie(MEMBER_OF, member, key, since=f"{chance.randint(2015, 2018)}")
            for member in chance.sample(organisations, chance.randint(0, 6))
        ]
        if chance.random() < 0.3:
            claims.append(tie(NEEDS, key, "lever:skills"))
        claims.append(tie(AIMS_AT, key, f"goal:{chance.randint(1, 17)}"))
    for n in range(15):
        key = f"p:{n}"
        claims.append(node(key, PROJECT))
        claims.append(tie(CARRIES, chance.choice(organisations), key))
        claims.append(tie(AIMS_AT, key, f"goal:{chance.randint(1, 17)}"))
        claims.append(tie(FUNDED, chance.choice(organisations), key, since="2018"))
        if chance.random() < 0.6:
            claims.append(tie(ACTS_IN, key, chance.choice(KEYS)))
    return claims


def profile(view: View, place: str) -> Ecosystem:
    return ecosystem(view, place, limit=500)


def additive(answer: Ecosystem) -> dict[str, float]:
    return {number.name: number.value for number in answer.numbers if number.additive}


@pytest.mark.parametrize("seed", range(25))
@pytest.mark.parametrize(
    ("whole", "parts"),
    [
        ("nation:FR", ["region:84", "region:11"]),
        ("region:84", ["departement:38", "departement:69"]),
    ],
)
def test_the_sum_over_the_parts_and_what_is_in_none_is_the_whole(
    view_of: ViewOf, seed: int, whole: str, parts: list[str]
) -> None:
    view = view_of(("sol", ground()), ("tout", drawn(random.Random(seed))))
    answer = profile(view, whole)
    summed: Counter[str] = Counter(answer.in_no_part)
    for part in parts:
        summed.update(additive(profile(view, part)))
    expected = additive(answer)
    assert {name: summed[name] for name in expected} == pytest.approx(expected, abs=1e-5)
    # And the parts as the whole tells them are those that are asked for.
    for each in answer.parts:
        alone = additive(profile(view, each.place.id))
        assert each.values == pytest.approx({n: v for n, v in alone.items() if v}, abs=1e-5)


@pytest.mark.parametrize("seed", range(10))
def test_what_is_in_no_part_is_what_is_seated_in_the_whole_or_across_its_parts(
    view_of: ViewOf, seed: int
) -> None:
    claims = drawn(random.Random(seed))
    ties = [c for c in claims if isinstance(c, TieClaim)]
    acting = {c.start: c.end for c in ties if c.tie is ACTS_IN and c.start.startswith("o:")}
    homes = acting | {c.start: c.end for c in ties if c.tie is SEATED_IN}
    expected = Counter(
        f"actors.{c.properties.get('world', 'unknown')}"
        for c in claims
        if isinstance(c, NodeClaim)
        and c.kind is ORGANISATION
        and homes.get(c.subject) in ("region:84", "epci:200077014")
    )
    answer = profile(view_of(("sol", ground()), ("tout", claims)), "region:84")
    found = {n: v for n, v in answer.in_no_part.items() if n.startswith("actors.")}
    assert found == expected


def test_an_alliance_without_a_place_is_shared_among_the_places_of_its_members(
    view_of: ViewOf,
) -> None:
    view = view_of(
        ("sol", ground()),
        (
            "tout",
            [
                node("a:une", ALLIANCE),
                *(node(f"o:{n}", ORGANISATION) for n in "abcd"),
                tie(SEATED_IN, "o:a", "commune:38185"),
                tie(SEATED_IN, "o:b", "commune:38185"),
                tie(SEATED_IN, "o:c", "commune:69123"),
                *(tie(MEMBER_OF, f"o:{n}", "a:une") for n in "abcd"),
            ],
        ),
    )
    found = {}
    for place in ("departement:38", "departement:69", "region:84", "nation:FR", "departement:75"):
        (number,) = (n for n in profile(view, place).numbers if n.name == "alliances.all")
        found[place] = (number.things, number.value)
    # One alliance: two of its four members are seated in Isère, one in Rhône, one nobody knows.
    assert found == {
        "departement:38": (1, 0.5),
        "departement:69": (1, 0.25),
        "region:84": (1, 0.75),
        "nation:FR": (1, 0.75),
        "departement:75": (0, 0),
    }


@pytest.mark.parametrize("seed", range(5))
def test_every_number_lists_as_many_facts_as_it_counts_and_each_is_in_the_graph(
    view_of: ViewOf, seed: int
) -> None:
    claims = drawn(random.Random(seed))
    view = view_of(("sol", ground()), ("tout", claims))
    ties = {(c.start, c.tie.name, c.end) for c in claims if isinstance(c, TieClaim)}
    nodes = {c.subject for c in claims if isinstance(c, NodeClaim)}
    for number in profile(view, "region:84").numbers:
        assert len(number.facts) == number.count
        assert number.value <= number.things + 1e-6
        assert number.things <= number.count
        for fact in number.facts:
            assert fact.subject in nodes
            if fact.object and not number.name.startswith("outside"):
                assert (fact.subject, fact.relation, fact.object) in ties


def test_one_number_can_be_listed_alone(view_of: ViewOf) -> None:
    view = view_of(
        ("sol", ground()),
        (
            "tout",
            [
                node("p:a", PROJECT),
                tie(ACTS_IN, "p:a", "commune:38544"),
                tie(AIMS_AT, "p:a", "goal:12"),
            ],
        ),
    )
    (number,) = ecosystem(view, "departement:38", "goals.12").numbers
    assert (number.value, number.facts) == (1, (Fact("p:a", "AIMS_AT", "goal:12"),))
    with pytest.raises(RequestError, match=r"goals\.99"):
        ecosystem(view, "departement:38", "goals.99")


def network(view_of: ViewOf) -> View:
    """A national network with two members in Isère, one in Rhône, two in Paris, one unknown."""
    seats = {
        "a": "commune:38185",
        "b": "commune:38544",
        "c": "commune:69123",
        "d": "commune:75056",
        "e": "commune:75056",
        "f": "",
    }
    return view_of(
        ("sol", ground()),
        (
            "tout",
            [
                node("o:réseau", ORGANISATION),
                tie(SEATED_IN, "o:réseau", "commune:75056"),
                *(node(f"o:{n}", ORGANISATION) for n in seats),
                *(tie(SEATED_IN, f"o:{n}", seat) for n, seat in seats.items() if seat),
                *(tie(PART_OF, f"o:{n}", "o:réseau") for n in seats),
            ],
        ),
    )


def test_what_feeds_a_national_network_adds_up_to_its_total(view_of: ViewOf) -> None:
    view = network(view_of)
    found = {}
    for place in ("departement:38", "departement:69"):
        (programme,) = ecosystem(view, place).programmes
        found[place] = programme
        assert programme.programme.id == "o:réseau"
        assert programme.here + programme.elsewhere + programme.not_placed == programme.total == 6
    assert {place: p.here for place, p in found.items()} == {
        "departement:38": 2,
        "departement:69": 1,
    }
    in_isere = found["departement:38"]
    assert in_isere.facts == (
        Fact("o:a", "PART_OF", "o:réseau"),
        Fact("o:b", "PART_OF", "o:réseau"),
    )
    # 5 of its members are placed; the share of the inhabitants is 187,944 of 2,826,423 (Insee).
    assert in_isere.expected == pytest.approx(5 * 187_944 / 2_826_423, abs=1e-6)


def test_the_network_of_a_place_is_not_a_national_frame_for_it(view_of: ViewOf) -> None:
    assert ecosystem(network(view_of), "region:11").programmes == ()


def test_who_acts_from_outside_is_told_by_how_and_does_not_add_up(view_of: ViewOf) -> None:
    view = view_of(
        ("sol", ground()),
        (
            "tout",
            [
                node("o:nationale", ORGANISATION),
                tie(SEATED_IN, "o:nationale", "commune:75056"),
                tie(ACTS_IN, "o:nationale", "nation:FR"),
                node("o:locale", ORGANISATION),
                tie(SEATED_IN, "o:locale", "commune:38185"),
                node("p:a", PROJECT),
                tie(ACTS_IN, "p:a", "commune:38544"),
                tie(FUNDED, "o:nationale", "p:a"),
            ],
        ),
    )
    outside = {n.name: n for n in profile(view, "departement:38").numbers if not n.additive}
    assert {name: number.count for name, number in outside.items()} == {
        "outside.perimeter": 1,
        "outside.alliances": 0,
        "outside.partners": 0,
        "outside.funders": 1,
    }
    assert outside["outside.funders"].facts == (Fact("o:nationale", "FUNDED", "p:a"),)
    assert all(number.why_not for number in outside.values())


@pytest.mark.parametrize("seed", range(5))
def test_the_answer_is_the_same_in_whatever_order_things_are_told(
    view_of: ViewOf, seed: int
) -> None:
    chance = random.Random(seed)
    more: list[Claim] = [node("o:3", ORGANISATION)]
    told = [("sol", ground()), ("tout", drawn(chance)), ("plus", more)]
    first = profile(view_of(*told), "region:84")
    for _, claims in told:
        chance.shuffle(claims)
    assert profile(view_of(*reversed(told)), "region:84") == first


def test_what_cannot_be_answered_is_said_in_one_sentence(view_of: ViewOf) -> None:
    view = view_of(("sol", ground()))
    with pytest.raises(UnknownPlace):
        ecosystem(view, "Atlantide")
    with pytest.raises(RequestError, match="--in"):
        ecosystem(view, " ")
    with pytest.raises(RequestError, match="entre 1 et"):
        ecosystem(view, "region:84", limit=0)
    assert not any(number.value for number in ecosystem(view, "region:84").numbers)
