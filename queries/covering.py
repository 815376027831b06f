"""A small set that covers as much as can be, from different worlds: solved exactly.

Maximum coverage with a fixed number of sets is NP-hard (Karp 1972; Feige 1998); with at most six
sets and a few dozen things to cover it is small. It is stated as an integer programme and solved
by branch and bound (HiGHS, Huangfu and Hall 2018): the answer is proven best, not sampled.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

import numpy as np
from scipy import sparse

from graph.columns import Floats

_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Candidate:
    """One who may be in the set.

    Attributes:
        covers: the things that it covers, as bits.
        gives, needs: the means that it offers and those that it needs, as bits.
        world: any number for its world, -1 when unknown.
        fit: how well it fits by itself, the last criterion.
    """

    covers: int
    gives: int
    needs: int
    world: int
    fit: float


def best_set(candidates: Sequence[Candidate], size: int, kept: Sequence[int] = ()) -> list[int]:
    """The positions of the best set of `size` candidates, ascending.

    Best is, in this order: most things covered; most needs of members met by other members; most
    worlds; greatest sum of fits. Equal sets are settled by position, so that the answer depends on
    the order of the candidates alone.

    Args:
        candidates: those to choose from, in a stable order.
        size: how many; fewer where there are not so many candidates.
        kept: positions that are in the set whatever they bring.
    """
    size = min(size, len(candidates))
    if size == 0:
        return []
    shortlist = _undominated(candidates, size, kept)
    problem = _Programme([candidates[i] for i in shortlist], size)
    problem.include([shortlist.index(i) for i in kept])
    for goal in (problem.covered, problem.met, problem.worlds):
        problem.keep_best(goal)
    chosen = problem.best(problem.fit)
    return [shortlist[i] for i in chosen]


def _undominated(candidates: Sequence[Candidate], size: int, kept: Sequence[int]) -> list[int]:
    """Of candidates that bring, need and are the same, only the `size` best can be in the set."""
    alike: dict[tuple[int, int, int, int], list[int]] = {}
    for i, one in enumerate(candidates):
        alike.setdefault((one.covers, one.gives, one.needs, one.world), []).append(i)
    found = set(kept)
    for group in alike.values():
        found.update(sorted(group, key=lambda i: (-candidates[i].fit, i))[:size])
    return sorted(found)


class _Programme:
    """The integer programme: a variable for each candidate, thing covered, need met and world."""

    def __init__(self, candidates: Sequence[Candidate], size: int) -> None:
        n = len(candidates)
        things = _bits_of(one.covers for one in candidates)
        worlds = sorted({one.world for one in candidates} - {-1})
        needs = [(i, bit) for i, one in enumerate(candidates) for bit in _bits_of([one.needs])]
        self._n = n
        self._count = n + len(things) + len(needs) + len(worlds)
        self._rows: list[dict[int, float]] = []
        self._bounds: list[tuple[float, float]] = []
        self._at_least(dict.fromkeys(range(n), 1.0), size, size)
        thing, need, world = n, n + len(things), n + len(things) + len(needs)
        for k, bit in enumerate(things):
            self._only_if(thing + k, [i for i, one in enumerate(candidates) if one.covers & bit])
        for k, (i, bit) in enumerate(needs):
            givers = [j for j, one in enumerate(candidates) if j != i and one.gives & bit]
            self._only_if(need + k, [i])
            self._only_if(need + k, givers)
        for k, which in enumerate(worlds):
            self._only_if(world + k, [i for i, one in enumerate(candidates) if one.world == which])
        self.covered = self._sum(range(thing, need))
        self.met = self._sum(range(need, world))
        self.worlds = self._sum(range(world, self._count))
        self.fit = self._sum(())
        # Of two sets that fit the same the one whose members come first.
        self.fit[:n] = [one.fit - _ROUNDING * i / n for i, one in enumerate(candidates)]
        self._lower = np.zeros(self._count)

    def include(self, positions: Sequence[int]) -> None:
        """Have some candidates in the set."""
        self._lower[list(positions)] = 1

    def keep_best(self, goal: Floats) -> None:
        """Find the most that a goal can reach, and let nothing go below it from now on."""
        if goal.any():
            reached = round(float(goal @ self._solved(goal)))  # a number of things
            row = {int(k): float(goal[k]) for k in np.flatnonzero(goal)}
            self._at_least(row, reached - _ROUNDING)

    def best(self, goal: Floats) -> list[int]:
        """The positions of the set that is best by a goal, ascending."""
        return np.flatnonzero(self._solved(goal)[: self._n] > 1 / 2).tolist()

    def _sum(self, positions: Iterable[int]) -> Floats:
        goal = np.zeros(self._count)
        goal[list(positions)] = 1
        return goal

    def _only_if(self, variable: int, some_of: Sequence[int]) -> None:
        """A variable is 1 only where one of others is."""
        self._at_least(dict.fromkeys(some_of, 1.0) | {variable: -1.0}, 0)

    def _at_least(self, row: dict[int, float], low: float, high: float = np.inf) -> None:
        self._rows.append(row)
        self._bounds.append((low, high))

    def _solved(self, goal: Floats) -> Floats:
        # Loaded only here: it takes half a second, which no other question should wait for.
        from scipy.optimize import Bounds, LinearConstraint, milp

        rows = [k for k, row in enumerate(self._rows) for _ in row]
        columns = [column for row in self._rows for column in row]
        values = [value for row in self._rows for value in row.values()]
        shape = len(self._rows), self._count
        matrix = sparse.csr_array((values, (rows, columns)), shape=shape)
        low, high = np.array(self._bounds).T
        found = milp(
            -goal,
            integrality=(np.arange(self._count) < self._n).astype(np.int64),
            bounds=Bounds(self._lower, np.ones(self._count)),
            constraints=LinearConstraint(matrix, low, high),
            options={"mip_rel_gap": 0.0},
        )
        if found.x is None:
            raise ValueError(found.message)
        return np.asarray(found.x, dtype=np.float64)


def _bits_of(masks: Iterable[int]) -> list[int]:
    union = reduce(or_, masks, 0)
    return [1 << k for k in range(union.bit_length()) if union >> k & 1]
