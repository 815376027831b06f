"""Merging the cells of a mesh: what two members have in common is no border of the whole."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import atan2, cos, radians, tau

import numpy as np

from ingest.outlines import Floats, Ints, Mesh
from viz.outlines.shape import KM_A_DEGREE, Shape, polygons, ring_area
from viz.outlines.simplifying import simplified
from viz.outlines.topology import Drawn

_SEED = 20260101  # any number: the same borders are found whatever it is


@dataclass(frozen=True, slots=True)
class Arc:
    """A line of points between two places where more than two regions meet, or a closed line.

    Attributes:
        points: their numbers in the mesh; the first and the last are the same when closed.
        left: the cell on its left, -1 for none.
        right: likewise.
    """

    points: list[int]
    left: int
    right: int


class Borders:
    """The borders of a mesh: each pair of points that parts two cells, or a cell from nothing."""

    def __init__(self, mesh: Mesh) -> None:
        self.mesh = mesh
        self.index = {key: number for number, key in enumerate(mesh.keys)}
        start = mesh.ring_points
        end = np.roll(start, -1)
        end[mesh.ring_start[1:] - 1] = start[mesh.ring_start[:-1]]
        cell = np.repeat(mesh.ring_cell, np.diff(mesh.ring_start))
        name = np.minimum(start, end) * len(mesh.points) + np.maximum(start, end)
        names, edge = np.unique(name, return_inverse=True)
        sides = np.full((len(names), 2), -1, dtype=np.int64)
        sides[edge, (start > end).astype(np.int64)] = cell
        parting = sides[:, 0] != sides[:, 1]
        self._sides = sides[parting]
        self._ends = np.stack(np.divmod(names[parting], max(len(mesh.points), 1)), axis=1)

    def merged(self, groups: Sequence[Ints], tolerance_km: float = 0.0) -> list[Shape]:
        """The outline of each group of cells; neighbours keep one common border.

        Args:
            groups: the cells of each, by their index; groups may overlap.
            tolerance_km: detail whose triangle (Visvalingam and Whyatt 1993) is smaller than this
                length squared is left out, from a border and its neighbour's alike.
        """
        arcs = self._arcs(groups)
        lines = [self._simplified(arc.points, tolerance_km) for arc in arcs]
        around = self._around(groups, arcs)
        return [self._shape(each, arcs, lines, tolerance_km) for each in around]

    def arranged(self, groups: Sequence[Ints], tolerance_km: float = 0.0) -> Drawn:
        """As `merged`, by arcs: a border that two groups have in common is there once."""
        arcs = self._arcs(groups)
        lines = [self._simplified(arc.points, tolerance_km) for arc in arcs]
        rings = [self._by_arcs(lines, each, tolerance_km**2) for each in self._around(groups, arcs)]
        used = sorted({n if n >= 0 else ~n for region in rings for ring in region for n in ring})
        new = {old: number for number, old in enumerate(used)}
        return Drawn(
            [self.mesh.points[lines[old]] for old in used],
            [
                [[new[n] if n >= 0 else ~new[~n] for n in ring] for ring in region]
                for region in rings
            ],
        )

    def _by_arcs(
        self, lines: Sequence[list[int]], around: Sequence[int], least_km2: float
    ) -> list[list[int]]:
        """The rings of a group by arcs; small ones are left out where larger ones remain."""
        directed = dict(zip(around, _directed(lines, around), strict=True))
        begins = {(line[0], line[1]): number for number, line in directed.items()}
        found, sizes = [], []
        for ring in closed(list(directed.values()), self.mesh.points):
            if len(ring) >= 3:
                pairs = pairwise([*ring, ring[0]])
                found.append([begins[pair] for pair in pairs if pair in begins])
                sizes.append(ring_area(self.mesh.points[ring]))
        large = any(size >= least_km2 for size in sizes)
        return [
            ring
            for ring, size in zip(found, sizes, strict=True)
            if abs(size) >= least_km2 or not large
        ]

    def _around(self, groups: Sequence[Ints], arcs: Sequence[Arc]) -> list[list[int]]:
        """The arcs around each group; `~n` is arc n backwards."""
        member: dict[int, set[int]] = defaultdict(set)
        for number, group in enumerate(groups):
            for cell in group.tolist():
                member[cell].add(number)
        around: list[list[int]] = [[] for _ in groups]
        nothing: set[int] = set()
        for number, arc in enumerate(arcs):
            left, right = member.get(arc.left, nothing), member.get(arc.right, nothing)
            for each in left - right:
                around[each].append(number)
            for each in right - left:
                around[each].append(~number)
        return around

    def _arcs(self, groups: Sequence[Ints]) -> list[Arc]:
        """The lines that part what belongs to different groups."""
        # Zobrist 1970: each group has a random number, and a cell the sum of those it is in.
        numbers = np.random.default_rng(_SEED).integers(1, 1 << 63, len(groups), dtype=np.uint64)
        marks = np.zeros(len(self.mesh.keys) + 1, dtype=np.uint64)  # the last: no cell
        for group, number in zip(groups, numbers, strict=True):
            marks[group] ^= number
        kept = marks[self._sides[:, 0]] != marks[self._sides[:, 1]]
        return chained(self._ends[kept].tolist(), self._sides[kept].tolist())

    def _simplified(self, points: list[int], tolerance_km: float) -> list[int]:
        if tolerance_km <= 0 or len(points) < 3:
            return points
        places = self.mesh.points[points]
        flat = places * (KM_A_DEGREE * cos(radians(places[0, 1])), KM_A_DEGREE)
        return [points[index] for index in simplified(flat.tolist(), tolerance_km**2)]

    def _shape(
        self,
        around: Sequence[int],
        arcs: Sequence[Arc],
        lines: Sequence[list[int]],
        tolerance_km: float,
    ) -> Shape:
        rings = self._rings(_directed(lines, around))
        large = [ring for ring in rings if abs(ring_area(ring)) >= tolerance_km**2]
        if not any(ring_area(ring) > 0 for ring in large) and tolerance_km > 0:
            # Too small for this scale: a small thing is drawn as it is rather than not at all.
            large = self._rings(_directed([arc.points for arc in arcs], around))
        return Shape(polygons(large))

    def _rings(self, lines: Sequence[list[int]]) -> list[Floats]:
        places = self.mesh.points
        return [places[ring] for ring in closed(lines, places) if len(ring) >= 3]


def _directed(lines: Sequence[list[int]], numbers: Sequence[int]) -> list[list[int]]:
    return [lines[n] if n >= 0 else lines[~n][::-1] for n in numbers]


def chained(ends: Sequence[Sequence[int]], sides: Sequence[Sequence[int]]) -> list[Arc]:
    """Pairs of points joined into arcs, as long as no third one meets them.

    Args:
        ends: the two points of each pair.
        sides: the cells on the left and on the right of each.
    """
    meeting: dict[int, list[int]] = defaultdict(list)
    for number, (start, end) in enumerate(ends):
        meeting[start].append(number)
        meeting[end].append(number)
    used = bytearray(len(ends))
    arcs = []

    def follow(first: int, start: int) -> None:
        turned = ends[first][0] != start
        left, right = sides[first][::-1] if turned else sides[first]
        points, number, at = [start], first, start
        while not used[number]:
            used[number] = True
            one, other = ends[number]
            at = other if one == at else one
            points.append(at)
            if len(meeting[at]) == 2:
                number = meeting[at][meeting[at][0] == number]
        arcs.append(Arc(points, left, right))

    for point, numbers in meeting.items():
        if len(numbers) != 2:
            for number in numbers:
                if not used[number]:
                    follow(number, point)
    for number, (start, _) in enumerate(ends):
        if not used[number]:
            follow(number, start)
    return arcs


def closed(lines: Iterable[list[int]], places: Floats) -> list[list[int]]:
    """Lines joined end to end into rings, none of which meets itself; the inside stays left."""
    leaving: dict[int, list[list[int]]] = defaultdict(list)
    for line in lines:
        leaving[line[0]].append(line)
    rings = []
    while leaving:
        start = next(iter(leaving))
        path = [start]
        while leaving.get(path[-1]):
            path += _next(leaving, path, places)[1:]
        leaving.pop(start, None)
        rings += _loops(path)
    return rings


def _next(leaving: dict[int, list[list[int]]], path: list[int], places: Floats) -> list[int]:
    """The line that goes on from the end of a path, around the same inside; taken away."""
    at = path[-1]
    lines = leaving[at]
    best = 0
    if len(lines) > 1 and len(path) > 1:
        back = _direction(places, at, path[-2])
        turns = [(back - _direction(places, at, line[1])) % tau or tau for line in lines]
        best = turns.index(min(turns))
    line = lines.pop(best)
    if not lines:
        del leaving[at]
    return line


def _direction(places: Floats, start: int, end: int) -> float:
    x, y = places[end] - places[start]
    return atan2(float(y), float(x))


def _loops(path: Sequence[int]) -> list[list[int]]:
    """A closed path as rings that pass through no point twice; what does not close is left out."""
    loops, ring, where = [], [path[0]], {path[0]: 0}
    for _, point in pairwise(path):
        if point in where:
            begin = where[point]
            loops.append(ring[begin:])
            for left in ring[begin + 1 :]:
                del where[left]
            del ring[begin + 1 :]
        else:
            where[point] = len(ring)
            ring.append(point)
    return loops
