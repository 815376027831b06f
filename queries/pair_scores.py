"""What each of two organisations is for the other, for many pairs at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from graph.columns import Floats, Ints
from graph.view import View
from queries.answers import Reason
from queries.masks import goals_in
from queries.matching.features import Askers
from queries.matching.ranking import raised
from queries.matching.text import text_index
from queries.matching.weights import Feature
from queries.partner_request import Search
from queries.partner_scores import (
    LEAST_LIKENESS,
    Past,
    Sought,
    Words,
    likeness,
    matching_of,
    own_words,
    scores,
    stated_features,
)
from queries.partners import told


@dataclass(frozen=True)
class Mutual:
    """Some pairs, each as the one who asks for the other, then all of them the other way round.

    Attributes:
        me, other: ordinals; shape (2 × pairs,).
        past: the features of the past of the other for the one who asks; each (2 × pairs,).
        alike: how well their words agree, as `queries.partner_scores.purpose`; (2 × pairs,).
        raw: what the other is for the one who asks, unclipped; shape (2 × pairs,).
    """

    me: Ints
    other: Ints
    past: Mapping[Feature, Floats]
    alike: Floats
    raw: Floats

    @property
    def mean(self) -> Floats:
        """What two are for each other: the mean of both directions; shape (pairs,)."""
        forth, back = np.split(self.raw, 2)
        return np.asarray((forth + back) / 2)

    def ways(self, pair: int) -> tuple[int, int]:
        """Where both directions of a pair are."""
        return pair, pair + len(self.me) // 2

    def told(self, view: View, search: Search, way: int) -> tuple[Reason, ...]:
        """Why the other could be a partner; `search`: of the one who asks."""
        other = self.other[way : way + 1]
        past = {feature: values[way : way + 1] for feature, values in self.past.items()}
        node = int(other[0])
        search.once((likeness, node), lambda: float(self.alike[way]))  # known: not compared again
        return told(view, search, node, Past(other, past))


def mutual(view: View, search: Search, one: Ints, other: Ints) -> Mutual:
    """What the organisations of some pairs are for each other, in the place of a search.

    Each score is the one that `queries.partners` gives where one of the two asks for the other.
    """
    me, other = np.concatenate([one, other]), np.concatenate([other, one])
    nodes, at = np.unique(np.concatenate([me, other]), return_inverse=True)
    mine, theirs = np.split(at.ravel(), 2)
    matching = matching_of(view)
    goals = search.goals_of[nodes]
    rows = np.searchsorted(matching.history.organisations.ordinals, nodes)
    askers = Askers.among(matching.history, rows, _themes(view, goals), search.rank)
    past = matching.between(askers, mine, theirs)
    sought = Sought(view.needs[me], view.offers[me], goals[mine])
    words = [own_words(view, search.rank, node) for node in nodes.tolist()]
    alike = _purposes(view, words, mine, other)
    found: dict[Feature, Floats] = {each: past[each].astype(np.float64) for each in past}
    found |= stated_features(view, search, sought, other, alike)
    worlds = view.world[other], view.world[me]
    raw = raised(scores(found), *worlds, search.question.difference)
    return Mutual(me, other, past, alike, raw)


def _themes(view: View, goals: Ints) -> list[Ints]:
    """The goals of each as themes, by ordinal."""
    kinds, at = np.unique(goals, return_inverse=True)
    nodes = [[view.ordinal(f"goal:{number}") for number in goals_in(int(mask))] for mask in kinds]
    themes = [np.array([n for n in each if n is not None], dtype=np.int64) for each in nodes]
    return [themes[kind] for kind in at.ravel().tolist()]


def _purposes(view: View, words: Sequence[Words], mine: Ints, other: Ints) -> Floats:
    """As `queries.partner_scores.purpose`, pair by pair; `mine`: whose words; shape (pairs,)."""
    index = text_index(view)
    found = np.zeros(len(mine))
    speaks = np.array([bool(each.purpose) for each in words], dtype=np.bool_)
    for field, said in (
        ("about", [each.purpose for each in words]),
        ("offered", [each.needed for each in words]),
        ("needed", [each.offered for each in words]),
    ):
        speak = np.flatnonzero(speaks & np.array([bool(text) for text in said]))
        told = np.flatnonzero(np.isin(mine, speak))
        if len(told):
            texts, one = [said[each] for each in speak], np.searchsorted(speak, mine[told])
            alike = index.between(texts, field, one, other[told])
            found[told] = np.maximum(found[told], alike)
    return np.where(found >= LEAST_LIKENESS, found, 0)
