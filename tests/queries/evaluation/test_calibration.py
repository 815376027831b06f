"""Are the bands told as they came true?"""

import numpy as np
import pytest

from queries.evaluation.calibration import calibration, thresholds
from queries.evaluation.metrics import Run
from queries.evaluation.protocol import Query, Stratum
from queries.matching.features import Asker
from queries.matching.words import Vocabulary

ANYONE = Asker(
    None, -1, np.full(5, -1), np.full(2, np.nan), Vocabulary.of([]).rows([""]), np.array([], int)
)


def run_of(scores: list[list[float]]) -> Run:
    """The organisations 0, 1, 2… shown with these scores."""
    table = np.array(scores)
    shown = np.broadcast_to(np.arange(table.shape[1]), table.shape)
    return Run((), np.empty((0, 6)), shown, table)


def query_of(alliance: int, *relevant: int) -> Query:
    nobody = np.array([], dtype=np.int64)
    return Query(alliance, 0, Stratum.NEWCOMER, ANYONE, np.array(relevant), nobody, nobody, None)


def test_each_band_has_the_share_that_came_true() -> None:
    run = run_of([[5.0, 3.0, 1.0], [4.0, 2.5, 0.5]])
    queries = [query_of(0, 0, 1), query_of(1, 0)]
    found = calibration(run, queries, [("strong", 4.0), ("plausible", 2.0), ("to_explore", 0.0)])
    told = [(band.code, band.suggestions, band.right.value) for band in found.bands if band.right]
    assert told == [("strong", 2, 1.0), ("plausible", 2, 0.5), ("to_explore", 2, 0.0)]
    assert found.rising


def test_a_band_that_came_true_less_often_than_the_one_below_is_told() -> None:
    run = run_of([[5.0, 1.0], [5.0, 1.0]])
    found = calibration(run, [query_of(0, 1), query_of(1, 1)], [("strong", 4.0), ("low", 0.0)])
    assert not found.rising


def test_tenths_of_the_suggestions_have_all_of_them() -> None:
    run = run_of([[float(10 - k) for k in range(10)]] * 7)
    found = calibration(run, [query_of(k, 0, 1, 2) for k in range(7)], [("low", 0.0)])
    assert sum(each.suggestions for each in found.bins) == 70
    assert [each.right for each in found.bins] == [0.0] * 7 + [1.0] * 3


def test_thresholds_part_fixed_shares_of_the_suggestions() -> None:
    scores = np.linspace(0, 10, 1000).reshape(100, 10).tolist()
    assert thresholds([run_of(scores)]) == pytest.approx((9.5, 7.0), abs=0.02)
