"""Who is in an answer, and what ties them: the network that is drawn of it."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from graph.claims import Source
from graph.model import ALLIANCE, KINDS, Kind, Role, Tie, World
from graph.store import StoredClaim, StoredTie
from graph.view import View
from queries.acquaintance import ACTORS
from queries.answers import Evidence, Reason, evidence_of
from queries.bridges import Bridge, Bridges
from queries.partners import Partner, Partners
from queries.path import neighbours, role_name
from queries.things import place_name
from queries.wording import joined, listed
from viz.french import count, period

MOST = 60  # things drawn, the middle included; beyond, « + 12 autres »
_CATALYST = 1 << tuple(Role).index(Role.CATALYST)
_THE_WORLD = {
    World.ASSOCIATION: "les associations",
    World.COMPANY: "les entreprises",
    World.LOCAL_AUTHORITY: "les collectivités",
    World.STATE: "les services de l'État",
    World.ACADEMIC: "le monde académique",
    World.FOUNDATION: "les fondations",
    World.CITIZENS: "les collectifs de citoyens",
}


class Part(StrEnum):
    """What something is doing in the picture."""

    CENTRE = "centre"
    ANSWER = "answer"
    BETWEEN = "between"


@dataclass(frozen=True, slots=True)
class Actor:
    """Something drawn: an organisation, an alliance, the place that was asked.

    Attributes:
        catalyst: whether a source calls it a catalyst.
        place: the territory of its seat or of its action, None when unknown.
        reasons: why it is an answer; empty for what lies between.
    """

    id: str
    name: str
    kind: Kind
    world: World | None
    catalyst: bool
    part: Part
    place: str | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A tie of the graph between two actors, by their ids.

    Attributes:
        verb: as it reads from the start, in French.
        sentence: `GAIA a créé le Labo des partenariats`, without its end.
        role: of the start in an alliance, empty when it is not said.
        period: in words, empty when it is not known.
        words: how the sources put it.
        ended: whether it has an end.
    """

    start: str
    end: str
    tie: Tie
    verb: str
    sentence: str
    role: str
    period: str
    words: tuple[str, ...]
    ended: bool
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Network:
    """What is drawn of an answer.

    Attributes:
        title, lead: of the picture, in French.
        actors: the middle, then the answers in their order, then what lies between, by name.
        links: every tie that the graph holds between two of the actors.
        others: by world, how many answers are not drawn.
        sources: those of all that is shown, by name.
    """

    title: str
    lead: str
    actors: tuple[Actor, ...]
    links: tuple[Link, ...]
    others: tuple[tuple[World | None, int], ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """An answer, and what its reasons speak of."""

    node: int
    reasons: tuple[Reason, ...]
    between: Callable[[], Iterable[int]]


def network_of_partners(view: View, answer: Partners) -> Network:
    """The network of possible partners, around the one who asks, else around the place.

    Raises:
        KeyError: the answer is of another graph.
    """
    question = answer.question
    asker = question.organisation
    centre = _ordinal(view, asker.id if asker else question.place.id)
    found = [_partner(view, partner) for partner in answer.answers]
    whom = f"pour {asker.name}" if asker else "possibles"
    title = f"{question.place.name} : des partenaires {whom}"
    lead = f"{_answers(answer.answers)}, parmi {count(answer.considered, 'acteur')} à considérer."
    return _network(view, title, lead, centre, found)


def network_of_bridges(view: View, answer: Bridges) -> Network:
    """The network of those who link worlds, around the place.

    Raises:
        KeyError: the answer is of another graph.
    """
    question = answer.question
    centre = _ordinal(view, question.place.id)
    found = [_bridge(view, bridge) for bridge in answer.answers]
    worlds = listed([_THE_WORLD[world] for world in question.between])
    title = f"{question.place.name} : qui relie {worlds} ?"
    lead = f"{_answers(answer.answers)}, parmi {count(answer.considered, 'acteur')} en lien ici."
    return _network(view, title, lead, centre, found)


def _ordinal(view: View, key: str) -> int:
    ordinal = view.ordinal(key)
    if ordinal is None:
        raise KeyError(key)
    return ordinal


def _answers(answers: Sequence[Partner | Bridge]) -> str:
    return count(len(answers), "réponse") if answers else "Aucune réponse"


# What lies between ---------------------------------------------------------------------------


def _partner(view: View, partner: Partner) -> _Found:
    node = _ordinal(view, partner.id)
    return _Found(node, partner.reasons, lambda: _cited(view, partner.reasons))


def _bridge(view: View, bridge: Bridge) -> _Found:
    node = _ordinal(view, bridge.id)

    def between() -> Iterable[int]:
        cited = _cited(view, bridge.reasons)
        yield from cited
        for one, _, other in bridge.paths:
            for end in (_ordinal(view, one), _ordinal(view, other)):
                yield from _meeting(view, node, end, cited)
                yield end

    return _Found(node, bridge.reasons, between)


def _cited(view: View, reasons: Iterable[Reason]) -> list[int]:
    """The actors in the facts that reasons rest on: those on a path, the alliances they tell of."""
    facts = [fact for reason in reasons for fact in reason.facts]
    found = (view.ordinal(key) for fact in facts for key in (fact.subject, fact.object) if key)
    actors = (node for node in found if node is not None and _acts(view, node))
    return list(dict.fromkeys(actors))


def _acts(view: View, node: int) -> bool:
    return any(view.is_kind(node, kind) for kind in ACTORS)


def _meeting(view: View, one: int, other: int, cited: Sequence[int]) -> list[int]:
    """Where two meet: nothing where a tie joins them, else an alliance, those cited first."""
    around = set(neighbours(view, one))
    if other in around:
        return []
    common = around & set(neighbours(view, other))
    preferred = [node for node in cited if node in common]
    alliances = sorted(node for node in common if view.is_kind(node, ALLIANCE))
    return (preferred or alliances or sorted(common))[:1]


# Drawing the limits --------------------------------------------------------------------------


def _network(view: View, title: str, lead: str, centre: int, found: Sequence[_Found]) -> Network:
    shown, between = _within_limits(centre, found)
    reasons = {answer.node: answer.reasons for answer in shown}
    ordered = list(dict.fromkeys([centre, *reasons, *_by_name(view, between)]))
    ties = _ties(view, ordered)
    actors = tuple(_drawn(view, node, centre, reasons) for node in ordered)
    links = tuple(link_of(view, tie) for tie in ties)
    left = Counter(view.world_of(a.node) for a in found if a.node not in set(ordered))
    others = tuple((world, left[world]) for world in (*World, None) if left[world])
    sources = sources_of(view, ordered, ties, [*_evidence(actors, links)])
    return Network(title, lead, actors, links, others, sources)


def _within_limits(centre: int, found: Sequence[_Found]) -> tuple[list[_Found], set[int]]:
    """The answers that can be drawn with what lies between, and all that lies between."""
    nodes = {centre}
    shown = []
    for answer in found:
        if len(nodes) >= MOST:
            break
        wider = nodes | {answer.node, *answer.between()}
        if len(wider) > MOST:
            break
        nodes = wider
        shown.append(answer)
    return shown, nodes


def _by_name(view: View, nodes: Iterable[int]) -> list[int]:
    return sorted(nodes, key=lambda node: (view.names[node].casefold(), view.keys[node]))


def _drawn(view: View, node: int, centre: int, reasons: Mapping[int, tuple[Reason, ...]]) -> Actor:
    answer = Part.ANSWER if node in reasons else Part.BETWEEN
    part = Part.CENTRE if node == centre else answer
    return actor_of(view, node, part, reasons.get(node, ()))


def actor_of(view: View, node: int, part: Part, reasons: tuple[Reason, ...] = ()) -> Actor:
    """A node as it is drawn, in that part."""
    return Actor(
        view.keys[node],
        view.names[node],
        KINDS[view.kind[node]],
        view.world_of(node),
        bool(int(view.roles[node]) & _CATALYST),
        part,
        place_name(view, node),
        reasons,
    )


# Ties and sources ----------------------------------------------------------------------------


def _ties(view: View, nodes: Sequence[int]) -> list[StoredTie]:
    """Every tie between two of the nodes, in the order of the nodes."""
    within = set(nodes)
    found = []
    for start in nodes:
        for tie, columns in view.ties.items():
            for end in columns.ends_of(start).tolist():
                stored = view.tie(tie, start, end) if end in within else None
                if stored is not None:
                    found.append(stored)
    return found


def link_of(view: View, stored: StoredTie) -> Link:
    """A tie of the view as it is drawn.

    Raises:
        KeyError: an end is not in the view.
    """
    start, end = (view.names[_ordinal(view, key)] for key in (stored.start, stored.end))
    said = stored.properties
    words = said.get("words", [])
    return Link(
        stored.start,
        stored.end,
        stored.tie,
        stored.tie.verb,
        f"{start} {joined(stored.tie.verb, end)}",
        role_name(said.get("role")),
        period(said.get("since"), said.get("until")),
        tuple(words) if isinstance(words, list) else (),
        bool(said.get("until")),
        evidence_of(stored.claims),
    )


def _evidence(actors: Iterable[Actor], links: Iterable[Link]) -> Iterable[Evidence]:
    for actor in actors:
        for reason in actor.reasons:
            yield from reason.evidence
    for link in links:
        yield from link.evidence


def sources_of(
    view: View, nodes: Sequence[int], ties: Sequence[StoredTie], evidence: Iterable[Evidence]
) -> tuple[Source, ...]:
    """The sources of the evidence, found among the claims about what is shown; by name.

    Args:
        view: the graph.
        nodes: those that are drawn, the middle first.
        ties: those between them.
        evidence: of reasons and ties.
    """
    wanted = {e.source for e in evidence}
    known: dict[str, Source] = {}
    for claims in _claims(view, nodes, ties):
        if wanted <= known.keys():
            break
        known |= {claim.source.name: claim.source for claim in claims}
    return tuple(known[name] for name in sorted(wanted & known.keys()))


def _claims(
    view: View, nodes: Sequence[int], ties: Sequence[StoredTie]
) -> Iterable[Sequence[StoredClaim]]:
    """What is said of all that is shown, then of what hangs on it: means, goals, territories."""
    yield from (tie.claims for tie in ties)
    yield from (view.claims(node) for node in nodes)
    for node in nodes[1:]:
        yield from (tie.claims for tie in view.ties_of(node))
