"""What is known of this, and who says so?"""

from dataclasses import dataclass

from graph.claims import Properties, Value
from graph.merge import differing
from graph.model import Kind, Property, Tie
from graph.store import StoredClaim, StoredTie
from graph.view import View
from queries.answers import Evidence, Named, evidence_of
from queries.things import named, resolve_thing

_TIES_SHOWN = 40


@dataclass(frozen=True, slots=True)
class SaidValue:
    """One source's value.

    Attributes:
        note: what was repaired or judged on the way, empty for most.
    """

    source: str
    value: Value
    locator: str
    url: str
    date: str
    licence: str
    ended: str
    note: str


@dataclass(frozen=True, slots=True)
class ShownValue:
    """The value of a property, and the claims behind it.

    Attributes:
        disputed: sources contradict each other.
    """

    value: Value
    label: str
    claims: tuple[SaidValue, ...]
    disputed: bool


@dataclass(frozen=True, slots=True)
class ShownTie:
    """A tie as it reads from the thing that is shown."""

    tie: str
    verb: str
    direction: str
    other: Named
    properties: Properties
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """All that is known of one thing.

    Attributes:
        values: by property name, in the order of the model.
        ties: at most 40 of each kind and direction.
        more_ties: how many more there are, by verb.
        asked: the id that was asked, where it is a former one.
    """

    id: str
    kind: Kind
    name: str
    values: dict[str, ShownValue]
    ties: tuple[ShownTie, ...]
    more_ties: dict[str, int]
    asked: str


def show(view: View, text: str) -> Shown:
    """The thing of that id, former id or name.

    Raises:
        UnknownId: nothing is meant.
        AmbiguousName: several things bear that name.
    """
    ordinal = resolve_thing(view, text)
    node = view.describe(ordinal)
    claims = view.claims(ordinal)
    values = {
        declared.name: _shown_value(declared, node.properties[declared.name], claims)
        for declared in node.kind.properties
        if declared.name in node.properties
    }
    ties, more = _shown_ties(view, ordinal)
    return Shown(node.key, node.kind, node.name, values, ties, more, text.strip())


def _shown_value(declared: Property, value: Value, claims: list[StoredClaim]) -> ShownValue:
    said = tuple(
        SaidValue(
            claim.source.name,
            claim.properties[declared.name],
            claim.locator,
            claim.url or claim.source.url,
            claim.date or claim.source.date,
            claim.source.licence,
            claim.ended,
            claim.note,
        )
        for claim in claims
        if declared.name in claim.properties
    )
    return ShownValue(value, declared.fr, said, differing(declared, [s.value for s in said]))


def _shown_ties(view: View, ordinal: int) -> tuple[tuple[ShownTie, ...], dict[str, int]]:
    shown: list[ShownTie] = []
    more: dict[str, int] = {}
    for tie, columns in view.ties.items():
        for outward in (True, False):
            positions = (columns.by_start if outward else columns.by_end)[ordinal]
            if len(positions) > _TIES_SHOWN:
                more[tie.verb if outward else tie.inverse] = len(positions) - _TIES_SHOWN
            for position in positions[:_TIES_SHOWN]:
                start, end = int(columns.start[position]), int(columns.end[position])
                stored = view.tie(tie, start, end)
                if stored is not None:
                    shown.append(_shown_tie(view, tie, stored, end if outward else start, outward))
    return tuple(shown), more


def _shown_tie(view: View, tie: Tie, stored: StoredTie, other: int, outward: bool) -> ShownTie:
    return ShownTie(
        tie.name,
        tie.verb if outward else tie.inverse,
        "out" if outward else "in",
        named(view, other),
        stored.properties,
        evidence_of(stored.claims),
    )
