"""How well each organisation fits a search: its features, and their sum."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

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
from queries.masks import GOALS, goals_in
from queries.matching.embeddings import embeddings
from queries.matching.features import Asker, Matching, asker_of
from queries.matching.history import history_of, this_day
from queries.matching.seats import holders_of
from queries.matching.text import text_index, told
from queries.matching.weights import WEIGHTS, Feature
from queries.partner_request import Search, all_goals
from queries.presence import NEAR, WHOLE, presence

# Texts less alike than this have a word of no weight in common, or none.
LEAST_LIKENESS = 0.1

# Ties by which two organisations know each other without an alliance.
DIRECT = (SUPPORTS, FUNDED, FOUNDED, INSPIRED, GAVE_RISE_TO)


def matching_of(view: View) -> Matching:
    """The method over all that a view knows of the past, made once a day for each view."""
    return _matching_on(view, this_day())


@latest_of_view(1)
def _matching_on(view: View, day: float) -> Matching:
    return Matching(history_of(view, day))


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
    matching = matching_of(view)
    rows = np.searchsorted(matching.history.organisations.ordinals, nodes)
    found = matching.features([asker(view, search)], rows)
    return Past(nodes, {feature: values[0] for feature, values in found.items()})


def features(view: View, search: Search, eligible: Ints, past: Past) -> dict[Feature, Floats]:
    """Each feature that the request and the past give, in [0, 1]; shape (eligible,)."""
    found: dict[Feature, Floats] = {
        each: values.astype(np.float64) for each, values in past.of(eligible).items()
    }
    alike = purpose(view, search, eligible)
    found |= stated_features(view, search, Sought.of(search), eligible, alike)
    if search.me is not None:
        tied = np.isin(eligible, _directly_tied(view, search.me))
        found[Feature.DIRECT] = tied.astype(np.float64)
    return found


@dataclass(frozen=True)
class Sought:
    """What is sought, offered and aimed at, as bit masks: the same of all others, or of each one.

    Attributes:
        needs, offers, goals: shape (), or that of the others.
    """

    needs: Ints
    offers: Ints
    goals: Ints

    @classmethod
    def of(cls, search: Search) -> "Sought":
        """What a search states."""
        return cls(*map(np.asarray, (search.needs, search.offers, search.goals)))


def stated_features(
    view: View, search: Search, sought: Sought, others: Ints, alike: Floats
) -> dict[Feature, Floats]:
    """What a request says against what is said of others in its place; `alike`: their words."""
    offers, needs = view.offers[others], view.needs[others]
    return {
        Feature.PLACE: search.here.nearness[others],
        Feature.EXPERIENCE: _experienced(view, search.rank)[others].astype(np.float64),
        Feature.PURPOSE: alike,
        Feature.COMPETITION: competing(view, search, sought, others).astype(np.float64),
        Feature.GIVEN: _share(offers & sought.needs, sought.needs),
        Feature.RECEIVED: _share(needs & sought.offers, needs),
        Feature.GOAL: _goal_feature(view, sought.goals, search.goals_of[others]),
    }


def _share(met: Ints, wanted: Ints) -> Floats:
    """How much of some means is met; 0 of none."""
    return np.asarray(_popcount(met) / np.maximum(_popcount(wanted), 1))


def _popcount(bits: Ints) -> Ints:
    return np.asarray(np.bitwise_count(bits), dtype=np.int64)


def _goal_feature(view: View, asked: Ints, theirs: Ints) -> Floats:
    """Shared goals among those asked, each weighted by log((2 + N) / (1 + n)).

    N organisations have a goal, n of them this one: the goal of all tells little.
    """
    shared, possible = np.zeros(len(theirs)), np.zeros(asked.shape)
    for number in goals_in(int(np.bitwise_or.reduce(asked, axis=None))):
        wanted = asked >> (number - 1) & 1
        rarity = _rarity(view)[number - 1]
        shared += rarity * (theirs >> (number - 1) & wanted)
        possible += rarity * wanted
    return np.asarray(shared / np.where(possible > 0, possible, 1))


@once_a_view
def _rarity(view: View) -> Floats:
    """Of each goal among organisations; shape (17,)."""
    known = all_goals(view)[view.of_kind(ORGANISATION)]
    having = np.array([int((known >> index & 1).sum()) for index in range(GOALS)])
    return np.asarray(np.log((2 + int((known > 0).sum())) / (1 + having)))


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


def likeness(view: View, search: Search, node: int) -> float:
    """As `purpose`, of one node; kept with the search."""
    return search.once((likeness, node), lambda: float(purpose(view, search, np.array([node]))[0]))


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
        said = _without(_place_words(view, search.rank), search.question.text)
        return Words(said, said)
    if search.me is None:
        return Words("")
    return own_words(view, search.rank, search.me)


def own_words(view: View, place: int, me: int) -> Words:
    """What an organisation says, without the names of where it is and of what holds the place."""
    banned = _place_words(view, place)
    if view.seat[me] >= 0:
        banned = banned | _name_words(view.names[view.territory_of(int(view.seat[me]))])
    parts = told(view, me), view.needed[me], view.offered[me]
    return Words(*(_without(banned, part) for part in parts))


@latest_of_view(4)
def _place_words(view: View, place: int) -> frozenset[str]:
    """The words of the names of a territory and of those that hold it."""
    around = np.flatnonzero(view.territories.shares(place)[1] > WHOLE).tolist()
    return frozenset().union(*(_name_words(view.names[view.territory_of(rank)]) for rank in around))


@lru_cache(maxsize=50_000)
def _name_words(text: str) -> frozenset[str]:
    return frozenset(fold(text).split())


def _without(banned: frozenset[str], text: str) -> str:
    return " ".join(word for word in text.split() if banned.isdisjoint(_name_words(word)))


def competing(view: View, search: Search, sought: Sought, nodes: Ints) -> Mask:
    """Who of some nodes offers here the same means for the same goal, with nothing to exchange.

    Shape (nodes,).
    """
    offers, needs = view.offers[nodes], view.needs[nodes]
    same = ((offers & sought.offers) > 0) & ((search.goals_of[nodes] & sought.goals) > 0)
    exchange = ((offers & sought.needs) > 0) | ((needs & sought.offers) > 0)
    return np.asarray(same & ~exchange & (search.here.nearness[nodes] >= NEAR))


def scores(found: Mapping[Feature, Floats], weights: Mapping[Feature, float] = WEIGHTS) -> Floats:
    """The weighted sum of the features, not clipped; shape (eligible,)."""
    total = np.zeros(len(next(iter(found.values()))))
    for feature, values in found.items():
        total += weights.get(feature, 0.0) * values
    return total
