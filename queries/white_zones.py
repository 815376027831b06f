"""In which territories does nothing known connect two worlds, or serve a goal?

What `queries.gaps` tells of one place, here of every territory of a level at once, for one pair of
worlds or one goal: the white zones of a map.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from types import MappingProxyType

import numpy as np

from graph.columns import Floats, Ints
from graph.errors import RequestError, UnknownTerm
from graph.model import Level, World
from graph.once import Once
from graph.territories import LEVELS
from graph.view import View, once_a_view
from queries import terms
from queries.answers import Named
from queries.connections import Ground, ground_of_level, joining
from queries.coverage import coverage, covered, covered_each
from queries.expected import below, means, of_mean
from queries.gap_reasons import GapState
from queries.gaps import Level95, state_of, with_goals
from queries.masks import GOALS
from queries.peers import peers_of_each
from queries.places import Place, place_of, resolve_place
from queries.things import goal_named
from queries.uncovered import covering, named_catalysts

ON = (Level.REGION, Level.DEPARTEMENT, Level.EPCI)
CATALYST = "catalyst"
_WORLDS = tuple(World)
_MOSTLY = 0.5
_MOST = 500
_KEPT = 3 * (len(_WORLDS) * (len(_WORLDS) - 1) // 2 + GOALS)
_TAIL = 0.025  # as `queries.expected.Expected.too_few`
_STATES = tuple(GapState)
_SERVED, _ABSENT = -1, -2


@dataclass(frozen=True, slots=True)
class Lack:
    """What is lacking: what connects two worlds, what serves a goal; else a catalyst."""

    worlds: tuple[World, ...] = ()
    goal: int = 0

    @property
    def code(self) -> str:
        """As it is asked: `academic,company`, `goal:2`, `catalyst`."""
        if self.worlds:
            return ",".join(world.value for world in self.worlds)
        return f"goal:{self.goal}" if self.goal else CATALYST


def lacks() -> list[Lack]:
    """All that can be asked: a catalyst, each pair of worlds, each goal."""
    pairs = [Lack(worlds) for worlds in combinations(_WORLDS, 2)]
    return [Lack(), *pairs, *(Lack(goal=number) for number in range(1, GOALS + 1))]


def lack(text: str) -> Lack:
    """What somebody asks by its code.

    Raises:
        UnknownTerm: it is no code of `lacks`, in whatever order its worlds stand.
    """
    first, *others = text.split(",")
    if others:
        worlds = sorted({terms.world(each) for each in (first, *others)}, key=_WORLDS.index)
        if len(worlds) != 2:
            raise UnknownTerm("deux mondes", text, ["academic,company"])
        return Lack(tuple(worlds))
    return Lack() if first.strip() == CATALYST else Lack(goal=terms.goal(first))


@dataclass(frozen=True, slots=True)
class Question:
    """The question as it was understood; `worlds` and `goal` are those of a `Lack`."""

    place: Place
    level: str
    worlds: tuple[World, ...]
    goal: Named | None


@dataclass(frozen=True, slots=True)
class Zone:
    """A territory where there is little or nothing.

    Attributes:
        here: how much there is.
        actors: known organisations of each of the worlds; for a goal, what acts here.
        expected: None where nothing can be told from the other territories.
    """

    place: Place
    state: GapState
    here: int
    actors: tuple[int, ...]
    expected: Level95 | None


@dataclass(frozen=True, slots=True)
class Zones:
    """The answer: the white zones first, then what cannot be told, then what lacks data.

    Attributes:
        zones: of each state those where most is expected, at most `limit`.
        ids: of all territories of each state, in that order.
        others: of those of no state, where there is as much as elsewhere or a world is absent.
        served: how many have as much as elsewhere; `absent` in how many one of the two worlds has
            no known actor; `territories` all of them.
    """

    question: Question
    zones: tuple[Zone, ...]
    ids: Mapping[GapState, tuple[str, ...]]
    others: tuple[str, ...]
    served: int
    absent: int
    territories: int


def white_zones(view: View, what: Lack, place: str, level: Level, limit: int = 100) -> Zones:
    """The territories of a level, mostly in a place, where little or nothing connects or serves.

    Raises:
        RequestError: a level that is too fine, a limit out of bounds.
        UnknownPlace, AmbiguousPlace: see their sentences.
    """
    if not 1 <= limit <= _MOST:
        raise RequestError(f"Le nombre de réponses doit être entre 1 et {_MOST}.")
    rank, understood = resolve_place(view, place)
    found = _found(view, what, level)
    states = found.state
    if found.told_by_place:
        naming = covered(coverage(view, rank, named_catalysts))
        lacking = GapState.GAP if naming else GapState.NO_DATA
        states = np.where(states >= 0, _STATES.index(lacking), states)
    mine = view.territories.shares(rank)[0][found.ranks] > _MOSTLY
    mine |= found.ranks == rank
    chosen, ids = [], {}
    for index, state in enumerate(_STATES):
        those = np.flatnonzero(mine & (states == index))
        widest = those[np.lexsort((found.ranks[those], -np.nan_to_num(found.mean[those])))]
        chosen += [_zone(view, found, int(position), state) for position in widest[:limit]]
        ids[state] = _ids(view, found.ranks[widest])
    goal = goal_named(view, what.goal) if what.goal else None
    return Zones(
        Question(understood, level.value, what.worlds, goal),
        tuple(chosen),
        MappingProxyType(ids),
        _ids(view, found.ranks[mine & (states < 0)]),
        int((mine & (states == _SERVED)).sum()),
        int((mine & (states == _ABSENT)).sum()),
        int(mine.sum()),
    )


def states_of(view: View, what: Lack, level: Level) -> dict[GapState, tuple[str, ...]]:
    """Of all territories of a level, the ids of those of each state.

    Raises:
        RequestError: a level that is too fine.
    """
    found = _found(view, what, level)
    return {
        state: _ids(view, found.ranks[found.state == index]) for index, state in enumerate(_STATES)
    }


def _ids(view: View, ranks: Ints) -> tuple[str, ...]:
    return tuple(view.keys[view.territory_of(rank)] for rank in ranks.tolist())


# What is found of a level ----------------------------------------------------------------------


@dataclass(frozen=True)
class _Found:
    """What there is, and what it means, in each of u territories of a level.

    Attributes:
        ranks: of the territories; here: how much there is; shape (u,).
        actors: that there are; shape (u, worlds or 1).
        mean, spread: what is expected, NaN where nothing can be told; shape (u,).
        state: the position of its state, or `_SERVED` or `_ABSENT`; shape (u,).
        told_by_place: whether a lack of data is told for a place as a whole, not by territory.
    """

    ranks: Ints
    here: Ints
    actors: Ints
    mean: Floats
    spread: Floats
    state: Ints
    told_by_place: bool = False


def _found(view: View, what: Lack, level: Level) -> _Found:
    if level not in ON:
        raise RequestError("Les zones blanches se lisent par région, département ou EPCI.")
    kept = view.once("white zones", lambda: Once(_KEPT))
    return kept((what, level), lambda: _made(view, what, level))


def _made(view: View, what: Lack, level: Level) -> _Found:
    index = LEVELS.index(level)
    ranks = np.flatnonzero(view.territories.level == index)
    if what == Lack():
        reached = covering(view)[ranks].astype(np.int64)
        unknown = np.full(len(ranks), np.nan)
        none = np.zeros((len(ranks), 0), np.int64)
        state = np.where(reached > 0, _SERVED, _STATES.index(GapState.GAP))
        return _Found(ranks, reached, none, unknown, unknown, state, told_by_place=True)
    there = ground_of_level(view, index, ranks)
    here, actors, product = _counted(there, what)
    inhabitants = view.territories.population[ranks]
    explained = np.column_stack([inhabitants, product]).astype(np.float64)
    mean, spread = _expected(view, level, ranks, here.astype(np.int64), explained)
    too_few = below(here, np.nan_to_num(mean), np.nan_to_num(spread)) <= _TAIL
    known = covered_each(view, ranks.tolist(), joining if what.worlds else with_goals)
    absent = (actors == 0).any(axis=1) & (len(what.worlds) > 0)
    few = [None if np.isnan(m) else bool(f) for m, f in zip(mean, too_few, strict=True)]
    rows = zip(here.tolist(), few, known.tolist(), absent.tolist(), strict=True)
    positions = np.array([_position(*row) for row in rows], dtype=np.int64)
    return _Found(ranks, here, actors, mean, spread, positions)


def _counted(there: Ground, what: Lack) -> tuple[Ints, Ints, Ints]:
    """How much there is, the actors, and what it is explained by besides the inhabitants."""
    if what.goal:
        active = there.active.astype(np.int64)
        return there.goals[:, what.goal - 1].astype(np.int64), active[:, np.newaxis], active
    a, b = map(_WORLDS.index, what.worlds)
    actors = there.actors[:, [a, b]].astype(np.int64)
    return there.worlds[:, a, b].astype(np.int64), actors, (1 + actors).prod(axis=1)


def _expected(
    view: View, level: Level, ranks: Ints, here: Ints, explained: Floats
) -> tuple[Floats, Floats]:
    mean, spread = np.full((2, len(ranks)), np.nan)
    for those, peers in _peers(view, level):
        mean[those], spread[those] = means(explained[those], here[peers], explained[peers])
    return mean, spread


def _peers(view: View, level: Level) -> list[tuple[Ints, Ints]]:
    """Positions of territories of a level that have as many peers, and those of their peers."""
    return _peers_by_level(view)(level, lambda: _grouped(view, level))


@once_a_view
def _peers_by_level(_: View) -> Once:
    return Once()


def _grouped(view: View, level: Level) -> list[tuple[Ints, Ints]]:
    ranks = np.flatnonzero(view.territories.level == LEVELS.index(level))
    found = [np.searchsorted(ranks, peers) for peers in peers_of_each(view, ranks)]
    sizes = np.array([len(peers) for peers in found])
    return [
        (those, np.stack([found[i] for i in those.tolist()]))
        for size in np.unique(sizes)
        if len(those := np.flatnonzero(sizes == size)) and size
    ]


def _position(here: int, too_few: bool | None, known: bool, absent: bool) -> int:
    state = state_of(here, too_few, known)
    if state is None:
        return _SERVED
    return _ABSENT if absent and state is not GapState.NO_DATA else _STATES.index(state)


def _zone(view: View, found: _Found, position: int, state: GapState) -> Zone:
    here, mean = int(found.here[position]), float(found.mean[position])
    level = None if np.isnan(mean) else of_mean(here, mean, float(found.spread[position]))
    return Zone(
        place_of(view, int(found.ranks[position])),
        state,
        here,
        tuple(found.actors[position].tolist()),
        Level95(round(level.mean, 6), level.low, level.high) if level else None,
    )
