"""How well each organisation fits a search: its features, and their sum."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

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
from graph.view import View
from queries.masks import goals_in
from queries.matching.embeddings import embeddings
from queries.matching.features import Asker, Matching, asker_of
from queries.matching.history import history_of
from queries.matching.seats import holders_of
from queries.matching.text import text_index, told
from queries.matching.weights import WEIGHTS, Feature
from queries.partner_request import Search
from queries.presence import NEAR, WHOLE

Past: TypeAlias = Mapping[Feature, Floats]

# Texts less alike than this have a word of no weight in common, or none.
LEAST_LIKENESS = 0.1

# Ties by which two organisations know each other without an alliance.
DIRECT = (SUPPORTS, FUNDED, FOUNDED, INSPIRED, GAVE_RISE_TO)


@lru_cache(maxsize=2)
def matching_of(view: View) -> Matching:
    """The method over all that a view knows of the past, made once for each view."""
    return Matching(history_of(view))


@lru_cache(maxsize=8)
def asker(view: View, search: Search) -> Asker:
    """Who asks: the organisation, or the project that is described, as if seated in the place."""
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


def past_of(view: View, search: Search) -> Past:
    """The features of the past for a search; each of shape (1, organisations)."""
    return matching_of(view).features([asker(view, search)])


def features(view: View, search: Search, eligible: Ints, past: Past) -> dict[Feature, Floats]:
    """Each feature that the request and the past give, in [0, 1]; shape (eligible,)."""
    rows = np.searchsorted(matching_of(view).history.organisations.ordinals, eligible)
    found = {feature: values[0][rows].astype(np.float64) for feature, values in past.items()}
    return found | _stated(view, search, eligible)


def _stated(view: View, search: Search, eligible: Ints) -> dict[Feature, Floats]:
    found = {
        Feature.PLACE: search.here.nearness[eligible],
        Feature.EXPERIENCE: _experienced(view, search)[eligible].astype(np.float64),
        Feature.PURPOSE: purpose(view, search)[eligible],
        Feature.COMPETITION: competing(view, search)[eligible].astype(np.float64),
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
        found[Feature.DIRECT] = _directly_tied(view, search.me)[eligible].astype(np.float64)
    return found


def _popcount(bits: Ints) -> Ints:
    return np.asarray(np.bitwise_count(bits), dtype=np.int64)


def _goal_feature(view: View, search: Search, eligible: Ints) -> Floats:
    """Shared goals among those asked, each weighted by log((2 + N) / (1 + n)).

    N organisations have a goal, n of them this one: the goal of all tells little.
    """
    organisations = view.of_kind(ORGANISATION)
    known = search.goals_of[organisations]
    total = int((known > 0).sum())
    shared = np.zeros(len(eligible))
    possible = 0.0
    for number in goals_in(search.goals):
        bit = 1 << (number - 1)
        rarity = np.log((2 + total) / (1 + int(((known & bit) > 0).sum())))
        shared += rarity * ((search.goals_of[eligible] & bit) > 0)
        possible += rarity
    return shared / possible


def _experienced(view: View, search: Search) -> Mask:
    """Who takes or took part in an alliance whose territory touches the place."""
    members = view.ties[MEMBER_OF]
    mask = np.zeros(len(view), dtype=np.bool_)
    mask[members.start[search.here.share[members.end] > 0.5]] = True
    return mask


def _directly_tied(view: View, me: int) -> Mask:
    mask = np.zeros(len(view), dtype=np.bool_)
    for tie in DIRECT:
        mask[view.ties[tie].ends_of(me)] = True
        mask[view.ties[tie].starts_of(me)] = True
    return mask


@lru_cache(maxsize=8)
def purpose(view: View, search: Search) -> Floats:
    """How well words agree, in [0, 1]: purposes alike, or what one needs and the other offers.

    Of the project where it is described in words, else of the organisation that asks; shape (n,).
    """
    words = words_of(view, search)
    if not words.purpose:
        return np.zeros(len(view))
    index = text_index(view)
    found = index.similarity(words.purpose)
    if words.needed:
        found = np.maximum(found, index.offering(words.needed))
    if words.offered:
        found = np.maximum(found, index.needing(words.offered))
    if search.question.embeddings:
        found = np.maximum(found, embeddings(view).similarity(words.purpose))
    return np.where(found >= LEAST_LIKENESS, found, 0)


@dataclass(frozen=True, slots=True)
class Words:
    """What a project or an organisation says: of itself, of what it needs, of what it offers."""

    purpose: str
    needed: str = ""
    offered: str = ""


def words_of(view: View, search: Search) -> Words:
    """The words to compare, without the names of places: where things are is another feature."""
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
    names = {fold(view.names[view.territory_of(rank)]) for rank in around}
    banned = {word for name in names for word in name.split()}
    return " ".join(word for word in text.split() if not set(fold(word).split()) & banned)


def competing(view: View, search: Search) -> Mask:
    """Who offers here the same means for the same goal, with nothing to exchange; shape (n,)."""
    same = ((view.offers & search.offers) > 0) & ((search.goals_of & search.goals) > 0)
    exchange = ((view.offers & search.needs) > 0) | ((view.needs & search.offers) > 0)
    return np.asarray(same & ~exchange & (search.here.nearness >= NEAR))


def scores(found: Mapping[Feature, Floats], weights: Mapping[Feature, float] = WEIGHTS) -> Floats:
    """The weighted sum of the features, not clipped; shape (eligible,)."""
    total = np.zeros(len(next(iter(found.values()))))
    for feature, values in found.items():
        total += weights.get(feature, 0.0) * values
    return total
