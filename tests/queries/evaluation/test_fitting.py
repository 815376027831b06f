"""Does the fit find weights that were planted?"""

import numpy as np
import pytest

from graph.columns import Floats
from queries.evaluation.fitting import Part, fit
from queries.matching.weights import Feature

FEATURES = (Feature.CIRCLE, Feature.HOME, Feature.TEXT)
PLANTED = {Feature.CIRCLE: 2.0, Feature.HOME: 1.0, Feature.TEXT: 0.0}


def planted(queries: int = 300, candidates: int = 60) -> Part:
    """Random features; the right answers are the two best by the planted weights."""
    lots = np.random.default_rng(0)
    values = lots.random((len(FEATURES), queries, candidates)).astype(np.float32)
    whole: Floats = np.tensordot(np.array(list(PLANTED.values())), values, 1)
    right = np.argsort(-whole, axis=1)[:, :2]
    return Part(
        name="planted",
        features=FEATURES,
        values=values,
        penalty=np.zeros((queries, candidates)),
        query=np.repeat(np.arange(queries), 2),
        candidate=right.ravel(),
        best=np.full(queries, 1 + 1 / np.log2(3)),
        baseline=(1.0, 1.0),
    )


def test_planted_weights_are_found_up_to_their_scale() -> None:
    found = fit([planted()], dict.fromkeys(FEATURES, 1.0))
    assert found[Feature.HOME] / found[Feature.CIRCLE] == pytest.approx(0.5, abs=0.05)
    assert found[Feature.TEXT] / found[Feature.CIRCLE] < 0.05


def test_the_planted_weights_answer_all() -> None:
    part = planted()
    assert part.ratios(part.scores(PLANTED)).tolist() == pytest.approx([1, 1])


def test_a_fit_is_never_worth_less_than_its_start() -> None:
    part = planted()
    start = {Feature.CIRCLE: 1.0, Feature.HOME: 1.5, Feature.TEXT: 0.5}
    assert part.worth(part.scores(fit([part], start))) > part.worth(part.scores(start))


def test_a_weight_that_is_to_stay_stays() -> None:
    found = fit([planted()], dict.fromkeys(FEATURES, 1.0), still=frozenset({Feature.TEXT}))
    assert found[Feature.TEXT] == 1.0
