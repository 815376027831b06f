"""Are the intervals right?"""

import numpy as np
import pytest
from scipy import stats

from queries.evaluation.intervals import Bootstrap

LOTS = np.random.default_rng(4)
VALUES = LOTS.exponential(size=400)


def test_of_alliances_with_one_query_each_it_is_the_plain_bootstrap_of_scipy() -> None:
    expected = stats.bootstrap(
        (VALUES,), np.mean, n_resamples=20_000, method="percentile", rng=LOTS
    ).confidence_interval
    found = Bootstrap(np.arange(len(VALUES)), draws=20_000).mean(VALUES)
    assert found.value == pytest.approx(VALUES.mean())
    width = expected.high - expected.low
    assert found.low == pytest.approx(expected.low, abs=0.03 * width)
    assert found.high == pytest.approx(expected.high, abs=0.03 * width)


def test_queries_of_one_alliance_that_say_the_same_count_once() -> None:
    once = Bootstrap(np.arange(100)).mean(VALUES[:100])
    often = Bootstrap(np.repeat(np.arange(100), 7)).mean(np.repeat(VALUES[:100], 7))
    assert (often.low, often.high) == pytest.approx((once.low, once.high))


def test_the_ratio_of_a_method_to_itself_is_sure() -> None:
    found = Bootstrap(np.arange(400)).ratio(2 * VALUES, VALUES)
    assert (found.value, found.low, found.high) == pytest.approx((2, 2, 2))


def test_a_ratio_to_nothing_is_not_a_number_that_looks_sure() -> None:
    found = Bootstrap(np.arange(3)).ratio(np.ones(3), np.zeros(3))
    assert np.isinf(found.value)
