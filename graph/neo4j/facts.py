"""What a reader keeps of a Neo4j store beside the columns of a view, to make the next ones.

For each id that a source uses and for each tie between two such ids what it amounts to by itself,
as numbers and words (`graph.view_columns`); the claims only where several sources or records
speak of one thing, for their merge depends on the sources. Identities are applied when columns are
made of it. So what changed in the store replaces its own rows, and nothing else has to be thought
of.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import orjson

from graph.claims import Source
from graph.columns import Array, Ints, Mask, Strings, Table
from graph.model import TIES, Tie
from graph.neo4j.scope import Scope
from graph.neo4j.versions import node_of, tie_values
from graph.view_columns import TieRows, derived, in_order, things_of

_NODES = 20_000  # whose claims are held at once


@dataclass(frozen=True)
class Facts:
    """What a store says in one generation, by the ids that sources use.

    Attributes:
        ids: of all things that are described or that a tie mentions, sorted.
        things: those that are described, sorted: the columns of `things_of`, `id` (the rank in
            `ids`) and `said` (the claims as JSON, where there are several).
        ties: of each kind `row` and `words` as in `TieRows`, between ranks in `ids`, sorted; and
            `said`.
    """

    ids: Strings
    things: Table
    ties: Mapping[Tie, Table]

    def arrays(self) -> dict[str, Array]:
        """All of it as plain arrays, by name."""
        arrays = self.ids.arrays("ids") | self.things.arrays("thing.")
        for tie, table in self.ties.items():
            arrays |= table.arrays(f"{tie.name}.")
        return arrays

    @classmethod
    def of(cls, arrays: Mapping[str, Array]) -> "Facts":
        """What `arrays` gave."""
        ids = Table.of(arrays, "ids").texts("")
        ties = {tie: Table.of(arrays, f"{tie.name}.") for tie in TIES}
        return cls(ids, Table.of(arrays, "thing."), ties)


class Gathering:
    """Takes what a server says, and makes `Facts` of it."""

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self._sources = sources
        self._ids: dict[str, int] = {}
        self._waiting: list[tuple[str, Sequence[str]]] = []
        self._things: list[Table] = []
        self._gone: list[int] = []
        self._ties = {tie.name: TieRows(tie) for tie in TIES}
        self._said: dict[str, dict[int, str]] = {tie.name: {} for tie in TIES}
        self._cut: dict[str, list[tuple[int, int]]] = {tie.name: [] for tie in TIES}

    def add_thing(self, key: str, texts: Sequence[str]) -> None:
        """Take the claims about a thing; without any, it is gone."""
        if not texts:
            self._gone.append(self._id(key))
            return
        self._waiting.append((key, texts))
        if len(self._waiting) >= _NODES:
            self._lay_out()

    def add_ties(self, start: str, said: Iterable[tuple[str, str, Sequence[str]]]) -> None:
        """Take ties that start at an id, of each its kind, its end and the claims about it.

        One without claims is gone.
        """
        first = self._id(start)
        for name, end, texts in said:
            ends, rows = (first, self._id(end)), self._ties[name]
            if not texts:
                self._cut[name].append(ends)
                continue
            if len(texts) > 1:
                self._said[name][len(rows)] = orjson.dumps(texts).decode()
            rows.add(*ends, tie_values(rows.tie, texts, self._sources))

    def _id(self, key: str) -> int:
        return self._ids.setdefault(key, len(self._ids))

    def _lay_out(self) -> None:
        rows, self._waiting = self._waiting, []
        table = things_of([node_of(key, texts, self._sources) for key, texts in rows])
        said = (orjson.dumps(texts).decode() if len(texts) > 1 else "" for _, texts in rows)
        ids = np.array([self._id(key) for key, _ in rows], dtype=np.int32)
        self._things.append(table.with_columns({"id": ids, "said": Strings.of(said)}))

    def done(self) -> tuple[Facts, "Gone"]:
        """What was taken."""
        self._lay_out()
        keys = sorted(self._ids)
        rank = np.empty(len(keys), dtype=np.int32)
        rank[[self._ids[key] for key in keys]] = np.arange(len(keys))
        things = _by_id(_ranked(Table.joined(self._things), rank))
        ties, cut = {}, {}
        for tie in TIES:
            table = self._ties[tie.name].table()
            said = Strings.sparse(len(table), self._said[tie.name])
            ties[tie] = in_order(_between(table, rank).with_columns({"said": said}))
            cut[tie] = rank[np.array(self._cut[tie.name], dtype=np.int32).reshape(-1, 2)]
        gone = rank[np.array(self._gone, dtype=np.int32)]
        return Facts(Strings.of(keys), things, ties), Gone(gone, cut)


@dataclass(frozen=True)
class Gone:
    """What nobody speaks of any more.

    Attributes:
        things: ranks of ids.
        ties: of each kind the ranks of both ends; shape (k, 2).
    """

    things: Ints
    ties: Mapping[Tie, Ints]


def _ranked(things: Table, rank: Ints) -> Table:
    return things.with_columns({"id": rank[things["id"]]})


def _by_id(things: Table) -> Table:
    return things.take(np.argsort(things["id"]))


# What changed ------------------------------------------------------------------------------------


def replaced(old: Facts, new: Facts, gone: Gone) -> Facts:
    """The facts, with what is newer in place of what was said of the same things and ties."""
    ids, of_old, of_new = united(old.ids, new.ids)
    was, now = _ranked(old.things, of_old), _ranked(new.things, of_new)
    stale = np.isin(was["id"], np.concatenate([now["id"], of_new[gone.things]]))
    things = _by_id(Table.joined([was.take(np.flatnonzero(~stale)), now]))
    ties = {}
    for tie in TIES:
        before, after = _between(old.ties[tie], of_old), _between(new.ties[tie], of_new)
        told = np.concatenate([after["row"][:, :2], of_new[gone.ties[tie]]])
        stale = np.isin(_pairs(before["row"]), _pairs(told))
        kept = before.take(np.flatnonzero(~stale))
        ties[tie] = in_order(Table.joined([kept, after]))
    return Facts(ids, things, ties)


def united(one: Strings, other: Strings) -> tuple[Strings, Ints, Ints]:
    """Two sorted columns of texts as one, each text once; and where those of both are in it."""
    texts = [other.raw(at) for at in range(len(other))]
    every = range(len(one))
    places = np.array([bisect_left(every, text, key=one.raw) for text in texts], dtype=np.int64)
    there = [
        at < len(one) and one.raw(at) == text
        for at, text in zip(places.tolist(), texts, strict=True)
    ]
    fresh = np.flatnonzero(~np.array(there, dtype=np.bool_))
    of_one = np.arange(len(one)) + np.searchsorted(places[fresh], np.arange(len(one)), "right")
    of_other = np.empty(len(other), dtype=np.int64)
    of_other[fresh] = places[fresh] + np.arange(len(fresh))
    met = np.flatnonzero(there)
    of_other[met] = of_one[places[met]]
    order = np.empty(len(one) + len(fresh), dtype=np.int64)
    order[of_one] = np.arange(len(one))
    order[of_other[fresh]] = len(one) + fresh
    united = Strings.joined([one, other]).take(order)
    return united, of_one.astype(np.int32), of_other.astype(np.int32)


def _between(ties: Table, rank: Ints) -> Table:
    row = ties["row"].copy()
    row[:, :2] = rank[row[:, :2]]
    return ties.with_columns({"row": row})


def _pairs(rows: Array) -> Array:
    pairs: Array = rows[:, 0].astype(np.int64) << 32 | rows[:, 1]
    return pairs


# The columns of a view ---------------------------------------------------------------------------


def columns_of(scope: Scope, facts: Facts, aliases: Iterable[tuple[str, str]]) -> dict[str, Array]:
    """The columns of a view, the same as `graph.view_columns.build` gives of the whole store."""
    things, ordinals = _wholes(scope, facts)
    joined = np.zeros(len(facts.ids), dtype=np.bool_)
    joined[_found(facts.ids, scope.ids_of_identities)] = True
    ties = {tie: _ties(scope, facts, tie, joined, ordinals, things) for tie in TIES}
    return derived(things, ties, aliases)


def _found(texts: Strings, wanted: Iterable[str]) -> list[int]:
    return [at for at in map(texts.find, wanted) if at is not None]


def _wholes(scope: Scope, facts: Facts) -> tuple[Table, Ints]:
    """The things, those of one identity together; and of each id the ordinal of its own, or -1."""
    keys, said = facts.things.texts("key"), facts.things.texts("said")
    alone = np.ones(len(keys), dtype=np.bool_)
    alone[_found(keys, scope.ids_of_identities)] = False
    several = said.lengths > 0
    merges = np.flatnonzero(alone & several).tolist()
    texts = {keys[at]: orjson.loads(said.raw(at)) for at in merges}
    texts |= scope.identities
    merged = things_of([node_of(key, texts[key], scope.sources) for key in sorted(texts)])
    plain = facts.things.take(np.flatnonzero(alone & ~several))
    _, of_plain, of_merged = united(plain.texts("key"), merged.texts("key"))
    order = np.argsort(np.concatenate([of_plain, of_merged]))
    things = Table.joined([plain.without("id", "said"), merged]).take(order)
    ordinals = np.full(len(facts.ids), -1, dtype=np.int32)
    ordinals[plain["id"]] = of_plain
    for key, ordinal in zip(sorted(texts), of_merged.tolist(), strict=True):
        ordinals[_found(facts.ids, scope.members(key))] = ordinal
    return things, ordinals


def _ties(
    scope: Scope, facts: Facts, tie: Tie, joined: Mask, ordinals: Ints, things: Table
) -> Table:
    table = facts.ties[tie]
    row, said = table["row"], table.texts("said")
    apart = ~(joined[row[:, 0]] | joined[row[:, 1]])
    several = said.lengths > 0
    merged = TieRows(tie)
    for at in np.flatnonzero(apart & several).tolist():
        start, end = ordinals[row[at, :2]].tolist()
        merged.add(start, end, tie_values(tie, orjson.loads(said.raw(at)), scope.sources))
    if not apart.all():
        ids = {facts.ids[at] for at in np.unique(row[~apart, :2]) if joined[at]}
        keys = things.texts("key")
        for one, other, texts in scope.ties_of_ids(tie, sorted(ids)):
            start, end = (-1 if at is None else at for at in (keys.find(one), keys.find(other)))
            merged.add(start, end, tie_values(tie, texts, scope.sources))
    plain = _between(table.take(np.flatnonzero(apart & ~several)), ordinals).without("said")
    every = Table.joined([plain, merged.table()])
    return in_order(every.take(np.flatnonzero((every["row"][:, :2] >= 0).all(axis=1))))
