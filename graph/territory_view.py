"""The view of one territory: what a machine needs that serves a region, not the country."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from graph.columns import Array, Mask, Strings, Table
from graph.errors import UnknownId
from graph.model import (
    ACTS_IN,
    ALLIANCE,
    CALL,
    FOUNDED,
    KINDS,
    ORGANISATION,
    PROJECT,
    SEATED_IN,
    SUPPORTS,
    TERRITORY,
    TIES,
    Tie,
)
from graph.view import View

_WHERE = (SEATED_IN, ACTS_IN)
_TOGETHER = (ALLIANCE, PROJECT, CALL)
_BESIDES = (FOUNDED, SUPPORTS)
_COLUMNS = (
    "kind",
    "world",
    "roles",
    "functions",
    "offers",
    "needs",
    "goals",
    "seat",
    "phase",
    "form",
    "started",
    "stopped",
    "ended",
    "collective",
)
_PLACES = ("level", "population", "centre", "extent_indptr", "extent_values")
_TEXTS = ("key", "name", "purpose", "offered", "needed")


def territory_view(view: View, place: str) -> View:
    """The view without what has nothing to do with a territory.

    It has all territories, goals and other things of reference; the organisations that are seated
    or act in a place that has something in common with the territory, with their alliances,
    projects and calls and those that are there, all who take part in these, and what else they
    take part in: so that who introduces whom is told as by the whole. Scores that are drawn from
    all organisations are those of these. Its columns lie beside those of the whole view, and go
    with them.

    Args:
        view: of the whole store.
        place: the id of a territory, or its former one.

    Raises:
        UnknownId: it is not that of a territory.
    """
    ordinal = view.ordinal(place)
    if ordinal is None or not view.is_kind(ordinal, TERRITORY):
        raise UnknownId(place, [])
    rank = view.territories.rank(ordinal)
    name = f"in-{view.keys[ordinal].replace(':', '-')}-1"
    return view.part(name, lambda: _narrowed(view.arrays, _concerned(view, rank)))


def _concerned(view: View, rank: int) -> Mask:
    """Which things have to do with a territory; shape (n,)."""
    apart = np.isin(view.kind, [KINDS.index(kind) for kind in (ORGANISATION, *_TOGETHER)])
    organisation = view.kind == KINDS.index(ORGANISATION)
    place = np.zeros(len(view), dtype=np.bool_)
    place[view.territories.ordinals[view.territories.shares(rank)[0] > 0]] = True
    kept = ~apart | (apart & _starts(view, _WHERE, place))
    members = kept & organisation
    kept |= apart & ~organisation & (_starts(view, TIES, members) | _ends(view, TIES, members))
    gathered = kept & apart & ~organisation
    kept |= organisation & _starts(view, TIES, gathered)
    kept |= organisation & _starts(view, _BESIDES, members)
    people = kept & organisation
    kept |= apart & ~organisation & (_starts(view, TIES, people) | _ends(view, TIES, people))
    return kept


def _starts(view: View, ties: Iterable[Tie], ends: Mask, roles: Sequence[int] = ()) -> Mask:
    """The things from which a tie of some kinds, in some roles, leads to others."""
    found = np.zeros(len(view), dtype=np.bool_)
    for tie in ties:
        columns = view.ties[tie]
        wanted = np.isin(columns.role, roles) if roles else np.ones(len(columns.role), np.bool_)
        found[columns.start[ends[columns.end] & wanted]] = True
    return found


def _ends(view: View, ties: Iterable[Tie], starts: Mask) -> Mask:
    """The things to which a tie of some kinds leads from others."""
    found = np.zeros(len(view), dtype=np.bool_)
    for tie in ties:
        columns = view.ties[tie]
        found[columns.end[starts[columns.start]]] = True
    return found


def _narrowed(arrays: Mapping[str, Array], kept: Mask) -> dict[str, Array]:
    """The columns of some things, all territories among them, with the ties between them."""
    rows = np.flatnonzero(kept)
    ordinals = np.where(kept, np.cumsum(kept) - 1, -1).astype(np.int32)
    numbers = {name: arrays[name][rows] for name in _COLUMNS}
    texts = {name: _texts(arrays, name).take(rows) for name in _TEXTS}
    former = np.flatnonzero(kept[arrays["present"]])
    found = Table({**texts, **numbers}).arrays() | {name: arrays[name] for name in _PLACES}
    found |= _texts(arrays, "former").take(former).arrays("former")
    found["present"] = ordinals[arrays["present"][former]]
    for tie in TIES:
        table = arrays[f"tie_{tie.name}"]
        between = table[kept[table[:, 0]] & kept[table[:, 1]]]
        between[:, :2] = ordinals[between[:, :2]]
        found[f"tie_{tie.name}"] = between
    return found


def _texts(arrays: Mapping[str, Array], name: str) -> Strings:
    return Strings(arrays[f"{name}_data"], arrays[f"{name}_offsets"])
