"""Who meets whom through whom, here: the graph that brokerage is computed on.

An alliance is not a clique of its members. Who convenes it (leads, initiates, hosts, runs or
founded it) is in contact with each member; a plain member is in contact with the others as Newman
(2001) weighs co-authors, 1/(n-1), in alliances small enough for them to meet. Contacts fade: an
alliance or a tie last alive three years ago weighs half.
"""

from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from graph.columns import Floats, Ints, Mask
from graph.model import ACTS_IN, FOUNDED, FUNDED, ORGANISATION, RUNS, SUPPORTS
from graph.once import Once
from graph.view import View, latest_of_view
from queries.brokerage.introductions import Contacts, Introductions, row_of
from queries.matching.circles import HALF_LIFE, UNDATED
from queries.matching.history import (
    History,
    incidence,
    is_of,
    this_day,
    wordless_history_of,
    years,
)
from queries.presence import presence

# Plain members of a larger alliance are no contacts: they would weigh less than a twentieth.
MOST_MEMBERS = 21
DIRECT = (FOUNDED, RUNS, SUPPORTS, FUNDED)
_RANKINGS = 4  # questions about one place whose order of brokers is kept
_BROKERS = 512  # in one place of whom what is counted is kept


@dataclass(frozen=True)
class Encounters:
    """Every way in which two of n organisations meet, wherever, once for each end first.

    Organisations that meet nobody are left out.

    Attributes:
        nodes: ordinals in the view, ascending; shape (n,).
        member, convener: 0 or 1; n × p alliances.
        alliances: the ordinal of each alliance, or of each edition of a long one; shape (p,).
        last: years, when it was last known alive, NaN when unknown; shape (p,).
        one, other: rows of `nodes`; sorted by one, then other; shape (m,).
        through: the column of the alliance, -1 for a tie of their own; shape (m,).
        part: what is left of the contact where several share it, in (0, 1]; shape (m,).
        tied: years, when their own tie was last known alive, NaN when unknown; shape (m,).
    """

    nodes: Ints
    member: sparse.csr_array
    convener: sparse.csr_array
    alliances: Ints
    last: Floats
    one: Ints
    other: Ints
    through: Ints
    part: Floats
    tied: Floats


@dataclass(frozen=True)
class Meetings:
    """The contacts in a place.

    Attributes:
        nodes: the ordinals in the view of those who are in contact with somebody; shape (n,).
        alliances: the ordinal of each of p alliances here; shape (p,).
        goals: those that each aims at, itself or by an alliance here, as `View.goals`; shape (n,).
        contacts, introductions: between rows of `nodes`.
        rankings, of_brokers: what is made of these contacts for a question, and of a broker.
    """

    nodes: Ints
    alliances: Ints
    goals: Ints
    contacts: Contacts
    introductions: Introductions
    rankings: Once = field(default_factory=lambda: Once(_RANKINGS))
    of_brokers: Once = field(default_factory=lambda: Once(_BROKERS))

    def shared(self, one: int, other: int) -> int:
        """The ordinal of the alliance that tells best how two contacts meet.

        One that the first convenes, or the second, before the others; of those the one that weighs
        most here.

        Raises:
            KeyError: they share none here.
        """
        member, convener = self.contacts.member, self.contacts.convener
        common = np.intersect1d(row_of(member, one), row_of(member, other))
        if not len(common):
            raise KeyError((one, other))
        led = [np.isin(common, row_of(convener, end)) for end in (one, other)]
        order = np.lexsort((common, -self.contacts.weight[common], ~led[1], ~led[0]))
        return int(self.alliances[common[order[0]]])


@latest_of_view(8)
def meetings(view: View, place: int | None, goals: int = 0, day: float | None = None) -> Meetings:
    """The contacts between organisations through what touches a place.

    An alliance weighs as much of itself as lies in the place, by population, or by its members
    where it states no territory; a tie between two by the one of them that lies there the least.

    Args:
        view: of the graph.
        place: the rank of the territory; None for wherever.
        goals: a bit mask as `View.goals`: only contacts through an alliance, or with an
            organisation, that aims at one of them; 0 for all.
        day: years; what began on it or later is not known yet. By default today.
    """
    day = this_day() if day is None else day
    found = _encounters(view, day)
    share, of_alliance = _lying(view, found, place)
    weight = of_alliance * recency(day, found.last)
    strength = _strengths(found, share, weight, day)
    if goals:
        strength[~_aiming(view, found, goals)] = 0
    kept = strength > 0
    met = np.zeros(len(found.nodes), dtype=np.bool_)
    met[found.one[kept]] = True
    rank = np.cumsum(met) - 1
    one, other = rank[found.one[kept]], rank[found.other[kept]]
    here = np.flatnonzero(weight > 0)
    own = found.through[kept] < 0
    contacts = Contacts(
        _greatest(one, other, strength[kept], int(met.sum())),
        incidence(one[own], other[own], (int(met.sum()),) * 2),
        sparse.csr_array(found.member[met][:, here]),
        sparse.csr_array(found.convener[met][:, here]),
        weight[here],
        ~view.collective[found.nodes[met]],
    )
    nodes, alliances = found.nodes[met], found.alliances[here]
    aims = _aims(view, nodes, alliances, contacts.member)
    return Meetings(nodes, alliances, aims, contacts, Introductions(contacts))


def _lying(view: View, found: Encounters, place: int | None) -> tuple[Floats, Floats]:
    """How much of each node, and of each alliance, lies in a place; shapes (len(view),), (p,).

    An alliance that states no territory is shared out in equal parts among its members, each
    standing where it has its seat, or else where it acts; one of which no place is known stands
    nowhere. So the shares over a partition of places add up to one at most, as in
    `queries.ledger` (fractional counting, Waltman and van Eck 2015).
    """
    if place is None:
        return np.ones(len(view)), np.ones(len(found.alliances))
    here = presence(view, place)
    seat, acts = view.seat[found.nodes], view.ties[ACTS_IN]
    acting = np.zeros(len(view))
    inside = here.inside[np.searchsorted(view.territories.ordinals, acts.end)]
    np.maximum.at(acting, acts.start, inside * (acts.until == 0))
    own = np.where(seat >= 0, here.inside[seat], acting[found.nodes])
    size = np.maximum(np.diff(sparse.csc_array(found.member).indptr), 1)
    states = np.isin(found.alliances, acts.start)
    return here.share, np.where(states, here.share[found.alliances], own @ found.member / size)


def _aims(view: View, nodes: Ints, alliances: Ints, member: sparse.csr_array) -> Ints:
    aims = view.goals[nodes].astype(np.int64)
    row = np.repeat(np.arange(len(nodes)), np.diff(member.indptr))
    np.bitwise_or.at(aims, row, view.goals[alliances][member.indices].astype(np.int64))
    return aims


def recency(day: float, last: Floats) -> Floats:
    """What is left of something last alive on a day, in (0, 1]; halved by each `HALF_LIFE`."""
    age = np.maximum(day - last, 0)
    return np.asarray(np.where(np.isnan(age), UNDATED, 0.5 ** (age / HALF_LIFE)))


def _strengths(found: Encounters, share: Floats, weight: Floats, day: float) -> Floats:
    """The strength of each encounter in the place, 0 where it is elsewhere; shape (m,)."""
    strength = found.part * np.append(weight, 0.0)[found.through]
    own = np.flatnonzero(found.through < 0)
    ends = found.nodes[found.one[own]], found.nodes[found.other[own]]
    strength[own] = np.minimum(*(share[end] for end in ends)) * recency(day, found.tied[own])
    return np.asarray(strength)


def _aiming(view: View, found: Encounters, goals: int) -> Mask:
    aims = (view.goals & goals) > 0
    through = np.append(aims[found.alliances], False)[found.through]
    return np.asarray(aims[found.nodes[found.one]] | aims[found.nodes[found.other]] | through)


def _greatest(one: Ints, other: Ints, strength: Floats, count: int) -> sparse.csr_array:
    """The greatest strength of each pair; pairs are sorted."""
    new = np.ones(len(one), dtype=np.bool_)
    new[1:] = (one[1:] != one[:-1]) | (other[1:] != other[:-1])
    starts = np.flatnonzero(new)
    most = np.maximum.reduceat(strength, starts) if len(starts) else strength
    indptr = np.searchsorted(one[starts], np.arange(count + 1))
    return sparse.csr_array((most, other[starts], indptr), shape=(count, count))


# Wherever ------------------------------------------------------------------------------------


@latest_of_view(2)
def _encounters(view: View, day: float) -> Encounters:
    past = wordless_history_of(view, day)
    start, end, tied = _own_ties(view, past, day)
    met = past.past.copy()
    met[start] = met[end] = True
    member, led = past.member[met], past.led[met]
    rank = np.cumsum(met) - 1
    one, other, through, part = _together(sparse.csc_array(member), sparse.csc_array(led))
    own = len(start)
    one = np.concatenate([one, rank[start], rank[end]])
    other = np.concatenate([other, rank[end], rank[start]])
    order = np.argsort(one.astype(np.int64) * len(member.indptr) + other, kind="stable")
    return Encounters(
        past.organisations.ordinals[met],
        sparse.csr_array(member),
        sparse.csr_array(led),
        past.alliances,
        past.last,
        one[order],
        other[order],
        np.concatenate([through, np.full(2 * own, -1)])[order],
        np.concatenate([part, np.ones(2 * own)])[order],
        np.concatenate([np.full(len(through), np.nan), tied, tied])[order],
    )


def _together(member: sparse.csc_array, led: sparse.csc_array) -> tuple[Ints, Ints, Ints, Floats]:
    """Who meets whom in which alliance, for what part of it."""
    size = np.diff(member.indptr)
    small = (size <= MOST_MEMBERS).astype(np.float64)
    leading = sparse.csr_array(led.T)
    among = sparse.csr_array((member * small).T)
    for matrix in (leading, among):
        matrix.eliminate_zeros()
    # Those who convene and each member, both ways; then the members of small ones.
    ways = [_ways(leading, member), _ways(sparse.csr_array(member.T), led), _ways(among, member)]
    one, other, through = (np.concatenate(columns) for columns in zip(*ways, strict=True))
    part = 1 / np.maximum(size[through] - 1, 1)
    part[: len(ways[0][0]) + len(ways[1][0])] = 1.0
    apart = one != other
    return one[apart], other[apart], through[apart], part[apart]


def _ways(rows: sparse.csr_array, columns: sparse.csc_array) -> tuple[Ints, Ints, Ints]:
    """For each alliance each of the first beside each of the second."""
    alliance = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
    count = np.diff(columns.indptr)[alliance]
    before = np.cumsum(count) - count
    which = np.repeat(np.arange(len(alliance)), count)
    at = np.arange(len(which)) + np.repeat(columns.indptr[alliance] - before, count)
    return rows.indices[which], columns.indices[at], alliance[which]


def _own_ties(view: View, past: History, day: float) -> tuple[Ints, Ints, Floats]:
    """The ties between two organisations that began before a day, and when each was last alive."""
    starts, ends, alive = [], [], []
    for tie in DIRECT:
        columns = view.ties[tie]
        between = is_of(view, columns.start, ORGANISATION) & is_of(view, columns.end, ORGANISATION)
        since, until = years(columns.since[between]), years(columns.until[between])
        known = ~(since >= day)
        starts.append(columns.start[between][known])
        ends.append(columns.end[between][known])
        alive.append(np.minimum(np.fmax(since, until)[known], day))
    ordinals = past.organisations.ordinals
    start, end = (np.searchsorted(ordinals, np.concatenate(nodes)) for nodes in (starts, ends))
    apart = start != end
    return start[apart], end[apart], np.concatenate(alive)[apart]
