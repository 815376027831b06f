"""Where does nothing connect: which worlds, which goals, which territories without a catalyst?"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from graph.columns import Ints, Mask
from graph.errors import RequestError
from graph.model import KINDS, ORGANISATION, World
from graph.view import View
from queries.answers import Fact, Named, Reason, ReasonKind
from queries.connections import Ground, ground, ground_of_level, joined, joining, joining_fact
from queries.coverage import Cover, coverage, covered
from queries.expected import Expected, expected
from queries.gap_reasons import GapState, gap_reason, known
from queries.ledger import ledger, of_kinds, within
from queries.masks import GOALS
from queries.peers import level_of, peers_of
from queries.places import Place, resolve_place
from queries.tallies import aim_fact
from queries.things import goal_named
from queries.uncovered import Uncovered, uncovered

_MOST = 500
_THINGS_SHOWN = 20
_WORLDS = tuple(World)
# Their number follows from the administrative map, not from the inhabitants.
_MAPPED = (World.LOCAL_AUTHORITY, World.STATE)


@dataclass(frozen=True, slots=True)
class Level95:
    """What would be expected here: the mean, and the interval of 95 % of a count."""

    mean: float
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Gap:
    """A cell where there is little or nothing.

    Attributes:
        worlds: one for actors of a world, two for what connects them, none for a goal.
        goal: the goal, where it is one.
        here: how many there are; the facts of the reason are some of them.
        actors: known organisations here of each of the worlds; for a goal, what acts here.
        expected: None where nothing can be told from the other territories.
    """

    worlds: tuple[World, ...]
    goal: Named | None
    state: GapState
    here: int
    actors: tuple[int, ...]
    expected: Level95 | None
    reason: Reason


@dataclass(frozen=True, slots=True)
class Question:
    """The question as it was understood."""

    place: Place
    inhabitants: int
    limit: int


@dataclass(frozen=True, slots=True)
class Gaps:
    """The answer: the white zones first, then what cannot be told, then what lacks data.

    Attributes:
        actors: worlds of which few actors are known; pairs: pairs of worlds that little or nothing
            connects; goals: goals that little or nothing serves.
        connected: pairs and goals that are served as much as elsewhere.
        territories: parts of the place without a catalyst, the most populated first.
        compared: the number of territories that the place is compared to, and their level.
        coverage: the sources that cover the place; see `queries.coverage`.
    """

    question: Question
    actors: tuple[Gap, ...]
    pairs: tuple[Gap, ...]
    goals: tuple[Gap, ...]
    connected: dict[str, int]
    territories: tuple[Uncovered, ...]
    territories_without: int
    territories_all: int
    compared: int
    compared_level: str
    coverage: tuple[Cover, ...]


@dataclass(frozen=True)
class _Scene:
    """A place among its peers."""

    view: View
    rank: int
    peers: Ints
    mine: Ground
    theirs: Ground

    @property
    def inhabitants(self) -> float:
        return float(self.view.territories.population[self.rank])

    def expected(
        self, here: int, explained: Sequence[float], counts: Ints, there: Sequence[Ints]
    ) -> Expected | None:
        """What is expected from the inhabitants and from some other numbers."""
        population = self.view.territories.population[self.peers]
        mine = np.array([self.inhabitants, *explained], dtype=np.float64)
        theirs = np.column_stack([population, *there]).astype(np.float64)
        return expected(here, mine, counts, theirs) if len(self.peers) else None


def gaps(view: View, place: str | None, limit: int = 10) -> Gaps:
    """The white zones of a place.

    A count is set against what the territories of the same level lead to expect, from the
    inhabitants and the number of actors (`queries.expected`); it is a white zone when so few are
    seen less than once in forty times, and some source covers the place. Nothing that could be
    chance is called one, nor what no source would have told.

    Raises:
        RequestError: no place, or a limit out of bounds.
        UnknownPlace, AmbiguousPlace: see their sentences.
    """
    if not place or not place.strip():
        raise RequestError("Dites où : donnez un territoire (--in).")
    if not 1 <= limit <= _MOST:
        raise RequestError(f"Le nombre de réponses doit être entre 1 et {_MOST}.")
    rank, understood = resolve_place(view, place)
    peers = peers_of(view, rank)
    level = int(view.territories.level[peers[0]]) if len(peers) else -1
    theirs = ground_of_level(view, level, peers) if len(peers) else ground(view, [])
    scene = _Scene(view, rank, peers, ground(view, [rank]), theirs)
    actors = coverage(view, rank, _organisations)
    acting = coverage(view, rank, joining)
    aiming = coverage(view, rank, with_goals)
    few, pairs, goals = _actors(scene, actors), _pairs(scene, acting), _goals(scene, aiming)
    alone = uncovered(view, rank)
    return Gaps(
        Question(understood, int(scene.inhabitants), limit),
        _page(few, limit),
        _page(pairs, limit),
        _page(goals, limit),
        {"pairs": len(_WORLDS) * (len(_WORLDS) - 1) // 2 - len(pairs), "goals": GOALS - len(goals)},
        alone.without[:limit],
        len(alone.without),
        alone.parts,
        len(peers),
        level_of(view, peers),
        coverage(view, rank),
    )


def _organisations(view: View) -> Mask:
    return np.asarray(view.kind == KINDS.index(ORGANISATION))


def with_goals(view: View) -> Mask:
    """The things that aim at a goal; shape (n,)."""
    return np.asarray(view.goals > 0)


def _page(found: list[Gap], limit: int) -> tuple[Gap, ...]:
    """Of each state the first."""
    states = list(GapState)
    return tuple(gap for state in states for gap in [g for g in found if g.state is state][:limit])


# What is counted -----------------------------------------------------------------------------


def _actors(scene: _Scene, cover: Sequence[Cover]) -> list[Gap]:
    found = []
    for index, world in enumerate(_WORLDS):
        if world in _MAPPED:
            continue
        here = int(scene.mine.actors[0, index])
        level = scene.expected(here, (), scene.theirs.actors[:, index], ())
        if (state := _state(here, level, cover)) is not None:
            text = f"{known(here, 'acteur connu', 'acteurs connus')} ici du monde « {world.fr} »"
            facts = _of_world(scene, index) if here else ()
            reason = gap_reason(ReasonKind.WORLD, text, state, level, cover, facts)
            found.append(Gap((world,), None, state, here, (here,), _level(level), reason))
    return _ordered(found)


def _pairs(scene: _Scene, cover: Sequence[Cover]) -> list[Gap]:
    mine, theirs = scene.mine, scene.theirs
    found = []
    for a, b in combinations(range(len(_WORLDS)), 2):
        here = int(mine.worlds[0, a, b])
        actors = int(mine.actors[0, a]), int(mine.actors[0, b])
        there = (1 + theirs.actors[:, a]) * (1 + theirs.actors[:, b])
        explained = ((1 + actors[0]) * (1 + actors[1]),)
        level = scene.expected(here, explained, theirs.worlds[:, a, b], (there,))
        if (state := _state(here, level, cover)) is None:
            continue
        worlds = _WORLDS[a], _WORLDS[b]
        told = " et ".join(
            f"{world.fr} ({known(n, 'acteur connu', 'acteurs connus')})"
            for world, n in zip(worlds, actors, strict=True)
        )
        text = f"{told} : {known(here, 'lien connu', 'liens connus')} ici entre ces deux mondes"
        facts = _joining(scene, a, b) if here else ()
        reason = gap_reason(ReasonKind.WORLD, text, state, level, cover, facts)
        found.append(Gap(worlds, None, state, here, actors, _level(level), reason))
    return _ordered(found)


def _goals(scene: _Scene, cover: Sequence[Cover]) -> list[Gap]:
    mine, theirs = scene.mine, scene.theirs
    found = []
    for bit in range(GOALS):
        here, active = int(mine.goals[0, bit]), int(mine.active[0])
        level = scene.expected(here, (active,), theirs.goals[:, bit], (theirs.active,))
        if (state := _state(here, level, cover)) is None:
            continue
        goal = goal_named(scene.view, bit + 1)
        many = "acteurs, alliances ou projets connus qui visent"
        count = known(here, "acteur, alliance ou projet connu qui vise", many)
        text = f"ODD {bit + 1} ({goal.name}) : {count} cet objectif ici"
        facts = _aiming(scene, bit) if here else ()
        reason = gap_reason(ReasonKind.GOAL, text, state, level, cover, facts)
        found.append(Gap((), goal, state, here, (active,), _level(level), reason))
    return _ordered(found)


def _state(here: int, level: Expected | None, cover: Sequence[Cover]) -> GapState | None:
    return state_of(here, level.too_few if level else None, covered(cover))


def state_of(here: int, too_few: bool | None, known: bool) -> GapState | None:
    """What a count means; None where it is as elsewhere.

    Args:
        here: the count.
        too_few: whether so few are less than what others lead to expect; None without others.
        known: whether some source covers the place.
    """
    if too_few is None or not known:
        return GapState.NO_DATA if here == 0 else None
    if too_few:
        return GapState.GAP
    return GapState.UNSURE if here == 0 else None


def _ordered(found: list[Gap]) -> list[Gap]:
    """The widest of the mark first: the least share of what is expected, then the most expected."""

    def order(gap: Gap) -> tuple[int, float, float]:
        mean = gap.expected.mean if gap.expected else 0.0
        return list(GapState).index(gap.state), gap.here / mean if mean else 0.0, -mean

    return sorted(found, key=order)


def _level(level: Expected | None) -> Level95 | None:
    return Level95(round(level.mean, 6), level.low, level.high) if level else None


# What is behind a number ---------------------------------------------------------------------


def _at_home(scene: _Scene) -> Mask:
    return within(scene.view, scene.rank, ledger(scene.view).home)


def _first(nodes: Ints) -> list[int]:
    return [int(node) for node in np.unique(nodes)[:_THINGS_SHOWN]]


def _of_world(scene: _Scene, world: int) -> tuple[Fact, ...]:
    view = scene.view
    mine = _at_home(scene) & of_kinds(view, np.arange(len(view)), ORGANISATION)
    mine &= (view.world == world) & ~view.ended
    return tuple(Fact(view.keys[node], "world") for node in _first(np.flatnonzero(mine)))


def _joining(scene: _Scene, a: int, b: int) -> tuple[Fact, ...]:
    """The alliances, the projects and the direct ties that join two worlds here."""
    view = scene.view
    things, _, worlds = joined(view, np.where(_at_home(scene), 0, -1))
    both = (worlds >> a & 1) & (worlds >> b & 1)
    return tuple(joining_fact(view, thing) for thing in _first(things[both > 0]))


def _aiming(scene: _Scene, bit: int) -> tuple[Fact, ...]:
    view, entries = scene.view, ledger(scene.view)
    here = entries.thing[within(view, scene.rank, entries.rank)]
    aiming = here[(view.goals[here] >> bit & 1) > 0]
    return tuple(aim_fact(view, node, bit + 1) for node in _first(aiming))
