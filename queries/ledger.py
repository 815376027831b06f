"""Where each thing is counted, once: so that the numbers of territories add up to the whole.

A thing that has a place is counted there: an organisation at its seat, another thing where it says
that it acts. An alliance that says no place is shared out in equal parts among those who take part
in it, as bibliometrics shares out a paper among its addresses (fractional counting, Waltman and
van Eck 2015, doi:10.1016/j.joi.2015.08.001). What has no known place is counted as such.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from graph.columns import Array, Floats, Ints, Mask
from graph.model import (
    ALLIANCE,
    CALL,
    CARRIES,
    FOUNDED,
    KINDS,
    MEMBER_OF,
    ORGANISATION,
    PROJECT,
    RUNS,
    Kind,
    Level,
)
from graph.territories import LEVELS
from graph.view import View, once_a_view
from queries.presence import WHOLE
from queries.terrain import Terrain, terrain

_FORMAT = 1  # of the ledger of a view; a change makes new ones
COUNTED = (ORGANISATION, ALLIANCE, PROJECT, CALL)
_NEVER = 99_999_999  # a day after all days
TAKING_PART = (MEMBER_OF, FOUNDED, RUNS, CARRIES)


@dataclass(frozen=True)
class Ledger:
    """The entries of all things that are counted.

    Attributes:
        home: for each node the rank of its territory, -1 where it has none; shape (n,).
        thing, rank, weight: an entry each: the node, the rank of the territory where it is counted
            (-1: not placed) and how much of it is; the weights of a thing add up to 1; shape (e,).
    """

    home: Ints
    thing: Ints
    rank: Ints
    weight: Floats


@dataclass(frozen=True)
class Taking:
    """Who takes part in which alliance or project: member, founder, runner or carrier, each once.

    Attributes:
        organisation, alliance: node ordinals, sorted by alliance, then organisation; shape (m,).
        since, until: days as YYYYMMDD, the first and the last of several ties, 0 when not known;
            shape (m,).
    """

    organisation: Ints
    alliance: Ints
    since: Ints
    until: Ints


@once_a_view
def ledger(view: View) -> Ledger:
    """The ledger of a view; made once per generation."""
    found = view.derived(f"ledger-{_FORMAT}", lambda: _made(view))
    return Ledger(found["home"], found["thing"], found["rank"], found["weight"])


@once_a_view
def taking(view: View) -> Taking:
    """The participations of a view; made once per generation."""
    columns = [view.ties[tie] for tie in TAKING_PART]
    start, end, since, until = (
        np.concatenate([getattr(each, name) for each in columns]).astype(np.int64)
        for name in ("start", "end", "since", "until")
    )
    kept = of_kinds(view, start, ORGANISATION) & of_kinds(view, end, ALLIANCE, PROJECT)
    start, end, since, until = start[kept], end[kept], since[kept], until[kept]
    pairs, which = np.unique(end * len(view) + start, return_inverse=True)
    first = np.full(len(pairs), _NEVER)
    np.minimum.at(first, which, np.where(since > 0, since, _NEVER))
    last = np.zeros(len(pairs), dtype=np.int64)
    np.maximum.at(last, which, until)
    last[which[until == 0]] = 0  # one of its ties lasts
    return Taking(pairs % len(view), pairs // len(view), np.where(first < _NEVER, first, 0), last)


def of_kinds(view: View, nodes: Ints, *kinds: Kind) -> Mask:
    """Whether each node is of one of these kinds."""
    return np.isin(view.kind[nodes], [KINDS.index(kind) for kind in kinds])


def inside_of(view: View, place: int) -> Mask:
    """Whether each territory lies wholly in a place; shape (territories,)."""
    return np.asarray(view.territories.shares(place)[0] > WHOLE)


def held(inside: Mask, ranks: Ints) -> Mask:
    """Whether each territory, by its rank (-1: none), is one of some."""
    return (ranks >= 0) & inside[ranks]


def within(view: View, place: int, ranks: Ints) -> Mask:
    """Whether each territory, by its rank (-1: none), lies wholly in a place."""
    return held(inside_of(view, place), ranks)


def units(view: View, places: Sequence[int]) -> Ints:
    """For each territory which of some disjoint places wholly holds it, by position, else -1.

    Shape (territories,).
    """
    extent = view.territories.extent
    of_atom = np.full(len(view.territories), -1, dtype=np.int64)
    for position, rank in enumerate(places):
        of_atom[extent[rank]] = position
    found = np.full(len(view.territories), -1, dtype=np.int64)
    filled = np.diff(extent.indptr) > 0
    starts = extent.indptr[:-1][filled]
    if len(starts):
        of_part = of_atom[extent.values]
        low, high = np.minimum.reduceat(of_part, starts), np.maximum.reduceat(of_part, starts)
        found[filled] = np.where(low == high, low, -1)
    found[np.asarray(places, dtype=np.int64)] = np.arange(len(places))
    return found


_BELOW = {
    Level.NATION: (Level.REGION,),
    Level.REGION: (Level.DEPARTEMENT, Level.EPCI),
    Level.DEPARTEMENT: (Level.EPCI,),
    Level.EPCI: (Level.COMMUNE,),
    Level.EPT: (Level.COMMUNE,),
    Level.COMMUNE: (Level.ARRONDISSEMENT,),
    Level.ARRONDISSEMENT: (),
    Level.PERIMETER: (Level.DEPARTEMENT, Level.EPCI, Level.COMMUNE),
}


def parts_of(view: View, place: int) -> list[int]:
    """The ranks of the territories one level down that lie in a place, or partly; by name.

    Of a perimeter the départements where it has two whole ones, else the intercommunalities, else
    the communes. A region of one département has the intercommunalities. Empty for the smallest.
    """
    level = LEVELS[int(view.territories.level[place])]
    inside = view.territories.shares(place)[0]
    for below in _BELOW[level]:
        mine = (view.territories.level == LEVELS.index(below)) & (inside > 0)
        mine[place] = False
        if (mine & (inside > WHOLE)).sum() >= 2 or below is _BELOW[level][-1]:
            found = np.flatnonzero(mine).tolist()
            return sorted(found, key=lambda r: (view.names[view.territory_of(r)], r))
    return []


# How it is made ------------------------------------------------------------------------------


def _made(view: View) -> dict[str, Array]:
    home = _homes(view, terrain(view))
    counted = np.flatnonzero(of_kinds(view, np.arange(len(view)), *COUNTED))
    taken = taking(view)
    shared = of_kinds(view, taken.alliance, ALLIANCE) & (home[taken.alliance] < 0)
    members = np.bincount(taken.alliance[shared], minlength=len(view))
    whole = counted[members[counted] == 0]
    among = taken.alliance[shared]
    thing = np.concatenate([whole, among])
    rank = np.concatenate([home[whole], home[taken.organisation[shared]]])
    weight = np.concatenate([np.ones(len(whole)), 1 / members[among]])
    order = np.argsort(thing, kind="stable")
    return {"home": home, "thing": thing[order], "rank": rank[order], "weight": weight[order]}


def _homes(view: View, ground: Terrain) -> Ints:
    """One territory a thing: its seat, else the only one known, else the least around them all."""
    known = ground.known
    length = np.diff(known.indptr)
    only = np.full(len(view), -1, dtype=np.int64)
    single = length == 1
    only[single] = known.values[known.indptr[:-1][single]]
    around: dict[tuple[int, ...], int] = {}
    for node in np.flatnonzero(length > 1).tolist():
        ranks = tuple(np.unique(known[node]).tolist())
        if ranks not in around:
            around[ranks] = ranks[0] if len(ranks) == 1 else _least_around(view, ranks)
        only[node] = around[ranks]
    home = np.where(view.seat >= 0, view.seat, only)
    return np.where(of_kinds(view, np.arange(len(view)), *COUNTED), home, -1)


def _least_around(view: View, ranks: Sequence[int]) -> int:
    """The least populated territory that contains several, -1 without one."""
    covered = [view.territories.shares(rank)[1] > WHOLE for rank in ranks]
    around = np.flatnonzero(np.logical_and.reduce(covered))
    if not len(around):
        return -1
    return int(around[np.argmin(view.territories.population[around])])
