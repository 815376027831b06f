"""What a wider territory would give."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from graph.view import View
from queries.places import Place, place_of
from queries.presence import WHOLE

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Wider:
    """A territory around the one that was asked, and how many answers there are in it."""

    place: Place
    count: int


def widened(view: View, place: int, count: Callable[[int], int], known: int) -> tuple[Wider, ...]:
    """The territories around a place where there is more than in it, the smallest first.

    Args:
        view: the graph.
        place: the rank of the territory that was asked.
        count: how many answers there are in the territory of a rank.
        known: how many there are in the place itself.
    """
    return tuple(islice(_growing(view, place, count, known), _SHOWN))


def _growing(view: View, place: int, count: Callable[[int], int], most: int) -> Iterator[Wider]:
    population = view.territories.population
    _, covered = view.territories.shares(place)
    around = np.flatnonzero((covered > WHOLE) & (population > population[place]))
    for rank in around[np.argsort(population[around], kind="stable")].tolist():
        if (here := count(rank)) > most:
            most = here
            yield Wider(place_of(view, rank), here)
