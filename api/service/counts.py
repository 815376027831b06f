"""How many actors of each world are where?"""

from dataclasses import dataclass

import numpy as np

from graph.columns import Array, Ints, Mask
from graph.errors import RequestError, UnknownTerm
from graph.model import ORGANISATION, Level, Role, World
from graph.territories import LEVELS
from graph.text import fold
from graph.view import View
from queries.places import Place, resolve_place

_FORMAT = 1
_WORLDS = tuple(World)
_UNKNOWN = len(_WORLDS)  # the column of those whose world is not known
_CATALYSTS = _UNKNOWN + 1
_COLUMNS = _CATALYSTS + 1
_MOSTLY = 0.5
_WHOLLY = 0.999
_MOST = 2_000
# What one sees next when one comes nearer.
_NEXT = {
    Level.REGION: Level.DEPARTEMENT,
    Level.DEPARTEMENT: Level.EPCI,
    Level.EPCI: Level.COMMUNE,
    Level.EPT: Level.COMMUNE,
}


@dataclass(frozen=True, slots=True)
class Request:
    """The question as a person put it.

    Attributes:
        place: the territory around; None for everywhere.
        level: of the territories that are counted; the next finer one where it is not said.
        box: west, south, east, north in degrees (WGS 84), in which their centres lie.
    """

    place: str | None = None
    level: str | None = None
    box: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """The question as it was understood."""

    place: Place | None
    level: Level
    box: tuple[float, float, float, float] | None


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
class Counts:
    """The answer, by id; territories without an actor are left out.

    Attributes:
        more: how many territories there are beyond those that are told.
    """

    question: Question
    answers: tuple[Count, ...]
    more: int


def counts(view: View, request: Request) -> Counts:
    """The actors by world in each territory of a level, within a territory or a box.

    A territory is within another when more than half of its inhabitants are. An actor is where
    its seat is; those that have ended are not counted.

    Raises:
        RequestError: a box without a level.
        UnknownPlace, AmbiguousPlace, UnknownTerm: see their sentences.
    """
    rank, place = resolve_place(view, request.place) if request.place else (None, None)
    level = _level(request, place)
    of_level = view.territories.level == LEVELS.index(level)
    table = counts_of(view)
    chosen = of_level & (table[:, :_CATALYSTS].sum(axis=1) > 0)
    if rank is not None:
        chosen &= view.territories.shares(rank)[0] > _MOSTLY
    if request.box is not None:
        chosen &= _within(view, request.box)
    ranks = np.flatnonzero(chosen)
    told = tuple(_count(view, int(each), table[each]) for each in ranks[:_MOST])
    return Counts(Question(place, level, request.box), told, max(0, len(ranks) - _MOST))


def _level(request: Request, place: Place | None) -> Level:
    if request.level:
        asked = fold(request.level)
        for level in LEVELS:
            if asked in {fold(spelling) for spelling in level.spellings}:
                return level
        raise UnknownTerm("un échelon", request.level, [level.value for level in LEVELS])
    if place is None and request.box is None:
        return Level.DEPARTEMENT
    if place is None:
        raise RequestError("Dites à quel échelon compter (--level) dans ce cadre.")
    return next((_NEXT[level] for level in _NEXT if level == place.level), Level.COMMUNE)


def box_of(text: str) -> tuple[float, float, float, float]:
    """A box as it is written: west, south, east and north in degrees, separated by commas.

    Raises:
        RequestError: it is not four numbers, or no box on the globe.
    """
    try:
        west, south, east, north = map(float, text.split(","))
    except ValueError:
        west = south = east = north = float("nan")
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise RequestError(
            "Le cadre (--box) s'écrit ouest,sud,est,nord en degrés, comme 5.5,45,6,45.5."
        )
    return west, south, east, north


def _within(view: View, box: tuple[float, float, float, float]) -> Mask:
    west, south, east, north = box
    latitude, longitude = view.territories.centre.T
    inside = (west <= longitude) & (longitude <= east)
    return np.asarray(inside & (south <= latitude) & (latitude <= north))


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


def counts_of(view: View) -> Array:
    """The actors seated in each territory; shape (territories, worlds + 2).

    The columns: each world in order, those of an unknown world, the catalysts among all these.
    """
    table: Array = view.derived(f"counts-{_FORMAT}", lambda: {"counts": _table(view)})["counts"]
    return table


def _table(view: View) -> Array:
    territories = view.territories
    nodes = view.of_kind(ORGANISATION)
    nodes = nodes[(view.seat[nodes] >= 0) & ~view.ended[nodes]]
    seats = view.seat[nodes].astype(np.int64)
    own = np.zeros((len(territories), _COLUMNS), dtype=np.int64)
    worlds = view.world[nodes].astype(np.int64)
    np.add.at(own, (seats, np.where(worlds < 0, _UNKNOWN, worlds)), 1)
    catalyst = (view.roles[nodes] >> tuple(Role).index(Role.CATALYST) & 1) > 0
    np.add.at(own[:, _CATALYSTS], seats[catalyst], 1)
    atomic = np.zeros(len(territories), dtype=np.bool_)
    atomic[territories.extent.values] = True
    at_atoms = np.where(atomic[:, None], own, 0)
    table = np.stack([territories.extent.sums(column) for column in at_atoms.T], axis=1)
    # A seat known only by a département is in it and in what contains it.
    for rank in np.flatnonzero(own.any(axis=1) & ~atomic).tolist():
        around = territories.shares(rank)[1] >= _WHOLLY
        around[rank] = True
        table[around] += own[rank]
    return table.astype(np.int32)
