"""Counting pairs and finding the strongest of them, against going through them all."""

from collections import Counter
from itertools import combinations
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from graph.columns import Ints, Mask
from queries.brokerage import counting
from queries.brokerage.counting import histogram, numbers_by_group
from queries.brokerage.strongest import strongest


def enumerated(reached: Mask, met: Mask, group: Ints) -> Counter[tuple[int, int, int]]:
    """Of all pairs one after the other: the groups, the lesser first, and the brokers in common."""
    found: Counter[tuple[int, int, int]] = Counter()
    for one, other in combinations(range(len(group)), 2):
        if not met[one, other]:
            ends = sorted((int(group[one]), int(group[other])))
            found[ends[0], ends[1], int((reached[one] & reached[other]).sum())] += 1
    return found


def counted(reached: Mask, met: Mask, group: Ints) -> Counter[tuple[int, int, int]]:
    known, both = (sparse.csr_array(matrix.astype(np.uint8)) for matrix in (reached, met))
    table = numbers_by_group(known, both, group, 4)
    found: Counter[tuple[int, int, int]] = Counter()
    for one, other, number in zip(*np.nonzero(table), strict=True):
        if number:
            ends = sorted((int(one), int(other)))
            found[ends[0], ends[1], int(number)] += int(table[one, other, number])
    return found


def drawn(seed: int, nodes: int, brokers: int, likely: float) -> tuple[Mask, Mask, Ints]:
    """Brokers, the last of whom knows all; some of whom have met; and groups."""
    chance = np.random.default_rng(seed)
    known = chance.random(brokers) * likely * 2
    reached = chance.random((nodes, brokers)) < known
    reached[:, -1] = True
    met = chance.random((nodes, nodes)) < 0.2
    return reached, met | met.T, chance.integers(0, 4, nodes).astype(np.int8)


@given(
    seed=st.integers(0, 2**32 - 1),
    nodes=st.integers(1, 30),
    brokers=st.integers(1, 40),
    likely=st.sampled_from([0.05, 0.3, 0.6]),
    side=st.sampled_from([1, 3, 8, 1024]),
    dense=st.sampled_from([1, 3, 300]),
    byte=st.sampled_from([4, 255]),
)
@settings(max_examples=200, deadline=None)
def test_the_numbers_of_introducers_are_those_of_going_through_all_pairs(
    seed: int, nodes: int, brokers: int, likely: float, side: int, dense: int, byte: int
) -> None:
    reached, met, group = drawn(seed, nodes, brokers, likely)
    with patch.multiple(counting, _SIDE=side, _SPARSE=dense, _BYTE=byte):
        assert counted(reached, met, group) == enumerated(reached, met, group)


def test_more_introducers_than_a_byte_holds_are_counted() -> None:
    reached, met, group = drawn(1, 24, 900, 0.7)
    reached[::3, 40:] = False  # some know few, and fit in a byte
    reached[:, -1] = True
    expected = enumerated(reached, met, group)
    assert max(number for *_, number in expected) > 255
    assert min(number for *_, number in expected) < 255
    assert counted(reached, met, group) == expected


@pytest.mark.parametrize("length", [1, 1000, (1 << 15) + 1, 1 << 17])
def test_the_histogram_of_bytes_is_how_often_each_comes(length: int) -> None:
    values = np.random.default_rng(length).integers(0, 256, length).astype(np.uint8)
    found = histogram(values)
    assert {n: int(t) for n, t in enumerate(found) if t} == dict(Counter(values.tolist()))


@given(
    seed=st.integers(0, 2**32 - 1),
    nodes=st.integers(2, 90),
    values=st.sampled_from([1, 3, 1000]),  # of few many tie
    likely=st.sampled_from([0.02, 0.3, 1.0]),
    most=st.sampled_from([1, 5, 200]),
)
@settings(max_examples=200, deadline=None)
def test_the_strongest_pairs_are_the_first_of_all_pairs_in_order(
    seed: int, nodes: int, values: int, likely: float, most: int
) -> None:
    chance = np.random.default_rng(seed)
    way = np.sqrt(chance.integers(1, values + 1, nodes) / values)
    is_pair = np.triu(chance.random((nodes, nodes)) < likely, 1)
    rows, columns = (
        np.sort(chance.choice(nodes, chance.integers(1, nodes + 1), replace=False))
        for _ in range(2)
    )
    found = strongest(way, rows, columns, lambda r, c: np.asarray(is_pair[np.ix_(r, c)]), most)
    pairs = [(int(r), int(c)) for r in rows for c in columns if is_pair[r, c]]
    ordered = sorted(pairs, key=lambda pair: (-round(way[pair[0]] * way[pair[1]], 6), *pair))
    told = list(zip(*(ends.tolist() for ends in found), strict=True))
    assert len(set(told)) == len(told)
    assert set(ordered[:most]) <= set(told) <= set(pairs)


def test_of_many_pairs_few_are_looked_at() -> None:
    way = np.linspace(1, 0.1, 2000)
    seen = 0

    def counts(rows: Ints, columns: Ints) -> Mask:
        nonlocal seen
        seen += len(rows) * len(columns)
        return np.asarray(rows[:, None] < columns)

    everyone = np.arange(len(way))
    strongest(way, everyone, everyone, counts, 50)
    assert seen < len(way) ** 2 / 100
