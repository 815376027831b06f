"""Where things are: which territory contains, overlaps or borders which.

A territory is the set of its atoms: communes, or municipal arrondissements where a commune has
some. Every question about places is a question about sets of atoms weighted by their population,
so that any perimeter made of communes is worth an official one.
"""

from collections import defaultdict
from collections.abc import Sequence
from math import asin, cos, radians, sin, sqrt

import numpy as np

from graph.columns import Floats, Ints, Mask, Rows
from graph.model import Level
from graph.once import Once

LEVELS = tuple(Level)
_SHARES = 16  # places of which the shares are kept
_EARTH_KM = 6371.0088  # mean radius R1 of the GRS 80 ellipsoid (Moritz 2000)


class Territories:
    """The territories of a view, by their rank among them (0 … n-1).

    Attributes:
        ordinals: the node ordinal of each territory, ascending; shape (n,).
        level: index into `LEVELS`, -1 when unknown; shape (n,).
        population: stated by a source, else the sum over the atoms; shape (n,).
        extent: for each territory the ranks of its atoms.
    """

    def __init__(
        self, ordinals: Ints, level: Ints, population: Ints, centre: Floats, extent: Rows
    ) -> None:
        self.ordinals = ordinals
        self.level = level
        self.population = population
        self.centre = centre
        self.extent = extent
        # An atom without inhabitants still is a place: it weighs as one inhabitant.
        self._weight = np.maximum(population, 1).astype(np.float64)
        self._total = extent.sums(self._weight)
        self._shares = Once(_SHARES)

    def __len__(self) -> int:
        return len(self.ordinals)

    def rank(self, ordinal: int) -> int:
        """The rank of the territory that is a node.

        Raises:
            KeyError: that node is not a territory.
        """
        rank = int(np.searchsorted(self.ordinals, ordinal))
        if rank == len(self) or self.ordinals[rank] != ordinal:
            raise KeyError(ordinal)
        return rank

    def mask(self, rank: int) -> Mask:
        """The atoms of a territory, as a mask over territories; shape (n,)."""
        mask = np.zeros(len(self), dtype=np.bool_)
        mask[self.extent[rank]] = True
        return mask

    def shares(self, place: int) -> tuple[Floats, Floats]:
        """For each territory: (share of it that lies in `place`, share of `place` that it covers).

        Both by population, in [0, 1]; shape (n,). (1, x): it lies within the place. (x, 1): it
        contains the place. (0, 0): they have nothing in common, or its composition is unknown.
        A place is always wholly in itself, even when its composition is unknown. Not to be changed.
        """
        return self._shares(place, lambda: self._shares_of(place))

    def _shares_of(self, place: int) -> tuple[Floats, Floats]:
        common = self.extent.sums(self._weight * self.mask(place))
        with np.errstate(invalid="ignore", divide="ignore"):
            inside = np.where(self._total > 0, common / self._total, 0.0)
            covered = common / self._total[place] if self._total[place] else np.zeros(len(self))
        inside[place] = covered[place] = 1.0
        inside.flags.writeable = covered.flags.writeable = False
        return inside, covered

    def distance_km(self, a: int, b: int) -> float | None:
        """The great-circle distance between two centres (haversine), None when one is unknown."""
        (lat_a, lon_a), (lat_b, lon_b) = self.centre[a], self.centre[b]
        if np.isnan([lat_a, lon_a, lat_b, lon_b]).any():
            return None
        phi_a, phi_b = radians(lat_a), radians(lat_b)
        half = sin((phi_b - phi_a) / 2) ** 2
        half += cos(phi_a) * cos(phi_b) * sin(radians(lon_b - lon_a) / 2) ** 2
        return 2 * _EARTH_KM * asin(min(1.0, sqrt(half)))


def extents(count: int, part_of: Sequence[tuple[int, int]], atomic: Mask) -> Rows:
    """The atoms of each territory, from the ties "a is part of b" between ranks.

    An atom is a territory of an atomic level that comprises no other one of such a level. Cycles
    do no harm: a territory is visited once on the way up from an atom.
    """
    parents: dict[int, list[int]] = defaultdict(list)
    divided = set()
    for part, whole in part_of:
        parents[part].append(whole)
        if atomic[part] and part != whole:
            divided.add(whole)
    pairs = [
        (territory, atom)
        for atom in np.flatnonzero(atomic).tolist()
        if atom not in divided
        for territory in _upward(atom, parents)
    ]
    rows = np.array([row for row, _ in pairs], dtype=np.int64)
    atoms = np.array([atom for _, atom in pairs], dtype=np.int32)
    grouped = Rows.grouped(rows, count)
    return Rows(grouped.indptr, atoms[grouped.values])


def _upward(atom: int, parents: dict[int, list[int]]) -> set[int]:
    reached = {atom}
    waiting = [atom]
    while waiting:
        for parent in parents.get(waiting.pop(), ()):
            if parent not in reached:
                reached.add(parent)
                waiting.append(parent)
    return reached
