"""In which order, with which mixing of worlds and which place for newcomers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from queries.matching.ranking import band, mixed, ordered, raised, ranked, with_newcomers
from queries.matching.weights import BANDS, OTHER_WORLD, SAME_WORLD_AGAIN

COUNT = 60
SCORES = arrays(np.float64, COUNT, elements=st.floats(0, 8, width=16))
WORLDS = arrays(np.int64, COUNT, elements=st.integers(-1, 6))
MASKS = arrays(np.bool_, COUNT)


def test_the_highest_comes_first_ties_follow_the_ids_and_who_is_not_eligible_is_left_out() -> None:
    scores = np.array([1.0, 3.0, -np.inf, 3.0, 12.5, 1.0])
    assert ordered(scores).tolist() == [4, 1, 3, 0, 5]


def test_another_world_counts_a_tenth_more_and_an_unknown_one_does_not() -> None:
    scores, worlds = np.array([2.0, 2.0, 2.0, -np.inf]), np.array([0, 1, -1, 1])
    assert raised(scores, worlds, 0)[:3].tolist() == pytest.approx([2, 2 * OTHER_WORLD, 2])
    assert raised(scores, worlds, 0)[3] == -np.inf
    assert raised(scores, worlds, -1).tolist() == scores.tolist()


def test_each_further_organisation_of_a_world_costs_a_little() -> None:
    # One step behind, a third world goes before the second of the first; two steps, it does not.
    step = SAME_WORLD_AGAIN
    scores = np.array([5, 4.99, 4.98, 4.99 - step * 0.9, 4.98 - step * 2.1])
    worlds = np.array([0, 0, 0, 1, 0])
    assert mixed(ordered(scores), scores, worlds, 4).tolist() == [0, 3, 1, 2, 4]


@given(scores=SCORES, worlds=WORLDS)
def test_mixing_is_maximal_marginal_relevance(
    scores: np.ndarray[tuple[int], np.dtype[np.float64]],
    worlds: np.ndarray[tuple[int], np.dtype[np.int64]],
) -> None:
    order = ordered(scores)
    found = mixed(order, scores, worlds, 10).tolist()
    pool = order[:40].tolist()
    for place, chosen in enumerate(found[:10]):  # each is the best of those that are left
        left = [row for row in pool if row not in found[:place]]
        shown = [int(worlds[row]) for row in found[:place]]
        worth = {
            row: scores[row] - SAME_WORLD_AGAIN * shown.count(int(worlds[row])) for row in left
        }
        assert worth[chosen] == max(worth.values())
    assert sorted(found) == list(range(COUNT))


@given(scores=SCORES, little=MASKS)
def test_one_place_in_ten_is_for_who_has_little_past_and_the_others_keep_their_order(
    scores: np.ndarray[tuple[int], np.dtype[np.float64]],
    little: np.ndarray[tuple[int], np.dtype[np.bool_]],
) -> None:
    order = ordered(scores)
    found = with_newcomers(order, little, 30)
    assert sorted(found.tolist()) == list(range(COUNT))
    assert found[~little[found]].tolist() == order[~little[order]].tolist()
    assert found[little[found]].tolist() == order[little[order]].tolist()
    for end in (10, 20, 30):
        assert little[found[end - 10 : end]].any() or not little[found[end - 10 :]].any()


def test_a_page_of_fewer_than_ten_keeps_its_order() -> None:
    order = np.arange(12)
    assert with_newcomers(order, order == 11, 9).tolist() == order.tolist()
    assert with_newcomers(order, order == 11, 10).tolist() == [*range(9), 11, 9, 10]


@given(scores=SCORES, worlds=WORLDS, little=MASKS, mine=st.integers(-1, 6))
def test_the_whole_order_has_everybody_once(
    scores: np.ndarray[tuple[int], np.dtype[np.float64]],
    worlds: np.ndarray[tuple[int], np.dtype[np.int64]],
    little: np.ndarray[tuple[int], np.dtype[np.bool_]],
    mine: int,
) -> None:
    scores = np.where(scores < 1, -np.inf, scores)
    found = ranked(scores, worlds, little, mine)
    assert sorted(found.tolist()) == np.flatnonzero(scores >= 1).tolist()


def test_a_band_needs_a_score_and_kinds_of_reasons() -> None:
    strong, plausible, explore = BANDS
    assert band(strong.score, strong.kinds) is strong
    assert band(strong.score * 3, strong.kinds - 1) is plausible
    assert band(strong.score - 1e-9, 9) is plausible
    assert band(strong.score * 3, 0) is explore
    assert band(0.0, 5) is explore
