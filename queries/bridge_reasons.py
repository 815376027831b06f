"""Why a broker stands between these worlds: example paths, what sources call it, the place."""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from graph.columns import Floats, Ints
from graph.model import Function, Role
from graph.store import StoredTie
from graph.view import View
from queries.answers import Reason, ReasonKind, evidence_of, reason_of
from queries.brokerage.introductions import row_of
from queries.meetings import DIRECT, Meetings
from queries.path import role_name, tie_between
from queries.presence import Presence, place_reason
from queries.wording import joined, quoted

Example: TypeAlias = tuple[int, int, float]
"""Two ends, and the weight of the way between them."""

_PATHS_SHOWN = 5
CHOSEN_FROM = 200
_TOLD = 2


def examples(one: Ints, other: Ints, weight: Floats) -> list[Example]:
    """Some pairs, the strongest first, so that each shows somebody new where it can."""
    strength = weight.round(6)
    if len(strength) > CHOSEN_FROM:  # of millions of pairs only the strongest are sorted
        least = np.partition(strength, -CHOSEN_FROM)[-CHOSEN_FROM]
        kept = np.flatnonzero(strength >= least)
        one, other, weight, strength = one[kept], other[kept], weight[kept], strength[kept]
    order = np.lexsort((other, one, -strength))[:CHOSEN_FROM]
    shown: set[int] = set()
    ordered: list[tuple[int, int, Example]] = []
    for rank, at in enumerate(order.tolist()):
        a, b = int(one[at]), int(other[at])
        ordered.append((-len({a, b} - shown), rank, (a, b, float(weight[at]))))
        shown |= {a, b}
    return [example for _, _, example in sorted(ordered)[:_PATHS_SHOWN]]


def reasons_of(
    view: View,
    graph: Meetings,
    node: int,
    pairs: Sequence[tuple[int, int]],
    here: Presence,
    place: str,
) -> tuple[Reason, ...]:
    """The reasons of one broker, by the ordinals of it and of the pairs that it introduces."""
    told = [_example(view, graph, node, pair) for pair in pairs[:_TOLD]]
    return (*told, _called(view, node), place_reason(view, here, node, place))


def _example(view: View, graph: Meetings, node: int, pair: tuple[int, int]) -> Reason:
    ways = [_way(view, graph, node, end) for end in pair]
    a, b = (_with_world(view, end) for end in pair)
    (first, ties), (second, more) = ways
    how = f"les deux {first}" if first == second else f"l'un {first}, l'autre {second}"
    return reason_of(ReasonKind.PATH, f"Relie {a} et {b}, {how}.", [*ties, *more])


def _way(view: View, graph: Meetings, node: int, other: int) -> tuple[str, list[StoredTie]]:
    """By what a broker is in contact with another, in words, and the ties that it rests on."""
    row, beside = np.searchsorted(graph.nodes, [node, other])
    if beside in row_of(graph.contacts.direct, int(row)):
        tie = tie_between(view, node, other, DIRECT)
        start, end = (view.ordinal(key) for key in (tie.start, tie.end))
        names = [view.names[ordinal] for ordinal in (start, end) if ordinal is not None]
        return f"par un lien direct ({names[0]} {joined(tie.tie.verb, names[1])})", [tie]
    alliance = graph.shared(int(row), int(beside))
    ties = [tie_between(view, end, alliance) for end in (node, other)]
    role = role_name(ties[0].properties.get("role"))
    return f"par {quoted(view.names[alliance])}{f' ({role})' if role else ''}", ties


def _with_world(view: View, node: int) -> str:
    world = view.world_of(node)
    return f"{view.names[node]} ({world.fr})" if world else view.names[node]


def _called(view: View, node: int) -> Reason:
    """What sources call it, or that none calls it anything."""
    if not view.functions[node] and not view.roles[node]:
        text = "Aucune source n'en fait un catalyseur : ce sont ses liens qui le montrent."
        return Reason(ReasonKind.FUNCTION, text, ())
    claims = [c for c in view.claims(node) if {"functions", "roles"} & c.properties.keys()]
    functions = [f.fr for i, f in enumerate(Function) if int(view.functions[node]) >> i & 1]
    listed = f" : {', '.join(functions)}" if functions else ""
    what = "Catalyseur territorial" if is_catalyst(view, node) else "Tient un rôle de catalyseur"
    return Reason(ReasonKind.FUNCTION, f"{what}{listed}.", evidence_of(claims))


def is_catalyst(view: View, node: int) -> bool:
    """Whether a source calls an organisation a catalyst."""
    return bool(int(view.roles[node]) >> tuple(Role).index(Role.CATALYST) & 1)
