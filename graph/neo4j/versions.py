"""How the Neo4j store keeps a claim, and several states of one thing, each of some generations.

Neo4j shows a reader what others commit meanwhile. A writing of a source needs many transactions,
so the state before stays beside the new one (`_before`) until no reader can hold it any more: which
of them counts is told by the generation that the reader holds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import orjson

from graph.claims import Properties, Source
from graph.merge import in_order_of_trust, merged
from graph.model import Kind, Tie, kind_named
from graph.prepared import NodeRow, TieRow, words
from graph.store import StoredClaim, StoredNode


@dataclass(slots=True)
class State:
    """The present state of a thing or a tie, and those before it.

    Attributes:
        claims: what is said of it, each as `claim_text` writes it; none when nobody speaks of it.
        since: the generation that wrote them.
        before: earlier states, the oldest first: the generation and the claims, as JSON.
    """

    claims: Sequence[str]
    since: int
    before: list[str] = field(default_factory=list)

    def as_of(self, generation: int) -> Sequence[str]:
        """The claims that a reader of a generation sees."""
        if self.since <= generation:
            return self.claims
        for text in reversed(self.before):
            since, claims = orjson.loads(text)
            if since <= generation:
                found: Sequence[str] = claims
                return found
        return []

    def followed(self, claims: Sequence[str], generation: int, horizon: int) -> "State":
        """The state that comes after this one.

        Args:
            claims: what is said from now on.
            generation: that of the writing.
            horizon: the oldest generation that a reader may still hold.
        """
        if self.since == generation:
            return State(claims, generation, self.before)
        states = [*self.before, orjson.dumps([self.since, self.claims]).decode()]
        ends = [*(orjson.loads(text)[0] for text in states[1:]), generation]
        kept = [text for text, end in zip(states, ends, strict=True) if end > horizon]
        return State(claims, generation, kept)

    def undone(self, generation: int) -> "State | None":
        """The state that a generation saw; None where there was none."""
        before = list(self.before)
        while before:
            since, claims = orjson.loads(before.pop())
            if since <= generation:
                return State(claims, since, before)
        return None

    def columns(self) -> dict[str, object]:
        """The properties that keep it."""
        kept: dict[str, object] = {"_claims": [*self.claims], "_since": self.since}
        if self.before:
            kept["_before"] = self.before
        return kept


def state_of(claims: Sequence[str], since: int, before: list[str] | None) -> State:
    """A state from the properties that keep it."""
    return State(claims, since, before or [])


def node_text(source: str, row: NodeRow) -> str:
    """A claim about a thing as it is kept."""
    _, _, record, kind, text, locator, url, date, ended, note, *_ = row
    return _text(source, record, kind, text, locator, url, date, ended, note)


def tie_text(source: str, row: TieRow) -> str:
    """A claim about a tie as it is kept."""
    _, tie, _, _, record, text, locator, url, date, ended, note = row
    return _text(source, record, tie, text, locator, url, date, ended, note)


def _text(source: str, record: str, of: str, properties: str, *place: str) -> str:
    packed = orjson.Fragment(properties)
    return orjson.dumps([source, record, of, packed, *place]).decode()


def prefix_of(source: str) -> str:
    """How the claims of a source begin."""
    return f"[{orjson.dumps(source).decode()},"


def said_by(text: str) -> tuple[str, str]:
    """The source and the record of a claim."""
    source, record, *_ = orjson.loads(text)
    return str(source), str(record)


def ended_on(text: str, day: str) -> str:
    """The claim, ended; itself where it has ended already."""
    parts = orjson.loads(text)
    if parts[7]:
        return text
    parts[7] = day
    return orjson.dumps([*parts[:3], _sorted(parts[3]), *parts[4:]]).decode()


def _sorted(properties: Mapping[str, object]) -> orjson.Fragment:
    return orjson.Fragment(orjson.dumps(properties, option=orjson.OPT_SORT_KEYS))


def kind_of(text: str) -> Kind:
    """The kind of thing of which a claim speaks."""
    return kind_named(orjson.loads(text)[2])


def claim_of(text: str, sources: Mapping[str, Source]) -> StoredClaim:
    """A claim as a store gives it."""
    source, record, _, properties, locator, url, date, ended, note = orjson.loads(text)
    return StoredClaim(sources[source], record, properties, locator, url, date, ended, note)


def node_of(key: str, texts: Sequence[str], sources: Mapping[str, Source]) -> StoredNode:
    """A thing of the claims about it, of which there is at least one."""
    if len(texts) == 1:
        _, _, kind, properties, _, _, _, ended, _ = orjson.loads(texts[0])
        return StoredNode(
            key, kind_named(kind), properties.get("name", key), properties, bool(ended)
        )
    claims = in_order_of_trust(claim_of(text, sources) for text in texts)
    kind = kind_of(texts[0])
    properties = merged(kind, claims)
    name = str(properties.get("name", key))
    return StoredNode(key, kind, name, properties, all(claim.ended for claim in claims))


def tie_values(tie: Tie, texts: Sequence[str], sources: Mapping[str, Source]) -> Properties:
    """What the claims about a tie amount to, with the day on which the last of them ended."""
    if len(texts) == 1:
        parts = orjson.loads(texts[0])
        values, ended = parts[3], parts[7]
    else:
        claims = in_order_of_trust(claim_of(text, sources) for text in texts)
        values = dict(merged(tie, claims))
        days = [claim.ended for claim in claims]
        ended = max(days) if all(days) else ""
    if ended:
        values.setdefault("until", ended)
    found: Properties = values
    return found


def words_of_thing(key: str, texts: Sequence[str], sources: Mapping[str, Source]) -> str:
    """The words by which a thing is found."""
    node = node_of(key, texts, sources)
    names = [] if len(texts) == 1 else [orjson.loads(t)[3].get("name", "") for t in texts]
    return words(key, node.properties, names)
