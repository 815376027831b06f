import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from queries.expected import expected, of_mean


@pytest.mark.parametrize(("outcome", "mean"), [(0, 21.0), (1, 13.3333), (2, 15.6667)])
def test_the_mean_is_that_of_a_poisson_regression(outcome: int, mean: float) -> None:
    # Dobson (1990), page 93, the randomised trial of R's `?glm`: exp(3.0445), exp(3.0445 - 0.4543),
    # exp(3.0445 - 0.2930); the treatment has no effect, and is left out.
    counts = np.array([18, 17, 15, 20, 10, 20, 25, 13, 12])
    # log(1 + x) is what the model sees: 0 or 1.
    one = np.expm1(1.0)
    there = np.array([[0, 0], [one, 0], [0, one]] * 3)
    found = expected(15, there[outcome], counts, there)
    assert found is not None
    assert found.mean == pytest.approx(mean, rel=0.005)


@given(st.integers(0, 200), st.floats(0.01, 300), st.floats(0.01, 4))
def test_the_interval_is_that_of_the_negative_binomial_of_scipy(
    observed: int, mean: float, spread: float
) -> None:
    size, success = 1 / spread, 1 / (1 + spread * mean)
    found = of_mean(observed, mean, spread)
    assert found.below == pytest.approx(stats.nbinom.cdf(observed, size, success), abs=1e-9)
    assert found.above == pytest.approx(stats.nbinom.sf(observed - 1, size, success), abs=1e-9)
    assert found.low == int(stats.nbinom.ppf(0.025, size, success))
    assert found.high == int(stats.nbinom.ppf(0.975, size, success))


@given(st.integers(0, 200), st.floats(0.01, 300))
def test_without_overdispersion_it_is_that_of_poisson(observed: int, mean: float) -> None:
    found = of_mean(observed, mean)
    assert found.below == pytest.approx(stats.poisson.cdf(observed, mean), abs=1e-9)
    assert found.low == int(stats.poisson.ppf(0.025, mean))
    assert found.high == int(stats.poisson.ppf(0.975, mean))


def test_where_the_peers_have_next_to_nothing_nothing_is_expected() -> None:
    there = np.arange(1.0, 31.0).reshape(-1, 1)
    assert expected(0, np.array([5.0]), np.eye(30, dtype=int)[0], there) is None


def test_nothing_where_much_is_expected_is_too_few_and_nothing_where_little_is_is_not() -> None:
    population = np.linspace(10_000, 2_000_000, 40).reshape(-1, 1)
    counts = np.rint(population[:, 0] / 50_000).astype(int)
    large = expected(0, np.array([1_000_000.0]), counts, population)
    small = expected(0, np.array([20_000.0]), counts, population)
    assert large is not None
    assert large.mean == pytest.approx(20, rel=0.05)
    assert large.too_few
    assert large.could_tell
    assert small is not None
    assert not small.too_few
    assert not small.could_tell
