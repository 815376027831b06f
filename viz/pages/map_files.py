"""What the live map draws beneath its rings: outlines by level, the perimeters of alliances."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

import numpy as np
import orjson
from starlette.requests import Request
from starlette.responses import Response

from graph.errors import RequestError
from graph.model import Level
from graph.once import Once
from graph.territories import LEVELS
from graph.view import View
from queries.coverage import FRANCE
from queries.perimeters import perimeters
from queries.places import resolve_place
from queries.spots import Box
from viz.french import shown_name
from viz.outlines.territories import Outlines
from viz.outlines.topology import Drawn, Named, topojson

_KEPT = "public, max-age=600"
_FILES_KEPT = 160
_PARTLY = 1e-6
_WHOLLY = 0.999
_FAR = 12.0  # degrees from the largest part, beyond which what belongs to it is overseas
# By level: within what its outlines are asked, the zoom they are seen at, decimals of a degree.
_CHUNKS: Mapping[Level, tuple[Level, int, int]] = {
    Level.DEPARTEMENT: (Level.NATION, 6, 3),
    Level.EPCI: (Level.REGION, 8, 3),
    Level.COMMUNE: (Level.DEPARTEMENT, 11, 3),
}
_CLOSE = 10, 3
_ALLIANCES = 9, 3
ALONE = "territoire"
"""In place of a level: the outline of the place alone."""


def territory_outlines(view: View, outlines: Outlines, level_name: str, place: str) -> bytes:
    """The outlines of the territories of a level in a place, as TopoJSON.

    Its objects are the place itself (`around`) and the territories (`parts`); of the level `ALONE`
    the place only.

    Raises:
        RequestError: outlines of that level are not given within that place.
        UnknownPlace, AmbiguousPlace: see their sentences.
    """
    level = next((each for each in _CHUNKS if each == level_name), None)
    rank, _ = resolve_place(view, place)
    if level_name == ALONE:
        node = view.territory_of(rank)
        return _written(view, outlines, {"around": [node], "parts": []}, {node: {}}, *_CLOSE)
    if level is None or LEVELS[int(view.territories.level[rank])] is not _CHUNKS[level][0]:
        raise RequestError("Ces contours n'existent pas : demandez un échelon dans un territoire.")
    _, zoom, decimals = _CHUNKS[level]
    inside, _ = view.territories.shares(rank)
    parts = np.flatnonzero((inside > _PARTLY) & (view.territories.level == LEVELS.index(level)))
    ordinals = [view.territory_of(int(part)) for part in parts]
    around = view.territory_of(rank)
    told: dict[int, dict[str, str]] = {each: {} for each in [around, *ordinals]}
    if level is Level.DEPARTEMENT:
        for each, region in zip(ordinals, _regions(view, ordinals), strict=True):
            told[each] = {"name": shown_name(view.names[each]), "within": region}
    objects = {"around": [around], "parts": ordinals}
    return _written(view, outlines, objects, told, zoom, decimals)


def _regions(view: View, départements: Sequence[int]) -> list[str]:
    """The id of the region of each département, empty where none is known."""
    ranks = [view.territories.rank(each) for each in départements]
    regions = np.flatnonzero(view.territories.level == LEVELS.index(Level.REGION))
    found = [""] * len(ranks)
    for region in regions.tolist():
        inside, _ = view.territories.shares(region)
        for position in np.flatnonzero(inside[ranks] > _WHOLLY).tolist():
            found[position] = view.keys[view.territory_of(region)]
    return found


def alliance_outlines(view: View, outlines: Outlines, place: str) -> bytes:
    """The territories where the alliances of a place act, as TopoJSON (`alliances`).

    Raises:
        UnknownPlace, AmbiguousPlace: see their sentences.
    """
    told: dict[int, Mapping[str, Any]] = {}
    for each in perimeters(view, place).answers:
        ordinal = view.ordinal(each.territory.id)
        rank = view.territories.rank(ordinal) if ordinal is not None else -1
        if ordinal is None:
            continue
        latitude, longitude = view.territories.centre[rank].tolist()
        known = not np.isnan(latitude + longitude)
        told[ordinal] = {
            "name": shown_name(each.territory.name),
            "centre": [round(longitude, 4), round(latitude, 4)] if known else None,
            "alliances": [{"id": a.id, "name": shown_name(a.name)} for a in each.alliances],
            "more": each.more,
        }
    return _written(view, outlines, {"alliances": list(told)}, told, *_ALLIANCES)


def _written(
    view: View,
    outlines: Outlines,
    objects: Mapping[str, Sequence[int]],
    told: Mapping[int, Mapping[str, Any]],
    zoom: int,
    decimals: int,
) -> bytes:
    """The outlines of some territories, by object."""
    every = list(dict.fromkeys(node for nodes in objects.values() for node in nodes))
    drawn, region = _joined(view, outlines, every, zoom)
    named = {
        name: [Named(view.keys[n], region[n], told[n]) for n in nodes if n in region]
        for name, nodes in objects.items()
    }
    return orjson.dumps(topojson(drawn, named, decimals))


def _joined(
    view: View, outlines: Outlines, territories: Sequence[int], zoom: int
) -> tuple[Drawn, dict[int, int]]:
    """The arcs of all files that draw some of the territories; the region of each territory."""
    arcs: list[Any] = []
    rings: list[Any] = []
    region: dict[int, int] = {}
    for each in outlines.arranged(view, territories, zoom).values():
        before = len(arcs)
        region |= {node: len(rings) + i for i, node in enumerate(each.territories)}
        arcs += each.drawn.arcs
        rings += [
            [[n + before if n >= 0 else n - before for n in ring] for ring in of_region]
            for of_region in each.drawn.rings
        ]
    return Drawn(arcs, rings), region


def answered(request: Request, view: View, outlines: Outlines) -> Response:
    """A file of the map, with the mark of its content; 304 where it is known.

    Raises:
        RequestError: it is not one that is given.
    """

    def asked(name: str) -> str:
        return request.query_params.get(name, "")[:400]

    state = outlines.state()
    if request.path_params["what"] == "contours":
        words = asked("echelon"), asked("dans") or FRANCE
        body = _kept(view)((state, *words), lambda: territory_outlines(view, outlines, *words))
    elif request.path_params["what"] == "alliances":
        place = asked("territoire") or FRANCE
        body = _kept(view)((state, place), lambda: alliance_outlines(view, outlines, place))
    else:
        return Response(status_code=404)
    mark = f'W/"{sha256(body).hexdigest()[:20]}"'
    headers = {"ETag": mark, "Cache-Control": _KEPT}
    if mark in request.headers.get("If-None-Match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="application/json")


def _kept(view: View) -> Once:
    return view.once("map files", lambda: Once(_FILES_KEPT))


def bounds(view: View, outlines: Outlines, place: str) -> Box | None:
    """West, south, east and north of a place in degrees, without what is overseas of the largest.

    None where nobody knows where any part of it lies.

    Raises:
        UnknownPlace, AmbiguousPlace: see their sentences.
    """
    rank, _ = resolve_place(view, place)
    node = view.territory_of(rank)
    drawn = outlines.draw(view, [node], _CHUNKS[Level.DEPARTEMENT][1])
    if node not in drawn:
        return None
    polygons = drawn[node].shape.polygons
    middle = polygons[0][0].mean(axis=0)
    near = [p[0] for p in polygons if (np.abs(p[0].mean(axis=0) - middle) < _FAR).all()]
    every = np.concatenate(near)
    west, south = every.min(axis=0).tolist()
    east, north = every.max(axis=0).tolist()
    return west, south, east, north
