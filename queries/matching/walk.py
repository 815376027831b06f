"""How near organisations are through their alliances: random walks from one to the others."""

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from graph.columns import Floats, Ints
from graph.once import Once

RESTART = 0.5  # of a walk at each organisation: short walks, best on the inner splits
ROUNDS = 8  # what is left after them is below 0.5 ** 8 of the walk
_AT_ONCE = 32  # walks: their steps through a large component stay in the cache of a processor
_PARTS_KEPT = 8


class Walk:
    """Random walks organisation → alliance → organisation.

    The alliance stays a node, so that a large one makes no clique. A walker chooses among the
    alliances of an organisation by their importance, among the members of an alliance by lot.
    """

    def __init__(self, member: sparse.csr_array, importance: Floats) -> None:
        """`member`: organisations × alliances, 0 or 1; `importance` of each alliance, above 0."""
        out = member * importance
        total = np.asarray(out.sum(axis=1)).ravel()
        size = np.asarray(member.sum(axis=0)).ravel()
        self._total = np.where(total > 0, total, 1)
        joined = sparse.diags_array(1 / self._total) @ out
        left = member * (1 / np.maximum(size, 1))
        self._to_alliance = sparse.csr_array(joined.T).astype(np.float32)
        self._to_organisation = sparse.csr_array(left).astype(np.float32)
        self._part: Ints = connected_components(_both(member), directed=False)[1]
        self._parts = Once(_PARTS_KEPT)

    def pagerank(self, seeds: Floats, restart: float = RESTART, rounds: int = ROUNDS) -> Floats:
        """Personalised PageRank (Page et al. 1999) of each column of seeds, by power iteration.

        `seeds` and the answer: shape (organisations, askers). A column that sums to 1 over
        organisations with alliances gives one that sums to 1.
        """
        return _power(self._to_alliance, self._to_organisation, seeds, restart, rounds)

    def between(self, one: Ints, other: Ints) -> Floats:
        """What a walk from one organisation leaves at another, as `pagerank`; shape (pairs,).

        A walk goes as easily back: what the one from u leaves at v and the one from v at u are to
        each other as the importance of all alliances of v is to that of all of u. So walks from
        some organisations, such that each pair has one of them, tell of all pairs; and they stay in
        their connected component.
        """
        starts = _cover(one, other)
        forth = np.isin(one, starts)
        start, end = np.where(forth, one, other), np.where(forth, other, one)
        found = np.zeros(len(one))
        for part in np.unique(self._part[starts]).tolist():
            ours = starts[self._part[starts] == part]
            for first in range(0, len(ours), _AT_ONCE):
                some = ours[first : first + _AT_ONCE]
                told = np.flatnonzero(np.isin(start, some) & (self._part[end] == part))
                found[told] = self._left(part, some, start[told], end[told])
        return np.where(forth, found, found * self._total[other] / self._total[one])

    def _left(self, part: int, starts: Ints, start: Ints, end: Ints) -> Floats:
        """What walks from `start` (each one of `starts`) leave at `end`, in one component."""
        organisations, to_alliance, to_organisation = self._parts(part, lambda: self._cut(part))
        seeds = np.zeros((len(organisations), len(starts)), dtype=np.float32)
        seeds[np.searchsorted(organisations, starts), np.arange(len(starts))] = 1
        mass = _power(to_alliance, to_organisation, seeds, RESTART, ROUNDS)
        return mass[np.searchsorted(organisations, end), np.searchsorted(starts, start)]

    def _cut(self, part: int) -> tuple[Ints, sparse.csr_array, sparse.csr_array]:
        """The organisations of a component, ascending, and the steps between its members."""
        count = self._to_organisation.shape[0]
        organisations = np.flatnonzero(self._part[:count] == part)
        alliances = np.flatnonzero(self._part[count:] == part)
        return (
            organisations,
            _narrow(self._to_alliance[alliances][:, organisations]),
            _narrow(self._to_organisation[organisations][:, alliances]),
        )


def _both(member: sparse.csr_array) -> sparse.coo_array:
    """Organisations, then alliances, each with each: 1 where the one took part in the other."""
    cells, count = member.tocoo(), member.shape[0]
    size = sum(member.shape)
    return sparse.coo_array(
        (np.ones(len(cells.row)), (cells.row, cells.col + count)), shape=(size, size)
    )


def _narrow(rows: sparse.csr_array) -> sparse.csr_array:
    """The same rows, with indices of four bytes."""
    indices, indptr = rows.indices.astype(np.int32), rows.indptr.astype(np.int32)
    return sparse.csr_array((rows.data, indices, indptr), shape=rows.shape)


def _power(
    to_alliance: sparse.csr_array,
    to_organisation: sparse.csr_array,
    seeds: Floats,
    restart: float,
    rounds: int,
) -> Floats:
    seeds = seeds.astype(np.float32, copy=False)
    kept = np.float32(restart) * seeds
    mass = seeds
    for _ in range(rounds):
        mass = to_organisation @ (to_alliance @ mass)
        mass *= np.float32(1 - restart)
        mass += kept
    return mass


def _cover(one: Ints, other: Ints) -> Ints:
    """Some organisations, ascending, such that each pair has one: those of most pairs first."""
    nodes, times = np.unique(np.concatenate([one, other]), return_counts=True)
    pairs_of = dict(zip(nodes.tolist(), times.tolist(), strict=True))
    pairs = [
        tuple(sorted(pair, key=lambda node: (-pairs_of[node], node)))
        for pair in zip(one.tolist(), other.tolist(), strict=True)
    ]
    chosen: set[int] = set()
    for first, second in sorted(pairs, key=lambda pair: (-pairs_of[pair[0]], pair)):
        if first not in chosen and second not in chosen:
            chosen.add(first)
    return np.array(sorted(chosen), dtype=np.int64)


def lift(share: Floats, count: int) -> Floats:
    """Shares of a whole (each row sums to at most 1) on a logarithmic scale in [0, 1].

    0 is no share, 1 all of it; a share of 1/count, as by lot, is log 2 / log(1 + count).
    """
    times = share.astype(np.float32) * np.float32(count)
    return np.asarray(np.minimum(np.log1p(times) / np.float32(np.log1p(max(count, 1))), 1))


def shortest(
    member: sparse.csr_array, members: sparse.csr_array, start: int, end: int, most: int = ROUNDS
) -> list[int]:
    """A shortest way between two organisations: organisation, alliance, …, organisation.

    `member`: organisations × alliances; `members`: the same, alliances × organisations. Rows and
    columns of `member` in turn, the last ones where several are as short (the columns
    being sorted by recency, the most recent alliance); empty where more than `most` alliances
    part them.
    """
    reached = [np.array([start])]
    seen = np.zeros(member.shape[0], dtype=np.bool_)
    seen[start] = True
    for _ in range(most):
        alliances = _beside(member, reached[-1])
        others = _beside(members, alliances)
        others = others[~seen[others]]
        if not len(others):
            return []
        seen[others] = True
        reached += [alliances, others]
        if seen[end]:
            return _back(member, members, reached, end)
    return []


def _beside(rows: sparse.csr_array, chosen: Ints) -> Ints:
    return np.unique(rows[chosen].indices)


def _back(
    member: sparse.csr_array, members: sparse.csr_array, reached: list[Ints], end: int
) -> list[int]:
    way = [end]
    for depth in range(len(reached) - 2, -1, -1):
        rows = member if depth % 2 else members
        beside = rows[[way[-1]]].indices
        way.append(int(np.intersect1d(beside, reached[depth]).max()))
    return way[::-1]
