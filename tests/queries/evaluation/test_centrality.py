from itertools import combinations

import networkx as nx
import numpy as np
import pytest
from scipy import sparse

from queries.evaluation.centrality import betweenness, constraints, open_pairs

GRAPHS = [nx.gnp_random_graph(5 + seed, 0.1 + 0.03 * (seed % 10), seed) for seed in range(40)]


def matrix(graph: "nx.Graph[int]") -> sparse.csr_array:
    return sparse.csr_array(nx.to_scipy_sparse_array(graph, dtype=np.dtype(np.float64)))


@pytest.mark.parametrize("graph", [*GRAPHS, nx.gnp_random_graph(300, 0.01, 1), nx.path_graph(30)])
def test_betweenness_is_that_of_networkx(graph: "nx.Graph[int]") -> None:
    expected = nx.betweenness_centrality(graph, normalized=False)
    # Each pair is counted from both ends.
    assert betweenness(matrix(graph)) / 2 == pytest.approx(
        [expected[node] for node in graph], abs=1e-9
    )


@pytest.mark.parametrize("graph", GRAPHS)
def test_constraint_is_that_of_networkx_and_infinite_without_a_contact(
    graph: "nx.Graph[int]",
) -> None:
    for one, other in graph.edges:
        graph.edges[one, other]["weight"] = 1 / (1 + (one * 7 + other * 3) % 5)
    expected = nx.constraint(graph, weight="weight")
    told = [expected[node] if graph.degree[node] else np.inf for node in graph]
    assert constraints(matrix(graph)) == pytest.approx(told, abs=1e-9)


@pytest.mark.parametrize("graph", GRAPHS)
@pytest.mark.parametrize("between", [(0, 1), (0, 1, 2)])
def test_open_pairs_are_those_of_neighbours_of_two_groups_without_an_edge(
    graph: "nx.Graph[int]", between: tuple[int, ...]
) -> None:
    group = np.array([(node * 7 + 1) % 4 for node in graph])
    expected = [
        sum(
            group[a] != group[b] and {group[a], group[b]} <= {*between} and not graph.has_edge(a, b)
            for a, b in combinations(graph[node], 2)
        )
        for node in graph
    ]
    assert open_pairs(matrix(graph), group, np.array(between)).tolist() == expected
