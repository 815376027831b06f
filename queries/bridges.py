"""Which catalyst connects these worlds?"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

import numpy as np

from graph.columns import Floats, Ints, Mask
from graph.errors import RequestError
from graph.model import Function, World
from graph.view import View
from queries import terms
from queries.answers import Named, Reason
from queries.bridge_reasons import CHOSEN_FROM, Example, examples, is_catalyst, reasons_of
from queries.brokerage.holes import Holes, holes
from queries.brokerage.introductions import THREADS, Contacts, Introductions, Tally
from queries.brokerage.labels import Chance, Shape, relabelled
from queries.masks import GOALS
from queries.meetings import Meetings, meetings
from queries.places import Place, resolve_place
from queries.presence import Presence, presence
from queries.things import goal_named, place_name

_MOST = 500
_WORLDS = tuple(World)
_DIGITS = 6  # of a score: beyond them is rounding
_BATCH = 4  # brokers whose credit is worked out before the next bound is looked at
_DEARER = 4  # how many times a pair of one broker costs what a pair of all does
_LOOKED_AT = 128  # beyond the limit; for more it is quicker to work out that of all at once


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
    group, asked = view.world[graph.nodes], _indices(between)
    limit = request.limit
    ranking = graph.rankings(
        (asked, limit), lambda: foremost(graph.introductions, group, asked, limit)
    )
    brokers = _brokers(graph, group, ranking.order[:limit].tolist(), asked)
    here = presence(view, rank)
    answers = tuple(
        _bridge(view, graph, ranking, broker, between, (here, place.name)) for broker in brokers
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
    for ends in _ends(group, between):
        credit += introductions.credit(*ends)
    return _ranking(credit, _possible(introductions.contacts, group, between))


def foremost(
    introductions: Introductions, group: Ints, between: Sequence[int], limit: int
) -> Ranking:
    """The first brokers of `ranked`; of the others perhaps nothing is known.

    The credit is worked out for those alone whose bound reaches what the last of these has (the
    threshold algorithm: Fagin, Lotem & Naor 2003), unless these have most of all pairs, or too
    many are alike.
    """
    ends = _ends(group, between)
    bounds = [introductions.at_most(*each) for each in ends]
    within, beyond = (np.sum(parts, axis=0) for parts in zip(*bounds, strict=True))
    possible = _possible(introductions.contacts, group, between)
    most = (within + beyond) / np.sqrt(np.maximum(possible, 1)) + 1 / 10**_DIGITS
    order = np.argsort(-most, kind="stable")[: np.count_nonzero(within + beyond > 0)]
    pairs = sum(len(one) * len(other) for one, other in ends)
    if possible[order[:limit]].sum() * _DEARER > pairs:
        return ranked(introductions, group, between)
    masks = [tuple(_mask(nodes, len(group)) for nodes in each) for each in ends]

    def credited(broker: int) -> float:
        return sum(introductions.credit_between(broker, *each) for each in masks)

    credit = np.zeros(len(group))
    looked_at = 0
    while looked_at < limit + _LOOKED_AT:
        batch = order[looked_at : max(limit, looked_at + _BATCH)]
        with ThreadPoolExecutor(THREADS) as pool:
            found = pool.map(credited, batch.tolist())
        credit[batch] = within[batch] + np.fromiter(found, dtype=np.float64)
        ranking = _ranking(credit, possible)
        looked_at += len(batch)
        last = ranking.score[ranking.order[limit - 1]] if len(ranking.order) >= limit else 0.0
        if looked_at == len(order) or most[order[looked_at]] < last:
            return ranking
    return ranked(introductions, group, between)


def _mask(nodes: Ints, count: int) -> Mask:
    found = np.zeros(count, dtype=np.bool_)
    found[nodes] = True
    return found


def _ends(group: Ints, between: Sequence[int]) -> list[tuple[Ints, Ints]]:
    """The nodes of each group beside those of the groups after it."""
    return [
        (np.flatnonzero(group == one), np.flatnonzero(np.isin(group, between[rank + 1 :])))
        for rank, one in enumerate(between[:-1])
    ]


def _ranking(credit: Floats, possible: Floats) -> Ranking:
    possible = np.maximum(possible, 1)
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


@dataclass(frozen=True)
class _Broker:
    """What is counted of one broker.

    Attributes:
        row: of the contacts.
        examples: of pairs of the asked worlds.
    """

    row: int
    tally: Tally
    holes: Holes
    examples: list[Example]


def _brokers(
    graph: Meetings, group: Ints, rows: Sequence[int], asked: Sequence[int]
) -> list[_Broker]:
    """Of each row, in their order. The greatest are begun with, so that no thread waits for one."""

    def counted(row: int) -> _Broker:
        tally = graph.of_brokers(row, lambda: _tally(graph, group, row))
        found = graph.of_brokers((row, asked), lambda: _examples(graph, group, row, asked))
        return _Broker(row, *tally, found)

    greatest = sorted(rows, key=lambda row: -len(graph.contacts.of(row)))
    with ThreadPoolExecutor(THREADS) as pool:
        found = dict(zip(greatest, pool.map(counted, greatest), strict=True))
    return [found[row] for row in rows]


def _tally(graph: Meetings, group: Ints, row: int) -> tuple[Tally, Holes]:
    around = holes(graph.contacts.strength, row) or Holes(0.0, 0.0)
    return graph.introductions.tally(row, group, len(_WORLDS)), around


def _examples(graph: Meetings, group: Ints, row: int, asked: Sequence[int]) -> list[Example]:
    found: list[Example] = []
    for pairs in graph.introductions.strongest(row, group, _across(asked), CHOSEN_FROM):
        found += examples(*pairs)
    return examples(*(np.array(column) for column in zip(*found, strict=True)))


def _across(between: Sequence[int]) -> Mask:
    """Which two worlds a pair of the asked worlds has; shape (worlds, worlds)."""
    found = np.zeros((len(_WORLDS), len(_WORLDS)), dtype=np.bool_)
    found[np.ix_(between, between)] = True
    np.fill_diagonal(found, val=False)
    return found


def _roles_of(tally: Tally, own: int) -> dict[BrokerRole, float]:
    """The brokerage in each role of an organisation of world `own`."""
    worlds = np.arange(len(_WORLDS))
    role = _roles(worlds[:, None], own, worlds)
    of_each = np.bincount(role.ravel(), tally.credit.ravel(), minlength=len(BrokerRole))
    return {role: round(float(n), 4) for role, n in zip(BrokerRole, of_each, strict=True)}


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


def _chance(tally: Tally, group: Ints, across: Mask) -> Chance:
    """The pairs across, were the worlds dealt at random to all here; their sizes stay."""
    sizes = tuple(int((group == world).sum()) for world in range(len(_WORLDS)))
    # Pairs have no direction: two that share an end are told as sharing their start.
    shape = Shape(int(tally.pairs.sum()), 0, tally.sharing, 0, 0)
    return relabelled(shape, sizes, across)


def _bridge(
    view: View,
    graph: Meetings,
    ranking: Ranking,
    broker: _Broker,
    between: Sequence[World],
    place: tuple[Presence, str],
) -> Bridge:
    group, across = view.world[graph.nodes], _across(_indices(between))
    row, tally = broker.row, broker.tally
    node = int(graph.nodes[row])
    chance, introduced = _chance(tally, group, across), int(tally.pairs[across].sum())
    coverage = tuple(_coverage(view, graph, row, world) for world in between)
    ends = [(int(graph.nodes[a]), int(graph.nodes[b])) for a, b, _ in broker.examples]
    functions = int(view.functions[node])
    return Bridge(
        view.keys[node],
        view.names[node],
        tuple(f for i, f in enumerate(Function) if functions >> i & 1),
        is_catalyst(view, node),
        place_name(view, node),
        {one.world: one.reached for one in coverage},
        _roles_of(tally, int(group[row])),
        round(chance.z(introduced), 4),
        int(tally.only[across].sum()),
        tuple((view.keys[a], view.keys[node], view.keys[b]) for a, b in ends),
        reasons_of(view, graph, node, ends, *place),
        _standing(view, node),
        introduced,
        round(chance.mean, 4),
        round(chance.variance, 4),
        int(ranking.possible[row]),
        round(float(ranking.share[row]), 4),
        round(broker.holes.constraint, 4),
        round(broker.holes.effective_size, 4),
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
