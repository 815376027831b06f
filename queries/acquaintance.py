"""Who is acquainted with whom, as arrays, and the ways from one to another."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import maximum_flow

from graph.columns import Array, Ints, Mask
from graph.model import (
    ALLIANCE,
    CARRIES,
    FOUNDED,
    FUNDED,
    GAVE_RISE_TO,
    INSPIRED,
    MEMBER_OF,
    ORGANISATION,
    PART_OF,
    PROJECT,
    RUNS,
    SUPPORTS,
    Tie,
)
from graph.view import View, once_a_view
from queries.matching.history import is_of

# Ties by which people may know each other. A common territory or goal is no acquaintance.
ACQUAINTANCE: tuple[Tie, ...] = (
    MEMBER_OF,
    FOUNDED,
    RUNS,
    SUPPORTS,
    FUNDED,
    CARRIES,
    GAVE_RISE_TO,
    INSPIRED,
    PART_OF,
)
ACTORS = (ORGANISATION, ALLIANCE, PROJECT)
LONGEST = 8  # steps
_FORMAT = 1  # of the arrays; a change makes new ones


@dataclass(frozen=True)
class Acquaintances:
    """For each of n nodes those that it is acquainted with, ascending, in csr form."""

    indptr: Ints
    indices: Ints

    def of(self, node: int) -> Ints:
        """Those that a node is acquainted with."""
        return self.indices[self.indptr[node] : self.indptr[node + 1]]

    def of_all(self, nodes: Ints) -> Ints:
        """Those that some nodes are acquainted with, each once, ascending."""
        count = self.indptr[nodes + 1] - self.indptr[nodes]
        offset = np.repeat(self.indptr[nodes] - np.cumsum(count) + count, count)
        return np.unique(self.indices[np.arange(len(offset)) + offset])


@once_a_view
def acquaintances(view: View) -> Acquaintances:
    """The acquaintances of a view; made once per generation."""

    def make() -> dict[str, Array]:
        starts, ends = [], []
        for tie in ACQUAINTANCE:
            columns = view.ties[tie]
            kept = is_of(view, columns.start, *ACTORS) & is_of(view, columns.end, *ACTORS)
            starts.append(columns.start[kept])
            ends.append(columns.end[kept])
        start, end = np.concatenate(starts), np.concatenate(ends)
        both = np.concatenate([start, end]), np.concatenate([end, start])
        ones = np.ones(len(both[0]), dtype=np.bool_)
        found = sparse.csr_array((ones, both), shape=(len(view), len(view)))
        found.sum_duplicates()
        return {"indptr": found.indptr, "indices": found.indices}

    found = view.derived(f"acquaintances-{_FORMAT}", make)
    return Acquaintances(found["indptr"], found["indices"])


def layers(graph: Acquaintances, a: int, b: int, without: Mask | None = None) -> list[Ints]:
    """The nodes on the shortest ways from a to b, by their distance from a; empty where none is.

    Breadth-first search from both ends at once, the smaller side first (Pohl 1971), of at most
    `LONGEST` steps.

    The nodes of `without`, of shape (n,), are not passed by; where it is given, nor is a tie of a
    and b themselves.
    """
    apart = without is not None
    seen = [np.zeros(len(graph.indptr) - 1, dtype=np.bool_) for _ in range(2)]
    if without is not None:
        for mask in seen:
            mask |= without
    reached = [[np.array([a])], [np.array([b])]]
    for mask, (first,) in zip(seen, reached, strict=True):
        mask[first] = True
    for _ in range(LONGEST):
        side = int(len(reached[1][-1]) < len(reached[0][-1]))
        found = graph.of_all(reached[side][-1])
        found = found[~seen[side][found]]
        if apart and len(reached[side]) == 1:
            found = found[found != (a, b)[1 - side]]
        seen[side][found] = True
        reached[side].append(found)
        meeting = np.intersect1d(found, reached[1 - side][-1])
        if len(meeting):
            return _between(graph, reached, meeting)
        if not len(found):
            return []
    return []


def _between(graph: Acquaintances, reached: list[list[Ints]], meeting: Ints) -> list[Ints]:
    """The layers of both sides, less what does not lead to where they meet."""
    sides = []
    for side in reached:
        kept = [meeting]
        for layer in side[-2::-1]:
            kept.append(np.intersect1d(graph.of_all(kept[-1]), layer))
        sides.append(kept)
    return sides[0][::-1] + sides[1][1:]


def ways(graph: Acquaintances, found: Sequence[Ints]) -> Iterator[tuple[int, ...]]:
    """All ways through some layers, in the order of their nodes."""

    def onward(way: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        if len(way) == len(found):
            yield way
            return
        for node in np.intersect1d(graph.of(way[-1]), found[len(way)]).tolist():
            yield from onward((*way, node))

    if found:
        yield from onward((int(found[0][0]),))


def disjoint(graph: Acquaintances, a: int, b: int, limit: int) -> list[tuple[int, ...]]:
    """Ways from a to b no two of which pass by the same node, the shortest first.

    Of the shortest as many as there are (Menger 1927, by a maximum flow through the layers with
    each node as one unit: Even & Tarjan 1975); then, without those nodes, of the next in length,
    and so on. Of at most `LONGEST` steps each.
    """
    taken: list[tuple[int, ...]] = []
    without: Mask | None = None
    while len(taken) < limit:
        found = _disjoint_through(graph, layers(graph, a, b, without))
        if not found:
            break
        taken += found
        without = np.zeros(len(graph.indptr) - 1, dtype=np.bool_) if without is None else without
        for way in found:
            without[list(way[1:-1])] = True
    return taken[:limit]


def _disjoint_through(graph: Acquaintances, found: Sequence[Ints]) -> list[tuple[int, ...]]:
    """As many ways through some layers as share no node but the ends."""
    if len(found) <= 2:
        return [tuple(int(layer[0]) for layer in found)] if found else []
    nodes = np.concatenate(found)
    # Node i is entered at 2i and left at 2i + 1: one unit passes, any number at the ends.
    rows, columns = [2 * np.arange(len(nodes))], [2 * np.arange(len(nodes)) + 1]
    first = 0
    for layer, following in pairwise(found):
        after = first + len(layer)
        for rank, node in enumerate(layer.tolist()):
            _, _, at = np.intersect1d(graph.of(node), following, return_indices=True)
            rows.append(np.full(len(at), 2 * (first + rank) + 1))
            columns.append(2 * (after + at))
        first = after
    row, column = np.concatenate(rows), np.concatenate(columns)
    room = np.ones(len(row), dtype=np.int32)
    room[[0, len(nodes) - 1]] = len(nodes)
    shape = (2 * len(nodes),) * 2
    flow = maximum_flow(sparse.csr_array((room, (row, column)), shape=shape), 0, shape[0] - 1).flow
    used = sparse.csr_array(flow > 0)
    starts = used[[1]].indices
    return sorted(_follow(used, nodes, int(start)) for start in starts)


def _follow(used: sparse.csr_array, nodes: Ints, entry: int) -> tuple[int, ...]:
    """The way that a unit of flow takes, from where it enters the second layer."""
    way = [int(nodes[0]), int(nodes[entry // 2])]
    while entry // 2 != len(nodes) - 1:
        entry = int(used[[entry + 1]].indices[0])
        way.append(int(nodes[entry // 2]))
    return tuple(way)
