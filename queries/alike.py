"""Which alliances are like this project, those that worked and those that stopped?"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from graph.columns import Floats, Ints
from graph.errors import RequestError
from graph.model import (
    AllianceType,
    Outcome,
    Phase,
)
from graph.view import View
from queries.alike_request import Question, Request, question_of, understand
from queries.answers import Named
from queries.eligibility import catalysts_of
from queries.fates import Fate, Said, fate_of, is_over, said_of
from queries.goals import goals_named
from queries.likeness import (
    CORE,
    LEAST,
    Places,
    Profile,
    Trait,
    Words,
    alliances_like,
    scores,
)
from queries.likeness_reasons import Comparison, Likeness
from queries.masks import goals_in, means_in
from queries.presence import presence
from queries.terrain import Terrain, terrain
from queries.things import named
from queries.wider import Wider, widened


@dataclass(frozen=True, slots=True)
class Alike:
    """An alliance like the project.

    Attributes:
        likeness: in [0, 1], the weighted mean of the traits that the project has.
        outcome, result, exit_reason, lesson: as the sources say; None where they do not.
        over: whether it has ended.
    """

    id: str
    name: str
    form: AllianceType | None
    phase: Phase | None
    started: str | None
    ended: str | None
    over: bool
    fate: Fate
    outcome: Outcome | None
    outcome_said: Said | None
    result: Said | None
    exit_reason: Said | None
    lesson: Said | None
    likeness: float
    traits: tuple[Likeness, ...]


@dataclass(frozen=True, slots=True)
class Lacking:
    """A condition that no alliance satisfies."""

    trait: Trait
    text: str


@dataclass(frozen=True, slots=True)
class Alikes:
    """The answer.

    Attributes:
        groups: by fate, each at most `limit` alliances, the most alike first.
        counts: all that are alike, by fate.
        considered: alliances looked at.
        lacking: what no alliance has in common with the project.
        wider: where none acts in the place, territories around it with how many act there.
        catalysts: where none is alike, the territorial catalysts of the place.
    """

    question: Question
    groups: dict[Fate, tuple[Alike, ...]]
    counts: dict[Fate, int]
    considered: int
    lacking: tuple[Lacking, ...]
    wider: tuple[Wider, ...]
    catalysts: tuple[Named, ...]


def alike(view: View, request: Request, words: Words | None = None) -> Alikes:
    """The alliances that are like a project or an alliance, by what became of them.

    An alliance is alike by a goal, a word, a place, a means or an origin in common; its worlds, its
    level and its form count besides. See `queries.likeness.WEIGHTS`.

    Args:
        view: the graph.
        request: what is asked.
        words: compares texts; without it, texts count for nothing.

    Raises:
        RequestError: there is nothing to compare with.
        UnknownPlace, AmbiguousPlace, UnknownTerm, UnknownId, AmbiguousName: see their sentences.
    """
    ground = terrain(view)
    profile = understand(view, ground, request)
    alliances, traits = alliances_like(view, ground, profile, words)
    if not any(trait in traits for trait in CORE):
        raise RequestError(
            "Rien ne dit à quoi comparer : ajoutez un objectif (--goal), un territoire (--at), un "
            "moyen (--need) ou des mots (--text)."
        )
    near = np.zeros(len(alliances), dtype=np.bool_)
    for trait in CORE:
        if trait in traits:
            near |= traits[trait] >= LEAST
    likeness = scores(traits, len(alliances))
    order = np.flatnonzero(near)
    order = order[np.lexsort((alliances[order], -likeness[order]))]
    groups, counts = _groups(
        view, request, Comparison(view, ground, profile, words), order, alliances, likeness, traits
    )
    lacking = tuple(_lacking(view, profile, traits))
    wider: tuple[Wider, ...] = ()
    if any(each.trait is Trait.PLACE for each in lacking):
        wider = _wider(view, ground, profile, alliances)
    catalysts = () if len(order) else _catalysts(view, profile)
    question = question_of(view, profile, request)
    return Alikes(question, groups, counts, len(alliances), lacking, wider, catalysts)


def _groups(
    view: View,
    request: Request,
    comparison: Comparison,
    order: Ints,
    alliances: Ints,
    likeness: Floats,
    traits: dict[Trait, Floats],
) -> tuple[dict[Fate, tuple[Alike, ...]], dict[Fate, int]]:
    counts: Counter[Fate] = Counter()
    groups: dict[Fate, list[Alike]] = {fate: [] for fate in Fate}
    for position in order.tolist():
        node = int(alliances[position])
        fate = fate_of(view.describe(node), request.day)
        counts[fate] += 1
        if len(groups[fate]) < request.limit:
            values = {trait: float(column[position]) for trait, column in traits.items()}
            found = tuple(comparison.likenesses(node, values))
            groups[fate].append(_alike(view, node, request.day, float(likeness[position]), found))
    return (
        {fate: tuple(found) for fate, found in groups.items()},
        {fate: counts[fate] for fate in Fate},
    )


def _alike(
    view: View, node: int, day: date, likeness: float, traits: tuple[Likeness, ...]
) -> Alike:
    told, claims = view.describe(node), view.claims(node)
    said = told.properties
    form, phase = int(view.form[node]), int(view.phase[node])
    return Alike(
        told.key,
        told.name,
        tuple(AllianceType)[form] if form >= 0 else None,
        tuple(Phase)[phase] if phase >= 0 else None,
        _text(said.get("started")),
        _text(said.get("ended")),
        is_over(told, day),
        fate_of(told, day),
        next((outcome for outcome in Outcome if outcome == said.get("outcome")), None),
        said_of(said, claims, "outcome"),
        said_of(said, claims, "result"),
        said_of(said, claims, "exit_reason"),
        said_of(said, claims, "lesson"),
        round(likeness, 4),
        traits,
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _lacking(view: View, profile: Profile, traits: dict[Trait, Floats]) -> Sequence[Lacking]:
    """The conditions that no alliance satisfies, in words."""
    goals = goals_in(profile.goals)
    one = "ne vise" if len(goals) < 2 else "ne vise l'un de ces objectifs :"
    means = ", ".join(means.fr for means in means_in(profile.means))
    places = ", ".join(view.names[view.territory_of(rank)] for rank in profile.places.tolist())
    texts = {
        Trait.GOALS: f"{one} {goals_named(view, goals)}" if goals else "",
        Trait.WORDS: "n'a un objet aux mots proches",
        Trait.PLACE: f"n'agit à cette échelle, ici : {places}",
        Trait.MEANS: f"ne dit mettre en jeu l'un de ces moyens : {means}",
        Trait.ORIGIN: "n'a la même origine",
    }
    return [
        Lacking(trait, f"Aucune alliance connue {texts[trait]}.")
        for trait in CORE
        if trait in traits and not (traits[trait] >= LEAST).any()
    ]


def _wider(view: View, ground: Terrain, profile: Profile, alliances: Ints) -> tuple[Wider, ...]:
    places = Places(ground.declared, alliances)

    def acting(rank: int) -> int:
        return int((places.overlap(view, np.array([rank])) >= LEAST).sum())

    return widened(view, int(profile.places[0]), acting, known=0)


def _catalysts(view: View, profile: Profile) -> tuple[Named, ...]:
    if not len(profile.places):
        return ()
    here = presence(view, int(profile.places[0]))
    return tuple(named(view, node) for node in catalysts_of(view, here))
