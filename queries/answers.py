"""What every answer is made of: resolved things, reasons, and the evidence of each."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from graph.store import StoredClaim


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


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is an answer, in one sentence, with its evidence.

    Attributes:
        to_check: the fact is not known; the reason says what to verify (« à vérifier »).
    """

    kind: ReasonKind
    text: str
    evidence: tuple[Evidence, ...]
    to_check: bool = False


def evidence_of(claims: Iterable[StoredClaim]) -> tuple[Evidence, ...]:
    """The evidence that claims are, without repetition, in their order."""
    found = (Evidence(c.source.name, c.locator, c.url or c.source.url) for c in claims)
    return tuple(dict.fromkeys(found))
