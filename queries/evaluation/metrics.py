"""How good a ranking is, and whom it shows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from graph.columns import Floats, Ints, Mask
from queries.evaluation.protocol import Query

Scorer = Callable[[Sequence[Query]], Floats]
"""The scores of all known organisations for some queries; shape (queries, n)."""

METRICS = ("hits@1", "hits@5", "hits@10", "mrr", "ndcg@10", "recall@20")
PAGE = 10
_DISCOUNT = 1 / np.log2(np.arange(2, PAGE + 2))
_BATCH = 128


@dataclass(frozen=True, eq=False)
class Run:
    """What a method answered.

    Attributes:
        ranks: of the right answers of each query, in their order, from 1.
        metrics: a row for each query, a column for each of `METRICS`.
        shown: the first ten of each query, -1 where fewer are eligible; shape (queries, 10).
        scores: of the first ten; shape (queries, 10).
    """

    ranks: tuple[Ints, ...]
    metrics: Floats
    shown: Ints
    scores: Floats


def run(scorer: Scorer, queries: Sequence[Query], count: int) -> Run:
    """Rank all `count` known organisations for each query; what is equal is drawn by one lot."""
    lot = np.random.default_rng(0).permutation(count)
    ranks, shown, values = [], [], []
    for start in range(0, len(queries), _BATCH):
        batch = queries[start : start + _BATCH]
        for row, query in zip(scorer(batch), batch, strict=True):
            scores = np.asarray(row, dtype=np.float64).copy()
            scores[query.excluded] = -np.inf
            ranks.append(ranks_of(scores, query.relevant, lot))
            top = first_of(scores, lot)
            shown.append(top)
            values.append(np.where(top >= 0, scores[top], np.nan))
    return Run(
        tuple(ranks),
        np.array([measured(each) for each in ranks]).reshape(-1, len(METRICS)),
        np.array(shown).reshape(-1, PAGE),
        np.array(values).reshape(-1, PAGE),
    )


def ranks_of(scores: Floats, relevant: Ints, lot: Ints) -> Ints:
    """The ranks of some rows by descending score, from 1; ties by lot."""
    own = scores[relevant][:, None]
    before = (scores > own) | ((scores == own) & (lot < lot[relevant][:, None]))
    return np.asarray(1 + before.sum(axis=1))


def first_of(scores: Floats, lot: Ints, most: int = PAGE) -> Ints:
    """The rows of the best scores, the best first; -1 where there are fewer."""
    least = np.partition(scores, -most)[-most] if len(scores) > most else -np.inf
    rows = np.flatnonzero((scores >= least) & np.isfinite(scores))
    best = rows[np.lexsort((lot[rows], -scores[rows]))][:most]
    return np.pad(best, (0, most - len(best)), constant_values=-1)


def measured(ranks: Ints) -> Floats:
    """`METRICS` of one query, from the ranks of its right answers.

    Hits: whether one is among the first k. MRR: one by the rank of the first (Voorhees 1999).
    NDCG: binary gains discounted by log2(rank + 1), by the best that can be had (Järvelin &
    Kekäläinen 2002). Recall: the share that is among the first 20.
    """
    first = ranks.min()
    gained = _DISCOUNT[ranks[ranks <= PAGE] - 1].sum()
    best = _DISCOUNT[: len(ranks)].sum()
    hits = [float(first <= k) for k in (1, 5, 10)]
    return np.array([*hits, 1 / first, gained / best, (ranks <= 20).mean()])


# Whom it shows -------------------------------------------------------------------------------


def coverage(shown: Ints, count: int) -> float:
    """The share of the organisations that are on one first page at least."""
    return len(np.unique(shown[shown >= 0])) / count


def gini(shown: Ints, count: int) -> float:
    """How unequally the first pages show the organisations: 0 equally, 1 one of them only."""
    times = np.sort(np.bincount(shown[shown >= 0], minlength=count).astype(np.float64))
    rank = 2 * np.arange(1, count + 1) - count - 1
    return float(rank @ times / (count * max(times.sum(), 1.0)))


def cross_world(shown: Ints, askers: Ints, worlds: Ints) -> float:
    """The share of those shown whose world is not the asker's, where both are known; or NaN.

    Args:
        shown: shape (queries, 10).
        askers: the world of each asker, -1 unknown; shape (queries,).
        worlds: of each known organisation; shape (n,).
    """
    other = np.where(shown >= 0, worlds[shown], -1)
    told: Mask = (askers[:, None] >= 0) & (other >= 0)
    return float((other != askers[:, None])[told].mean()) if told.any() else float("nan")
