"""Which catalyst connects these worlds?"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from math import sqrt

import numpy as np

from graph.errors import RequestError
from graph.model import Function, Role, World
from graph.view import View
from queries import terms
from queries.answers import Evidence, Named, Reason, ReasonKind, evidence_of
from queries.meetings import Meetings, meetings
from queries.path import step
from queries.places import Place, resolve_place
from queries.presence import place_reason, presence
from queries.things import goal_named, place_name
from queries.wording import quoted

_MOST = 500
_PATHS_SHOWN = 5
_WORLDS = tuple(World)


class BrokerRole(StrEnum):
    """The roles of Gould and Fernandez (1989) in an undirected graph.

    There gatekeeper and representative are one. The groups are the worlds.
    """

    COORDINATOR = "coordinator"
    ITINERANT = "itinerant"
    GATEKEEPER = "gatekeeper"
    LIAISON = "liaison"


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


@dataclass(frozen=True, slots=True)
class Bridges:
    """The answer, the best broker first."""

    question: Question
    answers: tuple[Bridge, ...]
    considered: int


@dataclass(frozen=True, slots=True)
class _Pair:
    a: int
    b: int
    weight: float


@dataclass(frozen=True)
class _Broker:
    """A candidate with the pairs of contacts that it introduces."""

    node: int
    pairs: tuple[_Pair, ...]
    across: tuple[_Pair, ...]
    """Those of the pairs with one end in each of two asked worlds."""
    possible: int
    """Pairs of its contacts that are of two asked worlds, introduced by it or not."""


def bridges(view: View, request: Request) -> Bridges:
    """Organisations that stand between organisations of the asked worlds, in a place.

    Brokerage of Gould & Fernandez (1989) on open two-paths a - v - b over the meetings here
    (`queries.meetings`), with partial credit. The order is by the weighted share of the possible
    pairs of its contacts that the broker introduces, then by z: never by a raw count, which
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
    goals = tuple(goal_named(view, terms.goal(text)) for text in request.goals)
    here = presence(view, rank)
    graph = _aiming_at(view, meetings(view, here), goals)
    introduced = _introduced(view, graph)
    introducers = Counter((p.a, p.b) for pairs in introduced.values() for p in pairs)
    brokers = _brokers(view, graph, introduced, between)
    ranked = sorted(brokers, key=lambda b: _rank(view, graph, b, between, introducers))
    answers = []
    for broker in ranked[: request.limit]:
        reason = place_reason(view, here, broker.node, place.name)
        answers.append(_bridge(view, graph, broker, between, introducers, reason))
    question = Question(between, place, goals, request.limit)
    return Bridges(question, tuple(answers), len(graph.contacts))


def _aiming_at(view: View, graph: Meetings, goals: Sequence[Named]) -> Meetings:
    """Only the contacts through an alliance, or with an organisation, that aims at a goal."""
    if not goals:
        return graph
    bits = sum(1 << (int(goal.id.partition(":")[2]) - 1) for goal in goals)
    contacts = {
        one: {
            other: contact
            for other, contact in others.items()
            if any(int(view.goals[n]) & bits for n in (one, other, *contact.alliances))
        }
        for one, others in graph.contacts.items()
    }
    kept = {one: others for one, others in contacts.items() if others}
    return Meetings(kept, graph.alliances_of, graph.conveners)


def _introduced(view: View, graph: Meetings) -> dict[int, tuple[_Pair, ...]]:
    """The pairs of contacts that each organisation introduces, their worlds being known."""
    return {
        node: tuple(
            _Pair(a, b, min(graph.contacts[node][a].weight, graph.contacts[node][b].weight))
            for a, b in combinations(_contacts_of_a_world(view, graph, node), 2)
            if graph.introduces(node, a, b)
        )
        for node in sorted(graph.contacts)
        if not view.collective[node]
    }


def _contacts_of_a_world(view: View, graph: Meetings, node: int) -> list[int]:
    return [other for other in sorted(graph.contacts[node]) if view.world[other] >= 0]


def _brokers(
    view: View,
    graph: Meetings,
    introduced: Mapping[int, tuple[_Pair, ...]],
    between: Sequence[World],
) -> list[_Broker]:
    asked = {_WORLDS.index(world) for world in between}
    found = []
    for node, pairs in introduced.items():
        across = tuple(p for p in pairs if _is_across(view, p.a, p.b, asked))
        if across:
            contacts = combinations(_contacts_of_a_world(view, graph, node), 2)
            possible = sum(_is_across(view, a, b, asked) for a, b in contacts)
            found.append(_Broker(node, pairs, across, possible))
    return found


def _is_across(view: View, a: int, b: int, asked: set[int]) -> bool:
    worlds = {int(view.world[a]), int(view.world[b])}
    return len(worlds) == 2 and worlds <= asked


def _rank(
    view: View,
    graph: Meetings,
    broker: _Broker,
    between: Sequence[World],
    introducers: Counter[tuple[int, int]],
) -> tuple[float, float, str]:
    credit = sum(pair.weight / introducers[pair.a, pair.b] for pair in broker.across)
    z = _z(view, graph, broker, between)
    return (-round(credit / broker.possible, 9), -round(z, 9), view.keys[broker.node])


# Measures ------------------------------------------------------------------------------------


def _z(view: View, graph: Meetings, broker: _Broker, between: Sequence[World]) -> float:
    """The standard score of the pairs across, were worlds dealt at random to all here.

    The sizes of the worlds stay. Exact mean and variance over the pairs that the broker
    introduces: two pairs may share one end, or none (Gould & Fernandez 1989, appendix).
    """
    sizes = Counter(int(view.world[n]) for n in graph.contacts if view.world[n] >= 0)
    total = sum(sizes.values())
    asked = [sizes[_WORLDS.index(world)] for world in between]
    if total < 4:
        return 0.0
    one = 2 * _products(asked, 2) / (total * (total - 1))
    shared_end = _sharing_end(asked) / (total * (total - 1) * (total - 2))
    apart = _apart(asked) / (total * (total - 1) * (total - 2) * (total - 3))
    pairs = len(broker.pairs)
    ends = Counter(end for pair in broker.pairs for end in (pair.a, pair.b))
    touching = sum(n * (n - 1) for n in ends.values())
    disjoint = pairs * (pairs - 1) - touching
    mean = pairs * one
    variance = pairs * one + touching * shared_end + disjoint * apart - mean**2
    return (len(broker.across) - mean) / sqrt(variance) if variance > 1e-12 else 0.0


def _products(sizes: Sequence[int], size: int) -> int:
    """The sum over the sets of `size` worlds of the product of their sizes."""
    return sum(int(np.prod(chosen)) for chosen in combinations(sizes, size))


def _sharing_end(sizes: Sequence[int]) -> int:
    """Ordered choices of three (shared, other, other'), each pair across two asked worlds."""
    total = sum(sizes)
    return sum(n * ((total - n) * (total - n - 1)) for n in sizes)


def _apart(sizes: Sequence[int]) -> int:
    """Ordered choices of four (a, b, c, d) with a, b across and c, d across."""
    ways = 0
    for first, m in enumerate(sizes):
        for second, n in enumerate(sizes):
            if first != second:
                left = list(sizes)
                left[first] -= 1
                left[second] -= 1
                ways += m * n * 2 * _products(left, 2)
    return ways


def _roles(
    view: View, broker: _Broker, introducers: Counter[tuple[int, int]]
) -> dict[BrokerRole, float]:
    roles: dict[BrokerRole, float] = defaultdict(float)
    own = int(view.world[broker.node])
    for pair in broker.pairs:
        role = _role(int(view.world[pair.a]), own, int(view.world[pair.b]))
        roles[role] += 1 / introducers[pair.a, pair.b]
    return {role: round(roles.get(role, 0.0), 4) for role in BrokerRole}


def _role(a: int, broker: int, b: int) -> BrokerRole:
    if a == b:
        return BrokerRole.COORDINATOR if a == broker else BrokerRole.ITINERANT
    return BrokerRole.GATEKEEPER if broker in (a, b) else BrokerRole.LIAISON


# Explaining ----------------------------------------------------------------------------------


def _bridge(
    view: View,
    graph: Meetings,
    broker: _Broker,
    between: Sequence[World],
    introducers: Counter[tuple[int, int]],
    place: Reason,
) -> Bridge:
    node = broker.node
    contacts = Counter(view.world_of(other) for other in graph.contacts[node])
    examples = _examples(broker)
    functions = int(view.functions[node])
    reasons = [_example_reason(view, graph, node, pair) for pair in examples[:2]]
    reasons += [*_function_reasons(view, node), place]
    return Bridge(
        view.keys[node],
        view.names[node],
        tuple(f for i, f in enumerate(Function) if functions >> i & 1),
        _is_catalyst(view, node),
        place_name(view, node),
        {world: contacts[world] for world in between},
        _roles(view, broker, introducers),
        round(_z(view, graph, broker, between), 4),
        sum(introducers[p.a, p.b] == 1 for p in broker.across),
        tuple((view.keys[p.a], view.keys[node], view.keys[p.b]) for p in examples),
        tuple(reasons),
    )


def _examples(broker: _Broker) -> list[_Pair]:
    """Pairs across, the strongest first, so that each shows somebody new where it can."""
    shown: set[int] = set()
    ordered: list[tuple[int, int, _Pair]] = []
    for pair in sorted(broker.across, key=lambda p: (-p.weight, p.a, p.b)):
        fresh = {pair.a, pair.b} - shown
        ordered.append((-len(fresh), len(ordered), pair))
        shown |= fresh
    return [pair for _, _, pair in sorted(ordered, key=lambda o: o[:2])][:_PATHS_SHOWN]


def _example_reason(view: View, graph: Meetings, node: int, pair: _Pair) -> Reason:
    ends = (pair.a, pair.b)
    facts = [_contact(view, graph, node, end) for end in ends]
    a, b = (_with_world(view, end) for end in ends)
    if facts[0].through == facts[1].through:
        how = f"les deux {facts[0].through}"
    else:
        how = f"l'un {facts[0].through}, l'autre {facts[1].through}"
    evidence = tuple(dict.fromkeys(e for fact in facts for e in fact.evidence))
    return Reason(ReasonKind.PATH, f"Relie {a} et {b}, {how}.", evidence)


@dataclass(frozen=True, slots=True)
class _Fact:
    through: str
    evidence: tuple[Evidence, ...]


def _contact(view: View, graph: Meetings, node: int, other: int) -> _Fact:
    """By what a broker is in contact with another, in words, with the evidence."""
    contact = graph.contacts[node][other]
    if contact.direct:
        direct = step(view, node, other)
        return _Fact(f"par un lien direct ({direct.text})", direct.evidence)
    alliance = min(contact.alliances, key=lambda a: (node not in graph.conveners[a], a))
    steps = [step(view, node, alliance), step(view, other, alliance)]
    lead = f" ({steps[0].role})" if steps[0].role else ""
    evidence = tuple(e for one in steps for e in one.evidence)
    return _Fact(f"par {quoted(view.names[alliance])}{lead}", evidence)


def _with_world(view: View, node: int) -> str:
    world = view.world_of(node)
    return f"{view.names[node]} ({world.fr})" if world else view.names[node]


def _function_reasons(view: View, node: int) -> list[Reason]:
    if not view.functions[node] and not view.roles[node]:
        return []
    claims = [c for c in view.claims(node) if {"functions", "roles"} & c.properties.keys()]
    functions = [f.fr for i, f in enumerate(Function) if int(view.functions[node]) >> i & 1]
    listed = f" : {', '.join(functions)}" if functions else ""
    what = "Catalyseur territorial" if _is_catalyst(view, node) else "Tient un rôle de catalyseur"
    text = f"{what}{listed}."
    return [Reason(ReasonKind.FUNCTION, text, evidence_of(claims))]


def _is_catalyst(view: View, node: int) -> bool:
    return bool(int(view.roles[node]) >> tuple(Role).index(Role.CATALYST) & 1)
