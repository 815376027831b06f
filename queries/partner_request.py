"""A search for partners, as a person put it and as it was understood."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from graph.columns import Ints, Mask
from graph.errors import RequestError
from graph.model import ACTS_IN, MEMBER_OF, ORGANISATION, REPLACED_BY, SEATED_IN, Means, World
from graph.once import Once
from graph.view import View, once_a_view
from queries import terms
from queries.answers import Named
from queries.masks import goals_in, means_in
from queries.matching.goals_in_text import GoalInText
from queries.matching.goals_in_text import goals_in as goals_in_text
from queries.matching.weights import OTHER_WORLD
from queries.places import Place, place_of, resolve_place
from queries.presence import Presence, presence
from queries.spots import Box
from queries.things import goal_named, named, resolve_thing, whereabouts
from queries.wording import listed, quoted

_MOST = 500
_GREATEST_DIFFERENCE = 2.0
_LONGEST_TEXT = 20_000
_MEANS = tuple(Means)


@dataclass(frozen=True, slots=True)
class Request:
    """The question as a person put it; see `understand`.

    Attributes:
        text: the project in free words.
        difference: what an organisation of another world counts, from 1 (no matter) to 2.
        embeddings: compare purposes as sentence embeddings too (an optional extra).
        seats: only organisations whose spot on the map lies in this box.
    """

    at: str | None = None
    goals: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    organisation: str | None = None
    worlds: tuple[str, ...] = ()
    limit: int = 10
    text: str = ""
    difference: float = OTHER_WORLD
    embeddings: bool = False
    seats: Box | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """The question as it was understood, with resolved ids.

    Attributes:
        goals: those that were stated, else those of the organisation, else those of the text.
        goals_in_text: the goals that the text speaks of, with the words that say so.
    """

    place: Place
    goals: tuple[Named, ...]
    needs: tuple[Means, ...]
    offers: tuple[Means, ...]
    organisation: Named | None
    worlds: tuple[World, ...]
    limit: int
    text: str = ""
    goals_in_text: tuple[GoalInText, ...] = ()
    difference: float = OTHER_WORLD
    embeddings: bool = False
    seats: Box | None = None


@dataclass(frozen=True, eq=False)
class Search:
    """A question in ordinals and masks, and what was computed for it over all nodes.

    Each is itself alone, and holds what is derived from it in `once`.
    """

    question: Question
    rank: int
    me: int | None
    needs: int
    offers: int
    goals: int
    here: Presence
    goals_of: Ints
    once: Once = field(default_factory=Once, repr=False)


def has_profile(request: Request) -> bool:
    """Whether it asks for someone: an organisation, or a project that is described."""
    said = request.organisation, request.goals, request.needs, request.offers, request.text.strip()
    return any(said)


def understand(view: View, request: Request) -> Search:
    """Resolve the words of a request, completed by what is known of the actor it is for.

    Raises:
        RequestError: it contradicts itself or lacks a place.
        UnknownPlace, AmbiguousPlace, UnknownTerm, UnknownId, AmbiguousName: see their sentences.
    """
    me = None
    if request.organisation:
        me = resolve_thing(view, request.organisation, [ORGANISATION])
    _check(request)
    if me is not None and ceased(view)[me]:
        raise RequestError(_no_longer(view, me))
    return _search(view, request, me, *_place(view, request, me))


def asked_by(view: View, search: Search, me: int) -> Search:
    """The search of an organisation that is known and exists, in the place of another search."""
    request = Request(organisation=view.keys[me])
    return _search(view, request, me, search.rank, search.question.place)


def _search(view: View, request: Request, me: int | None, rank: int, place: Place) -> Search:
    goals = sorted({terms.goal(text) for text in request.goals})
    needs = {terms.means(text) for text in request.needs}
    offers = {terms.means(text) for text in request.offers}
    if me is not None:
        # What is known of the actor completes what the person did not say.
        needs = needs or set(means_in(int(view.needs[me])))
        offers = offers or set(means_in(int(view.offers[me])))
        goals = goals or goals_in(int(all_goals(view)[me]))
    spoken = tuple(goals_in_text(request.text))
    goals = goals or sorted(each.goal for each in spoken)
    question = Question(
        place,
        tuple(goal_named(view, number) for number in goals),
        tuple(m for m in _MEANS if m in needs),
        tuple(m for m in _MEANS if m in offers),
        named(view, me) if me is not None else None,
        tuple(dict.fromkeys(terms.world(text) for text in request.worlds)),
        request.limit,
        request.text.strip(),
        spoken,
        request.difference,
        request.embeddings,
        request.seats,
    )
    return Search(
        question,
        rank,
        me,
        _bits(question.needs),
        _bits(question.offers),
        sum(1 << (number - 1) for number in goals),
        presence(view, rank),
        all_goals(view),
    )


def _check(request: Request) -> None:
    if not 1 <= request.limit <= _MOST:
        raise RequestError(f"Le nombre de réponses doit être entre 1 et {_MOST}.")
    if not 1 <= request.difference <= _GREATEST_DIFFERENCE:
        raise RequestError("La différence des mondes se règle de 1 (indifférente) à 2.")
    if len(request.text) > _LONGEST_TEXT:
        most = f"{_LONGEST_TEXT:,}".replace(",", " ")
        raise RequestError(f"Décrivez le projet en {most} caractères au plus.")


@once_a_view
def ceased(view: View) -> Mask:
    """What has ended, or was replaced by another; shape (n,), not to be changed."""
    found = view.ended.copy()
    replaced = view.ties[REPLACED_BY]
    found[replaced.start[replaced.until == 0]] = True
    found.flags.writeable = False
    return found


def _no_longer(view: View, me: int) -> str:
    """That an organisation has ended, when, and what replaced it."""
    day = int(view.stopped[me])
    when = f" depuis {day // 10_000}" if day else ""
    heirs = [int(node) for node in view.ties[REPLACED_BY].ends_of(me) if not ceased(view)[node]]
    told = f"{quoted(view.names[me])} n'existe plus{when}"
    if not heirs:
        return f"{told} : demandez pour une organisation qui existe, ou décrivez le projet."
    names = listed([f"{quoted(view.names[heir])} ({view.keys[heir]})" for heir in heirs])
    return f"{told}, et a pour suite {names} : demandez pour {_it(heirs)}."


def _it(heirs: Sequence[int]) -> str:
    return "celle-ci" if len(heirs) == 1 else "l'une d'elles"


def _place(view: View, request: Request, me: int | None) -> tuple[int, Place]:
    if request.at:
        return resolve_place(view, request.at)
    if me is None:
        raise RequestError("Dites où : donnez un territoire (--at), ou une organisation (--for).")
    territory = whereabouts(view, me, (ACTS_IN, SEATED_IN))
    if territory is not None:
        rank = view.territories.rank(territory)
        return rank, place_of(view, rank)
    raise RequestError(
        f"Nous ne savons pas où agit « {view.names[me]} » : ajoutez un territoire (--at)."
    )


def _bits(means: Sequence[Means]) -> int:
    return sum(1 << _MEANS.index(m) for m in means)


@once_a_view
def all_goals(view: View) -> Ints:
    """The goals of each node, with those of the alliances that it takes part in."""
    members = view.ties[MEMBER_OF]
    goals = np.array(view.goals)
    np.bitwise_or.at(goals, members.start, view.goals[members.end])
    goals.flags.writeable = False
    return goals
