"""What is the project that alliances are compared with, as a person put it?"""

from dataclasses import dataclass
from datetime import date

import numpy as np

from graph.columns import Ints
from graph.errors import RequestError
from graph.model import ALLIANCE, GAVE_RISE_TO, KINDS, PROJECT, AllianceType, Means, World
from graph.view import View
from queries import terms
from queries.answers import Named
from queries.likeness import Profile, means_of
from queries.masks import goals_in, mask_of, means_in, worlds_in
from queries.places import Place, place_of, resolve_place
from queries.terrain import Terrain
from queries.things import goal_named, named, resolve_thing
from queries.wording import quoted

_MOST = 500
_LONGEST = 5000


@dataclass(frozen=True, slots=True)
class Request:
    """The question as a person put it; what is said replaces what is known of the thing.

    Attributes:
        thing: a project or an alliance, by its id or its name.
        day: on which it is said what has ended.
        limit: of each group.
    """

    day: date
    thing: str | None = None
    goals: tuple[str, ...] = ()
    at: str | None = None
    means: tuple[str, ...] = ()
    worlds: tuple[str, ...] = ()
    text: str = ""
    limit: int = 5


@dataclass(frozen=True, slots=True)
class Question:
    """The question as it was understood, with what is known of the thing that it is for."""

    thing: Named | None
    places: tuple[Place, ...]
    goals: tuple[Named, ...]
    means: tuple[Means, ...]
    worlds: tuple[World, ...]
    form: AllianceType | None
    text: str
    day: str
    limit: int


def _check(request: Request) -> None:
    if not 1 <= request.limit <= _MOST:
        raise RequestError(f"Le nombre de réponses doit être entre 1 et {_MOST}.")
    if len(request.text) > _LONGEST:
        raise RequestError(
            f"Le texte a {len(request.text)} caractères : gardez-en l'essentiel, {_LONGEST} au "
            "plus."
        )
    said = (request.thing, request.at, request.text.strip())
    if not any((*said, *request.goals, *request.means, *request.worlds)):
        raise RequestError(
            "Dites à quoi comparer : un projet ou une alliance (--for), ou bien des objectifs "
            "(--goal), un territoire (--at), des moyens (--need), des mots (--text)."
        )


def understand(view: View, ground: Terrain, request: Request) -> Profile:
    """What is known of the thing, and what was said in its place.

    Raises:
        RequestError: nothing is said, a number or a text is out of range.
        UnknownPlace, AmbiguousPlace, UnknownTerm, UnknownId, AmbiguousName: see their sentences.
    """
    _check(request)
    node = _thing(view, request.thing) if request.thing else None
    goals = {terms.goal(text) for text in request.goals}
    means = mask_of(Means, {terms.means(text) for text in request.means})
    worlds = mask_of(World, {terms.world(text) for text in request.worlds})
    nowhere: Ints = np.zeros(0, dtype=np.int64)
    places = np.array([resolve_place(view, request.at)[0]]) if request.at else nowhere
    asked = Profile(
        node, sum(1 << (n - 1) for n in goals), places, worlds, means, -1, nowhere, request.text
    )
    return asked if node is None else _completed(view, ground, node, asked)


def _thing(view: View, text: str) -> int:
    node = view.ordinal(text.strip())
    if node is not None and not any(view.is_kind(node, kind) for kind in (PROJECT, ALLIANCE)):
        raise RequestError(
            f"{quoted(view.names[node])} est du genre « {KINDS[view.kind[node]].fr} » : donnez un "
            "projet ou une alliance, ou décrivez ce que vous cherchez."
        )
    return resolve_thing(view, text, (PROJECT, ALLIANCE))


def _completed(view: View, ground: Terrain, node: int, asked: Profile) -> Profile:
    described = view.describe(node)
    purpose = described.properties.get("purpose")
    return Profile(
        node,
        asked.goals or int(view.goals[node]),
        asked.places if len(asked.places) else np.unique(ground.known[node]),
        asked.worlds or int(ground.worlds[node]),
        asked.means or int(means_of(view)[node]),
        int(view.form[node]),
        view.ties[GAVE_RISE_TO].starts_of(node),
        asked.text or "\n".join(filter(None, (described.name, str(purpose or "")))),
    )


def question_of(view: View, profile: Profile, request: Request) -> Question:
    """The question as it was understood."""
    return Question(
        named(view, profile.node) if profile.node is not None else None,
        tuple(place_of(view, rank) for rank in profile.places.tolist()),
        tuple(goal_named(view, number) for number in goals_in(profile.goals)),
        tuple(means_in(profile.means)),
        tuple(worlds_in(profile.worlds)),
        tuple(AllianceType)[profile.form] if profile.form >= 0 else None,
        request.text,
        request.day.isoformat(),
        request.limit,
    )
