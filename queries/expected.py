"""How many would be expected here, from what the other territories of the same level have?

A log-linear model of counts over the peers (Poisson regression, McCullagh and Nelder 1989, chapter
6), with the overdispersion of negative binomial counts by the method of moments (Breslow 1984). The
interval is that of a new count: to its dispersion is added the variance of the logarithm of the
fitted mean (the delta method), which grows away from the peers.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import betainc, gammaincc

from graph.columns import Floats, Ints

_TAIL = 0.025  # on each side of an interval of 95 %
_LEAST = 10  # things counted among the peers, below which they tell nothing
_ROUNDS = 50
_RIDGE = 1e-3
_FURTHEST = 20.0  # of a logarithm of a mean: e^20 is half a billion


@dataclass(frozen=True, slots=True)
class Expected:
    """What is expected of a count.

    Attributes:
        mean, low, high: the mean and the bounds of the interval of 95 % of a new count.
        below: the probability of a count as low as the one that was observed.
        above: the probability of a count as high.
    """

    mean: float
    low: int
    high: int
    below: float
    above: float

    @property
    def too_few(self) -> bool:
        """Whether so few are seen less than once in forty times."""
        return self.below <= _TAIL

    @property
    def could_tell(self) -> bool:
        """Whether none at all would have been remarkable."""
        return self.low > 0


def expected(observed: int, here: Floats, counts: Ints, there: Floats) -> Expected | None:
    """What is expected of a count here; None where the peers have too few to tell.

    Args:
        observed: the count here.
        here: what it is explained by (inhabitants, actors), each ≥ 0; shape (k,).
        counts: the counts of the peers; shape (p,).
        there: what theirs are explained by; shape (p, k).
    """
    if counts.sum() < _LEAST or len(counts) <= len(here) + 1:
        return None
    logs = np.log1p(there)
    centre, scale = logs.mean(axis=0), logs.std(axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    design = np.column_stack([np.ones(len(counts)), (logs - centre) / scale])
    slopes = _fitted(design, counts.astype(np.float64))
    fitted = np.asarray(_mean(design @ slopes))
    spread = _dispersion(counts.astype(np.float64), fitted)
    row = np.concatenate([[1.0], (np.log1p(here) - centre) / scale])
    information = design.T @ (design * (fitted / (1 + spread * fitted))[:, None])
    doubt = float(row @ np.linalg.solve(information + _ridge(design), row))
    return of_mean(observed, float(_mean(row @ slopes)), spread + doubt)


def of_mean(observed: int, mean: float, spread: float = 0.0) -> Expected:
    """What a mean expects of a count: Poisson, or negative binomial where `spread` is positive.

    `spread` is the α of a variance μ + αμ².
    """

    def at_most(count: int) -> float:
        if count < 0:
            return 0.0
        if mean <= 0:
            return 1.0
        if spread <= 0:
            return float(gammaincc(count + 1, mean))
        return float(betainc(1 / spread, count + 1, 1 / (1 + spread * mean)))

    return Expected(
        mean,
        _least_with(at_most, _TAIL),
        _least_with(at_most, 1 - _TAIL),
        at_most(observed),
        1 - at_most(observed - 1),
    )


def _least_with(at_most: Callable[[int], float], probability: float) -> int:
    """The least count whose cumulative probability reaches one that is given; by bisection."""
    high = 1
    while at_most(high) < probability:
        high *= 2
    low = -1
    while high - low > 1:
        middle = (low + high) // 2
        if at_most(middle) < probability:
            low = middle
        else:
            high = middle
    return high


def _fitted(design: Floats, counts: Floats) -> Floats:
    """The coefficients of greatest likelihood, by iteratively reweighted least squares.

    A slight ridge on the slopes keeps them finite where the counts separate.
    """
    slopes = np.zeros(design.shape[1])
    slopes[0] = np.log(max(counts.mean(), 1e-9))
    ridge = _ridge(design)
    for _ in range(_ROUNDS):
        mean = np.asarray(_mean(design @ slopes))
        gradient = design.T @ (counts - mean) - ridge @ slopes
        step = np.linalg.solve(design.T @ (design * mean[:, None]) + ridge, gradient)
        step *= min(1.0, 1.0 / max(float(np.abs(step).max()), 1e-12))
        slopes = slopes + step
        if np.abs(step).max() < 1e-9:
            break
    return slopes


def _ridge(design: Floats) -> Floats:
    return np.diag([0.0, *[_RIDGE * len(design)] * (design.shape[1] - 1)])


def _mean(logarithm: Floats) -> Floats:
    return np.asarray(np.exp(np.clip(logarithm, -_FURTHEST, _FURTHEST)))


def _dispersion(counts: Floats, mean: Floats) -> float:
    excess = float(((counts - mean) ** 2 - mean).sum())
    return max(0.0, excess / float((mean**2).sum()))
