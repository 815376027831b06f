"""What is new here: a world that serves a goal in a territory for the first time that is known.

The base rate is that of dates dealt at random: within each group of things told by the same
sources, the days are shuffled among the things (a stratified permutation test, Good 2005). A source
that begins late then makes nothing new. The number of firsts expected is exact, as that of species
in a sample (Hurlbert 1971); the interval is that of seeded shuffles.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.special import gammaln

from graph.columns import Floats, Ints, Mask
from graph.model import (
    ACTS_IN,
    ALLIANCE,
    CARRIES,
    FOUNDED,
    FUNDED,
    GAVE_RISE_TO,
    MEMBER_OF,
    PROJECT,
    RUNS,
    World,
)
from graph.view import View, once_a_view
from queries.answers import Named, Reason, ReasonKind, evidence_of
from queries.coverage import sources
from queries.goals import aim_claims
from queries.ledger import ledger, of_kinds, parts_of, units, within
from queries.masks import GOALS
from queries.places import Place, place_of
from queries.tallies import aim_fact
from queries.terrain import terrain
from queries.things import goal_named

_SHUFFLES = 200
_SEED = 17
_STARTS = 0.5  # the probability from which a first is no news: the source had hardly begun
_THINGS_SHOWN = 20
_CITED = 3
_NEVER = 99_999_999
_WORLDS = tuple(World)


@dataclass(frozen=True, slots=True)
class First:
    """A world that serves a goal in a territory for the first time that is known.

    Attributes:
        since: the first day, as precise as known (`2023`).
        chance: the probability that dates dealt at random would make it as new.
        things: alliances and projects that do, the first ones first; `count` of them there are.
    """

    world: World
    goal: Named
    place: Place
    since: str
    chance: float
    count: int
    things: tuple[str, ...]
    reason: Reason


@dataclass(frozen=True, slots=True)
class Firsts:
    """The firsts, the least likely by chance first.

    Attributes:
        observed: how many there are; expected, low, high: by chance, and the interval of 95 %.
        starts: how many of them only tell that a source begins, and are not shown.
        undated: how many cells have something without a date, and so cannot be called new.
        before, since: dated alliances and projects with a goal, before the day and since.
    """

    shown: tuple[First, ...]
    observed: int
    expected: float
    low: int
    high: int
    starts: int
    undated: int
    before: int
    since: int


@dataclass(frozen=True)
class _Cells:
    """Things in cells (world, goal, part of the place), and when.

    Attributes:
        thing: node ordinals; day: YYYYMMDD, 0 unknown; stratum: by sources; shape (t,).
        key: (cells, 3): world, goal - 1, unit; at: 0 or 1, shape (cells, t).
    """

    thing: Ints
    day: Ints
    stratum: Ints
    key: Ints
    at: sparse.csr_array


def firsts(view: View, place: int, since: int, limit: int) -> Firsts:
    """What is new in a place since a day (YYYYMMDD)."""
    parts = parts_of(view, place) or [place]
    cells = _cells(view, place, parts)
    dated = cells.day > 0
    new = cells.day >= since
    told = cells.at.astype(np.float64)
    undated = told @ (~dated).astype(np.float64) > 0
    first = ~undated & (told @ (dated & ~new).astype(np.float64) == 0)
    chance = np.where(undated, 0.0, _chance(cells, new, dated))
    low, high = _interval(cells, new, dated, undated)
    news = np.flatnonzero(first & (chance < _STARTS))
    order = news[np.lexsort((*cells.key[news].T, np.round(chance[news], 12)))]
    shown = [
        _first(view, cells, int(cell), float(chance[cell]), [*parts, place])
        for cell in order[:limit]
    ]
    return Firsts(
        tuple(shown),
        int(first.sum()),
        round(float(chance.sum()), 6),
        low,
        high,
        int((first & (chance >= _STARTS)).sum()),
        int(undated.sum()),
        int((dated & ~new).sum()),
        int(new.sum()),
    )


# The cells -----------------------------------------------------------------------------------


def _cells(view: View, place: int, parts: list[int]) -> _Cells:
    known = ledger(view)
    kept = within(view, place, known.rank) & of_kinds(view, known.thing, ALLIANCE, PROJECT)
    kept &= view.goals[known.thing] > 0
    entry = known.thing[kept]
    unit = units(view, parts)[known.rank[kept]]
    unit = np.where(unit < 0, len(parts), unit)  # in no part: in the place
    things, row = np.unique(entry, return_inverse=True)
    worlds, goals = terrain(view).worlds[entry].astype(np.int64), view.goals[entry]
    cells, columns = [], []
    for world in range(len(_WORLDS)):
        for goal in range(GOALS):
            both = (worlds >> world & 1).astype(np.bool_) & ((goals >> goal & 1) > 0)
            cells.append((world * GOALS + goal) * (len(parts) + 1) + unit[both])
            columns.append(row[both])
    codes, which = np.unique(np.concatenate(cells), return_inverse=True)
    key = np.stack(
        [
            codes // (len(parts) + 1) // GOALS,
            codes // (len(parts) + 1) % GOALS,
            codes % (len(parts) + 1),
        ],
        axis=1,
    )
    ones = np.ones(len(which))
    shape = (len(codes), len(things))
    at = sparse.csr_array((ones, (which, np.concatenate(columns))), shape=shape)
    at.data[:] = 1.0
    return _Cells(things, _days(view)[things], _strata(view, things), key, at)


@once_a_view
def _days(view: View) -> Ints:
    """The first day known of each thing: of itself, else of what was done with it; shape (n,)."""
    first = np.full(len(view), _NEVER, dtype=np.int64)
    for tie, at_end in (
        *((tie, True) for tie in (MEMBER_OF, FOUNDED, RUNS, CARRIES, FUNDED, GAVE_RISE_TO)),
        (ACTS_IN, False),
    ):
        columns = view.ties[tie]
        ends = columns.end if at_end else columns.start
        told = columns.since > 0
        np.minimum.at(first, ends[told], columns.since[told].astype(np.int64))
    first[first == _NEVER] = 0
    return np.where(view.started > 0, view.started, first)


def _strata(view: View, things: Ints) -> Ints:
    """A number for each set of sources that speak of a thing; shape (t,)."""
    spoken = sources(view)
    mine = np.isin(spoken.thing, things)
    rows = np.searchsorted(things, spoken.thing[mine])
    table = np.zeros((len(things), len(spoken.names)), dtype=np.bool_)
    table[rows, spoken.source[mine]] = True
    _, stratum = np.unique(table, axis=0, return_inverse=True)
    return stratum.ravel()


# The base rate -------------------------------------------------------------------------------


def _chance(cells: _Cells, new: Mask, dated: Mask) -> Floats:
    """The probability that all that a cell has falls on the new days; shape (cells,).

    Of each stratum C(new, c) / C(dated, c), c of the things of the cell being in it.
    """
    logarithm = np.zeros(cells.at.shape[0])
    for stratum in np.unique(cells.stratum):
        mine = (cells.stratum == stratum) & dated
        of_all, of_new = float(mine.sum()), float((mine & new).sum())
        count = cells.at @ mine.astype(np.float64)
        with np.errstate(invalid="ignore"):
            term = _log_choose(of_new, count) - _log_choose(of_all, count)
        logarithm += np.where(count > of_new, -np.inf, term)
    return np.asarray(np.exp(logarithm))


def _log_choose(n: float, k: Floats) -> Floats:
    return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(np.maximum(n - k, 0) + 1))


def _interval(cells: _Cells, new: Mask, dated: Mask, undated: Mask) -> tuple[int, int]:
    """The bounds of 95 % of the number of firsts, over seeded shuffles within strata."""
    if not len(cells.thing):
        return 0, 0
    chance = np.random.default_rng(_SEED)
    old = np.zeros((len(cells.thing), _SHUFFLES), dtype=np.float32)
    for stratum in np.unique(cells.stratum):
        mine = np.flatnonzero((cells.stratum == stratum) & dated)
        days = np.repeat((~new[mine])[:, None], _SHUFFLES, axis=1)
        old[mine] = chance.permuted(days, axis=0)
    counts = ((cells.at.astype(np.float32) @ old == 0) & ~undated[:, None]).sum(axis=0)
    low, high = np.quantile(counts, [0.025, 0.975], method="inverted_cdf")
    return int(low), int(high)


# Saying it -----------------------------------------------------------------------------------


def _first(view: View, cells: _Cells, cell: int, chance: float, places: list[int]) -> First:
    world, goal, unit = cells.key[cell].tolist()
    columns = cells.at.indices[cells.at.indptr[cell] : cells.at.indptr[cell + 1]]
    columns = columns[np.lexsort((cells.thing[columns], cells.day[columns]))]
    things = cells.thing[columns]
    at = place_of(view, places[unit])
    named_goal = goal_named(view, goal + 1)
    since = day_text(int(cells.day[columns[0]]))
    ids = tuple(view.keys[thing] for thing in things[:_THINGS_SHOWN].tolist())
    many = "" if len(things) == 1 else f" (et {len(things) - 1} depuis)"
    text = (
        f"Pour la première fois connue, le monde « {_WORLDS[world].fr} » sert l'ODD {goal + 1} "
        f"({named_goal.name}) à cet endroit, {at.name}, par {view.names[int(things[0])]}, "
        f"{since}{many}."
    )
    reason = _reason(view, things[:_CITED].tolist(), goal + 1, text)
    return First(_WORLDS[world], named_goal, at, since, round(chance, 9), len(things), ids, reason)


def _reason(view: View, things: list[int], goal: int, text: str) -> Reason:
    claims = [claim for thing in things for claim in aim_claims(view, thing, [goal])]
    facts = tuple(aim_fact(view, thing, goal) for thing in things)
    return Reason(ReasonKind.GOAL, text, evidence_of(claims), facts=facts)


def day_text(day: int) -> str:
    """A day as precise as known, from YYYYMMDD: `2023`, `2023-05` or `2023-05-17`."""
    year, month, of_month = day // 10_000, day // 100 % 100, day % 100
    if not month:
        return f"{year}"
    return f"{year}-{month:02}" + (f"-{of_month:02}" if of_month else "")
