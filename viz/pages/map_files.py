"""What the live map draws beneath its rings: outlines by level, the perimeters of alliances."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from math import ceil, floor
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
from queries.spots import Box, box_of
from queries.white_zones import ON, lack, states_of
from viz.french import shown_name
from viz.outlines.sheets import Sheet, cut, joined, meeting
from viz.outlines.territories import Outlines
from viz.outlines.topology import Named, topojson

_KEPT = "public, max-age=600"
_FILES_KEPT = 160
_SHEETS_KEPT = 48
_PARTLY = 1e-6
_WHOLLY = 0.999
_FAR = 12.0  # degrees from the largest part, beyond which what belongs to it is overseas
# The zoom at which outlines are seen, decimals of a degree.
_COUNTRY = 6, 3
_PIXEL = 0.03  # degrees; of that zoom
_CLOSE = 10, 3
_ALLIANCES = 9, 3
ALONE = "territoire"
"""In place of a level: the outline of the place alone."""


@dataclass(frozen=True, slots=True)
class _Near:
    """How the outlines of a level are given in a box.

    Attributes:
        around: the level whose territories are drawn together with what is in them.
        zoom, decimals: as above.
        grid: degrees; a box is widened to its lines, so that few different ones are asked.
        widest: degrees; of the widest box.
    """

    around: Level
    zoom: int
    decimals: int
    grid: float
    widest: float


_NEAR: Mapping[Level, _Near] = {
    Level.EPCI: _Near(Level.REGION, 8, 3, 0.5, 45.0),
    Level.COMMUNE: _Near(Level.DEPARTEMENT, 11, 3, 0.1, 9.0),
}


def territory_outlines(view: View, outlines: Outlines, level_name: str, place: str) -> bytes:
    """The outlines of the départements of the country, or of a place alone, as TopoJSON.

    Its objects are the place itself (`around`) and the départements (`parts`); of the level
    `ALONE` the place only.

    Raises:
        RequestError: outlines of that level are not given within that place.
        UnknownPlace, AmbiguousPlace: see their sentences.
    """
    rank, understood = resolve_place(view, place)
    node = view.territory_of(rank)
    if level_name == ALONE:
        return _written(view, outlines, {"around": [node], "parts": []}, {node: {}}, *_CLOSE)
    if level_name != Level.DEPARTEMENT or understood.id != FRANCE:
        raise RequestError("Ces contours n'existent pas : demandez un échelon dans un cadre.")
    parts = _parts(view, rank, Level.DEPARTEMENT)
    told: dict[int, dict[str, str]] = {node: {}}
    for each, region in zip(parts, _regions(view, parts), strict=True):
        told[each] = {"name": shown_name(view.names[each]), "within": region}
    return _written(view, outlines, {"around": [node], "parts": parts}, told, *_COUNTRY)


def _parts(view: View, rank: int, level: Level) -> list[int]:
    """The node ordinals of the territories of a level that meet a place."""
    inside, _ = view.territories.shares(rank)
    parts = np.flatnonzero((inside > _PARTLY) & (view.territories.level == LEVELS.index(level)))
    return [view.territory_of(int(part)) for part in parts]


def outlines_in(view: View, outlines: Outlines, level_name: str, asked: Box) -> bytes:
    """The outlines of the territories of a level that meet a box, as TopoJSON.

    The box is widened to the lines of a grid. The objects are the territories (`parts`), what is
    in none of them (`rest`), and the borders of those that contain them (`borders`).

    Raises:
        RequestError: outlines of that level are not given in a box, or not in one so wide.
    """
    level = next((each for each in _NEAR if each == level_name), None)
    if level is None:
        raise RequestError("Ces contours n'existent pas : demandez un échelon dans un cadre.")
    near = _NEAR[level]
    west, south, east, north = box = widened(asked, near.grid)
    if max(east - west, north - south) > near.widest:
        raise RequestError("Ce cadre est trop grand pour ces contours : approchez-vous.")

    def made() -> bytes:
        found = cut(_sheets(view, outlines, level, box), box)
        parts = [Named(key, region, {}) for key, region in found.parts.items()]
        rest = [Named("", region, {}) for region in found.rest]
        objects = {"parts": parts, "rest": rest}
        lines = {"borders": found.borders}
        return orjson.dumps(topojson(found.drawn, objects, near.decimals, lines))

    return _kept(view)((outlines.state(), level, box), made)


def widened(box: Box, grid: float) -> Box:
    """A box widened to the lines of a grid of so many degrees."""
    # Rounded: 5.6 / 0.1 is a little less than 56.
    west, south, east, north = (round(each / grid, 6) for each in box)
    edges = floor(west), floor(south), ceil(east), ceil(north)
    west, south, east, north = (round(each * grid, 6) for each in edges)
    return west, south, east, north


def _sheets(view: View, outlines: Outlines, level: Level, box: Box) -> list[Sheet]:
    """The sheets of the territories that meet a box, each with what is in it of a level."""
    near = _NEAR[level]
    wide = np.flatnonzero(view.territories.level == LEVELS.index(near.around)).tolist()
    ordinals = [view.territory_of(rank) for rank in wide]
    drawn = outlines.draw(view, ordinals, _COUNTRY[0])
    boxes = np.array([drawn[each].shape.box for each in drawn], dtype=np.float64).reshape(-1, 4)
    # They are simplified: an edge may lie a pixel further.
    boxes += _PIXEL * np.array([-1, -1, 1, 1])
    kept = view.once("map sheets", lambda: Once(_SHEETS_KEPT))
    return [
        kept((outlines.state(), level, each), partial(_sheet, view, outlines, level, each))
        for each, meets in zip(drawn, meeting(boxes, box).tolist(), strict=True)
        if meets
    ]


def _sheet(view: View, outlines: Outlines, level: Level, around: int) -> Sheet:
    """A territory, what is in it of a level, and the communes that are in nothing of that level."""
    territories = view.territories
    rank = territories.rank(around)
    parts = _parts(view, rank, level)
    held = np.zeros(len(territories), dtype=np.bool_)
    for part in parts:
        held[territories.extent[territories.rank(part)]] = True
    alone = [view.territory_of(int(atom)) for atom in territories.extent[rank] if not held[atom]]
    drawn, region = joined(view, outlines, [around, *parts, *alone], _NEAR[level].zoom)
    return Sheet(
        drawn,
        {view.keys[each]: region[each] for each in parts if each in region},
        [region[each] for each in alone if each in region],
        [region[around]] if around in region else [],
    )


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
    drawn, region = joined(view, outlines, every, zoom)
    named = {
        name: [Named(view.keys[n], region[n], told[n]) for n in nodes if n in region]
        for name, nodes in objects.items()
    }
    return orjson.dumps(topojson(drawn, named, decimals))


def answered(request: Request, view: View, outlines: Outlines) -> Response:
    """A file of the map, with the mark of its content; 304 where it is known.

    Raises:
        RequestError: it is not one that is given.
    """

    def asked(name: str) -> str:
        return request.query_params.get(name, "")[:400]

    state = outlines.state()
    if request.path_params["what"] == "contours" and asked("cadre"):
        box = box_of(asked("cadre"), "cadre")
        body = outlines_in(view, outlines, asked("echelon"), box)
    elif request.path_params["what"] == "contours":
        words = asked("echelon"), asked("dans") or FRANCE
        body = _kept(view)((state, *words), lambda: territory_outlines(view, outlines, *words))
    elif request.path_params["what"] == "alliances":
        place = asked("territoire") or FRANCE
        body = _kept(view)((state, place), lambda: alliance_outlines(view, outlines, place))
    elif request.path_params["what"] == "manques":
        body = zones_file(view, asked("echelon"), asked("manque"))
    else:
        return Response(status_code=404)
    mark = f'W/"{sha256(body).hexdigest()[:20]}"'
    headers = {"ETag": mark, "Cache-Control": _KEPT}
    if mark in request.headers.get("If-None-Match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="application/json")


def zones_file(view: View, level_name: str, code: str) -> bytes:
    """The ids of the territories of a level where something is lacking, by state.

    Raises:
        RequestError: no such level.
        UnknownTerm: no such lack.
    """
    level = next((each for each in ON if each == level_name), None)
    if level is None:
        raise RequestError("Les zones blanches se lisent par région, département ou EPCI.")
    return orjson.dumps({s.value: ids for s, ids in states_of(view, lack(code), level).items()})


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
    drawn = outlines.draw(view, [node], _COUNTRY[0])
    if node not in drawn:
        return None
    polygons = drawn[node].shape.polygons
    middle = polygons[0][0].mean(axis=0)
    near = [p[0] for p in polygons if (np.abs(p[0].mean(axis=0) - middle) < _FAR).all()]
    every = np.concatenate(near)
    west, south = every.min(axis=0).tolist()
    east, north = every.max(axis=0).tolist()
    return west, south, east, north
