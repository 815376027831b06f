"""Measures of a place in a graph of contacts that brokers are usually ranked by."""

from itertools import combinations

import numpy as np
from scipy import sparse

from graph.columns import Array, Floats, Ints
from queries.brokerage.holes import holes

_BATCH = 256  # sources whose shortest paths are followed at a time
_ROWS = 1_000  # brokers whose pairs are laid out at a time


def betweenness(graph: sparse.csr_array) -> Floats:
    """On how many shortest paths between two others each node is; shape (n,).

    Brandes (2001), level by level for many sources at once; a path that k share counts 1/k, each
    pair once from either end. Divided by (n - 1)(n - 2) it is that of networkx.

    Args:
        graph: undirected, without loops; each entry is an edge; n × n.
    """
    edges = _edges(graph)
    found = np.zeros(edges.shape[0])
    for first in range(0, len(found), _BATCH):
        levels, paths = _levels(edges, np.arange(first, min(first + _BATCH, len(found))))
        beyond = np.zeros(paths.shape)
        for level in range(len(levels) - 1, 1, -1):
            there = levels[level] > 0
            flow = np.where(there, (1 + beyond) / np.where(there, paths, 1), 0.0)
            beyond += (edges @ flow) * levels[level - 1]
        found += beyond.sum(axis=1)
    return found


def _levels(edges: sparse.csr_array, sources: Ints) -> tuple[list[Floats], Floats]:
    """The number of shortest paths from each source, by their length, and in all; n × sources."""
    here: Floats = np.zeros((edges.shape[0], len(sources)))
    here[sources, np.arange(len(sources))] = 1
    paths: Floats = here.copy()
    levels: list[Floats] = [here]
    while True:
        here = edges @ here
        here[paths > 0] = 0
        if not here.any():
            return levels, paths
        paths += here
        levels.append(here)


def constraints(strength: sparse.csr_array) -> Floats:
    """The constraint of Burt (1992) of each node, infinite without a contact; shape (n,)."""
    around = (holes(strength, node) for node in range(strength.shape[0]))
    return np.array([found.constraint if found else np.inf for found in around])


def open_pairs(graph: sparse.csr_array, group: Ints, between: Array) -> Floats:
    """Pairs of neighbours of each node, of two different groups, that have no edge; shape (n,).

    The raw count of Gould and Fernandez (1989) over their roles.

    Args:
        graph: undirected, without loops; each entry is an edge; n × n.
        group: of each node; shape (n,).
        between: the groups that count.
    """
    edges = _edges(graph)
    found = np.zeros(len(group))
    for one, other in combinations(between, 2):
        first, last = (sparse.diags_array((group == each).astype(float)) for each in (one, other))
        to_first, to_last = sparse.csr_array(edges @ first), sparse.csr_array(edges @ last)
        across = sparse.csr_array(first @ edges @ last)
        found += to_first.sum(axis=1) * to_last.sum(axis=1)
        for start in range(0, len(found), _ROWS):
            rows = slice(start, start + _ROWS)
            closed = (to_first[rows] @ across).multiply(to_last[rows])
            found[rows] -= np.asarray(closed.sum(axis=1)).ravel()
    return found


def _edges(graph: sparse.csr_array) -> sparse.csr_array:
    ones = np.ones(len(graph.data))
    return sparse.csr_array((ones, graph.indices, graph.indptr), shape=graph.shape)
