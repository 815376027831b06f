"""An outline, and how it is written: GeoJSON, the path of an SVG."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from ingest.outlines import Floats

Polygon: TypeAlias = tuple[Floats, ...]
Project: TypeAlias = Callable[[Floats], Floats]

EARTH_KM = 6371.0072  # radius of the sphere that has the area of the ellipsoid
KM_A_DEGREE = EARTH_KM * np.pi / 180


@dataclass(frozen=True, eq=False, slots=True)
class Shape:
    """The outline of a territory.

    Attributes:
        polygons: each an outer ring, anticlockwise, and its holes, clockwise; longitude and
            latitude in degrees, the first point of a ring not repeated; shape (n, 2).
    """

    polygons: tuple[Polygon, ...]

    @property
    def area_km2(self) -> float:
        """The area, on the sphere that has that of the Earth."""
        return sum(ring_area(ring) for polygon in self.polygons for ring in polygon)

    @property
    def box(self) -> tuple[float, float, float, float]:
        """West, south, east, north; degrees (RFC 7946, section 5)."""
        every = np.concatenate([polygon[0] for polygon in self.polygons])
        west, south = every.min(axis=0).tolist()
        east, north = every.max(axis=0).tolist()
        return west, south, east, north

    def geojson(self, decimals: int = 4) -> dict[str, Any]:
        """A geometry of RFC 7946.

        Args:
            decimals: of a degree; four are 11 metres.
        """
        written = [
            [_closed(np.round(ring, decimals).tolist()) for ring in polygon]
            for polygon in self.polygons
        ]
        return {"type": "MultiPolygon", "coordinates": written}

    def svg_path(self, project: Project, decimals: int = 1) -> str:
        """The `d` of an SVG path; holes are left out by either fill rule.

        Args:
            project: degrees to the units of the picture, y downwards; shape (n, 2) both.
            decimals: of those units.
        """
        rings = (ring for polygon in self.polygons for ring in polygon)
        return "".join(_path(np.round(project(ring), decimals).tolist()) for ring in rings)


def _closed(ring: list[list[float]]) -> list[list[float]]:
    return [*ring, ring[0]]


def _path(points: Iterable[Sequence[float]]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points) + "Z"


def ring_area(ring: Floats) -> float:
    """The area of a ring in km², below zero when it is clockwise; on the sphere.

    Sides are straight on Lambert's cylinder, which keeps areas (Snyder 1987, p. 76).
    """
    x, y = np.radians(ring[:, 0]), np.sin(np.radians(ring[:, 1]))
    return float(EARTH_KM**2 * (x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2)


def polygons(rings: Sequence[Floats]) -> tuple[Polygon, ...]:
    """Outer rings with their holes, the largest first; a hole in nothing is left out."""
    areas = [ring_area(ring) for ring in rings]
    order = sorted(range(len(rings)), key=lambda index: -areas[index])
    outer = [(rings[index], [rings[index]]) for index in order if areas[index] > 0]
    for index in order:
        if areas[index] < 0:
            hole = rings[index]
            # Half way along a side: a corner of the hole may lie on the outer ring.
            place = (hole[0] + hole[1]) / 2
            around = [found for ring, found in outer if contains(ring, place)]
            if around:
                around[-1].append(hole)
    return tuple(tuple(found) for _, found in outer)


def contains(ring: Floats, place: Floats) -> bool:
    """Whether a place lies in a ring: a ray from it crosses it an odd number of times."""
    x, y = place
    x1, y1 = ring.T
    x2, y2 = np.roll(ring, -1, axis=0).T
    across = (y1 > y) != (y2 > y)
    with np.errstate(divide="ignore", invalid="ignore"):
        west = x < x1 + (y - y1) * (x2 - x1) / (y2 - y1)
    return bool(np.count_nonzero(across & west) % 2)
