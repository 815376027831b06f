"""Official outlines of territories, in GeoJSON or TopoJSON (ANCT, IGN, Etalab)."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from graph.claims import NodeClaim
from graph.errors import SourceError
from graph.model import Level
from ingest.outlines import SUFFIX, Floats, Mesh, Origin, write
from ingest.reference import centres, territories

Json: TypeAlias = dict[str, Any]
Place: TypeAlias = tuple[float, float]

TITLE = "Contours officiels"
LICENCE = "Licence Ouverte 2.0"
STEP = 1e-5  # degrees: a metre, finer than any outline of a commune that is published
MAX_BYTES = 1 << 29
_MAX_POINTS = 20_000_000
_FAR = 0.5  # degrees by which an outline may miss the centre of its territory

# The columns of the publishers, the smallest territory first: a row tells of what it is part too.
_COLUMNS: Mapping[Level, tuple[str, ...]] = {
    Level.ARRONDISSEMENT: ("insee_arm", "code_arm"),
    Level.COMMUNE: ("insee_com", "codgeo", "code_insee", "code_commune", "insee", "com"),
    Level.EPCI: ("siren_epci", "code_siren", "code_epci", "epci", "siren"),
    Level.DEPARTEMENT: ("insee_dep", "code_dept", "code_dep", "code_departement", "dep"),
    Level.REGION: ("insee_reg", "code_reg", "code_region", "reg"),
}


@dataclass(frozen=True, slots=True)
class Kept:
    """What was taken from a file.

    Attributes:
        drawn: how many territories of each level have an outline now.
        unknown: the ids in the file that no territory of today bears.
        elsewhere: the ids of those that the file shows far from their place, as the insets of the
            overseas départements are: they are left out.
    """

    drawn: Mapping[Level, int]
    unknown: tuple[str, ...]
    elsewhere: tuple[str, ...]


def ingest_outlines(file: Path, folder: Path, origin: Origin | None = None) -> Kept:
    """Put the outlines of a file in the place of those that we have for these territories.

    The outlines of a level take the place of all that was ingested of that level before.

    Args:
        file: GeoJSON or TopoJSON, longitude and latitude.
        folder: where they are kept for all who draw, a file a level; made where it is missing.
        origin: what to say of them.

    Raises:
        SourceError: the file is something else, or has no outline of a territory that we know.
    """
    known = _places()
    found, unknown = _found(file)
    elsewhere = sorted(key for key, rings in found.items() if _is_elsewhere(rings, known[key]))
    kept = {key: rings for key, rings in found.items() if rings and key not in elsewhere}
    if not kept:
        raise SourceError(
            f"« {file.name} » ne contient le contour d'aucun territoire que nous connaissons :"
            " donnez un GeoJSON ou un TopoJSON en longitude et latitude, avec le code Insee ou le"
            " SIREN de chaque territoire."
        )
    drawn = {}
    for level in Level:
        keys = sorted(key for key in kept if key.startswith(f"{level.value}:"))
        if keys:
            numbered = [(number, ring) for number, key in enumerate(keys) for ring in kept[key]]
            mesh = Mesh.of(origin or Origin(TITLE, LICENCE), keys, numbered, STEP)
            write(folder / f"{level.value}{SUFFIX}", mesh, STEP)
            drawn[level] = len(keys)
    return Kept(drawn, tuple(sorted(unknown)), tuple(elsewhere))


def _found(file: Path) -> tuple[dict[str, list[Floats]], set[str]]:
    """The rings of each territory that we know, and the ids of the others."""
    features = list(_features(_loaded(file), file))
    guessed = _level_of_codes(features)
    found: dict[str, list[Floats]] = defaultdict(list)
    unknown = set()
    for said, rings in features:
        key = _key(said, guessed)
        if key in _places():
            found[key] += rings
        elif key:
            unknown.add(key)
    return found, unknown


def _loaded(file: Path) -> Json:
    try:
        if file.stat().st_size > MAX_BYTES:
            raise SourceError(
                f"« {file.name} » dépasse {MAX_BYTES >> 20} Mo : prenez une version simplifiée des"
                " contours, ou un niveau de territoire à la fois."
            )
        loaded = json.loads(file.read_text("utf-8-sig"))
    except OSError as error:
        raise SourceError(f"« {file} » ne peut pas être lu : {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise SourceError(f"« {file.name} » n'est pas du JSON lisible : {error}.") from error
    if not isinstance(loaded, dict):
        raise SourceError(f"« {file.name} » n'est ni un GeoJSON ni un TopoJSON.")
    return loaded


def _features(loaded: Json, file: Path) -> Iterator[tuple[Json, list[Floats]]]:
    """What each feature says of itself, and its rings, the inside on the left."""
    try:
        if loaded.get("type") == "Topology":
            yield from _of_topology(loaded)
        elif loaded.get("type") == "FeatureCollection":
            for feature in loaded["features"]:
                yield dict(feature.get("properties") or {}), _rings(feature.get("geometry"))
        else:
            raise SourceError(f"« {file.name} » n'est ni un GeoJSON ni un TopoJSON.")
    except (AttributeError, IndexError, KeyError, TypeError, ValueError, OverflowError) as error:
        raise SourceError(
            f"« {file.name} » a un contour que nous ne lisons pas : {error}."
        ) from error


def _of_topology(loaded: Json) -> Iterator[tuple[Json, list[Floats]]]:
    """The polygons of all objects (TopoJSON 1.0, section 2)."""
    arcs = [np.array(arc, dtype=np.float64)[:, :2] for arc in loaded["arcs"]]
    if transform := loaded.get("transform"):
        scale, shift = transform["scale"], transform["translate"]
        arcs = [np.cumsum(arc, axis=0) * scale + shift for arc in arcs]

    def ring(numbers: Sequence[int]) -> Floats:
        return np.concatenate([arcs[n][:-1] if n >= 0 else arcs[~n][:0:-1] for n in numbers])

    for collection in loaded["objects"].values():
        for shape in collection.get("geometries", [collection]):
            parts = {"Polygon": [shape.get("arcs")], "MultiPolygon": shape.get("arcs")}
            polygons = [
                [ring(numbers) for numbers in part] for part in parts.get(shape["type"]) or ()
            ]
            yield dict(shape.get("properties") or {}), _turned(polygons)


def _rings(geometry: Json | None) -> list[Floats]:
    if geometry is None or geometry["type"] not in ("Polygon", "MultiPolygon"):
        return []
    polygons = geometry["coordinates"]
    if geometry["type"] == "Polygon":
        polygons = [polygons]
    arrays = [[np.array(ring, dtype=np.float64)[:, :2] for ring in part] for part in polygons]
    return _turned(arrays)


def _turned(polygons: Iterable[Sequence[Floats]]) -> list[Floats]:
    """Outer rings anticlockwise, holes clockwise, whatever way the file has them.

    Raises:
        ValueError: a coordinate is no longitude or latitude.
    """
    turned = []
    for polygon in polygons:
        for number, ring in enumerate(polygon):
            if len(ring) > _MAX_POINTS or not (np.abs(ring) <= (180, 90)).all():
                raise ValueError("une coordonnée n'est pas une longitude et une latitude")
            x, y = ring.T
            anticlockwise = x @ np.roll(y, -1) >= y @ np.roll(x, -1)
            turned.append(ring if anticlockwise == (number == 0) else ring[::-1])
    return turned


def _key(said: Json, guessed: Level | None) -> str:
    """The id of the territory that a feature is about, empty when it says none."""
    named = {str(column).casefold(): value for column, value in said.items()}
    for level, columns in _COLUMNS.items():
        # An island without an EPCI has the column, and is not its département either.
        stated = [_code(named[column]) for column in columns if column in named]
        if stated:
            code = next(filter(None, stated), "")
            return f"{_exact(level, code).value}:{code}" if code else ""
    code = _code(named.get("code"))
    return f"{_exact(guessed, code).value}:{code}" if guessed and code else ""


def _code(value: object) -> str:
    return str(value).strip().upper() if isinstance(value, str | int) else ""


def _exact(level: Level, code: str) -> Level:
    """Files of communes have the municipal arrondissements among them, under the same column."""
    whole = f"{Level.ARRONDISSEMENT.value}:{code}"
    return Level.ARRONDISSEMENT if level is Level.COMMUNE and whole in _places() else level


def _level_of_codes(features: Sequence[tuple[Json, object]]) -> Level | None:
    """The level of the codes in a column `code`: the one that knows most of them."""
    codes = {_code(said.get("code")) for said, _ in features} - {""}
    levels = (Level.REGION, Level.DEPARTEMENT, Level.EPCI, Level.COMMUNE)
    known = {level: sum(f"{level.value}:{code}" in _places() for code in codes) for level in levels}
    best = max(levels, key=lambda level: known[level])
    return best if known[best] else None


@cache
def _places() -> Mapping[str, Place | None]:
    """The longitude and latitude of each territory of the reference, None where unknown."""
    places: dict[str, Place | None] = {
        claim.subject: None for claim in territories() if isinstance(claim, NodeClaim)
    }
    for claim in centres():
        if isinstance(claim, NodeClaim) and "longitude" in claim.properties:
            said = claim.properties
            places[claim.subject] = float(str(said["longitude"])), float(str(said["latitude"]))
    return places


def _is_elsewhere(rings: Sequence[Floats], place: Place | None) -> bool:
    """Whether rings lie far from the place where their territory is known to be."""
    if place is None or not rings:
        return False
    every = np.concatenate(rings)
    low, high = every.min(axis=0) - _FAR, every.max(axis=0) + _FAR
    return not bool((low <= place).all() and (place <= high).all())
