"""How near actors are through the alliances they take part in."""

import numpy as np
from scipy import sparse

from graph.columns import Floats, Ints
from graph.model import MEMBER_OF
from graph.view import View

RESTART = 0.15  # measured best on the alliances of `docs/matching.md`
_ROUNDS = 60
_PRECISION = 1e-10


def proximity(view: View, seeds: Ints) -> Floats:
    """Personalised PageRank from some actors, on a logarithmic scale in [0, 1]; shape (n,).

    Over the bipartite graph of actors and alliances, so that a large alliance does not make a
    clique: PageRank (Page et al. 1999) with restart at the seeds, by power iteration. 1 is the
    nearest other node, 0 one that is out of reach.
    """
    members = view.ties[MEMBER_OF]
    count = len(view)
    rank = np.zeros(count)
    if not len(seeds) or not len(members.start):
        return rank
    weight = np.ones(len(members.start))
    one_way = sparse.csr_array((weight, (members.start, members.end)), shape=(count, count))
    both = one_way + one_way.T
    degree: Floats = np.asarray(both.sum(axis=1)).ravel()
    walk = sparse.csr_array(both * sparse.diags_array(1 / np.maximum(degree, 1)))
    start = np.zeros(count)
    start[seeds] = 1 / len(seeds)
    rank = start
    for _ in range(_ROUNDS):
        moved = RESTART * start + (1 - RESTART) * (walk @ rank)
        if np.abs(moved - rank).sum() < _PRECISION:
            break
        rank = moved
    return _on_log_scale(rank, seeds)


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
