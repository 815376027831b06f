"""One table of weights from the inner splits of some data sets."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from queries.evaluation.baselines import Baselines
from queries.evaluation.calibration import thresholds
from queries.evaluation.card import Form
from queries.evaluation.evaluation import Method
from queries.evaluation.fitting import Part, fit, part
from queries.evaluation.metrics import METRICS, run
from queries.evaluation.protocol import Query, Stratum, Trial
from queries.matching.features import Matching
from queries.matching.weights import BANDS, STATED, WEIGHTS, Feature

_QUERIES = 1_000  # of each data set, form and stratum, drawn by lot
_STATED = 0.6  # what a part of form B counts, one of form A being 1
_STARTS, _ROUNDS = 6, 12
_LEAST, _NOTHING = 0.1, 0.02
_ENOUGH = 100  # alliances: a part of fewer counts in proportion, being that much less sure


@dataclass(frozen=True, slots=True)
class Tuned:
    """What was found.

    Attributes:
        data: what it was fitted on.
        weights: of every feature; those of what a request states, which no past alliance tells,
            as they were.
        bands: code and least score, the highest first.
        ratios: MRR and NDCG@10 by the best baseline, of each part, among its candidates.
    """

    data: tuple[str, ...]
    weights: Mapping[Feature, float]
    bands: tuple[tuple[str, float], ...]
    ratios: Mapping[str, tuple[float, float]]


def tuned(trials: Mapping[str, Trial], progress: Callable[[str], None] = lambda _: None) -> Tuned:
    """The one table that is best over the trials, which are those of inner splits; see `chosen`."""
    parts = [each for name, trial in trials.items() for each in _parts(name, trial, progress)]
    best = chosen(parts)
    stated = {feature: WEIGHTS[feature] for feature in STATED if feature in WEIGHTS}
    weights = {feature: {**best, **stated}[feature] for feature in WEIGHTS}
    return Tuned(
        tuple(trials),
        weights,
        _bands(trials, weights),
        {each.name: _pair(each, weights) for each in parts},
    )


def chosen(parts: Sequence[Part]) -> Mapping[Feature, float]:
    """The weights of the features of the past that are worth most over all parts.

    Coordinate ascent from several beginnings: all features alike, and weights drawn by lot (always
    the same), so that the outcome does not hang on the weights of before; the best is kept, and
    what weighs next to nothing in it is left out where that costs nothing.
    """
    past = [feature for feature in WEIGHTS if feature not in STATED]
    starts = [np.ones(len(past))]
    starts += [np.random.default_rng(seed).gamma(1, 1, len(past)) for seed in range(_STARTS)]
    found = [
        fit(parts, dict(zip(past, start.tolist(), strict=True)), rounds=_ROUNDS) for start in starts
    ]
    best = max(found, key=lambda weights: _worth(parts, weights))
    least = {feature: weight if weight >= _LEAST else 0.0 for feature, weight in best.items()}
    return least if _worth(parts, least) >= _worth(parts, best) - _NOTHING else best


def _parts(name: str, trial: Trial, progress: Callable[[str], None]) -> list[Part]:
    matching, baselines = Matching(trial.history), Baselines(trial)
    found = []
    for form in Form:
        for stratum in (Stratum.NEW, Stratum.NEWCOMER):
            queries = _drawn(trial, form, stratum)
            if not queries:
                continue
            progress(f"{name}, forme {form.value}, {stratum.value}")
            rivals = baselines.all() if form is Form.ASKER else baselines.all_stated()
            reached = np.array(
                [
                    run(scorer, queries, len(trial)).metrics.mean(axis=0)
                    for scorer in rivals.values()
                ]
            ).max(axis=0)
            best = (float(reached[METRICS.index(m)]) for m in ("mrr", "ndcg@10"))
            alliances = len({query.alliance for query in queries})
            counts = min(1.0, alliances / _ENOUGH) * (1.0 if form is Form.ASKER else _STATED)
            told = queries if form is Form.ASKER else [_telling(query) for query in queries]
            kept = part(
                f"{name}, {form.value}, {stratum.value}",
                lambda asked: matching.features([query.asker for query in asked]),
                told,
                WEIGHTS,
                (next(best), next(best)),
                counts,
            )
            found.append(kept)
    return found


def _drawn(trial: Trial, form: Form, stratum: Stratum) -> list[Query]:
    queries = trial.queries[stratum]
    if form is Form.STATED and not any(query.states for query in queries):
        return []
    lots = np.random.default_rng(0).permutation(len(queries))
    return [queries[k] for k in np.sort(lots[:_QUERIES]).tolist()]


def _telling(query: Query) -> Query:
    """The query whose asker states its project."""
    return replace(query, asker=query.stated)


def _worth(parts: Sequence[Part], weights: Mapping[Feature, float]) -> float:
    return sum(each.worth(each.scores(weights)) for each in parts)


def _pair(each: Part, weights: Mapping[Feature, float]) -> tuple[float, float]:
    mrr, ndcg = each.ratios(each.scores(weights)).tolist()
    return round(mrr, 3), round(ndcg, 3)


def _bands(
    trials: Mapping[str, Trial], weights: Mapping[Feature, float]
) -> tuple[tuple[str, float], ...]:
    runs = []
    for trial in trials.values():
        method = Method(trial, Matching(trial.history), weights)
        for stratum in (Stratum.NEW, Stratum.NEWCOMER):
            queries = _drawn(trial, Form.ASKER, stratum)
            if queries:
                runs.append(run(method.scores(Form.ASKER), queries, len(trial)))
    least = (*thresholds(runs), 0.0)
    return tuple((band.name, score) for band, score in zip(BANDS, least, strict=True))
