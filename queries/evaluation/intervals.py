"""How sure a mean is: whole alliances are drawn anew, since their members are no lots apart."""

from dataclasses import dataclass

import numpy as np

from graph.columns import Floats, Ints

DRAWS = 1_000
_SEED = 1
_TAILS = (2.5, 97.5)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value and its interval of 95 %."""

    value: float
    low: float
    high: float


class Bootstrap:
    """Means over queries, with alliances drawn anew with replacement (Efron 1979).

    The same draws serve all methods, so that ratios are paired.
    """

    def __init__(self, alliances: Ints, draws: int = DRAWS) -> None:
        """The alliance of each query; shape (queries,)."""
        _, self._group = np.unique(alliances, return_inverse=True)
        count = int(self._group.max(initial=-1)) + 1
        lots = np.random.default_rng(_SEED)
        self._times = lots.multinomial(count, np.full(count, 1 / count), size=draws)
        self._queries = self._times @ np.bincount(self._group, minlength=count)

    def mean(self, values: Floats) -> Estimate:
        """The mean of a value for each query."""
        return _estimate(float(values.mean()), self._means(values))

    def ratio(self, values: Floats, others: Floats) -> Estimate:
        """The ratio of two means over the same queries."""
        with np.errstate(divide="ignore", invalid="ignore"):
            drawn = self._means(values) / self._means(others)
            return _estimate(float(values.mean() / others.mean()), drawn[~np.isnan(drawn)])

    def _means(self, values: Floats) -> Floats:
        sums = np.bincount(self._group, values, minlength=self._times.shape[1])
        return np.asarray((self._times @ sums) / self._queries)


def _estimate(value: float, drawn: Floats) -> Estimate:
    low, high = np.percentile(drawn, _TAILS, method="inverted_cdf")
    return Estimate(value, float(low), float(high))
