"""Makes the bundled outlines: a cell for each commune, cut along the coast and the land border.

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-*.tgz
    python -m ingest.build.outlines package ingest/data/reference FILE

`package` is the unpacked package (Natural Earth, public domain), FILE what is written. Shapely is
needed here only. Within each piece of land, the cells are a power diagram of the centres of the
communes (Aurenhammer 1987). Its weights and sites are moved a few steps towards the cells whose
areas and centroids are those that are known: weights by a damped Newton step on the areas, which
Aurenhammer, Hoffmann and Aronov (1998) prove to have a solution, sites by what the centroid lacks.
"""

import gzip
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from csv import DictReader
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse import coo_array, csc_array, diags_array
from scipy.sparse.linalg import spsolve
from scipy.spatial import ConvexHull

from ingest.outlines import Floats, Ints, Mesh, Origin, write

Shapes: TypeAlias = npt.NDArray[np.object_]
Mask: TypeAlias = npt.NDArray[np.bool_]
Json: TypeAlias = dict[str, Any]

ORIGIN = Origin(
    "Contours approchés : cellules des centres des communes, côtes et frontières de Natural Earth",
    "Licence Ouverte 2.0 (centres : IGN, Insee) ; domaine public (Natural Earth)",
    "2026-01-01",
    approximate=True,
)
STEP = 2e-4  # degrees: 22 m, a tenth of what the coast of Natural Earth is worth

FRANCE = "250"  # ISO 3166-1 numeric: with the five overseas départements
# Collectivities of which no centre of a commune is known, by their ISO 3166-1 number.
WHOLE = {"540": "region:988", "258": "region:987", "876": "region:986", "260": "region:984"}
ONE_COMMUNE = {"652": "commune:97701", "663": "commune:97801"}
SAINT_PIERRE_ET_MIQUELON = "666"
CLIPPERTON = "Clipperton I."  # has no number of its own

OVERSEAS = ("971", "972", "973", "974", "976")
EARTH_KM = 6371.0072  # radius of the sphere that has the area of the ellipsoid

STEPS = 8
NEWTON, TOWARDS_CENTROID = 0.5, 0.1  # shares of a full step
REGULAR = 0.3  # a share of each cell's own sensitivity: errors of the coast stay near the coast
MOST_WEIGHT, MOST_MOVE = 0.3, 0.7  # of a cell's area a step, of its radius in all
UNKNOWN = 4 * np.pi  # km²: so that a centre up to 2 km out at sea belongs to the coast
CORNERS = 24  # of the disc that stands for an island which Natural Earth does not have


@dataclass(frozen=True)
class Plane:
    """The azimuthal equal-area projection of the sphere (Snyder 1987, p. 185), in kilometres."""

    longitude: float
    latitude: float

    def project(self, degrees: Floats) -> Floats:
        """Longitudes and latitudes on the plane; shape (n, 2)."""
        east, north = np.radians(degrees[:, 0] - self.longitude), np.radians(degrees[:, 1])
        sine, cosine = np.sin(np.radians(self.latitude)), np.cos(np.radians(self.latitude))
        towards = sine * np.sin(north) + cosine * np.cos(north) * np.cos(east)
        scale = EARTH_KM * np.sqrt(2 / (1 + towards))
        x = np.cos(north) * np.sin(east)
        y = cosine * np.sin(north) - sine * np.cos(north) * np.cos(east)
        return np.stack([scale * x, scale * y], axis=1)

    def unproject(self, plane: Floats) -> Floats:
        """The way back; shape (n, 2)."""
        x, y = plane.T
        far = np.maximum(np.hypot(x, y), 1e-12)
        angle = 2 * np.arcsin(far / (2 * EARTH_KM))
        sine, cosine = np.sin(np.radians(self.latitude)), np.cos(np.radians(self.latitude))
        north = np.arcsin(np.cos(angle) * sine + y * np.sin(angle) * cosine / far)
        east = np.arctan2(
            x * np.sin(angle), far * cosine * np.cos(angle) - y * sine * np.sin(angle)
        )
        return np.stack([self.longitude + np.degrees(east), np.degrees(north)], axis=1)


@dataclass(frozen=True, eq=False)
class Sites:
    """The communes, and the arrondissements in place of their commune.

    Attributes:
        keys: their ids; shape (n,).
        places: longitude and latitude of their centres; shape (n, 2).
        areas: km², NaN where unknown; shape (n,).
    """

    keys: npt.NDArray[np.str_]
    places: Floats
    areas: Floats

    def __getitem__(self, chosen: Mask) -> "Sites":
        return Sites(self.keys[chosen], self.places[chosen], self.areas[chosen])

    def on(self, plane: Plane) -> "Sites":
        """The same, by kilometres on a plane."""
        return Sites(self.keys, plane.project(self.places), self.areas)

    @classmethod
    def read(cls, folder: Path) -> "Sites":
        """Those of the bundled tables whose centre is known."""
        with (folder / "arrondissements_municipaux.csv").open(encoding="utf-8") as lines:
            divided = {row["code"]: row["commune"] for row in DictReader(lines)}
        with gzip.open(folder / "centres.csv.gz", "rt", encoding="utf-8") as lines:
            rows = [
                row
                for row in DictReader(lines)
                if row["lat"] and row["code"] not in set(divided.values())
            ]
        levels = ["arrondissement" if row["code"] in divided else "commune" for row in rows]
        return cls(
            np.array([f"{lv}:{row['code']}" for lv, row in zip(levels, rows, strict=True)]),
            np.array([(float(row["lon"]), float(row["lat"])) for row in rows]),
            np.array([float(row["surface_km2"] or "nan") for row in rows]),
        )

    def zone(self) -> npt.NDArray[np.str_]:
        """The overseas département of each, empty in Europe."""
        codes = [str(key).partition(":")[2][:3] for key in self.keys]
        return np.array([code if code in OVERSEAS else "" for code in codes])


def countries(package: Path) -> dict[str, list[Floats]]:
    """The outer rings of each country by its number, else its name; degrees.

    No French land has a hole there that is not another country's.
    """
    topology = json.loads((package / "countries-10m.json").read_text("utf-8"))
    scale, shift = (topology["transform"][name] for name in ("scale", "translate"))
    arcs = [np.cumsum(np.array(arc), axis=0) * scale + shift for arc in topology["arcs"]]
    found: dict[str, list[Floats]] = defaultdict(list)
    for shape in topology["objects"]["countries"]["geometries"]:
        name = shape.get("id") or shape["properties"]["name"]
        parts = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
        found[name] += [_ring(arcs, rings[0]) for rings in parts]
    return found


def _ring(arcs: Sequence[Floats], numbers: Iterable[int]) -> Floats:
    """Arcs one after the other; `~n` is arc n backwards (TopoJSON 1.0, section 2.1.4)."""
    return np.concatenate([arcs[n][:-1] if n >= 0 else arcs[~n][:0:-1] for n in numbers])


def zones(sites: Sites, land: Sequence[Floats]) -> Iterator[tuple[Plane, Sites, Shapes]]:
    """Europe, then each overseas département: its plane, its sites and its pieces of land on it."""
    zone = sites.zone()
    middles = np.array([(ring.min(axis=0) + ring.max(axis=0)) / 2 for ring in land])
    nearest = [np.abs(sites.places - middle).sum(axis=1).argmin() for middle in middles]
    for name in ("", *OVERSEAS):
        here = sites[zone == name]
        plane = Plane(*((here.places.min(axis=0) + here.places.max(axis=0)) / 2).tolist())
        pieces = [
            shapely.make_valid(shapely.Polygon(plane.project(ring)))
            for ring, site in zip(land, nearest, strict=True)
            if zone[site] == name
        ]
        yield plane, here.on(plane), np.array(pieces)


def allotted(sites: Sites, pieces: Shapes) -> Ints:
    """The piece of land of each site, -1 for an island that is missing; shape (n,).

    A centre in the sea belongs to the land that a disc of its area reaches.
    """
    radius = radii(sites)
    points = shapely.points(sites.places)
    shapely.prepare(pieces)
    far = np.stack([shapely.distance(piece, points) for piece in pieces])
    return np.where(far.min(axis=0) < radius, far.argmin(axis=0), -1)


def zone_cells(sites: Sites, pieces: Shapes) -> Iterator[tuple[str, shapely.Geometry]]:
    """Each site's id with its cell; land without a centre falls to the nearest one."""
    home = allotted(sites, pieces)
    for number, piece in enumerate(pieces):
        here = sites[home == number]
        if len(here.keys):
            yield from zip(here.keys.tolist(), fitted(here, piece), strict=True)
        else:
            middle = shapely.get_coordinates(piece.centroid)[0]
            nearest = np.hypot(*(sites.places - middle).T).argmin()
            yield str(sites.keys[nearest]), piece
    whole = shapely.union_all(pieces)
    missing = sites[home == -1]
    turn = np.arange(CORNERS) * 2 * np.pi / CORNERS
    for key, place, r in zip(missing.keys.tolist(), missing.places, radii(missing), strict=True):
        disc = shapely.Polygon(place + r * np.stack([np.cos(turn), np.sin(turn)], axis=1))
        yield key, disc.difference(whole)
        whole = whole.union(disc)


def radii(sites: Sites) -> Floats:
    """The radius of the disc of each site's area, that of UNKNOWN where it has none; shape (n,)."""
    return np.asarray(np.sqrt(np.nan_to_num(sites.areas, nan=UNKNOWN) / np.pi))


def fitted(sites: Sites, land: shapely.Geometry) -> Shapes:
    """The cells of sites on a piece of land; shape (n,).

    Areas that are unknown count as the mean one; all are made to fill the land together.
    """
    known = np.nan_to_num(sites.areas, nan=1.0)
    target = known * (float(shapely.area(land)) / known.sum())
    places, weights = sites.places, np.zeros(len(target))
    if len(target) == 1 or np.isnan(sites.areas).any():
        return cut(places, weights, land)[0]
    for _ in range(STEPS):
        cells, power = cut(places, weights, land)
        areas = shapely.area(cells)
        step = newton(places, power, target - areas)
        weights = weights + NEWTON * np.clip(step, -MOST_WEIGHT * target, MOST_WEIGHT * target)
        weights += np.where(areas < 0.05 * target, 0.1 * target, 0.0)
        places = drawn_back(places, sites.places, cells, target)
    cells, _ = cut(places, weights, land)
    while (empty := shapely.area(cells) < 0.02 * target).any():
        weights += np.where(empty, 0.2 * target, 0.0)
        cells, _ = cut(places, weights, land)
    return cells


@dataclass(frozen=True, eq=False)
class Power:
    """A power diagram: its corners, and the three sites of which each corner is the middle."""

    corners: Floats
    sites: Ints


def power_diagram(places: Floats, weights: Floats) -> Power:
    """The diagram as the lower side of a convex hull one dimension higher (Aurenhammer 1987).

    Sites far away, numbered after the others, close the outer cells.
    """
    turn = np.arange(8) * np.pi / 4
    middle, width = places.mean(axis=0), 10 * np.ptp(places, axis=0).max() + 100
    around = middle + width * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    every = np.concatenate([places, around]) - middle
    lifted = (every**2).sum(axis=1) - np.concatenate([weights, np.zeros(8)])
    hull = ConvexHull(np.column_stack([every, lifted]))
    normal = hull.equations
    below = normal[:, 2] < -1e-12
    corners = -normal[below, :2] / (2 * normal[below, 2:3]) + middle
    return Power(corners, hull.simplices[below].astype(np.int64))


def cut(places: Floats, weights: Floats, land: shapely.Geometry) -> tuple[Shapes, Power]:
    """The cells of a power diagram on the land, and the diagram."""
    count = len(places)
    power = power_diagram(places, weights)
    site, corner = power.sites.ravel(), np.repeat(np.arange(len(power.corners)), 3)
    many = np.bincount(site, minlength=count + 8)
    mine = (site < count) & (many[site] >= 3)
    site, corner = site[mine], corner[mine]
    corners = power.corners[corner]
    sums = [np.bincount(site, corners[:, axis], count) for axis in (0, 1)]
    middle = np.stack(sums, axis=1) / np.maximum(many[:count], 1)[:, None]
    away = corners - middle[site]
    order = np.lexsort((np.arctan2(away[:, 1], away[:, 0]), site))
    there, ring = np.unique(site[order], return_inverse=True)
    cells: Shapes = np.full(count, shapely.Polygon(), dtype=object)
    cells[there] = shapely.polygons(shapely.linearrings(corners[order], indices=ring))
    shapely.prepare(land)
    across = ~shapely.contains_properly(land, cells)
    cells[across] = shapely.intersection(cells[across], land)
    return cells, power


def newton(places: Floats, power: Power, lacking: Floats) -> Floats:
    """By how much the weights should change for the cells to gain the area that they lack.

    The area of a cell changes with a neighbour's weight by the length of their border over twice
    the distance of their sites (Kitagawa, Mérigot and Thibert 2019, theorem 1.3).
    """
    count = len(places)
    sides = np.sort(np.concatenate([power.sites[:, [a, b]] for a, b in ((0, 1), (1, 2), (0, 2))]))
    ends = np.tile(np.arange(len(power.sites)), 3)
    order = np.lexsort((sides[:, 1], sides[:, 0]))
    sides, ends = sides[order], ends[order]
    pair = np.flatnonzero((sides[1:] == sides[:-1]).all(axis=1))
    pair = pair[(sides[pair] < count).all(axis=1)]
    one, other = sides[pair].T
    length = np.hypot(*(power.corners[ends[pair]] - power.corners[ends[pair + 1]]).T)
    apart = np.hypot(*(places[one] - places[other]).T)
    # A border may run far out over the sea; two centres may lie in one place.
    change = np.minimum(length, 20) / (2 * np.maximum(apart, 0.3))
    both = (np.concatenate([one, other]), np.concatenate([other, one]))
    outer = coo_array((np.concatenate([change, change]), both), shape=(count, count))
    own = np.asarray(outer.sum(axis=1)).ravel()
    matrix = diags_array(own * (1 + REGULAR) + 1e-3) - outer
    return np.asarray(spsolve(csc_array(matrix), lacking))


def drawn_back(places: Floats, centres: Floats, cells: Shapes, target: Floats) -> Floats:
    """The sites, moved a little so that the centroids of their cells near the given centres."""
    found = shapely.area(cells) >= 0.3 * target
    middles = centres.copy()
    middles[found] = shapely.get_coordinates(shapely.centroid(cells[found]))
    moved = places + TOWARDS_CENTROID * (centres - middles) - centres
    most = MOST_MOVE * np.sqrt(target / np.pi)
    shorter = np.minimum(1, most / np.maximum(np.hypot(*moved.T), 1e-9))
    return np.asarray(centres + moved * shorter[:, None])


def oriented(shape: shapely.Geometry) -> Iterator[Floats]:
    """The rings of all polygons of a shape, the inside on the left."""
    for part in shapely.get_parts(shape):
        if part.geom_type in ("MultiPolygon", "GeometryCollection"):
            yield from oriented(part)
        elif part.geom_type == "Polygon":
            turned = shapely.orient_polygons(part, exterior_cw=False)
            yield from (shapely.get_coordinates(ring) for ring in shapely.get_rings(turned))


def whole_lands(land: Mapping[str, list[Floats]]) -> Iterator[tuple[str, Floats]]:
    """The rings of collectivities that are drawn as Natural Earth has them."""
    for number, key in (WHOLE | ONE_COMMUNE | {CLIPPERTON: "region:989"}).items():
        for ring in land[number]:
            yield key, ring
    saint_pierre, miquelon = sorted(land[SAINT_PIERRE_ET_MIQUELON], key=_size)
    yield "commune:97502", saint_pierre
    yield "commune:97501", miquelon


def _size(ring: Floats) -> float:
    return float(shapely.Polygon(ring).area)


def build(package: Path, reference: Path) -> Mesh:
    """The mesh of all communes whose place is known."""
    land = countries(package)
    rings: dict[str, list[Floats]] = defaultdict(list)
    for plane, sites, pieces in zones(Sites.read(reference), land[FRANCE]):
        for key, cell in zone_cells(sites, pieces):
            rings[key] += [plane.unproject(ring) for ring in oriented(cell)]
    for key, outer in whole_lands(land):
        rings[key] += oriented(shapely.Polygon(outer))
    keys = sorted(rings)
    numbered = [(number, ring) for number, key in enumerate(keys) for ring in rings[key]]
    return Mesh.of(ORIGIN, keys, numbered, STEP)


def main(arguments: Sequence[str]) -> None:
    """Write the file."""
    package, reference, out = map(Path, arguments)
    write(out, build(package, reference), STEP)


if __name__ == "__main__":
    main(sys.argv[1:])
