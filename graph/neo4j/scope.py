"""One generation of the Neo4j store, as a reader sees it from its start to its end."""

import heapq
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

import orjson

from graph.claims import Source
from graph.errors import StoreBusy
from graph.identity import Judgement, Verdict, within_kinds
from graph.model import TIES, Tie
from graph.neo4j import cypher
from graph.neo4j.connection import Connection, Row
from graph.neo4j.versions import kind_of, node_of, state_of
from graph.prepared import former_keys
from graph.store import StoredSource

KEPT_S = 600
"""How long the store keeps a state that a newer one has replaced, for readers that hold it."""

_CHUNK = 2_000  # ids that are asked at once
_PAGE = 3_000  # things in a page of a scan
_FEW = 30_000  # ties of one kind that are read at once
_VERDICTS = {verdict.value: verdict for verdict in Verdict}


class Scope:
    """What the store said in one generation, of which readers know nothing newer.

    Attributes:
        stored: the sources, sorted by name.
        sources: the same, by name.
        commits: when the last generations were written, in milliseconds, the present one last.
        gone: the generation that last removed something; 0 where none did.
    """

    def __init__(self, connection: Connection, state: Row) -> None:
        self._connection = connection
        self._began = time.monotonic()
        _, self.generation, self.stamp, sources, self.commits, self.gone = state
        self.stored = sorted((_source(text) for text in sources), key=lambda s: s.source.name)
        self.sources: Mapping[str, Source] = {s.source.name: s.source for s in self.stored}

    def followed_by(self, generation: int, sources: Sequence[str]) -> "Scope":
        """The generation that is being written."""
        state = [None, generation, "", sources, self.commits, self.gone]
        return Scope(self._connection, state)

    @property
    def is_old(self) -> bool:
        """Whether it may have been swept away, were it not the present generation."""
        return time.monotonic() - self._began > KEPT_S

    def check_age(self) -> None:
        """Say when this generation may have been swept away while it was read.

        Raises:
            StoreBusy: the reader has held it for longer than the store keeps it.
        """
        if not self.is_old:
            return
        [state] = self._connection.read(cypher.STATE)
        if state[1] != self.generation:
            raise StoreBusy(
                "Le dépôt a changé pendant une lecture de plus de dix minutes : recommencez-la."
            )

    # Things ----------------------------------------------------------------------------------

    def texts(self, row: Row) -> Sequence[str]:
        """The claims of a row of the store that count in this generation."""
        claims, since, before = row[-3:]
        if since <= self.generation:
            found: Sequence[str] = claims
            return found
        return state_of(claims, since, before).as_of(self.generation)

    def of_keys(self, keys: Iterable[str]) -> dict[str, Sequence[str]]:
        """The claims about things, by their own ids; only of those that a source describes."""
        asked = [*keys]
        found: dict[str, Sequence[str]] = {}
        for first in range(0, len(asked), _CHUNK):
            chunk = asked[first : first + _CHUNK]
            for row in self._connection.read(cypher.NODES, keys=chunk):
                if texts := self.texts(row):
                    found[row[0]] = texts
        return found

    def of_thing(self, key: str) -> tuple[str, list[str]]:
        """The id by which a thing is known, and the claims about it under all its ids."""
        whole = self.known.get(key, key)
        found = self.of_keys(self.members(key))
        return whole, [text for texts in found.values() for text in texts]

    def scan_things(self) -> Iterator[tuple[str, Sequence[str]]]:
        """All things with their claims, those of one identity together; sorted by id."""
        if not self.known:
            return self._alone()
        return heapq.merge(self._alone(), sorted(self._joined.items()), key=lambda row: row[0])

    def _alone(self) -> Iterator[tuple[str, Sequence[str]]]:
        for key, texts in self.scan_ids():
            if key not in self.ids_of_identities:
                yield key, texts

    def scan_ids(self) -> Iterator[tuple[str, Sequence[str]]]:
        """All ids that a source describes, with the claims; sorted."""
        for rows, _ in self._connection.scan(cypher.SCAN_NODES, _PAGE):
            for row in rows:
                if texts := self.texts(row):
                    yield row[0], texts
        self.check_age()

    @cached_property
    def former(self) -> Mapping[str, str]:
        """Former ids, and the present one; of two present ones, the first."""
        rows = self._connection.read(cypher.RENAMED)
        wholes = {self.known.get(row[0], row[0]) for row in rows if self.texts(row)}
        alone = {row[0]: self.texts(row) for row in rows if row[0] not in self.ids_of_identities}
        found: dict[str, str] = {}
        for key in sorted(wholes):
            node = node_of(key, self.identities.get(key) or alone[key], self.sources)
            for former in former_keys(key, node.properties):
                found.setdefault(former, key)
        return found

    @cached_property
    def undescribed(self) -> frozenset[str]:
        """The ids that ties mention and nobody describes, by themselves or under another id."""
        rows = self._connection.read(cypher.MAYBE_UNDESCRIBED, generation=self.generation)
        alone = {row[0] for row in rows if not self.texts(row)}
        return frozenset(
            (alone - self.ids_of_identities) | ({*self.known.values()} - self._joined.keys())
        )

    # Identities ------------------------------------------------------------------------------

    @cached_property
    def judgements(self) -> list[Judgement]:
        """All judgements, sorted."""
        rows = self._connection.read(cypher.JUDGEMENTS)
        return sorted(judgement_of(text) for row in rows for text in self.texts(row))

    def kinds_of(self, keys: Iterable[str]) -> Mapping[str, str]:
        """The kinds of some ids, of those that a source describes."""
        return {key: kind_of(texts[0]).name for key, texts in self.of_keys(keys).items()}

    @cached_property
    def known(self) -> Mapping[str, str]:
        """For each id that is the same as another, the id by which both are known."""
        same = [j for j in self.judgements if j.verdict is Verdict.SAME]
        keys = {key for j in same for key in (j.one, j.other)}
        return within_kinds(self.judgements, self.kinds_of(sorted(keys)))

    @cached_property
    def _members(self) -> Mapping[str, list[str]]:
        members: defaultdict[str, list[str]] = defaultdict(list)
        for key, whole in self.known.items():
            members[whole].append(key)
        return members

    def members(self, key: str) -> list[str]:
        """All ids of a thing."""
        whole = self.known.get(key, key)
        return [whole, *self._members.get(whole, ())]

    @cached_property
    def ids_of_identities(self) -> frozenset[str]:
        """The ids of the things that have several."""
        return frozenset({*self.known, *self.known.values()})

    @cached_property
    def _joined(self) -> Mapping[str, list[str]]:
        """For each identity that a source describes all claims about it."""
        joined: defaultdict[str, list[str]] = defaultdict(list)
        for key, texts in self.of_keys(sorted(self.ids_of_identities)).items():
            joined[self.known.get(key, key)].extend(texts)
        return joined

    @property
    def identities(self) -> Mapping[str, list[str]]:
        """The things that have several ids, with all claims about them."""
        return self._joined

    # Ties ------------------------------------------------------------------------------------

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """How many ties there are of each kind, about."""
        return {str(tie): int(count) for tie, count in self._connection.read(cypher.COUNTS)}

    def scan_ties(self, tie: Tie) -> Iterator[tuple[str, str, Sequence[str]]]:
        """All ties of a kind between the ids that sources use, sorted; with the claims."""
        count = self.counts.get(tie.name, 0)
        if count:
            for row in self._many(tie) if count > _FEW else self._few(tie):
                if texts := self.texts(row):
                    yield row[0], row[1], texts
        self.check_age()

    def _few(self, tie: Tie) -> list[Row]:
        return sorted(self._connection.read(cypher.all_ties(tie)), key=_ends)

    def _many(self, tie: Tie) -> Iterator[Row]:
        for starts, _ in self._connection.scan(cypher.scan_ties(tie), _PAGE):
            for rows in starts:
                yield from sorted(rows, key=_ends) if len(rows) > 1 else rows

    def scan_joined_ties(self, tie: Tie) -> Iterator[tuple[str, str, Sequence[str]]]:
        """All ties of a kind between things that are described, sorted."""
        rows = self._joined_ties(tie) if self.known else self.scan_ties(tie)
        absent = self.undescribed
        if not absent:
            return rows
        return (row for row in rows if row[0] not in absent and row[1] not in absent)

    def _joined_ties(self, tie: Tie) -> Iterator[tuple[str, str, Sequence[str]]]:
        ids = self.ids_of_identities
        apart = (r for r in self.scan_ties(tie) if r[0] not in ids and r[1] not in ids)
        moved = self.ties_of_ids(tie, sorted(ids))
        return heapq.merge(apart, moved, key=lambda row: row[:2])

    def ties_of_ids(self, tie: Tie, ids: Sequence[str]) -> list[tuple[str, str, Sequence[str]]]:
        """The ties of a kind that start or end at some ids, between what these stand for."""
        rows: dict[tuple[str, str], Row] = {}
        for first in range(0, len(ids), _CHUNK):
            chunk = ids[first : first + _CHUNK]
            rows |= {(r[0], r[1]): r for r in self._rows_of(cypher.ties_of(tie), keys=chunk)}
        return self.join(tie, rows.values())

    def _rows_of(self, statement: str, **values: object) -> list[Row]:
        return self._connection.read(statement, **values)

    def join(self, tie: Tie, rows: Iterable[Row]) -> list[tuple[str, str, Sequence[str]]]:
        """Ties as they are between the things that ids stand for, sorted; none within one."""
        found: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for row in rows:
            one, other = (self.known.get(key, key) for key in row[:2])
            if one != other or row[0] == row[1]:
                found[one, other].extend(self.texts(row))
        return [(*ends, found[ends]) for ends in sorted(found) if found[ends]]

    def ties_of(self, key: str) -> list[tuple[Tie, str, str, Sequence[str]]]:
        """All ties of a thing under all its ids, sorted by tie, start and end."""
        by_tie: defaultdict[str, list[Row]] = defaultdict(list)
        for name, *row in self._rows_of(cypher.TIES_OF, keys=self.members(key)):
            by_tie[name].append(row)
        ties = sorted(TIES, key=lambda tie: tie.name)
        return [(t, *row) for t in ties for row in self.join(t, by_tie.get(t.name, ()))]

    def tie_between(self, tie: Tie, start: str, end: str) -> tuple[str, str, Sequence[str]] | None:
        """The tie between two things with the claims about it, or None."""
        ends = {"starts": self.members(start), "ends": self.members(end)}
        joined = self.join(tie, self._rows_of(cypher.ties_between(tie), **ends))
        return joined[0] if joined else None


def _ends(row: Row) -> tuple[str, str]:
    return str(row[0]), str(row[1])


def judgement_of(text: str) -> Judgement:
    """A judgement from what is kept of it."""
    one, other, verdict, who, date, score, note = orjson.loads(text)
    return Judgement(one, other, _VERDICTS[verdict], who, date, float(score), note)


def judgement_text(judgement: Judgement) -> str:
    """What is kept of a judgement."""
    j = judgement
    return orjson.dumps([j.one, j.other, j.verdict.value, j.who, j.date, j.score, j.note]).decode()


def _source(text: str) -> StoredSource:
    *description, node_claims, tie_claims, generation = orjson.loads(text)
    return StoredSource(Source(*description), node_claims, tie_claims, generation)


def source_text(stored: StoredSource) -> str:
    """What is kept of a source."""
    s = stored.source
    description = [s.name, s.title, s.publisher, s.licence, s.url, s.date, s.trust]
    counts = [stored.node_claims, stored.tie_claims, stored.generation]
    return orjson.dumps([*description, s.keeps_history, *counts]).decode()
