"""Are the baselines those of the field? Compared with networkx."""

from collections.abc import Callable, Iterable
from itertools import combinations

import networkx as nx
import numpy as np
import pytest

from queries.evaluation.baselines import Baselines
from queries.evaluation.protocol import Query, Split, Stratum, Trial
from queries.evaluation.record import Record

# The table of Davis, Gardner & Gardner 1941: 18 members, here without their names, and 14 events.
# The last event is hidden, and one that never came before meets the others there.
NAMED = nx.davis_southern_women_graph()
MEMBERS = [f"m{number:02d}" for number in range(len(NAMED.graph["top"]))]
DAVIS = nx.relabel_nodes(NAMED, dict(zip(NAMED.graph["top"], MEMBERS, strict=True)))
EVENTS = sorted(NAMED.graph["bottom"], key=lambda event: int(event[1:]))
ROWS = [
    (member, event, str(2000 + number))
    for number, event in enumerate(EVENTS)
    for member in sorted(DAVIS[event])
]
NEW = [("nouvelle", EVENTS[-1], str(2000 + len(EVENTS) - 1))]


@pytest.fixture
def trial(record_of: Callable[..., Record]) -> Trial:
    record = record_of(*ROWS, *NEW)
    return record.trial(Split(2000.0 + len(EVENTS) - 1, 2100.0))


@pytest.fixture
def past() -> "nx.Graph[str]":
    """Members and the events before the last."""
    found: nx.Graph[str] = DAVIS.subgraph([*MEMBERS, *EVENTS[:-1]])
    return found


def known(trial: Trial) -> list[Query]:
    return list(trial.queries[Stratum.REPEAT])


def acquainted(past: "nx.Graph[str]") -> "nx.Graph[str]":
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(MEMBERS)
    for event in EVENTS[:-1]:
        graph.add_edges_from(combinations(sorted(past[event]), 2))
    return graph


@pytest.mark.parametrize(
    ("name", "index"),
    [
        ("Adamic–Adar", nx.adamic_adar_index),
        ("allocation de ressources", nx.resource_allocation_index),
        ("voisins communs", nx.common_neighbor_centrality),
    ],
)
def test_neighbours_are_counted_as_networkx_does(
    trial: Trial,
    past: "nx.Graph[str]",
    name: str,
    index: Callable[..., Iterable[tuple[str, str, float]]],
) -> None:
    graph = acquainted(past)
    arguments = {"alpha": 1.0} if index is nx.common_neighbor_centrality else {}
    queries = known(trial)
    found = Baselines(trial).all()[name](queries)
    assert queries
    for query, scores in zip(queries, found, strict=True):
        row = query.asker.row
        assert row is not None
        pairs = [(MEMBERS[row], other) for other in MEMBERS if other != MEMBERS[row]]
        expected = {other: value for _, other, value in index(graph, pairs, **arguments)}
        for other, value in expected.items():
            assert scores[MEMBERS.index(other)] == pytest.approx(value)


def test_pagerank_is_that_of_networkx_on_organisations_and_alliances(
    trial: Trial, past: "nx.Graph[str]"
) -> None:
    queries = known(trial)
    found = Baselines(trial).all()["PageRank"](queries)
    for query, scores in zip(queries, found, strict=True):
        row = query.asker.row
        assert row is not None
        # Two steps at 0.85 each and no restart at an event: over members alone, by the matrix.
        table = nx.bipartite.biadjacency_matrix(past, MEMBERS, EVENTS[:-1]).toarray()
        step = (table / table.sum(axis=1, keepdims=True)) @ (table / table.sum(axis=0)).T
        expected = nx.pagerank(
            nx.from_numpy_array(step, create_using=nx.DiGraph), 0.85, {row: 1}, tol=1e-12
        )
        assert scores == pytest.approx([expected[n] for n in range(len(MEMBERS))], abs=1e-3)


def test_popularity_is_the_number_of_past_alliances(trial: Trial, past: "nx.Graph[str]") -> None:
    found = Baselines(trial).all()["popularité"](known(trial)[:1])
    assert found[0].tolist() == [past.degree(member) for member in MEMBERS]


def test_memory_is_the_number_of_past_meetings(trial: Trial, past: "nx.Graph[str]") -> None:
    query = known(trial)[0]
    assert query.asker.row is not None
    own = MEMBERS[query.asker.row]
    expected = [len(set(past[own]) & set(past[other])) if other != own else 0 for other in MEMBERS]
    assert Baselines(trial).all()["anciens partenaires"]([query])[0].tolist() == expected


def test_where_the_network_says_nothing_of_a_newcomer_popularity_does(trial: Trial) -> None:
    newcomer = trial.queries[Stratum.NEWCOMER]
    told = Baselines(trial).all()
    expected = told["popularité"](newcomer)
    for name in ("voisins communs", "Adamic–Adar", "allocation de ressources", "PageRank"):
        assert np.array_equal(told[name](newcomer), expected)
