"""Who could finance: open calls, and those who financed, have that role or offer financing."""

from calendar import monthrange
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from graph.claims import Value
from graph.columns import Ints, Mask
from graph.model import (
    ALLIANCE,
    CALL,
    FOUNDED,
    FUNDED,
    GAVE_RISE_TO,
    KINDS,
    MEMBER_OF,
    OFFERS,
    OPENED,
    ORGANISATION,
    RUNS,
    AllianceType,
    Means,
    MemberRole,
    World,
    means_lever,
)
from graph.view import View, once_a_view
from queries.masks import mask_of
from queries.seekers import VALUE, Seekers
from queries.terrain import Terrain, reach, terrain

_NOBODY: Ints = np.zeros(0, dtype=np.int64)
_FUNDER = tuple(MemberRole).index(MemberRole.FUNDER)
_FUND = tuple(AllianceType).index(AllianceType.FUND)


@dataclass(frozen=True)
class Funder:
    """A call or a funder, with its conditions.

    Attributes:
        declared: the ranks of the territories where it acts or that it governs.
        known: the same; where there are none, that of its seat.
        financed_in: those of what it financed.
        goals, financed_goals, offers: bit masks, 0 when unknown.
        reached: the territories of all these, and their atoms.
        worlds: the worlds that a call admits, or that a funder financed; bit mask.
        opens, closes: the first and the last day of a call, None when unknown.
        actors: itself, and who opened a call, ascending.
        acquaintances: the ordinals of these and of all that they have met, ascending.
    """

    node: int
    is_call: bool
    declared: Ints
    known: Ints
    financed_in: Ints
    reached: Ints
    goals: int
    financed_goals: int
    offers: int
    worlds: int
    opens: date | None = None
    closes: date | None = None
    actors: Ints = field(default_factory=lambda: _NOBODY)
    acquaintances: Ints = field(default_factory=lambda: _NOBODY)


@once_a_view
def funders(view: View) -> tuple[list[Funder], int]:
    """All calls and funders, by ordinal, and how many others have ended; made once."""
    nodes, ground = _funding(view), terrain(view)
    gone = view.ended[nodes]
    found = [_funder(view, ground, int(node)) for node in nodes[~gone]]
    return [_acquainted(view, each) for each in found], int(gone.sum())


def _funding(view: View) -> Ints:
    members = view.ties[MEMBER_OF]
    lever = view.ordinal(means_lever(Means.VALUE))
    offering = view.ties[OFFERS].starts_of(lever) if lever is not None else np.zeros(0, np.int32)
    alliances = view.of_kind(ALLIANCE)
    all_of_them = np.concatenate(
        [
            view.ties[FUNDED].start,
            members.start[members.role == _FUNDER],
            offering,
            alliances[view.form[alliances] == _FUND],
        ]
    )
    kinds = [KINDS.index(kind) for kind in (ORGANISATION, ALLIANCE)]
    actors = np.unique(all_of_them[np.isin(view.kind[all_of_them], kinds)])
    return np.union1d(actors, view.of_kind(CALL)).astype(np.int64)


def _funder(view: View, ground: Terrain, node: int) -> Funder:
    if view.is_kind(node, CALL):
        return _call(view, ground, node)
    financed = view.ties[FUNDED].ends_of(node)
    places = [ground.known[end] for end in financed.tolist()]
    financed_in = np.unique(np.concatenate([*places, _NOBODY])).astype(np.int64)
    return Funder(
        node,
        False,
        ground.declared[node],
        ground.known[node],
        financed_in,
        reach(view, np.concatenate([ground.declared[node], ground.known[node], financed_in])),
        int(view.goals[node]),
        _union(view.goals[financed]),
        int(view.offers[node]) | (VALUE if _is_known_to_fund(view, node) else 0),
        _union(ground.worlds[financed]),
    )


def _is_known_to_fund(view: View, node: int) -> bool:
    """Whether it financed something, has the role of a funder, or is a fund."""
    members = view.ties[MEMBER_OF]
    role = any(int(members.role[p]) == _FUNDER for p in members.by_start[node])
    return role or len(view.ties[FUNDED].by_start[node]) > 0 or int(view.form[node]) == _FUND


def _union(masks: Ints) -> int:
    return int(np.bitwise_or.reduce(masks.astype(np.int64))) if len(masks) else 0


def _call(view: View, ground: Terrain, node: int) -> Funder:
    said = view.describe(node).properties
    admitted = said.get("worlds", [])
    codes = admitted if isinstance(admitted, list) else []
    return Funder(
        node,
        True,
        ground.declared[node],
        ground.known[node],
        _NOBODY,
        reach(view, np.concatenate([ground.declared[node], ground.known[node]])),
        int(view.goals[node]),
        0,
        int(view.offers[node]),
        mask_of(World, {world for world in World if world.value in codes}),
        _first_day(said.get("opens")),
        _last_day(said.get("closes")),
    )


def _first_day(iso: Value | None) -> date | None:
    year, month, day = _parts(iso)
    return date(year, month or 1, day or 1) if year else None


def _last_day(iso: Value | None) -> date | None:
    """The last day that a date may mean: `2022-03` closes on 31 March."""
    year, month, day = _parts(iso)
    return date(year, month or 12, day or monthrange(year, month or 12)[1]) if year else None


def _parts(iso: Value | None) -> tuple[int, int, int]:
    if not isinstance(iso, str):
        return 0, 0, 0
    year, month, day = [int(part) for part in [*iso.split("-"), "0", "0"][:3]]
    return year, month, day


def openers(view: View, call: int) -> list[int]:
    """The organisations that opened a call; none for what is no call."""
    return [int(node) for node in view.ties[OPENED].starts_of(call)]


def met(funder: Funder, seekers: Seekers) -> Mask:
    """With which seekers a funder or call has met, or is one; shape (seekers,).

    It financed them, something came from it, or they share an alliance that it takes part in, runs
    or financed. A funder that has met who carries a project has met the project. A call has not:
    its opener may have financed the same carrier for something else.
    """
    found = _holds(funder.acquaintances, seekers.nodes)
    known = funder.actors if funder.is_call else funder.acquaintances
    carriers = _holds(known, seekers.carrier)
    found[seekers.carried[carriers]] = True
    return found


def _holds(ascending: Ints, nodes: Ints) -> Mask:
    """Which of some nodes are among others."""
    at = np.minimum(np.searchsorted(ascending, nodes), len(ascending) - 1)
    return np.asarray(ascending[at] == nodes)


def _acquainted(view: View, funder: Funder) -> Funder:
    """A funder or call with whom its actors have met."""
    actors = np.unique([funder.node, *openers(view, funder.node)])
    known = np.zeros(len(view), dtype=np.bool_)
    alliances = np.zeros(len(view), dtype=np.bool_)
    alliances[actors] = True
    for tie in (MEMBER_OF, FOUNDED, RUNS, *(() if funder.is_call else (FUNDED,))):
        for actor in actors.tolist():
            alliances[view.ties[tie].ends_of(actor)] = True
    alliances &= view.kind == KINDS.index(ALLIANCE)
    members = view.ties[MEMBER_OF]
    for alliance in np.flatnonzero(alliances).tolist():
        known[members.starts_of(alliance)] = True
    for tie in (FUNDED, GAVE_RISE_TO):
        for actor in actors.tolist():
            known[view.ties[tie].ends_of(actor)] = True
    known[actors] = True
    met_by_them = np.flatnonzero(known | alliances).astype(np.int32)
    return replace(funder, actors=actors, acquaintances=met_by_them)
