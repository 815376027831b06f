"""Outlines that were drawn together, and the part of them that a box meets."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from graph.columns import Mask
from graph.view import View
from ingest.outlines import Floats
from queries.spots import Box
from viz.outlines.territories import Outlines
from viz.outlines.topology import Drawn


def joined(
    view: View, outlines: Outlines, territories: Sequence[int], zoom: int
) -> tuple[Drawn, dict[int, int]]:
    """The arcs of all files that draw some territories; by node ordinal the region of each."""
    arcs: list[Any] = []
    rings: list[Any] = []
    region: dict[int, int] = {}
    for each in outlines.arranged(view, territories, zoom).values():
        region |= {node: len(rings) + i for i, node in enumerate(each.territories)}
        rings += _moved(each.drawn.rings, len(arcs))
        arcs += each.drawn.arcs
    return Drawn(arcs, rings), region


@dataclass(frozen=True, eq=False)
class Sheet:
    """A territory and its parts, drawn together.

    Attributes:
        drawn: their regions.
        parts: by id, the region of each part; `rest` the regions of what is in none of them.
        around: the regions of the territory itself.
        boxes, arc_boxes: west, south, east and north of each region and of each arc; shape (n, 4).
    """

    drawn: Drawn
    parts: Mapping[str, int]
    rest: Sequence[int]
    around: Sequence[int]
    boxes: Floats = field(init=False)
    arc_boxes: Floats = field(init=False)

    def __post_init__(self) -> None:
        ends = [[*arc.min(axis=0), *arc.max(axis=0)] for arc in self.drawn.arcs]
        arcs = np.array(ends, dtype=np.float64).reshape(-1, 4)
        regions = [_around(arcs[_arcs_of(rings)]) for rings in self.drawn.rings]
        object.__setattr__(self, "arc_boxes", arcs)
        object.__setattr__(self, "boxes", np.array(regions, dtype=np.float64).reshape(-1, 4))


@dataclass(frozen=True, slots=True)
class Cut:
    """What is left of some sheets in a box.

    Attributes:
        parts: by id the region of each; `rest` the regions of what is in no part.
        borders: the arcs around the territories that the sheets are of.
    """

    drawn: Drawn
    parts: Mapping[str, int]
    rest: Sequence[int]
    borders: Sequence[int]


def cut(sheets: Iterable[Sheet], box: Box) -> Cut:
    """The whole outline of each part that meets a box, once, and the borders that meet it."""
    arcs: list[Floats] = []
    rings: list[Any] = []
    parts: dict[str, int] = {}
    rest: list[int] = []
    borders: list[int] = []
    for sheet in sheets:
        near, near_arcs = meeting(sheet.boxes, box), meeting(sheet.arc_boxes, box)
        ids = [key for key, region in sheet.parts.items() if near[region] and key not in parts]
        chosen = [sheet.parts[key] for key in ids]
        others = [region for region in sheet.rest if near[region]]
        lines = {n for each in sheet.around for n in _arcs_of(sheet.drawn.rings[each])}
        lines = {n for n in lines if near_arcs[n]}
        regions = [sheet.drawn.rings[region] for region in (*chosen, *others)]
        used = sorted(lines.union(*map(_arcs_of, regions)))
        new = {old: len(arcs) + number for number, old in enumerate(used)}
        parts |= {key: len(rings) + i for i, key in enumerate(ids)}
        rest += [len(rings) + len(ids) + i for i in range(len(others))]
        borders += [new[n] for n in sorted(lines)]
        arcs += [sheet.drawn.arcs[n] for n in used]
        rings += [[[new[n] if n >= 0 else ~new[~n] for n in r] for r in each] for each in regions]
    return Cut(Drawn(arcs, rings), parts, rest, borders)


def meeting(boxes: Floats, box: Box) -> Mask:
    """Which boxes, of shape (n, 4), have a point in common with one."""
    west, south, east, north = box
    across = (boxes[:, 0] <= east) & (boxes[:, 2] >= west)
    return np.asarray(across & (boxes[:, 1] <= north) & (boxes[:, 3] >= south))


def _moved(regions: Iterable[Any], by: int) -> list[Any]:
    return [[[n + by if n >= 0 else n - by for n in ring] for ring in each] for each in regions]


def _arcs_of(rings: Sequence[Sequence[int]]) -> list[int]:
    return [n if n >= 0 else ~n for ring in rings for n in ring]


def _around(boxes: Floats) -> list[float]:
    if not len(boxes):
        return [np.inf, np.inf, -np.inf, -np.inf]
    return [*boxes[:, :2].min(axis=0), *boxes[:, 2:].max(axis=0)]
