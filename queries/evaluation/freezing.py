"""What organisations were known to be on a day: their name, world, seat and fields of action."""

import copy
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from graph.columns import Ints, Rows, Strings
from graph.identity import identities
from graph.merge import in_order_of_trust, merged
from graph.model import ACTS_IN, KINDS, ORGANISATION, SEATED_IN, TERRITORY, Tie, World
from graph.store import Reader, StoredClaim
from graph.view import TieColumns, View
from graph.view_columns import as_day


def frozen(view: View, store: Reader, day: str) -> View:
    """The view, with the organisations as they were known on a day (ISO 8601).

    Of what is said of an organisation and bears a date, what came before that day counts; of one
    that only came later, what was said first, as a register would give it at its beginning. What
    bears no date is a register's, and stays. The date of a claim says when it was so.
    """
    seen = copy.copy(view)
    _describe(seen, store, day)
    ties = dict(view.ties)
    for tie in (SEATED_IN, ACTS_IN):
        ties[tie] = _ties_before(view, store, tie, day)
    seen.ties = ties
    seen.seat = _seats(seen)
    return seen


def known_before(claims: Sequence[StoredClaim], day: str) -> list[StoredClaim]:
    """The claims that count on a day: undated or earlier ones, else those of the first date."""
    before = [claim for claim in claims if claim.date < day]
    if any(claim.date for claim in before) or not any(claim.date for claim in claims):
        return before
    first = min(claim.date for claim in claims if claim.date)
    return [claim for claim in claims if claim.date <= first]


def _describe(seen: View, store: Reader, day: str) -> None:
    """Set the names and worlds of that day."""
    names = {}
    world = seen.world.copy()
    for key, claims in _dated(store).items():
        ordinal = seen.ordinal(key)
        if ordinal is None:
            continue
        kept = _undated(known_before(claims, day))
        said = merged(ORGANISATION, in_order_of_trust(kept))
        names[ordinal] = str(said.get("name", seen.names[ordinal]))
        world[ordinal] = _WORLDS.get(str(said.get("world")), -1)
    seen.names = Strings.of(names.get(ordinal, seen.names[ordinal]) for ordinal in range(len(seen)))
    seen.world = world


_WORLDS = {world.value: index for index, world in enumerate(World)}


def _dated(store: Reader) -> Mapping[str, list[StoredClaim]]:
    """The claims about each organisation of which a dated one speaks, by its id of today."""
    known = identities(store.judgements())
    found: dict[str, list[StoredClaim]] = defaultdict(list)
    for key, kind, claim in store.scan_node_claims():
        if kind is ORGANISATION:
            found[known.get(key, key)].append(claim)
    return {key: claims for key, claims in found.items() if any(each.date for each in claims)}


def _undated(claims: Iterable[StoredClaim]) -> list[StoredClaim]:
    """The claims without the dates: the later of two rows is not for that the better one."""
    return [replace(claim, date="") for claim in claims]


def _ties_before(view: View, store: Reader, tie: Tie, day: str) -> TieColumns:
    """The ties of organisations as they were known on a day; those of others as they are."""
    told: dict[str, list[tuple[str, StoredClaim]]] = defaultdict(list)
    for each in store.scan_ties(tie):
        told[each.start] += [(each.end, claim) for claim in each.claims]
    rows = []
    for start, claims in told.items():
        ordinal = view.ordinal(start)
        if ordinal is None:
            continue
        if view.is_kind(ordinal, ORGANISATION):
            kept = {id(claim) for claim in known_before([claim for _, claim in claims], day)}
            claims = [(end, claim) for end, claim in claims if id(claim) in kept]
        rows += _rows_of(view, tie, ordinal, claims)
    table = np.array(rows, dtype=np.int32).reshape(-1, 4)
    table = table[np.lexsort((table[:, 1], table[:, 0]))]
    starts, ends, since, until = table.T
    by_start, by_end = Rows.grouped(starts, len(view)), Rows.grouped(ends, len(view))
    return TieColumns(starts, ends, since, until, np.full(len(table), -1), by_start, by_end)


def _rows_of(
    view: View, tie: Tie, ordinal: int, claims: Iterable[tuple[str, StoredClaim]]
) -> list[tuple[int, int, int, int]]:
    by_end: dict[str, list[StoredClaim]] = defaultdict(list)
    for end, claim in claims:
        by_end[end].append(claim)
    rows = []
    for key, said in by_end.items():
        other = view.ordinal(key)
        if other is not None:
            values = merged(tie, in_order_of_trust(_undated(said)))
            gone = "" if any(not claim.ended for claim in said) else max(c.ended for c in said)
            until = as_day(values.get("until", gone or None))
            rows.append((ordinal, other, as_day(values.get("since")), until))
    return rows


def _seats(seen: View) -> Ints:
    """The rank of the territory of each seat: of several the one that lasts, that began last."""
    seat = np.full(len(seen), -1, dtype=np.int32)
    tie = seen.ties[SEATED_IN]
    order = np.lexsort((tie.end, tie.since, tie.until == 0))
    order = order[seen.kind[tie.end[order]] == KINDS.index(TERRITORY)]
    seat[tie.start[order]] = np.searchsorted(seen.territories.ordinals, tie.end[order])
    return seat
