"""What every answer is made of: resolved things, reasons, and the evidence of each."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from graph.store import StoredClaim, StoredTie


@dataclass(frozen=True, slots=True)
class Named:
    """A thing by its id and its name."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a fact comes from: the source, the place in it, a link where there is one."""

    source: str
    locator: str
    url: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact that a reason rests on, by ids: it can be looked up, and taken away.

    Attributes:
        subject: the id of the thing.
        relation: the name of a kind of tie (`MEMBER_OF`), or of a property (`world`).
        object: the id at the other end of the tie, empty for a property.
    """

    subject: str
    relation: str
    object: str = ""


class ReasonKind(StrEnum):
    """On what a reason rests."""

    GIVEN = "given"
    RECEIVED = "received"
    GOAL = "goal"
    PLACE = "place"
    PATH = "path"
    WORLD = "world"
    EXPERIENCE = "experience"
    FUNCTION = "function"
    TEXT = "text"
    HOME = "home"
    DIRECT = "direct"
    KIN = "kin"
    THEME = "theme"
    PARTNERS = "partners"
    CONVENER = "convener"
    FRESH = "fresh"
    TOGETHER = "together"
    COMPETITION = "competition"
    CEASED = "ceased"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is an answer, in one sentence, with its evidence.

    Attributes:
        to_check: the fact is not known; the reason says what to verify (« à vérifier »).
        facts: what it rests on, by ids, in the order of the sentence.
        against: it speaks against working together, or calls for care.
    """

    kind: ReasonKind
    text: str
    evidence: tuple[Evidence, ...]
    to_check: bool = False
    facts: tuple[Fact, ...] = ()
    against: bool = False


def evidence_of(claims: Iterable[StoredClaim]) -> tuple[Evidence, ...]:
    """The evidence that claims are, without repetition, in their order."""
    found = (Evidence(c.source.name, c.locator, c.url or c.source.url) for c in claims)
    return tuple(dict.fromkeys(found))


def fact_of(tie: StoredTie) -> Fact:
    """A tie as a fact."""
    return Fact(tie.start, tie.tie.name, tie.end)


def reason_of(
    kind: ReasonKind, text: str, ties: Iterable[StoredTie], *, against: bool = False
) -> Reason:
    """A reason that rests on ties, each told once, with their evidence."""
    known = list({fact_of(tie): tie for tie in ties}.values())
    claims = [claim for tie in known for claim in tie.claims]
    facts = tuple(map(fact_of, known))
    return Reason(kind, text, evidence_of(claims), facts=facts, against=against)
