"""How one source is written into the Neo4j store: in batches, each compared with what is there."""

import datetime
from array import array
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from graph.claims import Claim, Source
from graph.columns import Array
from graph.errors import InvalidClaim
from graph.model import TIES, Kind, Tie, kind_named, tie_named
from graph.neo4j import cypher
from graph.neo4j.connection import Row, Statement
from graph.neo4j.staging import Staging, mark_renamed
from graph.neo4j.versions import (
    State,
    ended_on,
    kind_of,
    node_text,
    prefix_of,
    said_by,
    state_of,
    tie_text,
)
from graph.prepared import Batch, NodeRow, TieRow
from graph.store import StoredSource, Written

_BATCH = 5_000  # claims
_PAGE = 5_000
_WAITING = 2  # batches

# What a batch says of a thing or a tie: for each record the number of the record and the claim.
Told: TypeAlias = dict[str, tuple[int, str]]
Ends: TypeAlias = tuple[str, str]


@dataclass(slots=True)
class _Part:
    """Some claims, laid out for one transaction.

    Attributes:
        things, ties: what is said of each, by kind.
        statements: one for each of them, which gives those that were there before.
        before, after: what goes with them.
    """

    things: list[tuple[Kind, dict[str, Told]]]
    ties: list[tuple[Tie, dict[Ends, Told]]]
    statements: list[Statement] = field(default_factory=list)
    before: list[Statement] = field(default_factory=list)
    after: list[Statement] = field(default_factory=list)


class SourceWriting:
    """The writing of one source, by the only writer of the store."""

    def __init__(self, staging: Staging, source: Source) -> None:
        self._staging = staging
        self._source = source
        self._prefix = prefix_of(source.name)
        self._before = next((s for s in staging.scope.stored if s.source.name == source.name), None)
        staging.sources[source.name] = source
        self._batch = Batch()
        self._records = 0
        self._said = _Said()
        self._ends: set[str] = set()
        self._two_kinds: set[str] = set()
        self._added = {True: 0, False: 0}  # claims about things, about ties
        self._beside = ThreadPoolExecutor(1, thread_name_prefix="neo4j-write")
        self._coming: deque[Future[None]] = deque()
        self._finished = False
        self._changed = False

    def add(self, claims: Iterable[Claim]) -> None:
        """Take claims, each as a record of its own; see `graph.store.Writing`."""
        for claim in claims:
            self.add_record((claim,))

    def add_record(self, claims: Sequence[Claim]) -> None:
        """Take all the claims of one record, or none; see `graph.store.Writing`."""
        self._batch.add(claims)
        if len(self._batch.claims) + len(self._batch.ties) >= _BATCH:
            self._flush()

    def add_batch(self, batch: Batch) -> None:
        """Take records that were checked and laid out before."""
        self._flush()
        self._take(batch)

    def finish(self) -> Written:
        """Apply what was taken; see `graph.store.Writing`."""
        self._flush()
        self._wait()
        self._settle_kinds()
        read, written = self._records, self._said.records_that_say_something_new()
        gone = self._let_go() if self._before else 0
        described = self._before is None or self._before.source != self._source
        self._changed = bool(written or gone or described)
        self._finished = True
        generation = self._staging.scope.generation + self._changed
        removed, ended = (0, gone) if self._source.keeps_history else (gone, 0)
        return Written(read, written, read - written, removed, ended, generation)

    def close(self) -> None:
        """Make it visible, where it was finished and changed anything."""
        if not (self._finished and self._changed):
            return
        counts = (self._before.node_claims, self._before.tie_claims) if self._before else (0, 0)
        nodes, ties = counts[0] + self._added[True], counts[1] + self._added[False]
        stored = StoredSource(self._source, nodes, ties, self._staging.generation)
        others = [s for s in self._staging.scope.stored if s.source.name != self._source.name]
        self._staging.commit([*others, stored])

    # A batch ---------------------------------------------------------------------------------

    def _flush(self) -> None:
        batch, self._batch = self._batch, Batch()
        self._take(batch)

    def _take(self, batch: Batch) -> None:
        """Lay a batch out, and hand it to the thread that talks to the server; a few may wait."""
        for claims, ties in _pages(batch):
            part = self._laid_out(claims, ties)
            self._coming.append(self._beside.submit(self._send, part))
        self._records += batch.records
        while len(self._coming) > _WAITING:
            self._coming.popleft().result()

    def _wait(self) -> None:
        while self._coming:
            self._coming.popleft().result()

    def stop(self) -> None:
        """Leave what still waits, and end the thread."""
        self._beside.shutdown(cancel_futures=True)

    def _laid_out(self, claims: Sequence[NodeRow], ties: Sequence[TieRow]) -> "_Part":
        part = _Part(self._told_of_things(claims), self._told_of_ties(ties))
        generation = self._staging.generation
        for kind, things in part.things:
            new = {key: _texts(said) for key, said in things.items()}
            rows: list[object] = [self._staging.new_node(key, texts) for key, texts in new.items()]
            values = {"rows": rows, "generation": generation}
            part.statements.append((cypher.create_nodes(kind), values))
            part.after += mark_renamed(new)
            self._ends.update(new)
        ends = {key for row in ties for key in row[2:4]} - self._ends
        if ends:
            values = {"keys": sorted(ends), "generation": generation}
            part.before.append((cypher.CREATE_ENDS, values))
            self._ends |= ends
        for tie, told in part.ties:
            rows = []
            for pair, said in told.items():
                texts = _texts(said)
                rows.append([*pair, texts, self._staging.shown_tie(tie, texts)])
            values = {"rows": rows, "generation": generation}
            part.statements.append((cypher.create_ties(tie), values))
        return part

    def _told_of_things(self, rows: Sequence[NodeRow]) -> list[tuple[Kind, dict[str, Told]]]:
        told: defaultdict[str, dict[str, Told]] = defaultdict(dict)
        kinds: dict[str, str] = {}
        for row in rows:
            number, key, record, kind = row[:4]
            if kinds.setdefault(key, kind) != kind:
                self._two_kinds.add(key)
            said = told[kinds[key]].setdefault(key, {})
            said[record] = number + self._records, node_text(self._source.name, row)
        return [(kind_named(kind), things) for kind, things in told.items()]

    def _told_of_ties(self, rows: Sequence[TieRow]) -> list[tuple[Tie, dict[Ends, Told]]]:
        told: defaultdict[str, dict[Ends, Told]] = defaultdict(dict)
        for row in rows:
            number, tie, start, end, record = row[:5]
            said = told[tie].setdefault((start, end), {})
            said[record] = number + self._records, tie_text(self._source.name, row)
        return [(tie_named(tie), ties) for tie, ties in told.items()]

    def _send(self, part: "_Part") -> None:
        """Put all that is new in one transaction, then change what was there."""
        statements = [*part.before, *part.statements, *part.after]
        found = self._staging.write(*statements)[len(part.before) :] if statements else []
        for (kind, things), known in zip(part.things, found, strict=False):
            self._describe(kind, things, known)
        for (tie, ties), known in zip(part.ties, found[len(part.things) :], strict=False):
            self._connect(tie, ties, known)

    def _describe(self, kind: Kind, told: Mapping[str, Told], known: Sequence[Row]) -> None:
        changes = {}
        for key, *columns in known:
            state = state_of(*columns)
            claims = self._compared(("", key, ""), state, told[key])
            if any(kind_of(text) is not kind for text in claims):
                self._two_kinds.add(key)
            if claims != [*state.claims]:
                changes[key] = state, claims
                self._added[True] += len(claims) - len(state.claims)
        self._staging.put_nodes(changes)
        for key in told.keys() - {row[0] for row in known}:
            self._note_new(("", key, ""), told[key], about_thing=True)

    def _connect(self, tie: Tie, told: Mapping[Ends, Told], known: Sequence[Row]) -> None:
        changes = {}
        for start, end, *columns in known:
            state = state_of(*columns)
            claims = self._compared((tie.name, start, end), state, told[start, end])
            if claims != [*state.claims]:
                changes[start, end] = state, claims
                self._added[False] += len(claims) - len(state.claims)
        self._staging.put_ties(tie, changes)
        for ends in told.keys() - {(row[0], row[1]) for row in known}:
            self._note_new((tie.name, *ends), told[ends], about_thing=False)

    def _note_new(self, of: tuple[str, str, str], said: Told, *, about_thing: bool) -> None:
        for record, (number, _) in said.items():
            self._said.note(of, record, number, new=True)
        self._added[about_thing] += len(said)

    def _compared(self, of: tuple[str, str, str], state: State, said: Told) -> list[str]:
        """The claims that there are with those of a batch, which is noted."""
        before = {*state.as_of(self._staging.scope.generation)}
        claims = dict(zip(map(said_by, state.claims), state.claims, strict=True))
        for record, (number, text) in said.items():
            claims[self._source.name, record] = text
            self._said.note(of, record, number, new=text not in before)
        return [*claims.values()]

    # The whole -------------------------------------------------------------------------------

    def _settle_kinds(self) -> None:
        """Refuse a thing of two kinds; what this source alone spoke of, it may correct."""
        corrected: dict[str, tuple[State, Sequence[str]]] = {}
        other: dict[str, str] = {}
        for row in self._rows_of(sorted(self._two_kinds)):
            key, state = row[0], state_of(*row[1:])
            told = {kind_of(t).name for t in state.claims if self._still_said(("", key, ""), t)}
            others = [t for t in state.claims if not t.startswith(self._prefix)]
            if len(told) > 1:
                one, *_, last = sorted(told)
                raise InvalidClaim(key, [f"« {key} » est à la fois « {one} » et « {last} »"])
            kinds = {kind_of(text).name for text in others}
            if kinds - told:
                other[key] = f"« {key} » est déjà « {min(kinds)} », pas « {max(told)} »"
            kept = [text for text in state.claims if kind_of(text).name in told]
            if kept != [*state.claims]:
                corrected[key] = state, kept
                self._added[True] += len(kept) - len(state.claims)
        if other:
            raise InvalidClaim(min(other), [other[min(other)]])
        self._staging.put_nodes(corrected)

    def _rows_of(self, keys: Sequence[str]) -> Iterable[Row]:
        for first in range(0, len(keys), _PAGE):
            yield from self._staging.rows(cypher.NODES, keys=keys[first : first + _PAGE])

    def _still_said(self, of: tuple[str, str, str], text: str) -> bool:
        return text.startswith(self._prefix) and self._said.has(of, said_by(text)[1])

    def _let_go(self) -> int:
        """End or remove what the source no longer says; gives how many claims."""
        today = datetime.datetime.now(datetime.UTC).date().isoformat()
        day = today if self._source.keeps_history else ""
        gone = 0
        nodes: dict[str, tuple[State, Sequence[str]]] = {}
        for key, *columns in self._staging.stream(cypher.NODES_OF_SOURCE, prefix=self._prefix):
            state = state_of(*columns)
            claims, count = self._without_vanished(("", key, ""), state.claims, day)
            if count:
                nodes[key] = state, claims
                gone += count
                self._added[True] += len(claims) - len(state.claims)
        self._staging.put_nodes(nodes)
        for tie in TIES:
            ties: dict[tuple[str, str], tuple[State, Sequence[str]]] = {}
            rows = self._staging.stream(cypher.ties_of_source(tie), prefix=self._prefix)
            for start, end, *columns in rows:
                state = state_of(*columns)
                of = tie.name, start, end
                claims, count = self._without_vanished(of, state.claims, day)
                if count:
                    ties[start, end] = state, claims
                    gone += count
                    self._added[False] += len(claims) - len(state.claims)
            self._staging.put_ties(tie, ties)
        return gone

    def _without_vanished(
        self, of: tuple[str, str, str], texts: Sequence[str], day: str
    ) -> tuple[list[str], int]:
        """The claims without those that the source no longer makes, and how many these are."""
        kept, gone = [], 0
        for text in texts:
            if not text.startswith(self._prefix) or self._still_said(of, text):
                kept.append(text)
                continue
            ended = ended_on(text, day) if day else ""
            if ended:
                kept.append(ended)
            gone += ended != text
        return kept, gone


def _pages(batch: Batch) -> Iterator[tuple[Sequence[NodeRow], Sequence[TieRow]]]:
    """The claims of a batch, in parts that fit into a transaction; things before ties."""
    claims, ties = batch.claims, batch.ties
    if len(claims) + len(ties) <= 2 * _PAGE:
        yield claims, ties
        return
    for first in range(0, len(claims), _PAGE):
        yield claims[first : first + _PAGE], []
    for first in range(0, len(ties), _PAGE):
        yield [], ties[first : first + _PAGE]


def _texts(said: Told) -> list[str]:
    return [text for _, text in said.values()]


class _Said:
    """Which claims were told, of which record, and whether they are new: 17 bytes a claim."""

    def __init__(self) -> None:
        self._claims, self._records, self._new = array("q"), array("q"), array("b")
        self._sorted: Array | None = None

    def note(self, of: tuple[str, str, str], record: str, number: int, *, new: bool) -> None:
        """Note one claim; said again by the same record, the last one counts."""
        self._claims.append(hash((*of, record)))
        self._records.append(number)
        self._new.append(new)
        self._sorted = None

    def has(self, of: tuple[str, str, str], record: str) -> bool:
        """Whether a claim was told."""
        if self._sorted is None:
            self._sorted = np.sort(np.frombuffer(self._claims, np.int64))
        wanted = hash((*of, record))
        found = int(np.searchsorted(self._sorted, wanted))
        return found < len(self._sorted) and int(self._sorted[found]) == wanted

    def records_that_say_something_new(self) -> int:
        """How many records said something that the store does not hold yet."""
        claims = np.array(self._claims, np.int64)
        if not len(claims):
            return 0
        order = np.argsort(claims, kind="stable")
        ordered = claims[order]
        last = order[np.append(ordered[1:] != ordered[:-1], True)]
        new = last[np.array(self._new, bool)[last]]
        return len(np.unique(np.array(self._records, np.int64)[new]))


def remove_source(staging: Staging, name: str) -> int:
    """Take away all that a source says; gives the number of its claims."""
    prefix = prefix_of(name)
    removed = 0
    nodes: dict[str, tuple[State, Sequence[str]]] = {}
    for key, *columns in staging.stream(cypher.NODES_OF_SOURCE, prefix=prefix):
        state = state_of(*columns)
        nodes[key] = state, [text for text in state.claims if not text.startswith(prefix)]
        removed += len(state.claims) - len(nodes[key][1])
    staging.put_nodes(nodes)
    for tie in TIES:
        ties: dict[tuple[str, str], tuple[State, Sequence[str]]] = {}
        for start, end, *columns in staging.stream(cypher.ties_of_source(tie), prefix=prefix):
            state = state_of(*columns)
            kept = [text for text in state.claims if not text.startswith(prefix)]
            ties[start, end] = state, kept
            removed += len(state.claims) - len(kept)
        staging.put_ties(tie, ties)
    return removed
