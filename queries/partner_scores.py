"""How well each organisation fits a search: its features, and their sum."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from graph.columns import Floats, Ints, Mask
from graph.model import (
    FOUNDED,
    FUNDED,
    GAVE_RISE_TO,
    INSPIRED,
    MEMBER_OF,
    ORGANISATION,
    SUPPORTS,
)
from graph.text import fold
from graph.view import TieColumns, View, latest_of_view, once_a_view
from queries.masks import goals_in
from queries.matching.embeddings import embeddings
from queries.matching.features import Asker, Matching, asker_of
from queries.matching.history import history_of
from queries.matching.seats import holders_of
from queries.matching.text import text_index, told
from queries.matching.weights import WEIGHTS, Feature
from queries.partner_request import Search
from queries.presence import NEAR, WHOLE, presence

# Texts less alike than this have a word of no weight in common, or none.
LEAST_LIKENESS = 0.1

# Ties by which two organisations know each other without an alliance.
DIRECT = (SUPPORTS, FUNDED, FOUNDED, INSPIRED, GAVE_RISE_TO)


@once_a_view
def matching_of(view: View) -> Matching:
    """The method over all that a view knows of the past, made once for each view."""
    return Matching(history_of(view))


def asker(view: View, search: Search) -> Asker:
    """Who asks: the organisation, or the project that is described, as if seated in the place."""
    return search.once(asker, lambda: _asker(view, search))


def _asker(view: View, search: Search) -> Asker:
    history = matching_of(view).history
    named = (view.ordinal(goal.id) for goal in search.question.goals)
    themes = np.array([goal for goal in named if goal is not None], dtype=np.int64)
    if search.me is not None:
        row = int(np.searchsorted(history.organisations.ordinals, search.me))
        return asker_of(history, row, themes, search.rank)
    places = holders_of(view)[:, search.rank]
    centre = view.territories.centre[search.rank] if places[0] >= 0 else np.full(2, np.nan)
    words = sparse.csr_array((1, history.organisations.words.shape[1]), dtype=np.float64)
    return Asker(None, -1, places, centre, words, themes, search.rank)


@dataclass(frozen=True)
class Past:
    """What the past of some organisations says of them for a search.

    Attributes:
        nodes: their ordinals, ascending; shape (k,).
        found: each feature, in [0, 1]; shape (k,).
    """

    nodes: Ints
    found: Mapping[Feature, Floats]

    def of(self, nodes: Ints) -> dict[Feature, Floats]:
        """The features of some of them; each of the shape of `nodes`."""
        at = np.searchsorted(self.nodes, nodes)
        return {feature: values[at] for feature, values in self.found.items()}


def past_of(view: View, search: Search, nodes: Ints) -> Past:
    """The features of the past of some organisations, by ordinal, for a search."""
    return pasts_of(view, [search], nodes)[0]


def pasts_of(view: View, searches: Sequence[Search], nodes: Ints) -> list[Past]:
    """As `past_of`, for several searches at once."""
    matching = matching_of(view)
    rows = np.searchsorted(matching.history.organisations.ordinals, nodes)
    found = matching.features([asker(view, search) for search in searches], rows)
    return [
        Past(nodes, {feature: values[i] for feature, values in found.items()})
        for i in range(len(searches))
    ]


def features(view: View, search: Search, eligible: Ints, past: Past) -> dict[Feature, Floats]:
    """Each feature that the request and the past give, in [0, 1]; shape (eligible,)."""
    return _all(view, search, eligible, past, purpose(view, search, eligible))


def at_most(view: View, search: Search, eligible: Ints, past: Past) -> dict[Feature, Floats]:
    """As `features`, with words as alike as can be: what is found without comparing any."""
    return _all(view, search, eligible, past, np.ones(len(eligible)))


def _all(
    view: View, search: Search, eligible: Ints, past: Past, alike: Floats
) -> dict[Feature, Floats]:
    found = {each: values.astype(np.float64) for each, values in past.of(eligible).items()}
    return found | _stated(view, search, eligible, alike)


def _stated(view: View, search: Search, eligible: Ints, alike: Floats) -> dict[Feature, Floats]:
    found = {
        Feature.PLACE: search.here.nearness[eligible],
        Feature.EXPERIENCE: _experienced(view, search.rank)[eligible].astype(np.float64),
        Feature.PURPOSE: alike,
        Feature.COMPETITION: competing(view, search, eligible).astype(np.float64),
    }
    if search.needs:
        given = _popcount(view.offers[eligible] & search.needs)
        found[Feature.GIVEN] = given / search.needs.bit_count()
    if search.offers:
        wanted = _popcount(view.needs[eligible])
        met = _popcount(view.needs[eligible] & search.offers)
        found[Feature.RECEIVED] = met / np.maximum(wanted, 1)
    if search.goals:
        found[Feature.GOAL] = _goal_feature(view, search, eligible)
    if search.me is not None:
        tied = np.isin(eligible, _directly_tied(view, search.me))
        found[Feature.DIRECT] = tied.astype(np.float64)
    return found


def _popcount(bits: Ints) -> Ints:
    return np.asarray(np.bitwise_count(bits), dtype=np.int64)


def _goal_feature(view: View, search: Search, eligible: Ints) -> Floats:
    """Shared goals among those asked, each weighted by log((2 + N) / (1 + n)).

    N organisations have a goal, n of them this one: the goal of all tells little.
    """
    rarities = search.once(_rarity, lambda: _rarity(view, search))
    shared = np.zeros(len(eligible))
    possible = 0.0
    for number, rarity in rarities.items():
        bit = 1 << (number - 1)
        shared += rarity * ((search.goals_of[eligible] & bit) > 0)
        possible += rarity
    return shared / possible


def _rarity(view: View, search: Search) -> dict[int, float]:
    known = search.goals_of[view.of_kind(ORGANISATION)]
    total = int((known > 0).sum())
    return {
        number: float(np.log((2 + total) / (1 + int((known >> (number - 1) & 1).sum()))))
        for number in goals_in(search.goals)
    }


@latest_of_view(4)
def _experienced(view: View, place: int) -> Mask:
    """Who takes or took part in an alliance whose territory touches the place; shape (n,)."""
    members = view.ties[MEMBER_OF]
    mask = np.zeros(len(view), dtype=np.bool_)
    mask[members.start[presence(view, place).share[members.end] > 0.5]] = True
    return mask


def _directly_tied(view: View, me: int) -> Ints:
    ends = [each for tie in DIRECT for each in _both_ways(view.ties[tie], me)]
    return np.concatenate(ends)


def _both_ways(ties: TieColumns, node: int) -> tuple[Ints, Ints]:
    return ties.ends_of(node), ties.starts_of(node)


def purpose(view: View, search: Search, nodes: Ints) -> Floats:
    """How well words agree, in [0, 1]: purposes alike, or what one needs and the other offers.

    Of the project where it is described in words, else of the organisation that asks, with each
    of some nodes; shape (nodes,).
    """
    words = words_of(view, search)
    if not words.purpose:
        return np.zeros(len(nodes))
    index = text_index(view)
    found = index.similarity(words.purpose, nodes)
    if words.needed:
        found = np.maximum(found, index.offering(words.needed, nodes))
    if words.offered:
        found = np.maximum(found, index.needing(words.offered, nodes))
    if search.question.embeddings:
        found = np.maximum(found, embeddings(view).similarity(words.purpose)[nodes])
    return np.where(found >= LEAST_LIKENESS, found, 0)


@dataclass(frozen=True, slots=True)
class Words:
    """What a project or an organisation says: of itself, of what it needs, of what it offers."""

    purpose: str
    needed: str = ""
    offered: str = ""


def words_of(view: View, search: Search) -> Words:
    """The words to compare, without the names of places: where things are is another feature."""
    return search.once(words_of, lambda: _words_of(view, search))


def _words_of(view: View, search: Search) -> Words:
    if search.question.text:
        said = _without_places(view, search, search.question.text)
        return Words(said, said)
    if search.me is None:
        return Words("")
    parts = told(view, search.me), view.needed[search.me], view.offered[search.me]
    return Words(*(_without_places(view, search, part) for part in parts))


def _without_places(view: View, search: Search, text: str) -> str:
    around = np.flatnonzero(search.here.covered > WHOLE).tolist()
    if search.me is not None and view.seat[search.me] >= 0:
        around.append(int(view.seat[search.me]))
    names = {view.names[view.territory_of(rank)] for rank in around}
    banned = {word for name in names for word in fold(name).split()}
    return " ".join(word for word in text.split() if not set(fold(word).split()) & banned)


def competing(view: View, search: Search, nodes: Ints) -> Mask:
    """Who of some nodes offers here the same means for the same goal, with nothing to exchange.

    Shape (nodes,).
    """
    offers, needs = view.offers[nodes], view.needs[nodes]
    same = ((offers & search.offers) > 0) & ((search.goals_of[nodes] & search.goals) > 0)
    exchange = ((offers & search.needs) > 0) | ((needs & search.offers) > 0)
    return np.asarray(same & ~exchange & (search.here.nearness[nodes] >= NEAR))


def scores(found: Mapping[Feature, Floats], weights: Mapping[Feature, float] = WEIGHTS) -> Floats:
    """The weighted sum of the features, not clipped; shape (eligible,)."""
    total = np.zeros(len(next(iter(found.values()))))
    for feature, values in found.items():
        total += weights.get(feature, 0.0) * values
    return total
