"""Which weights answer best: coordinate ascent on hidden alliances before the reported ones."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from graph.columns import Floats, Ints, Mask
from queries.evaluation.metrics import PAGE
from queries.evaluation.protocol import Query
from queries.matching.weights import Feature

FeaturesOf = Callable[[Sequence[Query]], Mapping[Feature, Floats]]

_ROUNDS = 8
_BATCH = 64
_KEPT = 100  # of the best by each feature: the others are never near the first page
_FIRST_STEP = 0.2
_LAST_STEP = 0.01
_LEAST_GAIN = 1e-5
# A part is worth the log of its ratio to the best baseline; beyond the aim, less; what is lost
# anyhow (below 43 % of the aim) does not pull the others with it.
_AIM = 1.18  # above the target of 1.15: later years are harder than those of the fit
_BELOW, _BEYOND = 2.0, 0.7
_LOST, _ENOUGH = -1.0, 0.5
_DISCOUNT = 1 / np.log2(np.arange(2, PAGE + 2))


@dataclass(frozen=True, eq=False)
class Part:
    """The queries of one data set, form and stratum, with the candidates that may come first.

    Attributes:
        values: of each feature for each query and candidate; shape (features, queries, c).
        penalty: -inf where there is no candidate, else nearly 0: ties are drawn by lot;
            shape (queries, c).
        query, candidate: of each right answer; shape (r,).
        best: NDCG discount of a perfect first page; shape (queries,).
        baseline: MRR and NDCG@10 of the best baseline.
        importance: what this part counts among the others.
    """

    name: str
    features: tuple[Feature, ...]
    values: Floats
    penalty: Floats
    query: Ints
    candidate: Ints
    best: Floats
    baseline: tuple[float, float]
    importance: float = 1.0

    def scores(self, weights: Mapping[Feature, float]) -> Floats:
        """The weighted sums; shape (queries, c)."""
        column = np.array([weights.get(feature, 0.0) for feature in self.features], np.float32)
        return np.asarray(np.tensordot(column, self.values, 1) + self.penalty)

    def ratios(self, scores: Floats) -> Floats:
        """MRR and NDCG@10 of these scores, by those of the best baseline; shape (2,)."""
        own = scores[self.query, self.candidate][:, None]
        rank = 1 + (scores[self.query] > own).sum(axis=1)
        first = np.zeros(len(self.best))
        np.maximum.at(first, self.query, 1 / rank)
        early = rank <= PAGE
        gain = np.bincount(self.query[early], _DISCOUNT[rank[early] - 1], minlength=len(self.best))
        return np.array([first.mean(), (gain / self.best).mean()]) / self.baseline

    def worth(self, scores: Floats) -> float:
        """What these scores are worth: see `_AIM`."""
        beyond = np.log(np.maximum(self.ratios(scores), 1e-3) / _AIM)
        worth = _BELOW * np.clip(beyond, _LOST, 0) + _BEYOND * np.clip(beyond, 0, _ENOUGH)
        return self.importance * float(worth.sum())


def part(
    name: str,
    features_of: FeaturesOf,
    queries: Sequence[Query],
    start: Mapping[Feature, float],
    baseline: tuple[float, float],
    importance: float = 1.0,
) -> Part:
    """Keep of each query the right answers and the best candidates by each feature."""
    kept, values = [], []
    names: tuple[Feature, ...] = ()
    for begin in range(0, len(queries), _BATCH):
        batch = queries[begin : begin + _BATCH]
        found = features_of(batch)
        names = tuple(found)
        table = np.stack([found[each] for each in names])
        total = np.tensordot(
            np.array([start.get(each, 0.0) for each in names], np.float32), table, 1
        )
        for row, query in enumerate(batch):
            rows = _candidates(table[:, row], total[row], query)
            kept.append(rows)
            values.append(table[:, row, rows])
    return _packed(name, names, queries, kept, values, baseline, importance)


def _candidates(table: Floats, total: Floats, query: Query) -> Ints:
    eligible: Mask = np.ones(len(total), dtype=np.bool_)
    eligible[query.excluded] = False
    most = min(_KEPT, len(total) - 1)
    found = [query.relevant]
    for value, many in [(total, 3 * most), *((row, most) for row in table)]:
        many = min(many, len(total) - 1)
        masked = np.where(eligible, value, -1)
        best = np.argpartition(-masked, many)[:many]
        if masked[best].min() < masked.max():
            found.append(best)
    rows = np.unique(np.concatenate(found))
    return rows[eligible[rows]]


def _packed(
    name: str,
    names: tuple[Feature, ...],
    queries: Sequence[Query],
    kept: Sequence[Ints],
    values: Sequence[Floats],
    baseline: tuple[float, float],
    importance: float,
) -> Part:
    width = max(len(rows) for rows in kept)
    table = np.zeros((len(names), len(queries), width), np.float32)
    penalty = np.full((len(queries), width), -np.inf)
    lots = np.random.default_rng(0)
    which, at, best = [], [], []
    for row, (query, rows) in enumerate(zip(queries, kept, strict=True)):
        table[:, row, : len(rows)] = values[row]
        penalty[row, : len(rows)] = -1e-7 * lots.random(len(rows))
        right = np.flatnonzero(np.isin(rows, query.relevant))
        which.append(np.full(len(right), row))
        at.append(right)
        best.append(_DISCOUNT[: len(right)].sum())
    pairs = np.concatenate(which), np.concatenate(at)
    return Part(name, names, table, penalty, *pairs, np.array(best), baseline, importance)


def fit(
    parts: Sequence[Part],
    start: Mapping[Feature, float],
    still: frozenset[Feature] = frozenset(),
    rounds: int = _ROUNDS,
) -> dict[Feature, float]:
    """The weights that are worth most over all parts, none below 0; to the hundredth.

    Coordinate ascent: each weight in turn goes up or down by its own step, which grows by half
    where that helps and is halved where it does not. The order of the features is drawn anew in
    each round, always the same way. Features in `still` keep their weight.
    """
    weights = {each: float(weight) for each, weight in start.items()}
    scores = [each.scores(weights) for each in parts]
    worth = _worth(parts, scores)
    moving = [feature for feature in weights if feature not in still]
    steps = dict.fromkeys(moving, _FIRST_STEP)
    for number in range(rounds):
        order = np.random.default_rng(number).permutation(len(moving))
        for feature in (moving[k] for k in order.tolist()):
            for step in (steps[feature], -steps[feature]):
                change = max(step, -weights[feature])
                tried = [
                    _moved(each, s, feature, change) for each, s in zip(parts, scores, strict=True)
                ]
                if change and (found := _worth(parts, tried)) > worth + _LEAST_GAIN:
                    worth, scores = found, tried
                    weights[feature] += change
                    steps[feature] *= 1.5
                    break
            else:
                steps[feature] /= 2
        if max(steps.values(), default=0) < _LAST_STEP:
            break
    return {feature: round(weight, 2) for feature, weight in weights.items()}


def _moved(part: Part, scores: Floats, feature: Feature, change: float) -> Floats:
    if feature not in part.features:
        return scores
    return np.asarray(scores + change * part.values[part.features.index(feature)])


def _worth(parts: Sequence[Part], scores: Sequence[Floats]) -> float:
    return sum(each.worth(found) for each, found in zip(parts, scores, strict=True))
