"""Walks between organisations, against networkx."""

import itertools
import math

import networkx as nx
import numpy as np
import pytest
from scipy import sparse

from graph.columns import Floats
from queries.matching.walk import Walk, lift, shortest


def random_member(seed: int) -> tuple[sparse.csr_array, Floats]:
    chance = np.random.default_rng(seed)
    table = (chance.random((12, 9)) < 0.3).astype(float)
    table[:, 0] = 1  # nobody is without an alliance
    return sparse.csr_array(table), chance.uniform(0.1, 1, 9)


@pytest.mark.parametrize("seed", range(20))
def test_a_walk_is_the_personalised_pagerank_of_networkx(seed: int) -> None:
    member, importance = random_member(seed)
    table = member.toarray()
    size = np.maximum(table.sum(0), 1)
    graph: nx.DiGraph[int] = nx.DiGraph()
    for a, b in itertools.product(range(12), repeat=2):
        # From a to an alliance by its importance, from there to a member by lot.
        total = (table[a] * importance).sum()
        graph.add_edge(a, b, weight=(table[a] * table[b] * importance / size / total).sum())
    expected = nx.pagerank(graph, alpha=0.5, personalization={seed % 12: 1}, tol=1e-14)
    seeds = np.zeros((12, 1))
    seeds[seed % 12] = 1
    found = Walk(member, importance).pagerank(seeds, restart=0.5, rounds=60)
    assert found[:, 0].tolist() == pytest.approx([expected[i] for i in range(12)], abs=1e-6)


def test_the_rounds_that_ship_leave_less_than_half_a_percent_of_the_walk() -> None:
    member, importance = random_member(3)
    walk, seeds = Walk(member, importance), np.eye(12)
    assert np.abs(walk.pagerank(seeds) - walk.pagerank(seeds, rounds=60)).sum(0).max() < 0.005


def test_a_lift_is_zero_for_no_share_one_for_all_and_logarithmic_between() -> None:
    found = lift(np.array([0.0, 1 / 1000, 1.0]), 1000)
    assert found.tolist() == pytest.approx([0, math.log(2) / math.log(1001), 1], abs=1e-6)


@pytest.mark.parametrize("seed", range(30))
def test_the_way_between_two_organisations_is_as_short_as_that_of_networkx(seed: int) -> None:
    chance = np.random.default_rng(seed)
    table = chance.random((14, 10)) < 0.15
    graph = nx.Graph([(("o", int(o)), ("a", int(a))) for o, a in np.argwhere(table)])
    graph.add_nodes_from([("o", 0), ("o", 13)])
    member = sparse.csr_array(table.astype(float))
    found = shortest(member, sparse.csr_array(member.T), 0, 13)
    if not nx.has_path(graph, ("o", 0), ("o", 13)):
        assert found == []
        return
    assert len(found) == nx.shortest_path_length(graph, ("o", 0), ("o", 13)) + 1
    assert (found[0], found[-1]) == (0, 13)
    for k in range(0, len(found) - 1, 2):
        assert table[found[k], found[k + 1]]
        assert table[found[k + 2], found[k + 1]]


@pytest.mark.parametrize("seed", range(8))
def test_what_walks_leave_between_pairs_is_what_each_whole_walk_leaves(seed: int) -> None:
    chance = np.random.default_rng(seed)
    table = (chance.random((60, 40)) < 0.03).astype(float)  # of several components
    table = table[table.any(axis=1)]
    walk = Walk(sparse.csr_array(table), chance.uniform(0.1, 1, 40))
    expected = walk.pagerank(np.eye(len(table)))
    one, other = np.array([*itertools.permutations(range(len(table)), 2)]).T
    found = walk.between(one, other)
    assert found == pytest.approx(expected[other, one], rel=1e-5, abs=1e-9)
    assert 0 < np.count_nonzero(found) < len(found)
