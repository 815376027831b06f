"""What a box keeps of outlines that were drawn together."""

import numpy as np

from tests.viz.boards import SIDE, board, cells, signed
from viz.outlines.sheets import Sheet, cut, meeting
from viz.outlines.topology import Drawn, Named, topojson

WEST = [(x, y) for x in range(3) for y in range(SIDE)]
EAST = [(x, y) for x in range(3, SIDE) for y in range(SIDE)]


def sheet(name: str, places: list[tuple[int, int]]) -> Sheet:
    """A half of the board, each of its squares but the last a part of it."""
    drawn = board().arranged([cells(*places), *(cells(place) for place in places)])
    parts = {f"{name}{x}{y}": number for number, (x, y) in enumerate(places[:-1], 1)}
    return Sheet(drawn, parts, [len(places)], [0])


def outline(drawn: Drawn, region: int) -> list[float]:
    rings = []
    for ring in drawn.rings[region]:
        lines = [drawn.arcs[n] if n >= 0 else drawn.arcs[~n][::-1] for n in ring]
        rings.append(signed(np.concatenate([line[:-1] for line in lines])))
    return rings


def test_a_box_keeps_the_whole_of_each_part_that_it_meets() -> None:
    found = cut([sheet("w", WEST), sheet("e", EAST)], (2.2, 1.2, 3.8, 1.8))
    assert set(found.parts) == {"w21", "e31"}
    assert not found.rest
    for region in found.parts.values():
        assert outline(found.drawn, region) == [1.0]


def test_only_the_borders_of_the_halves_that_it_meets_are_borders() -> None:
    found = cut([sheet("w", WEST)], (2.2, 1.2, 3.8, 1.8))
    ends = {tuple(point) for n in found.borders for point in found.drawn.arcs[n].tolist()}
    assert ends == {(3.0, 1.0), (3.0, 2.0)}  # of the border between the halves, one square
    inside = cut([sheet("w", WEST)], (1.2, 1.2, 1.8, 1.8))
    assert (set(inside.parts), inside.borders) == ({"w11"}, [])


def test_what_is_in_no_part_is_there_without_a_name() -> None:
    found = cut([sheet("w", WEST)], (2.2, 5.2, 2.8, 5.8))
    assert not found.parts
    assert [outline(found.drawn, region) for region in found.rest] == [[1.0]]


def test_a_part_on_two_sheets_is_given_once() -> None:
    found = cut([sheet("", WEST), sheet("", WEST)], (0.2, 0.2, 1.8, 0.8))
    assert sorted(found.parts) == ["00", "10"]
    assert len(found.drawn.rings) == 2


def test_the_borders_are_lines_of_the_topology() -> None:
    found = cut([sheet("w", WEST)], (2.2, 1.2, 3.8, 1.8))
    parts = [Named(key, region, {}) for key, region in found.parts.items()]
    form = topojson(found.drawn, {"parts": parts}, 3, {"borders": found.borders})
    (border,) = form["objects"]["borders"]["geometries"]
    assert border == {"type": "MultiLineString", "arcs": [[n] for n in found.borders]}


def test_boxes_that_touch_have_a_point_in_common() -> None:
    boxes = np.array([[0, 0, 1, 1], [1.1, 0, 2, 1], [0, 1.1, 1, 2], [-9, -9, 9, 9]], float)
    assert meeting(boxes, (1, 1, 1, 1)).tolist() == [True, False, False, True]
