"""« Les salles » : one actor in the middle, a room a world, a door in each to a far one."""

from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from math import cos, hypot, log, pi, sin
from string import ascii_uppercase
from threading import Lock
from typing import TypeAlias
from weakref import WeakKeyDictionary

from graph.model import ORGANISATION, World
from graph.store import StoredTie
from graph.view import View
from queries.acquaintance import ACQUAINTANCE, ACTORS, acquaintances
from viz.french import shown_name
from viz.layout import NAMES, NUMBERS, Layout, Room, Spot, Style, layout, text_width
from viz.marks import UNKNOWN, WORLDS, Mark, mark_of
from viz.network import MOST, Actor, Link, Network, Part, actor_of, link_of, sources_of

FARTHEST = 2
_NAME_FONT = 16  # of rooms: 15 px in bold, which is wider
_VAST = 480  # half of what a tablet shows of 13 px so that they can be read
_SIMPLE = 25
_LEAVES = 8  # at least so many of 60 are left to alliances and projects of nobody else's
_KEPT = 500  # drawings a view, of some tens of kilobytes
_TRIED = 300  # of those whom somebody meets in an alliance, for a door


@dataclass(frozen=True, slots=True)
class Door:
    """The way out of a room: somebody in it who knows somebody of another world, further away.

    Attributes:
        letter: that the picture and its text have in common.
    """

    letter: str
    world: World | None
    through: Actor
    to: Actor


@dataclass(frozen=True, slots=True)
class Salles:
    """The network around an actor.

    Attributes:
        network: at most `MOST` things: the actor, then room by room.
        depth: how many ties each is from the actor, by id.
        doors: at most one for each room.
        known: how many there are within reach, drawn or not, without the actor.
        apart: how many alliances and projects within reach are not drawn.
    """

    network: Network
    depth: dict[str, int]
    doors: tuple[Door, ...]
    known: int
    apart: int


@dataclass(frozen=True, slots=True)
class DrawnActor:
    """An actor with its place in a picture.

    Attributes:
        label: the lines beneath it, each with its y.
    """

    actor: Actor
    number: int
    mark: Mark
    spot: Spot
    label: tuple[tuple[str, int], ...]
    middle: bool

    @property
    def enters(self) -> bool:
        """Whether there are rooms around it too: a territory has none."""
        return self.actor.kind in ACTORS

    @property
    def answers(self) -> bool:
        """Whether it is one of the answers that the network is drawn of."""
        return self.actor.part is Part.ANSWER


@dataclass(frozen=True, slots=True)
class DrawnDoor:
    """A door on the rim of a room, around its middle."""

    door: Door
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class DrawnRoom:
    """The sector of a world.

    Attributes:
        path: its outline; `rim`: the arc on its outside.
        name_on: the arc that its name is written on, from left to right; its length is `name_in`.
        others: where « + 12 autres » stands, if anywhere, and how many they are.
    """

    mark: Mark
    world: World | None
    path: str
    rim: str
    name_on: str
    name_in: float
    others: Spot | None
    left: int
    door: DrawnDoor | None

    def fits(self, name: str) -> bool:
        """Whether there is room for a name on its rim."""
        return text_width(name, _NAME_FONT) < self.name_in


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """A tie as a line between two spots."""

    x1: int
    y1: int
    x2: int
    y2: int
    direct: bool
    ended: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """One drawing of the rooms: with names for a wide screen, with numbers for a narrow one.

    Attributes:
        half_width, half_height: of the drawing around its middle.
    """

    style: Style
    half_width: int
    half_height: int
    actors: tuple[DrawnActor, ...]
    rooms: tuple[DrawnRoom, ...]
    lines: tuple[DrawnLine, ...]

    @property
    def box(self) -> str:
        """Its `viewBox`."""
        wide, high = self.half_width, self.half_height
        return f"{-wide} {-high} {2 * wide} {2 * high}"

    @property
    def vast(self) -> bool:
        """Whether its labels can be read only where it is as wide as a large screen."""
        return self.half_width > _VAST

    @property
    def simple(self) -> bool:
        """Whether it holds so few that it need not be as large as it can be."""
        return len(self.actors) < _SIMPLE


Drawn: TypeAlias = tuple[Salles, Picture, Picture]


def salles(view: View, node: int, reach: int = FARTHEST) -> Salles:
    """The rooms around an actor: who is tied to it, and who to those, as far as there is room.

    The worlds take turns, so that no large one leaves a small one out; within a world the nearest
    come first; the same graph always gives the same rooms.
    """
    depth = _reached(view, node, reach)
    drawn = _chosen(view, node, depth)
    within = set(drawn)
    left = Counter(
        view.world_of(other) if view.is_kind(other, ORGANISATION) else "apart"
        for other in depth
        if other not in within
    )
    ties = _ties(view, drawn)
    links = tuple(link_of(view, tie) for tie in ties)
    network = Network(
        view.names[node],
        "",
        tuple(actor_of(view, o, Part.BETWEEN if o != node else Part.CENTRE) for o in drawn),
        links,
        tuple((world, left[world]) for world in (*World, None) if left[world]),
        sources_of(view, drawn, ties, [each for link in links for each in link.evidence]),
    )
    doors = tuple(_doors(view, drawn, depth))
    by_key = {view.keys[other]: depth[other] for other in drawn}
    return Salles(network, by_key, doors, len(depth) - 1, left["apart"])


class Drawings:
    """What was drawn of each view, for as long as it lives: placing sixty labels takes a while."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._of: WeakKeyDictionary[View, OrderedDict[tuple[int, int], Drawn]] = WeakKeyDictionary()

    def draw(self, view: View, node: int, reach: int) -> Drawn:
        """The rooms around an actor, and both drawings of them; see `salles`."""
        key = node, reach
        with self._lock:
            known = self._of.setdefault(view, OrderedDict())
            found = known.get(key)
        if found is None:
            around = salles(view, node, reach)
            found = around, *pictures(around)
        with self._lock:
            known[key] = found
            known.move_to_end(key)
            while len(known) > _KEPT:
                known.popitem(last=False)
        return found


def _reached(view: View, node: int, reach: int) -> dict[int, int]:
    """The distance of each actor within reach; alliances in between are on the way."""
    graph = acquaintances(view)
    depth = {node: 0}
    edge = [node]
    for step in range(1, reach + 1):
        found = {other for near in edge for other in graph.of(near).tolist()}
        edge = sorted(found - depth.keys())
        depth |= dict.fromkeys(edge, step)
    return depth


def _chosen(view: View, node: int, depth: dict[int, int]) -> list[int]:
    """Those that are drawn: organisations ring by ring with who leads to them, then the rest."""
    near = _nearness(view, node, depth)
    chosen = {node}
    for step in sorted(set(depth.values()) - {0}):
        ring = [o for o, d in depth.items() if d == step and view.is_kind(o, ORGANISATION)]
        for other in _in_turn(view, ring, near):
            if len(chosen) >= MOST - _LEAVES:
                break
            wider = {other, *_leading_to(view, other, depth, chosen)} | chosen
            if len(wider) <= MOST - _LEAVES:
                chosen = wider
    rest = [o for o in depth if o not in chosen and not view.is_kind(o, ORGANISATION)]
    rest.sort(key=lambda o: (depth[o], -near.get(o, 0.0), o))
    chosen |= set(rest[: max(MOST - len(chosen), 0)][: 2 * _LEAVES])
    return [node, *sorted(chosen - {node}, key=lambda o: _in_rooms(view, o, depth))]


def _nearness(view: View, node: int, depth: dict[int, int]) -> dict[int, float]:
    """How near each is by whom it knows in common with the actor: few others' acquaintance counts.

    The index of Adamic and Adar (Friends and neighbors on the Web, 2003, section 3).
    """
    graph, near = acquaintances(view), dict[int, float]()
    for common in graph.of(node).tolist():
        others = graph.of(common).tolist()
        for other in others:
            near[other] = near.get(other, 0.0) + 1 / log(max(len(others), 2))
    return near


def _in_turn(view: View, nodes: Iterable[int], near: dict[int, float]) -> Iterator[int]:
    """One of each world after the other, the nearest first; those of no known world come last."""
    rows: dict[int, list[int]] = {}
    for node in sorted(nodes, key=lambda o: (-near.get(o, 0.0), o)):
        rows.setdefault(int(view.world[node]) % (len(World) + 1), []).append(node)
    for turn in zip_longest(*(rows[world] for world in sorted(rows))):
        yield from (node for node in turn if node is not None)


def _leading_to(view: View, node: int, depth: dict[int, int], chosen: set[int]) -> list[int]:
    """Who leads to it from the ring within: nobody more where one is drawn, else the smallest."""
    graph = acquaintances(view)
    before = [o for o in graph.of(node).tolist() if depth.get(o) == depth[node] - 1]
    if chosen & set(before):
        return []
    return [min(before, key=lambda o: (len(graph.of(o)), o))]


def _in_rooms(view: View, node: int, depth: dict[int, int]) -> tuple[int, int, str, int]:
    """Where it comes in the text: by room, then by distance, then by name."""
    room = int(view.world[node]) % (len(World) + 1)
    room = room if view.is_kind(node, ORGANISATION) else len(World) + 1
    return room, depth[node], view.names[node].casefold(), node


def _ties(view: View, nodes: Sequence[int]) -> list[StoredTie]:
    """Every tie of acquaintance between two of the nodes."""
    within = set(nodes)
    found = []
    for start in nodes:
        for tie in ACQUAINTANCE:
            for end in sorted(set(view.ties[tie].ends_of(start).tolist()) & within):
                stored = view.tie(tie, start, end)
                if stored is not None:
                    found.append(stored)
    return found


def _doors(view: View, drawn: Sequence[int], depth: dict[int, int]) -> Iterator[Door]:
    """For each room the first of those in it who knows somebody far, of another world."""
    letters = iter(ascii_uppercase)
    opened: set[int] = set()
    for node in drawn[1:]:
        world = int(view.world[node])
        if world not in opened and view.is_kind(node, ORGANISATION):
            beyond = _beyond(view, node, depth)
            if beyond is not None:
                opened.add(world)
                ends = (actor_of(view, each, Part.BETWEEN) for each in (node, beyond))
                yield Door(next(letters), view.world_of(node), *ends)


def _beyond(view: View, node: int, depth: dict[int, int]) -> int | None:
    """An organisation of another world, out of reach, met directly or in one alliance.

    The one with the most acquaintances, for there is most to see.
    """
    graph, world = acquaintances(view), int(view.world[node])
    near = graph.of(node).tolist()
    further = {o for n in near if not view.is_kind(n, ORGANISATION) for o in graph.of(n).tolist()}
    known = [
        other
        for other in (*near, *sorted(further)[:_TRIED])
        if view.is_kind(other, ORGANISATION)
        and other not in depth
        and int(view.world[other]) not in (-1, world)
    ]
    return max(known, key=lambda o: (len(graph.of(o)), -o), default=None)


# Drawing ---------------------------------------------------------------------------------------


def pictures(found: Salles) -> tuple[Picture, Picture]:
    """The drawing with names, and the one with numbers."""
    names, numbers = (picture(found.network, style, found.doors) for style in (NAMES, NUMBERS))
    return names, numbers


def picture(network: Network, style: Style = NAMES, doors: Sequence[Door] = ()) -> Picture:
    """A network drawn in rooms; its first actor stands in the middle."""
    placed = layout(network, style)
    spots = {actor.id: spot for actor, spot in zip(network.actors, placed.spots, strict=True)}
    left, opened = dict(network.others), {door.world: door for door in doors}
    around = style.font * 2
    return Picture(
        style,
        placed.half_width + around,
        placed.half_height + around,
        tuple(
            _drawn(actor, number, spots[actor.id], style)
            for number, actor in enumerate(network.actors, 1)
        ),
        tuple(
            _room(room, placed, left.get(room.world, 0), opened.get(room.world))
            for room in placed.rooms
        ),
        tuple(_lines(network, spots)),
    )


def _lines(network: Network, spots: dict[str, Spot]) -> Iterator[DrawnLine]:
    """One line between two actors however many ties they have; ended where all have."""
    middle = network.actors[0].id
    pairs: dict[tuple[str, str], bool] = {}
    for link in network.links:
        a, b = sorted((link.start, link.end))
        pairs[a, b] = pairs.get((a, b), True) and link.ended
    for (a, b), ended in sorted(pairs.items()):
        one, other = spots[a], spots[b]
        yield DrawnLine(one.x, one.y, other.x, other.y, middle in (a, b), ended)


def _drawn(actor: Actor, number: int, spot: Spot, style: Style) -> DrawnActor:
    first = spot.y + style.radius + style.font
    label = tuple((line, first + i * (style.font + 2)) for i, line in enumerate(spot.lines))
    mark = mark_of(actor.kind, actor.world)
    return DrawnActor(actor, number, mark, spot, label, actor.part is Part.CENTRE)


def _room(room: Room, placed: Layout, left: int, door: Door | None) -> DrawnRoom:
    mark = WORLDS[room.world] if room.world else UNKNOWN
    wide, high, font = placed.half_width, placed.half_height, placed.style.font
    end = min(room.end, room.start + 2 * pi - 1e-3)
    rim = _arc(wide, high, room.start, end)
    free = end - (1.6 * font / hypot(wide, high) * 2**0.5 if door else 0)  # a door takes its place
    low = sin((room.start + free) / 2) > 0
    out = font * (1.2 if low else 0.5)
    ends = (free, room.start) if low else (room.start, free)
    return DrawnRoom(
        mark,
        room.world,
        f"M0 0L{rim[1:]}Z",
        rim,
        _arc(wide + out, high + out, *ends),
        _length(wide + out, high + out, room.start, free),
        room.others,
        left,
        DrawnDoor(door, *_at(wide, high, (free + end) / 2)) if door else None,
    )


def _arc(wide: float, high: float, start: float, end: float) -> str:
    """The arc of an ellipse from one angle to another, as SVG writes it."""
    a, b = (f"{wide * cos(angle):.1f} {high * sin(angle):.1f}" for angle in (start, end))
    return f"M{a}A{wide:g} {high:g} 0 {int(abs(end - start) > pi)} {int(end > start)} {b}"


def _at(wide: float, high: float, angle: float) -> tuple[int, int]:
    return round(wide * cos(angle)), round(high * sin(angle))


def _length(wide: float, high: float, start: float, end: float) -> float:
    """How long an arc of an ellipse is, by the rule of the midpoint."""
    part = (end - start) / 32
    angles = (start + (i + 0.5) * part for i in range(32))
    return sum(part * hypot(wide * sin(angle), high * cos(angle)) for angle in angles)


def in_words(link: Link) -> str:
    """A tie as a sentence, with the role and the period that are known."""
    role = f" ({link.role})" if link.role else ""
    when = f", {link.period}" if link.period else ""
    return f"{shown_name(link.sentence)}{role}{when}."
