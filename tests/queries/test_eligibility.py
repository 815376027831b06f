"""Who may answer, what speaks for leaving others out, and what is refused with a sentence."""

import time
from collections.abc import Callable, Iterator
from typing import TypeAlias

import pytest

from graph.claims import Claim, NodeClaim, Properties, TieClaim
from graph.errors import RequestError, UnknownTerm
from graph.model import (
    ACTS_IN,
    ALLIANCE,
    MEMBER_OF,
    ORGANISATION,
    PART_OF,
    REPLACED_BY,
    TERRITORY,
    Tie,
)
from graph.view import View
from queries.answers import Named
from queries.partner_request import Request, understand
from queries.partners import partners

ViewOf: TypeAlias = Callable[..., View]

# The community of communes was replaced on 1 January 2016 by a territorial public establishment of
# the Métropole du Grand Paris (loi NOTRe), as `ecosystem/ties.csv` says.
CHARENTON, PARIS_EST = "alliage:cc-charenton-saint-maurice", "siren:200057941"
GAIA, RTE, LABO = "alliage:gaia", "alliage:fondation-rte", "alliage:labo"


def tie(kind: Tie, start: str, end: str, **said: str) -> TieClaim:
    return TieClaim(kind, start, end, f"{kind} {start} {end}", said)


def actor(key: str, name: str, world: str, place: str, **more: str | list[str]) -> list[Claim]:
    said = {"name": name, "world": world, **more}
    return [NodeClaim(key, ORGANISATION, key, said), tie(ACTS_IN, key, place)]


def territories() -> Iterator[Claim]:
    """Communes with the inhabitants that Insee counts (2022), and what contains them."""
    for key, name, population in (
        ("commune:38185", "Grenoble", 156_140),
        ("commune:38563", "Voiron", 20_463),
        ("commune:69123", "Lyon", 520_774),
    ):
        said: Properties = {"name": name, "level": "commune", "population": population}
        yield NodeClaim(key, TERRITORY, key, said)
    for key, name, level in (
        ("departement:38", "Isère", "departement"),
        ("departement:69", "Rhône", "departement"),
        ("region:84", "Auvergne-Rhône-Alpes", "region"),
    ):
        yield NodeClaim(key, TERRITORY, key, {"name": name, "level": level})
    for part, whole in (
        ("commune:38185", "departement:38"),
        ("commune:38563", "departement:38"),
        ("commune:69123", "departement:69"),
        ("departement:38", "region:84"),
        ("departement:69", "region:84"),
    ):
        yield tie(PART_OF, part, whole)


# An organisation that has ceased -------------------------------------------------------------


def test_for_an_organisation_that_was_replaced_its_heir_is_named(bundled: View) -> None:
    with pytest.raises(RequestError) as told:
        partners(bundled, Request("Charenton-le-Pont", organisation=CHARENTON))
    assert told.value.message == (
        "« Communauté de communes Charenton-le-Pont – Saint-Maurice » n'existe plus, et a pour"
        f" suite « Établissement public territorial Paris Est Marne et Bois » ({PARIS_EST}) :"
        " demandez pour celle-ci."
    )


def test_who_was_replaced_is_no_answer_and_is_counted_as_ended(view_of: ViewOf) -> None:
    claims = [
        *territories(),
        *actor(RTE, "Fondation RTE", "foundation", "departement:38"),
        *actor(LABO, "Labo", "association", "departement:38"),
        tie(REPLACED_BY, LABO, RTE),
    ]
    answer = partners(view_of(("exemples", claims)), Request("Isère", text="innovation"))
    assert [partner.id for partner in answer.answers] == [RTE]
    assert answer.left_out == {"ended": 1}


def test_for_an_organisation_that_stopped_the_year_is_said(view_of: ViewOf) -> None:
    claims = [
        *territories(),
        *actor(LABO, "Labo", "association", "departement:38", ended="2019-06-30"),
    ]
    with pytest.raises(RequestError) as told:
        understand(view_of(("exemples", claims)), Request(organisation=LABO))
    assert told.value.message == (
        "« Labo » n'existe plus depuis 2019 : demandez pour une organisation qui existe,"
        " ou décrivez le projet."
    )


def test_an_heir_that_stopped_too_is_not_named(view_of: ViewOf) -> None:
    claims = [
        *territories(),
        *actor(LABO, "Labo", "association", "departement:38"),
        *actor(RTE, "Fondation RTE", "foundation", "departement:38", ended="2020"),
        tie(REPLACED_BY, LABO, RTE),
    ]
    with pytest.raises(RequestError, match="n'existe plus : demandez pour une organisation"):
        understand(view_of(("exemples", claims)), Request(organisation=LABO))


# Nobody --------------------------------------------------------------------------------------


@pytest.fixture
def around_voiron(view_of: ViewOf) -> View:
    """In Voiron nobody; in Grenoble a foundation and a catalyst; in Lyon one more."""
    claims = [
        *territories(),
        *actor(RTE, "Fondation RTE", "foundation", "commune:38185"),
        *actor(GAIA, "GAIA", "association", "departement:38", roles=["catalyst"]),
        *actor(LABO, "Labo", "association", "commune:69123"),
    ]
    return view_of(("exemples", claims))


def test_in_a_place_without_anybody_it_says_what_is_around(around_voiron: View) -> None:
    request = Request("Voiron", text="réemploi", worlds=("fondation",))
    answer = partners(around_voiron, request)
    assert answer.answers == ()
    assert answer.left_out == {"elsewhere": 2, "other_world": 1}
    assert answer.advice is not None
    assert [(w.place.name, w.count) for w in answer.advice.wider] == [("Isère", 1)]
    assert [(w.condition, w.count) for w in answer.advice.without] == [("other_world", 1)]
    assert answer.advice.catalysts == (Named(GAIA, "GAIA"),)


def test_contradictory_conditions_leave_nobody_and_each_is_weighed(view_of: ViewOf) -> None:
    claims = [
        *territories(),
        *actor(GAIA, "GAIA", "association", "departement:38"),
        *actor(RTE, "Fondation RTE", "foundation", "departement:38", ended="2020"),
        *actor(LABO, "Labo", "association", "departement:38"),
    ]
    request = Request("Isère", organisation=GAIA, worlds=("fondation",))
    answer = partners(view_of(("exemples", claims)), request)
    assert (answer.answers, answer.left_out) == ((), {"ended": 1, "other_world": 2})
    assert answer.advice is not None
    assert [(w.condition, w.count) for w in answer.advice.without] == [
        ("ended", 1),
        ("other_world", 1),
    ]


def test_who_is_many_enough_gets_no_advice_however_few_are_shown(bundled: View) -> None:
    assert partners(bundled, Request("Isère", organisation=GAIA, limit=1)).advice is None


# Words ---------------------------------------------------------------------------------------


def test_ten_thousand_characters_are_read_in_a_few_seconds(bundled: View) -> None:
    sentence = "Nous cherchons des compétences pour une ressourcerie de quartier. "
    start = time.perf_counter()
    answer = partners(bundled, Request("Isère", text=(sentence * 200)[:10_000]))
    assert time.perf_counter() - start < 10
    once = partners(bundled, Request("Isère", text=sentence))
    assert {partner.id for partner in answer.answers} & {partner.id for partner in once.answers}


def test_a_text_without_end_is_refused(bundled: View) -> None:
    with pytest.raises(RequestError, match="Décrivez le projet en 20 000 caractères au plus"):
        partners(bundled, Request("Isère", text="mot " * 5_001))


def test_an_unknown_means_is_answered_with_those_there_are(bundled: View) -> None:
    with pytest.raises(UnknownTerm, match="« argent » n'est pas un moyen ; choisissez parmi"):
        partners(bundled, Request("Isère", needs=("argent",)))


def test_neither_a_profile_nor_a_place_is_a_question(bundled: View) -> None:
    with pytest.raises(RequestError, match="Dites où : donnez un territoire"):
        partners(bundled, Request())


@pytest.mark.parametrize("factor", [0.9, 2.1, float("nan")])
def test_the_slider_of_worlds_has_two_ends(bundled: View, factor: float) -> None:
    with pytest.raises(RequestError, match="La différence des mondes se règle"):
        partners(bundled, Request("Isère", goals=("17",), difference=factor))


# Already together ----------------------------------------------------------------------------


def test_who_left_an_alliance_may_be_met_again(view_of: ViewOf) -> None:
    claims = [
        *territories(),
        *actor(GAIA, "GAIA", "association", "departement:38"),
        *actor(RTE, "Fondation RTE", "foundation", "departement:38"),
        *actor(LABO, "Labo", "association", "departement:38"),
        NodeClaim("alliage:programme", ALLIANCE, "p", {"name": "Programme"}),
        tie(MEMBER_OF, GAIA, "alliage:programme"),
        tie(MEMBER_OF, RTE, "alliage:programme"),
        tie(MEMBER_OF, LABO, "alliage:programme", until="2020"),
    ]
    answer = partners(view_of(("exemples", claims)), Request("Isère", organisation=GAIA))
    assert [partner.id for partner in answer.answers] == [LABO]
    assert answer.left_out == {"itself": 1, "already_together": 1}
