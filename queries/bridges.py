"""Which catalyst connects these worlds?"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

import numpy as np

from graph.columns import Array, Floats, Ints
from graph.errors import RequestError
from graph.model import Function, World
from graph.view import View
from queries import terms
from queries.answers import Named, Reason
from queries.bridge_reasons import Example, examples, is_catalyst, reasons_of
from queries.brokerage.holes import Holes, holes
from queries.brokerage.introductions import Contacts, Introductions
from queries.brokerage.labels import Chance, Shape, relabelled
from queries.masks import GOALS
from queries.meetings import Meetings, meetings
from queries.places import Place, resolve_place
from queries.presence import Presence, presence
from queries.things import goal_named, place_name

_MOST = 500
_WORLDS = tuple(World)
_DIGITS = 6  # of a score: beyond them is rounding


class BrokerRole(StrEnum):
    """The roles of Gould and Fernandez (1989) in an undirected graph.

    There gatekeeper and representative are one. The groups are the worlds.
    """

    COORDINATOR = "coordinator"
    ITINERANT = "itinerant"
    GATEKEEPER = "gatekeeper"
    LIAISON = "liaison"


class Standing(StrEnum):
    """How an organisation comes to be called a go-between."""

    DECLARED = "declared"
    """A source calls it a catalyst."""
    FUNCTIONS = "functions"
    """A source tells functions of a catalyst that it holds, not the name."""
    UNLABELLED = "unlabelled"
    """No source does: it acts as one by its ties."""


@dataclass(frozen=True, slots=True)
class Request:
    """The question as a person put it."""

    between: tuple[str, ...]
    place: str
    goals: tuple[str, ...] = ()
    limit: int = 10


@dataclass(frozen=True, slots=True)
class Question:
    """The question as it was understood, with resolved ids."""

    between: tuple[World, ...]
    place: Place
    goals: tuple[Named, ...]
    limit: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """The organisations of a world within reach of a broker: those it is in contact with.

    Attributes:
        reached, present: of all of that world that are in contact with somebody here.
        goals: of those reached how many aim at each goal, by its id; only goals aimed at.
    """

    world: World
    reached: int
    present: int
    goals: dict[str, int]


@dataclass(frozen=True, slots=True)
class Bridge:
    """A broker between the worlds, with the reasons.

    Attributes:
        functions: those of a catalyst, as far as a source says.
        catalyst: whether a source calls it a catalyst.
        worlds: how many organisations of each asked world it is in contact with.
        roles: brokerage by role over all the worlds here, with partial credit: a pair that k
            organisations introduce counts 1/k for each.
        z: by how many standard deviations the pairs of the asked worlds that it introduces exceed
            what random worlds would give; 0 when the graph is too small to tell.
        only_through: pairs of the asked worlds that nobody else introduces.
        paths: examples [one, broker, other], of ids.
        standing: whether it is called a catalyst, or acts as one by its ties.
        introduced: pairs of the asked worlds that it introduces.
        expected, variance: of that number, were the worlds dealt at random to all who are in
            contact with somebody here.
        possible: pairs of its contacts that are of two asked worlds, introduced by it or not.
        share: of the possible pairs those that it introduces, each with its partial credit and
            weighed by how strong its way is, in [0, 1]. What it exceeds that of all by gives the
            order, see `ranked`.
        constraint, effective_size: of Burt (1992), over its contacts here, weighed.
        coverage: of each asked world.
    """

    id: str
    name: str
    functions: tuple[Function, ...]
    catalyst: bool
    place: str | None
    worlds: dict[World, int]
    roles: dict[BrokerRole, float]
    z: float
    only_through: int
    paths: tuple[tuple[str, str, str], ...]
    reasons: tuple[Reason, ...]
    standing: Standing
    introduced: int
    expected: float
    variance: float
    possible: int
    share: float
    constraint: float
    effective_size: float
    coverage: tuple[Coverage, ...]


@dataclass(frozen=True, slots=True)
class Bridges:
    """The answer, the best broker first."""

    question: Question
    answers: tuple[Bridge, ...]
    considered: int


def bridges(view: View, request: Request) -> Bridges:
    """Organisations that stand between organisations of the asked worlds, in a place.

    Brokerage of Gould & Fernandez (1989) on open two-paths a - v - b over the meetings here
    (`queries.meetings`), with partial credit. The order is by the weighted share of the possible
    pairs of its contacts that the broker introduces (see `ranked`): never by a raw count, which
    measures size.

    Raises:
        RequestError: fewer than two different worlds.
        UnknownPlace, AmbiguousPlace, UnknownTerm: see their sentences.
    """
    between = tuple(dict.fromkeys(terms.world(text) for text in request.between))
    if len(between) < 2:
        raise RequestError("Donnez au moins deux mondes différents (--between … --between …).")
    if not 1 <= request.limit <= _MOST:
        raise RequestError(f"Le nombre de réponses doit être entre 1 et {_MOST}.")
    rank, place = resolve_place(view, request.place)
    numbers = [terms.goal(text) for text in request.goals]
    goals = tuple(goal_named(view, number) for number in numbers)
    graph = meetings(view, rank, sum(1 << (number - 1) for number in set(numbers)))
    ranking = ranked(graph.introductions, view.world[graph.nodes], _indices(between))
    here = presence(view, rank)
    answers = tuple(
        _bridge(view, graph, ranking, int(row), between, (here, place.name))
        for row in ranking.order[: request.limit]
    )
    return Bridges(Question(between, place, goals, request.limit), answers, len(graph.nodes))


def _indices(between: Sequence[World]) -> tuple[int, ...]:
    return tuple(_WORLDS.index(world) for world in between)


@dataclass(frozen=True)
class Ranking:
    """The brokers between some groups, out of n nodes.

    Attributes:
        order: those who introduce a pair, the best first.
        score: what gives the order, -inf for those who introduce none; shape (n,).
        share: weighted credit over possible pairs, in [0, 1]; shape (n,).
        possible: pairs of contacts of two of the groups; shape (n,).
    """

    order: Ints
    score: Floats
    share: Floats
    possible: Floats


def ranked(introductions: Introductions, group: Ints, between: Sequence[int]) -> Ranking:
    """The brokers between two groups or more: what they introduce over the root of what they could.

    This is the geometric mean of the credit for what one introduces and of its share in the
    possible pairs of its contacts: a cosine (Ochiai 1957; Salton & McGill 1983). The share alone
    puts whoever introduces one pair first, the credit alone whoever is great. More contacts that
    need no introduction lower it.

    Args:
        introductions: of a graph of n nodes.
        group: of each node, -1 when unknown; shape (n,).
        between: the groups asked.
    """
    credit = np.zeros(len(group))
    for rank, one in enumerate(between[:-1]):
        others = np.isin(group, between[rank + 1 :])
        credit += introductions.credit(np.flatnonzero(group == one), np.flatnonzero(others))
    possible = np.maximum(_possible(introductions.contacts, group, between), 1)
    brokers = np.flatnonzero(credit > 0)
    score = (credit / np.sqrt(possible)).round(_DIGITS)
    # Nodes are in the order of their ids, which a stable sort keeps.
    order = brokers[np.argsort(-score[brokers], kind="stable")]
    return Ranking(order, np.where(credit > 0, score, -np.inf), credit / possible, possible)


def _possible(contacts: Contacts, group: Ints, between: Sequence[int]) -> Floats:
    met = contacts.strength > 0
    near = [np.asarray(met @ (group == one).astype(np.float64)) for one in between]
    return np.asarray(np.sum([a * b for a, b in combinations(near, 2)], axis=0))


# One broker ----------------------------------------------------------------------------------


@dataclass
class _Tally:
    """What is counted over the pairs that one broker introduces, a block after the other."""

    roles: Floats
    across: int
    only: int
    pairs: int
    touching: Floats
    best: list[Example]


def _tally(graph: Meetings, group: Ints, row: int, between: Sequence[int]) -> _Tally:
    near = graph.contacts.of(row)
    near = near[group[near] >= 0]
    found = _Tally(np.zeros(len(BrokerRole)), 0, 0, 0, np.zeros(len(group)), [])
    worlds = np.arange(len(_WORLDS))
    asked = np.isin(worlds, between)
    across = asked[:, None] & asked & (worlds[:, None] != worlds)
    role = _roles(worlds[:, None], int(group[row]), worlds)
    for block in graph.introductions.pairs(row, near, near):
        is_pair = (block.number > 0) & (block.rows[:, None] < block.columns)
        ends = group[block.rows], group[block.columns]
        credit = np.zeros(is_pair.shape)
        np.divide(1, block.number, out=credit, where=is_pair)
        found.roles += np.bincount(
            role.ravel(), _by_world(credit, *ends).ravel(), minlength=len(BrokerRole)
        )
        found.touching[block.rows] += is_pair.sum(axis=1)
        found.touching[block.columns] += is_pair.sum(axis=0)
        found.pairs += int(is_pair.sum())
        found.across += round(_by_world(is_pair, *ends)[across].sum())
        found.only += round(_by_world(is_pair & (block.number == 1), *ends)[across].sum())
        one, other = np.nonzero(is_pair & across[np.ix_(*ends)])
        weight = block.weight[one, other]
        found.best += examples(block.rows[one], block.columns[other], weight)
    return found


def _by_world(of_pairs: Array, rows: Ints, columns: Ints) -> Floats:
    """The sum over pairs by the worlds of their ends; shape (worlds, worlds)."""
    each = np.eye(len(_WORLDS))
    return np.asarray(each[rows].T @ (of_pairs @ each[columns]))


def _roles(a: Ints, own: int, b: Ints) -> Ints:
    """The rank in `BrokerRole` of each pair (a, b) of groups."""
    roles = list(BrokerRole)
    same = np.where(
        a == own, roles.index(BrokerRole.COORDINATOR), roles.index(BrokerRole.ITINERANT)
    )
    mixed = np.where(
        (a == own) | (b == own),
        roles.index(BrokerRole.GATEKEEPER),
        roles.index(BrokerRole.LIAISON),
    )
    return np.where(a == b, same, mixed)


def _chance(tally: _Tally, group: Ints, between: Sequence[int]) -> Chance:
    """The pairs across, were the worlds dealt at random to all here; their sizes stay."""
    sizes = tuple(int((group == world).sum()) for world in range(len(_WORLDS)))
    counts = np.zeros((len(_WORLDS), len(_WORLDS)), dtype=np.bool_)
    counts[np.ix_(between, between)] = True
    np.fill_diagonal(counts, val=False)
    # Pairs have no direction: two that share an end are told as sharing their start.
    sharing = int((tally.touching * (tally.touching - 1)).sum())
    return relabelled(Shape(tally.pairs, 0, sharing, 0, 0), sizes, counts)


def _bridge(
    view: View,
    graph: Meetings,
    ranking: Ranking,
    row: int,
    between: Sequence[World],
    place: tuple[Presence, str],
) -> Bridge:
    group, asked = view.world[graph.nodes], _indices(between)
    node = int(graph.nodes[row])
    tally = _tally(graph, group, row, asked)
    chance = _chance(tally, group, asked)
    around = holes(graph.contacts.strength, row) or Holes(0.0, 0.0)
    coverage = tuple(_coverage(view, graph, row, world) for world in between)
    shown = examples(*(np.array(column) for column in zip(*tally.best, strict=True)))
    ends = [(int(graph.nodes[a]), int(graph.nodes[b])) for a, b, _ in shown]
    functions = int(view.functions[node])
    return Bridge(
        view.keys[node],
        view.names[node],
        tuple(f for i, f in enumerate(Function) if functions >> i & 1),
        is_catalyst(view, node),
        place_name(view, node),
        {one.world: one.reached for one in coverage},
        {role: round(float(n), 4) for role, n in zip(BrokerRole, tally.roles, strict=True)},
        round(chance.z(tally.across), 4),
        tally.only,
        tuple((view.keys[a], view.keys[node], view.keys[b]) for a, b in ends),
        reasons_of(view, graph, node, ends, *place),
        _standing(view, node),
        tally.across,
        round(chance.mean, 4),
        round(chance.variance, 4),
        int(ranking.possible[row]),
        round(float(ranking.share[row]), 4),
        round(around.constraint, 4),
        round(around.effective_size, 4),
        coverage,
    )


def _standing(view: View, node: int) -> Standing:
    if is_catalyst(view, node):
        return Standing.DECLARED
    held = view.functions[node] or view.roles[node]
    return Standing.FUNCTIONS if held else Standing.UNLABELLED


def _coverage(view: View, graph: Meetings, row: int, world: World) -> Coverage:
    """Who of a world is within reach, and what they aim at, themselves or by an alliance here."""
    index = _WORLDS.index(world)
    near = graph.contacts.of(row)
    near = near[view.world[graph.nodes[near]] == index]
    aims = graph.goals[near]
    goals = {f"goal:{g + 1}": int((aims >> g & 1).sum()) for g in range(GOALS)}
    return Coverage(
        world,
        len(near),
        int((view.world[graph.nodes] == index).sum()),
        {goal: count for goal, count in goals.items() if count},
    )
