"""Outlines as TopoJSON, read back as its specification says."""

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import numpy as np
import pytest

from ingest.outlines import Floats, Ints
from tests.viz.boards import RING, board, cells, signed
from viz.outlines.merging import Borders
from viz.outlines.shelf import bundled
from viz.outlines.topology import Named, topojson

DECIMALS = 4


def written(borders: Borders, groups: Sequence[Ints], tolerance: float = 0.0) -> dict[str, Any]:
    named = [Named(f"commune:{i}", i, {"name": str(i)}) for i in range(len(groups))]
    return topojson(borders.arranged(groups, tolerance), {"parts": named}, DECIMALS)


def read(form: dict[str, Any]) -> list[list[list[Floats]]]:
    """The polygons of each geometry; TopoJSON 1.0, sections 2.1.2 to 2.1.4."""
    scale, translate = np.array(form["transform"]["scale"]), form["transform"]["translate"]
    arcs = [
        np.array(list(accumulate(np.array(arc), np.add))) * scale + translate
        for arc in form["arcs"]
    ]
    found = []
    for geometry in form["objects"]["parts"]["geometries"]:
        polygons = []
        for polygon in geometry["arcs"]:
            rings = []
            for ring in polygon:
                lines = [arcs[n] if n >= 0 else arcs[~n][::-1] for n in ring]
                for before, after in zip(lines, [*lines[1:], lines[0]], strict=True):
                    assert before[-1].tolist() == pytest.approx(after[0].tolist(), abs=1e-9)
                rings.append(np.concatenate([line[:-1] for line in lines]))
            polygons.append(rings)
        found.append(polygons)
    return found


def test_a_hole_and_what_fills_it_share_one_border() -> None:
    form = written(board(), [cells(*RING), cells((1, 1)), cells((4, 4))])
    assert len(form["arcs"]) == 3  # around the block, around the hole, around the island
    areas = [[[signed(ring) for ring in polygon] for polygon in each] for each in read(form)]
    assert areas == [[[9.0, -1.0]], [[1.0]], [[1.0]]]


def test_pieces_that_touch_at_a_corner_are_apart() -> None:
    form = written(board(), [cells((0, 0), (1, 1)), cells((1, 0))])
    areas = [[[signed(ring) for ring in polygon] for polygon in each] for each in read(form)]
    assert areas == [[[1.0], [1.0]], [[1.0]]]


def test_steps_are_whole_numbers_and_none_stays_where_it_is() -> None:
    form = written(board(), [cells(*RING)])
    assert form["type"] == "Topology"
    for arc in form["arcs"]:
        assert all(isinstance(number, int) for step in arc for number in step)
        assert [0, 0] not in arc[1:]


@pytest.mark.parametrize("tolerance", [0.0, 0.8])
def test_the_same_outlines_come_out_as_polygons_and_as_arcs(tolerance: float) -> None:
    borders = bundled()
    isère = np.array(
        [i for key, i in borders.index.items() if key.startswith("commune:38")], dtype=np.int64
    )
    groups = [isère, *(isère[start::40] for start in range(5))]
    shapes = borders.merged(groups, tolerance)
    for shape, polygons in zip(shapes, read(written(borders, groups, tolerance)), strict=True):
        expected = sum(signed(ring) for polygon in shape.polygons for ring in polygon)
        found = sum(signed(ring) for polygon in polygons for ring in polygon)
        assert found == pytest.approx(expected, rel=1e-3)  # 11 metres are rounded away
        assert len(polygons) == len(shape.polygons)
