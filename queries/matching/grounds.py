"""What each feature of a partnership rests on: the alliances, partners, themes and places."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from graph.columns import Ints
from queries.matching.groups import row_of
from queries.matching.walk import shortest
from queries.matching.weights import Feature

if TYPE_CHECKING:
    from queries.matching.features import Asker, Matching


@dataclass(frozen=True, slots=True)
class Ground:
    """One feature of one organisation for one asker, and what it rests on, the strongest first.

    Attributes:
        value: in [0, 1]; `contribution` is what it adds to the score.
        nodes: node ordinals: for CIRCLE the way from the asker (organisation, alliance, …,
            organisation); for GROUND that way, then the themes; for PARTNERS the partners in
            common; for THEME and THEME_ALIKE the themes; for KIN, WELCOME, FRESH, CONVENER and
            SITE the alliances, the most recent first.
        places: ranks of territories: the common place of HOME, the communes of DISTANCE, the
            places of those met of KIN and WELCOME, that of SITE.
        words: columns of the words in common, of TEXT.
        guessed: of THEME, THEME_ALIKE and GROUND: the asker has none of these themes itself, they
            are those of organisations of a like text.
    """

    feature: Feature
    value: float
    contribution: float
    nodes: tuple[int, ...] = ()
    places: tuple[int, ...] = ()
    words: tuple[int, ...] = ()
    guessed: bool = False


_NONE = np.zeros(0, dtype=np.int64)


class _Support(NamedTuple):
    nodes: Ints = _NONE
    places: Ints = _NONE
    words: Ints = _NONE
    guessed: bool = False


def grounds(
    matching: Matching,
    asker: Asker,
    row: int,
    found: Mapping[Feature, float],
    weights: Mapping[Feature, float],
) -> list[Ground]:
    """What carries each feature that adds to the score, the strongest first.

    `found`: the features of the organisation for this asker. One that rests on nothing to show, as
    the usual share of a convener that convened nothing, is left out.
    """
    pair = _Pair(matching, asker, row)
    told = []
    for feature, value in found.items():
        weight = weights.get(feature, 0.0)
        if value <= 0 or weight <= 0:
            continue
        rests = _SUPPORTS[feature](pair)
        nodes, places, words = (tuple(part.tolist()) for part in rests[:3])
        if nodes or places or words:
            added = weight * value
            told.append(Ground(feature, value, added, nodes, places, words, rests.guessed))
    return sorted(told, key=lambda ground: -ground.contribution)


class _Pair:
    """What each feature of one organisation for one asker rests on."""

    def __init__(self, matching: Matching, asker: Asker, row: int) -> None:
        self._matching = matching
        self._asker = asker
        self._row = row
        self._circles = row_of(matching.circles.member, row)

    def _alliances(self, circles: Ints) -> Ints:
        """The alliances of some circles, the most recent first, each once for all its editions."""
        matching = self._matching
        found = matching.history.alliances[matching.circles.alliance[np.sort(circles)[::-1]]]
        return np.array(list(dict.fromkeys(found.tolist())), dtype=np.int64)

    @cached_property
    def way(self) -> _Support:
        if self._asker.row is None:
            return _Support()
        history, circles = self._matching.history, self._matching.circles
        ends = self._asker.row, self._row
        way = np.array(shortest(circles.member, circles.members, *ends), dtype=np.int64)
        nodes = np.empty_like(way)
        nodes[::2] = history.organisations.ordinals[way[::2]]
        nodes[1::2] = history.alliances[circles.alliance[way[1::2]]]
        return _Support(nodes)

    @cached_property
    def themes(self) -> _Support:
        """The themes that it worked on, of the asker's own; else of those of a like text."""
        matching, themes = self._matching, self._matching.themes
        theirs = themes.rarity * themes.own[[self._row]].toarray()[0]
        shared = matching.wanted([self._asker], guessed=False)[0] * theirs
        guessed = not shared.any()
        if guessed:
            shared = matching.wanted([self._asker])[0] * theirs
        order = np.argsort(-shared, kind="stable")[: np.count_nonzero(shared)]
        return _Support(themes.nodes[order], guessed=guessed)

    def ground(self) -> _Support:
        return self.themes._replace(nodes=np.concatenate([self.way.nodes, self.themes.nodes]))

    def partners(self) -> _Support:
        if self._asker.row is None:
            return _Support()
        ties = self._matching.ties
        common = np.intersect1d(row_of(ties, self._asker.row), row_of(ties, self._row))
        order = np.argsort(np.diff(ties.indptr)[common], kind="stable")
        return _Support(self._matching.history.organisations.ordinals[common[order]])

    def met(self, welcome: bool) -> _Support:
        """The alliances where it met others of the asker's groups, and the places of those."""
        asker, groups = self._asker, self._matching.groups
        asked = groups.of(asker.places[:, None], np.array([asker.world])).indices
        met = groups.met(self._circles, self._row, asked, welcome) > 0
        places = np.intersect1d(asked[met.any(axis=0)], asker.places)
        return _Support(self._alliances(self._circles[met.any(axis=1)]), places)

    def home(self) -> _Support:
        mine = self._asker.places
        theirs = self._matching.history.organisations.places[:, self._row]
        same = mine[(mine >= 0) & (mine == theirs)]
        return _Support(places=same[[np.argmax(self._matching.groups.value[same])]])

    def distance(self) -> _Support:
        theirs = self._matching.history.organisations.places[0, self._row]
        both = np.array([self._asker.places[0], theirs])
        return _Support(places=both[both >= 0])

    def fresh(self) -> _Support:
        return _Support(self._alliances(self._circles))

    def convener(self) -> _Support:
        circles = self._matching.circles
        led = row_of(circles.led, self._row)
        return _Support(self._alliances(led[circles.size[led] > 1]))

    def site(self) -> _Support:
        if self._asker.site is None:
            return _Support()
        sites = self._matching.circles.sites[self._circles]
        here = sites[:, [self._asker.site]].toarray()[:, 0] > 0
        return _Support(self._alliances(self._circles[here]), np.array([self._asker.site]))

    def text(self) -> _Support:
        words = self._matching.history.organisations.words[[self._row]]
        common = (self._asker.words * words).tocsr()
        return _Support(words=common.indices[np.argsort(-common.data, kind="stable")])


_SUPPORTS: Mapping[Feature, Callable[[_Pair], _Support]] = {
    Feature.CIRCLE: lambda pair: pair.way,
    Feature.PARTNERS: _Pair.partners,
    Feature.KIN: lambda pair: pair.met(welcome=False),
    Feature.WELCOME: lambda pair: pair.met(welcome=True),
    Feature.HOME: _Pair.home,
    Feature.DISTANCE: _Pair.distance,
    Feature.FRESH: _Pair.fresh,
    Feature.CONVENER: _Pair.convener,
    Feature.THEME: lambda pair: pair.themes,
    Feature.THEME_ALIKE: lambda pair: pair.themes,
    Feature.GROUND: _Pair.ground,
    Feature.SITE: _Pair.site,
    Feature.TEXT: _Pair.text,
}
