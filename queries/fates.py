"""What became of an alliance, and what do the sources say of it?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from graph.claims import Properties
from graph.columns import Array, Ints, Mask
from graph.model import ALLIANCE, Outcome, Phase, Term
from graph.store import StoredClaim, StoredNode
from graph.view import View
from queries.answers import Evidence, evidence_of

_FORMAT = 1  # of the columns of ends; a change makes new ones


class Fate(Term):
    """What became of an alliance, as far as the sources say."""

    WORKED = "worked", "a porté ses fruits", "worked"
    STOPPED = "stopped", "s'est arrêtée", "stopped"
    RUNNING = "running", "est en cours", "running"
    UNKNOWN = "unknown", "issue inconnue", "unknown outcome"


@dataclass(frozen=True)
class Ends:
    """How alliances ended, as columns.

    Attributes:
        outcome: index into `Outcome`, -1 when not said; shape (n,).
        explained: whether it has ended and a source says why; shape (n,).
    """

    outcome: Ints
    explained: Mask


@dataclass(frozen=True, slots=True)
class Said:
    """What sources say of one aspect of the life of an alliance, in their words."""

    text: str
    evidence: tuple[Evidence, ...]


_ALIVE = {
    phase.value
    for phase in (Phase.EMERGENCE, Phase.EXPERIMENTATION, Phase.DEPLOYMENT, Phase.RUNNING)
}


def ends_of(view: View) -> Ends:
    """How the alliances of a view ended; made once per generation."""
    found = view.derived(f"ends-{_FORMAT}", lambda: _ends(view))
    return Ends(found["outcome"], found["explained"])


def _ends(view: View) -> dict[str, Array]:
    codes = [term.value for term in Outcome]
    outcome = np.full(len(view), -1, dtype=np.int8)
    explained = np.zeros(len(view), dtype=np.bool_)
    for node in view.of_kind(ALLIANCE).tolist():
        said = view.describe(node).properties
        told = said.get("outcome")
        outcome[node] = codes.index(told) if isinstance(told, str) and told in codes else -1
        explained[node] = bool(said.get("exit_reason")) and bool(view.ended[node])
    return {"outcome": outcome, "explained": explained}


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
