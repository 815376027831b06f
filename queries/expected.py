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
    mean, spread = means(here[np.newaxis], counts[np.newaxis], there[np.newaxis])
    return None if np.isnan(mean[0]) else of_mean(observed, float(mean[0]), float(spread[0]))


def means(here: Floats, counts: Ints, there: Floats) -> tuple[Floats, Floats]:
    """The mean that is expected of each of u counts, and its spread; see `of_mean`.

    Args:
        here: what each count is explained by, ≥ 0; shape (u, k).
        counts: the counts of the peers of each; shape (u, p).
        there: what theirs are explained by; shape (u, p, k).

    Returns:
        Shape (u,) both; NaN where the peers have too few to tell.
    """
    mean, spread = np.full((2, len(here)), np.nan)
    if counts.shape[1] <= here.shape[1] + 1:
        return mean, spread
    told = counts.sum(axis=1) >= _LEAST
    if told.any():
        mean[told], spread[told] = _means(here[told], counts[told].astype(np.float64), there[told])
    return mean, spread


def _means(here: Floats, counts: Floats, there: Floats) -> tuple[Floats, Floats]:
    logs = np.log1p(there)
    centre, scale = logs.mean(axis=1), logs.std(axis=1)
    scale = np.where(scale > 0, scale, 1.0)
    explained = (logs - centre[:, np.newaxis]) / scale[:, np.newaxis]
    design = np.concatenate([np.ones((*counts.shape, 1)), explained], axis=2)
    slopes = _fitted(design, counts)
    fitted = _mean(design, slopes)
    spread = _dispersion(counts, fitted)
    row = np.column_stack([np.ones(len(here)), (np.log1p(here) - centre) / scale])
    weight = fitted / (1 + spread[:, np.newaxis] * fitted)
    doubt = (row * _solved(_information(design, weight), row)).sum(axis=1)
    return _mean(row[:, np.newaxis], slopes)[:, 0], spread + doubt


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


def below(observed: Ints, mean: Floats, spread: Floats) -> Floats:
    """The probability of each count as low as the one observed; see `of_mean`; any one shape."""
    positive = np.where(spread > 0, spread, 1.0)
    rate = np.maximum(mean, np.finfo(np.float64).tiny)
    by_chance = gammaincc(observed + 1, rate)
    overdispersed = betainc(1 / positive, observed + 1, 1 / (1 + positive * rate))
    return np.asarray(np.where(spread > 0, overdispersed, by_chance))


def _fitted(design: Floats, counts: Floats) -> Floats:
    """The coefficients of greatest likelihood, by iteratively reweighted least squares.

    A slight ridge on the slopes keeps them finite where the counts separate.

    Args:
        design: of u models; shape (u, p, k).
        counts: shape (u, p).
    """
    slopes = np.zeros((len(design), design.shape[2]))
    slopes[:, 0] = np.log(np.maximum(counts.mean(axis=1), 1e-9))
    ridge = _ridge(design)
    left = np.arange(len(design))
    for _ in range(_ROUNDS):
        mine, now = design[left], slopes[left]
        mean = _mean(mine, now)
        gradient = np.einsum("upk,up->uk", mine, counts[left] - mean) - now @ ridge
        step = _solved(_information(mine, mean), gradient)
        step *= np.minimum(1.0, 1.0 / np.maximum(np.abs(step).max(axis=1), 1e-12))[:, np.newaxis]
        slopes[left] = now + step
        left = left[np.abs(step).max(axis=1) >= 1e-9]
        if not len(left):
            break
    return slopes


def _information(design: Floats, weight: Floats) -> Floats:
    """The information of each model, with the ridge; shape (u, k, k)."""
    weighted = design * weight[:, :, np.newaxis]
    return np.asarray(np.matmul(design.transpose(0, 2, 1), weighted) + _ridge(design))


def _solved(matrices: Floats, right: Floats) -> Floats:
    return np.asarray(np.linalg.solve(matrices, right[:, :, np.newaxis])[:, :, 0])


def _ridge(design: Floats) -> Floats:
    _, peers, slopes = design.shape
    return np.diag([0.0, *[_RIDGE * peers] * (slopes - 1)])


def _mean(design: Floats, slopes: Floats) -> Floats:
    logarithm = np.matmul(design, slopes[:, :, np.newaxis])[:, :, 0]
    return np.asarray(np.exp(np.clip(logarithm, -_FURTHEST, _FURTHEST)))


def _dispersion(counts: Floats, mean: Floats) -> Floats:
    excess = ((counts - mean) ** 2 - mean).sum(axis=1)
    return np.asarray(np.maximum(0.0, excess / (mean**2).sum(axis=1)))
