"""A small past of two alliances, and the alliances that came after it.

2018: v convenes a (academic) and c (company); w and x convene e (academic), f and g (companies).
2020: v coordinates an alliance with e, f, w and n, who is new.
"""

from collections.abc import Callable, Mapping, Sequence

import networkx as nx
import numpy as np
import pytest

from graph.claims import Claim, NodeClaim, TieClaim
from graph.model import ALLIANCE, MEMBER_OF, ORGANISATION, SEATED_IN, TERRITORY, MemberRole, World
from graph.sqlite.store import SqliteStore
from graph.view import memory_view
from queries.evaluation.coordinators import (
    Among,
    Gatherings,
    Measure,
    Verdict,
    evaluate,
    reciprocal_rank,
)
from queries.evaluation.protocol import Split
from queries.evaluation.record import Record

S, C = World.ACADEMIC, World.COMPANY
WORLDS = {"v": S, "a": S, "e": S, "c": C, "w": C, "x": C, "f": C, "g": C, "n": C, "m": S}
# v, a and e sit in Auvergne-Rhône-Alpes, w in Île-de-France, c in Brittany; of the others nobody
# knows.
SEATS = {"v": "region:84", "a": "region:84", "e": "region:84", "w": "region:11", "c": "region:53"}
TWO_YEARS = 0.5 ** (2 / 3)

StoreOf = Callable[[Sequence[Claim]], SqliteStore]


def alliance(name: str, year: str, convened: str, joined: str) -> list[Claim]:
    key = f"test:{name.replace(' ', '-')}"
    claims: list[Claim] = [NodeClaim(key, ALLIANCE, key, {"name": name, "started": year})]
    for members, role in ((convened, MemberRole.LEAD), (joined, MemberRole.MEMBER)):
        for member in members:
            said = {"role": role.value, "since": year}
            claims.append(TieClaim(MEMBER_OF, f"test:{member}", key, f"{member} {name}", said))
    return claims


def told(*more: Claim) -> list[Claim]:
    claims: list[Claim] = [*more]
    claims += [
        NodeClaim(key, TERRITORY, key, {"name": key, "level": "region"})
        for key in sorted(set(SEATS.values()))
    ]
    for name, world in WORLDS.items():
        key = f"test:{name}"
        claims.append(NodeClaim(key, ORGANISATION, key, {"name": name, "world": world.value}))
        if name in SEATS:
            claims.append(TieClaim(SEATED_IN, key, SEATS[name], f"{key} seat"))
    claims += alliance("first", "2018", "v", "ac")
    claims += alliance("second", "2018", "wx", "efg")
    claims += alliance("hidden", "2020", "v", "efwn")
    return claims


def gathered(store_of: StoreOf, claims: Sequence[Claim]) -> Gatherings:
    store = store_of(claims)
    return Record(memory_view(store), store).gatherings(Split(2020.0, 2021.0))


@pytest.fixture
def verdict(store_of: StoreOf) -> Verdict:
    return evaluate(gathered(store_of, told()))


def found(verdict: Verdict, among: Among) -> Mapping[Measure, float]:
    (finding,) = (each for each in verdict.findings if each.among is among)
    assert finding.queries == 1
    return {measure: estimate.value for measure, estimate in finding.reciprocal.items()}


def thirds(*ranks: int) -> float:
    """The mean reciprocal of ranks that are as likely."""
    return sum(1 / rank for rank in ranks) / len(ranks)


def by_constraint(names: str) -> float:
    """The reciprocal rank of v by the constraint of networkx over the contacts of 2018."""
    graph: nx.Graph[str] = nx.Graph()
    # Plain members of an alliance of n are in contact by 1/(n - 1), conveners fully.
    for convened, joined in (("v", "ac"), ("wx", "efg")):
        everyone = convened + joined
        for one in everyone:
            for other in everyone:
                if one < other:
                    led = one in convened or other in convened
                    part = 1 if led else 1 / (len(everyone) - 1)
                    graph.add_edge(one, other, weight=part * TWO_YEARS)
    constraint = nx.constraint(graph, weight="weight")
    least = [round(constraint[name], 9) for name in names]
    above = sum(value < round(constraint["v"], 9) for value in least)
    equal = least.count(round(constraint["v"], 9))
    return thirds(*range(above + 1, above + equal + 1))


def test_the_real_coordinator_is_ranked_among_all_who_were_known(verdict: Verdict) -> None:
    # v introduces a and c, its one possible pair. w and x introduce e to f and to g, each half of
    # the credit, and not e to each other: 1 of 3. Usual is 3 of 7: v exceeds it and the others not.
    # Contacts: w, x, e, f, g have 4, v, a, c 2. Nobody is between two who are not in contact.
    assert found(verdict, Among.KNOWN) == pytest.approx(
        {
            Measure.ALLIAGE: 1.0,
            Measure.DEGREE: thirds(6, 7, 8),
            Measure.BETWEENNESS: thirds(*range(1, 9)),
            Measure.CONSTRAINT: by_constraint("vacwxefg"),
            Measure.OPEN_PAIRS: thirds(*range(1, 9)),
            Measure.CREDIT: thirds(1, 2, 3),
        }
    )


def test_who_is_near_has_its_seat_in_a_region_of_a_member(verdict: Verdict) -> None:
    # v, a, e (Auvergne-Rhône-Alpes) and w (Île-de-France), not c; those without a seat are nowhere.
    near = found(verdict, Among.NEAR)
    assert near[Measure.BETWEENNESS] == pytest.approx(thirds(1, 2, 3, 4))
    assert near[Measure.DEGREE] == pytest.approx(thirds(3, 4))
    assert near[Measure.CREDIT] == pytest.approx(thirds(1, 2))
    assert near[Measure.ALLIAGE] == 1


def test_who_is_as_large_has_as_many_contacts(verdict: Verdict) -> None:
    as_large = found(verdict, Among.AS_LARGE)  # v, a and c
    assert as_large[Measure.DEGREE] == pytest.approx(thirds(1, 2, 3))
    assert as_large[Measure.ALLIAGE] == as_large[Measure.CREDIT] == 1


def test_the_members_that_were_known_are_ranked_alone(verdict: Verdict) -> None:
    members = found(verdict, Among.MEMBERS)  # v, e, f, w
    assert members[Measure.DEGREE] == pytest.approx(1 / 4)
    assert members[Measure.CREDIT] == pytest.approx(thirds(1, 2))
    assert members[Measure.CONSTRAINT] == pytest.approx(by_constraint("vefw"))
    assert members[Measure.ALLIAGE] == 1


def test_with_one_alliance_there_is_no_doubt_about_a_ratio(verdict: Verdict) -> None:
    (known,) = (each for each in verdict.findings if each.among is Among.KNOWN)
    ratio = known.ratio[Measure.CREDIT]
    assert (ratio.value, ratio.low, ratio.high) == pytest.approx((18 / 11,) * 3)


def test_what_comes_after_the_day_changes_nothing(store_of: StoreOf) -> None:
    before = evaluate(gathered(store_of, told()))
    later = [*alliance("later", "2022", "cg", "vaewx"), *alliance("last", "2021", "a", "gf")]
    after = evaluate(gathered(store_of, told(*later)))
    assert after.findings == before.findings


def test_alliances_that_cannot_be_asked_for_are_counted_by_why(store_of: StoreOf) -> None:
    more = [
        *alliance("one world", "2020", "v", "ae"),
        *alliance("nobody leads", "2020", "", "vc"),
        *alliance("two lead", "2020", "vw", "e"),
        *alliance("newcomer leads", "2020", "n", "ev"),
        *alliance("alone", "2020", "v", ""),
        *alliance("only new", "2020", "m", "n"),
    ]
    told_of = gathered(store_of, told(*more))
    assert (told_of.alliances, told_of.one_world, told_of.not_one, told_of.unseen) == (6, 1, 2, 2)
    (asked,) = told_of.asked
    names = [told_of.view.names[o] for o in told_of.view.of_kind(ORGANISATION).tolist()]
    assert (names[asked.coordinator], {names[m] for m in asked.members.tolist()}) == (
        "v",
        {*"vefwn"},
    )
    assert asked.worlds == tuple(sorted([*World].index(world) for world in (S, C)))
    assert {name for name, known in zip(names, told_of.known, strict=True) if known} == {
        *"vacwxefg"
    }


@pytest.mark.parametrize(
    ("scores", "at", "expected"),
    [
        ([3.0, 2.0, 1.0], 0, 1.0),
        ([3.0, 2.0, 1.0], 2, 1 / 3),
        ([3.0, 2.0, 2.0], 1, (1 / 2 + 1 / 3) / 2),
        ([0.0, 0.0], 0, (1 + 1 / 2) / 2),
        ([-np.inf, 1.0, -np.inf], 0, (1 / 2 + 1 / 3) / 2),
    ],
)
def test_equals_are_in_any_order(scores: list[float], at: int, expected: float) -> None:
    assert reciprocal_rank(np.array(scores), at) == pytest.approx(expected)
