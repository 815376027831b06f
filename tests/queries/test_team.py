"""A small group of different worlds for a challenge, on made-up graphs and on the documents."""

import random
from collections.abc import Callable, Iterator, Sequence
from itertools import permutations
from typing import TypeAlias

import pytest

from graph.claims import Claim, NodeClaim, Properties, TieClaim
from graph.errors import RequestError, UnknownId, UnknownPlace, UnknownTerm
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
from queries.team import Request, Team, team

ViewOf: TypeAlias = Callable[..., View]

# The organisations, places and goals are true; who needs, offers and joins what is made up.
GAIA, LABO, RTE, POSTE, IEP, CRESS, CITY = (
    f"alliage:{name}" for name in ("gaia", "labo", "rte", "poste", "iep", "cress", "ville")
)
PROGRAMME = "alliage:programme"
ISÈRE = "departement:38"


def tie(kind: Tie, start: str, end: str, **said: str | list[str]) -> TieClaim:
    return TieClaim(kind, start, end, f"{kind} {start} {end}", said)


def node(key: str, kind: object, **said: str | int | bool | list[str]) -> NodeClaim:
    return NodeClaim(key, kind, key, said)  # type: ignore[arg-type]


def ground() -> Iterator[Claim]:
    for key, name, level in (
        ("departement:38", "Isère", "departement"),
        ("departement:69", "Rhône", "departement"),
        ("region:84", "Auvergne-Rhône-Alpes", "region"),
    ):
        yield node(key, TERRITORY, name=name, level=level)
        if level == "departement":
            yield tie(PART_OF, key, "region:84")
    # With the inhabitants that Insee counts (2022).
    for key, name, population, whole in (
        ("commune:38185", "Grenoble", 156_140, "departement:38"),
        ("commune:69123", "Lyon", 520_774, "departement:69"),
    ):
        yield node(key, TERRITORY, name=name, level="commune", population=population)
        yield tie(PART_OF, key, whole)
    for means in Means:
        yield node(f"lever:{means.value}", LEVER, name=means.fr, family="means")
    for number, name in ((8, "Travail décent et croissance économique"), (17, "Partenariats")):
        yield node(f"goal:{number}", GOAL, name=name, number=number)


def actor(
    key: str,
    world: World,
    offers: Sequence[Means] = (),
    needs: Sequence[Means] = (),
    goals: Sequence[int] = (),
    place: str = ISÈRE,
    **more: str | bool | list[str],
) -> list[Claim]:
    said: Properties = {"name": key.partition(":")[2].upper(), "world": world.value, **more}
    return [
        NodeClaim(key, ORGANISATION, key, said),
        tie(ACTS_IN, key, place),
        *(tie(OFFERS, key, f"lever:{means.value}") for means in offers),
        *(tie(NEEDS, key, f"lever:{means.value}") for means in needs),
        *(tie(AIMS_AT, key, f"goal:{number}") for number in goals),
    ]


def ids(answer: Team) -> list[str]:
    return [member.id for member in answer.members]


def known_best() -> list[Claim]:
    """The association, the company and the academics cover all; the others are in their shadow."""
    return [
        *ground(),
        *actor(
            GAIA,
            World.ASSOCIATION,
            [Means.GOVERNANCE, Means.SKILLS, Means.DATA],
            [Means.TOOLS],
            roles=["catalyst"],
        ),
        *actor(POSTE, World.COMPANY, [Means.TOOLS, Means.VALUE], [Means.DATA], [8]),
        *actor(IEP, World.ACADEMIC, [Means.RESEARCH, Means.LEGAL], [Means.SKILLS], [17]),
        *actor(LABO, World.ASSOCIATION, [Means.SKILLS], goals=[17]),
        *actor(RTE, World.FOUNDATION, [Means.VALUE]),
        *actor(CRESS, World.ASSOCIATION, list(Means), goals=[8, 17], place="departement:69"),
    ]


def test_the_group_is_the_one_that_covers_all_goals_and_means(view_of: ViewOf) -> None:
    answer = team(view_of(("exemples", known_best())), Request("Isère", ("8", "17")))
    assert ids(answer) == [GAIA, IEP, POSTE]
    assert (answer.missing_goals, answer.missing_means) == ((), ())
    # The CRESS, which covers all by itself, is elsewhere.
    assert answer.considered == 5


def test_each_member_is_told_with_what_it_brings_and_receives(view_of: ViewOf) -> None:
    answer = team(view_of(("exemples", known_best())), Request("Isère", ("8", "17")))
    gaia, iep, poste = answer.members
    assert gaia.brings == (Means.DATA, Means.SKILLS, Means.GOVERNANCE)
    assert (gaia.receives, iep.receives, poste.receives) == (
        (Means.TOOLS,),
        (Means.SKILLS,),
        (Means.DATA,),
    )
    assert [goal.id for goal in iep.goals] == ["goal:17"]
    assert [reason.text for reason in poste.reasons] == [
        "Apporte, outils.",
        "Apporte, valorisation des contributions.",
        "Reçoit, données.",
        "Vise l'ODD 8, Travail décent et croissance économique.",
        "Agit ici : Isère.",
    ]
    assert all(reason.facts for member in answer.members for reason in member.reasons)


def test_of_groups_that_cover_as_much_the_one_of_most_worlds_is_taken(view_of: ViewOf) -> None:
    claims = [
        *ground(),
        *actor(GAIA, World.ASSOCIATION, [Means.DATA], goals=[17]),
        *actor(LABO, World.ASSOCIATION, [Means.SKILLS]),
        *actor(CRESS, World.ASSOCIATION, [Means.TOOLS]),
        *actor(POSTE, World.COMPANY, [Means.SKILLS]),
        *actor(IEP, World.ACADEMIC, [Means.TOOLS]),
    ]
    answer = team(view_of(("exemples", claims)), Request("Isère", ("17",)))
    assert set(ids(answer)) == {GAIA, POSTE, IEP}


def test_of_groups_that_cover_as_much_the_one_of_most_needs_met_comes_before_worlds(
    view_of: ViewOf,
) -> None:
    claims = [
        *ground(),
        *actor(GAIA, World.ASSOCIATION, [Means.DATA], goals=[17]),
        *actor(LABO, World.ASSOCIATION, [Means.SKILLS], [Means.DATA]),
        *actor(POSTE, World.COMPANY, [Means.SKILLS]),
        *actor(RTE, World.FOUNDATION, [Means.TOOLS]),
    ]
    answer = team(view_of(("exemples", claims)), Request("Isère", ("17",)))
    assert set(ids(answer)) == {GAIA, LABO, RTE}


def test_without_a_size_it_is_the_smallest_that_covers_as_much(view_of: ViewOf) -> None:
    claims = [*ground()]
    for key, world, means in zip(
        (GAIA, POSTE, IEP, RTE, CITY), World, tuple(Means)[:5], strict=False
    ):
        claims += actor(key, world, [means], goals=[17])
    view = view_of(("exemples", claims))
    smallest = team(view, Request("Isère", ("17",)))
    assert len(smallest.members) == 5
    assert [means.value for means in smallest.missing_means] == [m.value for m in tuple(Means)[5:]]
    for size in (3, 4, 5):
        assert len(team(view, Request("Isère", ("17",), size=size)).members) == size


def test_what_the_group_leaves_uncovered_is_said(view_of: ViewOf) -> None:
    claims = [*ground(), *actor(GAIA, World.ASSOCIATION, [Means.DATA], goals=[17])]
    claims += actor(POSTE, World.COMPANY, [Means.TOOLS])
    claims += actor(IEP, World.ACADEMIC, goals=[17])
    answer = team(view_of(("exemples", claims)), Request("Isère", ("8", "17")))
    assert [goal.id for goal in answer.missing_goals] == ["goal:8"]
    assert set(answer.missing_means) == set(Means) - {Means.DATA, Means.TOOLS}


def test_who_asks_is_in_the_group_with_whom_it_works_already(view_of: ViewOf) -> None:
    claims = [*known_best(), node(PROGRAMME, ALLIANCE, name="Programme")]
    claims += [tie(MEMBER_OF, LABO, PROGRAMME), tie(MEMBER_OF, POSTE, PROGRAMME)]
    answer = team(view_of(("exemples", claims)), Request("Isère", ("8", "17"), organisation=LABO))
    assert {LABO, POSTE} < set(ids(answer))


def test_an_organisation_elsewhere_is_in_the_group_where_it_asks(view_of: ViewOf) -> None:
    view = view_of(("exemples", known_best()))
    answer = team(view, Request("Isère", ("8",), organisation=CRESS))
    assert CRESS in ids(answer)


def test_a_group_that_is_only_named_as_such_cannot_sit_at_the_table(view_of: ViewOf) -> None:
    everyone = actor(CITY, World.COMPANY, list(Means), goals=[8, 17], collective=True)
    answer = team(view_of(("exemples", [*known_best(), *everyone])), Request("Isère", ("8", "17")))
    assert CITY not in ids(answer)


# Who convenes --------------------------------------------------------------------------------


@pytest.fixture
def with_catalysts() -> list[Claim]:
    """Two catalysts: the city, and the Labo, which knows two of the group."""
    return [
        *ground(),
        *actor(POSTE, World.COMPANY, [Means.TOOLS], goals=[8]),
        *actor(IEP, World.ACADEMIC, [Means.RESEARCH]),
        *actor(RTE, World.FOUNDATION, [Means.VALUE]),
        *actor(CITY, World.LOCAL_AUTHORITY, roles=["catalyst"]),
        *actor(LABO, World.ASSOCIATION, roles=["catalyst"]),
        node(PROGRAMME, ALLIANCE, name="Programme"),
        *(tie(MEMBER_OF, key, PROGRAMME) for key in (LABO, IEP)),
        tie(SUPPORTS, LABO, POSTE),
    ]


def test_the_catalyst_who_knows_most_of_the_group_could_convene_it(
    view_of: ViewOf, with_catalysts: list[Claim]
) -> None:
    answer = team(view_of(("exemples", with_catalysts)), Request("Isère", ("8",)))
    assert set(ids(answer)) == {IEP, POSTE, RTE}
    assert answer.convener is not None
    assert (answer.convener.id, [n.id for n in answer.convener.knows]) == (LABO, [IEP, POSTE])
    contact, place = answer.convener.reasons
    assert contact.text == "A déjà travaillé avec IEP et POSTE."
    assert {(f.subject, f.relation, f.object) for f in contact.facts} == {
        (LABO, "MEMBER_OF", PROGRAMME),
        (IEP, "MEMBER_OF", PROGRAMME),
        (LABO, "SUPPORTS", POSTE),
    }
    assert place.text == "Agit ici : Isère."


def test_a_catalyst_who_knows_nobody_is_to_be_checked(
    view_of: ViewOf, with_catalysts: list[Claim]
) -> None:
    apart = [
        claim
        for claim in with_catalysts
        if not (isinstance(claim, TieClaim) and claim.tie in (MEMBER_OF, SUPPORTS))
    ]
    convener = team(view_of(("exemples", apart)), Request("Isère", ("8",))).convener
    assert convener is not None
    assert convener.knows == ()
    assert convener.reasons[0].to_check


def test_where_no_catalyst_is_known_nobody_is_made_up(view_of: ViewOf) -> None:
    claims = [*ground(), *actor(POSTE, World.COMPANY, [Means.TOOLS], goals=[8])]
    assert team(view_of(("exemples", claims)), Request("Isère", ("8",))).convener is None


# Order, bad input ----------------------------------------------------------------------------


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_group_is_the_same_in_any_order_of_ingestion(
    view_of: ViewOf, order: tuple[int, ...], with_catalysts: list[Claim]
) -> None:
    claims = [*known_best(), *with_catalysts]
    unique = list({(type(c), c.record): c for c in claims}.values())
    chance = random.Random(sum(n * 10**i for i, n in enumerate(order)))
    thirds = [("exemples", unique[0::3]), ("recit", unique[1::3]), ("racines", unique[2::3])]
    request = Request("Isère", ("8", "17"))
    expected = team(view_of(*thirds), request)
    shuffled = [(name, chance.sample(said, len(said))) for name, said in (thirds[i] for i in order)]
    assert team(view_of(*shuffled), request) == expected


def test_where_nobody_is_it_says_what_would_give_a_group(view_of: ViewOf) -> None:
    claims = [*ground(), *actor(CRESS, World.ASSOCIATION, [Means.DATA], place="departement:69")]
    answer = team(view_of(("exemples", claims)), Request("Isère", ("8",)))
    assert (answer.members, answer.considered) == ((), 0)
    assert answer.advice is not None
    assert [(w.place.name, w.count) for w in answer.advice.wider] == [("Auvergne-Rhône-Alpes", 1)]


@pytest.mark.parametrize(
    ("request_", "error", "message"),
    [
        (Request("Isère"), RequestError, "Dites pour quels objectifs : donnez au moins un ODD"),
        (Request(goals=("8",)), RequestError, "Dites où : donnez un territoire (--at), ou"),
        (Request("Isère", ("8",), size=2), RequestError, "Un groupe compte de 3 à 6 membres"),
        (Request("Isère", ("8",), size=7), RequestError, "Un groupe compte de 3 à 6 membres"),
        (Request("Isère", ("18",)), UnknownTerm, "« 18 » n'est pas un objectif"),
        (Request("Isère", ("8",), worlds=("marché",)), UnknownTerm, "« marché » n'est pas"),
        (Request("Atlantide", ("8",)), UnknownPlace, "Aucun territoire ne correspond"),
        (Request("Isère", ("8",), organisation="xyzzy"), UnknownId, "Nous ne connaissons rien"),
    ],
)
def test_a_request_that_is_not_clear_says_what_to_do(
    view_of: ViewOf, request_: Request, error: type[RequestError], message: str
) -> None:
    with pytest.raises(error) as told:
        team(view_of(("exemples", known_best())), request_)
    assert type(told.value) is error
    assert told.value.message.startswith(message)


# On the documents ----------------------------------------------------------------------------


def test_in_isère_the_documents_leave_only_the_law_uncovered_of_the_means(bundled: View) -> None:
    answer = team(bundled, Request("Isère", ("17",)))
    # exemples § 30, §§ 10 and 11, §§ 24 to 26: of all who offer a means, the fewest with them all.
    assert ids(answer) == ["alliage:fonds-odd-17", "alliage:gaia", "alliage:le-rameau"]
    assert answer.missing_means == (Means.LEGAL,)
    assert answer.missing_goals == ()
    assert answer.convener is not None
    # exemples § 8: GAIA is a territorial catalyst; § 9: the programme that Le RAMEAU is in too.
    assert (answer.convener.id, [n.id for n in answer.convener.knows]) == (
        "alliage:gaia",
        ["alliage:le-rameau"],
    )


def test_in_brittany_the_documents_name_no_catalyst(bundled: View) -> None:
    answer = team(bundled, Request("Bretagne", ("17",)))
    assert answer.convener is None
    rameau = next(member for member in answer.members if member.id == "alliage:le-rameau")
    assert Means.DATA in rameau.brings  # exemples § 25, « l'étude régionale IMPACT-Bretagne »
    given = [r for r in rameau.reasons if r.kind is ReasonKind.GIVEN]
    assert "§ 25" in {evidence.locator for reason in given for evidence in reason.evidence}
