"""What two are for each other, and which pairs are looked at, against the slow ways to both."""

import random
from collections.abc import Callable, Iterator
from itertools import combinations

import numpy as np
import pytest

from graph.claims import Claim, NodeClaim, Properties, TieClaim
from graph.columns import Ints
from graph.model import (
    ACTS_IN,
    AIMS_AT,
    ALLIANCE,
    GOAL,
    LEVER,
    MEMBER_OF,
    NEEDS,
    OFFERS,
    ORGANISATION,
    PART_OF,
    SEATED_IN,
    TERRITORY,
    Means,
    Tie,
    World,
)
from graph.view import View
from queries import pairs as asked
from queries import partner_scores
from queries.matching.text import vectors
from queries.matching.weights import WEIGHTS, Feature
from queries.pair_scores import mutual
from queries.pairs import pairs
from queries.partner_request import Request, Search, understand
from queries.partner_scores import features, matching_of, past_of, scores
from queries.partners import partners
from queries.promising_pairs import PROMISING, promising

ISERE = "departement:38"
WORDS = ("épicerie solidaire", "aide alimentaire", "atelier vélo", "Grenoble", "insertion", "de")


def tie(kind: Tie, start: str, end: str, **said: str | list[str]) -> TieClaim:
    return TieClaim(kind, start, end, f"{kind} {start} {end}", said)


def drawn(chance: random.Random, count: int) -> Iterator[Claim]:
    """Organisations of the Isère of which anything may be known, some of them in past alliances."""
    places = [ISERE]
    yield NodeClaim(ISERE, TERRITORY, ISERE, {"name": "Isère", "level": "departement"})
    for number, (code, name) in enumerate((("38185", "Grenoble"), ("38544", "Vienne"))):
        key = f"commune:{code}"
        places.append(key)
        said: Properties = {
            "name": name,
            "level": "commune",
            "population": 90_000,
            "latitude": 45.2 + number / 3,
            "longitude": 5.7 - number / 2,
        }
        yield NodeClaim(key, TERRITORY, key, said)
        yield tie(PART_OF, key, ISERE)
    for means in Means:
        yield NodeClaim(f"lever:{means}", LEVER, means, {"name": means.fr, "family": "means"})
    for goal in range(1, 18):
        yield NodeClaim(f"goal:{goal}", GOAL, str(goal), {"name": f"ODD {goal}", "number": goal})
    for number in range(count):
        key = f"t:{number:03}"
        name = " ".join(chance.sample(WORDS, 2))
        named = {"name": name}
        if chance.random() < 0.8:
            named["world"] = chance.choice(tuple(World)).value
        yield NodeClaim(key, ORGANISATION, key, named)
        yield tie(ACTS_IN, key, ISERE)
        if chance.random() < 0.7:
            yield tie(SEATED_IN, key, chance.choice(places))
        for kind in (OFFERS, NEEDS):
            for means in chance.sample(tuple(Means), chance.choice((0, 0, 1, 2))):
                yield tie(kind, key, f"lever:{means}", words=[chance.choice(WORDS)])
        for goal in chance.sample(range(1, 18), chance.choice((0, 1, 3))):
            yield tie(AIMS_AT, key, f"goal:{goal}")
    for number in range(count // 3):
        key = f"a:{number:03}"
        year = chance.randint(2012, 2020)
        yield NodeClaim(key, ALLIANCE, key, {"name": f"Alliance {number}", "ended": f"{year + 2}"})
        yield tie(ACTS_IN, key, chance.choice(places))
        yield tie(AIMS_AT, key, f"goal:{chance.randint(1, 17)}")
        for member in chance.sample(range(count), chance.randint(2, 4)):
            yield tie(MEMBER_OF, f"t:{member:03}", key, since=str(year), until=str(year + 2))


@pytest.fixture
def isere(view_of: Callable[..., View]) -> View:
    return view_of(("exemples", list(drawn(random.Random(5), 40))))


def two_by_two(view: View) -> tuple[Search, Ints, Ints]:
    search = understand(view, Request("Isère"))
    ends = list(combinations(view.of_kind(ORGANISATION).tolist(), 2))
    one, other = np.array(random.Random(1).sample(ends, 150)).T
    return search, one, other


def test_many_pairs_at_once_are_scored_as_each_alone_in_both_directions(isere: View) -> None:
    search, one, other = two_by_two(isere)
    found = mutual(isere, search, one, other)
    told = set[Feature]()
    for at, (me, with_whom) in enumerate(zip(found.me.tolist(), found.other.tolist(), strict=True)):
        alone = understand(isere, Request("Isère", organisation=isere.keys[me]))
        node = np.array([with_whom])
        values = features(isere, alone, node, past_of(isere, alone, node))
        worlds = isere.world_of(me), isere.world_of(with_whom)
        factor = 1.1 if None not in worlds and worlds[0] is not worlds[1] else 1.0
        assert found.raw[at] == pytest.approx(scores(values)[0] * factor, abs=1e-5)
        told |= {feature for feature, value in values.items() if value[0] > 0}
    # Nearly all that two may be for each other is there; a direct tie makes no pair.
    assert set(Feature) - told <= {Feature.DIRECT, Feature.HOME, Feature.CONVENER}
    assert found.mean == pytest.approx((found.raw[:150] + found.raw[150:]) / 2)


def rough(view: View, one: int, other: int) -> float:
    """The part of a score that needs neither seats nor walks, by its definition."""

    def share(needs: int, offers: int) -> float:
        return (needs & offers).bit_count() / max(needs.bit_count(), 1)

    def known(column: Ints) -> tuple[int, int]:
        return int(column[one]), int(column[other])

    needs, offers, goals = known(view.needs), known(view.offers), known(view.goals)
    exchange = share(needs[0], offers[1]) + share(needs[1], offers[0])
    most = max(goals[0].bit_count(), goals[1].bit_count(), 1)
    matching = matching_of(view)
    rows = np.searchsorted(matching.history.organisations.ordinals, [one, other])
    with_whom = [set(matching.ties[[row]].indices.tolist()) for row in rows.tolist()]
    partners_of_both = len(with_whom[0] & with_whom[1]) / max(len(with_whom[0] | with_whom[1]), 1)
    words = vectors(view)[[one]] @ vectors(view)[[other]].T
    return float(
        (WEIGHTS[Feature.GIVEN] + WEIGHTS[Feature.RECEIVED]) / 2 * exchange
        + WEIGHTS[Feature.GOAL] * (goals[0] & goals[1]).bit_count() / most
        + (WEIGHTS[Feature.CIRCLE] + WEIGHTS[Feature.PARTNERS]) * partners_of_both
        + WEIGHTS[Feature.PURPOSE] * words.toarray()[0, 0]
    )


@pytest.mark.parametrize("seed", range(3))
def test_the_promising_pairs_are_the_first_of_all_pairs(
    view_of: Callable[..., View], seed: int
) -> None:
    view = view_of(("exemples", list(drawn(random.Random(seed), 300))))
    nodes = view.of_kind(ORGANISATION)
    found = list(zip(*(end.tolist() for end in promising(view, nodes)), strict=True))
    assert len(found) == len(set(found)) == PROMISING
    least = min(rough(view, one, other) for one, other in found)
    left = set(combinations(nodes.tolist(), 2)) - set(found)
    chosen = random.Random(seed).sample(sorted(left), 4_000)
    assert max(rough(view, one, other) for one, other in chosen) <= least + 1e-9
    assert all(one < other for one, other in found)


def test_of_pairs_as_promising_those_of_the_first_ids_are_taken(
    view_of: Callable[..., View],
) -> None:
    claims: list[Claim] = [NodeClaim("goal:8", GOAL, "8", {"name": "ODD 8", "number": 8})]
    for number in range(40):
        key = f"t:{number:02}"
        claims.append(NodeClaim(key, ORGANISATION, key, {"name": f"nom{number}"}))
        claims.append(tie(AIMS_AT, key, "goal:8"))
    view = view_of(("exemples", claims))
    one, other = promising(view, view.of_kind(ORGANISATION))
    first = [tuple(map(view.keys.__getitem__, pair)) for pair in zip(one, other, strict=True)]
    keys = [f"t:{number:02}" for number in range(40)]
    assert first == list(combinations(keys, 2))[:PROMISING]


def test_what_is_recent_follows_the_day_of_a_service_that_runs_on(
    view_of: Callable[..., View], monkeypatch: pytest.MonkeyPatch
) -> None:
    view = view_of(("exemples", list(drawn(random.Random(2), 30))))
    member = view.of_kind(ORGANISATION)[np.diff(matching_of(view).history.member.indptr) > 0]

    def fresh(day: float) -> float:
        monkeypatch.setattr(partner_scores, "this_day", lambda: day)
        search = understand(view, Request("Isère"))
        return float(past_of(view, search, member[:1]).found[Feature.FRESH][0])

    # An alliance last alive three years earlier weighs half as much.
    assert fresh(2029.0) == pytest.approx(fresh(2026.0) / 2)
    assert fresh(2026.0) == pytest.approx(fresh(2023.0) / 2)
    made = matching_of(view)
    assert matching_of(view) is made  # not again for each question of a day
    monkeypatch.setattr(partner_scores, "this_day", lambda: 2023.0 + 1 / 365.25)
    assert matching_of(view) is not made
    assert partners(view, Request("Isère", goals=("8",))).considered == 30


def test_the_pairs_of_a_place_are_kept_for_a_day(
    isere: View, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = [2026.0, 2026.0, 2036.0]
    for module in (partner_scores, asked):
        monkeypatch.setattr(module, "this_day", lambda: days[0])
    today = pairs(isere, Request("Isère"))
    assert pairs(isere, Request("Isère")) is today
    days[0] = days[-1]
    later = pairs(isere, Request("Isère"))
    assert later.considered == today.considered
    assert [pair.score for pair in later.answers] != [pair.score for pair in today.answers]
