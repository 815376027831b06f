"""Who meets here for the first time, two acquaintances of a third: newly closed triangles.

The base rate keeps how active each organisation is: as many new meetings dealt at random between
organisations in proportion to their numbers of new partners (Chung and Lu 2002), among those that
had not met. Triadic closure is how networks grow (Simmel 1908; Kossinets and Watts 2006).
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from graph.columns import Floats, Ints
from graph.model import KINDS
from graph.store import StoredTie
from graph.view import View
from queries.answers import Named, Reason, ReasonKind, reason_of
from queries.ledger import TAKING_PART, held, inside_of, ledger
from queries.matching.history import History, wordless_history_of
from queries.things import named
from queries.wording import quoted

_ROWS = 1024  # at a time, so that a nation fits in memory
_BROKERS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Triangle:
    """Two organisations of the place that meet, and who knew both.

    Attributes:
        through: an alliance or a project in which they meet.
        known_to: some of those who had met both, those with the fewest partners first; there are
            `known_to_count`.
        expected: how many new meetings of these two dealing by activity would give.
        across: whether they are of two known worlds.
    """

    one: Named
    other: Named
    through: Named
    known_to: tuple[Named, ...]
    known_to_count: int
    expected: float
    across: bool
    reason: Reason


@dataclass(frozen=True, slots=True)
class Triangles:
    """The closed triangles: those between two worlds first, then the least expected.

    Attributes:
        actors: organisations of the place that had partners before the day.
        met: pairs of them that meet for the first time since; closed: of these, those with a
            common acquaintance; triangles: those pairs, once for each common acquaintance.
        expected: how many of the meetings would close a triangle by chance. No interval: those who
            meet in one alliance meet together, so that pairs are not independent.
    """

    shown: tuple[Triangle, ...]
    actors: int
    met: int
    closed: int
    triangles: int
    expected: float


@dataclass(frozen=True)
class _Meetings:
    """Meetings of a organisations of the place, those active before the day.

    Attributes:
        rows: their rows among all organisations, ascending; shape (a,).
        before: 1 where one had met an organisation, itself left out; shape (a, organisations).
        one, other: pairs that meet since, positions in `rows`, one < other; shape (m,).
        common: how many both had met; shape (m,).
    """

    old: History
    now: History
    rows: Ints
    before: sparse.csr_array
    one: Ints
    other: Ints
    common: Ints


def triangles(view: View, place: int, since: float, today: float, limit: int) -> Triangles:
    """The triangles newly closed in a place between two days, in years."""
    met = _meetings(view, place, since, today)
    closed = np.flatnonzero(met.common > 0)
    activity = np.bincount(np.concatenate([met.one, met.other]), minlength=len(met.rows))
    rate, expected = _by_chance(met, activity.astype(np.float64))
    worlds = met.old.organisations.world[met.rows]
    one, other = met.one[closed], met.other[closed]
    across = (worlds[one] != worlds[other]) & (worlds[one] >= 0) & (worlds[other] >= 0)
    likely = np.round(rate * activity[one] * activity[other], 9)
    order = np.lexsort((other, one, likely, ~across))[:limit]
    shown = [
        _triangle(view, met, int(closed[at]), float(likely[at]), bool(across[at]))
        for at in order.tolist()
    ]
    return Triangles(
        tuple(shown),
        len(met.rows),
        len(met.one),
        len(closed),
        int(met.common.sum()),
        round(expected, 6),
    )


def _meetings(view: View, place: int, since: float, today: float) -> _Meetings:
    old, now = wordless_history_of(view, since), wordless_history_of(view, today)
    ordinals = old.organisations.ordinals
    local = held(inside_of(view, place), ledger(view).home[ordinals])
    rows = np.flatnonzero(local & old.past & ~view.collective[ordinals])
    before = _met(old.member, rows, old.member)
    itself = sparse.csr_array((np.ones(len(rows)), (np.arange(len(rows)), rows)), before.shape)
    before = sparse.csr_array(before - before.multiply(itself))
    before.eliminate_zeros()
    upper = sparse.triu(_met(now.member, rows, now.member[rows]), k=1)
    unmet = sparse.coo_array(upper - upper.multiply(before[:, rows]))
    unmet.eliminate_zeros()
    order = np.lexsort((unmet.col, unmet.row))
    one, other = unmet.row[order].astype(np.int64), unmet.col[order].astype(np.int64)
    common = [
        before[one[i : i + _ROWS]].multiply(before[other[i : i + _ROWS]]).sum(axis=1)
        for i in range(0, len(one), _ROWS)
    ]
    counted = np.concatenate([np.zeros(0), *common]).astype(np.int64)
    return _Meetings(old, now, rows, before, one, other, counted)


def _met(member: sparse.csr_array, rows: Ints, with_whom: sparse.csr_array) -> sparse.csr_array:
    """1 where an organisation of some rows shares an alliance with another of some."""
    found = sparse.csr_array(member[rows] @ with_whom.T)
    found.data[:] = 1.0
    return found


def _by_chance(met: _Meetings, activity: Floats) -> tuple[float, float]:
    """The rate of a meeting per product of activities, and how many would close a triangle.

    Over the pairs that had not met: the rate makes the sum of all the meetings that there are.
    """
    possible = closing = 0.0
    active = np.flatnonzero(activity > 0)
    mine = met.before[active]
    weight = activity[active]
    for begin in range(0, len(active), _ROWS):
        block = slice(begin, min(begin + _ROWS, len(active)))
        product = weight[block, None] * weight[None, :]
        unmet = np.asarray(mine[block][:, met.rows[active]].todense()) == 0
        unmet[np.arange(unmet.shape[0]), np.arange(block.start, block.stop)] = False
        shared = np.asarray((mine[block] @ mine.T).todense()) > 0
        possible += float(product[unmet].sum())
        closing += float(product[unmet & shared].sum())
    if not possible:
        return 0.0, 0.0
    # Each pair was seen from both ends.
    return 2 * len(met.one) / possible, len(met.one) * closing / possible


# Saying it -----------------------------------------------------------------------------------


def _triangle(view: View, met: _Meetings, pair: int, likely: float, across: bool) -> Triangle:
    ordinals = met.old.organisations.ordinals
    a, b = int(met.one[pair]), int(met.other[pair])
    brokers = _brokers(met, a, b)
    one, other = int(ordinals[met.rows[a]]), int(ordinals[met.rows[b]])
    alliance = _shared(met.now, int(met.rows[a]), int(met.rows[b]))
    return Triangle(
        named(view, one),
        named(view, other),
        named(view, alliance),
        tuple(named(view, int(ordinals[broker])) for broker in brokers[:_BROKERS_SHOWN]),
        len(brokers),
        likely,
        across,
        _reason(view, met, (int(met.rows[a]), int(met.rows[b]), brokers[0]), alliance),
    )


def _brokers(met: _Meetings, a: int, b: int) -> list[int]:
    """Those who had met both, as rows of organisations, the least connected first."""
    both = np.intersect1d(_row(met.before, a), _row(met.before, b))
    alliances = np.diff(met.old.member.indptr)[both]
    return [int(row) for row in both[np.lexsort((both, alliances))]]


def _row(matrix: sparse.csr_array, row: int) -> Ints:
    return matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]]


def _shared(known: History, a: int, b: int) -> int:
    """The alliance of two, the last that began."""
    both = np.intersect1d(_row(known.member, a), _row(known.member, b))
    began = np.nan_to_num(known.began[both], nan=-np.inf)
    last = both[np.lexsort((known.alliances[both], -began))[0]]
    return int(known.alliances[last])


def _reason(view: View, met: _Meetings, rows: tuple[int, int, int], alliance: int) -> Reason:
    a, b, broker = (int(met.old.organisations.ordinals[row]) for row in rows)
    by_a, by_b = (_shared(met.old, row, rows[2]) for row in rows[:2])
    text = (
        f"{view.names[a]} et {view.names[b]} se rencontrent pour la première fois connue, dans "
        f"{quoted(view.names[alliance])}. Chacun connaissait déjà {view.names[broker]} : l'un par "
        f"{quoted(view.names[by_a])}, l'autre par {quoted(view.names[by_b])}."
    )
    pairs = [(a, alliance), (b, alliance), (a, by_a), (broker, by_a), (b, by_b), (broker, by_b)]
    ties = [tie for start, end in pairs for tie in _ties(view, start, end)]
    return reason_of(ReasonKind.TOGETHER, text, ties)


def _ties(view: View, start: int, end: int) -> list[StoredTie]:
    kinds = KINDS[view.kind[start]], KINDS[view.kind[end]]
    found = (view.tie(tie, start, end) for tie in TAKING_PART if kinds in tie.pairs)
    return [tie for tie in found if tie is not None]
