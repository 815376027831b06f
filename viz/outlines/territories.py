"""Outlines of the territories of a view: as a source gives them, else from their communes."""

from collections import OrderedDict, defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cache
from math import cos, radians
from threading import Lock
from typing import TypeAlias
from weakref import WeakKeyDictionary

import numpy as np

from graph.model import Level
from graph.territories import LEVELS
from graph.view import View
from ingest.outlines import Ints, Origin
from viz.outlines.merging import Borders
from viz.outlines.shape import EARTH_KM, Shape
from viz.outlines.shelf import Shelf
from viz.outlines.topology import Drawn

PIXELS_A_TILE = 256  # of the maps of the web, whose zoom 0 is one tile
ALL = 22  # the zoom from which on nothing is left out
_MIDDLE_OF_FRANCE = 46.5
_KEPT = 256  # drawings a view; the largest, all EPCI of France, has two megabytes


@dataclass(frozen=True, slots=True)
class Outline:
    """The outline of a territory.

    Attributes:
        shape: where it lies.
        origin: whose outline it is, and whether it is approximate.
        missing: how many of its communes could not be drawn, for want of a place.
    """

    shape: Shape
    origin: Origin
    missing: int


@dataclass(frozen=True, slots=True)
class Arranged:
    """Territories that one file draws, by their node ordinals, and the arcs around them."""

    territories: list[int]
    drawn: Drawn


_Key: TypeAlias = tuple[tuple[int, ...], int]
_Drawn: TypeAlias = dict[int, Outline]


def tolerance_km(zoom: int) -> float:
    """How long a pixel is in the middle of France, at a zoom of the maps of the web."""
    if zoom >= ALL:
        return 0.0
    around = 2 * np.pi * EARTH_KM * cos(radians(_MIDDLE_OF_FRANCE))
    return float(around / PIXELS_A_TILE / 2**zoom)


class Outlines:
    """Draws territories, and remembers what it drew for as long as a view lives."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._lock = Lock()
        self._of: WeakKeyDictionary[View, _OfView] = WeakKeyDictionary()

    def draw(self, view: View, territories: Sequence[int], zoom: int = ALL) -> dict[int, Outline]:
        """The outline of each territory, so that neighbours drawn together share their borders.

        Args:
            view: what is known.
            territories: by their node ordinal.
            zoom: of a map of the web, 0 to 22; detail below a pixel is left out.

        Returns:
            By ordinal; a territory is absent when nobody knows where any part of it lies.

        Raises:
            KeyError: one is no territory.
        """
        key = (tuple(dict.fromkeys(territories)), max(0, min(zoom, ALL)))
        with self._lock:
            of_view = self._present(view)
            found = of_view.remembered(key)
        if found is None:
            found = of_view.draw(view, *key)
            with self._lock:
                of_view.remember(key, found)
        return dict(found)

    def state(self) -> Hashable:
        """What marks the files of outlines that are there now."""
        return self._shelf.state()

    def arranged(self, view: View, territories: Sequence[int], zoom: int) -> dict[int, Arranged]:
        """The same, by the borders that they have in common.

        Returns:
            By the position of the file that draws them: which territories, and their arcs.
        """
        with self._lock:
            of_view = self._present(view)
        return of_view.arranged(view, tuple(dict.fromkeys(territories)), zoom)

    def _present(self, view: View) -> "_OfView":
        borders = self._shelf.borders()
        of_view = self._of.get(view)
        if of_view is None or of_view.borders != borders:
            of_view = self._of[view] = _OfView(view, borders)
        return of_view


@cache
def bundled_outlines() -> Outlines:
    """What draws territories where no official outlines were read."""
    return Outlines(Shelf())


class _OfView:
    """The cells of the territories of one view, and what was drawn of them."""

    def __init__(self, view: View, borders: tuple[Borders, ...]) -> None:
        self.borders = borders
        self._drawn: OrderedDict[_Key, _Drawn] = OrderedDict()
        keys = [view.keys[int(ordinal)] for ordinal in view.territories.ordinals]
        self._cells = [
            np.array([each.index.get(key, -1) for key in keys], dtype=np.int64) for each in borders
        ]
        extent = view.territories.extent
        commune = view.territories.level == LEVELS.index(Level.COMMUNE)
        divided = commune & (np.diff(extent.indptr) > 1)
        self._divided = np.flatnonzero(divided).tolist()

    def remembered(self, key: _Key) -> _Drawn | None:
        """What was drawn for the same wish."""
        if key in self._drawn:
            self._drawn.move_to_end(key)
        return self._drawn.get(key)

    def remember(self, key: _Key, drawn: _Drawn) -> None:
        """Keep a drawing, and forget the one that nobody asked for the longest."""
        self._drawn[key] = drawn
        while len(self._drawn) > _KEPT:
            self._drawn.popitem(last=False)

    def draw(self, view: View, territories: tuple[int, ...], zoom: int) -> _Drawn:
        """See `Outlines.draw`."""
        drawn = {}
        for source, each in self._wanted(view, territories).items():
            borders = self.borders[source]
            shapes = borders.merged([cells for _, cells, _ in each], tolerance_km(zoom))
            for (ordinal, _, missing), shape in zip(each, shapes, strict=True):
                if shape.polygons:
                    drawn[ordinal] = Outline(shape, borders.mesh.origin, missing)
        return {ordinal: drawn[ordinal] for ordinal in territories if ordinal in drawn}

    def arranged(self, view: View, territories: tuple[int, ...], zoom: int) -> dict[int, Arranged]:
        """See `Outlines.arranged`."""
        found = {}
        for source, each in self._wanted(view, territories).items():
            borders = self.borders[source]
            drawn = borders.arranged([cells for _, cells, _ in each], tolerance_km(zoom))
            found[source] = Arranged([ordinal for ordinal, _, _ in each], drawn)
        return found

    def _wanted(
        self, view: View, territories: tuple[int, ...]
    ) -> dict[int, list[tuple[int, Ints, int]]]:
        """By the file that draws them best: the territories, their cells, how many are missing."""
        wanted: dict[int, list[tuple[int, Ints, int]]] = defaultdict(list)
        for ordinal in territories:
            source, cells, missing = self._chosen(view, view.territories.rank(ordinal))
            if len(cells):
                wanted[source].append((ordinal, cells, missing))
        return wanted

    def _chosen(self, view: View, rank: int) -> tuple[int, Ints, int]:
        """The file that draws a territory best, its cells there, and how many parts it lacks."""
        for source, cells in enumerate(self._cells):
            if cells[rank] >= 0:
                return source, cells[[rank]], 0
        atoms = view.territories.extent[rank].astype(np.int64)
        best = (0, np.zeros(0, dtype=np.int64), len(atoms) + 1)
        for source, cells in enumerate(self._cells):
            parts = self._undivided(view, atoms, cells)
            found = cells[parts]
            missing = int(np.count_nonzero(found < 0))
            if missing < best[2]:
                best = source, found[found >= 0], missing
        return best

    def _undivided(self, view: View, atoms: Ints, cells: Ints) -> Ints:
        """Atoms, where a file has a city as a whole: the city in place of its arrondissements."""
        for city in self._divided:
            parts = view.territories.extent[city]
            if cells[city] >= 0 and (cells[parts] < 0).any() and np.isin(parts, atoms).all():
                atoms = np.append(np.setdiff1d(atoms, parts), city)
        return atoms
