"""Are the metrics those of the field? Expected values come from ranx, and from papers."""

import json
from pathlib import Path

import numpy as np
import pytest

from queries.evaluation.metrics import (
    METRICS,
    coverage,
    cross_world,
    first_of,
    gini,
    measured,
    ranks_of,
)

FROZEN = Path(__file__).with_name("ranx.json")
RUNS, QUERIES, CANDIDATES, MOST_RELEVANT = 20, 40, 300, 25
RANX = ("hit_rate@1", "hit_rate@5", "hit_rate@10", "mrr", "ndcg@10", "recall@20")


def random_run(seed: int) -> tuple[list[list[float]], list[list[int]]]:
    """Scores of some candidates and the right ones, for some queries."""
    lots = np.random.default_rng(seed)
    scores = [lots.permutation(CANDIDATES).astype(float).tolist() for _ in range(QUERIES)]
    right = [
        lots.choice(CANDIDATES, lots.integers(1, MOST_RELEVANT), replace=False).tolist()
        for _ in range(QUERIES)
    ]
    return scores, right


def ours(seed: int) -> list[float]:
    lot = np.arange(CANDIDATES)
    values = [
        measured(ranks_of(np.array(scores), np.array(right), lot))
        for scores, right in zip(*random_run(seed), strict=True)
    ]
    return [float(value) for value in np.mean(values, axis=0)]


@pytest.mark.parametrize("seed", range(RUNS))
def test_metrics_are_those_that_ranx_gave_on_random_runs(seed: int) -> None:
    # Made by `ranx_figures.py`, beside this file, which says with which version.
    expected = json.loads(FROZEN.read_text())["means"][seed]
    assert ours(seed) == pytest.approx(expected, rel=0, abs=1e-9)


def test_there_are_as_many_metrics_as_are_compared() -> None:
    assert len(METRICS) == len(RANX)


def test_equal_scores_are_ranked_by_the_lot() -> None:
    lot = np.array([2, 0, 1, 3])
    scores = np.array([1.0, 1.0, 1.0, 5.0])
    assert ranks_of(scores, np.array([0, 1, 2, 3]), lot).tolist() == [4, 2, 3, 1]
    assert first_of(scores, lot, 3).tolist() == [3, 1, 2]


def test_who_is_not_eligible_is_never_shown() -> None:
    scores = np.array([1.0, -np.inf, 3.0])
    assert first_of(scores, np.arange(3), 5).tolist() == [2, 0, -1, -1, -1]


def test_the_gini_of_one_that_has_all_is_one_less_an_even_share() -> None:
    # One of n holds everything: G = 1 - 1/n (Dorfman 1979).
    assert gini(np.full((5, 10), 3), 8) == pytest.approx(1 - 1 / 8)


def test_the_gini_of_equal_shares_is_zero() -> None:
    assert gini(np.arange(20).reshape(2, 10), 20) == pytest.approx(0)


def test_coverage_counts_each_organisation_once() -> None:
    assert coverage(np.array([[0, 1, -1], [1, 2, -1]]), 6) == 0.5


def test_the_share_of_other_worlds_leaves_out_what_is_not_known() -> None:
    worlds = np.array([0, 1, -1])
    shown = np.array([[0, 1, 2], [0, 1, -1]])
    assert cross_world(shown, np.array([0, -1]), worlds) == 0.5
    assert np.isnan(cross_world(shown, np.array([-1, -1]), worlds))
