import math
from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeAlias

import numpy as np
import pytest

from graph.claims import Claim, NodeClaim, TieClaim, Value
from graph.columns import Floats
from graph.errors import RequestError, UnknownId, UnknownPlace
from graph.model import (
    ACTS_IN,
    AIMS_AT,
    ALLIANCE,
    CALL,
    CARRIES,
    GAVE_RISE_TO,
    GOAL,
    LEVER,
    MEMBER_OF,
    NEEDS,
    ORGANISATION,
    PART_OF,
    PROJECT,
    TERRITORY,
    USES,
    Kind,
    Tie,
)
from graph.view import View
from queries.alike import Alike, Alikes, alike
from queries.alike_request import Request
from queries.answers import Evidence
from queries.fates import Fate, Said
from queries.likeness import WEIGHTS, Trait
from queries.likeness_reasons import Likeness

ViewOf: TypeAlias = Callable[..., View]

DAY = date(2026, 3, 31)
# Inhabitants in 2023 (Insee).
POPULATION = {"commune:38185": 156_389, "commune:38544": 31_555, "commune:69123": 520_774}


def node(key: str, kind: Kind, **said: Value) -> NodeClaim:
    return NodeClaim(key, kind, key, {"name": key.partition(":")[2], **said})


def tie(kind: Tie, start: str, end: str, **said: Value) -> TieClaim:
    return TieClaim(kind, start, end, f"{start} {kind.name} {end}", said)


def ground() -> list[Claim]:
    claims: list[Claim] = [
        node("commune:38185", TERRITORY, level="commune", population=156_389),
        node("commune:38544", TERRITORY, level="commune", population=31_555),
        node("commune:69123", TERRITORY, level="commune", population=520_774),
        NodeClaim("departement:38", TERRITORY, "38", {"name": "Isère", "level": "departement"}),
        NodeClaim("departement:69", TERRITORY, "69", {"name": "Rhône", "level": "departement"}),
        NodeClaim("region:84", TERRITORY, "84", {"name": "Aura", "level": "region"}),
        tie(PART_OF, "commune:38185", "departement:38"),
        tie(PART_OF, "commune:38544", "departement:38"),
        tie(PART_OF, "commune:69123", "departement:69"),
        tie(PART_OF, "departement:38", "region:84"),
        tie(PART_OF, "departement:69", "region:84"),
    ]
    claims += [node(f"goal:{n}", GOAL, number=n) for n in range(1, 18)]
    return claims + [node(f"lever:{m}", LEVER) for m in ("value", "skills", "data")]


def project(*more: Claim) -> list[Claim]:
    return [node("t:projet", PROJECT), *more]


def asked(view_of: ViewOf, claims: Sequence[Claim], request: Request | None = None) -> Alikes:
    view = view_of(("sol", ground()), ("alliances", claims))
    return alike(view, request or Request(DAY, thing="t:projet", limit=50))


def found(answer: Alikes) -> dict[str, Alike]:
    return {each.id: each for group in answer.groups.values() for each in group}


def trait(each: Alike, wanted: Trait) -> Likeness:
    return next(likeness for likeness in each.traits if likeness.trait is wanted)


# What became of them --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "fate"),
    [
        ({"outcome": "works", "phase": "deployment"}, Fate.WORKED),
        ({"outcome": "works", "ended": "2019"}, Fate.WORKED),
        ({"outcome": "failed"}, Fate.STOPPED),
        ({"exit_reason": "Le pilote s'est retiré."}, Fate.STOPPED),
        ({"outcome": "mixed", "ended": "2019-06"}, Fate.STOPPED),
        ({"outcome": "mixed", "phase": "running"}, Fate.RUNNING),
        ({"phase": "emergence"}, Fate.RUNNING),
        ({"ended": "2027"}, Fate.RUNNING),
        ({"ended": "2026"}, Fate.RUNNING),
        ({"ended": "2026-03-31"}, Fate.RUNNING),
        ({"ended": "2026-03-30"}, Fate.UNKNOWN),
        ({"phase": "ended"}, Fate.UNKNOWN),
        ({"ended": "2018"}, Fate.UNKNOWN),
        ({"started": "2018"}, Fate.UNKNOWN),
    ],
)
def test_what_became_of_an_alliance_is_what_the_sources_say(
    view_of: ViewOf, said: dict[str, Value], fate: Fate
) -> None:
    claims: list[Claim] = [
        node("t:alliance", ALLIANCE, **said),
        tie(AIMS_AT, "t:alliance", "goal:12"),
    ]
    answer = asked(view_of, claims, Request(DAY, goals=("12",)))
    assert [each.id for each in answer.groups[fate]] == ["t:alliance"]
    assert answer.counts == {other: int(other is fate) for other in Fate}


def test_what_stopped_carries_the_reason_and_the_lesson_with_who_says_so(view_of: ViewOf) -> None:
    reason, lesson = "Le financement n'a pas été renouvelé.", "Prévoir la suite dès le début."
    claims: list[Claim] = [
        NodeClaim(
            "t:alliance",
            ALLIANCE,
            "1",
            {"name": "A", "outcome": "failed", "exit_reason": reason, "lesson": lesson},
            locator="§ 4",
        ),
        tie(AIMS_AT, "t:alliance", "goal:12"),
    ]
    (stopped,) = asked(view_of, claims, Request(DAY, goals=("12",))).groups[Fate.STOPPED]
    source = (Evidence("alliances", "§ 4", ""),)
    assert (stopped.exit_reason, stopped.lesson, stopped.result) == (
        Said(reason, source),
        Said(lesson, source),
        None,
    )


# Why they are alike ---------------------------------------------------------------------------


def alliances(kind: Tie, **ends: str) -> list[Claim]:
    claims: list[Claim] = []
    for name, end in ends.items():
        claims += [node(f"t:{name}", ALLIANCE), tie(kind, f"t:{name}", end)]
    return claims


def test_a_shared_goal_counts_by_its_rarity(view_of: ViewOf) -> None:
    claims = project(tie(AIMS_AT, "t:projet", "goal:12"), tie(AIMS_AT, "t:projet", "goal:17"))
    claims += alliances(AIMS_AT, a="goal:17", b="goal:17", c="goal:17", rare="goal:12")
    each = found(asked(view_of, claims))
    # Five things have goals: four have 17, two have 12.
    rare, common = math.log(7 / 3), math.log(7 / 5)
    assert trait(each["t:rare"], Trait.GOALS).value == round(rare / (rare + common), 4)
    assert trait(each["t:a"], Trait.GOALS).value == round(common / (rare + common), 4)
    assert trait(each["t:a"], Trait.GOALS).text == "Vise aussi l'ODD 17 (17)."


def test_the_overlap_of_territories_is_that_of_ochiai(view_of: ViewOf) -> None:
    claims = project(tie(ACTS_IN, "t:projet", "departement:38"))
    claims += alliances(
        ACTS_IN,
        same="departement:38",
        within="commune:38185",
        around="region:84",
        elsewhere="departement:69",
    )
    each = found(asked(view_of, claims))
    isere = POPULATION["commune:38185"] + POPULATION["commune:38544"]
    expected = {
        "t:same": 1.0,
        "t:within": math.sqrt(POPULATION["commune:38185"] / isere),
        "t:around": math.sqrt(isere / sum(POPULATION.values())),
    }
    values = {key: trait(one, Trait.PLACE).value for key, one in each.items()}
    assert values == {key: round(value, 4) for key, value in expected.items()}
    assert {key: trait(one, Trait.PLACE).text for key, one in each.items()} == {
        "t:same": "Agit sur le même territoire : Isère.",
        "t:within": "Agit sur une partie de ce territoire : 38185.",
        "t:around": "Agit sur un territoire plus large, qui comprend celui-ci : Aura.",
    }
    levels = {key for key, one in each.items() if any(t.trait is Trait.LEVEL for t in one.traits)}
    assert levels == {"t:same"}


def test_the_worlds_gathered_compare_as_sets(view_of: ViewOf) -> None:
    worlds = {"a": "association", "c": "company", "l": "local_authority", "s": "state"}
    claims = [node(f"t:{key}", ORGANISATION, world=world) for key, world in worlds.items()]
    told: list[Claim] = [*claims, *project(tie(AIMS_AT, "t:projet", "goal:12"))]
    told += [tie(CARRIES, f"t:{key}", "t:projet") for key in "acl"]
    told += alliances(AIMS_AT, al="goal:12", als="goal:12", s_="goal:12")
    told += [tie(MEMBER_OF, f"t:{key}", "t:al") for key in "al"]
    told += [tie(MEMBER_OF, f"t:{key}", "t:als") for key in "als"]
    told += [tie(MEMBER_OF, "t:s", "t:s_")]
    each = found(asked(view_of, told))
    values = {
        key: next((t.value for t in one.traits if t.trait is Trait.WORLDS), 0.0)
        for key, one in each.items()
    }
    # {a, l} and {a, c, l}; {a, l, s} and {a, c, l}; {s} and {a, c, l}.
    assert values == {"t:al": round(2 / 3, 4), "t:als": 0.5, "t:s_": 0.0}
    assert trait(each["t:als"], Trait.WORLDS).text == "Réunit aussi : association et collectivité."


def test_the_means_used_or_needed_count_among_those_of_the_project(view_of: ViewOf) -> None:
    claims = project(tie(NEEDS, "t:projet", "lever:value"), tie(NEEDS, "t:projet", "lever:skills"))
    claims += alliances(USES, one="lever:skills", other="lever:data")
    each = found(asked(view_of, claims))
    assert each.keys() == {"t:one"}
    assert trait(each["t:one"], Trait.MEANS) == Likeness(
        Trait.MEANS,
        0.5,
        "Met en jeu les mêmes moyens : compétences.",
        (Evidence("alliances", "", ""),),
    )


def test_those_that_came_from_the_same_call_are_alike(view_of: ViewOf) -> None:
    claims: list[Claim] = [
        node("t:appel", CALL),
        node("t:une", ALLIANCE),
        node("t:seule", ALLIANCE),
    ]
    claims += project(tie(GAVE_RISE_TO, "t:appel", "t:projet"))
    claims.append(tie(GAVE_RISE_TO, "t:appel", "t:une"))
    each = found(asked(view_of, claims))
    assert each.keys() == {"t:une"}
    assert trait(each["t:une"], Trait.ORIGIN).text == "A la même origine : appel."


def test_the_form_alone_makes_nobody_alike_and_counts_besides(view_of: ViewOf) -> None:
    claims: list[Claim] = [
        node("t:moi", ALLIANCE, type="programme"),
        node("t:forme", ALLIANCE, type="programme"),
        node("t:but", ALLIANCE, type="network"),
        node("t:deux", ALLIANCE, type="programme"),
        *(tie(AIMS_AT, key, "goal:12") for key in ("t:moi", "t:but", "t:deux")),
    ]
    answer = asked(view_of, claims, Request(DAY, thing="t:moi"))
    each = found(answer)
    assert list(each) == ["t:deux", "t:but"]
    goals, form = WEIGHTS[Trait.GOALS], WEIGHTS[Trait.FORM]
    assert each["t:deux"].likeness == 1.0
    assert each["t:but"].likeness == round(goals / (goals + form), 4)


class CommonLetters:
    """Compares texts by their first word: enough to see where the comparison goes."""

    def __init__(self, view: View) -> None:
        self._names = [view.names[node] for node in range(len(view))]

    def similarity(self, text: str) -> Floats:
        first = text.split()[0]
        return np.array([float(name.split()[0] == first) for name in self._names])

    def because(self, text: str, other: str) -> list["CommonWord"]:
        assert text.split()[0] == other.split()[0]
        return [CommonWord((text.split()[0],), ("ressourcerie",), "économie circulaire")]


class CommonWord:
    def __init__(self, own: tuple[str, ...], other: tuple[str, ...], concept: str) -> None:
        self.own, self.other, self.concept = own, other, concept


def test_the_words_of_both_sides_are_quoted_where_texts_are_compared(view_of: ViewOf) -> None:
    claims: list[Claim] = [
        NodeClaim("t:une", ALLIANCE, "1", {"name": "réemploi en Isère"}),
        NodeClaim("t:autre", ALLIANCE, "2", {"name": "lecture en Isère"}),
    ]
    view = view_of(("sol", ground()), ("alliances", claims))
    answer = alike(view, Request(DAY, text="réemploi solidaire"), CommonLetters(view))
    each = found(answer)
    assert each.keys() == {"t:une"}
    assert trait(each["t:une"], Trait.WORDS).text == (
        "Son objet emploie des mots proches : "
        "« réemploi » et « ressourcerie » (économie circulaire)."
    )


def test_what_is_said_replaces_what_is_known_of_the_project(view_of: ViewOf) -> None:
    claims = project(tie(AIMS_AT, "t:projet", "goal:3"))
    claims += alliances(AIMS_AT, three="goal:3", twelve="goal:12")
    answer = asked(view_of, claims, Request(DAY, thing="t:projet", goals=("ODD 12",)))
    assert found(answer).keys() == {"t:twelve"}
    assert [goal.id for goal in answer.question.goals] == ["goal:12"]


def test_the_same_question_has_the_same_answer_in_any_order_of_ingestion(view_of: ViewOf) -> None:
    goals = project(tie(AIMS_AT, "t:projet", "goal:12"), tie(ACTS_IN, "t:projet", "commune:38185"))
    told: list[tuple[str, list[Claim]]] = [
        ("sol", ground()),
        ("projets", goals),
        ("a", alliances(AIMS_AT, x="goal:12", y="goal:12")),
        ("b", [node("t:x", ALLIANCE, lesson="Commencer petit."), tie(USES, "t:y", "lever:data")]),
    ]
    answers = [
        alike(view_of(*order), Request(DAY, thing="t:projet"))
        for order in (told, told[::-1], [(name, claims[::-1]) for name, claims in told])
    ]
    assert list(found(answers[0])) == ["t:x", "t:y"]
    assert answers[0] == answers[1] == answers[2]


# What cannot be answered ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("request_", "says"),
    [
        (Request(DAY), "Dites à quoi comparer"),
        (Request(DAY, text="  "), "Dites à quoi comparer"),
        (Request(DAY, worlds=("entreprise",)), "Rien ne dit à quoi comparer"),
        (Request(DAY, goals=("12",), limit=0), "entre 1 et"),
        (Request(DAY, text="a" * 10_000), "10000 caractères"),
    ],
)
def test_a_question_that_compares_with_nothing_says_what_to_give(
    view_of: ViewOf, request_: Request, says: str
) -> None:
    with pytest.raises(RequestError, match=says):
        alike(view_of(("sol", ground())), request_)


def test_an_unknown_project_or_place_is_said_to_be_unknown(view_of: ViewOf) -> None:
    view = view_of(("sol", ground()))
    with pytest.raises(UnknownId):
        alike(view, Request(DAY, thing="t:personne"))
    with pytest.raises(UnknownPlace):
        alike(view, Request(DAY, at="Atlantide"))


def test_what_is_no_project_is_said_to_be_what_it_is(view_of: ViewOf) -> None:
    view = view_of(("sol", ground()))
    with pytest.raises(RequestError, match="« Isère » est du genre « territoire »"):
        alike(view, Request(DAY, thing="departement:38"))


def test_where_nothing_is_alike_each_condition_that_empties_the_answer_is_told(
    view_of: ViewOf,
) -> None:
    claims = alliances(ACTS_IN, rhone="departement:69", lyon="commune:69123")
    answer = asked(view_of, claims, Request(DAY, goals=("14",), at="Isère", means=("données",)))
    assert not found(answer)
    assert [lacking.trait for lacking in answer.lacking] == [
        Trait.GOALS,
        Trait.PLACE,
        Trait.MEANS,
    ]
    assert answer.lacking[0].text == "Aucune alliance connue ne vise l'ODD 14 (14)."
    assert [(wider.place.id, wider.count) for wider in answer.wider] == [("region:84", 2)]


# On what is bundled: what the founding documents say ------------------------------------------


def test_the_alliances_like_that_of_the_cress_of_brittany_give_their_lessons(
    bundled: View,
) -> None:
    answer = alike(bundled, Request(DAY, thing="alliage:cooperations-cress-bretagne"))
    lessons = {each.id: each.lesson for each in answer.groups[Fate.WORKED] if each.lesson}
    assert lessons["alliage:alliance-dynamique"].evidence == (Evidence("exemples", "§ 19", ""),)
    assert all(each.traits for group in answer.groups.values() for each in group)
    assert "alliage:cooperations-cress-bretagne" not in found(answer)
