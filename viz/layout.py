"""Where each thing stands: one room a world around the middle, so that no two labels touch.

The room of a world is a sector. What is tied to the middle stands on the inner ring, what is
tied to that on the next, and so on; alliances belong to no world and stand between their members.
Each thing takes the best free spot, one after the other, then each moves again where it finds a
better one. No chance, no forces: the same network always gives the same picture.
"""

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import atan2, ceil, cos, hypot, pi, sin

import numpy as np

from graph.columns import Floats
from graph.model import ALLIANCE, ORGANISATION, TERRITORY, World
from viz.french import count, shown_name
from viz.network import Network

_DEEPEST = 4
_AT_ONCE = 24  # spots
_GAP = 0.05  # between two rooms, in radians
_SWEEPS = 2
_PIECES = re.compile(r"( ?)([^ ]+?(?:-(?=\w)|(?= |$)))")
# Widths of characters in em, as wide as in DejaVu Sans or Verdana, the widest in common use.
_NARROW, _WIDE = set("iljI.,:;'’|!()[]tfr \u00a0\u202f«»-"), set("mwMWŒœÆæ@%…—")


@dataclass(frozen=True, slots=True)
class Style:
    """A way to label: names for a wide screen, numbers for a narrow one.

    Attributes:
        font: height of the letters, in the units of the picture (pixels at scale 1).
        lines, width: at most so many lines of a label, so wide.
        radius: of a mark.
        inner, ring: radius of the inner ring, and from one ring to the next.
        stretch: how many times wider than high the rings are.
        margin: around a mark and its label.
        apart: how far two things would rather stay from each other.
    """

    name: str
    font: int
    lines: int
    width: int
    radius: int
    inner: int
    ring: int
    stretch: float
    margin: int
    apart: int


NAMES = Style("names", 13, 3, 128, 14, 100, 72, 1.2, 5, 100)
NUMBERS = Style("numbers", 13, 1, 30, 9, 38, 24, 0.75, 2, 28)


@dataclass(frozen=True, slots=True)
class Spot:
    """The middle of a mark, the lines of its label beneath it, and their width."""

    x: int
    y: int
    lines: tuple[str, ...]
    width: int


@dataclass(frozen=True, slots=True)
class Room:
    """The sector of a world, in radians clockwise from the right; None for unknown worlds.

    Attributes:
        others: « + 12 autres », where answers of this world are not drawn, with its spot.
    """

    world: World | None
    start: float
    end: float
    others: Spot | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """The spots of the actors, in their order, and the rooms, inside an ellipse.

    Attributes:
        half_width, half_height: of the ellipse around all rooms.
    """

    style: Style
    spots: tuple[Spot, ...]
    rooms: tuple[Room, ...]
    half_width: int
    half_height: int


def layout(network: Network, style: Style = NAMES) -> Layout:
    """The picture of a network in that style; deterministic."""
    rooms = _rooms(network, style)
    placing = _Placing(network, style, rooms)
    placing.place_all()
    for _ in range(_SWEEPS):
        placing.improve()
    return placing.result()


# Labels --------------------------------------------------------------------------------------


def text_width(text: str, font: int) -> float:
    """How wide a text is at most, in the usual fonts, at that size."""
    return sum(map(_em, text)) * font


def _em(character: str) -> float:
    if character in _NARROW:
        return 0.4
    if character in _WIDE or ord(character) > 0x2E80:  # Chinese, Japanese, emoji are square
        return 1.0
    return 0.76 if character.isupper() else 0.64


def wrapped(name: str, style: Style) -> tuple[str, ...]:
    """The lines of a label, broken at spaces and hyphens; what does not fit ends in « … »."""
    lines: list[str] = []
    for space, piece in _PIECES.findall(name):
        longer = f"{lines[-1]}{space}{piece}" if lines else piece
        if lines and text_width(longer, style.font) <= style.width:
            lines[-1] = longer
        else:
            lines.append(piece)
    if lines[1:] == ["…"]:
        lines = [f"{lines[0]} …"]
    if len(lines) > style.lines:
        lines = [*lines[: style.lines - 1], f"{lines[style.lines - 1]} …"]
    return tuple(_cut(line, style) for line in lines or [""])


def _cut(line: str, style: Style) -> str:
    if text_width(line, style.font) <= style.width:
        return line
    kept = line.removesuffix(" …")
    while kept and text_width(f"{kept}…", style.font) > style.width:
        kept = kept[:-1]
    return f"{kept}…"


# Rooms ---------------------------------------------------------------------------------------


def _rooms(network: Network, style: Style) -> tuple[Room, ...]:
    """One sector for each world that is there, as wide as it has actors, none too narrow."""
    counts: dict[World | None, int] = dict.fromkeys((*World, None), 0)
    for actor in network.actors[1:]:
        if actor.kind is ORGANISATION:
            counts[actor.world] += 1
    for world, _ in network.others:
        counts[world] += 1
    there = {world: n + 1.5 for world, n in counts.items() if n}
    if len(there) == 1:
        return tuple(Room(world, -pi / 2, 3 * pi / 2) for world in there)
    unit = 2 * pi / max(sum(there.values()), 1)
    rooms, angle = [], -pi / 2
    for world, weight in there.items():
        rooms.append(Room(world, angle + _GAP / 2, angle + weight * unit - _GAP / 2))
        angle += weight * unit
    return tuple(rooms)


# Levels --------------------------------------------------------------------------------------


def levels(network: Network) -> tuple[int, ...]:
    """On which ring each actor stands: its distance from the middle, the answers near a place."""
    index = {actor.id: i for i, actor in enumerate(network.actors)}
    near = _neighbours(network, index)
    depth = {0: 0}
    if network.actors[0].kind is TERRITORY:
        depth |= {i: 1 for i, actor in enumerate(network.actors) if actor.reasons}
    waiting = deque(depth)
    while waiting:
        node = waiting.popleft()
        for other in near[node]:
            if other not in depth:
                depth[other] = depth[node] + 1
                waiting.append(other)
    apart = min(max(depth.values()) + 1, _DEEPEST)
    return tuple(min(depth.get(i, apart), _DEEPEST) for i in range(len(network.actors)))


def _neighbours(network: Network, index: dict[str, int]) -> list[list[int]]:
    near: list[set[int]] = [set() for _ in network.actors]
    for link in network.links:
        near[index[link.start]].add(index[link.end])
        near[index[link.end]].add(index[link.start])
    return [sorted(others) for others in near]


# Placing -------------------------------------------------------------------------------------


class _Placing:
    """Things that take their spots one after the other."""

    def __init__(self, network: Network, style: Style, rooms: tuple[Room, ...]) -> None:
        self._style = style
        self._rooms = {room.world: room for room in rooms}
        self._others = [world for world, _ in network.others]
        self._actors = network.actors
        self._labels = self._label(network)
        self._near = [*_neighbours(network, {a.id: i for i, a in enumerate(network.actors)})]
        self._near += [[] for _ in self._others]
        self._level = [*levels(network), *(_DEEPEST for _ in self._others)]
        self._box = np.array([self._size(lines) for lines in self._labels], dtype=np.float64)
        self._at = np.zeros((len(self._labels), 2))
        self._placed = np.zeros(len(self._labels), dtype=np.bool_)
        self._known: dict[tuple[int, World | str | None, int], Floats] = {}

    def _label(self, network: Network) -> list[tuple[str, ...]]:
        if self._style is NUMBERS:
            names = [str(number) for number in range(1, len(network.actors) + 1)]
            return [*((name,) for name in names), *((f"+\u00a0{n}",) for _, n in network.others)]
        labels = [wrapped(shown_name(actor.name), self._style) for actor in network.actors]
        return labels + [(f"+\u00a0{count(n, 'autre')}",) for _, n in network.others]

    def _size(self, lines: Sequence[str]) -> tuple[float, float, float]:
        """Half the width, the height above the middle of the mark, the height beneath it."""
        style = self._style
        wide = max(text_width(line, style.font) for line in lines)
        around = style.radius * 1.35
        beneath = around + len(lines) * style.font * 1.25
        return max(wide / 2, around) + style.margin, around + style.margin, beneath + style.margin

    def place_all(self) -> None:
        """Give each its first spot, from the middle outwards."""
        self._placed[0] = True
        order = sorted(range(1, len(self._labels)), key=self._rank)
        for item in order:
            self._settle(item)

    def _rank(self, item: int) -> tuple[int, bool, int]:
        alliance = item < len(self._actors) and self._actors[item].kind is ALLIANCE
        return (self._level[item], not alliance, item)

    def improve(self) -> None:
        """Let each take a better spot, now that all stand somewhere."""
        for item in range(1, len(self._labels)):
            self._placed[item] = False
            self._settle(item)

    def _settle(self, item: int) -> None:
        spots = self._free(item, self._candidates(item))
        wider = 0
        while not len(spots):
            wider += 6
            spots = self._free(item, self._candidates(item, wider))
        self._at[item] = spots[self._best(item, spots)]
        self._placed[item] = True

    def _room(self, item: int) -> Room | None:
        if item >= len(self._actors):
            return self._rooms[self._others[item - len(self._actors)]]
        actor = self._actors[item]
        return self._rooms.get(actor.world) if actor.kind is ORGANISATION else None

    def _radius(self, item: int) -> float:
        return self._style.inner + (self._level[item] - 1) * self._style.ring

    def _candidates(self, item: int, further: int = 0) -> Floats:
        """Spots on its ring and beyond, within its room; shape (spots, 2)."""
        room = self._room(item)
        key = self._level[item], room.world if room else "between", further
        if key not in self._known:
            self._known[key] = self._spots(self._radius(item), room, further)
        return self._known[key]

    def _spots(self, inner: float, room: Room | None, further: int) -> Floats:
        style = self._style
        start, end = (room.start, room.end) if room else (-pi / 2, 3 * pi / 2)
        spots = []
        for step in range(further, further + 9):
            radius = inner + step * style.ring / 3
            margin = min(1.2 * style.radius / radius, (end - start) / 3) if room else 0.0
            low, high = start + margin, end - margin
            number = max(ceil((high - low) * radius / (style.radius * 1.5)), 2)
            angles = np.linspace(low, high, number + 1)
            spots.append(np.stack((style.stretch * np.cos(angles), np.sin(angles))) * radius)
        return np.round(np.concatenate(spots, axis=1).T)

    def _free(self, item: int, spots: Floats) -> Floats:
        """Those of the spots that leave every label that stands already alone."""
        others, box = self._at[self._placed], self._box[self._placed]
        half, above, beneath = self._box[item]
        dx = np.abs(spots[:, None, 0] - others[None, :, 0])
        dy = spots[:, None, 1] - others[None, :, 1]
        apart = (dx >= half + box[:, 0]) | (dy >= above + box[:, 2]) | (-dy >= beneath + box[:, 1])
        free: Floats = spots[apart.all(axis=1)]
        return free

    def _best(self, item: int, spots: Floats) -> int:
        """The spot of least cost, by its number.

        Labels that its ties would cross cost more. They are looked for where the rest of the cost
        is least, and no further than where that alone is more than the best spot costs.
        """
        near = [other for other in self._near[item] if self._placed[other]]
        rest = self._cost(item, near, spots)
        cost = np.full(len(spots), np.inf)
        order = np.argsort(rest, kind="stable")
        for start in range(0, len(spots), _AT_ONCE):
            some = order[start : start + _AT_ONCE]
            if rest[some[0]] > cost.min():
                break
            crossed = sum(self._hidden(item, other, spots[some]) for other in near)
            cost[some] = rest[some] + self._style.radius * 2 * crossed
        return int(np.argmin(cost))

    def _cost(self, item: int, near: Sequence[int], spots: Floats) -> Floats:
        """The longer its ties and the farther from its ring and its middle, the worse."""
        radius = np.hypot(spots[:, 0] / self._style.stretch, spots[:, 1])
        cost = 1.5 * np.abs(radius - self._radius(item))
        for other in near:
            x, y = self._at[other]
            cost = cost + np.hypot(spots[:, 0] - x, spots[:, 1] - y) / max(len(near) ** 0.5, 1)
        aim = self._aim(item)
        if aim is not None:
            cost = cost + 0.5 * np.hypot(
                spots[:, 0] - radius * self._style.stretch * cos(aim),
                spots[:, 1] - radius * sin(aim),
            )
        return np.asarray(cost + self._crowd(spots))

    def _crowd(self, spots: Floats) -> Floats:
        """How near the spots are to things that stand already."""
        others = self._at[self._placed]
        x = spots[:, None, 0] - others[None, :, 0]
        y = spots[:, None, 1] - others[None, :, 1]
        far = np.hypot(x, self._style.stretch * y)
        return np.asarray(np.maximum(self._style.apart - far, 0).sum(axis=1))

    def _hidden(self, item: int, other: int, spots: Floats) -> Floats:
        """How many labels the line from each spot to a neighbour would cross.

        A line crosses a box where the stretches of it between the box's left and right, and between
        its top and bottom, have a part in common (Kay and Kajiya, 1986).
        """
        standing = self._placed.copy()
        standing[[item, other]] = False
        box, middle = self._box[standing], self._at[standing]
        sides = ((0, 0, 0), (1, 1, 2))  # the axis, what is before the middle, what is after it
        stretches = [
            _inside(
                spots[:, axis], self._at[other, axis], middle[:, axis], box[:, near], box[:, far]
            )
            for axis, near, far in sides
        ]
        (enter_x, leave_x), (enter_y, leave_y) = stretches
        crossed = np.maximum(enter_x, enter_y) < np.minimum(leave_x, leave_y)
        return np.asarray(crossed.sum(axis=1), dtype=np.float64)

    def _aim(self, item: int) -> float | None:
        """The direction that it would stand in: the middle of its room, or between its members."""
        room = self._room(item)
        if room is not None:
            return (room.start + room.end) / 2
        rooms = [self._room(other) for other in self._near[item] if other]
        angles = [(room.start + room.end) / 2 for room in rooms if room]
        x, y = sum(map(cos, angles)), sum(map(sin, angles))
        return atan2(y, x) if hypot(x, y) > 1e-6 else None

    def result(self) -> Layout:
        """The picture as it stands now."""
        spots = [self._spot(item) for item in range(len(self._labels))]
        beyond = dict(zip(self._others, spots[len(self._actors) :], strict=True))
        rooms = tuple(replace(r, others=beyond.get(w)) for w, r in self._rooms.items())
        high = self._half_height()
        wide = ceil(high * self._style.stretch)
        return Layout(self._style, tuple(spots[: len(self._actors)]), rooms, wide, high)

    def _spot(self, item: int) -> Spot:
        x, y = (int(value) for value in self._at[item])
        lines = self._labels[item]
        width = ceil(max(text_width(line, self._style.font) for line in lines))
        return Spot(x, y, lines, width)

    def _half_height(self) -> int:
        """Half the height of the ellipse that holds every label."""
        half, above, beneath = self._box.T
        x = (np.abs(self._at[:, 0]) + half) / self._style.stretch
        y = np.maximum(np.abs(self._at[:, 1] - above), np.abs(self._at[:, 1] + beneath))
        return ceil(float(np.hypot(x, y).max()))


def _inside(
    starts: Floats, end: float, middle: Floats, before: Floats, after: Floats
) -> tuple[Floats, Floats]:
    """Where lines enter and leave boxes along one axis, as shares of the lines without their ends.

    Shape of both: (starts, boxes).
    """
    way = end - starts
    way = np.where(way == 0, 1e-9, way)[:, None]
    one = (middle - before - starts[:, None]) / way
    other = (middle + after - starts[:, None]) / way
    return np.maximum(np.minimum(one, other), 0.1), np.minimum(np.maximum(one, other), 0.9)
