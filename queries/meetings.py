"""Who meets whom through whom, here: the graph that brokerage is computed on.

An alliance is not a clique of its members. Who convenes it (leads, initiates, hosts, runs or
founded it) is in contact with each member; a plain member is in contact with the others as Newman
(2001) weighs co-authors, 1/(n-1). Two members of one alliance know each other through it; where
it is the only thing between them, those who convene it are their go-between.
"""

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from graph.model import FOUNDED, FUNDED, MEMBER_OF, ORGANISATION, RUNS, SUPPORTS, MemberRole
from graph.view import View
from queries.presence import Presence

_CONVENERS = {
    tuple(MemberRole).index(role)
    for role in (MemberRole.LEAD, MemberRole.INITIATOR, MemberRole.HOST)
}
_DIRECT = (FOUNDED, RUNS, SUPPORTS, FUNDED)


@dataclass(slots=True)
class Contact:
    """That two organisations are in contact.

    Attributes:
        weight: in (0, 1]: how much of it lies in the place, shared out in a plain membership.
        alliances: those through which they meet; empty for a direct tie only.
        direct: whether a tie joins them without an alliance.
    """

    weight: float = 0.0
    alliances: set[int] = field(default_factory=set)
    direct: bool = False


@dataclass(frozen=True)
class Meetings:
    """The contacts in a place, and who convenes what.

    Attributes:
        contacts: for each organisation those it is in contact with.
        alliances_of: for each organisation the alliances that it takes part in, here.
        conveners: for each alliance those who convene it.
    """

    contacts: dict[int, dict[int, Contact]]
    alliances_of: dict[int, set[int]]
    conveners: dict[int, set[int]]

    def introduces(self, broker: int, a: int, b: int) -> bool:
        """Whether two contacts of a broker would not have met without it.

        They have no direct tie, and share no alliance but those that the broker convenes and
        neither of them does: who convenes an alliance is in contact with each member already.
        """
        between = self.contacts.get(a, {}).get(b)
        if between is not None and between.direct:
            return False
        shared = self.alliances_of.get(a, set()) & self.alliances_of.get(b, set())
        return all(self.conveners[alliance] & {broker, a, b} == {broker} for alliance in shared)


def meetings(view: View, here: Presence) -> Meetings:
    """The contacts between organisations through what touches a place."""
    found = Meetings(defaultdict(dict), defaultdict(set), defaultdict(set))
    for alliance, weight in _alliances_here(view, here):
        members = _members(view, alliance)
        conveners = _conveners(view, alliance)
        found.conveners[alliance] |= conveners
        for member in sorted(members | conveners):
            found.alliances_of[member].add(alliance)
        _meet(found, alliance, weight, members | conveners, conveners)
    _add_direct(view, here, found)
    return found


def _alliances_here(view: View, here: Presence) -> list[tuple[int, float]]:
    """The alliances that act on some territory of the place, with the share of it that does."""
    ends = np.unique(view.ties[MEMBER_OF].end)
    return [(int(a), float(here.share[a])) for a in ends if here.share[a] > 0]


def _members(view: View, alliance: int) -> set[int]:
    return set(view.ties[MEMBER_OF].starts_of(alliance).tolist())


def _conveners(view: View, alliance: int) -> set[int]:
    members = view.ties[MEMBER_OF]
    by_role = {
        int(members.start[p])
        for p in members.by_end[alliance]
        if int(members.role[p]) in _CONVENERS
    }
    by_tie = {s for tie in (FOUNDED, RUNS) for s in view.ties[tie].starts_of(alliance).tolist()}
    return {node for node in by_role | by_tie if view.is_kind(node, ORGANISATION)}


def _meet(
    found: Meetings, alliance: int, weight: float, members: set[int], conveners: set[int]
) -> None:
    shared_out = weight / max(len(members) - 1, 1)
    for a in sorted(members):
        for b in sorted(members):
            if a != b:
                strength = weight if a in conveners or b in conveners else shared_out
                contact = found.contacts[a].setdefault(b, Contact())
                contact.weight = max(contact.weight, strength)
                contact.alliances.add(alliance)


def _add_direct(view: View, here: Presence, found: Meetings) -> None:
    for tie in _DIRECT:
        columns = view.ties[tie]
        for a, b in zip(columns.start.tolist(), columns.end.tolist(), strict=True):
            both = view.is_kind(a, ORGANISATION) and view.is_kind(b, ORGANISATION)
            weight = float(min(here.share[a], here.share[b]))
            if both and weight > 0:
                for one, other in ((a, b), (b, a)):
                    contact = found.contacts[one].setdefault(other, Contact())
                    contact.weight = max(contact.weight, weight)
                    contact.direct = True
