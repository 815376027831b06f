"""A map drawn by the server: a ring for each named territory, split by world."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import cos, pi, radians, sin, sqrt

import numpy as np

from graph.columns import Ints
from graph.model import Level, World
from graph.territories import LEVELS
from graph.view import View
from ingest.outlines import Floats
from viz.marks import UNKNOWN, WORLDS, Mark
from viz.outlines.territories import Outlines

_WIDTH = 600
_HEIGHT = 560
_MARGIN = 26
_STRIP = 56  # beneath the map, for what is overseas
_ZOOM, _ZOOM_OF_NATION = 8, 6
_MOSTLY = 0.5
_MOST_RINGS = 150
_MANY = 45  # rings, from which they are drawn small
_NEXT = {
    Level.NATION: Level.DEPARTEMENT,
    Level.REGION: Level.DEPARTEMENT,
    Level.DEPARTEMENT: Level.EPCI,
    Level.EPCI: Level.COMMUNE,
    Level.EPT: Level.COMMUNE,
}
_OVERSEAS = 20.0  # degrees of longitude from the middle, beyond which France is overseas


@dataclass(frozen=True, slots=True)
class Slice:
    """The part of a world in a ring: the `d` of its path."""

    mark: Mark
    count: int
    path: str


@dataclass(frozen=True, slots=True)
class Ring:
    """The actors of one territory.

    Attributes:
        apart: whether it stands beneath the map, for its place lies far from the others.
    """

    id: str
    name: str
    count: int
    x: float
    y: float
    radius: float
    slices: tuple[Slice, ...]
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """The map of a place.

    Attributes:
        place: its id; `level` that of its parts.
        areas: the `d` of the outline of each part.
        unplaced: actors of the query that are in none of the parts.
        approximate: whether the outlines are ours, and not official.
    """

    place: str
    level: Level
    width: int
    height: int
    areas: tuple[str, ...]
    rings: tuple[Ring, ...]
    unplaced: int
    approximate: bool


def drawing(view: View, outlines: Outlines, place: str, nodes: Ints) -> Drawing | None:
    """The map of the actors of a query by the parts of a place; None where nothing can be drawn."""
    node = view.ordinal(place)
    if node is None:
        return None
    rank = view.territories.rank(node)
    level = _level_below(view, rank)
    parts = _parts(view, rank, level)
    land = _land(view, outlines, rank, [view.territory_of(part) for part in parts])
    if land is None:
        return None
    counted, unplaced = _counted(view, parts, nodes)
    rings = _rings(view, parts, counted, land.frame)
    beneath = _STRIP if any(ring.apart for ring in rings) else 0
    size = round(land.frame.width), round(land.frame.height) + beneath
    areas = tuple(land.paths.values())
    return Drawing(place, level, *size, areas, rings, unplaced, land.approximate)


@dataclass(frozen=True, slots=True)
class Areas:
    """Territories without rings.

    Attributes:
        paths: by id the `d` of the outline of each, but of what lies far from the others.
        approximate: whether the outlines are ours, and not official.
    """

    width: int
    height: int
    paths: dict[str, str]
    approximate: bool


def areas(view: View, outlines: Outlines, place: str, keys: Sequence[str]) -> Areas | None:
    """The outlines of some territories of a place; None where none of them can be drawn."""
    node = view.ordinal(place)
    found = [each for key in keys if (each := view.ordinal(key)) is not None]
    if node is None or not found:
        return None
    land = _land(view, outlines, view.territories.rank(node), found)
    if land is None:
        return None
    paths = {view.keys[each]: path for each, path in land.paths.items()}
    return Areas(round(land.frame.width), round(land.frame.height), paths, land.approximate)


@dataclass(frozen=True, slots=True)
class _Land:
    """The frame around some territories; by node ordinal the `d` of each that is in it."""

    frame: "_Frame"
    paths: dict[int, str]
    approximate: bool


def _land(view: View, outlines: Outlines, rank: int, ordinals: Sequence[int]) -> _Land | None:
    whole = LEVELS[int(view.territories.level[rank])] is Level.NATION
    drawn = outlines.draw(view, ordinals, _ZOOM_OF_NATION if whole else _ZOOM)
    if not drawn:
        return None
    frame = _Frame([each.shape.box for each in drawn.values()])
    paths = {
        ordinal: each.shape.svg_path(frame.project, 0)
        for ordinal, each in drawn.items()
        if frame.holds(*frame.middle(each.shape.box))
    }
    return _Land(frame, paths, any(each.origin.approximate for each in drawn.values()))


def _level_below(view: View, rank: int) -> Level:
    own = LEVELS[int(view.territories.level[rank])]
    if own in _NEXT:
        return _NEXT[own]
    return Level.EPCI if len(view.territories.extent[rank]) > 200 else Level.COMMUNE


def _parts(view: View, rank: int, level: Level) -> list[int]:
    """The territories of a level that lie mostly in a place; the place itself where none does."""
    inside, _ = view.territories.shares(rank)
    found = np.flatnonzero((inside > _MOSTLY) & (view.territories.level == LEVELS.index(level)))
    found = found[[len(view.territories.extent[int(part)]) > 0 for part in found.tolist()]]
    return [int(part) for part in found] or [rank]


class _Frame:
    """From degrees to the picture: equirectangular at the middle latitude, y downwards."""

    def __init__(self, boxes: Sequence[tuple[float, float, float, float]]) -> None:
        every = np.array(boxes)
        # What lies far from most, overseas, would leave the rest a few pixels.
        middle = np.median((every[:, 0] + every[:, 2]) / 2)
        near = every[np.abs((every[:, 0] + every[:, 2]) / 2 - middle) < _OVERSEAS]
        west, south = near[:, :2].min(axis=0)
        east, north = near[:, 2:].max(axis=0)
        self._west, self._north = float(west), float(north)
        self._squeeze = cos(radians(float(south + north) / 2))
        across = max((float(east) - self._west) * self._squeeze, 1e-3)
        down = max(self._north - float(south), 1e-3)
        inner = _WIDTH - 2 * _MARGIN, _HEIGHT - 2 * _MARGIN
        self._scale = min(inner[0] / across, inner[1] / down)
        self.width = across * self._scale + 2 * _MARGIN
        self.height = down * self._scale + 2 * _MARGIN

    def project(self, points: Floats) -> Floats:
        """Longitudes and latitudes to x and y; shape (n, 2)."""
        x = (points[:, 0] - self._west) * self._squeeze * self._scale + _MARGIN
        y = (self._north - points[:, 1]) * self._scale + _MARGIN
        return np.column_stack([x, y])

    def middle(self, box: tuple[float, float, float, float]) -> tuple[float, float]:
        """The x and y of the middle of a box in degrees."""
        west, south, east, north = box
        x, y = self.project(np.array([[(west + east) / 2, (south + north) / 2]]))[0].tolist()
        return x, y

    def holds(self, x: float, y: float) -> bool:
        """Whether a point is in the picture."""
        return 0 <= x <= self.width and 0 <= y <= self.height


def _counted(view: View, parts: Sequence[int], nodes: Ints) -> tuple[Ints, int]:
    """The nodes seated in each part by world, the last column unknown; how many are in none."""
    part_of = np.full(len(view.territories), -1, np.int64)
    for position, part in enumerate(parts):
        part_of[view.territories.extent[part]] = position
        part_of[part] = position
    seats = view.seat[nodes].astype(np.int64)
    where = np.where(seats >= 0, part_of[seats], -1)
    table = np.zeros((len(parts), len(World) + 1), np.int64)
    placed = where >= 0
    worlds = view.world[nodes].astype(np.int64)
    np.add.at(table, (where[placed], np.where(worlds < 0, len(World), worlds)[placed]), 1)
    return table, int((~placed).sum())


def _rings(view: View, parts: Sequence[int], counted: Ints, frame: _Frame) -> tuple[Ring, ...]:
    """The rings, the largest first, moved apart where they would cover each other.

    What lies outside the frame stands beneath it, from left to right, with its name.
    """
    totals = counted.sum(axis=1)
    order = [i for i in np.argsort(-totals, kind="stable").tolist() if totals[i]][:_MOST_RINGS]
    most = max(int(totals.max()), 1) if len(totals) else 1
    least, more = (12.0, 14.0) if len(order) < _MANY else (6.5, 7.5)
    found: list[Ring] = []
    beneath: list[Ring] = []
    for i in order:
        latitude, longitude = view.territories.centre[parts[i]].tolist()
        if np.isnan(latitude + longitude):
            continue
        x, y = frame.project(np.array([[longitude, latitude]]))[0].tolist()
        radius = round(least + more * sqrt(int(totals[i]) / most), 1)
        node = view.territory_of(parts[i])
        slices = _slices(counted[i].tolist(), radius)
        ring = Ring(view.keys[node], view.names[node], int(totals[i]), x, y, radius, slices)
        if frame.holds(x, y):
            x, y = _free(x, y, radius, found, frame)
            found.append(replace(ring, x=x, y=y))
        else:
            beneath.append(ring)
    step = frame.width / max(len(beneath), 1)
    spots = ((round(step * (i + 0.5), 1), frame.height + _STRIP / 3) for i in range(len(beneath)))
    placed = (replace(r, x=x, y=y, apart=True) for r, (x, y) in zip(beneath, spots, strict=True))
    return (*found, *placed)


def _free(
    x: float, y: float, radius: float, others: Sequence[Ring], frame: _Frame
) -> tuple[float, float]:
    """The nearest spot where a ring covers no other, on a spiral around its own."""
    best = x, y
    for step in range(6000):
        away, angle = 1.6 * sqrt(step), step * 2.399963  # the golden angle
        best = x + away * cos(angle), y + away * sin(angle)
        inside = (
            radius < best[0] < frame.width - radius and radius < best[1] < frame.height - radius
        )
        if inside and all(_apart(best, radius, ring) for ring in others):
            break
    return round(best[0], 1), round(best[1], 1)


def _apart(spot: tuple[float, float], radius: float, ring: Ring) -> bool:
    gap = radius + ring.radius + 2
    return (spot[0] - ring.x) ** 2 + (spot[1] - ring.y) ** 2 >= gap**2


def _slices(counts: Sequence[int], radius: float) -> tuple[Slice, ...]:
    marks = [*WORLDS.values(), UNKNOWN]
    total = sum(counts)
    found, angle = [], -pi / 2
    for mark, count in zip(marks, counts, strict=True):
        if count:
            turn = 2 * pi * count / total
            found.append(Slice(mark, count, arc(radius, angle, angle + turn, radius * 0.66)))
            angle += turn
    return tuple(found)


def arc(outer: float, start: float, end: float, inner: float = 0.0) -> str:
    """The `d` of a sector of a ring around the origin, clockwise between two angles in radians."""
    if end - start > 2 * pi - 0.01:
        # A whole turn has one end only: two halves.
        half = start + pi
        return arc(outer, start, half, inner) + arc(outer, half, start + 2 * pi, inner)
    large = int(end - start > pi)
    a, b = _point(outer, start), _point(outer, end)
    if not inner:
        return f"M0 0L{a}A{outer:g} {outer:g} 0 {large} 1 {b}Z"
    c, d = _point(inner, end), _point(inner, start)
    arcs = f"A{outer:g} {outer:g} 0 {large} 1 {b}L{c}A{inner:g} {inner:g} 0 {large} 0 {d}"
    return f"M{a}{arcs}Z"


def _point(radius: float, angle: float) -> str:
    return f"{round(radius * cos(angle), 2):g} {round(radius * sin(angle), 2):g}"
