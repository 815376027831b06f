"""Are the bands of confidence right: how often a suggestion of each band came true."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from graph.columns import Floats, Mask
from queries.evaluation.intervals import Bootstrap, Estimate
from queries.evaluation.metrics import Run
from queries.evaluation.protocol import Query

_BINS = 10
_SHARES = (0.05, 0.30)  # of the suggestions of first pages: how many are strong, then plausible


@dataclass(frozen=True, slots=True)
class Band:
    """The suggestions of one band.

    Attributes:
        code: as in `queries.matching.weights`.
        least: the least score.
        suggestions: how many there were.
        right: the share that came true.
    """

    code: str
    least: float
    suggestions: int
    right: Estimate | None


@dataclass(frozen=True, slots=True)
class Bin:
    """Suggestions of like scores: their mean score, how many, the share that came true."""

    score: float
    suggestions: int
    right: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """How the score tells right suggestions apart.

    Attributes:
        rising: whether each band came true more often than the one below it.
    """

    bands: tuple[Band, ...]
    bins: tuple[Bin, ...]

    @property
    def rising(self) -> bool:
        """Whether each band came true at least as often as the one below it."""
        shares = [band.right.value for band in self.bands if band.right is not None]
        return shares == sorted(shares, reverse=True)


def calibration(
    run: Run, queries: Sequence[Query], thresholds: Sequence[tuple[str, float]]
) -> Calibration:
    """The bands of the suggestions of all first pages.

    Args:
        run: what was answered, with the scores.
        queries: those that were asked.
        thresholds: the code and the least score of each band, the highest first.
    """
    told = run.shown >= 0
    right = _right(run, queries)[told]
    scores = run.scores[told]
    alliances = np.array([query.alliance for query in queries])
    of = np.broadcast_to(alliances[:, None], told.shape)[told]
    bands = []
    most = np.inf
    for code, least in thresholds:
        inside = (scores >= least) & (scores < most)
        most = least
        share = None
        if inside.any():
            share = Bootstrap(of[inside]).mean(right[inside].astype(np.float64))
        bands.append(Band(code, least, int(inside.sum()), share))
    return Calibration(tuple(bands), tuple(_bins(scores, right)))


def thresholds(runs: Sequence[Run]) -> tuple[float, float]:
    """The least scores of « fort » and « plausible »: fixed shares of the suggestions.

    On the inner split: the best 5 % of the suggestions of all its runs, each run weighing as
    much, are strong, the best 30 % plausible.
    """
    scores = [np.sort(run.scores[run.shown >= 0])[::-1] for run in runs]
    strong, plausible = (
        float(np.mean([each[round(share * (len(each) - 1))] for each in scores if len(each)]))
        for share in _SHARES
    )
    return round(strong, 2), round(plausible, 2)


def _right(run: Run, queries: Sequence[Query]) -> Mask:
    return np.stack(
        [np.isin(shown, query.relevant) for shown, query in zip(run.shown, queries, strict=True)]
    )


def _bins(scores: Floats, right: Mask) -> list[Bin]:
    """Tenths of the suggestions, by score."""
    order = np.argsort(scores, kind="stable")
    return [
        Bin(float(scores[rows].mean()), len(rows), float(right[rows].mean()))
        for rows in np.array_split(order, _BINS)
        if len(rows)
    ]
