"""What became of an alliance, and what do the sources say of it?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from graph.claims import Properties
from graph.model import Outcome, Phase, Term
from graph.store import StoredClaim, StoredNode
from queries.answers import Evidence, evidence_of


class Fate(Term):
    """What became of an alliance, as far as the sources say."""

    WORKED = "worked", "a porté ses fruits", "worked"
    STOPPED = "stopped", "s'est arrêtée", "stopped"
    RUNNING = "running", "est en cours", "running"
    UNKNOWN = "unknown", "issue inconnue", "unknown outcome"


@dataclass(frozen=True, slots=True)
class Said:
    """What sources say of one aspect of the life of an alliance, in their words."""

    text: str
    evidence: tuple[Evidence, ...]


_ALIVE = {
    phase.value
    for phase in (Phase.EMERGENCE, Phase.EXPERIMENTATION, Phase.DEPLOYMENT, Phase.RUNNING)
}


def fate_of(alliance: StoredNode, day: date) -> Fate:
    """What became of an alliance by a day.

    It stopped where a source says that it failed, why it ended, or that it ended with a mixed
    result. To have come to its term says nothing of how: that is an unknown outcome.
    """
    said = alliance.properties
    outcome = said.get("outcome")
    if outcome == Outcome.WORKS.value:
        return Fate.WORKED
    over = is_over(alliance, day)
    mixed_end = over and outcome == Outcome.MIXED.value
    if outcome == Outcome.FAILED.value or said.get("exit_reason") or mixed_end:
        return Fate.STOPPED
    if not over and (said.get("phase") in _ALIVE or said.get("ended")):
        return Fate.RUNNING
    return Fate.UNKNOWN


def is_over(alliance: StoredNode, day: date) -> bool:
    """Whether an alliance has ended by a day, or no source speaks of it any more."""
    ended = alliance.properties.get("ended")
    # As precise as known: what ends in « 2026 » is over on the first day of 2027.
    past = isinstance(ended, str) and ended < day.isoformat()[: len(ended)]
    return alliance.ended or past or alliance.properties.get("phase") == Phase.ENDED.value


def said_of(properties: Properties, claims: Sequence[StoredClaim], name: str) -> Said | None:
    """What is said of a property of an alliance, with who says so; None where nothing is."""
    value = properties.get(name)
    if not isinstance(value, str):
        return None
    return Said(value, evidence_of(c for c in claims if c.properties.get(name) == value))
