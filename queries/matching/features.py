"""How well each organisation fits who asks: readable features, each in [0, 1], and their sum."""

from collections.abc import Callable, Mapping, Sequence
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


@dataclass(frozen=True)
class Askers:
    """Several who ask, as `Asker`.

    Attributes:
        rows: -1 for a project that is only described; shape (askers,).
        worlds: shape (askers,).
        places: shape (levels, askers).
        centres: shape (askers, 2).
        words: unit rows; shape (askers, v).
        themes: of each.
        sites: -1 where none is stated; shape (askers,).
    """

    rows: Ints
    worlds: Ints
    places: Ints
    centres: Floats
    words: sparse.csr_array
    themes: Sequence[Ints]
    sites: Ints

    @classmethod
    def of(cls, askers: Sequence[Asker]) -> "Askers":
        """These, one after another."""
        return cls(
            rows=np.array([-1 if asker.row is None else asker.row for asker in askers]),
            worlds=np.array([asker.world for asker in askers]),
            places=np.stack([asker.places for asker in askers], axis=1),
            centres=np.stack([asker.centre for asker in askers]),
            words=sparse.csr_array(sparse.vstack([asker.words for asker in askers])),
            themes=[asker.themes for asker in askers],
            sites=np.array([-1 if asker.site is None else asker.site for asker in askers]),
        )

    @classmethod
    def among(cls, history: History, rows: Ints, themes: Sequence[Ints], site: int) -> "Askers":
        """Some organisations, as `asker_of`, for projects on one territory."""
        known = history.organisations
        return cls(
            rows=rows,
            worlds=known.world[rows],
            places=known.places[:, rows],
            centres=known.centre[rows],
            words=known.words[rows],
            themes=themes,
            sites=np.full(len(rows), site),
        )

    def __len__(self) -> int:
        return len(self.rows)


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
        self._at_site = sparse.csc_array(self.circles.sites)
        words = history.organisations.words[self.themes.active]
        self._words_of_active = sparse.csr_array(words.T)

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
        asking, kept = Askers.of(askers), slice(None) if among is None else among
        return self._features(asking, kept, self._circle(asking.rows, kept), lambda table: table)

    def between(self, askers: Askers, one: Ints, other: Ints) -> dict[Feature, Floats]:
        """As `features`, of one organisation that asks for another; each of shape (pairs,).

        `askers`: all organisations of the pairs, each once; `one` and `other` among them.
        """
        circle = self._circle_between(askers.rows[one], askers.rows[other])
        return self._features(askers, askers.rows, circle, lambda table: table[one, other])

    def _features(
        self, askers: Askers, kept: Rows, circle: Floats, cells: Callable[[Floats], Floats]
    ) -> dict[Feature, Floats]:
        """`circle`, and the `cells` that are wanted of tables of (askers, organisations)."""
        rows = askers.rows
        groups = self.groups.of(askers.places, askers.worlds)
        wanted = self._wanted(askers)
        alike = cells(self.themes.alike(wanted, kept))
        welcome = self.groups.welcome(groups, kept)
        fresh, convener = self._fresh[kept], self._convener[kept]
        shape = len(askers), len(fresh)
        at_site = {site: self._site(site)[kept] for site in np.unique(askers.sites).tolist()}
        return {
            Feature.CIRCLE: circle,
            Feature.PARTNERS: cells(self._partners(rows, kept)),
            Feature.KIN: cells(self.groups.kin(groups, kept)),
            Feature.WELCOME: cells(np.where(self._known(rows)[:, None], 0, welcome)),
            Feature.HOME: cells(self.groups.home(askers.places, kept)),
            Feature.DISTANCE: cells(self._nearness(askers.centres, kept)),
            Feature.FRESH: cells(np.broadcast_to(fresh, shape)),
            Feature.CONVENER: cells(np.broadcast_to(convener, shape)),
            Feature.THEME: cells(self.themes.taken(wanted, kept)),
            Feature.THEME_ALIKE: alike,
            Feature.GROUND: circle * alike,
            Feature.SITE: cells(np.stack([at_site[site] for site in askers.sites.tolist()])),
            Feature.TEXT: cells(self._text(askers, kept).toarray().astype(np.float32)),
        }

    def _known(self, rows: Ints) -> Mask:
        """Whether each asker (-1: none) has been in an alliance."""
        return np.asarray((rows >= 0) & self.history.past[rows])

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
        return self._wanted(Askers.of(askers), guessed)

    def _wanted(self, askers: Askers, guessed: bool = True) -> Floats:
        active = self.themes.active
        near = sparse.csr_array((len(askers), len(active)))
        if guessed:
            alike = sparse.coo_array(askers.words @ self._words_of_active)
            near = _apart(alike, askers.rows, active)
        return self.themes.wanted(askers.rows, near, askers.themes)

    @property
    def little(self) -> Mask:
        """Those with at most `LITTLE_PAST` past alliances; shape (organisations,)."""
        return np.diff(self.history.member.indptr) <= LITTLE_PAST

    def _circle(self, rows: Ints, kept: Rows) -> Floats:
        asking = np.flatnonzero(self._known(rows) & (self._in_walk[rows] >= 0))
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

    def _circle_between(self, one: Ints, other: Ints) -> Floats:
        start, end = self._in_walk[one], self._in_walk[other]
        both = np.flatnonzero((start >= 0) & (end >= 0))
        found = np.zeros(len(one), dtype=np.float32)
        found[both] = self.walk.between(start[both], end[both])
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

    def _text(self, askers: Askers, kept: Rows) -> sparse.csr_array:
        """The cosine between words, not with oneself; (askers, organisations)."""
        others = self.history.organisations.words
        near = (others[kept] if isinstance(kept, np.ndarray) else others) @ askers.words.T
        return _apart(sparse.coo_array(near.T), askers.rows, np.arange(others.shape[0])[kept])

    def _nearness(self, centres: Floats, kept: Rows) -> Floats:
        """exp(−km / 50), of great circles; 0 where one is unknown."""
        halved = np.sqrt(np.maximum(1 - _on_sphere(centres) @ self._sphere[kept].T, 0) / 2)
        km = 2 * _EARTH_KM * np.arcsin(np.minimum(halved, 1))
        return np.nan_to_num(np.exp(-km / _NEAR_KM), nan=0).astype(np.float32)

    def _site(self, site: int) -> Floats:
        """The recency of the last circle of each that acted there; -1 is nowhere."""
        found = np.zeros(len(self.history.organisations), dtype=np.float32)
        if 0 <= site < self._at_site.shape[1]:
            start, end = self._at_site.indptr[site : site + 2]
            here = self._at_site.indices[start:end]
            recency = np.repeat(self.circles.recency[here], self.circles.size[here])
            np.maximum.at(found, self.circles.members[here].indices, recency)
        return found


def _apart(cells: sparse.coo_array, rows: Ints, others: Ints) -> sparse.csr_array:
    """A table of askers and others without what is of oneself."""
    kept = rows[cells.row] != others[cells.col]
    found = sparse.csr_array(
        (cells.data[kept], (cells.row[kept], cells.col[kept])), shape=cells.shape
    )
    found.sort_indices()
    return found


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
