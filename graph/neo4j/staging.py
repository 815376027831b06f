"""The one writer of a Neo4j store: what it puts is invisible until its generation is counted."""

import secrets
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import orjson

from graph.claims import Properties, Source
from graph.errors import StoreBusy
from graph.merge import in_order_of_trust, merged
from graph.model import TIES, Kind, Tie
from graph.neo4j import cypher
from graph.neo4j.connection import Connection, Row, Statement
from graph.neo4j.scope import KEPT_S, Scope, source_text
from graph.neo4j.versions import State, claim_of, node_of, state_of, words_of_thing
from graph.store import StoredSource

_LEASE_MS = 60_000  # after which a writer that says nothing is taken for dead
_BATCH = 2_000  # things or ties in one transaction
_SWEPT = 10_000


class Staging:
    """Takes the place of the only writer, and gives it up.

    Attributes:
        scope: what the store says before this writing.
        generation: that of this writing.
        sources: the sources that the store will know.
    """

    def __init__(self, connection: Connection, patience: float) -> None:
        self._connection = connection
        self._writer = secrets.token_hex(8)
        self._staged = False
        self._words: set[str] = set()
        self._touched: set[str] = set()
        self._removed = False
        unfinished, now = self._take(patience)
        try:
            self.scope = self._present()
            self.generation = self.scope.generation + 1
            self.horizon = self._oldest_held(now)
            self.sources: dict[str, Source] = dict(self.scope.sources)
            if unfinished:
                self._undo()
            self._sweep()
        except BaseException:
            self._release()
            raise

    def _take(self, patience: float) -> tuple[bool, int]:
        """Wait for the place; whether the writer before was killed, and the server's time."""
        end = time.monotonic() + patience
        values = {"writer": self._writer, "lease": _LEASE_MS}
        while not (rows := self._connection.write((cypher.TAKE, values))[0]):
            if time.monotonic() > end:
                raise StoreBusy(
                    f"Quelqu'un d'autre écrit dans « {self._connection.address.uri} » : réessayez "
                    "dans un moment."
                )
            time.sleep(0.05)
        return rows[0][0] is not None, int(rows[0][1])

    def _present(self) -> Scope:
        [state] = self._connection.read(cypher.STATE)
        return Scope(self._connection, state)

    def _oldest_held(self, now: int) -> int:
        """The oldest generation that a reader may hold: the one before it was replaced long ago."""
        commits = self.scope.commits
        first = self.scope.generation - len(commits) + 1
        for generation, at in enumerate(commits, first):
            if at > now - KEPT_S * 1000:
                return int(generation - 1)
        return int(self.scope.generation)

    # What the store keeps of things and ties -------------------------------------------------

    def write(self, *statements: Statement) -> list[list[Row]]:
        """Run statements in one transaction, as long as this is the writer.

        Raises:
            StoreBusy: it was silent for so long that another took its place.
        """
        hold = {"writer": self._writer, "lease": _LEASE_MS, "writing": self.generation}
        held, *found = self._connection.write((cypher.HOLD, hold), *statements)
        if not held:
            raise StoreBusy("Un autre a pris la main sur le dépôt : recommencez la lecture.")
        self._staged = True
        return found

    def rows(self, statement: str, **values: object) -> list[Row]:
        """The rows of a statement."""
        return self._connection.read(statement, **values)

    def stream(self, statement: str, **values: object) -> Iterable[Row]:
        """The rows of a statement as they come."""
        return self._connection.stream(statement, **values)

    def new_node(self, key: str, texts: Sequence[str]) -> dict[str, object]:
        """The properties of a thing that the store does not know yet."""
        return self._node(key, State(texts, self.generation), ())

    def shown_tie(self, tie: Tie, texts: Sequence[str]) -> Properties:
        """What people see of a tie."""
        if len(texts) == 1:
            found: Properties = orjson.loads(texts[0])[3]
            return found
        return merged(tie, in_order_of_trust(claim_of(text, self.sources) for text in texts))

    def put_nodes(self, changes: Mapping[str, tuple[State, Sequence[str]]]) -> None:
        """Say something else of things that are there: for each its state and the new claims."""
        by_kind: defaultdict[Kind | None, list[dict[str, object]]] = defaultdict(list)
        for key, (state, texts) in changes.items():
            self._removed |= not texts
            kind = node_of(key, texts, self.sources).kind if texts else None
            new = state.followed(texts, self.generation, self.horizon)
            by_kind[kind].append(self._node(key, new, state.claims))
        for kind, rows in by_kind.items():
            self._put(cypher.put_nodes(kind), rows)
        self._mark_renamed({key: texts for key, (_, texts) in changes.items()})

    def _mark_renamed(self, claims: Mapping[str, Sequence[str]]) -> None:
        if marks := mark_renamed(claims):
            self.write(*marks)

    def put_ties(
        self, tie: Tie, changes: Mapping[tuple[str, str], tuple[State, Sequence[str]]]
    ) -> None:
        """Say something else of ties that are there."""
        rows: list[dict[str, object]] = []
        for (start, end), (state, texts) in changes.items():
            self._removed |= not texts
            new = state.followed(texts, self.generation, self.horizon)
            rows.append({"start": start, "end": end, "state": self._tie(tie, new)})
        self._put(cypher.put_ties(tie), rows)

    def put_judgements(self, texts: Mapping[tuple[str, str], str]) -> None:
        """Keep judgements by their ids; an empty one is taken back."""
        known = {row[0]: state_of(*row[1:]) for row in self.rows(cypher.JUDGEMENTS)}
        rows = []
        for pair, text in texts.items():
            key = " ".join(pair)
            before = known.get(key)
            claims = [text] if text else []
            self._removed |= not text
            state = (
                before.followed(claims, self.generation, self.horizon)
                if before
                else State(claims, self.generation)
            )
            rows.append({"id": key, "one": pair[0], "other": pair[1], **state.columns()})
        self._put(cypher.PUT_JUDGEMENTS, rows)

    def _put(self, statement: str, rows: Sequence[object]) -> None:
        for first in range(0, len(rows), _BATCH):
            self.write((statement, {"rows": rows[first : first + _BATCH]}))

    def _node(self, key: str, state: State, before: Sequence[str]) -> dict[str, object]:
        row: dict[str, object] = {"id": key}
        self._touched.add(key)
        if state.claims:
            node = node_of(key, state.claims, self.sources)
            row |= node.properties
            row["name"] = node.name
            found = words_of_thing(key, state.claims, self.sources)
            self._words.update(found.split())
            if before:  # readers of the state before find it by its words too
                found = f"{found} {words_of_thing(key, before, self.sources)}"
            row["_words"] = found
        elif before:
            row["_words"] = words_of_thing(key, before, self.sources)
        return row | state.columns()

    def _tie(self, tie: Tie, state: State) -> dict[str, object]:
        return dict(self.shown_tie(tie, state.claims)) | state.columns()

    # What people see of identities ------------------------------------------------------------

    def _show_identities(self, stored: Sequence[StoredSource]) -> None:
        """Have what stands for others show what all say, and the others point to it."""
        after = self.scope.followed_by(self.generation, [source_text(each) for each in stored])
        before, known = self.scope.known, after.known
        moved = {k for k in {*before, *known} if before.get(k) != known.get(k)}
        touched = self._touched & after.ids_of_identities
        wholes = {of.get(k, k) for k in moved | touched for of in (before, known)}
        keys = {
            member for whole in wholes for of in (self.scope, after) for member in of.members(whole)
        }
        if keys:
            self._show(after, sorted(keys))
            rows = [[key, known.get(key)] for key in sorted(keys)]
            self._put(cypher.SHOW_SAME, rows)

    def _show(self, after: Scope, keys: Sequence[str]) -> None:
        values = {"keys": keys, "generation": self.generation}
        self.write((cypher.CREATE_ENDS, values))
        by_kind: defaultdict[Kind | None, list[dict[str, object]]] = defaultdict(list)
        for key, *columns in self.rows(cypher.NODES, keys=keys):
            state = state_of(*columns)
            row, kind = self._node(key, state, ()), None
            if key in after.known:
                row = {"id": key, "_words": row.get("_words", "")} | state.columns()
            elif texts := after.identities.get(key) or state.claims:
                node = node_of(key, texts, after.sources)
                kind, row = node.kind, row | dict(node.properties) | {"name": node.name}
            by_kind[kind].append(row)
        for kind, rows in by_kind.items():
            self._put(cypher.put_nodes(kind), rows)
        self._mark_renamed({row[0]: row[1] for row in self.rows(cypher.NODES, keys=keys)})

    # The end ---------------------------------------------------------------------------------

    def commit(self, stored: Iterable[StoredSource] | None = None) -> None:
        """Make all that was put visible at once, as one more generation."""
        kept = [*(self.scope.stored if stored is None else stored)]
        self._show_identities(kept)
        flip = {
            "writer": self._writer,
            "generation": self.generation,
            "stamp": secrets.token_hex(8),
            "sources": [source_text(each) for each in kept],
            "gone": self.generation if self._removed else self.scope.gone,
        }
        names = [each.source.name for each in kept]
        shown = [_shown(each) for each in kept]
        self.write(
            (cypher.PUT_WORDS, {"words": sorted(self._words)}),
            (cypher.DESCRIBE_SOURCES, {"rows": shown}),
            (cypher.DROP_SOURCES, {"names": names}),
            (cypher.FLIP, flip),
        )
        self._staged = False

    def close(self) -> None:
        """Give the place up; what was not committed is undone, now or by the next writer."""
        try:
            # A connection that is cut at the very end does not tell whether all was committed.
            if self._staged and self._present().generation < self.generation:
                self._undo()
        finally:
            self._release()

    def _release(self) -> None:
        self._connection.write((cypher.RELEASE, {"writer": self._writer}))

    def _undo(self) -> None:
        """Bring back the state that the present generation sees."""
        generation = self.scope.generation
        self.generation = generation + 1
        for tie in TIES:
            rows = self.rows(cypher.staged_ties(tie), generation=generation)
            self._undo_ties(tie, rows)
        self._undo_nodes(self.rows(cypher.STAGED_NODES, generation=generation))
        judgements, gone = [], []
        for row in self.rows(cypher.STAGED_JUDGEMENTS, generation=generation):
            if state := state_of(*row[1:4]).undone(generation):
                ends = row[0].split(" ", 1)
                judgements.append(
                    {"id": row[0], "one": ends[0], "other": ends[1], **state.columns()}
                )
            else:
                gone.append(row[0])
        self._put(cypher.PUT_JUDGEMENTS, judgements)
        self.write((cypher.DELETE_JUDGEMENTS, {"keys": gone}))
        self._staged = False

    def _undo_ties(self, tie: Tie, rows: Sequence[Row]) -> None:
        back, gone = [], []
        for start, end, *columns in rows:
            if state := state_of(*columns).undone(self.scope.generation):
                back.append({"start": start, "end": end, "state": self._tie(tie, state)})
            else:
                gone.append([start, end])
        self._put(cypher.put_ties(tie), back)
        self._put(cypher.delete_ties(tie), gone)

    def _undo_nodes(self, rows: Sequence[Row]) -> None:
        back: defaultdict[Kind | None, list[dict[str, object]]] = defaultdict(list)
        gone = []
        for key, *columns in rows:
            state = state_of(*columns).undone(self.scope.generation)
            if state is None:
                gone.append(key)
                continue
            kind = node_of(key, state.claims, self.scope.sources).kind if state.claims else None
            back[kind].append(self._node(key, state, ()))
        for kind, put in back.items():
            self._put(cypher.put_nodes(kind), put)
        for first in range(0, len(gone), _BATCH):
            self.write((cypher.DELETE_NODES, {"keys": gone[first : first + _BATCH]}))
        self._mark_renamed({row[0]: row[1] for row in rows if row[0] not in gone})

    def _sweep(self) -> None:
        """Take away for good what no reader sees any more."""
        if not 0 < self.scope.gone <= self.horizon:
            return
        # Before the first of them goes: who catches up with what changed must know.
        self._connection.write((cypher.BEGIN_SWEEP, {"horizon": self.horizon}))
        for statement in (*map(cypher.sweep_ties, TIES), cypher.SWEEP_NODES):
            values = {"horizon": self.horizon, "limit": _SWEPT}
            while self._connection.write((statement, values))[0][0][0] == _SWEPT:
                pass
        self._connection.write((cypher.END_SWEEP, {}))
        self.scope.gone = 0


def mark_renamed(claims: Mapping[str, Sequence[str]]) -> list[Statement]:
    """What marks the things that had another id, of those about which claims are made."""
    keys = [k for k, texts in claims.items() if any('"former_codes":' in t for t in texts)]
    return [(cypher.MARK_RENAMED, {"keys": keys})] if keys else []


def _shown(stored: StoredSource) -> dict[str, object]:
    """A source as people see it."""
    s = stored.source
    return {
        "name": s.name,
        "title": s.title,
        "publisher": s.publisher,
        "licence": s.licence,
        "url": s.url,
        "date": s.date,
        "trust": s.trust,
        "node_claims": stored.node_claims,
        "tie_claims": stored.tie_claims,
    }
