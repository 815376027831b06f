"""The mark of each world and each kind of thing: a colour and a shape, never a colour alone."""

from dataclasses import dataclass
from math import cos, pi, sin

from graph.model import ALLIANCE, ORGANISATION, TERRITORY, Kind, World

_DISC = "M-9 0a9 9 0 1 0 18 0a9 9 0 1 0-18 0Z"
_SQUARE = "M-8-8H8V8H-8Z"
_PAGE = "M-7-9H2L7-4V9H-7Z"
_PIN = "M0 11C-3 4-8 1-8-4A8 8 0 1 1 8-4C8 1 3 4 0 11Z"
_RINGS = (
    "M-11 0a6.5 6.5 0 1 0 13 0a6.5 6.5 0 1 0-13 0Z M-2 0a6.5 6.5 0 1 0 13 0a6.5 6.5 0 1 0-13 0Z"
)


@dataclass(frozen=True, slots=True)
class Mark:
    """How a thing is drawn.

    Attributes:
        name: of the symbol, for ids (`association`).
        label: for the legend.
        short: for a narrow room.
        colour: of the inside; the outline is dark.
        path: of the outline, as SVG writes it, within ±11 of the middle.
        detail: what is drawn in it, filled dark, as SVG writes it.
    """

    name: str
    label: str
    short: str
    colour: str
    path: str
    detail: str = ""


def _polygon(*points: tuple[float, float]) -> str:
    return "M" + "L".join(f"{round(x, 2):g} {round(y, 2):g}" for x, y in points) + "Z"


def _turned(count: int, *radii: float) -> list[tuple[float, float]]:
    """Points around the middle, the first at the top, on circles taken in turn."""
    angles = [2 * pi * i / count - pi / 2 for i in range(count)]
    return [
        (radii[i % len(radii)] * cos(a), radii[i % len(radii)] * sin(a))
        for i, a in enumerate(angles)
    ]


STAR = _polygon(*_turned(16, 18, 12.5))
"""Around the shape of a catalyst's world, dark."""

WORLDS: dict[World, Mark] = {
    World.ASSOCIATION: Mark("association", "associations", "assos", "#0072B2", _DISC),
    World.COMPANY: Mark("company", "entreprises", "entr.", "#D55E00", _polygon(*_turned(6, 10))),
    World.LOCAL_AUTHORITY: Mark("local_authority", "collectivités", "coll.", "#332288", _SQUARE),
    World.STATE: Mark(
        "state", "services de l'État", "État", "#56B4E9", _SQUARE, "M-8-2.2H8V2.2H-8Z"
    ),
    World.ACADEMIC: Mark(
        "academic",
        "recherche, enseignement",
        "recherche",
        "#CC79A7",
        _polygon((0, -10), (10, 8), (-10, 8)),
    ),
    World.FOUNDATION: Mark(
        "foundation", "fondations, mécènes", "fondations", "#E69F00", _polygon(*_turned(4, 10.5))
    ),
    World.CITIZENS: Mark(
        "citizens",
        "collectifs de citoyens",
        "citoyens",
        "#009E73",
        _DISC,
        "M-3.2 0a3.2 3.2 0 1 0 6.4 0a3.2 3.2 0 1 0-6.4 0Z",
    ),
}
UNKNOWN = Mark("unknown", "monde inconnu", "inconnu", "#C4C4C4", _polygon(*_turned(5, 10)))
ALLIANCES = Mark("alliance", "alliances", "alliances", "#FFFFFF", _RINGS)
PLACES = Mark(
    "place", "territoire", "territoire", "#FFFFFF", _PIN, "M-3-4a3 3 0 1 0 6 0a3 3 0 1 0-6 0Z"
)
OTHERS = Mark("other", "projets, plateformes", "projets", "#FFFFFF", _PAGE)
ALL: tuple[Mark, ...] = (*WORLDS.values(), UNKNOWN, ALLIANCES, PLACES, OTHERS)


def mark_of(kind: Kind, world: World | None) -> Mark:
    """The mark of a thing of that kind and that world."""
    if kind is ORGANISATION:
        return WORLDS[world] if world else UNKNOWN
    if kind is ALLIANCE:
        return ALLIANCES
    return PLACES if kind is TERRITORY else OTHERS
