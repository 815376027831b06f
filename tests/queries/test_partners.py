import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import permutations
from typing import TypeAlias

import pytest

from graph.claims import Claim, NodeClaim, Properties, TieClaim
from graph.errors import AmbiguousPlace, RequestError, UnknownId, UnknownPlace, UnknownTerm
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
    SUPPORTS,
    TERRITORY,
    Means,
    Tie,
    World,
)
from graph.view import View
from queries.answers import Evidence, Named, Reason, ReasonKind
from queries.eligibility import Advice, eligible
from queries.matching.weights import FULL_SCORE, WEIGHTS, Feature
from queries.partner_request import Request, understand
from queries.partner_scores import features, past_of
from queries.partners import Partner, Partners, partners

ViewOf: TypeAlias = Callable[..., View]

# The organisations, places and goals are true; who needs, offers and joins what is made up here,
# so that each case can be told apart.
GAIA, LABO, RTE, POSTE = (
    f"alliage:{name}" for name in ("gaia", "labo", "fondation-rte", "groupe-la-poste")
)
RAMEAU, ACTIVE, COCO = (f"alliage:{name}" for name in ("le-rameau", "alsace-active", "cocoshaker"))
PROGRAMME, DYNAMIQUE = "alliage:programme-innovation-sociale", "alliage:alliance-dynamique"

_number = iter(range(1, 1_000_000))


def paragraph() -> str:
    """A place in the source that no other claim has."""
    return f"§ {next(_number)}"


def organisation(key: str, name: str, world: World | None, **more: str) -> list[Claim]:
    place = paragraph()
    claims: list[Claim] = [
        NodeClaim(key, ORGANISATION, f"{key} name", {"name": name, **more}, locator=place)
    ]
    if world:
        said: Properties = {"world": world.value}
        claims.append(NodeClaim(key, ORGANISATION, f"{key} world", said, locator=paragraph()))
    return claims


def alliance(key: str, name: str, place: str, **more: str) -> list[Claim]:
    return [
        NodeClaim(key, ALLIANCE, key, {"name": name, **more}, locator=paragraph()),
        tie(ACTS_IN, key, place),
    ]


def tie(kind: Tie, start: str, end: str, **more: str) -> TieClaim:
    said: Properties = {name: [text] if name == "words" else text for name, text in more.items()}
    return TieClaim(kind, start, end, f"{kind} {start} {end}", said, locator=paragraph())


def territories() -> Iterator[Claim]:
    """Four communes with the inhabitants that Insee counts (2022), and what contains them."""
    for key, name, level, population in (
        ("commune:38185", "Grenoble", "commune", 156_140),
        ("commune:38563", "Voiron", "commune", 20_463),
        ("commune:69123", "Lyon", "commune", 520_774),
        ("commune:67482", "Strasbourg", "commune", 291_313),
        ("epci:200040715", "Grenoble-Alpes-Métropole", "epci", None),
        ("departement:38", "Isère", "departement", None),
        ("departement:69", "Rhône", "departement", None),
        ("region:84", "Auvergne-Rhône-Alpes", "region", None),
        ("region:44", "Grand Est", "region", None),
        ("nation:FR", "France", "nation", None),
        ("perimeter:lyon-grenoble", "Lyon et Grenoble", "perimeter", None),
    ):
        said: dict[str, str | int] = {"name": name, "level": level}
        if population:
            said["population"] = population
        yield NodeClaim(key, TERRITORY, key, said, locator=paragraph())
    for part, *wholes in (
        ("commune:38185", "epci:200040715", "departement:38", "perimeter:lyon-grenoble"),
        ("commune:38563", "departement:38"),
        ("commune:69123", "departement:69", "perimeter:lyon-grenoble"),
        ("commune:67482", "region:44"),
        ("departement:38", "region:84"),
        ("departement:69", "region:84"),
        ("region:84", "nation:FR"),
        ("region:44", "nation:FR"),
    ):
        for whole in wholes:
            yield tie(PART_OF, part, whole)


def vocabulary() -> Iterator[Claim]:
    for means in Means:
        key = f"lever:{means.value}"
        yield NodeClaim(key, LEVER, key, {"name": means.fr, "family": "means"})
    for number, name in ((8, "Travail décent et croissance économique"), (17, "Partenariats")):
        yield NodeClaim(f"goal:{number}", GOAL, str(number), {"name": name, "number": number})


GROUND: tuple[Claim, ...] = (*territories(), *vocabulary())


def asked(view: View, request: Request) -> Partners:
    return partners(view, replace(request, limit=100))


def ids(answer: Partners) -> set[str]:
    return {partner.id for partner in answer.answers}


def one(answer: Partners, key: str) -> Partner:
    return next(partner for partner in answer.answers if partner.id == key)


def reason(partner: Partner, kind: ReasonKind) -> Reason:
    return next(reason for reason in partner.reasons if reason.kind is kind)


def featured(view: View, request: Request) -> dict[str, dict[Feature, float]]:
    """The features of each eligible organisation, by id."""
    search = understand(view, request)
    candidates, _ = eligible(view, search)
    found = features(view, search, candidates, past_of(view, search, candidates))
    return {
        view.keys[int(node)]: {feature: float(values[i]) for feature, values in found.items()}
        for i, node in enumerate(candidates)
    }


# Each feature, by hand -----------------------------------------------------------------------


def test_the_nearer_a_territory_is_to_the_place_the_more_it_counts(view_of: ViewOf) -> None:
    somewhere = {
        "seat": tie(SEATED_IN, "alliage:seat", "commune:38185"),
        "inside": tie(ACTS_IN, "alliage:inside", "epci:200040715"),
        "same": tie(ACTS_IN, "alliage:same", "departement:38"),
        "region": tie(ACTS_IN, "alliage:region", "region:84"),
        "nation": tie(ACTS_IN, "alliage:nation", "nation:FR"),
        "overlap": tie(ACTS_IN, "alliage:overlap", "perimeter:lyon-grenoble"),
        "elsewhere": tie(ACTS_IN, "alliage:elsewhere", "departement:69"),
        "both": tie(ACTS_IN, "alliage:both", "departement:69"),
    }
    claims = [*GROUND, *somewhere.values(), tie(SEATED_IN, "alliage:both", "commune:38563")]
    claims += alliance(PROGRAMME, "Programme d'animation territoriale", "departement:38")
    claims += [tie(MEMBER_OF, "alliage:member", PROGRAMME)]
    for key in (*somewhere, "member", "unknown"):
        claims += organisation(f"alliage:{key}", key, World.ASSOCIATION)
    found = featured(view_of(("exemples", claims)), Request(at="Isère"))
    assert {key.removeprefix("alliage:"): f[Feature.PLACE] for key, f in found.items()} == {
        "seat": 1.0,
        "inside": 1.0,
        "same": 1.0,
        "both": 1.0,
        "region": 0.6,
        "nation": 0.4,
        "overlap": 0.5,
        "member": 0.8,
        "unknown": 0.2,
    }


def test_means_count_by_the_share_that_is_met_in_both_directions(view_of: ViewOf) -> None:
    claims = [
        *GROUND,
        *organisation(GAIA, "GAIA", World.ASSOCIATION),
        *organisation(LABO, "Labo des partenariats", World.ASSOCIATION),
        tie(OFFERS, GAIA, "lever:skills"),
        tie(OFFERS, GAIA, "lever:legal"),
        tie(NEEDS, GAIA, "lever:data"),
        tie(NEEDS, GAIA, "lever:tools"),
        tie(NEEDS, GAIA, "lever:research"),
        tie(OFFERS, LABO, "lever:skills"),
        tie(OFFERS, LABO, "lever:governance"),
    ]
    request = Request(at="Isère", needs=("compétences", "animation"), offers=("data", "tools"))
    found = featured(view_of(("exemples", claims)), request)
    # GAIA offers one of the two needed, and two of the three that it needs are offered.
    assert {key: (f[Feature.GIVEN], f[Feature.RECEIVED]) for key, f in found.items()} == {
        GAIA: (0.5, pytest.approx(2 / 3)),
        LABO: (1.0, 0.0),
    }


def test_a_goal_counts_the_more_the_rarer_it_is_and_an_alliance_lends_its_own(
    view_of: ViewOf,
) -> None:
    claims = [*GROUND]
    for key in (GAIA, LABO, RTE, POSTE):
        claims += organisation(key, key, World.ASSOCIATION)
    claims += alliance(PROGRAMME, "Programme d'animation territoriale", "departement:38")
    claims += [tie(AIMS_AT, key, "goal:17") for key in (GAIA, LABO, PROGRAMME)]
    claims += [tie(AIMS_AT, LABO, "goal:8"), tie(MEMBER_OF, RTE, PROGRAMME)]
    found = featured(view_of(("exemples", claims)), Request(at="Isère", goals=("8", "17")))
    # Three organisations have goals; one of them goal 8, all three goal 17.
    rare, common = math.log(5 / 2), math.log(5 / 4)
    assert {key: f[Feature.GOAL] for key, f in found.items()} == {
        GAIA: pytest.approx(common / (rare + common)),
        LABO: pytest.approx(1.0),
        RTE: pytest.approx(common / (rare + common)),
        POSTE: 0.0,
    }


def test_experience_is_an_alliance_of_this_place_and_several_are_no_more_than_one(
    view_of: ViewOf,
) -> None:
    claims = [*GROUND]
    for key in (GAIA, LABO, RTE):
        claims += organisation(key, key, World.ASSOCIATION)
    for i in range(3):
        claims += alliance(f"alliage:ici-{i}", f"Ici {i}", "commune:38185")
        claims += [tie(MEMBER_OF, GAIA, f"alliage:ici-{i}")]
    claims += alliance("alliage:en-france", "En France", "nation:FR")
    claims += [tie(MEMBER_OF, LABO, "alliage:ici-0"), tie(MEMBER_OF, RTE, "alliage:en-france")]
    found = featured(view_of(("exemples", claims)), Request(at="Isère"))
    assert {key: f[Feature.EXPERIENCE] for key, f in found.items()} == {
        GAIA: 1.0,
        LABO: 1.0,
        RTE: 0.0,
    }


def test_a_direct_tie_counts_in_both_directions(view_of: ViewOf) -> None:
    view = view_of(("exemples", network_claims()))
    for me, other in ((GAIA, ACTIVE), (ACTIVE, GAIA)):
        found = featured(view, Request(at="Isère", organisation=me))
        assert {key for key, f in found.items() if f[Feature.DIRECT]} == {other}


def test_words_of_the_project_count_where_they_mean_the_same(view_of: ViewOf) -> None:
    claims = [*GROUND]
    claims += organisation(GAIA, "GAIA", World.ASSOCIATION, purpose="une recyclerie de quartier")
    claims += organisation(COCO, "CoCoShaker", World.ASSOCIATION, purpose="des concerts")
    text = "Nous voulons développer le réemploi à Grenoble en Isère"
    view = view_of(("exemples", claims))
    found = featured(view, Request(at="Isère", text=text))
    assert found[GAIA][Feature.PURPOSE] > 0 == found[COCO][Feature.PURPOSE]
    first = asked(view, Request(at="Isère", text=text)).answers[0]
    assert "« réemploi » et « recyclerie »" in reason(first, ReasonKind.TEXT).text


def test_the_name_of_the_place_is_not_a_word_in_common(view_of: ViewOf) -> None:
    claims = [*GROUND, *organisation(COCO, "Les amis de Grenoble", World.ASSOCIATION)]
    found = featured(view_of(("exemples", claims)), Request(at="Grenoble", text="à Grenoble"))
    assert found[COCO][Feature.PURPOSE] == 0


def competitors(*, exchange: bool) -> list[Claim]:
    """GAIA and the Labo offer skills for goal 8 in Isère."""
    claims = [*GROUND]
    for key in (GAIA, LABO):
        claims += [*organisation(key, key, World.ASSOCIATION), tie(AIMS_AT, key, "goal:8")]
        claims += [tie(ACTS_IN, key, "departement:38"), tie(OFFERS, key, "lever:skills")]
    return [*claims, tie(NEEDS, LABO, "lever:skills")] if exchange else claims


def test_who_offers_the_same_for_the_same_goal_here_may_compete(view_of: ViewOf) -> None:
    request = Request(at="Isère", organisation=GAIA)
    view = view_of(("exemples", competitors(exchange=False)))
    assert featured(view, request)[LABO][Feature.COMPETITION] == 1.0
    told = reason(one(asked(view, request), LABO), ReasonKind.COMPETITION)
    assert told.against
    assert told.text == (
        "Offre ici la même chose que vous (compétences), pour le même objectif : concurrence "
        "possible, ou mise en commun."
    )
    # Who needs what the other offers has something to exchange.
    view = view_of(("exemples", competitors(exchange=True)))
    assert featured(view, request)[LABO][Feature.COMPETITION] == 0.0


def test_what_has_ceased_is_told(view_of: ViewOf) -> None:
    claims = [*GROUND, *organisation(GAIA, "GAIA", World.ASSOCIATION)]
    claims += organisation(RTE, "Fondation RTE", World.FOUNDATION)
    claims += [tie(OFFERS, RTE, "lever:value", since="2015", until="2019")]
    claims += alliance(
        PROGRAMME, "Programme", "departement:38", ended="2019", exit_reason="fin des financements"
    )
    claims += [tie(MEMBER_OF, RTE, PROGRAMME)]
    request = Request(at="Isère", needs=("valorisation",))
    told = [r for r in one(asked(view_of(("exemples", claims)), request), RTE).reasons if r.against]
    assert [r.text for r in told] == [
        "N'offre plus ce que vous cherchez, valorisation des contributions (2015 à 2019).",
        "A pris part à « Programme » (jusqu'à 2019), qui a cessé : fin des financements.",
    ]


def test_a_past_alliance_of_both_is_told_with_its_outcome(view_of: ViewOf) -> None:
    claims = [*GROUND]
    for key in (GAIA, RTE, LABO):
        claims += organisation(key, key, World.ASSOCIATION)
    for which, outcome, other in ((PROGRAMME, "works", RTE), (DYNAMIQUE, "failed", LABO)):
        said = {"started": "2015", "ended": "2018", "outcome": outcome, "lesson": "se voir tôt"}
        claims += alliance(which, "Programme", "departement:38", **said)
        claims += [tie(MEMBER_OF, key, which) for key in (GAIA, other)]
    answer = asked(view_of(("exemples", claims)), Request(at="Isère", organisation=GAIA))
    good, bad = (reason(one(answer, key), ReasonKind.TOGETHER) for key in (RTE, LABO))
    assert good.text == (
        "Vous avez déjà fait alliance, « Programme » (2015 à 2018) : a porté ses fruits ; se voir "
        "tôt."
    )
    assert (good.against, bad.against) == (False, True)


def network_claims() -> list[Claim]:
    """GAIA knows Le RAMEAU by a past alliance, and Alsace Active by support; CoCoShaker nobody."""
    claims = [*GROUND]
    for key, name, world in (
        (GAIA, "GAIA", World.ASSOCIATION),
        (RAMEAU, "Le RAMEAU", World.ACADEMIC),
        (ACTIVE, "Alsace Active", World.ASSOCIATION),
        (COCO, "CoCoShaker", World.ASSOCIATION),
    ):
        claims += [*organisation(key, name, world), tie(ACTS_IN, key, "departement:38")]
    claims += alliance(PROGRAMME, "Programme d'animation", "departement:38", ended="2021")
    claims += [tie(MEMBER_OF, key, PROGRAMME) for key in (GAIA, RAMEAU)]
    claims += [tie(SUPPORTS, GAIA, ACTIVE)]
    return claims


def test_the_score_is_the_weighted_sum_and_another_world_counts_a_tenth_more(
    view_of: ViewOf,
) -> None:
    view = view_of(("exemples", network_claims()))
    request = Request(at="Isère", organisation=GAIA)
    by_id = featured(view, request)
    answer = asked(view, request)
    assert ids(answer) == {RAMEAU, ACTIVE, COCO}
    for partner in answer.answers:
        total = sum(WEIGHTS[feature] * value for feature, value in by_id[partner.id].items())
        expected = total * (1.1 if partner.world is World.ACADEMIC else 1.0) / FULL_SCORE
        assert partner.score == pytest.approx(min(expected, 1.0), abs=1e-4)


def test_the_difference_of_worlds_is_a_slider(view_of: ViewOf) -> None:
    view = view_of(("exemples", network_claims()))
    plain, doubled = (
        one(asked(view, Request(at="Isère", organisation=GAIA, difference=factor)), RAMEAU).score
        for factor in (1.0, 2.0)
    )
    assert doubled == pytest.approx(min(2 * plain, 1.0), abs=2e-4)


def test_to_be_here_and_of_another_world_is_no_reason_to_meet(view_of: ViewOf) -> None:
    claims = [*GROUND]
    # Names without a word in common: a word would be a reason.
    for key, name, world in (
        (GAIA, "GAIA", World.ASSOCIATION),
        (RTE, "Fondation RTE", World.FOUNDATION),
    ):
        claims += [*organisation(key, name, world), tie(ACTS_IN, key, "departement:38")]
    answer = asked(view_of(("exemples", claims)), Request(at="Isère", organisation=GAIA))
    assert [(partner.id, partner.band) for partner in answer.answers] == [(RTE, "to_explore")]


# Who is eligible, and who is left out --------------------------------------------------------


def eligibility_claims() -> list[Claim]:
    claims = [*GROUND]
    for key, name, world in (
        (GAIA, "GAIA", World.ASSOCIATION),
        (LABO, "Labo des partenariats", World.ASSOCIATION),
        (RTE, "Fondation RTE", World.FOUNDATION),
        (POSTE, "Groupe La Poste", World.COMPANY),
        (RAMEAU, "Le RAMEAU", World.ASSOCIATION),
        (COCO, "CoCoShaker", World.ASSOCIATION),
    ):
        claims += organisation(key, name, world)
    claims += organisation(ACTIVE, "Alsace Active", World.ASSOCIATION, ended="2019")
    claims += [tie(ACTS_IN, key, "departement:38") for key in (GAIA, LABO, RTE, POSTE, ACTIVE)]
    claims += [tie(ACTS_IN, RAMEAU, "commune:67482")]
    claims += alliance(PROGRAMME, "Programme d'animation territoriale", "departement:38")
    claims += alliance(DYNAMIQUE, "Alliance Dynamique", "departement:38", phase="ended")
    claims += [tie(MEMBER_OF, key, PROGRAMME) for key in (GAIA, LABO)]
    claims += [tie(MEMBER_OF, RTE, PROGRAMME, until="2020")]
    claims += [tie(MEMBER_OF, key, DYNAMIQUE) for key in (GAIA, POSTE)]
    return claims


def test_who_is_elsewhere_over_itself_or_already_together_is_left_out_and_counted(
    view_of: ViewOf,
) -> None:
    view = view_of(("exemples", eligibility_claims()))
    answer = asked(view, Request(at="Isère", organisation="GAIA"))
    # The foundation left their alliance, and that with La Poste is over: both may meet again.
    assert ids(answer) == {RTE, POSTE, COCO}
    assert (answer.considered, answer.left_out) == (
        3,
        {"elsewhere": 1, "ended": 1, "itself": 1, "already_together": 1},
    )


def test_other_worlds_are_left_out_when_one_is_asked(view_of: ViewOf) -> None:
    view = view_of(("exemples", eligibility_claims()))
    answer = asked(view, Request(at="Isère", worlds=("fondation", "entreprise")))
    assert ids(answer) == {RTE, POSTE}
    assert (answer.considered, answer.left_out) == (
        2,
        {"elsewhere": 1, "ended": 1, "other_world": 3},
    )


def test_an_unknown_place_is_not_a_refusal_but_to_be_checked(view_of: ViewOf) -> None:
    view = view_of(("exemples", eligibility_claims()))
    found = reason(one(asked(view, Request(at="Isère")), COCO), ReasonKind.PLACE)
    assert found == Reason(
        ReasonKind.PLACE,
        "Son périmètre d'action n'est pas connu : à vérifier (Isère).",
        (),
        to_check=True,
    )


def test_a_seat_that_was_left_is_no_longer_a_place(view_of: ViewOf) -> None:
    claims = [
        *GROUND,
        *organisation(GAIA, "GAIA", World.ASSOCIATION),
        *organisation(LABO, "Labo des partenariats", World.ASSOCIATION),
        tie(SEATED_IN, GAIA, "commune:38185", until="2019"),
        tie(SEATED_IN, GAIA, "commune:69123", since="2019"),
        tie(ACTS_IN, LABO, "departement:38", until="2019"),
    ]
    view = view_of(("exemples", claims))
    assert ids(asked(view, Request(at="Rhône"))) == {GAIA, LABO}
    answer = asked(view, Request(at="Isère"))
    assert (ids(answer), answer.left_out) == ({LABO}, {"elsewhere": 1})
    assert reason(one(answer, LABO), ReasonKind.PLACE).to_check


@pytest.mark.parametrize(
    ("place", "key", "text"),
    [
        ("Isère", "alliage:seat", "A son siège ici : Grenoble."),
        ("Isère", "alliage:area", "Agit ici : Isère."),
        (
            "Voiron",
            "alliage:area",
            "Agit sur un territoire plus large, qui comprend celui-ci : Isère.",
        ),
        (
            "Isère",
            "alliage:cities",
            "Agit sur un territoire qui recoupe celui-ci : Lyon et Grenoble.",
        ),
        ("Isère", "alliage:member", "A pris part ici à une alliance : Programme."),
        (
            "Grenoble",
            "alliage:member",
            "A pris part à une alliance dont le territoire, plus large, comprend celui-ci : "
            "Programme.",
        ),
    ],
)
def test_the_reason_says_how_somebody_is_here(
    view_of: ViewOf, place: str, key: str, text: str
) -> None:
    claims = [*GROUND, tie(SEATED_IN, "alliage:seat", "commune:38185")]
    claims += [tie(ACTS_IN, "alliage:area", "departement:38")]
    claims += [tie(ACTS_IN, "alliage:cities", "perimeter:lyon-grenoble")]
    claims += alliance(PROGRAMME, "Programme", "departement:38")
    claims += [tie(ACTS_IN, PROGRAMME, "region:44"), tie(MEMBER_OF, "alliage:member", PROGRAMME)]
    for name in ("seat", "area", "cities", "member"):
        claims += organisation(f"alliage:{name}", name, World.ASSOCIATION)
    answer = asked(view_of(("exemples", claims)), Request(at=place))
    found = reason(one(answer, key), ReasonKind.PLACE)
    assert found.text == text
    cited = {e.locator for e in found.evidence}
    here = {c.locator for c in claims if isinstance(c, TieClaim) and c.start in (key, PROGRAMME)}
    assert cited
    assert cited <= here
    assert next(c.locator for c in claims if getattr(c, "end", "") == "region:44") not in cited


@pytest.mark.parametrize(
    "request_",
    [
        Request(at="Isère"),
        Request(at="Bretagne", worlds=("asso",)),
        Request(organisation="GAIA"),
        Request(at="Paris", organisation="Alsace Active", worlds=("entreprise", "fondation")),
        Request(at="nation:FR", goals=("17",)),
    ],
)
def test_the_considered_and_the_left_out_are_all_organisations(
    bundled: View, request_: Request
) -> None:
    answer = partners(bundled, request_)
    everybody = len(bundled.of_kind(ORGANISATION))
    assert answer.considered + sum(answer.left_out.values()) == everybody


# What an answer rests on ---------------------------------------------------------------------


def full_claims() -> list[Claim]:
    """A foundation that has every kind of reason to meet GAIA, and others who have none."""
    claims = [*GROUND]
    for key, name, world in (
        (GAIA, "GAIA", World.ASSOCIATION),
        (RTE, "Fondation RTE", World.FOUNDATION),
        (LABO, "Labo des partenariats", World.ASSOCIATION),
        (POSTE, "Groupe La Poste", World.ASSOCIATION),
    ):
        claims += organisation(key, name, world)
    claims += [tie(ACTS_IN, key, "departement:38") for key in (GAIA, RTE, LABO, POSTE)]
    claims += alliance(PROGRAMME, "Programme", "departement:38", phase="ended")
    claims += [
        tie(MEMBER_OF, GAIA, PROGRAMME, role="lead"),
        tie(MEMBER_OF, RTE, PROGRAMME, since="2018", until="2020"),
        tie(NEEDS, GAIA, "lever:skills"),
        tie(OFFERS, GAIA, "lever:data"),
        tie(AIMS_AT, GAIA, "goal:8"),
        tie(OFFERS, RTE, "lever:skills", words="un mécénat de compétences"),
        tie(NEEDS, RTE, "lever:data"),
        tie(AIMS_AT, RTE, "goal:8"),
    ]
    return claims


def cited_claims(reasons: Sequence[Reason]) -> set[str]:
    return {evidence.locator for found in reasons for evidence in found.evidence}


def test_a_partner_is_told_with_each_kind_of_reason_and_its_evidence(view_of: ViewOf) -> None:
    claims = full_claims()
    where = {claim.record: claim.locator for claim in claims}

    def evidence(*records: str) -> tuple[Evidence, ...]:
        return tuple(Evidence("exemples", where[record], "") for record in records)

    first = asked(view_of(("exemples", claims)), Request(organisation="GAIA")).answers[0]
    assert (first.id, first.name, first.world) == (RTE, "Fondation RTE", World.FOUNDATION)
    assert (first.place, first.band) == ("Isère", "strong")
    assert [(r.kind, r.text, r.evidence) for r in first.reasons] == [
        (
            ReasonKind.GIVEN,
            "Offre ce que vous cherchez, compétences : « un mécénat de compétences ».",
            evidence(f"OFFERS {RTE} lever:skills"),
        ),
        (
            ReasonKind.RECEIVED,
            "Cherche ce que vous offrez, données.",
            evidence(f"NEEDS {RTE} lever:data"),
        ),
        (
            ReasonKind.GOAL,
            "Vise aussi l'ODD 8, Travail décent et croissance économique.",
            evidence(f"AIMS_AT {RTE} goal:8"),
        ),
        (
            ReasonKind.TOGETHER,
            "Vous avez déjà fait alliance, « Programme ».",
            evidence(f"MEMBER_OF {GAIA} {PROGRAMME}", f"MEMBER_OF {RTE} {PROGRAMME}"),
        ),
        (
            ReasonKind.EXPERIENCE,
            "A déjà fait alliance ici : Programme (2018 à 2020).",
            evidence(f"MEMBER_OF {RTE} {PROGRAMME}"),
        ),
        (ReasonKind.PLACE, "Agit ici : Isère.", evidence(f"ACTS_IN {RTE} departement:38")),
        (
            ReasonKind.WORLD,
            "Vient d'un autre monde que vous : fondation.",
            evidence(f"{RTE} world"),
        ),
    ]


def test_the_facts_of_a_reason_are_ids_that_can_be_looked_up(view_of: ViewOf) -> None:
    view = view_of(("exemples", full_claims()))
    for found in asked(view, Request(organisation="GAIA")).answers[0].reasons:
        assert found.facts
        for fact in found.facts:
            subject = view.ordinal(fact.subject)
            assert subject is not None
            ties = {(t.start, t.tie.name, t.end) for t in view.ties_of(subject)}
            said = view.describe(subject).properties
            known = (fact.subject, fact.relation, fact.object) in ties
            assert known if fact.object else fact.relation in said


@pytest.mark.parametrize(
    "kind",
    [
        ReasonKind.GIVEN,
        ReasonKind.RECEIVED,
        ReasonKind.GOAL,
        ReasonKind.TOGETHER,
        ReasonKind.EXPERIENCE,
        ReasonKind.PLACE,
        ReasonKind.WORLD,
    ],
)
def test_without_the_facts_that_a_reason_cites_the_score_falls(
    view_of: ViewOf, kind: ReasonKind
) -> None:
    claims = full_claims()
    request = Request(
        at="Isère", organisation=GAIA, needs=("compétences",), offers=("data",), goals=("8",)
    )
    before = one(asked(view_of(("exemples", claims)), request), RTE)
    removed = cited_claims([found for found in before.reasons if found.kind is kind])
    assert removed
    kept = [claim for claim in claims if claim.locator not in removed]
    after = one(asked(view_of(("exemples", kept)), request), RTE)
    assert after.score < before.score


def test_a_direct_tie_is_told_and_counts_in_the_score(view_of: ViewOf) -> None:
    claims = [*GROUND, *organisation(GAIA, "GAIA", World.ASSOCIATION)]
    claims += [*organisation(LABO, "Labo", World.ASSOCIATION), tie(SUPPORTS, GAIA, LABO)]
    request = Request(at="Isère", organisation=GAIA)
    before = one(asked(view_of(("exemples", claims)), request), LABO)
    direct = reason(before, ReasonKind.DIRECT)
    assert direct.text == "Vous vous connaissez : GAIA accompagne Labo."
    kept = [claim for claim in claims if claim.locator not in cited_claims([direct])]
    after = one(asked(view_of(("exemples", kept)), request), LABO)
    assert after.score < before.score


@pytest.mark.parametrize("redundant", [1, 5, 20])
def test_alliances_elsewhere_raise_nobody(view_of: ViewOf, redundant: int) -> None:
    claims = full_claims()
    claims += [tie(MEMBER_OF, key, PROGRAMME, until="2020") for key in (LABO, POSTE)]
    for i in range(redundant):
        key = f"alliage:alsace-{i}"
        claims += [*alliance(key, f"Alliance {i}", "region:44"), tie(MEMBER_OF, POSTE, key)]
    answer = asked(view_of(("exemples", claims)), Request(organisation="GAIA"))
    small, large = one(answer, LABO), one(answer, POSTE)
    assert large.score <= small.score


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_answer_is_the_same_in_any_order_of_ingestion(
    view_of: ViewOf, order: tuple[int, ...]
) -> None:
    claims = full_claims()
    chance = random.Random(sum(n * 10**i for i, n in enumerate(order)))
    thirds = [("exemples", claims[0::3]), ("recit", claims[1::3]), ("racines", claims[2::3])]
    request = Request(organisation="GAIA", needs=("compétences",))
    expected = asked(view_of(*thirds), request)
    shuffled = [(name, chance.sample(said, len(said))) for name, said in (thirds[i] for i in order)]
    assert asked(view_of(*shuffled), request) == expected


# How a request is understood -----------------------------------------------------------------


def test_what_is_known_of_an_actor_completes_what_was_not_said(view_of: ViewOf) -> None:
    view = view_of(("exemples", full_claims()))
    question = asked(view, Request(organisation="GAIA")).question
    assert (question.place.id, question.organisation) == ("departement:38", Named(GAIA, "GAIA"))
    assert [goal.id for goal in question.goals] == ["goal:8"]
    assert (question.needs, question.offers) == ((Means.SKILLS,), (Means.DATA,))
    said = asked(view, Request(organisation="GAIA", needs=("outils",), goals=("17",))).question
    assert [goal.id for goal in said.goals] == ["goal:17"]
    assert (said.needs, said.offers) == ((Means.TOOLS,), (Means.DATA,))


def test_an_actor_is_asked_for_where_it_acts_widest(bundled: View) -> None:
    assert partners(bundled, Request(organisation="Groupe La Poste")).question.place.id == (
        "nation:FR"
    )


@pytest.mark.parametrize(
    ("request_", "error", "message"),
    [
        (Request(), RequestError, "Dites où : donnez un territoire (--at), ou une organisation"),
        (Request(at="Atlantide"), UnknownPlace, "Aucun territoire ne correspond à « Atlantide »"),
        (Request(at="84"), AmbiguousPlace, "« 84 » désigne plusieurs territoires"),
        (Request(at="Isère", goals=("18",)), UnknownTerm, "« 18 » n'est pas un objectif"),
        (Request(at="Isère", worlds=("marché",)), UnknownTerm, "« marché » n'est pas un monde"),
        (Request(at="Isère", needs=("or",)), UnknownTerm, "« or » n'est pas un moyen"),
        (Request(at="Isère", organisation="xyzzy"), UnknownId, "Nous ne connaissons rien sous"),
        (Request(at="Isère", limit=0), RequestError, "Le nombre de réponses doit être entre 1"),
        (
            Request(organisation="CoCoShaker"),
            RequestError,
            "Nous ne savons pas où agit « CoCoShaker » : ajoutez un territoire (--at).",
        ),
    ],
)
def test_a_request_that_is_not_clear_says_what_to_do(
    bundled: View, request_: Request, error: type[RequestError], message: str
) -> None:
    with pytest.raises(error) as told:
        partners(bundled, request_)
    assert type(told.value) is error
    assert told.value.message.startswith(message)


def test_where_nobody_answers_it_says_what_would(view_of: ViewOf) -> None:
    claims = [*GROUND, *organisation(RTE, "Fondation RTE", World.FOUNDATION)]
    claims += [tie(SEATED_IN, RTE, "commune:69123")]
    claims += organisation(GAIA, "GAIA", World.ASSOCIATION, roles="")[1:]
    claims += [
        NodeClaim(GAIA, ORGANISATION, "gaia", {"name": "GAIA", "roles": ["catalyst"]}),
        tie(ACTS_IN, GAIA, "departement:38"),
    ]
    request = Request(at="Grenoble", worlds=("fondation",))
    answer = asked(view_of(("exemples", claims)), request)
    assert answer.answers == ()
    told = answer.advice
    assert isinstance(told, Advice)
    assert [(each.condition, each.count) for each in told.without] == [("other_world", 1)]
    assert [(w.place.name, w.count) for w in told.wider] == [("Lyon et Grenoble", 1)]
    assert told.catalysts == (Named(GAIA, "GAIA"),)


# On the documents ----------------------------------------------------------------------------


def test_in_isère_those_who_offer_skills_in_the_documents_come_first(bundled: View) -> None:
    answer = partners(bundled, Request(at="Isère", needs=("compétences",)))
    gaia, labo = answer.answers[:2]
    assert (gaia.id, labo.id) == ("alliage:gaia", "alliage:labo-des-partenariats-grenoble")
    assert [reason(p, ReasonKind.GIVEN).evidence[0].locator for p in (gaia, labo)] == [
        "§ 11",  # « l'accompagnement… » of GAIA
        "§ 9",  # « le Labo des partenariats accompagne des entreprises engagées »
    ]


def test_gaia_is_not_offered_those_who_sit_on_its_steering_committee(bundled: View) -> None:
    request = Request(organisation="GAIA", limit=1)
    # exemples § 9 names twelve, and the programme is that of the Labo (§ 4).
    assert partners(bundled, request).left_out["already_together"] == 13
    offered = set(eligible(bundled, understand(bundled, request))[0].tolist())
    for key in ("alliage:start-up-de-territoire", "siren:213801855", "alliage:le-rameau"):
        assert bundled.ordinal(key) not in offered


def test_every_reason_has_evidence_unless_it_is_to_be_checked(bundled: View) -> None:
    for place in ("Isère", "Bretagne", "Massif central", "Strasbourg", "La Réunion"):
        for partner in partners(bundled, Request(at=place, goals=("17",), limit=20)).answers:
            for found in partner.reasons:
                assert bool(found.evidence) != found.to_check, (partner.id, found)
