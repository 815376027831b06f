"""What the live map of a page begins with: its query, where it looks, the marks of worlds."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from urllib.parse import urlencode

from queries.answers import Named
from queries.cartography import Spot
from queries.coverage import FRANCE
from queries.spots import Box, box_of
from viz import marks
from viz.french import shown_name
from viz.pages.asked import Asked
from viz.pages.map_files import bounds

_MAINLAND: Box = (-5.2, 41.3, 9.6, 51.1)
_OVERSEAS = (
    ("Guadeloupe", "departement:971"),
    ("Martinique", "departement:972"),
    ("Guyane", "departement:973"),
    ("La Réunion", "departement:974"),
    ("Mayotte", "departement:976"),
)


@dataclass(frozen=True, slots=True)
class LiveMap:
    """A live map.

    Attributes:
        query: the parameters of `/api/v1/map` that say who is counted.
        place: the id of the territory; empty for the whole country.
        bounds: where it looks first, as JSON: south-west and north-east, latitude first.
        frame: the box in which one searches, likewise, empty without one.
    """

    query: str
    place: str
    bounds: str
    frame: str


def live_map(
    asked: Asked, place: str, organisation: Named | None = None, worlds: Sequence[str] = ()
) -> LiveMap:
    """The map of those whom a search for partners considers."""
    frame = asked.one("cadre")
    box = box_of(frame) if frame else None
    said = [("at", place)] if place != FRANCE or organisation or not frame else []
    said += [("for", organisation.id)] if organisation else []
    said += [("world", world) for world in worlds]
    said += [("seats", frame)] if frame else []
    found = box or bounds(asked.view, asked.outlines, place) or _MAINLAND
    shown = "" if place == FRANCE else place
    return LiveMap(urlencode(said), shown, _corners(found), _corners(box) if box else "")


def map_around(asked: Asked, place: str) -> LiveMap:
    """The map of those who act in a place."""
    query = urlencode([("at", place)] if place != FRANCE else [])
    looked_at = bounds(asked.view, asked.outlines, place) or _MAINLAND
    return LiveMap(query, place, _corners(looked_at), "")


def _corners(box: Box) -> str:
    west, south, east, north = box
    return json.dumps([[south, west], [north, east]])


def elsewhere(asked: Asked) -> list[tuple[str, str]]:
    """The parts of the country that are far from each other: their names, their boxes as JSON."""
    found = [(asked.say("Hexagone"), _corners(_MAINLAND))]
    for name, key in _OVERSEAS:
        box = (
            bounds(asked.view, asked.outlines, key) if asked.view.ordinal(key) is not None else None
        )
        if box:
            found.append((name, _corners(box)))
    return found


def worlds_of(labels: Sequence[str]) -> str:
    """The marks of the worlds as JSON: name, label, colour; the unknown one last."""
    every = (*marks.WORLDS.values(), marks.UNKNOWN)
    told = [
        {"name": mark.name, "label": label, "colour": mark.colour}
        for mark, label in zip(every, labels, strict=True)
    ]
    return json.dumps(told, ensure_ascii=False)


def spot_of(spot: Spot) -> str:
    """An actor of a list as the map takes it: the JSON of `/api/v1/map`."""
    return json.dumps({**asdict(spot), "name": shown_name(spot.name)}, ensure_ascii=False)
