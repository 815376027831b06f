"""« Les salles » : one actor in the middle, a room a world, a door in each to a far one."""

from collections import Counter, OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, pi, sin
from threading import Lock
from typing import TypeAlias
from weakref import WeakKeyDictionary

from graph.model import KINDS, ORGANISATION, Role, World
from graph.store import StoredTie
from graph.view import View
from queries.acquaintance import ACQUAINTANCE
from queries.answers import evidence_of
from queries.path import neighbours, role_name
from queries.things import place_name
from queries.wording import joined
from viz.french import period, shown_name
from viz.layout import NAMES, NUMBERS, Layout, Room, Spot, Style, layout
from viz.marks import UNKNOWN, WORLDS, Mark, mark_of
from viz.network import Actor, Link, Network, Part

MOST = 60
_KEPT = 500  # drawings a view, of some tens of kilobytes
FARTHEST = 2
_CATALYST = 1 << tuple(Role).index(Role.CATALYST)


@dataclass(frozen=True, slots=True)
class Door:
    """The way out of a room: somebody in it who knows somebody of another world, further away."""

    world: World | None
    through: Actor
    to: Actor


@dataclass(frozen=True, slots=True)
class Salles:
    """The network around an actor.

    Attributes:
        network: at most `MOST` things, the actor first.
        depth: how many ties each is from the actor, by id.
        doors: at most one for each room.
        known: how many there are within reach, drawn or not, without the actor.
    """

    network: Network
    depth: dict[str, int]
    doors: tuple[Door, ...]
    known: int


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


@dataclass(frozen=True, slots=True)
class DrawnRoom:
    """The sector of a world: its outline, and where its name stands."""

    mark: Mark
    world: World | None
    path: str
    rim: str
    others: Spot | None


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
    """One drawing of the rooms: with names for a wide screen, with numbers for a narrow one."""

    style: Style
    box: str
    actors: tuple[DrawnActor, ...]
    rooms: tuple[DrawnRoom, ...]
    lines: tuple[DrawnLine, ...]


Drawn: TypeAlias = tuple[Salles, Picture, Picture]


def salles(view: View, node: int, reach: int = FARTHEST) -> Salles:
    """The rooms around an actor: who is tied to it, and who to those, as far as there is room.

    The worlds take turns, so that no large one leaves a small one out; the same graph always gives
    the same rooms.
    """
    depth = _reached(view, node, reach)
    drawn = _fair(view, node, depth)
    names = {other: _actor(view, other, other == node) for other in drawn}
    left = Counter(
        view.world_of(other)
        for other in depth
        if other not in names and view.is_kind(other, ORGANISATION)
    )
    ties = _ties(view, drawn)
    network = Network(
        view.names[node],
        "",
        tuple(names.values()),
        tuple(_link(view, tie) for tie in ties),
        tuple((world, left[world]) for world in (*World, None) if left[world]),
        (),
    )
    doors = tuple(_doors(view, drawn, depth))
    by_key = {view.keys[other]: depth[other] for other in drawn}
    return Salles(network, by_key, doors, len(depth) - 1)


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
    depth = {node: 0}
    edge = [node]
    for step in range(1, reach + 1):
        found = {other for near in edge for other in neighbours(view, near)}
        edge = sorted(found - depth.keys())
        depth |= dict.fromkeys(edge, step)
    return depth


def _fair(view: View, node: int, depth: dict[int, int]) -> list[int]:
    """Those that are drawn: ring by ring, the worlds in turn, in the order of their ids."""
    chosen = [node]
    for step in sorted(set(depth.values()) - {0}):
        rows: dict[tuple[bool, int], list[int]] = {}
        for other in sorted(o for o, d in depth.items() if d == step):
            kind = view.is_kind(other, ORGANISATION)
            rows.setdefault((kind, int(view.world[other])), []).append(other)
        for turn in range(max(map(len, rows.values()), default=0)):
            for row in sorted(rows):
                if turn < len(rows[row]) and len(chosen) < MOST:
                    chosen.append(rows[row][turn])
    return [node, *sorted(chosen[1:])]


def _actor(view: View, node: int, middle: bool = False) -> Actor:
    return Actor(
        view.keys[node],
        view.names[node],
        KINDS[view.kind[node]],
        view.world_of(node),
        bool(int(view.roles[node]) & _CATALYST),
        Part.CENTRE if middle else Part.BETWEEN,
        place_name(view, node),
        (),
    )


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


def _link(view: View, stored: StoredTie) -> Link:
    start, end = (_name(view, key) for key in (stored.start, stored.end))
    said = stored.properties
    words = said.get("words", [])
    return Link(
        stored.start,
        stored.end,
        stored.tie,
        stored.tie.verb,
        f"{start} {joined(stored.tie.verb, end)}",
        role_name(said.get("role")),
        period(said.get("since"), said.get("until")),
        tuple(words) if isinstance(words, list) else (),
        bool(said.get("until")),
        evidence_of(stored.claims),
    )


def _name(view: View, key: str) -> str:
    node = view.ordinal(key)
    return view.names[node] if node is not None else key


def _doors(view: View, drawn: Sequence[int], depth: dict[int, int]) -> Iterable[Door]:
    """For each room the first of those in it who knows somebody far, of another world."""
    far: dict[int, int] = {}
    for node in drawn[1:]:
        world = int(view.world[node])
        if world not in far and view.is_kind(node, ORGANISATION):
            beyond = _beyond(view, node, depth)
            if beyond is not None:
                far[world] = node
                yield Door(view.world_of(node), _actor(view, node), _actor(view, beyond))


def _beyond(view: View, node: int, depth: dict[int, int]) -> int | None:
    """An organisation of another world, out of reach, met directly or in one alliance."""
    world = int(view.world[node])
    near = sorted(set(neighbours(view, node)))
    further = [o for n in near if not view.is_kind(n, ORGANISATION) for o in neighbours(view, n)]
    for other in (*near, *sorted(set(further))):
        known = view.is_kind(other, ORGANISATION) and int(view.world[other]) >= 0
        if known and other not in depth and int(view.world[other]) != world:
            return other
    return None


# Drawing ---------------------------------------------------------------------------------------


def pictures(found: Salles) -> tuple[Picture, Picture]:
    """The drawing with names, and the one with numbers."""
    names, numbers = (_picture(found, layout(found.network, style)) for style in (NAMES, NUMBERS))
    return names, numbers


def _picture(found: Salles, placed: Layout) -> Picture:
    actors = found.network.actors
    spots = {actor.id: spot for actor, spot in zip(actors, placed.spots, strict=True)}
    middle = actors[0].id
    pairs: dict[tuple[str, str], bool] = {}
    for link in found.network.links:
        a, b = sorted((link.start, link.end))
        pairs[a, b] = pairs.get((a, b), True) and link.ended
    lines = tuple(
        DrawnLine(spots[a].x, spots[a].y, spots[b].x, spots[b].y, middle in (a, b), ended)
        for (a, b), ended in sorted(pairs.items())
    )
    margin = 12
    wide, high = placed.half_width + margin, placed.half_height + margin
    return Picture(
        placed.style,
        f"{-wide} {-high} {2 * wide} {2 * high}",
        tuple(
            _drawn(actor, number, spots[actor.id], placed.style)
            for number, actor in enumerate(actors, 1)
        ),
        tuple(_room(room, placed) for room in placed.rooms),
        lines,
    )


def _drawn(actor: Actor, number: int, spot: Spot, style: Style) -> DrawnActor:
    first = spot.y + style.radius + style.font
    label = tuple((line, first + i * (style.font + 2)) for i, line in enumerate(spot.lines))
    mark = mark_of(actor.kind, actor.world)
    return DrawnActor(actor, number, mark, spot, label, actor.part is Part.CENTRE)


def _room(room: Room, placed: Layout) -> DrawnRoom:
    mark = WORLDS[room.world] if room.world else UNKNOWN
    wide, high = placed.half_width, placed.half_height
    end = min(room.end, room.start + 2 * pi - 1e-3)
    a, b = _on(wide, high, room.start), _on(wide, high, end)
    large = int(end - room.start > pi)
    rim = f"M{a}A{wide} {high} 0 {large} 1 {b}"
    return DrawnRoom(mark, room.world, f"M0 0L{rim[1:]}Z", rim, room.others)


def _on(wide: float, high: float, angle: float) -> str:
    return f"{wide * cos(angle):.1f} {high * sin(angle):.1f}"


def in_words(link: Link) -> str:
    """A tie as a sentence, with the role and the period that are known."""
    role = f" ({link.role})" if link.role else ""
    when = f", {link.period}" if link.period else ""
    return f"{shown_name(link.sentence)}{role}{when}."
