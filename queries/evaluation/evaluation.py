"""How good would the suggestions have been, had they been asked for on a day of the past?"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from graph.columns import Floats, Ints
from graph.errors import RequestError
from graph.model import World
from queries.evaluation.baselines import Baselines
from queries.evaluation.calibration import calibration
from queries.evaluation.card import (
    METHOD,
    POPULARITY,
    UNMIXED,
    Card,
    Figures,
    Form,
    Ratio,
    Result,
    Without,
    WorldPair,
)
from queries.evaluation.intervals import Bootstrap
from queries.evaluation.metrics import (
    METRICS,
    Run,
    Scorer,
    coverage,
    cross_world,
    gini,
    measured,
    ranks_of,
    run,
)
from queries.evaluation.protocol import Query, Stratum, Trial
from queries.matching.features import Asker, Matching
from queries.matching.ranking import ranked
from queries.matching.weights import BANDS, LITTLE_PAST, STATED, WEIGHTS, Feature

LEAST_QUERIES = 20
_ABLATED = 500  # queries, drawn by lot
_LEAST_TRUTHS = 100  # of a pair of worlds that is told
_BATCH = 128
Weights = Mapping[Feature, float]


@dataclass(frozen=True, eq=False)
class Method:
    """The method on a trial, with given weights; the same code as today's suggestions."""

    trial: Trial
    matching: Matching
    weights: Weights

    def scores(self, form: Form) -> Scorer:
        """The weighted sums."""
        return lambda queries: self.matching.scores(_askers(queries, form), self.weights)

    def shown(self, form: Form) -> Scorer:
        """The order that a person sees: worlds mixed, a place kept for who has little past."""
        little = np.diff(self.trial.history.member.indptr) <= LITTLE_PAST
        worlds = self.trial.history.organisations.world

        def placed(queries: Sequence[Query]) -> Floats:
            found = self.scores(form)(queries).astype(np.float64)
            places = np.full(found.shape, -np.inf)
            for row, query in enumerate(queries):
                found[row, query.excluded] = -np.inf
                order = ranked(found[row], worlds, little, query.asker.world)
                places[row, order] = -np.arange(len(order), dtype=np.float64)
            return places

        return placed


def evaluate(
    trial: Trial,
    data: str,
    weights: Weights = WEIGHTS,
    bands: Sequence[tuple[str, float]] | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Card:
    """Rank for all queries of a trial by the method and by every baseline.

    Args:
        trial: what may be read, and what is asked.
        data: what was read, in words.
        weights: by feature; by default the shipped ones.
        bands: code and least score of each band, the highest first; by default the shipped ones.
        progress: told what is being done.

    Raises:
        RequestError: there are too few queries to say anything.
    """
    asked = sum(len(trial.queries[stratum]) for stratum in (Stratum.NEW, Stratum.NEWCOMER))
    if asked < LEAST_QUERIES:
        raise RequestError(
            f"Après la coupure, {asked} questions seulement peuvent être posées, il en faut "
            f"{LEAST_QUERIES} : donnez un fichier plus long, ou une autre coupure (--split)."
        )
    begun = time.monotonic()
    method = Method(trial, Matching(trial.history), weights)
    bench = _Bench(method, bands or [(band.name, band.score) for band in BANDS])
    seconds = time.monotonic() - begun
    results = []
    for form, stratum in _cells(trial):
        progress(f"forme {form.value}, {stratum.value}")
        results.append(bench.result(form, stratum))
    history = trial.history
    return Card(
        data=data,
        split=trial.split,
        organisations=len(trial),
        known=int((history.size > 1).sum()),
        hidden=trial.alliances,
        unseen=trial.unseen / max(trial.truths, 1),
        weights={f.value: w for f, w in weights.items() if f not in STATED and w},
        results=tuple(results),
        seconds=round(seconds + bench.seconds, 1),
        ranked=bench.ranked,
    )


def _cells(trial: Trial) -> list[tuple[Form, Stratum]]:
    """The forms and strata that some query is of; what is stated matters for new partners."""
    found = [(Form.ASKER, stratum) for stratum in Stratum if trial.queries[stratum]]
    return found + [
        (Form.STATED, stratum)
        for stratum in (Stratum.NEW, Stratum.NEWCOMER)
        if any(query.states for query in trial.queries[stratum])
    ]


def _askers(queries: Sequence[Query], form: Form) -> list[Asker]:
    return [query.stated if form is Form.STATED else query.asker for query in queries]


class _Bench:
    """The measures of one method on one trial."""

    def __init__(self, method: Method, bands: Sequence[tuple[str, float]]) -> None:
        self._method = method
        self._trial = method.trial
        self._bands = bands
        self._baselines = Baselines(method.trial)
        self.seconds = 0.0
        self.ranked = 0

    def result(self, form: Form, stratum: Stratum) -> Result:
        """All methods for the queries of a stratum."""
        queries = self._trial.queries[stratum]
        baselines = self._baselines.all()
        if form is Form.STATED:
            baselines = self._baselines.all_stated()
        begun = time.monotonic()
        mine = self._run(self._method.shown(form), queries)
        self.seconds += time.monotonic() - begun
        self.ranked += len(queries)
        plain = self._run(self._method.scores(form), queries)
        others = {name: self._run(scorer, queries) for name, scorer in baselines.items()}
        draws = Bootstrap(np.array([query.alliance for query in queries]))
        runs = {METHOD: mine, UNMIXED: plain, **others}
        novel = stratum is not Stratum.REPEAT
        return Result(
            form=form,
            stratum=stratum,
            queries=len(queries),
            alliances=len({query.alliance for query in queries}),
            truths=float(np.mean([len(query.relevant) for query in queries])),
            figures=tuple(self._figures(name, r, queries, draws) for name, r in runs.items()),
            ratios=tuple(_ratio(metric, mine, others, draws) for metric in ("mrr", "ndcg@10")),
            calibration=calibration(plain, queries, self._bands),
            without=self._without(form, queries) if novel else (),
            worlds=self._worlds(mine, others[POPULARITY], queries),
        )

    def _run(self, scorer: Scorer, queries: Sequence[Query]) -> Run:
        return run(scorer, queries, len(self._trial))

    def _figures(
        self, name: str, found: Run, queries: Sequence[Query], draws: Bootstrap
    ) -> Figures:
        askers = np.array([query.asker.world for query in queries])
        other = cross_world(found.shown, askers, self._trial.history.organisations.world)
        return Figures(
            name,
            {m: draws.mean(column) for m, column in zip(METRICS, found.metrics.T, strict=True)},
            coverage(found.shown, len(self._trial)),
            gini(found.shown, len(self._trial)),
            None if np.isnan(other) else other,
        )

    def _without(self, form: Form, queries: Sequence[Query]) -> tuple[Without, ...]:
        """The metrics of the sum without each feature, by those of the whole sum."""
        lots = np.random.default_rng(0)
        chosen = np.sort(lots.permutation(len(queries))[:_ABLATED])
        queries = [queries[k] for k in chosen.tolist()]
        features = [f for f, w in self._method.weights.items() if w and f not in STATED]
        lot = lots.permutation(len(self._trial))
        rows: list[Floats] = []
        for start in range(0, len(queries), _BATCH):
            rows += self._ablated(form, queries[start : start + _BATCH], features, lot)
        table = np.array(rows)  # queries × (whole, without each) × metrics
        draws = Bootstrap(np.array([query.alliance for query in queries]))
        mrr, ndcg = METRICS.index("mrr"), METRICS.index("ndcg@10")
        return tuple(
            Without(
                feature.value,
                draws.ratio(table[:, k, mrr], table[:, 0, mrr]),
                draws.ratio(table[:, k, ndcg], table[:, 0, ndcg]),
            )
            for k, feature in enumerate(features, start=1)
        )

    def _ablated(
        self, form: Form, queries: Sequence[Query], features: Sequence[Feature], lot: Ints
    ) -> list[Floats]:
        found = self._method.matching.features(_askers(queries, form))
        weights = self._method.weights
        parts = [np.asarray(weights[feature] * found[feature], np.float64) for feature in features]
        whole = np.sum(parts, axis=0)
        rows = []
        for row, query in enumerate(queries):
            variants = [whole[row], *(whole[row] - part[row] for part in parts)]
            # What is left of a difference of equals would order what is equal.
            rows.append(np.stack([self._measured(np.round(v, 9), query, lot) for v in variants]))
        return rows

    def _measured(self, scores: Floats, query: Query, lot: Ints) -> Floats:
        scores[query.excluded] = -np.inf
        return measured(ranks_of(scores, query.relevant, lot))

    def _worlds(self, mine: Run, popular: Run, queries: Sequence[Query]) -> tuple[WorldPair, ...]:
        world = self._trial.history.organisations.world
        asker = np.concatenate([np.full(len(q.relevant), q.asker.world) for q in queries])
        partner = np.concatenate([world[q.relevant] for q in queries])
        ours, theirs = (np.concatenate(each.ranks) <= 10 for each in (mine, popular))
        found = []
        names = [term.value for term in World]
        for a, p in np.ndindex(len(names), len(names)):
            here = (asker == a) & (partner == p)
            if here.sum() >= _LEAST_TRUTHS:
                shares = float(ours[here].mean()), float(theirs[here].mean())
                found.append(WorldPair(names[a], names[p], int(here.sum()), *shares))
        return tuple(found)


def _ratio(metric: str, mine: Run, others: Mapping[str, Run], draws: Bootstrap) -> Ratio:
    column = METRICS.index(metric)
    best = max(others, key=lambda name: others[name].metrics[:, column].mean())
    theirs = others[best].metrics[:, column]
    return Ratio(metric, best, draws.ratio(mine.metrics[:, column], theirs))
