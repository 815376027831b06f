"""Nothing is gained by being large: what never counts is popularity, degree or size."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import spearmanr

from queries.matching.features import Matching, asker_of
from queries.matching.history import Alliances, History, Participations, history
from queries.matching.weights import WEIGHTS, Feature

Rows = Callable[..., History]
# Rounding in single precision; the arithmetic itself adds nothing.
TOLERANCE = 1e-5


def drawn(history_of_rows: Rows, seed: int) -> History:
    """400 organisations in one to twenty alliances each, whatever else being drawn by lot."""
    chance = np.random.default_rng(seed)
    rows = [
        (
            organisation,
            int(alliance),
            2010 + 10 * float(alliance) / 900,
            bool(chance.random() < 0.2),
        )
        for organisation in range(400)
        for alliance in chance.choice(900, int(chance.integers(1, 21)), replace=False)
    ]
    return history_of_rows(rows, 400)


def test_what_does_not_depend_on_the_asker_does_not_rise_with_the_number_of_alliances(
    history_of_rows: Rows,
) -> None:
    """0.1 at most, over eight histories; by the last alliance alone it would be above 0.4.

    It is not quite 0, because a recency is skewed: the mean of many lies above the usual one.
    """
    correlations, by_last = [], []
    for seed in range(8):
        made = drawn(history_of_rows, seed)
        found = Matching(made).features([asker_of(made, 0)])
        alone = sum(WEIGHTS[each] * found[each][0] for each in (Feature.FRESH, Feature.CONVENER))
        count = np.diff(made.member.indptr)
        last = (made.member * made.last).max(axis=1).toarray()
        correlations.append(spearmanr(alone, count).statistic)
        by_last.append(spearmanr(last, count).statistic)
    assert np.mean(correlations) < 0.1
    assert np.mean(by_last) > 0.4


def test_only_two_features_do_not_depend_on_the_asker(random_history: Rows) -> None:
    made = random_history(5)
    found = Matching(made).features([asker_of(made, row, np.array([row % 5])) for row in range(30)])
    others = ~np.eye(30, dtype=bool)  # nobody is compared with itself
    same = {
        feature
        for feature, values in found.items()
        if np.allclose(np.where(others, values - values.mean(0), 0), 0) and values.any()
    }
    assert same == {Feature.FRESH, Feature.CONVENER}


def doubled(made: History, row: int) -> History:
    """The same history, each alliance of one organisation held twice, with the same members."""
    pairs = made.member.tocoo()
    again = np.isin(pairs.col, made.member[[row]].indices)
    offset = made.member.shape[1]
    alliance = np.concatenate([pairs.col, pairs.col[again] + offset])
    led = made.led.toarray()[pairs.row, pairs.col] > 0
    both = np.concatenate([np.arange(offset), np.arange(offset)])
    return history(
        made.organisations,
        Alliances(made.alliances[both], made.themes[both], made.sites[both], made.began[both]),
        Participations(
            organisation=np.concatenate([pairs.row, pairs.row[again]]),
            alliance=alliance,
            since=made.began[both][alliance],
            until=np.full(len(alliance), np.nan),
            led=np.concatenate([led, led[again]]),
        ),
        made.day,
    )


@pytest.mark.parametrize("seed", range(10))
def test_the_same_partners_again_raise_nobody(random_history: Rows, seed: int) -> None:
    made = random_history(seed)
    row = int(np.argmax(np.diff(made.member.indptr)))
    more = doubled(made, row)
    assert more.member.shape[1] > made.member.shape[1]
    stated = np.array([seed % 5]), seed % 6
    before = Matching(made).scores([asker_of(made, asker, *stated) for asker in range(30)])
    after = Matching(more).scores([asker_of(more, asker, *stated) for asker in range(30)])
    assert np.abs(after - before).max() < TOLERANCE


def test_a_register_of_organisations_that_never_joined_anything_changes_no_score(
    history_of_rows: Rows,
) -> None:
    rows = [(row, row // 3, 2015.0 + row % 4, row % 3 == 0) for row in range(12)]
    rows += [(row, 4 + row % 2, 2018.0, False) for row in range(12)]
    small, large = history_of_rows(rows, 12), history_of_rows(rows, 500)
    before = Matching(small).scores([asker_of(small, 1)])[0]
    after = Matching(large).scores([asker_of(large, 1)])[0]
    assert after[:12] == pytest.approx(before, abs=1e-6)
    assert not after[12:].any()
