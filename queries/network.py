"""How near actors are through the alliances they take part in."""

import numpy as np
from scipy import sparse

from graph.columns import Floats, Ints
from graph.model import KINDS
from graph.view import View
from queries.path import ACQUAINTANCE, ACTORS

RESTART = 0.15  # measured best on the alliances of `docs/matching.md`
_ROUNDS = 200  # 0.85 ** 200 is below the precision
_PRECISION = 1e-10


def proximity(view: View, seeds: Ints) -> Floats:
    """How near each node is to some actors, on a logarithmic scale in [0, 1]; shape (n,).

    Personalised PageRank divided by the degree: over an undirected graph that is how likely a
    walk from the node comes to the seeds (Andersen, Chung & Lang 2006), so that an actor gains
    nothing by the ties that it has elsewhere. 1 is the nearest other node, 0 one out of reach.
    """
    graph = _acquaintances(view)
    degree = np.diff(graph.indptr)
    return _on_log_scale(_pagerank(graph, seeds) / np.maximum(degree, 1), seeds)


def pagerank(view: View, seeds: Ints) -> Floats:
    """Personalised PageRank from some actors; sums to 1 over all nodes; shape (n,).

    PageRank (Page et al. 1999) with restart at the seeds, by power iteration, over the graph of
    actors and alliances, so that a large alliance does not make a clique: the same ties by which
    `queries.path` explains how two know each other, each pair of neighbours once.
    """
    return _pagerank(_acquaintances(view), seeds)


def _acquaintances(view: View) -> sparse.csr_array:
    count = len(view)
    actor = np.isin(view.kind, [KINDS.index(kind) for kind in ACTORS])
    starts = np.concatenate([view.ties[tie].start for tie in ACQUAINTANCE])
    ends = np.concatenate([view.ties[tie].end for tie in ACQUAINTANCE])
    known = actor[starts] & actor[ends] & (starts != ends)
    starts, ends = starts[known], ends[known]
    both = np.concatenate([starts, ends]), np.concatenate([ends, starts])
    graph = sparse.csr_array((np.ones(len(both[0])), both), shape=(count, count))
    graph.data[:] = 1.0
    return graph


def _pagerank(graph: sparse.csr_array, seeds: Ints) -> Floats:
    rank = np.zeros(graph.shape[0])
    if not len(seeds):
        return rank
    degree = np.diff(graph.indptr)
    walk = sparse.csr_array(graph * (1 / np.maximum(degree, 1)))
    start = np.zeros(len(rank))
    start[seeds] = 1 / len(seeds)
    rank = start
    for _ in range(_ROUNDS):
        moved = (1 - RESTART) * (walk @ rank)
        # What stands on an actor without ties starts anew, as what restarts does.
        moved += (1 - moved.sum()) * start
        if np.abs(moved - rank).sum() < _PRECISION:
            return moved
        rank = moved
    return rank


def _on_log_scale(rank: Floats, seeds: Ints) -> Floats:
    others = rank.copy()
    others[seeds] = 0
    reached = others > _PRECISION
    if not reached.any():
        return np.zeros(len(rank))
    scaled = np.zeros(len(rank))
    low, high = np.log(_PRECISION), np.log(others.max())
    scaled[reached] = (np.log(others[reached]) - low) / max(high - low, _PRECISION)
    return scaled
