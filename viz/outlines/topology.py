"""Outlines as TopoJSON: each border once, for the two territories that it parts.

The form is that of the TopoJSON specification, version 1.0 (Bostock and Metcalf 2013).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ingest.outlines import Floats, Ints
from viz.outlines.shape import polygons

Rings = Sequence[Sequence[int]]


@dataclass(frozen=True, slots=True)
class Drawn:
    """Regions and the arcs around them.

    Attributes:
        arcs: longitude and latitude in degrees; shape (n, 2) each.
        rings: for each region its rings, each by the arcs in turn; `~n` is arc n backwards.
    """

    arcs: Sequence[Floats]
    rings: Sequence[Rings]


@dataclass(frozen=True, slots=True)
class Named:
    """What a geometry is of: its id, the number of its region, and what is told of it."""

    id: str
    region: int
    properties: Mapping[str, Any]


def topojson(
    drawn: Drawn,
    objects: Mapping[str, Iterable[Named]],
    decimals: int,
    lines: Mapping[str, Sequence[int]] | None = None,
) -> dict[str, Any]:
    """The regions by object, as TopoJSON.

    Args:
        drawn: the regions.
        objects: by their name the regions that are in each.
        decimals: of a degree; three are 111 metres.
        lines: by their name further objects, each of some arcs as they are.
    """
    step = 10.0**-decimals
    whole = [np.round(arc / step).astype(np.int64) for arc in drawn.arcs]
    every = np.concatenate(whole) if whole else np.zeros((1, 2), np.int64)
    west, south = (int(each) for each in every.min(axis=0))
    form = {name: [_geometry(drawn, each) for each in named] for name, named in objects.items()}
    for name, arcs in (lines or {}).items():
        form[name] = [{"type": "MultiLineString", "arcs": [[number] for number in arcs]}]
    return {
        "type": "Topology",
        "transform": {
            "scale": [step, step],
            "translate": [round(west * step, decimals), round(south * step, decimals)],
        },
        "objects": {
            name: {"type": "GeometryCollection", "geometries": each} for name, each in form.items()
        },
        "arcs": [_steps(arc - (west, south)) for arc in whole],
    }


def _steps(arc: Ints) -> list[list[int]]:
    """The first point, then the way from each to the next, without those that do not move."""
    steps = np.diff(arc, axis=0, prepend=np.zeros((1, 2), arc.dtype))
    moved = (steps != 0).any(axis=1)
    moved[0] = True
    kept: list[list[int]] = steps[moved].tolist()
    return kept if len(kept) > 1 else [*kept, [0, 0]]


def _geometry(drawn: Drawn, named: Named) -> dict[str, Any]:
    rings = drawn.rings[named.region]
    points = [_points(drawn, ring) for ring in rings]
    by_identity = {id(ring): list(arcs) for ring, arcs in zip(points, rings, strict=True)}
    nested = [[by_identity[id(ring)] for ring in polygon] for polygon in polygons(points)]
    return {
        "type": "MultiPolygon",
        "id": named.id,
        "properties": dict(named.properties),
        "arcs": nested,
    }


def _points(drawn: Drawn, ring: Sequence[int]) -> Floats:
    """The points of a ring, the first not repeated; shape (n, 2)."""
    return np.concatenate([(drawn.arcs[n] if n >= 0 else drawn.arcs[~n][::-1])[:-1] for n in ring])
