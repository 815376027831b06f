"""Who acts here from outside: with its seat elsewhere, or without a known one."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from graph.columns import Ints, Mask
from graph.model import ACTS_IN, FUNDED, GOVERNS, MEMBER_OF, ORGANISATION, Tie
from graph.view import View
from queries.answers import Fact
from queries.ledger import Taking, ledger, of_kinds, taking, within

_WHY_NOT = "un même acteur compte dans chaque territoire où il agit"


@dataclass(frozen=True, slots=True)
class Outside:
    """One way to act here from outside, and some of those who do."""

    name: str
    label: str
    why_not: str
    count: int
    facts: tuple[Fact, ...]


def outside(view: View, place: int, limit: int) -> Iterator[Outside]:
    """The ways in which actors from outside act in a place, with at most `limit` facts each."""
    known, taken = ledger(view), taking(view)
    local = within(view, place, known.home)
    inside, covered = view.territories.shares(place)
    here = np.zeros(len(view), dtype=np.bool_)
    here[known.thing[within(view, place, known.rank)]] = True
    yield _perimeter(view, ~local, (inside + covered) > 0, limit)
    from_elsewhere = ~local[taken.organisation]
    for name, label, bound in (
        ("outside.alliances", "prend part à une alliance ou un projet d'ici", local),
        ("outside.partners", "fait alliance avec un acteur d'ici", _with_local(taken, local)),
    ):
        mine = from_elsewhere & bound[taken.alliance]
        yield _told(
            view, name, label, MEMBER_OF, taken.organisation[mine], taken.alliance[mine], limit
        )
    funded = view.ties[FUNDED]
    mine = here[funded.end] & ~local[funded.start] & of_kinds(view, funded.start, ORGANISATION)
    label = "a financé ici"
    yield _told(view, "outside.funders", label, FUNDED, funded.start[mine], funded.end[mine], limit)


def _with_local(taken: Taking, local: Mask) -> Mask:
    """Of each node whether somebody from here takes part in it; shape (n,)."""
    found = np.zeros(len(local), dtype=np.bool_)
    found[taken.alliance[local[taken.organisation]]] = True
    return found


def _perimeter(view: View, elsewhere: Mask, touching: Mask, limit: int) -> Outside:
    """Those that say that they act on a territory that touches the place."""
    starts, ends = [], []
    for tie in (ACTS_IN, GOVERNS):
        columns = view.ties[tie]
        mine = (columns.until == 0) & elsewhere[columns.start]
        mine &= of_kinds(view, columns.start, ORGANISATION) & ~view.ended[columns.start]
        mine &= touching[np.searchsorted(view.territories.ordinals, columns.end)]
        starts.append(columns.start[mine])
        ends.append(columns.end[mine])
    label = "dit agir sur ce territoire, ou sur un territoire qui le comprend ou le recoupe"
    start, end = np.concatenate(starts), np.concatenate(ends)
    return _told(view, "outside.perimeter", label, ACTS_IN, start, end, limit)


def _told(
    view: View, name: str, label: str, tie: Tie, starts: Ints, ends: Ints, limit: int
) -> Outside:
    """Each actor once, with the first of what it does here."""
    order = np.lexsort((ends, starts))
    actors, first = np.unique(starts[order], return_index=True)
    facts = tuple(
        Fact(view.keys[actor], tie.name, view.keys[end])
        for actor, end in zip(
            actors[:limit].tolist(), ends[order][first[:limit]].tolist(), strict=True
        )
    )
    return Outside(name, label, _WHY_NOT, len(actors), facts)
