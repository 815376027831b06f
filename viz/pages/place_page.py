"""« Territoire » : who is here, which worlds are missing, what is new, who are the neighbours."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from starlette.responses import RedirectResponse

from graph.columns import Ints
from graph.model import ALLIANCE, ORGANISATION, Level
from graph.view import View
from queries.answers import Named
from queries.ecosystem import ecosystem
from queries.eligibility import catalysts_of
from queries.gaps import gaps
from queries.places import resolve_place
from queries.presence import By, Presence, presence
from queries.signals import signals
from queries.things import named
from viz import french
from viz.pages import facets, maps
from viz.pages.asked import Answer, Asked, Page
from viz.pages.downloads import FORMATS, download
from viz.pages.lacks import lack_choices
from viz.pages.live_map import map_around

_SHOWN = 8
_NEIGHBOURS = 6
_NEW = timedelta(days=3 * 365)
_MOST_IN_A_FILE = 500


@dataclass(frozen=True, slots=True)
class Near:
    """A territory of the same level, and how far its centre is."""

    place: Named
    km: int


def place_page(asked: Asked) -> Answer:
    """The profile of a territory.

    Raises:
        UnknownPlace, AmbiguousPlace: see their sentences.
    """
    view = asked.view
    rank, place = resolve_place(view, asked.key)
    if place.id != asked.key:
        return RedirectResponse(str(asked.to(f"/territoires/{place.id}")), 308)
    here = presence(view, rank)
    nodes = _here(view, here)
    if asked.suffix in FORMATS:
        keys = [view.keys[node] for node in nodes[:_MOST_IN_A_FILE].tolist()]
        return download(view, keys, asked.suffix, asked.base, "territoire")
    today = datetime.now(UTC).date()
    return Page(
        "place.html.j2",
        french.shown_name(place.name),
        {
            "place": place,
            "level": asked.language.term(next(t for t in Level if t == place.level)),
            "profile": ecosystem(view, place.id),
            "gaps": gaps(view, place.id, _SHOWN),
            "signals": signals(view, place.id, today - _NEW, today, _SHOWN),
            "since": (today - _NEW).year,
            "count": len(nodes),
            "by_world": facets.by_world(view, nodes),
            "alliances": _alliances(view, here),
            "catalysts": [named(view, node) for node in catalysts_of(view, here)],
            "neighbours": _neighbours(view, rank),
            "around": _around(view, rank),
            "drawing": maps.drawing(view, asked.outlines, place.id, nodes),
            "live": map_around(asked, place.id),
            "lacks": lack_choices(asked),
            "formats": FORMATS,
        },
    )


def _here(view: View, here: Presence) -> Ints:
    """The organisations known to be here, by seat, perimeter or alliance."""
    organisations = view.of_kind(ORGANISATION)
    known = (here.by[organisations] > By.UNKNOWN) & ~view.ended[organisations]
    return organisations[known & (here.share[organisations] > 0.5)]


def _alliances(view: View, here: Presence) -> list[Named]:
    nodes = view.of_kind(ALLIANCE)
    known = nodes[(here.nearness[nodes] > 0) & (here.through[nodes] >= 0)]
    order = np.lexsort((known, -here.nearness[known], view.ended[known]))
    return [named(view, int(node)) for node in known[order][:_SHOWN]]


def _neighbours(view: View, rank: int) -> list[Near]:
    """The nearest territories of the same level, by their centres."""
    territories = view.territories
    same = np.flatnonzero(territories.level == territories.level[rank])
    centre = np.radians(territories.centre)
    latitude, longitude = centre[rank]
    half = np.sin((centre[same, 0] - latitude) / 2) ** 2
    half += (
        np.cos(latitude) * np.cos(centre[same, 0]) * np.sin((centre[same, 1] - longitude) / 2) ** 2
    )
    near = same[np.argsort(np.where(np.isnan(half), np.inf, half), kind="stable")]
    found = []
    for other in near[: _NEIGHBOURS + 1].tolist():
        km = territories.distance_km(rank, other)
        if other != rank and km is not None:
            found.append(Near(named(view, view.territory_of(other)), round(km)))
    return found[:_NEIGHBOURS]


def _around(view: View, rank: int) -> list[Named]:
    """The territories that contain this one, the smallest first."""
    inside, covered = view.territories.shares(rank)
    around = np.flatnonzero((covered > 0.999) & (inside < 0.999))
    order = around[np.argsort(view.territories.population[around], kind="stable")]
    return [named(view, view.territory_of(int(each))) for each in order]


def place_form(asked: Asked) -> Answer:
    """Where a territory is asked by its name: the page of that territory."""
    text = asked.meant("territoire")
    if not text:
        return Page("place_form.html.j2", asked.say("Territoires"), {"problem": None})
    _, place = resolve_place(asked.view, text)
    return RedirectResponse(str(asked.to(f"/territoires/{place.id}")), 303)
