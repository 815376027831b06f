"""Which territories is a place compared to?"""

import numpy as np

from graph.columns import Ints
from graph.model import Level
from graph.territories import LEVELS
from graph.view import View

_MOST = 300


def peers_of(view: View, rank: int) -> Ints:
    """The territories of the same level, at most 300, the nearest by their inhabitants.

    A perimeter has those of the official level whose inhabitants are like its own.
    """
    territories = view.territories
    population = territories.population
    level = int(territories.level[rank])
    if LEVELS[level] is Level.PERIMETER:
        level = _like_level(view, rank)
    found = np.flatnonzero((territories.level == level) & (population > 0))
    found = found[found != rank]
    if LEVELS[level] is Level.NATION:
        return np.zeros(0, dtype=np.int64)  # other countries are known by their partners alone
    apart = np.abs(np.log(population[found]) - np.log(max(int(population[rank]), 1)))
    return np.asarray(np.sort(found[np.lexsort((found, apart))][:_MOST]))


def peers_of_each(view: View, ranks: Ints) -> list[Ints]:
    """The peers of each of all the territories of one level, as `peers_of` finds them."""
    population = view.territories.population[ranks]
    logs = np.log(np.maximum(population, 1))
    inhabited = np.flatnonzero(population > 0)
    found = []
    for position in range(len(ranks)):
        others = inhabited[inhabited != position]
        nearest = np.argsort(np.abs(logs[others] - logs[position]), kind="stable")[:_MOST]
        found.append(np.sort(ranks[others[nearest]]))
    return found


def _like_level(view: View, rank: int) -> int:
    population = view.territories.population
    asked = np.log(max(int(population[rank]), 1))

    def apart(level: Level) -> float:
        of_level = population[(view.territories.level == LEVELS.index(level)) & (population > 0)]
        return abs(float(np.log(np.median(of_level))) - asked) if len(of_level) else np.inf

    levels = (Level.REGION, Level.DEPARTEMENT, Level.EPCI, Level.COMMUNE)
    return LEVELS.index(min(levels, key=apart))


def level_of(view: View, peers: Ints) -> str:
    """The level of some peers, empty without any."""
    return LEVELS[int(view.territories.level[peers[0]])].value if len(peers) else ""
