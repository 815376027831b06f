"""How near organisations are through their alliances: random walks from one to the others."""

import numpy as np
from scipy import sparse

from graph.columns import Floats, Ints

RESTART = 0.5  # of a walk at each organisation: short walks, best on the inner splits
ROUNDS = 8  # what is left after them is below 0.5 ** 8 of the walk


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
        joined = sparse.diags_array(1 / np.where(total > 0, total, 1)) @ out
        left = member * (1 / np.maximum(size, 1))
        self._to_alliance = sparse.csr_array(joined.T).astype(np.float32)
        self._to_organisation = sparse.csr_array(left).astype(np.float32)

    def pagerank(self, seeds: Floats, restart: float = RESTART, rounds: int = ROUNDS) -> Floats:
        """Personalised PageRank (Page et al. 1999) of each column of seeds, by power iteration.

        `seeds` and the answer: shape (organisations, askers). A column that sums to 1 over
        organisations with alliances gives one that sums to 1.
        """
        seeds = seeds.astype(np.float32)
        mass = seeds
        for _ in range(rounds):
            moved = self._to_organisation @ (self._to_alliance @ mass)
            mass = np.float32(restart) * seeds + np.float32(1 - restart) * moved
        return mass


def lift(share: Floats, count: int) -> Floats:
    """Shares of a whole (each row sums to at most 1) on a logarithmic scale in [0, 1].

    0 is no share, 1 all of it; a share of 1/count, as by lot, is log 2 / log(1 + count).
    """
    times = share.astype(np.float32) * np.float32(count)
    return np.asarray(np.minimum(np.log1p(times) / np.float32(np.log1p(max(count, 1))), 1))


def shortest(member: sparse.csr_array, start: int, end: int, most: int = ROUNDS) -> list[int]:
    """A shortest way between two organisations: organisation, alliance, …, organisation.

    Rows and columns of `member` in turn, the last ones where several are as short (the columns
    being sorted by recency, the most recent alliance); empty where more than `most` alliances
    part them.
    """
    members = member.T.tocsr()
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
