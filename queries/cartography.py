"""How many actors of each world are where, from the whole country down to each of them?"""

from dataclasses import dataclass

import numpy as np

from graph.columns import Array, Ints, Mask, Rows
from graph.errors import RequestError, UnknownTerm
from graph.model import ORGANISATION, Level, Role, World
from graph.once import Once
from graph.territories import LEVELS
from graph.text import fold
from graph.view import View
from queries.coverage import FRANCE
from queries.eligibility import eligible
from queries.partner_request import Request as PartnerRequest
from queries.partner_request import understand
from queries.places import Place, resolve_place
from queries.spots import Box, spots_of, within
from queries.uncovered import covering

_FORMAT = 1
_WORLDS = tuple(World)
_UNKNOWN = len(_WORLDS)  # the column of those whose world is not known
_CATALYSTS = _UNKNOWN + 1
_COLUMNS = _CATALYSTS + 1
_CATALYST = 1 << tuple(Role).index(Role.CATALYST)
_MOSTLY = 0.5
_WHOLLY = 0.999
_MOST = 2_000
_MOST_ACTORS = 300
_SEARCHES_KEPT = 48
# What one sees next when one comes nearer.
_NEXT = {
    Level.REGION: Level.DEPARTEMENT,
    Level.DEPARTEMENT: Level.EPCI,
    Level.EPCI: Level.COMMUNE,
    Level.EPT: Level.COMMUNE,
}
ACTOR = "actor"
"""The level below the smallest territory: each actor on its own."""


@dataclass(frozen=True, slots=True)
class Request:
    """The question as a person put it.

    Attributes:
        place: the territory around; None for everywhere.
        level: of the territories that are counted, or `actor`; the next finer one where it is not
            said.
        box: in which the centres of territories, or the spots of actors, lie.
        at, organisation, worlds, seats: of a search for partners (`queries.partners`): only those
            whom it considers are counted; all where none of them is said.
        uncovered: tell the territories where no catalyst is known to act.
    """

    place: str | None = None
    level: str | None = None
    box: Box | None = None
    at: str | None = None
    organisation: str | None = None
    worlds: tuple[str, ...] = ()
    seats: Box | None = None
    uncovered: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """The question as it was understood; `level` is that of a territory, or `actor`."""

    place: Place | None
    level: str
    box: Box | None


@dataclass(frozen=True, slots=True)
class Count:
    """The actors seated in a territory.

    Attributes:
        latitude, longitude: of its centre, None when unknown.
        actors: all of them; `worlds` and `unknown_world` add up to it.
        catalysts: those of them that a source calls a catalyst.
    """

    id: str
    name: str
    latitude: float | None
    longitude: float | None
    actors: int
    worlds: dict[World, int]
    unknown_world: int
    catalysts: int


@dataclass(frozen=True, slots=True)
class Spot:
    """An actor on the map.

    Attributes:
        place: the name of the territory of its seat.
        latitude, longitude: near the centre of that territory; not its address.
    """

    id: str
    name: str
    world: World | None
    catalyst: bool
    place: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Cartography:
    """The answer, by id; territories without an actor are left out.

    Attributes:
        answers: the territories; `actors` where the level is that of actors.
        more: how many there are beyond those that are told.
        considered: the actors that the search considers, wherever they are.
        unplaced: those of them whose seat is not known.
        uncovered: ids of territories of the level where no catalyst is known to act, whether or
            not there are actors; told where it is asked.
    """

    question: Question
    answers: tuple[Count, ...]
    actors: tuple[Spot, ...]
    more: int
    considered: int
    unplaced: int
    uncovered: tuple[str, ...]


def cartography(view: View, request: Request) -> Cartography:
    """The actors by world in each territory of a level, within a territory or a box.

    A territory is within another when more than half of its inhabitants are. An actor is where
    its seat is; those that have ended are not counted.

    Raises:
        RequestError: a box without a level, actors without a place or a box.
        UnknownPlace, AmbiguousPlace, UnknownTerm, UnknownId, AmbiguousName: see their sentences.
    """
    rank, place = resolve_place(view, request.place) if request.place else (None, None)
    level = _level(request, place)
    question = Question(place, ACTOR if level is None else level.value, request.box)
    nodes = _nodes(view, request)
    unplaced = int((view.seat[nodes] < 0).sum())
    if level is None:
        told, more = _actors(view, request, rank, nodes)
        return Cartography(question, (), told, more, len(nodes), unplaced, ())
    here = _chosen(view, request, rank, level)
    table = _table_for(view, request)
    ranks = np.flatnonzero(here & (table[:, :_CATALYSTS].sum(axis=1) > 0))
    counts = tuple(_count(view, int(each), table[each]) for each in ranks[:_MOST])
    more = max(0, len(ranks) - _MOST)
    bare = _uncovered(view, here) if request.uncovered else ()
    return Cartography(question, counts, (), more, len(nodes), unplaced, bare)


def _level(request: Request, place: Place | None) -> Level | None:
    """The level that is asked; None for that of actors."""
    if request.level:
        asked = fold(request.level)
        if asked in ("actor", "acteur", "actors", "acteurs"):
            if place is None and request.box is None:
                raise RequestError("Dites où montrer chaque acteur : un territoire ou un cadre.")
            return None
        for level in LEVELS:
            if asked in {fold(spelling) for spelling in level.spellings}:
                return level
        known = [*(level.value for level in LEVELS), ACTOR]
        raise UnknownTerm("un échelon", request.level, known)
    if place is None and request.box is None:
        return Level.DEPARTEMENT
    if place is None:
        raise RequestError("Dites à quel échelon compter (--level) dans ce cadre.")
    return next((_NEXT[level] for level in _NEXT if level == place.level), Level.COMMUNE)


def _chosen(view: View, request: Request, rank: int | None, level: Level) -> Mask:
    """The territories of a level in the place and in the box; shape (territories,)."""
    chosen = np.asarray(view.territories.level == LEVELS.index(level))
    if rank is not None:
        chosen &= view.territories.shares(rank)[0] > _MOSTLY
    if request.box is not None:
        chosen &= within(view.territories.centre, request.box)
    return chosen


def _uncovered(view: View, here: Mask) -> tuple[str, ...]:
    ranks = np.flatnonzero(here & ~covering(view))[:_MOST]
    return tuple(view.keys[view.territory_of(int(rank))] for rank in ranks)


# Who is counted --------------------------------------------------------------------------------


def _search(request: Request) -> PartnerRequest | None:
    """The search for partners whose candidates are counted; None for everybody."""
    if not (request.at or request.organisation or request.worlds or request.seats):
        return None
    return PartnerRequest(
        # Without a place and without somebody who has one, the whole country.
        at=request.at or (None if request.organisation else FRANCE),
        organisation=request.organisation,
        worlds=request.worlds,
        seats=request.seats,
    )


def _nodes(view: View, request: Request) -> Ints:
    return _considered(view, _search(request))


def _considered(view: View, search: PartnerRequest | None) -> Ints:
    """The ordinals of those who are counted; kept while somebody moves over their map."""

    def found() -> Ints:
        if search is not None:
            return eligible(view, understand(view, search))[0]
        nodes = view.of_kind(ORGANISATION)
        return nodes[~view.ended[nodes]]

    return _kept(view)(("nodes", search), found)


def _kept(view: View) -> Once:
    return view.once("cartography", lambda: Once(_SEARCHES_KEPT))


def _table_for(view: View, request: Request) -> Array:
    search = _search(request)
    if search is None:
        return table_of(view)
    return _kept(view)(("table", search), lambda: _table(view, _considered(view, search)))


def table_of(view: View) -> Array:
    """The actors seated in each territory; shape (territories, worlds + 2).

    The columns: each world in order, those of an unknown world, the catalysts among all these.
    """
    made = view.derived(
        f"cartography-{_FORMAT}", lambda: {"table": _table(view, _considered(view, None))}
    )
    table: Array = made["table"]
    return table


def _table(view: View, nodes: Ints) -> Array:
    territories = view.territories
    own = _seated(view, nodes)
    vague = _around(view)
    # A seat known only by a wider territory is in it and in what contains it.
    at_atoms = own.copy()
    at_atoms[vague.seats] = 0
    table = np.stack([territories.extent.sums(column) for column in at_atoms.T], axis=1)
    taken = own[vague.seats].any(axis=1)
    for seat, around in zip(vague.seats[taken], np.flatnonzero(taken), strict=True):
        table[vague.around[int(around)]] += own[seat]
    return table.astype(np.int32)


def _seated(view: View, nodes: Ints) -> Array:
    """Who has its seat in each territory and in no smaller one; shape (territories, columns)."""
    nodes = nodes[view.seat[nodes] >= 0]
    seats = view.seat[nodes].astype(np.int64)
    worlds = view.world[nodes].astype(np.int64)
    column = np.where(worlds < 0, _UNKNOWN, worlds)
    size = len(view.territories) * _COLUMNS
    own = np.bincount(seats * _COLUMNS + column, minlength=size).reshape(-1, _COLUMNS)
    catalyst = (view.roles[nodes] & _CATALYST) > 0
    own[:, _CATALYSTS] = np.bincount(seats[catalyst], minlength=len(view.territories))
    return own


@dataclass(frozen=True)
class _Vague:
    """The seats that are no commune, and for each of them the territories that contain it."""

    seats: Ints
    around: Rows


def _around(view: View) -> _Vague:
    made = view.derived(f"cartography-around-{_FORMAT}", lambda: _made_around(view))
    return _Vague(made["seats"], Rows(made["indptr"], made["around"]))


def _made_around(view: View) -> dict[str, Array]:
    territories = view.territories
    atomic = np.zeros(len(territories), dtype=np.bool_)
    atomic[territories.extent.values] = True
    seats = np.unique(view.seat[view.seat >= 0]).astype(np.int64)
    seats = seats[~atomic[seats]]
    found = []
    for seat in seats.tolist():
        around = territories.shares(seat)[1] >= _WHOLLY
        around[seat] = True
        found.append(np.flatnonzero(around))
    indptr = np.cumsum([0, *(len(each) for each in found)], dtype=np.int64)
    return {
        "seats": seats,
        "indptr": indptr,
        "around": np.concatenate([*found, np.zeros(0, np.int64)]).astype(np.int32),
    }


# How it is told --------------------------------------------------------------------------------


def _count(view: View, rank: int, row: Ints) -> Count:
    node = view.territory_of(rank)
    latitude, longitude = view.territories.centre[rank].tolist()
    known = not np.isnan([latitude, longitude]).any()
    worlds = {world: int(row[i]) for i, world in enumerate(_WORLDS) if row[i]}
    return Count(
        view.keys[node],
        view.names[node],
        round(latitude, 4) if known else None,
        round(longitude, 4) if known else None,
        int(row[:_CATALYSTS].sum()),
        worlds,
        int(row[_UNKNOWN]),
        int(row[_CATALYSTS]),
    )


def _actors(
    view: View, request: Request, rank: int | None, nodes: Ints
) -> tuple[tuple[Spot, ...], int]:
    spots = spots_of(view)[nodes]
    here = ~np.isnan(spots).any(axis=1)
    if rank is not None:
        inside = view.territories.shares(rank)[0] > _MOSTLY
        here &= inside[view.seat[nodes]]
    if request.box is not None:
        here &= within(spots, request.box)
    found = nodes[here]
    told = tuple(spot_of(view, int(node)) for node in found[:_MOST_ACTORS])
    return tuple(spot for spot in told if spot), max(0, len(found) - _MOST_ACTORS)


def spot_of(view: View, node: int) -> Spot | None:
    """An organisation on the map; None where no spot of it is known."""
    latitude, longitude = spots_of(view)[node].tolist()
    if np.isnan(latitude + longitude):
        return None
    return Spot(
        view.keys[node],
        view.names[node],
        view.world_of(node),
        bool(int(view.roles[node]) & _CATALYST),
        view.names[view.territory_of(int(view.seat[node]))],
        round(latitude, 5),
        round(longitude, 5),
    )
