"""How do these two know each other?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from graph.errors import RequestError
from graph.model import MemberRole, Tie
from graph.store import StoredTie
from graph.view import View
from queries.acquaintance import ACQUAINTANCE, ACTORS, acquaintances, disjoint, layers, ways
from queries.answers import Evidence, Named, evidence_of
from queries.things import named, resolve_thing
from queries.wording import joined

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
    """The introductions between two actors.

    Attributes:
        introductions: the shortest, at most five of them.
        disjoint: no two of which have anybody in common between the two, the shortest first, at
            most five: where one fails, another is left.
    """

    start: Named
    end: Named
    introductions: tuple[Introduction, ...]
    disjoint: tuple[Introduction, ...]


def paths(view: View, start: str, end: str) -> Paths:
    """The shortest introductions between two actors, by the alliances and ties between them.

    Breadth-first search over the ties by which organisations meet, of at most eight steps; see
    `queries.acquaintance.disjoint` for those that have nobody in common.

    Raises:
        UnknownId, AmbiguousName: one of the two is not clear.
        RequestError: both are the same.
    """
    a, b = resolve_thing(view, start, ACTORS), resolve_thing(view, end, ACTORS)
    if a == b:
        raise RequestError(f"« {start} » et « {end} » désignent la même fiche : donnez-en deux.")
    found = tuple(_introduction(view, nodes) for nodes in shortest(view, a, b))
    apart = disjoint(acquaintances(view), a, b, _SHOWN)
    others = tuple(_introduction(view, nodes) for nodes in apart)
    return Paths(named(view, a), named(view, b), found, others)


def shortest(view: View, a: int, b: int, limit: int = _SHOWN) -> list[tuple[int, ...]]:
    """The shortest paths between two nodes, as ordinals, in the order of their ids."""
    graph = acquaintances(view)
    return list(islice(ways(graph, layers(graph, a, b)), limit))


def neighbours(view: View, node: int) -> Iterator[int]:
    """The actors and alliances that a node is acquainted with."""
    yield from acquaintances(view).of(node).tolist()


def _introduction(view: View, nodes: tuple[int, ...]) -> Introduction:
    steps = tuple(step(view, a, b) for a, b in pairwise(nodes))
    return Introduction(tuple(view.keys[node] for node in nodes), steps)


def step(view: View, a: int, b: int) -> Step:
    """The tie between two neighbours, as a sentence in its own direction.

    Raises:
        KeyError: no tie of acquaintance joins them.
    """
    stored = tie_between(view, a, b)
    start, end = (a, b) if view.keys[a] == stored.start else (b, a)
    when = period(stored.properties.get("since"), stored.properties.get("until"))
    text = f"{view.names[start]} {joined(stored.tie.verb, view.names[end])}{when}"
    role = role_name(stored.properties.get("role"))
    ends = named(view, start), named(view, end)
    return Step(*ends, stored.tie.name, role, text, evidence_of(stored.claims))


def tie_between(view: View, a: int, b: int, kinds: Sequence[Tie] = ACQUAINTANCE) -> StoredTie:
    """The first tie of these kinds that joins two things, either way.

    Raises:
        KeyError: none does.
    """
    for tie in kinds:
        for start, end in ((a, b), (b, a)):
            stored = view.tie(tie, start, end)
            if stored is not None:
                return stored
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
