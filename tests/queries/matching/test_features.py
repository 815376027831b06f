"""Each feature by its definition, worked out by hand or by another implementation."""

import itertools
import math
from collections.abc import Callable

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queries.matching.features import Asker, Askers, Matching, asker_of
from queries.matching.history import Alliances, History, Organisations, Participations, history
from queries.matching.weights import STATED, WEIGHTS, Feature

Rows = Callable[..., History]
NAN = float("nan")


def feature(made: History, asker: int, wanted: Feature, **stated: object) -> list[float]:
    who = asker_of(made, asker, **stated)  # type: ignore[arg-type]
    return [float(value) for value in Matching(made).features([who])[wanted][0]]


def members_of(made: History) -> list[set[int]]:
    """The members of each set of organisations that met, each set once."""
    table = made.member.toarray() > 0
    sets = {frozenset(np.flatnonzero(column).tolist()) for column in table.T}
    return [set(each) for each in sorted(sets, key=sorted)]


@pytest.mark.parametrize("seed", range(10))
def test_common_partners_are_the_adamic_adar_index_of_networkx(
    random_history: Rows, seed: int
) -> None:
    made = random_history(seed)
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(30))
    for members in members_of(made):
        graph.add_edges_from(itertools.combinations(members, 2))
    found = Matching(made).adamic_adar(np.arange(30))
    pairs = [(a, b) for a, b in itertools.permutations(range(30), 2)]
    for a, b, expected in nx.adamic_adar_index(graph, pairs):
        assert found[a, b] == pytest.approx(expected, abs=1e-9)
    assert not found.diagonal().any()


@pytest.mark.parametrize("seed", range(5))
def test_every_feature_is_between_0_and_1_and_is_declared(random_history: Rows, seed: int) -> None:
    made = random_history(seed)
    askers = [asker_of(made, row, np.array([1]), 2) for row in range(30)]
    found = Matching(made).features(askers)
    assert set(found) | STATED == set(Feature) == set(WEIGHTS)
    assert not set(found) & STATED
    for values in found.values():
        assert values.shape == (30, 30)
        assert values.min() >= 0
        assert values.max() <= 1 + 1e-6


def test_the_score_is_the_weighted_sum_of_the_features(random_history: Rows) -> None:
    made = random_history(1)
    askers = [asker_of(made, row) for row in (0, 4, 29)]
    matching = Matching(made)
    found = matching.features(askers)
    expected = sum(WEIGHTS[each] * found[each] for each in found)
    assert matching.scores(askers) == pytest.approx(expected, abs=1e-5)
    alone = matching.scores(askers, {Feature.CIRCLE: 2.0, Feature.GIVEN: 9.0})
    assert alone == pytest.approx(2 * found[Feature.CIRCLE], abs=1e-6)


def test_before_any_alliance_only_places_and_words_count(random_history: Rows) -> None:
    made = random_history(1)
    empty = history(
        made.organisations,
        Alliances(made.alliances, made.themes, made.sites, made.began),
        Participations(*(np.zeros(0, int),) * 2, *(np.zeros(0),) * 2, np.zeros(0, bool)),
        made.day,
    )
    asker = asker_of(empty, 3, np.array([1]), 2)
    matching = Matching(empty)
    found = matching.features([asker])
    assert {each for each, values in found.items() if values.any()} == {
        Feature.DISTANCE,
        Feature.TEXT,
    }
    assert {ground.feature for ground in matching.because(asker, 5)} <= set(found)


def test_what_one_asks_does_not_depend_on_who_else_asks(random_history: Rows) -> None:
    made = random_history(2)
    matching = Matching(made)
    askers = [asker_of(made, row, np.array([row % 5]), row % 6) for row in range(30)]
    together = matching.scores(askers)
    for row in (0, 7, 28):
        assert matching.scores([askers[row]])[0] == pytest.approx(together[row], abs=1e-6)


def test_an_alliance_of_three_years_ago_weighs_half_and_an_undated_one_too(
    history_of_rows: Rows,
) -> None:
    rows = [(0, 0, 2020.0 - 1e-9, False), (1, 1, 2017.0, False), (2, 2, 2014.0, False)]
    rows += [(3, 3, NAN, False), (4, 0, 2020.0 - 1e-9, False), (4, 2, 2014.0, False)]
    found = feature(history_of_rows(rows, 6), 0, Feature.FRESH)
    assert found == pytest.approx([1, 0.5, 0.25, 0.5, (1 + 0.25) / 2, 0], abs=1e-6)


def test_a_convener_is_the_share_that_it_convened_shrunk_by_two_usual_ones(
    history_of_rows: Rows,
) -> None:
    # 0 convened two of its three, 1 one of its two, the others none: three of seven.
    rows = [(0, 0, 2015.0, True), (1, 0, 2015.0, False)]
    rows += [(0, 1, 2016.0, True), (2, 1, 2016.0, False)]
    rows += [(0, 2, 2017.0, False), (1, 2, 2017.0, True), (3, 2, 2017.0, False)]
    rows += [(3, 3, 2018.0, True)]  # alone: nobody was convened
    usual = 3 / 7
    expected = [(2 + 2 * usual) / 5, (1 + 2 * usual) / 4, 2 * usual / 3, 2 * usual / 3, 0]
    assert feature(history_of_rows(rows, 5), 4, Feature.CONVENER) == pytest.approx(expected)


def test_distance_falls_to_one_over_e_at_50_km(history_of_rows: Rows) -> None:
    # A degree of a meridian, on the sphere of the mean radius of GRS 80.
    degree = math.pi * 6371.0088 / 180
    centre = [(45.0, 5.0), (46.0, 5.0), (45.0, 5.0), (NAN, NAN)]
    rows = [(row, 0, 2015.0, False) for row in range(4)]
    found = feature(history_of_rows(rows, 4, centre=centre), 0, Feature.DISTANCE)
    assert found[1] == pytest.approx(math.exp(-degree / 50), abs=1e-4)
    assert found[2] == pytest.approx(1, abs=1e-4)
    assert found[3] == 0


def test_who_already_acts_on_the_stated_territory_counts_by_its_last_alliance_there(
    history_of_rows: Rows,
) -> None:
    rows = [(0, 0, 2017.0, False), (1, 0, 2017.0, False)]
    rows += [(1, 1, 2014.0, False), (2, 2, 2019.0, False)]
    made = history_of_rows(rows, 3, sites=[(0, 4), (1, 4), (2, 5)])
    assert feature(made, 2, Feature.SITE, site=4) == pytest.approx([0.5, 0.5, 0])
    assert feature(made, 2, Feature.SITE) == [0, 0, 0]


@pytest.mark.parametrize("seed", range(6))
def test_kin_is_the_share_of_the_meetings_with_the_asker_s_places_and_world(
    random_history: Rows, seed: int
) -> None:
    made = random_history(seed)
    matching = Matching(made)
    met = meetings(made, lambda other, circle: True, -1.0)
    for asker in (0, 9, 29):
        expected = shares(made, met, asker)
        assert feature(made, asker, Feature.KIN) == pytest.approx(expected, abs=1e-5)
    assert matching.circles.size.sum() == sum(map(len, members_of(made)))


@pytest.mark.parametrize("seed", range(6))
def test_welcome_counts_first_alliances_and_only_for_who_has_none(
    random_history: Rows, seed: int
) -> None:
    made = random_history(seed)
    first = {
        row: min((y for y in years_of(made, row) if not math.isnan(y)), default=NAN)
        for row in range(30)
    }
    met = meetings(made, lambda other, began: began == first[other], -0.5)
    expected = shares(made, met, 29)
    assert max(expected) > 0
    assert feature(made, 29, Feature.WELCOME) == pytest.approx(expected, abs=1e-5)
    known = int(np.flatnonzero(made.past)[0])
    assert not any(feature(made, known, Feature.WELCOME))


def years_of(made: History, row: int) -> list[float]:
    return [float(made.began[a]) for a in made.member[[row]].indices]


Met = dict[tuple[int, tuple[str, int]], float]  # (organisation, group) → weight of meetings


def groups_of(made: History, row: int) -> list[tuple[str, int]]:
    o = made.organisations
    world = [("world", int(o.world[row]))] if o.world[row] >= 0 else []
    return [("place", int(rank)) for rank in o.places[:, row] if rank >= 0] + world


def meetings(made: History, counts: Callable[[int, float], bool], power: float) -> Met:
    """By the definition, circle by circle: who met members of which group, how much."""
    table = made.member.toarray() > 0
    circles: dict[frozenset[int], tuple[float, float]] = {}
    for a, column in enumerate(table.T):
        key = frozenset(np.flatnonzero(column).tolist())
        last, began = float(made.last[a]), float(made.began[a])
        recency = 0.5 if math.isnan(last) else 0.5 ** ((made.day - last) / 3)
        seen = circles.get(key, (0.0, NAN))
        circles[key] = max(seen[0], recency), float(np.fmin(seen[1], began))
    met: Met = {}
    for members, (recency, began) in circles.items():
        for one, other in itertools.permutations(sorted(members), 2):
            if counts(other, began):
                for group in groups_of(made, other):
                    weight = recency * (len(members) - 1) ** power
                    met[one, group] = met.get((one, group), 0) + weight
    return met


def shares(made: History, met: Met, asker: int) -> list[float]:
    past = int(made.past.sum())
    total = np.zeros(30)
    for group in groups_of(made, asker):
        mine = np.array([met.get((row, group), 0) for row in range(30)])
        total += mine / (mine.sum() + 20)
    return [math.log1p(share * past) / math.log1p(past) for share in total / 3]


@pytest.mark.parametrize("seed", range(6))
def test_home_is_how_much_oftener_than_by_lot_members_share_the_rarest_common_place(
    random_history: Rows, seed: int
) -> None:
    made = random_history(seed)
    past = np.flatnonzero(made.past)
    places = made.organisations.places
    value: dict[int, float] = {}
    for level in places:
        met, expected = {}, {}
        for place in np.unique(level).tolist():
            here = {int(row) for row in past if level[row] == place}
            pairs = [
                (recency, len(members), len(members & here))
                for members, recency in circles_of(made)
                if len(members) > 1
            ]
            met[place] = sum(r * k * (k - 1) / (n - 1) for r, n, k in pairs)
            expected[place] = sum(r * k for r, _, k in pairs) * len(here) / len(past)
        mean = sum(met.values()) / sum(expected.values())
        for place in met:
            times = (met[place] + 5 * mean) / (expected[place] + 5)
            value[place] = max(math.log(times) / math.log(len(past)), 0)
    for asker in (0, 29):
        wanted = [
            max((value[int(p)] for p, q in zip(places[:, asker], theirs, strict=True) if p == q),
                default=0)
            for theirs in places.T
        ]  # fmt: skip
        assert feature(made, asker, Feature.HOME) == pytest.approx(wanted, abs=1e-5)


def circles_of(made: History) -> list[tuple[set[int], float]]:
    table = made.member.toarray() > 0
    found: dict[frozenset[int], float] = {}
    for a, column in enumerate(table.T):
        key = frozenset(np.flatnonzero(column).tolist())
        last = float(made.last[a])
        recency = 0.5 if math.isnan(last) else 0.5 ** ((made.day - last) / 3)
        found[key] = max(found.get(key, 0), recency)
    return [(set(key), recency) for key, recency in found.items()]


def test_themes_are_alike_as_the_cosine_of_their_rarity_and_recency(history_of_rows: Rows) -> None:
    rows = [(0, 0, 2017.0, False), (0, 1, 2014.0, False), (2, 1, 2014.0, False)]
    rows += [(1, 2, 2017.0, False)]
    made = history_of_rows(rows, 3, themes=[(0, 1), (1, 2), (2, 1), (2, 3)])
    # 0 did ½ of theme 1 and ¼ of 2; 1 did ½ of 1 and of 3. Rarity: log 3/2, log 3, log 3.
    common, rare = math.log(3 / 2), math.log(3)
    mine, theirs = (0.5 * common, 0.25 * rare), (0.5 * common, 0.5 * rare)
    expected = math.sqrt(mine[0] * theirs[0]) / math.sqrt(sum(mine) * sum(theirs))
    assert feature(made, 0, Feature.THEME_ALIKE)[1] == pytest.approx(expected, abs=1e-6)
    # A project that states theme 3 alone, of an organisation without a past.
    asker = Asker(None, -1, np.array([-1, -1]), np.full(2, NAN), made.organisations.words[[0]],
                  np.array([3]))  # fmt: skip
    found = Matching(made).features([asker])
    cosine = math.sqrt(theirs[1] / sum(theirs))
    assert found[Feature.THEME_ALIKE][0] == pytest.approx([0, cosine, 0], abs=1e-6)
    assert not found[Feature.CIRCLE].any()
    assert not found[Feature.PARTNERS].any()


def test_words_are_alike_as_their_cosine_and_nobody_is_like_itself(history_of_rows: Rows) -> None:
    rows = [(row, 0, 2015.0, False) for row in range(3)]
    made = history_of_rows(rows, 3, words=[[0, 1], [1, 2], [4]])
    assert feature(made, 0, Feature.TEXT) == pytest.approx([0, 0.5, 0], abs=1e-6)


def permuted(made: History, order: list[int]) -> History:
    """The same history with its organisations in another order."""
    o = made.organisations
    pairs = made.member.tocoo()
    return history(
        Organisations(
            o.ordinals[order], o.world[order], o.places[:, order], o.centre[order], o.words[order]
        ),
        Alliances(made.alliances, made.themes, made.sites, made.began),
        Participations(
            organisation=np.argsort(order)[pairs.row],
            alliance=pairs.col,
            since=made.began[pairs.col],
            until=made.last[pairs.col],
            led=made.led.toarray()[pairs.row, pairs.col] > 0,
        ),
        made.day,
    )


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), order=st.permutations(range(30)), asker=st.integers(0, 29))
def test_another_order_of_the_organisations_permutes_the_scores(
    random_history: Rows, seed: int, order: list[int], asker: int
) -> None:
    made = random_history(seed)
    other = permuted(made, order)
    before = Matching(made).scores([asker_of(made, asker, np.array([0]), 1)])[0]
    now = int(np.argsort(order)[asker])
    after = Matching(other).scores([asker_of(other, now, np.array([0]), 1)])[0]
    assert after == pytest.approx(before[order], abs=1e-5)


@pytest.mark.parametrize("seed", range(5))
def test_features_of_pairs_are_cells_of_those_of_each_with_each(
    random_history: Rows, seed: int
) -> None:
    made = random_history(seed)
    rows = np.sort(np.random.default_rng(seed).choice(30, 20, replace=False))
    themes = [np.array([number % 5]) for number in range(20)]
    one, other = np.array([*itertools.permutations(range(20), 2)]).T
    matching = Matching(made)
    found = matching.between(Askers.among(made, rows, themes, 3), one, other)
    askers = [asker_of(made, row, told, 3) for row, told in zip(rows, themes, strict=True)]
    expected = matching.features(askers, rows)
    assert list(found) == list(expected)
    assert found[Feature.CIRCLE].any()
    for each, values in found.items():
        assert values == pytest.approx(expected[each][one, other], rel=1e-5, abs=1e-7)
