"""Who took part in what, and when, claim by claim: one edition of a long alliance is one."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from graph.columns import Floats, Ints
from graph.model import (
    ALLIANCE,
    CARRIES,
    FOUNDED,
    MEMBER_OF,
    ORGANISATION,
    PROJECT,
    RUNS,
    MemberRole,
    Tie,
)
from graph.store import Reader, StoredClaim
from graph.view import View
from graph.view_columns import as_day
from queries.matching.history import (
    Alliances,
    Organisations,
    Participations,
    participations_of,
    years,
)

# The ties and the roles by which `queries.matching.history` counts participations.
_TIES = (MEMBER_OF, FOUNDED, RUNS, CARRIES)
_LEADS = frozenset([MemberRole.LEAD.value, MemberRole.INITIATOR.value, MemberRole.HOST.value])


@dataclass(frozen=True, slots=True, order=True)
class _Told:
    """One claim of a participation, its days as YYYYMMDD."""

    end: int
    start: int
    since: int
    until: int
    led: bool


def dated_participations(
    view: View, store: Reader, organisations: Organisations
) -> tuple[Alliances, Participations]:
    """The alliances of a store, an edition each, and each claim that one took part.

    A merged tie says from when to when, and hides the years between: a contract that an
    organisation joined in 2020 and again in 2022 is not one of 2021. An alliance that has a
    beginning of its own is one edition; another one is one for each year in which claims about
    it begin.
    """
    told = sorted(set(_claims(view, store)))
    columns = np.array([(t.end, t.start, t.since, t.until, t.led) for t in told], dtype=np.int64)
    end, start, since, until, led = columns.reshape(-1, 5).T
    year = np.where(view.started[end] > 0, 0, since // 10_000)
    editions, alliance = np.unique(np.stack([end, year]), axis=1, return_inverse=True)
    alliances = _editions(view, organisations, editions[0], editions[1])
    return alliances, Participations(
        organisation=np.searchsorted(organisations.ordinals, start),
        alliance=alliance.ravel(),
        since=years(since),
        until=years(until),
        led=led.astype(np.bool_),
    )


def _claims(view: View, store: Reader) -> Iterator[_Told]:
    for tie in _TIES:
        for stored in store.scan_ties(tie):
            start, end = view.ordinal(stored.start), view.ordinal(stored.end)
            if start is None or end is None or not view.is_kind(start, ORGANISATION):
                continue
            if view.is_kind(end, ALLIANCE) or view.is_kind(end, PROJECT):
                for claim in stored.claims:
                    yield _told(tie, start, end, claim)


def _told(tie: Tie, start: int, end: int, claim: StoredClaim) -> _Told:
    said = claim.properties
    led = tie is not MEMBER_OF or said.get("role") in _LEADS
    until = as_day(said.get("until", claim.ended or None))
    return _Told(end, start, as_day(said.get("since")), until, led)


def _editions(view: View, organisations: Organisations, nodes: Ints, year: Ints) -> Alliances:
    """The editions with the themes and sites that their alliance has today."""
    whole, _ = participations_of(view, organisations)
    row = np.searchsorted(whole.ordinals, nodes)
    began: Floats = np.where(year > 0, year.astype(np.float64), years(view.started[nodes]))
    return Alliances(nodes, whole.themes[row], whole.sites[row], began)
