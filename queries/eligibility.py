"""Who may be an answer, who is left out and why, and what to change when nobody is left."""

from dataclasses import dataclass

import numpy as np

from graph.columns import Ints, Mask
from graph.model import MEMBER_OF, ORGANISATION, Role, World
from graph.view import View
from queries.answers import Named
from queries.partner_request import Search, ceased
from queries.presence import By, Presence, presence
from queries.spots import spots_of, within
from queries.things import named
from queries.wider import Wider, widened

_CATALYSTS_SHOWN = 5
_CATALYST = 1 << tuple(Role).index(Role.CATALYST)


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition that an answer satisfies.

    Attributes:
        reason: the name under which those who fail it are counted.
        passes: who satisfies it; shape (organisations,).
    """

    reason: str
    passes: Mask


@dataclass(frozen=True, slots=True)
class Without:
    """How many there would be without one condition, all others kept."""

    condition: str
    count: int


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do where nobody answers.

    Attributes:
        without: the conditions that leave everybody out, by how many each one alone holds back.
        wider: territories around the place where there is somebody, the nearest first.
        catalysts: who acts as a territorial catalyst here, the nearest first.
    """

    without: tuple[Without, ...]
    wider: tuple[Wider, ...]
    catalysts: tuple[Named, ...]


def eligible(view: View, search: Search) -> tuple[Ints, dict[str, int]]:
    """The ordinals of those who could answer, and how many others for each reason.

    Each one who is left out is counted once, for the first condition that it fails.
    """
    organisations = view.of_kind(ORGANISATION)
    keep = np.ones(len(organisations), dtype=np.bool_)
    left_out: dict[str, int] = {}
    for rule in rules(view, search, search.here):
        if held_back := int((keep & ~rule.passes).sum()):
            left_out[rule.reason] = held_back
        keep &= rule.passes
    return organisations[keep], left_out


def rules(view: View, search: Search, here: Presence) -> list[Rule]:
    """The conditions of a search, in a place."""
    organisations = view.of_kind(ORGANISATION)
    found = [
        Rule("elsewhere", here.nearness[organisations] > 0),
        Rule("ended", ~ceased(view)[organisations]),
    ]
    if search.question.seats:
        spots = spots_of(view)[organisations]
        found.append(Rule("outside_box", within(spots, search.question.seats)))
    if search.question.worlds:
        wanted = [tuple(World).index(w) for w in search.question.worlds]
        found.append(Rule("other_world", np.isin(view.world[organisations], wanted)))
    if search.me is not None:
        found.append(Rule("itself", organisations != search.me))
        together = together_now(view, search.me)
        found.append(Rule("already_together", ~np.isin(organisations, together)))
    return found


def together_now(view: View, me: int) -> list[int]:
    """Who is in a running alliance with an organisation already."""
    members = view.ties[MEMBER_OF]
    running = [
        int(members.end[p])
        for p in members.by_start[me]
        if not members.until[p] and not view.ended[members.end[p]]
    ]
    return [
        int(members.start[p])
        for alliance in running
        for p in members.by_end[alliance]
        if not members.until[p]
    ]


def advice(view: View, search: Search) -> Advice:
    """What would give an answer: a condition less, a wider place, the catalysts to ask."""
    here = rules(view, search, search.here)
    without = [
        Without(one.reason, _count([rule for rule in here if rule is not one]))
        for one in here
        if one.reason not in ("itself", "elsewhere")
    ]
    held_back = [each for each in without if each.count]

    def inside(rank: int) -> int:
        return _count(rules(view, search, presence(view, rank)))

    return Advice(
        tuple(sorted(held_back, key=lambda each: (-each.count, each.condition))),
        widened(view, search.rank, inside, len(eligible(view, search)[0])),
        tuple(named(view, node) for node in catalysts_of(view, search.here)),
    )


def _count(kept: list[Rule]) -> int:
    return int(np.logical_and.reduce([rule.passes for rule in kept]).sum())


def catalysts_of(view: View, here: Presence) -> list[int]:
    """The territorial catalysts known to be in a place, the nearest first; at most five."""
    known = (here.nearness > 0) & (here.by != By.UNKNOWN)
    catalysts = np.flatnonzero(known & ((view.roles & _CATALYST) > 0) & ~ceased(view))
    order = np.lexsort((catalysts, -here.nearness[catalysts]))
    return [int(node) for node in catalysts[order][:_CATALYSTS_SHOWN]]
