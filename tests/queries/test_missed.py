import math
import random
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import TypeAlias

import pytest

from graph.claims import Claim, NodeClaim, TieClaim, Value
from graph.errors import RequestError, UnknownPlace
from graph.model import (
    ACTS_IN,
    AIMS_AT,
    ALLIANCE,
    CALL,
    CARRIES,
    FUNDED,
    GAVE_RISE_TO,
    GOAL,
    LEVER,
    MEMBER_OF,
    NEEDS,
    OFFERS,
    OPENED,
    ORGANISATION,
    PART_OF,
    PROJECT,
    SEATED_IN,
    TERRITORY,
    Kind,
    Tie,
)
from graph.view import View
from queries.answers import Evidence
from queries.conditions import ConditionKind, Gap, State, Unit
from queries.missed import Fit, Missed, Pair, Request, missed

ViewOf: TypeAlias = Callable[..., View]

DAY = date(2026, 3, 31)
# Code, name, level, latitude and longitude (Insee; centre of the commune), inhabitants, part of.
PLACES = (
    ("commune:38185", "Grenoble", "commune", 45.1842, 5.7186, 156_389, "departement:38"),
    ("commune:38544", "Vienne", "commune", 45.5204, 4.8814, 31_555, "departement:38"),
    ("commune:69123", "Lyon", "commune", 45.7580, 4.8351, 520_774, "departement:69"),
    ("departement:38", "Isère", "departement", None, None, 0, "region:84"),
    ("departement:69", "Rhône", "departement", None, None, 0, "region:84"),
    ("region:84", "Auvergne-Rhône-Alpes", "region", None, None, 0, ""),
)


def node(key: str, kind: Kind, **said: Value) -> NodeClaim:
    return NodeClaim(key, kind, key, {"name": key.partition(":")[2], **said})


def tie(kind: Tie, start: str, end: str, **said: Value) -> TieClaim:
    return TieClaim(kind, start, end, f"{start} {kind.name} {end}", said)


def ground() -> list[Claim]:
    claims: list[Claim] = []
    for key, name, level, latitude, longitude, population, whole in PLACES:
        said: dict[str, Value] = {"name": name, "level": level}
        if latitude is not None and longitude is not None:
            said |= {"latitude": latitude, "longitude": longitude, "population": population}
        claims.append(NodeClaim(key, TERRITORY, key, said))
        if whole:
            claims.append(tie(PART_OF, key, whole))
    claims += [node(f"goal:{n}", GOAL, number=n) for n in range(1, 18)]
    return claims + [node(f"lever:{m}", LEVER) for m in ("value", "skills", "data")]


def project(**instead: Claim | None) -> list[Claim]:
    """A project in Grenoble that fits the call; some of what is said of it is said otherwise."""
    said: dict[str, Claim | None] = {
        "project": node("t:reemploi", PROJECT),
        "carrier": node("t:porteur", ORGANISATION, world="association"),
        "carries": tie(CARRIES, "t:porteur", "t:reemploi"),
        "place": tie(ACTS_IN, "t:reemploi", "commune:38185"),
        "goal": tie(AIMS_AT, "t:reemploi", "goal:12"),
        "needs": tie(NEEDS, "t:reemploi", "lever:value", words=["une subvention d'amorçage"]),
    }
    return [claim for claim in (said | instead).values() if claim]


def call(**instead: Claim | None) -> list[Claim]:
    said: dict[str, Claim | None] = {
        "call": node(
            "t:appel",
            CALL,
            opens="2026-01-01",
            closes="2026-03-31",
            worlds=["association", "company"],
        ),
        "opener": node("t:ouvreur", ORGANISATION, world="state"),
        "opened": tie(OPENED, "t:ouvreur", "t:appel"),
        "place": tie(ACTS_IN, "t:appel", "departement:38"),
        "goal": tie(AIMS_AT, "t:appel", "goal:12"),
        "offers": tie(OFFERS, "t:appel", "lever:value", words=["jusqu'à 50 000 euros"]),
    }
    return [claim for claim in (said | instead).values() if claim]


def asked(
    view_of: ViewOf,
    projects: Sequence[Claim],
    others: Sequence[Claim],
    at: str = "Grenoble",
    day: date = DAY,
) -> Missed:
    view = view_of(("sol", ground()), ("projets", projects), ("appels", others))
    return missed(view, Request(at, day))


def state_of(pair: Pair) -> dict[str, str]:
    return {condition.kind.value: condition.state.value for condition in pair.conditions}


def test_a_pair_that_satisfies_every_condition_fits_with_the_evidence_of_both_sides(
    view_of: ViewOf,
) -> None:
    answer = asked(view_of, project(), call())
    assert [(p.seeker.id, p.funder.id) for p in answer.fits] == [("t:reemploi", "t:appel")]
    assert (answer.to_check, answer.near_misses) == ((), ())
    (pair,) = answer.fits
    assert [(c.kind, c.state, c.text) for c in pair.conditions] == [
        (
            ConditionKind.PERIMETER,
            State.SATISFIED,
            "Grenoble est dans le périmètre de l'appel : Isère.",
        ),
        (ConditionKind.DATES, State.SATISFIED, "L'appel est ouvert jusqu'au 31/03/2026."),
        (
            ConditionKind.WORLD,
            State.SATISFIED,
            "L'appel admet le monde de qui porte le projet : association.",
        ),
        (ConditionKind.GOALS, State.SATISFIED, "Le projet et l'appel visent l'ODD 12 (12)."),
        (
            ConditionKind.MEANS,
            State.SATISFIED,
            "Le projet cherche valorisation des contributions (« une subvention d'amorçage ») ; "
            "l'appel offre valorisation des contributions (« jusqu'à 50 000 euros »).",
        ),
    ]
    both = (Evidence("projets", "", ""), Evidence("appels", "", ""))
    for condition in pair.conditions:
        expected = both[1:] if condition.kind is ConditionKind.DATES else both
        assert set(condition.evidence) == set(expected)
    assert [opener.id for opener in pair.openers] == ["t:ouvreur"]
    assert [carrier.id for carrier in pair.carriers] == ["t:porteur"]
    assert pair.satisfied == 5


def kilometres(a: str, b: str) -> float:
    """By the spherical law of cosines, which is not how the graph computes it."""
    (one,) = [p for p in PLACES if p[0] == a]
    (other,) = [p for p in PLACES if p[0] == b]
    assert one[3] is not None
    assert one[4] is not None
    assert other[3] is not None
    assert other[4] is not None
    p, q = math.radians(one[3]), math.radians(other[3])
    between = math.radians(other[4] - one[4])
    cosine = math.sin(p) * math.sin(q) + math.cos(p) * math.cos(q) * math.cos(between)
    return 6371.0088 * math.acos(cosine)


def near(view_of: ViewOf, projects: Sequence[Claim], others: Sequence[Claim]) -> Pair:
    answer = asked(view_of, projects, others)
    assert (answer.fits, answer.to_check) == ((), ())
    (pair,) = answer.near_misses
    assert [c.kind for c in pair.conditions if c.state is State.REFUSED] == [pair.blocked_by]
    assert answer.counts.blocked_by == {pair.blocked_by: 1}
    return pair


def gap_of(pair: Pair) -> Gap | None:
    return next(c.gap for c in pair.conditions if c.kind is pair.blocked_by)


def test_a_perimeter_that_blocks_says_how_many_kilometres_off_it_is(view_of: ViewOf) -> None:
    pair = near(view_of, project(), call(place=tie(ACTS_IN, "t:appel", "commune:69123")))
    gap = gap_of(pair)
    assert gap is not None
    assert gap.unit is Unit.KM
    assert gap.value == pytest.approx(kilometres("commune:38185", "commune:69123"), abs=0.06)
    (condition,) = [c for c in pair.conditions if c.kind is ConditionKind.PERIMETER]
    assert condition.text.endswith("dans ce territoire : Auvergne-Rhône-Alpes (région).")


@pytest.mark.parametrize(
    ("opens", "closes", "unit"),
    [
        ("2025-01-01", "2026-03-30", Unit.DAYS_LATE),
        ("2026-05-02", None, Unit.DAYS_EARLY),
        ("2025", "2025", Unit.DAYS_LATE),
        (None, "2025-02", Unit.DAYS_LATE),
    ],
)
def test_dates_that_block_say_how_many_days_off_they_are(
    view_of: ViewOf, opens: str | None, closes: str | None, unit: Unit
) -> None:
    said = {key: day for key, day in (("opens", opens), ("closes", closes)) if day}
    pair = near(
        view_of, project(), call(call=node("t:appel", CALL, **said, worlds=["association"]))
    )
    # A month and a year close on their last day.
    bound = {"2026-03-30": 1, "2025": 90, "2025-02": 31 + 365}
    early = (date(2026, 5, 2) - DAY).days
    expected = bound[closes] if closes else early
    assert gap_of(pair) == Gap(float(expected), unit)
    assert DAY - timedelta(days=90) == date(2025, 12, 31)
    assert DAY - timedelta(days=31 + 365) == date(2025, 2, 28)


@pytest.mark.parametrize(
    ("day", "fit"),
    [
        (date(2022, 2, 28), Fit.NEAR),
        (date(2022, 3, 1), Fit.FITS),
        (date(2022, 4, 30), Fit.FITS),
        (date(2022, 5, 1), Fit.NEAR),
    ],
)
def test_a_call_that_opens_and_closes_in_a_month_is_open_from_its_first_to_its_last_day(
    view_of: ViewOf, day: date, fit: Fit
) -> None:
    months = node("t:appel", CALL, opens="2022-03", closes="2022-04", worlds=["association"])
    answer = asked(view_of, project(), call(call=months), day=day)
    assert [p.fit for p in (*answer.fits, *answer.to_check, *answer.near_misses)] == [fit]


def test_a_call_without_a_closing_is_open_for_ever_once_it_has_opened(view_of: ViewOf) -> None:
    lasting = node("t:appel", CALL, opens="2001", worlds=["association"])
    assert len(asked(view_of, project(), call(call=lasting)).fits) == 1


def test_a_world_that_is_not_admitted_blocks(view_of: ViewOf) -> None:
    carrier = node("t:porteur", ORGANISATION, world="local_authority")
    pair = near(view_of, project(carrier=carrier), call())
    assert pair.blocked_by is ConditionKind.WORLD
    assert gap_of(pair) is None


def test_one_carrier_of_an_admitted_world_is_enough(view_of: ViewOf) -> None:
    carrier = node("t:porteur", ORGANISATION, world="local_authority")
    second: list[Claim] = [
        node("t:second", ORGANISATION, world="company"),
        tie(CARRIES, "t:second", "t:reemploi"),
    ]
    assert len(asked(view_of, [*project(carrier=carrier), *second], call()).fits) == 1


def test_goals_that_block_say_how_many_actors_have_both(view_of: ViewOf) -> None:
    # Of those that aim at 13, three: the call and two others; one of these aims at 12 besides.
    others: list[Claim] = [
        node("t:a", ALLIANCE),
        node("t:b", ALLIANCE),
        tie(AIMS_AT, "t:a", "goal:13"),
        tie(AIMS_AT, "t:b", "goal:13"),
        tie(AIMS_AT, "t:b", "goal:12"),
    ]
    pair = near(view_of, project(), [*call(goal=tie(AIMS_AT, "t:appel", "goal:13")), *others])
    assert pair.blocked_by is ConditionKind.GOALS
    # Of the two that aim at 12 (the project and b), one aims at 13: the greater share.
    assert gap_of(pair) == Gap(0.5, Unit.SHARE)


def test_means_that_block_say_how_many_are_sought_in_vain(view_of: ViewOf) -> None:
    pair = near(view_of, project(), call(offers=tie(OFFERS, "t:appel", "lever:data")))
    assert pair.blocked_by is ConditionKind.MEANS
    assert gap_of(pair) == Gap(1.0, Unit.MEANS)


def test_two_conditions_that_block_are_no_near_miss(view_of: ViewOf) -> None:
    far = tie(ACTS_IN, "t:appel", "commune:69123")
    answer = asked(view_of, project(), call(place=far, offers=tie(OFFERS, "t:appel", "lever:data")))
    assert (answer.fits, answer.to_check, answer.near_misses) == ((), (), ())


@pytest.mark.parametrize(
    ("projects", "others", "unknown"),
    [
        (project(goal=None), call(), "goals"),
        (project(), call(goal=None), "goals"),
        (project(needs=None), call(), "means"),
        (project(), call(offers=None), "means"),
        (project(), call(place=None), "perimeter"),
        (project(place=None), call(), "perimeter"),
        (project(carrier=node("t:porteur", ORGANISATION)), call(), "world"),
        (project(), call(call=node("t:appel", CALL, opens="2026")), "world"),
        (project(), call(call=node("t:appel", CALL, worlds=["association"])), "dates"),
    ],
)
def test_what_is_not_known_is_to_check_and_no_refusal(
    view_of: ViewOf, projects: Sequence[Claim], others: Sequence[Claim], unknown: str
) -> None:
    answer = asked(view_of, projects, others)
    assert (answer.fits, answer.near_misses) == ((), ())
    (pair,) = answer.to_check
    expected = dict.fromkeys(("perimeter", "dates", "world", "goals", "means"), "satisfied")
    assert state_of(pair) == expected | {unknown: "to_check"}
    (condition,) = [c for c in pair.conditions if c.state is State.TO_CHECK]
    assert "à vérifier" in condition.text
    assert pair.satisfied == 4


@pytest.mark.parametrize(
    "meeting",
    [
        [tie(FUNDED, "t:ouvreur", "t:reemploi")],
        [tie(GAVE_RISE_TO, "t:appel", "t:reemploi")],
        [tie(CARRIES, "t:ouvreur", "t:reemploi")],
    ],
    ids=["financed", "came from the call", "carried by the opener"],
)
def test_those_who_have_met_are_no_missed_meeting(
    view_of: ViewOf, meeting: Sequence[Claim]
) -> None:
    answer = asked(view_of, project(), [*call(), *meeting])
    assert (answer.fits, answer.to_check, answer.near_misses) == ((), (), ())
    assert answer.counts.met >= 1


def test_a_call_is_not_met_because_its_opener_financed_the_carrier(view_of: ViewOf) -> None:
    answer = asked(view_of, project(), [*call(), tie(FUNDED, "t:ouvreur", "t:porteur")])
    assert [pair.seeker.id for pair in answer.fits] == ["t:reemploi"]


BASIN = NodeClaim("perimeter:bassin", TERRITORY, "bassin", {"name": "Bassin", "level": "perimeter"})


@pytest.mark.parametrize(
    ("of_call", "fit"), [("perimeter:bassin", Fit.FITS), ("departement:38", Fit.TO_CHECK)]
)
def test_a_perimeter_of_unknown_composition_is_itself_and_else_to_check(
    view_of: ViewOf, of_call: str, fit: Fit
) -> None:
    projects = [*project(place=tie(ACTS_IN, "t:reemploi", "perimeter:bassin")), BASIN]
    answer = asked(view_of, projects, call(place=tie(ACTS_IN, "t:appel", of_call)), at="Bassin")
    (pair,) = (*answer.fits, *answer.to_check, *answer.near_misses)
    assert pair.fit is fit
    if fit is Fit.TO_CHECK:
        assert pair.conditions[0].text == (
            "La composition du territoire du projet n'est pas connue ; à vérifier pour Bassin."
        )


def funder(*more: Claim) -> list[Claim]:
    """A foundation that acts in Isère and offers money, aiming at nothing that is said."""
    return [
        node("t:fondation", ORGANISATION, world="foundation"),
        tie(ACTS_IN, "t:fondation", "departement:38"),
        tie(OFFERS, "t:fondation", "lever:value"),
        *more,
    ]


def financed(goal: str, place: str = "commune:38544") -> list[Claim]:
    return [
        node("t:avant", PROJECT, ended="2020"),
        tie(ACTS_IN, "t:avant", place),
        tie(AIMS_AT, "t:avant", goal),
        tie(FUNDED, "t:fondation", "t:avant"),
    ]


@pytest.mark.parametrize("goal", ["goal:12", "goal:13"])
def test_what_a_funder_financed_can_satisfy_a_condition_and_never_refuses(
    view_of: ViewOf, goal: str
) -> None:
    answer = asked(view_of, project(), funder(*financed(goal)))
    (pair,) = answer.fits if goal == "goal:12" else answer.to_check
    expected = "satisfied" if goal == "goal:12" else "to_check"
    assert state_of(pair) == {"perimeter": "satisfied", "goals": expected, "means": "satisfied"}


def test_what_a_funder_declares_refuses(view_of: ViewOf) -> None:
    declared = tie(AIMS_AT, "t:fondation", "goal:13")
    assert near(view_of, project(), funder(declared)).blocked_by is ConditionKind.GOALS


@pytest.mark.parametrize(("place", "fits"), [("commune:38185", True), ("commune:38544", False)])
def test_without_a_perimeter_the_places_of_what_it_financed_count(
    view_of: ViewOf, place: str, fits: bool
) -> None:
    claims = funder(*financed("goal:12", place))
    claims = [c for c in claims if not (isinstance(c, TieClaim) and c.end == "departement:38")]
    answer = asked(view_of, project(), claims)
    (pair,) = answer.fits if fits else answer.to_check
    condition = pair.conditions[0]
    if fits:
        assert "a déjà financé à cet endroit, Grenoble : « avant »" in condition.text
    else:
        km = round(kilometres("commune:38185", "commune:38544"))
        assert f"financé au plus près à {km} km" in condition.text


def test_a_world_financed_before_is_told_and_counts_for_nothing(view_of: ViewOf) -> None:
    carried: list[Claim] = [
        node("t:ville", ORGANISATION, world="local_authority"),
        tie(CARRIES, "t:ville", "t:avant"),
    ]
    answer = asked(view_of, project(), funder(*financed("goal:12"), *carried))
    (pair,) = answer.fits
    (told,) = [c for c in pair.conditions if c.kind is ConditionKind.WORLD]
    assert (told.state, pair.satisfied) == (State.TOLD, 3)
    assert told.text == (
        "N'a financé jusqu'ici, à notre connaissance, que ces mondes : collectivité."
    )


@pytest.mark.parametrize("through", ["alliance", "carrier"])
def test_a_funder_that_met_who_carries_a_project_has_met_the_project(
    view_of: ViewOf, through: str
) -> None:
    together: list[Claim] = [tie(FUNDED, "t:fondation", "t:porteur")]
    if through == "alliance":
        together = [
            node("t:alliance", ALLIANCE),
            tie(MEMBER_OF, "t:fondation", "t:alliance"),
            tie(MEMBER_OF, "t:porteur", "t:alliance"),
        ]
    answer = asked(view_of, project(), funder(*together))
    assert (answer.fits, answer.to_check, answer.near_misses) == ((), (), ())


def test_an_organisation_that_says_it_needs_financing_is_a_project_too(view_of: ViewOf) -> None:
    seeker: list[Claim] = [
        node("t:ressourcerie", ORGANISATION, world="association"),
        tie(SEATED_IN, "t:ressourcerie", "commune:38185"),
        tie(AIMS_AT, "t:ressourcerie", "goal:12"),
        tie(NEEDS, "t:ressourcerie", "lever:value"),
    ]
    answer = asked(view_of, seeker, call())
    assert [pair.seeker.id for pair in answer.fits] == ["t:ressourcerie"]


def test_the_size_of_a_grant_changes_nothing(view_of: ViewOf) -> None:
    answers = []
    for amount in (1.0, 1e9):
        told = [*financed("goal:12")[:-1], tie(FUNDED, "t:fondation", "t:avant", amount=amount)]
        answers.append(asked(view_of, project(), funder(*told)))
    assert answers[0] == answers[1]


def test_the_same_question_has_the_same_answer_in_any_order_of_ingestion(view_of: ViewOf) -> None:
    told: list[tuple[str, list[Claim]]] = [
        ("sol", ground()),
        ("projets", [*project(), node("t:autre", PROJECT)]),
        ("appels", [*call(), *funder()]),
        ("suite", [tie(ACTS_IN, "t:autre", "departement:38"), tie(AIMS_AT, "t:autre", "goal:3")]),
    ]
    answers = [
        missed(view_of(*order), Request("Isère", DAY))
        for order in (told, told[::-1], [(name, claims[::-1]) for name, claims in told])
    ]
    assert answers[0].counts.seekers == 2
    assert answers[0] == answers[1] == answers[2]


def test_no_funder_fills_the_page_while_another_fits_as_well(view_of: ViewOf) -> None:
    projects = [
        claim
        for n in range(4)
        for claim in (
            node(f"t:p{n}", PROJECT),
            tie(ACTS_IN, f"t:p{n}", "commune:38185"),
            tie(AIMS_AT, f"t:p{n}", "goal:12"),
        )
    ]
    others = [
        claim
        for n in range(2)
        for claim in (
            node(f"t:f{n}", ORGANISATION, world="foundation"),
            tie(ACTS_IN, f"t:f{n}", "departement:38"),
            tie(OFFERS, f"t:f{n}", "lever:value"),
            tie(AIMS_AT, f"t:f{n}", "goal:12"),
        )
    ]
    view = view_of(("sol", ground()), ("projets", projects), ("autres", others))
    shown = missed(view, Request("Grenoble", DAY, limit=2)).to_check
    assert len({pair.funder.id for pair in shown}) == 2
    assert len({pair.seeker.id for pair in shown}) == 2


# Against the conditions put one by one to each pair, in sets -----------------------------------

WITHIN = {
    "commune:38185": {"38185"},
    "commune:38544": {"38544"},
    "commune:69123": {"69123"},
    "departement:38": {"38185", "38544"},
    "departement:69": {"69123"},
    "region:84": {"38185", "38544", "69123"},
}


def drawn(
    chance: random.Random,
) -> tuple[list[Claim], list[tuple[str, ...]], list[tuple[str, ...]]]:
    """Projects and calls at random, as claims and as (id, place, goal, means, world)."""
    claims: list[Claim] = []
    sides: tuple[list[tuple[str, ...]], list[tuple[str, ...]]] = ([], [])
    for side, kind, tie_of_means in ((0, PROJECT, NEEDS), (1, CALL, OFFERS)):
        for n in range(chance.randint(1, 6)):
            key = f"t:{kind.name.lower()}{n}"
            place = chance.choice([*WITHIN, ""])
            goal = chance.choice(["goal:3", "goal:11", "goal:12", ""])
            means = chance.choice(["lever:value", "lever:skills", ""])
            world = chance.choice(["association", "company", ""])
            sides[side].append((key, place, goal, means, world))
            worlds: dict[str, Value] = {"worlds": [world]} if world and kind is CALL else {}
            claims.append(node(key, kind, **worlds))
            if kind is PROJECT and world:
                claims.append(node(f"{key}-porteur", ORGANISATION, world=world))
                claims.append(tie(CARRIES, f"{key}-porteur", key))
            for kind_of_tie, end in ((ACTS_IN, place), (AIMS_AT, goal), (tie_of_means, means)):
                if end:
                    claims.append(tie(kind_of_tie, key, end))
    return claims, sides[0], sides[1]


def expected_fit(one: tuple[str, ...], other: tuple[str, ...], at: str) -> Fit | None:
    place, theirs = WITHIN.get(one[1], set()), WITHIN.get(other[1], set())
    if place and not place & WITHIN[at]:
        return None
    states = [bool(place & theirs) if place and theirs else None, None]  # the dates are not said
    states += [a == b if a and b else None for a, b in zip(one[2:], other[2:], strict=True)]
    satisfied, refused = states.count(True), states.count(False)
    if not (states[0] or satisfied >= 2) or refused > 1:
        return None
    return Fit.NEAR if refused else Fit.TO_CHECK


@pytest.mark.parametrize("seed", range(40))
def test_the_pairs_are_those_of_the_conditions_put_one_by_one(view_of: ViewOf, seed: int) -> None:
    chance = random.Random(seed)
    claims, projects, calls = drawn(chance)
    at = chance.choice(sorted(WITHIN))
    answer = missed(view_of(("sol", ground()), ("tout", claims)), Request(at, DAY, 100))
    found = {
        (pair.seeker.id, pair.funder.id): pair.fit
        for pair in (*answer.fits, *answer.to_check, *answer.near_misses)
    }
    expected = {
        (one[0], other[0]): fit
        for one in projects
        for other in calls
        if (fit := expected_fit(one, other, at)) is not None
    }
    assert found == expected


# What cannot be answered ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "limit", "says"),
    [(None, 10, "Dites où"), ("", 10, "Dites où"), ("Isère", 0, "entre 1 et")],
)
def test_a_question_without_a_place_or_a_limit_says_what_to_give(
    view_of: ViewOf, at: str | None, limit: int, says: str
) -> None:
    with pytest.raises(RequestError, match=says):
        missed(view_of(("sol", ground())), Request(at, DAY, limit))


def test_an_unknown_place_is_said_to_be_unknown(view_of: ViewOf) -> None:
    with pytest.raises(UnknownPlace):
        missed(view_of(("sol", ground())), Request("Atlantide", DAY))


def test_where_nothing_fits_the_wider_territories_tell_how_many_pairs_they_have(
    view_of: ViewOf,
) -> None:
    everywhere = call(place=tie(ACTS_IN, "t:appel", "region:84"))
    answer = asked(view_of, project(), everywhere, at="Vienne")
    assert answer.counts.seekers == 0
    assert [(w.place.id, w.count) for w in answer.wider] == [("departement:38", 1)]
