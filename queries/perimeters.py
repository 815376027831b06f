"""Over which territories do the alliances of a place act?"""

from dataclasses import dataclass

import numpy as np

from graph.columns import Ints
from graph.model import ACTS_IN, ALLIANCE, KINDS, Level
from graph.territories import LEVELS
from graph.view import View
from queries.answers import Named
from queries.places import Place, place_of, resolve_place
from queries.things import named

_SHOWN = 6
_MOST = 60


@dataclass(frozen=True, slots=True)
class Perimeter:
    """A territory, and the alliances that act in the whole of it.

    Attributes:
        alliances: some of them, those that last first; `more` is how many others there are.
    """

    territory: Place
    alliances: tuple[Named, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Perimeters:
    """The answer, the least populated territories first.

    Attributes:
        more: how many territories there are beyond those that are told.
    """

    place: Place
    answers: tuple[Perimeter, ...]
    more: int


def perimeters(view: View, place: str) -> Perimeters:
    """The territories that meet a place, smaller than the nation, where alliances act.

    Raises:
        UnknownPlace, AmbiguousPlace: see their sentences.
    """
    rank, understood = resolve_place(view, place)
    columns = view.ties[ACTS_IN]
    acting = view.kind[columns.start] == KINDS.index(ALLIANCE)
    alliances = columns.start[acting]
    ranks = np.searchsorted(view.territories.ordinals, columns.end[acting])
    inside, covered = view.territories.shares(rank)
    meeting = (inside + covered > 0) & (view.territories.level != LEVELS.index(Level.NATION))
    population = view.territories.population
    found = [int(each) for each in np.unique(ranks[meeting[ranks]])]
    found.sort(key=lambda each: (int(population[each]), each))
    told = tuple(_perimeter(view, each, alliances[ranks == each]) for each in found[:_MOST])
    return Perimeters(understood, told, max(0, len(found) - _MOST))


def _perimeter(view: View, rank: int, alliances: Ints) -> Perimeter:
    nodes = np.unique(alliances)
    nodes = nodes[np.lexsort((nodes, view.ended[nodes]))]
    told = tuple(named(view, int(node)) for node in nodes[:_SHOWN])
    return Perimeter(place_of(view, rank), told, max(0, len(nodes) - _SHOWN))
