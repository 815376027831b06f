"""Which conditions does a funder or a call put to a project, and does the project satisfy them?

What is not known is not a refusal. Only what a funder or a call declares can refuse; what it
financed before can satisfy a condition, and never refuses.
"""

from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum
from functools import cached_property

import numpy as np

from graph.columns import Floats, Ints, Mask
from graph.model import Term
from graph.view import View
from queries.answers import Evidence
from queries.funders import Funder
from queries.seekers import Seekers


class ConditionKind(Term):
    """What a condition bears on."""

    PERIMETER = "perimeter", "périmètre", "perimeter"
    DATES = "dates", "dates", "dates"
    WORLD = "world", "monde", "world"
    GOALS = "goals", "objectifs", "goals"
    MEANS = "means", "moyens", "means"


class State(StrEnum):
    """Whether a condition is satisfied."""

    SATISFIED = "satisfied"
    TO_CHECK = "to_check"
    """Not known: « à vérifier »."""
    REFUSED = "refused"
    TOLD = "told"
    """A fact that counts neither for nor against."""


class Unit(StrEnum):
    """In what it is said how far off a refused condition is."""

    KM = "km"
    """Kilometres between the centres of the two territories."""
    DAYS_LATE = "days_late"
    DAYS_EARLY = "days_early"
    SHARE = "share"
    """Of the actors that have a goal of the one, the share that also has a goal of the other."""
    MEANS = "means"
    """How many means are sought and not offered."""


@dataclass(frozen=True, slots=True)
class Gap:
    """How far off a refused condition is."""

    value: float
    unit: Unit


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of a pair: its state, said in one sentence, with the evidence of both sides.

    Attributes:
        gap: how far off, where it is refused and can be measured.
    """

    kind: ConditionKind
    state: State
    text: str
    evidence: tuple[Evidence, ...]
    gap: Gap | None = None


class Judged(IntEnum):
    """A state as a number of an array; `APART` does not apply to the funder, or is only told."""

    REFUSED = -1
    UNKNOWN = 0
    SATISFIED = 1
    APART = 2


@dataclass(frozen=True)
class Judgements:
    """What the conditions of one funder say of all seekers.

    Attributes:
        states: as `Judged`, by condition; each of shape (seekers,).
    """

    funder: Funder
    seekers: Seekers
    states: dict[ConditionKind, Ints]

    @cached_property
    def rarity(self) -> Floats:
        """Of the rarest goal in common, 0 without one; shape (seekers,)."""
        return _rarest(self.funder, self.seekers)

    @cached_property
    def distance(self) -> Floats:
        """Between the nearest two centres; shape (seekers,).

        As a chord of the unit sphere, infinite when unknown.
        """
        return _distance(self.funder, self.seekers)

    def count(self, state: Judged) -> Ints:
        """How many conditions are in a state, for each seeker."""
        found, number = np.zeros(len(self.seekers), dtype=np.int64), int(state)
        for states in self.states.values():
            found += states == number
        return found


def judge(view: View, funder: Funder, seekers: Seekers) -> dict[ConditionKind, Ints]:
    """As `Judged`, what does not depend on the day: all but the dates; each of (seekers,)."""
    return {
        ConditionKind.PERIMETER: _perimeter(view, funder, seekers),
        ConditionKind.WORLD: _world(funder, seekers),
        ConditionKind.GOALS: _goals(funder, seekers),
        ConditionKind.MEANS: _means(funder, seekers),
    }


def _perimeter(view: View, funder: Funder, seekers: Seekers) -> Ints:
    # Where it has its seat counts too, and what it financed before: neither can refuse.
    inside = seekers.touched(funder.reached)
    starts = view.territories.extent.indptr
    empty = starts[funder.declared + 1] == starts[funder.declared]
    vague = not len(funder.declared) or bool(empty.any())
    unknown = seekers.unplaced | vague
    return _judged(inside, unknown)


def dates(funder: Funder, day: date) -> Judged:
    """Whether a call is open on a day; a call with an opening and no closing is permanent."""
    if not funder.is_call:
        return Judged.APART
    if funder.opens is None and funder.closes is None:
        return Judged.UNKNOWN
    early = funder.opens is not None and day < funder.opens
    late = funder.closes is not None and day > funder.closes
    return Judged.REFUSED if early or late else Judged.SATISFIED


def _world(funder: Funder, seekers: Seekers) -> Ints:
    if not funder.is_call:
        return np.full(len(seekers), Judged.APART)
    return _in_common(seekers.worlds, funder.worlds, 0)


def _goals(funder: Funder, seekers: Seekers) -> Ints:
    return _in_common(seekers.goals, funder.goals, funder.financed_goals)


def _means(funder: Funder, seekers: Seekers) -> Ints:
    return _in_common(seekers.needs, funder.offers, 0)


def _in_common(sought: Ints, declared: int, before: int) -> Ints:
    """Masks of terms: in common; unknown where one side says nothing; else refused."""
    common = (sought & (declared | before)) > 0
    unknown = (sought == 0) | (declared == 0)
    return _judged(common, unknown)


def _judged(satisfied: Mask, unknown: Mask) -> Ints:
    """Satisfied, else unknown, else refused."""
    refused, open_ = np.int8(Judged.REFUSED), np.int8(Judged.UNKNOWN)
    return np.where(satisfied, np.int8(Judged.SATISFIED), np.where(unknown, open_, refused))


def _rarest(funder: Funder, seekers: Seekers) -> Floats:
    common = seekers.goals & (funder.goals | funder.financed_goals)
    rarest = np.zeros(len(seekers))
    for index, rarity in enumerate(seekers.rarity.tolist()):
        rarest = np.where(common >> index & 1, np.maximum(rarest, rarity), rarest)
    return rarest


def _distance(funder: Funder, seekers: Seekers) -> Floats:
    """From each seeker to the nearest territory of the funder, as far as one is known."""
    before = funder.financed_in if len(funder.financed_in) else funder.known
    return seekers.distance(funder.declared if len(funder.declared) else before)
