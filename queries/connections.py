"""What joins two worlds, or serves a goal, in each of some territories: counted, and listed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from graph.columns import Array, Ints, Mask
from graph.model import (
    ALLIANCE,
    FOUNDED,
    FUNDED,
    ORGANISATION,
    PROJECT,
    SUPPORTS,
    World,
)
from graph.territories import LEVELS
from graph.view import View, once_a_view
from queries.answers import Fact
from queries.ledger import Ledger, ledger, of_kinds, taking, units
from queries.masks import GOALS

_FORMAT = 1  # of what is kept of a level; a change makes new ones
_DIRECT = (FOUNDED, SUPPORTS, FUNDED)


@dataclass(frozen=True)
class Ground:
    """What is counted in u disjoint territories.

    Attributes:
        actors: organisations at home in each, by world; those that have ended are not counted;
            shape (u, worlds).
        active: the alliances and projects with somebody, or something, at home in each; shape (u,).
        goals: of those and of the organisations, how many aim at each goal; shape (u, 17).
        worlds: how many connections there are between two worlds; symmetric, shape
            (u, worlds, worlds). A connection is an alliance, a project or a direct tie with an
            organisation of either world, both at home there.
    """

    actors: Ints
    active: Ints
    goals: Ints
    worlds: Ints


def ground_of_level(view: View, level: int, ranks: Ints) -> Ground:
    """What is counted in some territories of one level, an index into `LEVELS`, by their ranks.

    That of the whole level is made once per generation; no two of its territories overlap.
    """
    places = np.flatnonzero(view.territories.level == level)

    def make() -> dict[str, Array]:
        found = ground(view, places.tolist())
        return {name: values.astype(np.int32) for name, values in vars(found).items()}

    kept = view.derived(f"ground-{_FORMAT}-{LEVELS[level].value}", make)
    return Ground(**{name: kept[name][np.searchsorted(places, ranks)] for name in kept})


def prepare_levels(view: View) -> None:
    """Make what is kept of every level, so that nobody waits for it."""
    for level in range(len(LEVELS)):
        ground_of_level(view, level, np.zeros(0, dtype=np.int64))


def ground(view: View, places: Sequence[int]) -> Ground:
    """What is counted in some disjoint territories, by their ranks."""
    known, count = ledger(view), len(places)
    unit_of = np.append(units(view, places), -1)  # the last is that of nowhere, -1
    unit = unit_of[known.home]
    mine = (unit >= 0) & of_kinds(view, np.arange(len(view)), ORGANISATION) & ~view.ended
    mine &= view.world >= 0
    width = len(World)
    actors = np.bincount(unit[mine] * width + view.world[mine], minlength=count * width)
    things, at = _present(view, known, unit_of)
    acting = of_kinds(view, things, ALLIANCE, PROJECT)
    goals = [
        np.bincount(at[(view.goals[things] >> bit & 1) > 0], minlength=count)
        for bit in range(GOALS)
    ]
    return Ground(
        actors.reshape(count, width),
        np.bincount(at[acting], minlength=count),
        np.stack(goals, axis=1),
        _between(view, unit, count),
    )


def _present(view: View, known: Ledger, unit_of: Ints) -> tuple[Ints, Ints]:
    """Each thing with each unit where some of it is counted."""
    at = unit_of[known.rank]
    here = (at >= 0) & ~(of_kinds(view, known.thing, ORGANISATION) & view.ended[known.thing])
    return _distinct(known.thing[here], at[here])


def _distinct(one: Array, other: Array) -> tuple[Ints, Ints]:
    width = int(other.max(initial=0)) + 1
    pairs = np.unique(one.astype(np.int64) * width + other)
    return pairs // width, pairs % width


def joined(view: View, unit: Ints) -> tuple[Ints, Ints, Ints]:
    """What brings organisations of one unit together: a number each, its unit, its worlds as bits.

    Args:
        view: the graph.
        unit: of each node, -1 for none; shape (n,).

    An alliance or a project bears its ordinal, a direct tie n or more: see `joining_fact`.
    """
    organisation, thing = _sides(view)
    at = unit[organisation]
    kept = (at >= 0) & (view.world[organisation] >= 0)
    organisation, thing, at = organisation[kept], thing[kept], at[kept]
    width = int(unit.max(initial=0)) + 1
    groups, which = np.unique(thing * width + at, return_inverse=True)
    worlds = np.zeros(len(groups), dtype=np.int64)
    np.bitwise_or.at(worlds, which, np.left_shift(1, view.world[organisation].astype(np.int64)))
    return groups // width, groups % width, worlds


@once_a_view
def joining(view: View) -> Mask:
    """The alliances and projects in which two organisations at least take part; shape (n,)."""
    return np.asarray(np.bincount(taking(view).alliance, minlength=len(view)) >= 2)


def joining_fact(view: View, thing: int) -> Fact:
    """What `joined` numbers, as a fact: that there is an alliance or a project, or a tie."""
    if thing < len(view):
        return Fact(view.keys[thing], "name")
    starts, ends, kinds = _direct_ties(view)
    position = thing - len(view)
    tie = _DIRECT[int(kinds[position])]
    return Fact(view.keys[int(starts[position])], tie.name, view.keys[int(ends[position])])


@once_a_view
def _direct_ties(view: View) -> tuple[Ints, Ints, Ints]:
    """The direct ties between organisations: their ends, and their kind in `_DIRECT`."""
    starts, ends, kinds = [], [], []
    for index, tie in enumerate(_DIRECT):
        columns = view.ties[tie]
        between = of_kinds(view, columns.start, ORGANISATION)
        between &= of_kinds(view, columns.end, ORGANISATION)
        starts.append(columns.start[between])
        ends.append(columns.end[between])
        kinds.append(np.full(int(between.sum()), index))
    return np.concatenate(starts), np.concatenate(ends), np.concatenate(kinds)


@once_a_view
def _sides(view: View) -> tuple[Ints, Ints]:
    """Each organisation with each thing that brings it together with others."""
    taken = taking(view)
    funded = view.ties[FUNDED]
    into = of_kinds(view, funded.start, ORGANISATION)
    into &= of_kinds(view, funded.end, ALLIANCE, PROJECT)
    start, end, _ = _direct_ties(view)
    number = len(view) + np.arange(len(start))
    organisation = np.concatenate([taken.organisation, funded.start[into], start, end])
    thing = np.concatenate([taken.alliance, funded.end[into], number, number])
    return organisation.astype(np.int64), thing.astype(np.int64)


def _between(view: View, unit: Ints, count: int) -> Ints:
    _, at, worlds = joined(view, unit)
    width = len(World)
    found = np.zeros((count, width, width), dtype=np.int64)
    for a in range(width):
        for b in range(a + 1, width):
            both = (worlds >> a & 1) & (worlds >> b & 1)
            found[:, a, b] = found[:, b, a] = np.bincount(at[both > 0], minlength=count)
    return found
