"""Leaving out the points of a line that are not seen at a scale."""

from collections.abc import Sequence
from heapq import heapify, heappop, heappush

Line = Sequence[Sequence[float]]


def simplified(line: Line, least: float) -> list[int]:
    """The points of a line that remain, by their index (Visvalingam and Whyatt 1993).

    The point whose triangle with its neighbours is smallest goes first, until all triangles reach
    the least area. The two ends remain; so do two points more of a line that is closed.

    Args:
        line: on a plane; shape (n, 2).
        least: the area, in the square of the unit of the line.
    """
    last = len(line) - 1
    before, after = list(range(-1, last)), list(range(1, last + 2))
    area = [0.0, *(_area(line, i - 1, i, i + 1) for i in range(1, last)), 0.0]
    waiting = [(area[i], i) for i in range(1, last) if area[i] < least]
    heapify(waiting)
    fewest = 4 if list(line[0]) == list(line[-1]) else 2
    left, gone = len(line), bytearray(len(line))
    while waiting and left > fewest:
        size, index = heappop(waiting)
        if gone[index] or size != area[index]:
            continue
        gone[index] = True
        left -= 1
        a, b = before[index], after[index]
        after[a], before[b] = b, a
        for other in (a, b):
            if 0 < other < last:
                # Not less than that of the point that went: the order of going is that of size.
                area[other] = max(size, _area(line, before[other], other, after[other]))
                if area[other] < least:
                    heappush(waiting, (area[other], other))
    return [index for index in range(len(line)) if not gone[index]]


def _area(line: Line, a: int, b: int, c: int) -> float:
    (ax, ay), (bx, by), (cx, cy) = line[a], line[b], line[c]
    return abs((bx - ax) * (cy - ay) - (cx - ax) * (by - ay)) / 2
