"""How much alike are alliances and a project, and on what does it rest?"""

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

import numpy as np

from graph.columns import Floats, Ints, Rows
from graph.model import ALLIANCE, GAVE_RISE_TO, USES, Level, Means, Term, means_lever
from graph.territories import LEVELS
from graph.view import View
from queries.goals import goal_rarity
from queries.masks import goals_in
from queries.terrain import Terrain


class Trait(Term):
    """What two alliances may have in common."""

    GOALS = "goals", "objectifs", "goals"
    """The shared goals, among those of the project, each weighing its rarity."""
    WORDS = "words", "mots de l'objet", "words of the purpose"
    PLACE = "place", "territoire", "place"
    """Ochiai's coefficient (1957) of the inhabitants of both: √(a∩b/a · a∩b/b)."""
    MEANS = "means", "moyens", "means"
    """The means that the alliance uses, offers or needs, among those of the project."""
    WORLDS = "worlds", "mondes réunis", "worlds gathered"
    """Jaccard's coefficient (1901) of the two sets of worlds."""
    ORIGIN = "origin", "origine", "origin"
    """Both came from the same call, alliance or organisation: yes or no."""
    LEVEL = "level", "échelle", "level"
    """Both act on a territory of the same level: yes or no."""
    FORM = "form", "forme", "form"
    """Both have the same form: yes or no."""


# A judgement of ours, not fitted: no data set says which alliances are alike.
WEIGHTS = MappingProxyType(
    {
        Trait.GOALS: 0.25,
        Trait.WORDS: 0.20,
        Trait.PLACE: 0.15,
        Trait.MEANS: 0.15,
        Trait.WORLDS: 0.10,
        Trait.ORIGIN: 0.05,
        Trait.LEVEL: 0.05,
        Trait.FORM: 0.05,
    }
)
# Having the level, the form or the worlds in common alone makes nobody alike.
CORE = (Trait.GOALS, Trait.WORDS, Trait.PLACE, Trait.MEANS, Trait.ORIGIN)
LEAST = 0.05
"""From where a trait counts as one in common."""
_PERIMETER = LEVELS.index(Level.PERIMETER)


class CommonWords(Protocol):
    """What two texts have in common: words of both, and what they mean where they differ."""

    @property
    def own(self) -> tuple[str, ...]:
        """The words of the one."""

    @property
    def other(self) -> tuple[str, ...]:
        """The words of the other."""

    @property
    def concept(self) -> str | None:
        """What both mean, None where the words are the same or spelt alike."""


class Words(Protocol):
    """The comparison of texts; `queries.matching.text.TextIndex` is one."""

    def similarity(self, text: str) -> Floats:
        """How alike a text and that of each node are, in [0, 1]; shape (n,)."""

    def because(self, text: str, other: str) -> Sequence[CommonWords]:
        """What two texts have in common, what counts most first."""


@dataclass(frozen=True)
class Profile:
    """What is looked for.

    Attributes:
        node: the project or alliance that it is for, None for a described one.
        goals, worlds, means: bit masks, 0 when unknown.
        places: ranks of territories.
        form: index into `AllianceType`, -1 when unknown.
        origins: the ordinals of what it came from.
        text: the words of its purpose.
    """

    node: int | None
    goals: int
    places: Ints
    worlds: int
    means: int
    form: int
    origins: Ints
    text: str


def alliances_like(
    view: View, ground: Terrain, profile: Profile, words: Words | None
) -> tuple[Ints, dict[Trait, Floats]]:
    """The alliances, and each trait that the profile has, in [0, 1]; shape (alliances,).

    What is not known of an alliance adds nothing to its likeness.
    """
    alliances = view.of_kind(ALLIANCE)
    alliances = alliances[alliances != profile.node] if profile.node is not None else alliances
    found: dict[Trait, Floats] = {}
    if profile.goals:
        found[Trait.GOALS] = _goals(view, profile.goals, alliances)
    if profile.text and words is not None:
        found[Trait.WORDS] = words.similarity(profile.text)[alliances]
    if len(profile.places):
        places = Places(ground.declared, alliances)
        found[Trait.PLACE] = places.overlap(view, profile.places)
        found[Trait.LEVEL] = places.same_level(view, profile.places)
    if profile.means:
        common = means_of(view)[alliances] & profile.means
        found[Trait.MEANS] = _popcount(common) / profile.means.bit_count()
    if profile.worlds:
        theirs = ground.worlds[alliances]
        union = np.maximum(_popcount(theirs | profile.worlds), 1)
        found[Trait.WORLDS] = _popcount(theirs & profile.worlds) / union
    if len(profile.origins):
        born = view.ties[GAVE_RISE_TO]
        same = born.end[np.isin(born.start, profile.origins)]
        found[Trait.ORIGIN] = np.isin(alliances, same).astype(np.float64)
    if profile.form >= 0:
        found[Trait.FORM] = (view.form[alliances] == profile.form).astype(np.float64)
    return alliances, found


def scores(traits: dict[Trait, Floats], count: int) -> Floats:
    """The weighted mean of the traits that the profile has; shape (alliances,)."""
    total = sum(WEIGHTS[trait] for trait in traits)
    found = np.zeros(count)
    for trait in WEIGHTS:
        if trait in traits:
            found += WEIGHTS[trait] / total * traits[trait]
    return found


def _popcount(bits: Ints) -> Ints:
    return np.asarray(np.bitwise_count(bits), dtype=np.int64)


def _goals(view: View, asked: int, alliances: Ints) -> Floats:
    rarity = goal_rarity(view)
    shared = np.zeros(len(alliances))
    for number in goals_in(asked):
        shared += rarity[number - 1] * ((view.goals[alliances] >> (number - 1) & 1) > 0)
    return np.asarray(shared / sum(rarity[number - 1] for number in goals_in(asked)))


def means_of(view: View) -> Ints:
    """The means that each node uses, offers or needs; bit mask over `Means`; shape (n,)."""
    found = view.offers.astype(np.int64) | view.needs
    bit = np.zeros(len(view), dtype=np.int64)
    for index, means in enumerate(Means):
        lever = view.ordinal(means_lever(means))
        if lever is not None:
            bit[lever] = 1 << index
    used = view.ties[USES]
    np.bitwise_or.at(found, used.start, bit[used.end])
    return found


class Places:
    """The territories of some alliances, a line for each."""

    def __init__(self, declared: Rows, alliances: Ints) -> None:
        rows = [declared[alliance] for alliance in alliances.tolist()]
        self._count = len(alliances)
        self._owner = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
        self._rank = np.concatenate([*rows, np.zeros(0, dtype=np.int64)]).astype(np.int64)

    def overlap(self, view: View, asked: Ints) -> Floats:
        """The overlap of the two that overlap most; shape (alliances,)."""
        found = np.zeros(self._count)
        for place in asked.tolist():
            inside, covered = view.territories.shares(place)
            np.maximum.at(found, self._owner, np.sqrt(inside * covered)[self._rank])
        return found

    def same_level(self, view: View, asked: Ints) -> Floats:
        """Whether one of its territories has the level of one that is asked."""
        level = view.territories.level
        # Perimeters are of any size: to be one tells nothing of the scale.
        levels = [one for one in level[asked].tolist() if one >= 0 and one != _PERIMETER]
        found = np.zeros(self._count)
        np.maximum.at(found, self._owner, np.isin(level[self._rank], levels).astype(np.float64))
        return found
