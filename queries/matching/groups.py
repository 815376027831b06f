"""Organisations of the same place or world: who meets them, who welcomed their first alliance."""

import numpy as np
from scipy import sparse

from graph.columns import Floats, Ints, Mask
from queries.matching.circles import Circles
from queries.matching.history import Organisations, incidence
from queries.matching.walk import lift

FEW = 20.0  # a share seen on fewer meetings than this is shrunk by half or more
EVERYONE = slice(None)  # all rows of organisations
_FEW_HERE = 5.0  # the same, for the meetings expected in a place


class Meetings:
    """Who met the members of each group; the table, organisations × groups, is never laid out.

    Circles weigh by recency and by (size − 1)^power; `who` tells whose participations count, as
    organisations × circles; nobody meets itself. A share is of all the meetings with the group,
    shrunk by `FEW`.
    """

    def __init__(
        self, circles: Circles, who: sparse.csr_array, here: sparse.csr_array, power: float
    ) -> None:
        weight = circles.recency * circles.shared * np.maximum(circles.size - 1, 1) ** power
        self._here = here
        self._inside = sparse.csr_array(who.T @ here)
        self._member = circles.member
        self._who = who
        self._weight = weight
        self._itself = np.asarray(who @ weight)
        total = self._inside.T @ (weight * circles.size) - here.T @ self._itself
        self._scale = 1 / (np.asarray(total) + FEW)

    def shares(self, groups: sparse.csr_array, kept: Ints | slice) -> Floats:
        """The sum of the shares that some organisations had of each asker's groups.

        `groups`: askers × groups, 0 or 1; shape (organisations, askers).
        """
        used = np.unique(groups.indices)  # the others add nothing
        asked = np.ascontiguousarray(sparse.csr_array(groups * self._scale)[:, used].toarray().T)
        member, here, inside, weight = self._member, self._here, self._inside, self._weight
        if isinstance(kept, np.ndarray):
            member, here = member[kept], here[kept]
            circles = np.unique(member.indices)
            member, inside, weight = member[:, circles], inside[circles], weight[circles]
        met = member @ (weight[:, None] * (inside[:, used] @ asked))
        return np.asarray(np.maximum(met - self._itself[kept, None] * (here[:, used] @ asked), 0))

    def met(self, circles: Ints, row: int, groups: Ints) -> Floats:
        """How many others of some groups an organisation met in each circle; (circles, groups)."""
        counted = np.isin(circles, row_of(self._who, row)).astype(np.float64)
        own = np.isin(groups, row_of(self._here, row))
        inside = self._inside[circles][:, groups].toarray()
        several = self._weight[circles] > 0
        return np.asarray(several[:, None] * (inside - counted[:, None] * own))


class Groups:
    """The groups that organisations belong to: one for each place of a level, one for each world.

    Attributes:
        here: organisations with a past × groups, 0 or 1.
        value: for each group that is a place, in [0, 1], how much oftener than by lot two members
            of one circle are both there; 0 for a world; shape (groups,).
    """

    def __init__(self, organisations: Organisations, circles: Circles, past: Mask) -> None:
        self._places = organisations.places
        self._first_world = int(organisations.places.max(initial=-1)) + 1
        self._width = self._first_world + int(organisations.world.max(initial=-1)) + 1
        self._kinds = len(organisations.places) + 1
        self._past = int(past.sum())
        self.here = self._indicator(
            np.where(past, organisations.places, -1), np.where(past, organisations.world, -1)
        )
        self._kin = Meetings(circles, circles.member, self.here, -1.0)
        self._welcome = Meetings(circles, debuts(circles), self.here, -0.5)
        self.value = self._value(circles)

    def _indicator(self, places: Ints, worlds: Ints) -> sparse.csr_array:
        """Rows × groups, for places of shape (levels, rows) and worlds of shape (rows,)."""
        codes = np.vstack([places, np.where(worlds >= 0, worlds + self._first_world, -1)])
        codes = np.where(codes < self._width, codes, -1)  # groups that nobody here belongs to
        kind, row = np.nonzero(codes >= 0)
        return incidence(row, codes[kind, row], (places.shape[1], self._width))

    def of(self, places: Ints, worlds: Ints) -> sparse.csr_array:
        """The groups of askers, from places (levels, askers) and worlds (askers,)."""
        return self._indicator(np.where(places < self._first_world, places, -1), worlds)

    def kin(self, groups: sparse.csr_array, kept: Ints | slice = EVERYONE) -> Floats:
        """The share of the meetings with these groups, log scale; (askers, organisations).

        `kept`: the rows of the organisations that are wanted.
        """
        return lift(self._kin.shares(groups, kept).T / self._kinds, self._past)

    def welcome(self, groups: sparse.csr_array, kept: Ints | slice = EVERYONE) -> Floats:
        """As `kin`, of the first alliances of members of these groups."""
        return lift(self._welcome.shares(groups, kept).T / self._kinds, self._past)

    def met(self, circles: Ints, row: int, groups: Ints, welcome: bool) -> Floats:
        """How many others of some groups an organisation met in each of some of its circles.

        `welcome`: counting those alone whose first alliance it was; shape (circles, groups).
        """
        meetings = self._welcome if welcome else self._kin
        return meetings.met(circles, row, groups)

    def home(self, places: Ints, kept: Ints | slice = EVERYONE) -> Floats:
        """The value of the rarest place in common; shape (askers, organisations)."""
        others = self._places[:, kept]
        found = np.zeros((places.shape[1], others.shape[1]), dtype=np.float32)
        for mine, theirs in zip(places, others, strict=True):
            known = (mine >= 0) & (mine < self._first_world)
            value = np.zeros(len(mine), dtype=np.float32)
            value[known] = self.value[mine[known]]
            same = theirs[None, :] == mine[:, None]
            np.maximum(found, same * value[:, None], out=found)
        return found

    def _value(self, circles: Circles) -> Floats:
        """log(times oftener than by lot) / log(organisations), shrunk to the mean of the level."""
        weight = circles.recency * circles.shared
        inside = sparse.csr_array(circles.member.T @ self.here)
        each = weight / np.maximum(circles.size - 1, 1)
        pairs = inside.copy()
        pairs.data = inside.data * (inside.data - 1)
        met = np.asarray(pairs.T @ each)
        share = np.asarray(self.here.sum(axis=0)).ravel() / max(self._past, 1)
        expected = np.asarray(inside.T @ weight) * share
        times = np.ones(self._width)
        for level in self._places:
            ours = np.unique(level[level >= 0])
            mean = met[ours].sum() / max(expected[ours].sum(), 1e-9)
            times[ours] = (met[ours] + _FEW_HERE * mean) / (expected[ours] + _FEW_HERE)
        scaled = np.log(np.maximum(times, 1)) / np.log(max(self._past, 2))
        return np.asarray(np.clip(scaled, 0, 1))


def row_of(matrix: sparse.csr_array, row: int) -> Ints:
    """The columns of one row, a hundred times as fast as by its index."""
    return matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]]


def debuts(circles: Circles) -> sparse.csr_array:
    """The first circles of each organisation; undated ones are nobody's first."""
    pairs = circles.member.tocoo()
    began = circles.began[pairs.col]
    first = np.full(circles.member.shape[0], np.inf)
    np.minimum.at(first, pairs.row, np.where(np.isnan(began), np.inf, began))
    starts = began <= first[pairs.row]
    return incidence(pairs.row[starts], pairs.col[starts], circles.member.shape)
