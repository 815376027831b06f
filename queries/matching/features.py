"""How well each organisation fits who asks: readable features, each in [0, 1], and their sum."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from scipy import sparse

from graph.columns import Floats, Ints, Mask
from queries.matching.circles import UNDATED, circles
from queries.matching.grounds import Ground, grounds
from queries.matching.groups import EVERYONE, Groups
from queries.matching.history import History, incidence
from queries.matching.themes import Themes
from queries.matching.walk import Walk, lift
from queries.matching.weights import LITTLE_PAST, STATED, WEIGHTS, Feature

_NEAR_KM = 50.0  # a distance at which nearness falls to 1/e
Rows: TypeAlias = Ints | slice  # of organisations, or all of them
_EARTH_KM = 6371.0088  # mean radius R1 of the GRS 80 ellipsoid (Moritz 2000)


@dataclass(frozen=True)
class Asker:
    """Who asks, or what a project says of itself.

    Attributes:
        row: in the organisations, None for a project that is only described.
        world: index into `World`, -1 when unknown.
        places: ranks of territories, finest level first, -1 when unknown; shape (levels,).
        centre: latitude and longitude in degrees, NaN when unknown; shape (2,).
        words: a unit row of words; shape (1, v).
        themes: columns of the history that the project states.
        site: rank of the territory that the project states.
    """

    row: int | None
    world: int
    places: Ints
    centre: Floats
    words: sparse.csr_array
    themes: Ints
    site: int | None = None


def asker_of(
    history: History, row: int, themes: Ints | None = None, site: int | None = None
) -> Asker:
    """An organisation as the one who asks, with what it states of its project."""
    organisations = history.organisations
    return Asker(
        row=row,
        world=int(organisations.world[row]),
        places=organisations.places[:, row],
        centre=organisations.centre[row],
        words=organisations.words[[row]],
        themes=np.zeros(0, np.int64) if themes is None else themes,
        site=site,
    )


class Matching:
    """What is computed once for a history, then for any askers.

    What depends on the asker alone, or on the other alone, does not depend on who else asks. All
    shares are among the organisations that have a past, so that a register of organisations that
    never joined anything changes nothing.
    """

    def __init__(self, history: History) -> None:
        self.history = history
        self.circles = circles(history)
        past = history.past
        self._past = int(past.sum())
        several = np.flatnonzero(self.circles.size > 1)  # who is alone in one meets nobody there
        self.member = sparse.csr_array(self.circles.member[:, several])
        walking = np.flatnonzero(np.diff(self.member.indptr))  # the others go nowhere
        self._in_walk = np.full(len(past), -1, dtype=np.int64)
        self._in_walk[walking] = np.arange(len(walking))
        self.walk = Walk(sparse.csr_array(self.member[walking]), self.circles.recency[several])
        self.groups = Groups(history.organisations, self.circles, past)
        self.themes = Themes(self.circles, self._past)
        self.ties = _ties(self.member)
        self._rare = 1 / np.log(np.maximum(np.diff(self.ties.indptr), 2))
        self._sphere = _on_sphere(history.organisations.centre)
        self._fresh = self._mean_recency()
        self._convener = self._share_convened()
        self._members = sparse.csc_array(self.circles.member)
        self._at_site = sparse.csc_array(self.circles.sites)

    # Of an organisation alone ------------------------------------------------------------------

    def _mean_recency(self) -> Floats:
        """The mean over its dated circles, not the last of them: one in many is recent by chance.

        Where none is dated, what a circle without a date weighs.
        """
        member, dated = self.circles.member, self.circles.dated
        count = np.asarray(member @ dated.astype(np.float64))
        mean = np.asarray(member @ (self.circles.recency * dated)) / np.maximum(count, 1)
        return np.where((count == 0) & self.history.past, UNDATED, mean)

    def _share_convened(self) -> Floats:
        """Of its circles of several, the share that it convened.

        Two usual ones are added to each, so that one alone says little.
        """
        took = np.asarray(self.circles.member @ self.circles.shared)
        led = np.asarray(self.circles.led @ self.circles.shared)
        usual = led.sum() / max(took.sum(), 1)
        return np.where(self.history.past, (led + 2 * usual) / (took + 2), 0)

    # For who asks ------------------------------------------------------------------------------

    def features(self, askers: Sequence[Asker], among: Ints | None = None) -> dict[Feature, Floats]:
        """Every feature of the past, 0 where nothing is known; shape (askers, organisations).

        `among`: the rows of the organisations that are wanted, all where it is not said.
        """
        rows = _rows(askers)
        kept = slice(None) if among is None else among
        places = np.stack([asker.places for asker in askers], axis=1)
        worlds = np.array([asker.world for asker in askers])
        groups = self.groups.of(places, worlds)
        past = self.history.past
        known = np.array([row >= 0 and bool(past[row]) for row in rows.tolist()])
        circle = self._circle(rows, known, kept)
        wanted = self.wanted(askers)
        alike = self.themes.alike(wanted, kept)
        welcome = self.groups.welcome(groups, kept)
        fresh, convener = self._fresh[kept], self._convener[kept]
        shape = len(askers), len(fresh)
        sites = {asker.site: asker.site for asker in askers}
        at_site = {site: self._site(site)[kept] for site in sites}
        return {
            Feature.CIRCLE: circle,
            Feature.PARTNERS: self._partners(rows, kept),
            Feature.KIN: self.groups.kin(groups, kept),
            Feature.WELCOME: np.where(known[:, None], 0, welcome),
            Feature.HOME: self.groups.home(places, kept),
            Feature.DISTANCE: self._nearness(np.stack([asker.centre for asker in askers]), kept),
            Feature.FRESH: np.broadcast_to(fresh, shape),
            Feature.CONVENER: np.broadcast_to(convener, shape),
            Feature.THEME: self.themes.taken(wanted, kept),
            Feature.THEME_ALIKE: alike,
            Feature.GROUND: circle * alike,
            Feature.SITE: np.stack([at_site[asker.site] for asker in askers]),
            Feature.TEXT: self._text(askers, rows, kept).toarray().astype(np.float32),
        }

    def scores(self, askers: Sequence[Asker], weights: Mapping[Feature, float] = WEIGHTS) -> Floats:
        """The weighted sum of the features of the past, not clipped; (askers, organisations)."""
        found = self.features(askers)
        total = np.zeros((len(askers), len(self.history.organisations)), dtype=np.float32)
        for feature, weight in weights.items():
            if feature not in STATED and weight:
                total += np.float32(weight) * found[feature]
        return total

    def because(
        self,
        asker: Asker,
        row: int,
        found: Mapping[Feature, Floats] | None = None,
        weights: Mapping[Feature, float] = WEIGHTS,
    ) -> list[Ground]:
        """What carries each feature of one organisation for one asker, the strongest first.

        `found`: what `features([asker])` gave, where it is at hand.
        """
        found = found or self.features([asker])
        values = {feature: float(each[0, row]) for feature, each in found.items()}
        return grounds(self, asker, row, values, weights)

    def wanted(self, askers: Sequence[Asker], guessed: bool = True) -> Floats:
        """How much each asker works on each of `themes.nodes`; rows sum to 1, or to 0.

        `guessed`: also as organisations of a like text do.
        """
        rows, active = _rows(askers), self.themes.active
        none = sparse.csr_array((len(askers), len(active)))
        near = self._text(askers, rows, active) if guessed else none
        return self.themes.wanted(rows, near, [asker.themes for asker in askers])

    @property
    def little(self) -> Mask:
        """Those with at most `LITTLE_PAST` past alliances; shape (organisations,)."""
        return np.diff(self.history.member.indptr) <= LITTLE_PAST

    def _circle(self, rows: Ints, known: Mask, kept: Rows) -> Floats:
        asking = np.flatnonzero(known & (self._in_walk[rows] >= 0))
        starts, each = self._in_walk[rows[asking]], np.arange(len(asking))
        seeds = np.zeros((self._in_walk.max(initial=-1) + 1, len(asking)), dtype=np.float32)
        seeds[starts, each] = 1
        mass = self.walk.pagerank(seeds)
        mass[starts, each] = 0
        at = self._in_walk[kept]
        found = np.zeros((len(rows), len(at)), dtype=np.float32)
        reached = np.flatnonzero(at >= 0)
        found[np.ix_(asking, reached)] = mass[at[reached]].T
        return lift(found, self._past)

    def adamic_adar(self, rows: Ints) -> Floats:
        """For each asker (-1: none) Σ 1 / log(partners) over the partners in common with each.

        Adamic & Adar 2003, over who was in one alliance with whom; (askers, organisations).
        """
        return self._in_common(rows, EVERYONE)

    def _in_common(self, rows: Ints, kept: Rows) -> Floats:
        others = self.ties[kept] if isinstance(kept, np.ndarray) else self.ties
        found = np.asarray((self._rarely(rows) @ others.T).toarray())
        found[rows[:, None] == np.arange(self.ties.shape[0])[kept]] = 0
        return found

    def _rarely(self, rows: Ints) -> sparse.csr_array:
        """The partners of each asker by how rare they are; (askers, organisations)."""
        known = sparse.diags_array((rows >= 0).astype(np.float64))
        return sparse.csr_array(known @ self.ties[np.maximum(rows, 0)] * self._rare)

    def _partners(self, rows: Ints, kept: Rows) -> Floats:
        """The share of each in the partners in common with all; (askers, organisations)."""
        # Each partner is in common with all of its own, less the asker.
        total = np.asarray(self._rarely(rows) @ (np.diff(self.ties.indptr) - 1.0))[:, None]
        return lift(self._in_common(rows, kept) / np.maximum(total, 1e-9), self._past)

    def _text(self, askers: Sequence[Asker], rows: Ints, kept: Rows) -> sparse.csr_array:
        """The cosine between words, not with oneself; (askers, organisations)."""
        words = sparse.csr_array(sparse.vstack([asker.words for asker in askers]))
        others = self.history.organisations.words
        near = ((others[kept] if isinstance(kept, np.ndarray) else others) @ words.T).T.tocoo()
        of_other = np.arange(others.shape[0])[kept]
        apart = rows[near.row] != of_other[near.col]
        pairs = near.row[apart], near.col[apart]
        return sparse.csr_array((near.data[apart], pairs), shape=near.shape)

    def _nearness(self, centres: Floats, kept: Rows) -> Floats:
        """exp(−km / 50), of great circles; 0 where one is unknown."""
        halved = np.sqrt(np.maximum(1 - _on_sphere(centres) @ self._sphere[kept].T, 0) / 2)
        km = 2 * _EARTH_KM * np.arcsin(np.minimum(halved, 1))
        return np.nan_to_num(np.exp(-km / _NEAR_KM), nan=0).astype(np.float32)

    def _site(self, site: int | None) -> Floats:
        """The recency of the last circle of each that acted there."""
        found = np.zeros(len(self.history.organisations), dtype=np.float32)
        if site is not None and site < self._at_site.shape[1]:
            start, end = self._at_site.indptr[site : site + 2]
            here = self._at_site.indices[start:end]
            members = sparse.csc_array(self._members[:, here])
            np.maximum.at(
                found,
                members.indices,
                np.repeat(self.circles.recency[here], self.circles.size[here]),
            )
        return found


def _rows(askers: Sequence[Asker]) -> Ints:
    return np.array([-1 if asker.row is None else asker.row for asker in askers])


def _ties(member: sparse.csr_array) -> sparse.csr_array:
    """Who was in one circle with whom, 0 or 1."""
    pairs = (member @ member.T).tocoo()
    others = pairs.row != pairs.col
    return incidence(pairs.row[others], pairs.col[others], pairs.shape)


def _on_sphere(degrees: Floats) -> Floats:
    """Points of the unit sphere from latitudes and longitudes; shape (…, 3)."""
    latitude, longitude = np.radians(degrees).T
    return np.stack(
        [
            np.cos(latitude) * np.cos(longitude),
            np.cos(latitude) * np.sin(longitude),
            np.sin(latitude),
        ],
        axis=-1,
    )
