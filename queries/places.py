"""Which territory does a person mean, by a code, a name or a postcode?"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from graph.errors import AmbiguousPlace, UnknownPlace
from graph.model import TERRITORY, Level
from graph.territories import LEVELS
from graph.text import fold
from graph.view import View

# One name, several territories: the one meant is the one where nearly everybody lives.
# « Bretagne » is the region (3.4 million) before the communes of that name (some hundreds).
_OBVIOUS = 20
_SHOWN = 60
_BY_CODE = (Level.COMMUNE, Level.ARRONDISSEMENT, Level.DEPARTEMENT, Level.EPCI, Level.EPT)


@dataclass(frozen=True, slots=True)
class Place:
    """A territory as a request understood it.

    Attributes:
        id, name, level: of the territory.
        also: other territories that bear the same name and are much smaller.
    """

    id: str
    name: str
    level: str
    also: tuple[str, ...] = ()


def resolve_place(view: View, text: str) -> tuple[int, Place]:
    """The rank of a territory among those of the view, and how it was understood.

    An id (`departement:38`), an Insee code (also a former one), a SIREN of an intercommunality,
    a postcode, or a name whatever its accents and hyphens.

    Raises:
        UnknownPlace: none is meant; the nearest names are suggested.
        AmbiguousPlace: several could be meant; all are listed.
    """
    text = text.strip()
    candidates = _by_id(view, text) or _by_code(view, text) or _by_name(view, text)
    if not candidates:
        # What is near a name may be meant; a code near a code is another place.
        is_name = sum(map(str.isalpha, text)) > sum(map(str.isdigit, text))
        found = view.search(text, [TERRITORY], limit=5) if is_name else []
        raise UnknownPlace(text, list(dict.fromkeys(f"{f.name} ({f.key})" for f in found)))
    chosen, others = _choose(view, text, sorted(candidates))
    return chosen, place_of(view, chosen, [view.keys[view.territory_of(o)] for o in others])


def place_of(view: View, rank: int, also: Iterable[str] = ()) -> Place:
    """The territory of that rank, described."""
    ordinal = view.territory_of(rank)
    level = int(view.territories.level[rank])
    name = LEVELS[level].value if level >= 0 else ""
    return Place(view.keys[ordinal], view.names[ordinal], name, tuple(also))


def _by_id(view: View, text: str) -> set[int]:
    ordinal = view.ordinal(text) if ":" in text else None
    if ordinal is None or not view.is_kind(ordinal, TERRITORY):
        return set()
    return {view.territories.rank(ordinal)}


def _by_code(view: View, text: str) -> set[int]:
    code = text.replace(" ", "").upper()
    if not any(c.isdigit() for c in code):
        return set()
    keys = [f"{level.value}:{code}" for level in (*_BY_CODE, Level.REGION)]
    in_use = {view.keys.find(key) for key in keys}
    ranks = {view.territories.rank(o) for o in in_use if o is not None}
    if len(code) == 5:
        ranks |= _with_postcode(view, code)
    # A former code only where nothing bears it today: 75001 was that of Alfortville.
    former = {view.ordinal(key) for key in keys}
    return ranks or {view.territories.rank(o) for o in former if o is not None}


def _with_postcode(view: View, code: str) -> set[int]:
    """Those that a postcode serves: the arrondissement rather than the city around it."""
    ranks = set()
    for found in view.search(code, [TERRITORY], limit=_SHOWN):
        ordinal = view.ordinal(found.key)
        if ordinal is not None and code in _list(view, ordinal, "postcodes"):
            ranks.add(view.territories.rank(ordinal))
    atoms = {rank for rank in ranks if view.territories.extent[rank].tolist() == [rank]}
    return atoms or ranks


def _by_name(view: View, text: str) -> set[int]:
    asked = fold(text)
    ranks = set()
    for found in view.search(text, [TERRITORY], limit=_SHOWN):
        ordinal = view.ordinal(found.key)
        if ordinal is not None and asked in _names(view, ordinal):
            ranks.add(view.territories.rank(ordinal))
    return ranks


def _names(view: View, ordinal: int) -> set[str]:
    return {fold(view.names[ordinal]), *map(fold, _list(view, ordinal, "other_names"))}


def _list(view: View, ordinal: int, name: str) -> list[str]:
    value = view.describe(ordinal).properties.get(name, [])
    return value if isinstance(value, list) else []


def _choose(view: View, text: str, candidates: list[int]) -> tuple[int, list[int]]:
    """The candidate that is meant, and the others that bear the name."""
    distinct = _without_doubles(view, candidates)
    population = {rank: int(view.territories.population[rank]) for rank in distinct}
    largest = max(distinct, key=lambda rank: (population[rank], -rank))
    rest = [rank for rank in distinct if rank != largest]
    is_code = any(c.isdigit() for c in text)
    elsewhere = sum(population[rank] for rank in rest)
    if rest and (is_code or population[largest] < _OBVIOUS * elsewhere):
        named = [(view.territory_of(rank), place_of(view, rank)) for rank in distinct]
        listed = [(place.id, _described(view, o, place)) for o, place in named[:_SHOWN]]
        raise AmbiguousPlace(text, listed)
    return largest, rest


def _without_doubles(view: View, candidates: list[int]) -> list[int]:
    """One territory for each extent: Paris is a commune and a département of the same communes."""
    by_extent: dict[bytes, int] = {}
    finest = [tuple(Level).index(level) for level in (*_BY_CODE, *LEVELS)]
    for rank in candidates:
        extent = np.sort(view.territories.extent[rank]).tobytes() or f"{rank}".encode()
        rival = by_extent.get(extent)
        if rival is None or finest.index(int(view.territories.level[rank])) < finest.index(
            int(view.territories.level[rival])
        ):
            by_extent[extent] = rank
    return sorted(by_extent.values())


def _described(view: View, ordinal: int, place: Place) -> str:
    level = next((term.fr for term in Level if term == place.level), "territoire")
    département = next((view.names[view.territory_of(r)] for r in _containing(view, ordinal)), None)
    return f"{place.name}, {level}" + (f", {département}" if département else "")


def _containing(view: View, ordinal: int) -> list[int]:
    """The département around a territory smaller than one."""
    rank = view.territories.rank(ordinal)
    inside, covered = view.territories.shares(rank)
    départements = view.territories.level == tuple(Level).index(Level.DEPARTEMENT)
    around = (covered > 0.999) & départements & (np.arange(len(inside)) != rank)
    return [int(r) for r in np.flatnonzero(around)]
