"""A board of squares, whose outlines are known by hand."""

import numpy as np

from ingest.outlines import Floats, Ints, Mesh, Origin
from viz.outlines.merging import Borders

SIDE = 6
BLOCK = [(x, y) for x in range(3) for y in range(3)]
RING = [place for place in BLOCK if place != (1, 1)]


def board() -> Borders:
    """Squares of a degree at the equator, numbered row by row."""
    rings = []
    for number in range(SIDE * SIDE):
        y, x = divmod(number, SIDE)
        rings.append((number, np.array([(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)], float)))
    keys = [f"commune:{number}" for number in range(SIDE * SIDE)]
    return Borders(Mesh.of(Origin("", ""), keys, rings, 1.0))


def cells(*places: tuple[int, int]) -> Ints:
    """The squares at some places, each by its column and its row."""
    return np.array([y * SIDE + x for x, y in places], dtype=np.int64)


def signed(ring: Floats) -> float:
    """The area of a ring in square degrees, below zero when it is clockwise."""
    x, y = ring.T
    return float(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2
