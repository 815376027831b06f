"""How do these two know each other?"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from graph.errors import RequestError
from graph.model import (
    ALLIANCE,
    CARRIES,
    FOUNDED,
    FUNDED,
    GAVE_RISE_TO,
    INSPIRED,
    MEMBER_OF,
    ORGANISATION,
    PART_OF,
    PROJECT,
    RUNS,
    SUPPORTS,
    MemberRole,
    Tie,
)
from graph.view import View
from queries.answers import Evidence, Named, evidence_of
from queries.things import named, resolve_thing
from queries.wording import joined

# Ties by which people may know each other. A common territory or goal is no acquaintance.
ACQUAINTANCE: tuple[Tie, ...] = (
    MEMBER_OF,
    FOUNDED,
    RUNS,
    SUPPORTS,
    FUNDED,
    CARRIES,
    GAVE_RISE_TO,
    INSPIRED,
    PART_OF,
)
ACTORS = (ORGANISATION, ALLIANCE, PROJECT)
_LONGEST = 8
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Step:
    """One tie of a path, read in its own direction, with its evidence.

    Attributes:
        role: the part of the start in an alliance, in French, empty when it is not said.
    """

    start: Named
    end: Named
    tie: str
    role: str
    text: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Introduction:
    """One way from the one to the other: the ids along it, and each tie as a sentence."""

    ids: tuple[str, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Paths:
    """The shortest introductions between two actors, at most five of them."""

    start: Named
    end: Named
    introductions: tuple[Introduction, ...]


def paths(view: View, start: str, end: str) -> Paths:
    """The shortest introductions between two actors, by the alliances and ties between them.

    Breadth-first search over the ties by which organisations meet; at most eight steps.

    Raises:
        UnknownId, AmbiguousName: one of the two is not clear.
        RequestError: both are the same.
    """
    a, b = resolve_thing(view, start, ACTORS), resolve_thing(view, end, ACTORS)
    if a == b:
        raise RequestError(f"« {start} » et « {end} » désignent la même fiche : donnez-en deux.")
    found = [_introduction(view, nodes) for nodes in shortest(view, a, b)]
    return Paths(named(view, a), named(view, b), tuple(found))


def shortest(view: View, a: int, b: int, limit: int = _SHOWN) -> list[tuple[int, ...]]:
    """The shortest paths between two nodes, as ordinals, in the order of their ids."""
    before: dict[int, list[int]] = {a: []}
    depth = {a: 0}
    waiting = deque([a])
    while waiting:
        node = waiting.popleft()
        if depth[node] >= min(_LONGEST, depth.get(b, _LONGEST)):
            continue
        for other in sorted(set(neighbours(view, node))):
            if other not in depth:
                depth[other] = depth[node] + 1
                before[other] = [node]
                waiting.append(other)
            elif depth[other] == depth[node] + 1:
                before[other].append(node)
    return [path[::-1] for path, _ in zip(_back(before, (b,)), range(limit), strict=False)]


def _back(before: dict[int, list[int]], path: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    previous = before.get(path[-1])
    if previous == []:
        yield path
    for node in sorted(previous or ()):
        yield from _back(before, (*path, node))


def neighbours(view: View, node: int) -> Iterator[int]:
    """The actors and alliances that a node is acquainted with."""
    for tie in ACQUAINTANCE:
        columns = view.ties[tie]
        for others in (columns.ends_of(node), columns.starts_of(node)):
            for other in others.tolist():
                if any(view.is_kind(other, kind) for kind in ACTORS):
                    yield other


def _introduction(view: View, nodes: tuple[int, ...]) -> Introduction:
    steps = tuple(step(view, a, b) for a, b in pairwise(nodes))
    return Introduction(tuple(view.keys[node] for node in nodes), steps)


def step(view: View, a: int, b: int) -> Step:
    """The tie between two neighbours, as a sentence in its own direction.

    Raises:
        KeyError: no tie of acquaintance joins them.
    """
    for tie in ACQUAINTANCE:
        for start, end in ((a, b), (b, a)):
            stored = view.tie(tie, start, end)
            if stored is not None:
                when = period(stored.properties.get("since"), stored.properties.get("until"))
                text = f"{view.names[start]} {joined(tie.verb, view.names[end])}{when}"
                role = role_name(stored.properties.get("role"))
                ends = named(view, start), named(view, end)
                return Step(*ends, tie.name, role, text, evidence_of(stored.claims))
    raise KeyError((a, b))


def role_name(code: object) -> str:
    """The French name of a member's role, empty for a plain member."""
    plain = MemberRole.MEMBER
    return next((role.fr for role in MemberRole if role == code and role is not plain), "")


def period(since: object, until: object) -> str:
    """A period in words, empty when nothing of it is known."""
    if since and until:
        return f" ({since} à {until})"
    if since:
        return f" (depuis {since})"
    return f" (jusqu'à {until})" if until else ""
