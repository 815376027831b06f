"""Brokerage on matrices: against `sna` of R, networkx, and every way of dealing out the labels."""

import json
from collections.abc import Callable
from dataclasses import astuple
from itertools import combinations, permutations
from pathlib import Path
from statistics import fmean, pvariance
from typing import Any
from unittest.mock import patch

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from graph.columns import Floats, Ints
from queries import bridges as bridges_module
from queries.bridges import foremost, ranked
from queries.brokerage import introductions as introductions_module
from queries.brokerage.holes import Holes, holes, mutual
from queries.brokerage.introductions import Contacts, Introductions
from queries.brokerage.labels import Shape, relabelled, shape_of
from queries.brokerage.roles import brokerage, brokerage_of_network, z_scores

FROZEN = json.loads(
    (Path(__file__).parents[1] / "data" / "brokerage" / "sna.json").read_text(encoding="utf-8")
)
CASES = {case["name"]: case for case in FROZEN["cases"]}


def adjacency_of(case: dict[str, Any]) -> Ints:
    count = len(case["groups"])
    adjacency = np.zeros((count, count), dtype=np.int64)
    adjacency[tuple(np.array(case["edges"]).T)] = 1
    return adjacency


def numbers(rows: list[list[float | None]]) -> Floats:
    return np.array(
        [[np.nan if value is None else value for value in row] for row in rows], dtype=np.float64
    )


# sna::brokerage ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CASES)
def test_counts_expectations_and_z_are_those_of_sna(name: str) -> None:
    case = CASES[name]
    found = brokerage(adjacency_of(case), case["groups"])
    deviation = numbers(case["deviation"])
    assert np.array_equal(found.counts, numbers(case["raw"]))
    assert found.expected == pytest.approx(numbers(case["expected"]), abs=1e-9)
    assert np.sqrt(found.variance) == pytest.approx(deviation, abs=1e-9)
    # Where the deviation is 0, sna divides by it.
    expected_z = np.where(deviation > 0, numbers(case["z"]), np.nan)
    assert found.z == pytest.approx(expected_z, abs=1e-9, nan_ok=True)


@pytest.mark.parametrize("name", CASES)
def test_those_of_the_whole_network_are_those_of_sna(name: str) -> None:
    case = CASES[name]
    found = brokerage_of_network(adjacency_of(case), case["groups"])
    assert np.array_equal(found.counts, numbers([case["raw_all"]]))
    assert found.expected == pytest.approx(numbers([case["expected_all"]]), abs=1e-9)
    deviation = numbers([case["deviation_all"]])
    assert np.sqrt(found.variance) == pytest.approx(deviation, abs=1e-9)
    expected_z = np.where(deviation > 0, numbers([case["z_all"]]), np.nan)
    assert found.z == pytest.approx(expected_z, abs=1e-9, nan_ok=True)


def test_the_frozen_graphs_are_of_both_kinds() -> None:
    assert {case["directed"] for case in CASES.values()} == {True, False}
    for case in CASES.values():
        adjacency = adjacency_of(case)
        assert case["directed"] != np.array_equal(adjacency, adjacency.T)


def test_a_count_that_cannot_vary_has_no_z() -> None:
    one, none = np.array([2.0]), np.array([0.0])
    assert np.isnan(z_scores(one, one, none)).all()


# Random labels -------------------------------------------------------------------------------


def digraphs(most: int = 6) -> st.SearchStrategy[tuple[Ints, list[int]]]:
    def of(count: int) -> st.SearchStrategy[tuple[Ints, list[int]]]:
        bits = st.lists(st.booleans(), min_size=count * count, max_size=count * count)
        groups = st.lists(st.integers(0, 2), min_size=count, max_size=count)
        return st.tuples(
            bits.map(lambda b: np.array(b, dtype=np.int64).reshape(count, count)), groups
        )

    return st.integers(3, most).flatmap(of)


@given(digraphs(), st.lists(st.booleans(), min_size=9, max_size=9))
@settings(max_examples=60)
def test_chance_over_labels_is_that_of_every_way_of_dealing_them_out(
    drawn: tuple[Ints, list[int]], told: list[bool]
) -> None:
    adjacency, groups = drawn
    np.fill_diagonal(adjacency, 0)
    starts, ends = np.nonzero(adjacency)
    counts = np.array(told).reshape(3, 3)
    tallies = [
        float(sum(counts[deal[a], deal[b]] for a, b in zip(starts, ends, strict=True)))
        for deal in permutations(groups)
    ]
    sizes = tuple(groups.count(g) for g in range(3))
    chance = relabelled(shape_of(starts, ends), sizes, counts)
    assert chance.mean == pytest.approx(fmean(tallies), abs=1e-9)
    assert chance.variance == pytest.approx(pvariance(tallies), abs=1e-9)
    deviation = np.sqrt(pvariance(tallies))
    expected = (3 - fmean(tallies)) / deviation if deviation > 1e-5 else 0.0
    assert chance.z(3) == pytest.approx(expected, abs=1e-6)


def test_pairs_without_any_have_no_shape_and_no_chance() -> None:
    none = np.zeros(0, dtype=np.int64)
    assert shape_of(none, none) == Shape(0, 0, 0, 0, 0)
    assert relabelled(shape_of(none, none), (2, 2), np.ones((2, 2), np.bool_)).z(1) == 0.0


# Structural holes ----------------------------------------------------------------------------


def weighted(graph: "nx.Graph[int]") -> sparse.csr_array:
    return sparse.csr_array(nx.to_scipy_sparse_array(graph, nodelist=sorted(graph)).astype(float))


def graphs(directed: bool, weighed: bool) -> st.SearchStrategy["nx.Graph[int]"]:
    made: Callable[[], nx.Graph[int]] = nx.DiGraph if directed else nx.Graph
    weight = st.integers(1, 9) if weighed else st.just(1)
    edge = st.tuples(st.integers(0, 9), st.integers(0, 9), weight).filter(lambda e: e[0] != e[1])

    def of(edges: list[tuple[int, int, int]]) -> "nx.Graph[int]":
        graph = made()
        graph.add_nodes_from(range(10))
        graph.add_weighted_edges_from(edges)
        return graph

    return st.lists(edge, max_size=40).map(of)


@pytest.mark.parametrize("directed", [False, True])
@pytest.mark.parametrize("weighed", [False, True])
def test_constraint_and_effective_size_are_those_of_networkx(directed: bool, weighed: bool) -> None:
    @given(graphs(directed, weighed))
    @settings(max_examples=100)
    def agrees(graph: "nx.Graph[int]") -> None:
        weight = "weight" if weighed else None
        some = list(graph)  # named, so that networkx takes its textbook way
        constraint = nx.constraint(graph, some, weight=weight)
        size = nx.effective_size(graph, some, weight=weight)
        both = mutual(weighted(graph))
        for node in graph:
            found = holes(both, node)
            if not any(True for _ in nx.all_neighbors(graph, node)):
                assert found is None
                continue
            assert found is not None
            if graph[node]:  # networkx gives none where all ties of a directed graph arrive
                expected = Holes(constraint[node], size[node])
                assert astuple(found) == pytest.approx(astuple(expected), abs=1e-9)

    agrees()


# Introductions -------------------------------------------------------------------------------


def made_up(seed: int, count: int, alliances: int) -> Contacts:
    """Some organisations in alliances, a few of which are convened, with ties of their own."""
    chance = np.random.default_rng(seed)
    member = np.zeros((count, alliances))
    convener = np.zeros((count, alliances))
    for alliance in range(alliances):
        those = chance.choice(count, chance.integers(2, 7), replace=False)
        member[those, alliance] = 1
        convener[those[: chance.integers(0, 3)], alliance] = 1
    own = np.triu(chance.random((count, count)) < 0.02, 1)
    own = own | own.T
    met = (member @ member.T > 0) & (chance.random((count, count)) < 0.8)
    met = np.triu(met | ((member @ convener.T) + (convener @ member.T) > 0) | own, 1)
    strength = np.where(met, chance.uniform(0.1, 1, (count, count)), 0)
    return Contacts(
        sparse.csr_array(strength + strength.T),
        sparse.csr_array(own.astype(float)),
        sparse.csr_array(member),
        sparse.csr_array(convener),
        chance.uniform(0.1, 1, alliances),
        chance.random(count) < 0.9,
    )


class Defined:
    """Who introduces two, and the weight of the way: the definition, word by word."""

    def __init__(self, contacts: Contacts) -> None:
        self.contacts = contacts
        self.strength, self.direct = contacts.strength.toarray(), contacts.direct.toarray()
        self.member, self.convener = contacts.member.toarray(), contacts.convener.toarray()

    def introduced_by(self, a: int, b: int) -> dict[int, float]:
        shared = np.flatnonzero(self.member[a] * self.member[b])
        if a == b or self.direct[a, b] or self.convener[[a, b]][:, shared].any():
            return {}
        may = self.contacts.may_broker.copy()
        may[[a, b]] = False
        if len(shared):
            weight = float(self.contacts.weight[shared].max())
            convened = self.convener[:, shared].all(axis=1)
            return dict.fromkeys(np.flatnonzero(may & convened).tolist(), weight)
        way = np.sqrt(self.strength[a] * self.strength[b])
        return {v: float(way[v]) for v in np.flatnonzero(may & (way > 0)).tolist()}


@pytest.mark.parametrize("count", [12, 40, 300])  # of the last some are hubs
@pytest.mark.parametrize("seed", range(4))
def test_the_credit_is_that_of_the_definition(seed: int, count: int) -> None:
    contacts = made_up(seed, count, count)
    group = np.random.default_rng(seed).integers(0, 4, count)
    rows, columns = np.flatnonzero(group == 0), np.flatnonzero(group == 1)
    expected = np.zeros(count)
    defined = Defined(contacts)
    for a in rows.tolist():
        for b in columns.tolist():
            ways = defined.introduced_by(a, b)
            for broker, weight in ways.items():
                expected[broker] += weight / len(ways)
    introductions = Introductions(contacts)
    assert expected.any()
    assert introductions.credit(rows, columns) == pytest.approx(expected, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("count", [12, 40, 300])
@pytest.mark.parametrize("seed", range(4))
def test_what_is_counted_of_a_broker_is_that_of_the_definition(seed: int, count: int) -> None:
    contacts = made_up(seed, count, count)
    group = np.random.default_rng(seed).integers(-1, 4, count)
    introductions, defined = Introductions(contacts), Defined(contacts)
    brokers = np.flatnonzero(contacts.may_broker)[:: count // 10].tolist()
    counted = 0
    for broker in brokers:
        pairs, only, credit = (np.zeros((4, 4)) for _ in range(3))
        times = np.zeros(count, dtype=int)
        for a, b in combinations((n for n in contacts.of(broker).tolist() if group[n] >= 0), 2):
            ways = defined.introduced_by(a, b)
            if broker in ways:
                for ends in {(group[a], group[b]), (group[b], group[a])}:
                    pairs[ends] += 1
                    only[ends] += len(ways) == 1
                    credit[ends] += 1 / len(ways)
                times[[a, b]] += 1
        found = introductions.tally(broker, group, 4)
        for expected, table in ((pairs, found.pairs), (only, found.only), (credit, found.credit)):
            both = table + table.T - np.diag(np.diag(table))
            assert both == pytest.approx(expected, abs=1e-9)
        assert found.sharing == (times * (times - 1)).sum()
        counted += pairs.sum()
    assert counted


@pytest.mark.parametrize("rows_at_a_time", [3, 1000])
@pytest.mark.parametrize("seed", range(4))
def test_the_strongest_introductions_of_a_broker_are_those_of_the_definition(
    seed: int, rows_at_a_time: int
) -> None:
    contacts = made_up(seed, 60, 60)
    group = np.random.default_rng(seed).integers(-1, 4, 60)
    across = np.zeros((4, 4), dtype=np.bool_)
    across[[0, 1], [1, 0]] = True
    introductions, defined = Introductions(contacts), Defined(contacts)
    for broker in np.flatnonzero(contacts.may_broker).tolist():
        near = [node for node in contacts.of(broker).tolist() if group[node] >= 0]
        expected = {
            (a, b): pytest.approx(ways[broker], rel=1e-5)
            for a, b in combinations(near, 2)
            if {group[a], group[b]} == {0, 1} and broker in (ways := defined.introduced_by(a, b))
        }
        with patch.object(introductions_module, "_BLOCK", rows_at_a_time * len(near)):
            parts = list(introductions.strongest(broker, group, across, 10_000))
            few = list(introductions.strongest(broker, group, across, 3))
        assert len(parts) == -(-len(near) // rows_at_a_time)
        found: dict[tuple[int, int], float] = {}
        for part, some in zip(parts, few, strict=True):
            weight_of = {(int(a), int(b)): float(w) for a, b, w in zip(*part, strict=True)}
            order = sorted(weight_of, key=lambda pair: (-round(weight_of[pair], 6), *pair))
            assert set(order[:3]) <= {(int(a), int(b)) for a, b, _ in zip(*some, strict=True)}
            found |= weight_of
        assert found == expected


@pytest.mark.parametrize("limit", [1, 3, 500])
@pytest.mark.parametrize("count", [12, 40, 300])
@pytest.mark.parametrize("seed", range(4))
def test_the_foremost_brokers_are_the_first_of_all(seed: int, count: int, limit: int) -> None:
    introductions = Introductions(made_up(seed, count, count))
    group = np.random.default_rng(seed).integers(-1, 4, count)
    everyone = ranked(introductions, group, (0, 1, 3))
    first = everyone.order[:limit]
    with patch.object(bridges_module, "_DEARER", 0):
        found = foremost(introductions, group, (0, 1, 3), limit)
    assert found.order[:limit].tolist() == first.tolist()
    for name in ("score", "share", "possible"):
        few, all_ = getattr(found, name)[first], getattr(everyone, name)[first]
        assert few == pytest.approx(all_, rel=1e-5, abs=2e-6)


def test_of_the_foremost_brokers_alone_the_credit_is_worked_out() -> None:
    introductions = Introductions(made_up(0, 300, 300))
    group = np.random.default_rng(0).integers(0, 4, 300)
    with (
        patch.object(bridges_module, "_DEARER", 0),
        patch.object(
            Introductions, "credit_between", autospec=True, side_effect=Introductions.credit_between
        ) as worked_out,
    ):
        foremost(introductions, group, (0, 1), 3)
    assert 3 <= worked_out.call_count < len(ranked(introductions, group, (0, 1)).order) / 2


def test_nobody_is_credited_between_groups_without_anybody() -> None:
    contacts = made_up(0, 12, 12)
    none = np.zeros(0, dtype=np.int64)
    assert not Introductions(contacts).credit(none, np.arange(12)).any()
