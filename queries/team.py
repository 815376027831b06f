"""Which small group of different worlds could take up this challenge here, and who convenes?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from graph.errors import RequestError
from graph.model import NEEDS, OFFERS, Means, World
from graph.store import StoredTie
from graph.view import View
from queries import partner_request
from queries.answers import Fact, Named, Reason, ReasonKind, evidence_of, reason_of
from queries.covering import Candidate, best_set
from queries.eligibility import Advice, advice, catalysts_of, eligible
from queries.masks import goals_in, means_in
from queries.partner_grounds import joining, met
from queries.partner_reasons import goal_reasons, means_reason
from queries.partner_request import Question, Search, understand
from queries.partner_scores import DIRECT
from queries.presence import place_reason
from queries.things import named, place_name
from queries.wording import listed

_SIZES = range(3, 7)
_MEANS = tuple(Means)
_FIRST_GOAL = len(_MEANS)  # bits: the seven means, then the goals


@dataclass(frozen=True, slots=True)
class Request:
    """The question as a person put it.

    Attributes:
        size: how many members; None for the smallest group that covers as much as the largest.
        organisation: one that is in the group in any case.
    """

    at: str | None = None
    goals: tuple[str, ...] = ()
    organisation: str | None = None
    worlds: tuple[str, ...] = ()
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """One of the group: what it brings to the others, what it receives from them.

    Attributes:
        goals: those of the challenge that it aims at.
        brings: the means that it offers.
        receives: the means that it needs and another member offers.
    """

    id: str
    name: str
    world: World | None
    place: str | None
    goals: tuple[Named, ...]
    brings: tuple[Means, ...]
    receives: tuple[Means, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Convener:
    """The catalyst who could bring the group together.

    Attributes:
        knows: the other members that it worked with already.
    """

    id: str
    name: str
    knows: tuple[Named, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Team:
    """The group, what it leaves uncovered, and who could convene it.

    Attributes:
        missing_goals, missing_means: what none of the group covers.
        convener: None when no catalyst of the place is known.
        considered: organisations here that aim at one of the goals or offer a means.
        advice: what to change, when there is no group of three.
    """

    question: Question
    members: tuple[Member, ...]
    missing_goals: tuple[Named, ...]
    missing_means: tuple[Means, ...]
    convener: Convener | None
    considered: int
    advice: Advice | None


def team(view: View, request: Request) -> Team:
    """A group of three to six organisations that covers the goals and the seven means.

    The group covers the most goals and means; of such groups it is one where the most needs are
    met by another member, then one of the most worlds, then the nearest to the place
    (`queries.covering`: exact). Only what a source states counts as covered.

    Raises:
        RequestError: no goal, no place, or a size out of 3 to 6.
        UnknownPlace, AmbiguousPlace, UnknownTerm, UnknownId, AmbiguousName: see their sentences.
    """
    if request.size is not None and request.size not in _SIZES:
        raise RequestError("Un groupe compte de 3 à 6 membres (--size 3 à 6).")
    if not request.at and not request.organisation:
        raise RequestError("Dites où : donnez un territoire (--at), ou une organisation (--with).")
    asked = partner_request.Request(
        request.at, request.goals, (), (), request.organisation, request.worlds
    )
    search = understand(view, asked)
    if not search.goals:
        raise RequestError("Dites pour quels objectifs : donnez au moins un ODD (--goal 1 à 17).")
    nodes, candidates = _candidates(view, search)
    kept = [] if search.me is None else [nodes.index(search.me)]
    chosen = _smallest(candidates, request.size, kept)
    members = [nodes[i] for i in chosen]
    covered = 0
    for i in chosen:
        covered |= candidates[i].covers
    question = search.question
    return Team(
        question,
        tuple(_member(view, search, node, members) for node in members),
        tuple(g for g in question.goals if not covered & _goal_bit(_number(g))),
        tuple(means_in(~covered)),
        _convener(view, search, members),
        len(candidates),
        advice(view, search) if len(members) < _SIZES[0] else None,
    )


def _candidates(view: View, search: Search) -> tuple[list[int], list[Candidate]]:
    """Who is here and covers something of the challenge, ascending; the asker in any case.

    Not a group that the sources name without its members: it cannot sit at a table.
    """
    # Whom the asker works with already may be in the group: it is no new pair that is looked for.
    here, _ = eligible(view, replace(search, me=None))
    here = here[~view.collective[here]]
    if search.me is not None:
        here = np.union1d(here, [search.me])
    nodes: list[int] = []
    candidates: list[Candidate] = []
    for node in here.tolist():
        goals = sum(_goal_bit(n) for n in goals_in(search.goals & int(search.goals_of[node])))
        gives, needs = int(view.offers[node]), int(view.needs[node])
        if goals or gives or node == search.me:
            nodes.append(node)
            near = float(search.here.nearness[node])
            candidates.append(Candidate(goals | gives, gives, needs, int(view.world[node]), near))
    return nodes, candidates


def _smallest(candidates: Sequence[Candidate], size: int | None, kept: Sequence[int]) -> list[int]:
    """The best group of that size; without one, the smallest that covers as much as six do."""
    if size is not None:
        return best_set(candidates, size, kept)
    largest = best_set(candidates, _SIZES[-1], kept)
    for smaller in _SIZES[:-1]:
        group = best_set(candidates, smaller, kept)
        if _coverage(candidates, group) == _coverage(candidates, largest):
            return group
    return largest


def _coverage(candidates: Sequence[Candidate], group: Sequence[int]) -> int:
    covered = 0
    for i in group:
        covered |= candidates[i].covers
    return covered.bit_count()


def _goal_bit(number: int) -> int:
    return 1 << (_FIRST_GOAL + number - 1)


def _number(goal: Named) -> int:
    return int(goal.id.partition(":")[2])


def _member(view: View, search: Search, node: int, members: Sequence[int]) -> Member:
    given = 0
    for other in members:
        if other != node:
            given |= int(view.offers[other])
    brings = tuple(means_in(int(view.offers[node])))
    receives = tuple(means_in(int(view.needs[node]) & given))
    aims = goals_in(search.goals & int(search.goals_of[node]))
    reasons = [
        *(means_reason(view, node, OFFERS, m, ReasonKind.GIVEN, "Apporte") for m in brings),
        *(means_reason(view, node, NEEDS, m, ReasonKind.RECEIVED, "Reçoit") for m in receives),
        *goal_reasons(view, search, node, "Vise"),
        place_reason(view, search.here, node, search.question.place.name),
    ]
    return Member(
        view.keys[node],
        view.names[node],
        view.world_of(node),
        place_name(view, node),
        tuple(g for g in search.question.goals if _number(g) in aims),
        brings,
        receives,
        tuple(reason for reason in reasons if reason is not None),
    )


def _convener(view: View, search: Search, members: Sequence[int]) -> Convener | None:
    """Of the catalysts here the one in contact with most members, then the nearest to the place."""
    catalysts = catalysts_of(view, search.here)
    if not catalysts or not members:
        return None
    known = {c: {n: ties for n in members if (ties := _known(view, c, n))} for c in catalysts}
    best = max(
        catalysts, key=lambda c: (len(known[c].keys() | {c} & {*members}), -catalysts.index(c))
    )
    return Convener(
        view.keys[best],
        view.names[best],
        tuple(named(view, node) for node in known[best]),
        (
            _contact_reason(view, best, known[best], member=best in members),
            place_reason(view, search.here, best, search.question.place.name),
        ),
    )


def _known(view: View, catalyst: int, node: int) -> list[StoredTie]:
    """By what two know each other: a tie between them, else the first alliance of both."""
    if node == catalyst:
        return []
    return joining(view, catalyst, node, DIRECT) or met(view, catalyst, node)


def _contact_reason(
    view: View, catalyst: int, known: Mapping[int, list[StoredTie]], *, member: bool
) -> Reason:
    """By what a catalyst knows the members, with the evidence of each tie."""
    if not known:
        here, others = ("d'ici, qui en est", "les autres") if member else ("d'ici", "les membres")
        text = f"Catalyseur {here} ; aucun contact connu avec {others} : à vérifier."
        claims = [c for c in view.claims(catalyst) if "roles" in c.properties]
        facts = (Fact(view.keys[catalyst], "roles"),)
        return Reason(ReasonKind.FUNCTION, text, evidence_of(claims), to_check=True, facts=facts)
    text = f"A déjà travaillé avec {listed([view.names[node] for node in known])}."
    return reason_of(ReasonKind.PATH, text, [tie for ties in known.values() for tie in ties])
