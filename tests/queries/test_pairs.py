"""Who could work with whom in a place, on made-up graphs and on the documents."""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import permutations
from typing import TypeAlias

import pytest

from graph.claims import Claim, NodeClaim, Properties, TieClaim
from graph.errors import RequestError, UnknownPlace, UnknownTerm
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
    SUPPORTS,
    TERRITORY,
    Means,
    Tie,
    World,
)
from graph.view import View
from queries.answers import ReasonKind
from queries.eligibility import together_now
from queries.pairs import Pairs, pairs
from queries.partner_request import Request
from queries.partner_scores import DIRECT
from queries.partners import partners

ViewOf: TypeAlias = Callable[..., View]

GAIA, LABO, RTE, POSTE, IEP, CRESS = (
    f"alliage:{name}" for name in ("gaia", "labo", "rte", "poste", "iep", "cress")
)
PROGRAMME = "alliage:programme"


def tie(kind: Tie, start: str, end: str, **said: str) -> TieClaim:
    return TieClaim(kind, start, end, f"{kind} {start} {end}", said)


def ground() -> Iterator[Claim]:
    """Communes with the inhabitants that Insee counts (2022), the means and two goals."""
    for key, name, population, whole in (
        ("commune:38185", "Grenoble", 156_140, "departement:38"),
        ("commune:69123", "Lyon", 520_774, "departement:69"),
    ):
        said: Properties = {"name": name, "level": "commune", "population": population}
        yield NodeClaim(key, TERRITORY, key, said)
        yield tie(PART_OF, key, whole)
    for key, name, level in (
        ("departement:38", "Isère", "departement"),
        ("departement:69", "Rhône", "departement"),
        ("region:84", "Auvergne-Rhône-Alpes", "region"),
    ):
        yield NodeClaim(key, TERRITORY, key, {"name": name, "level": level})
        if level == "departement":
            yield tie(PART_OF, key, "region:84")
    for means in Means:
        key = f"lever:{means.value}"
        yield NodeClaim(key, LEVER, key, {"name": means.fr, "family": "means"})
    for number, name in ((8, "Travail décent et croissance économique"), (17, "Partenariats")):
        yield NodeClaim(f"goal:{number}", GOAL, str(number), {"name": name, "number": number})


def actor(
    key: str,
    world: World,
    offers: Sequence[Means] = (),
    needs: Sequence[Means] = (),
    goals: Sequence[int] = (),
    place: str = "departement:38",
    **more: bool,
) -> list[Claim]:
    said: Properties = {"name": key.partition(":")[2].upper(), "world": world.value, **more}
    return [
        NodeClaim(key, ORGANISATION, key, said),
        tie(ACTS_IN, key, place),
        *(tie(OFFERS, key, f"lever:{means.value}") for means in offers),
        *(tie(NEEDS, key, f"lever:{means.value}") for means in needs),
        *(tie(AIMS_AT, key, f"goal:{number}") for number in goals),
    ]


def exchange() -> list[Claim]:
    """The academics and the company need what the other offers; the two others share a goal."""
    return [
        *ground(),
        *actor(POSTE, World.COMPANY, [Means.TOOLS], [Means.RESEARCH]),
        *actor(IEP, World.ACADEMIC, [Means.RESEARCH], [Means.TOOLS]),
        *actor(GAIA, World.ASSOCIATION, goals=[8]),
        *actor(RTE, World.FOUNDATION, goals=[8]),
    ]


def ends(answer: Pairs) -> list[set[str]]:
    return [{pair.one.id, pair.other.id} for pair in answer.answers]


def test_those_who_offer_what_the_other_needs_come_first(view_of: ViewOf) -> None:
    answer = pairs(view_of(("exemples", exchange())), Request("Isère"))
    assert ends(answer)[:2] == [{IEP, POSTE}, {GAIA, RTE}]
    assert answer.considered == 4


def test_both_directions_are_told(view_of: ViewOf) -> None:
    first = pairs(view_of(("exemples", exchange())), Request("Isère")).answers[0]
    assert (first.one.id, first.other.id) == (IEP, POSTE)
    assert first.worlds == (World.ACADEMIC, World.COMPANY)
    told = [[r.text for r in side if r.kind in (ReasonKind.GIVEN, ReasonKind.RECEIVED)]
            for side in (first.for_one, first.for_other)]  # fmt: skip
    assert told == [
        ["Offre ce que vous cherchez, outils.", "Cherche ce que vous offrez, contribution à la"
         " recherche."],
        ["Offre ce que vous cherchez, contribution à la recherche.", "Cherche ce que vous offrez,"
         " outils."],
    ]  # fmt: skip


def test_the_score_is_the_mean_of_what_each_is_for_the_other(view_of: ViewOf) -> None:
    view = view_of(("exemples", exchange()))
    first = pairs(view, Request("Isère")).answers[0]
    scores = [
        next(p.score for p in partners(view, Request("Isère", organisation=me)).answers
             if p.id == other)
        for me, other in ((IEP, POSTE), (POSTE, IEP))
    ]  # fmt: skip
    assert first.score == pytest.approx(sum(scores) / 2, abs=1e-4)


@pytest.mark.parametrize("known", ["alliance", "tie"])
def test_those_who_work_together_already_are_no_pair(view_of: ViewOf, known: str) -> None:
    claims = exchange()
    if known == "tie":
        claims.append(tie(SUPPORTS, POSTE, IEP))
    else:
        claims.append(NodeClaim(PROGRAMME, ALLIANCE, PROGRAMME, {"name": "Programme"}))
        claims += [tie(MEMBER_OF, key, PROGRAMME) for key in (POSTE, IEP)]
    assert {IEP, POSTE} not in ends(pairs(view_of(("exemples", claims)), Request("Isère")))


def test_those_who_did_once_are_a_pair_again(view_of: ViewOf) -> None:
    claims = exchange()
    claims.append(NodeClaim(PROGRAMME, ALLIANCE, PROGRAMME, {"name": "Programme"}))
    claims += [tie(MEMBER_OF, key, PROGRAMME, until="2020") for key in (POSTE, IEP)]
    answer = pairs(view_of(("exemples", claims)), Request("Isère"))
    assert ends(answer)[0] == {IEP, POSTE}
    together = [r.text for r in answer.answers[0].for_one if r.kind is ReasonKind.TOGETHER]
    assert together == ["Vous avez déjà fait alliance, « Programme »."]


def test_no_organisation_is_in_more_than_two_pairs(view_of: ViewOf) -> None:
    claims = [*ground(), *actor(IEP, World.ACADEMIC, list(Means))]
    for name in ("a", "b", "c", "d"):
        claims += actor(f"alliage:{name}", World.COMPANY, needs=[Means.RESEARCH])
    answer = pairs(view_of(("exemples", claims)), Request("Isère"))
    counts = Counter(key for pair in ends(answer) for key in pair)
    assert counts[IEP] == 2
    assert max(counts.values()) == 2


def test_who_is_elsewhere_or_only_named_as_a_group_is_in_no_pair(view_of: ViewOf) -> None:
    means = list(Means)
    claims = [
        *exchange(),
        *actor(CRESS, World.ASSOCIATION, means, means, [8, 17], place="departement:69"),
        *actor(LABO, World.ASSOCIATION, means, means, [8, 17], collective=True),
    ]
    everyone = set().union(*ends(pairs(view_of(("exemples", claims)), Request("Isère"))))
    assert everyone == {GAIA, IEP, POSTE, RTE}


def test_the_worlds_that_are_asked_for_are_those_of_the_pairs(view_of: ViewOf) -> None:
    request = Request("Isère", worlds=("academic", "company"))
    assert ends(pairs(view_of(("exemples", exchange())), request)) == [{IEP, POSTE}]


def test_places_and_worlds_alone_make_no_pair(view_of: ViewOf) -> None:
    claims = [*ground(), *actor(GAIA, World.ASSOCIATION), *actor(POSTE, World.COMPANY)]
    answer = pairs(view_of(("exemples", claims)), Request("Isère"))
    assert (answer.answers, answer.considered) == ((), 0)
    assert answer.advice is not None


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_pairs_are_the_same_in_any_order_of_ingestion(
    view_of: ViewOf, order: tuple[int, ...]
) -> None:
    claims = exchange()
    for name in ("a", "b", "c", "d"):  # alike, so that only the id tells them apart
        claims += actor(f"alliage:{name}", World.COMPANY, [Means.DATA], [Means.RESEARCH], [8])
    chance = random.Random(sum(n * 10**i for i, n in enumerate(order)))
    thirds = [("exemples", claims[0::3]), ("recit", claims[1::3]), ("racines", claims[2::3])]
    expected = pairs(view_of(*thirds), Request("Isère"))
    shuffled = [(name, chance.sample(said, len(said))) for name, said in (thirds[i] for i in order)]
    assert pairs(view_of(*shuffled), Request("Isère")) == expected


@pytest.mark.parametrize(
    ("request_", "error", "message"),
    [
        (Request(), RequestError, "Dites où : donnez un territoire (--at)"),
        (Request("Atlantide"), UnknownPlace, "Aucun territoire ne correspond"),
        (Request("Isère", worlds=("marché",)), UnknownTerm, "« marché » n'est pas un monde"),
        (Request("Isère", limit=0), RequestError, "Le nombre de réponses doit être entre 1"),
        (Request("Isère", organisation=GAIA), RequestError, "Les paires d'un lieu se demandent"),
    ],
)
def test_a_request_that_is_not_clear_says_what_to_do(
    view_of: ViewOf, request_: Request, error: type[RequestError], message: str
) -> None:
    with pytest.raises(error) as told:
        pairs(view_of(("exemples", exchange())), request_)
    assert type(told.value) is error
    assert told.value.message.startswith(message)


# On the documents ----------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["Isère", "Bretagne", "Grenoble", "France"])
def test_the_pairs_of_a_place_do_not_know_each_other_and_have_a_reason(
    bundled: View, place: str
) -> None:
    answer = pairs(bundled, Request(place))
    assert answer.answers
    assert max(Counter(key for pair in ends(answer) for key in pair).values()) <= 2
    alone = {ReasonKind.PLACE, ReasonKind.WORLD, ReasonKind.FRESH, ReasonKind.CONVENER}
    for pair in answer.answers:
        one, other = (bundled.ordinal(each.id) for each in (pair.one, pair.other))
        assert one is not None
        assert other is not None
        assert not any(other in bundled.ties[kind].ends_of(one) for kind in DIRECT)
        assert other not in together_now(bundled, one)
        assert {r.kind for r in (*pair.for_one, *pair.for_other)} - alone
        assert all(r.facts or r.to_check for r in (*pair.for_one, *pair.for_other))


def test_the_second_time_the_pairs_are_there_in_three_seconds(bundled: View) -> None:
    expected = pairs(bundled, Request("Isère"))
    start = time.perf_counter()
    assert pairs(bundled, Request("Isère")) == expected
    assert time.perf_counter() - start < 3
