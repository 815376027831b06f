"""Where each thing acts, by what is said of it, and which worlds carry it."""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from graph.columns import Floats, Ints, Mask, Rows
from graph.model import (
    ACTS_IN,
    CARRIES,
    GOVERNS,
    KINDS,
    MEMBER_OF,
    ORGANISATION,
    SEATED_IN,
    Tie,
)
from graph.store import StoredClaim
from graph.view import View, once_a_view

_WHOLE = 0.999


@dataclass(frozen=True)
class Terrain:
    """The territories and the worlds of each node.

    Attributes:
        declared: the ranks of the territories where it says that it acts, or that it governs.
        known: the same; where there are none, its seat, or the seats of who carries it.
        worlds: bit mask over `World`: its own, and those of who carries it or takes part in it;
            shape (n,).
    """

    declared: Rows
    known: Rows
    worlds: Ints


@once_a_view
def terrain(view: View) -> Terrain:
    """The territories and worlds of every node; made once per generation."""
    count = len(view)
    nodes, ranks = _declared(view)
    declared = _rows(nodes, ranks, count)
    seats = _seats(view, np.diff(declared.indptr) > 0)
    known = _rows(np.concatenate([nodes, seats[0]]), np.concatenate([ranks, seats[1]]), count)
    return Terrain(declared, known, _worlds(view))


def _declared(view: View) -> tuple[Ints, Ints]:
    organisation = view.kind == KINDS.index(ORGANISATION)
    nodes, ranks = [], []
    for tie in (ACTS_IN, GOVERNS):
        columns = view.ties[tie]
        # Where an organisation no longer acts counts for nothing; where an alliance acted does.
        lasting = (columns.until == 0) | ~organisation[columns.start]
        nodes.append(columns.start[lasting])
        ranks.append(np.searchsorted(view.territories.ordinals, columns.end[lasting]))
    return np.concatenate(nodes), np.concatenate(ranks)


def _seats(view: View, placed: Mask) -> tuple[Ints, Ints]:
    """The seats of those that no territory is declared for, else those of who carries them."""
    own = np.flatnonzero(~placed & (view.seat >= 0))
    carried = view.ties[CARRIES]
    without = ~placed[carried.end] & (view.seat[carried.end] < 0)
    without &= view.seat[carried.start] >= 0
    nodes = np.concatenate([own, carried.end[without]])
    return nodes, np.concatenate([view.seat[own], view.seat[carried.start[without]]])


def _rows(nodes: Ints, ranks: Ints, count: int) -> Rows:
    grouped = Rows.grouped(nodes, count)
    return Rows(grouped.indptr, ranks[grouped.values])


def _worlds(view: View) -> Ints:
    known = np.where(view.world >= 0, 1 << np.maximum(view.world, 0).astype(np.int64), 0)
    worlds = known.copy()
    for tie in (CARRIES, MEMBER_OF):
        columns = view.ties[tie]
        np.bitwise_or.at(worlds, columns.end, known[columns.start])
    return worlds


class Coverage:
    """Some territories, and how much of each lies in others.

    Attributes:
        places: the ranks of the territories, ascending, each once; shape (p,).
        points: their centres on the unit sphere, NaN when unknown; shape (p, 3).
        vague: whether their composition is unknown; shape (p,).
    """

    def __init__(self, view: View, places: Ints) -> None:
        self._territories = view.territories
        self.places = np.unique(places).astype(np.int64)
        self.points = on_sphere(view.territories.centre[self.places])
        owner, atoms = view.territories.extent.flat(self.places)
        starts = np.searchsorted(owner, np.arange(len(self.places) + 1))
        self._extent = Rows(starts, atoms.astype(np.int64))
        self.vague = np.diff(starts) == 0
        # As in `Territories.shares`, an atom without inhabitants weighs as one inhabitant.
        self._weight = np.maximum(view.territories.population, 1).astype(np.float64)
        self._total = self._extent.sums(self._weight)

    def by(self, ranks: Ints) -> Floats:
        """The share of each by inhabitants that lies in the territories of some ranks; shape (p,).

        NaN where its composition is unknown, unless it is one of them.
        """
        covered = np.zeros(len(self._territories), dtype=np.bool_)
        for rank in np.unique(ranks).tolist():
            covered[self._territories.extent[rank]] = True
        common = self._extent.sums(self._weight * covered)
        share = np.where(self.vague, np.nan, common / np.maximum(self._total, 1))
        share[np.isin(self.places, ranks)] = 1.0
        return share

    def touched(self, reached: Ints) -> Mask:
        """Which of them have something in common with what is reached, see `reach`; shape (p,)."""
        mask = np.zeros(len(self._territories), dtype=np.bool_)
        mask[reached] = True
        return np.asarray((self._extent.sums(mask.astype(np.int64)) > 0) | mask[self.places])

    def nearest(self, ranks: Ints) -> tuple[Floats, Ints]:
        """The nearest of the territories of some ranks to each, by their centres.

        Gives the distance as a chord of the unit sphere, infinite when unknown, and the rank, -1
        when unknown; both of shape (p,). By a k-d tree (Bentley 1975).
        """
        distance, found = np.full(len(self.places), np.inf), np.full(len(self.places), -1)
        ranks = np.unique(ranks)
        points = on_sphere(self._territories.centre[ranks])
        known = ~np.isnan(points).any(axis=1)
        asked = ~np.isnan(self.points).any(axis=1)
        if known.any() and asked.any():
            distance[asked], at = cKDTree(points[known]).query(self.points[asked])
            found[asked] = ranks[known][at]
        return distance, found


def reach(view: View, ranks: Ints) -> Ints:
    """The ranks of some territories and of their atoms, each once."""
    extent = view.territories.extent
    atoms = [extent[rank] for rank in ranks.tolist()]
    return np.unique(np.concatenate([ranks, *atoms])).astype(np.int32)


def on_sphere(degrees: Floats) -> Floats:
    """Latitudes and longitudes as points of the unit sphere; (n, 2) → (n, 3)."""
    phi, lam = np.radians(degrees).T
    return np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)], axis=1)


def smallest_around(view: View, a: int, b: int) -> int | None:
    """The rank of the least populated territory that contains two others, None without one."""
    both = [view.territories.shares(rank)[1] > _WHOLE for rank in (a, b)]
    around = np.flatnonzero(both[0] & both[1])
    if not len(around):
        return None
    return int(around[np.argmin(view.territories.population[around])])


def place_claims(view: View, node: int, rank: int) -> list[StoredClaim]:
    """The claims by which a node is in a territory of `Terrain.known`."""
    territory = view.territory_of(rank)
    for tie in (ACTS_IN, GOVERNS, SEATED_IN):
        if claims := tie_claims(view, tie, node, territory):
            return claims
    carriers = view.ties[CARRIES].starts_of(node).tolist()
    return [
        claim
        for carrier in carriers
        if int(view.seat[carrier]) == rank
        for claim in (
            *tie_claims(view, CARRIES, carrier, node),
            *tie_claims(view, SEATED_IN, carrier, territory),
        )
    ]


def tie_claims(view: View, tie: Tie, start: int, end: int) -> list[StoredClaim]:
    """The claims of a tie, none where there is no such tie."""
    stored = view.tie(tie, start, end) if any(_fits(view, tie, start, end)) else None
    return list(stored.claims) if stored else []


def _fits(view: View, tie: Tie, start: int, end: int) -> list[bool]:
    return [view.is_kind(start, a) and view.is_kind(end, b) for a, b in tie.pairs]
