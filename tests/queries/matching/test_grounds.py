"""What each feature rests on; without it, the feature is less."""

from collections.abc import Callable

import numpy as np
import pytest

from queries.matching.features import Matching, asker_of
from queries.matching.grounds import Ground
from queries.matching.history import Alliances, History, Participations, history
from queries.matching.weights import WEIGHTS, Feature

Rows = Callable[..., History]


# Of every feature, also of those that weigh nothing as shipped.
EVEN = dict.fromkeys(Feature, 2.0)


def because(made: History, asker: int, row: int, **stated: object) -> dict[Feature, Ground]:
    who = asker_of(made, asker, **stated)  # type: ignore[arg-type]
    return {ground.feature: ground for ground in Matching(made).because(who, row, None, EVEN)}


def test_grounds_name_the_way_the_partners_the_themes_and_the_places(history_of_rows: Rows) -> None:
    rows = [
        (0, 0, 2018.0, False),
        (1, 0, 2018.0, True),
        (1, 1, 2019.0, False),
        (2, 1, 2019.0, True),
    ]
    rows += [(2, 2, 2012.0, False), (3, 2, 2012.0, True)]
    made = history_of_rows(
        rows,
        4,
        themes=[(0, 1), (1, 1), (1, 4), (2, 2)],
        sites=[(1, 3)],
        places=[[1, 2, 2, 2], [5, 5, 5, 6]],
        centre=[(45.0, 5.0)] * 4,
        words=[[0, 1], [3], [1, 2], []],
        world=[0, 1, 1, 0],
    )
    found = because(made, 0, 2, themes=np.array([4]), site=3)
    assert found[Feature.CIRCLE].nodes == (100, 500, 101, 501, 102)
    assert found[Feature.PARTNERS].nodes == (101,)
    # Both on theme 1, and 4 that the project states; 2 is not of the asker.
    assert found[Feature.THEME].nodes == found[Feature.THEME_ALIKE].nodes == (4, 1)
    assert not found[Feature.THEME].guessed
    assert found[Feature.GROUND].nodes[:5] == (100, 500, 101, 501, 102)
    assert found[Feature.GROUND].nodes[5:] == (4, 1)
    site = found[Feature.SITE]
    assert (site.nodes, site.places, site.words) == ((501,), (3,), ())
    assert site.value == pytest.approx(0.5 ** (1 / 3))
    assert site.contribution == pytest.approx(2 * 0.5 ** (1 / 3))
    assert found[Feature.FRESH].nodes == (501, 502)
    assert found[Feature.CONVENER].nodes == (501,)
    assert found[Feature.TEXT].words == (1,)
    assert found[Feature.DISTANCE].places == (1, 2)
    # 2 met 1 in 501, of the asker's région; 3 in 502, of its world.
    assert (found[Feature.KIN].nodes, found[Feature.KIN].places) == ((501, 502), (5,))


def test_themes_that_are_only_those_of_a_like_text_are_told_apart(history_of_rows: Rows) -> None:
    rows = [(0, 0, 2018.0, False), (1, 0, 2018.0, False), (2, 1, 2018.0, False)]
    words = [[0, 1], [5], [0, 1], [0, 1]]
    made = history_of_rows(rows, 4, themes=[(0, 2), (1, 3)], words=words)
    found = because(made, 3, 1)[Feature.THEME]  # 3 has no past; 0, of its words, is on theme 2
    assert (found.nodes, found.guessed) == ((2,), True)


def test_a_common_place_is_the_one_that_counts_most(history_of_rows: Rows) -> None:
    rows = [(row, row // 2, 2018.0, False) for row in range(20)]
    places = [[row // 2 for row in range(20)], [50 + row % 2 for row in range(20)]]
    made = history_of_rows(rows, 20, places=places)
    assert because(made, 0, 1)[Feature.HOME].places == (0,)  # its commune: all alliances are local
    assert Feature.HOME not in because(made, 0, 2)  # its région, where nobody meets


def test_grounds_add_up_to_no_more_than_the_score_the_strongest_first(random_history: Rows) -> None:
    for seed in range(6):
        made = random_history(seed)
        matching, asker = Matching(made), asker_of(made, 2, np.array([1]), 4)
        scores, found = matching.scores([asker])[0], matching.features([asker])
        for row in range(3, 30):
            told = matching.because(asker, row, found)
            parts = [ground.contribution for ground in told]
            assert parts == sorted(parts, reverse=True)
            # The usual share of who convened nothing rests on nothing to show.
            unseen = scores[row] - sum(parts)
            assert -1e-5 <= unseen <= WEIGHTS[Feature.CONVENER]
            shown = {ground.feature for ground in told}
            assert unseen == pytest.approx(0, abs=1e-5) or Feature.CONVENER not in shown


def without(made: History, alliances: set[int]) -> History:
    """The same history without some alliances, by node."""
    pairs = made.member.tocoo()
    kept = ~np.isin(made.alliances[pairs.col], list(alliances))
    led = made.led.toarray()[pairs.row, pairs.col] > 0
    return history(
        made.organisations,
        Alliances(made.alliances, made.themes, made.sites, made.began),
        Participations(
            pairs.row[kept], pairs.col[kept], made.began[pairs.col[kept]],
            made.last[pairs.col[kept]], led[kept],
        ),
        made.day,
    )  # fmt: skip


@pytest.mark.parametrize("feature", [Feature.CIRCLE, Feature.SITE, Feature.FRESH, Feature.KIN])
def test_without_the_alliances_it_rests_on_a_feature_is_less(
    random_history: Rows, feature: Feature
) -> None:
    compared = 0
    for seed in range(12):
        made = random_history(seed)
        asker = asker_of(made, 1, site=3)
        matching = Matching(made)
        found = matching.features([asker])
        for row in (3, 8, 13):
            told = {g.feature: g for g in matching.because(asker, row, found, EVEN)}.get(feature)
            if told is None:
                continue
            removed = without(made, {node for node in told.nodes if node >= 500})
            after = Matching(removed).features([asker])[feature][0, row]
            assert after < told.value
            compared += 1
    assert compared > 5
