"""The store on a Neo4j server or cluster: several teams write, each in turn; any number read."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from graph.claims import Properties, Source
from graph.columns import Array
from graph.errors import (
    ContradictoryJudgement,
    EmptyStore,
    NewerStore,
    StoreUnwritable,
    UnknownSource,
)
from graph.identity import Judgement, Verdict, identities, within_kinds
from graph.merge import in_order_of_trust, merged
from graph.model import Kind, Tie
from graph.name_search import find
from graph.neo4j import cypher
from graph.neo4j.connection import Address, Connection
from graph.neo4j.index import fresh_columns
from graph.neo4j.names import Neo4jNames
from graph.neo4j.scope import Scope, judgement_text
from graph.neo4j.staging import Staging
from graph.neo4j.versions import claim_of, node_of, tie_values
from graph.neo4j.writing import SourceWriting, remove_source
from graph.store import Found, StoredClaim, StoredNode, StoredSource, StoredTie

_FORMAT = 1


class Neo4jStore:
    """A store on a server; see `graph.store.Store` for what each method promises.

    A writing takes many transactions, and is invisible until the last one, which counts one more
    generation. One that was killed is undone by the next writer.
    """

    def __init__(self, address: Address, *, writable: bool = False) -> None:
        """Open a store, and prepare the database when it is to be written and holds none.

        Raises:
            EmptyStore: there is no store to read.
            NewerStore: a later version of Alliage made it.
            StoreError: the server cannot be used; see `graph.neo4j.connection`.
        """
        self.address = address
        self._writable = writable
        self._connection = Connection(address)
        self._held: Scope | None = None
        self._last: Scope | None = None
        self._names: tuple[str, Neo4jNames] | None = None
        try:
            self._check_or_create()
        except BaseException:
            self._connection.close()
            raise

    def _check_or_create(self) -> None:
        found = self._connection.read(cypher.STATE)
        if not found and not self._writable:
            raise EmptyStore(
                f"Le serveur « {self.address.uri} » ne contient encore rien : « alliage ingest "
                "reference » y lit les premières données."
            )
        if not found:
            for statement in cypher.SCHEMA:
                self._connection.run(statement)
            self._connection.run(cypher.AWAIT_INDEXES)
            found = self._connection.write((cypher.BEGIN, {"format": _FORMAT}), (cypher.STATE, {}))[
                1
            ]
        if found[0][0] > _FORMAT:
            raise NewerStore(
                f"« {self.address.uri} » a été écrit par une version plus récente d'Alliage "
                f"(format {found[0][0]}, le nôtre est {_FORMAT}) : mettez Alliage à jour."
            )

    def close(self) -> None:
        """Let go of the server."""
        self._connection.close()

    @contextmanager
    def snapshot(self) -> Iterator[int]:
        """Hold one generation still over several reads."""
        before, self._held = self._held, self._scope()
        try:
            yield self._held.generation
        finally:
            self._held = before

    def _scope(self) -> Scope:
        """The generation that is held, or the present one."""
        if self._held is not None:
            return self._held
        rows = self._connection.read(cypher.STATE)
        if not rows:
            raise EmptyStore(f"Le serveur « {self.address.uri} » ne contient plus rien.")
        [state] = rows
        if self._last is None or self._last.stamp != state[2] or self._last.is_old:
            self._last = Scope(self._connection, state)
        return self._last

    # Reading -------------------------------------------------------------------------------

    def generation(self) -> int:
        """The number of the last change."""
        return int(self._scope().generation)

    def stamp(self) -> str:
        """A random mark of the last change."""
        return str(self._scope().stamp)

    def sources(self) -> list[StoredSource]:
        """All sources, sorted by name."""
        return [*self._scope().stored]

    def node(self, key: str) -> StoredNode | None:
        """The thing of that id or of that former id."""
        scope = self._scope()
        whole, texts = scope.of_thing(key)
        if not texts and key in scope.former:
            whole, texts = scope.of_thing(scope.former[key])
        return node_of(whole, texts, scope.sources) if texts else None

    def claims(self, key: str) -> list[StoredClaim]:
        """All that is said about a thing, the most trusted first."""
        scope = self._scope()
        _, texts = scope.of_thing(key)
        return _claims(texts, scope.sources)

    def ties(self, key: str) -> list[StoredTie]:
        """All ties that start or end at a thing."""
        scope = self._scope()
        return [_tie(*row, scope.sources) for row in scope.ties_of(key)]

    def tie(self, tie: Tie, start: str, end: str) -> StoredTie | None:
        """The tie between two things, or None."""
        scope = self._scope()
        row = scope.tie_between(tie, start, end)
        return _tie(tie, *row, scope.sources) if row else None

    def scan_nodes(self) -> Iterator[StoredNode]:
        """All things, sorted by key."""
        scope = self._scope()
        for key, texts in scope.scan_things():
            yield node_of(key, texts, scope.sources)

    def scan_node_claims(self) -> Iterator[tuple[str, Kind, StoredClaim]]:
        """All claims about things, sorted by id, source and record."""
        scope = self._scope()
        for key, texts in scope.scan_ids():
            kind = node_of(key, texts, scope.sources).kind
            for claim in _in_order(texts, scope.sources):
                yield key, kind, claim

    def scan_ties(self, tie: Tie) -> Iterator[StoredTie]:
        """All ties of one kind whose two ends are known, sorted by start and end."""
        scope = self._scope()
        for start, end, texts in scope.scan_joined_ties(tie):
            yield _tie(tie, start, end, texts, scope.sources)

    def scan_tie_claims(self, tie: Tie) -> Iterator[tuple[str, str, StoredClaim]]:
        """All claims about ties of one kind, with the ids that sources use."""
        scope = self._scope()
        for start, end, texts in scope.scan_ties(tie):
            for claim in _in_order(texts, scope.sources):
                yield start, end, claim

    def scan_tie_values(self, tie: Tie) -> Iterator[tuple[str, str, Properties]]:
        """As `scan_ties`, without the claims."""
        scope = self._scope()
        for start, end, texts in scope.scan_joined_ties(tie):
            yield start, end, tie_values(tie, texts, scope.sources)

    def aliases(self) -> Iterator[tuple[str, str]]:
        """Former ids and what they are today."""
        scope = self._scope()
        found = dict(scope.former)
        for key, whole in scope.known.items():
            if whole in scope.identities:
                found[key] = min(whole, found.get(key, whole))
        yield from sorted(found.items())

    def judgements(self) -> Iterator[Judgement]:
        """All judgements on identity, sorted."""
        yield from self._scope().judgements

    def unapplied_judgements(self) -> Iterator[Judgement]:
        """The judgements *same* that are kept and not applied, sorted."""
        scope = self._scope()
        for judgement in scope.judgements:
            one, other = (scope.known.get(k, k) for k in (judgement.one, judgement.other))
            if judgement.verdict is Verdict.SAME and one != other:
                yield judgement

    def search(self, text: str, kinds: Iterable[Kind] = (), limit: int = 20) -> list[Found]:
        """Things by name, whatever the accents, the case, and small typing errors."""
        scope = self._scope()
        if self._names is None or self._names[0] != scope.stamp:
            self._names = scope.stamp, Neo4jNames(self._connection, scope)
        return find(self._names[1], text, [kind.name for kind in kinds], limit)

    def fresh_columns(self, files: Path) -> dict[str, Array]:
        """The columns of a view; see `graph.store.KeepsFacts`."""
        return fresh_columns(self._connection, self._scope(), self.aliases(), files)

    # Writing -------------------------------------------------------------------------------

    @contextmanager
    def write(self, source: Source) -> Iterator[SourceWriting]:
        """Replace all that a source says; all of it becomes visible at once, or nothing."""
        with self._leading() as staging:
            writing = SourceWriting(staging, source)
            try:
                yield writing
            finally:
                writing.stop()
            writing.close()

    def judge(self, judgements: Iterable[Judgement]) -> int:
        """Keep judgements; things judged the same become one."""
        with self._leading() as staging:
            kept = {(j.one, j.other): j for j in staging.scope.judgements}
            changed = {}
            for judgement in (each.ordered for each in judgements):
                pair = judgement.one, judgement.other
                if pair not in kept or not _alike(kept[pair], judgement):
                    kept[pair] = changed[pair] = judgement
            if changed:
                _refuse_contradictions(staging.scope, kept.values(), changed.values())
                staging.put_judgements({pair: judgement_text(j) for pair, j in changed.items()})
                staging.commit()
        return len(changed)

    def withdraw(self, pairs: Iterable[tuple[str, str]]) -> int:
        """Take judgements back, by their two ids."""
        asked = {(min(pair), max(pair)) for pair in pairs}
        with self._leading() as staging:
            kept = {(j.one, j.other) for j in staging.scope.judgements}
            if dropped := asked & kept:
                staging.put_judgements(dict.fromkeys(sorted(dropped), ""))
                staging.commit()
        return len(dropped)

    def forget(self, name: str) -> int:
        """Remove a source and all its claims."""
        with self._leading() as staging:
            if name not in staging.scope.sources:
                raise UnknownSource(name, [*staging.scope.sources])
            removed = remove_source(staging, name)
            stored = [s for s in staging.scope.stored if s.source.name != name]
            staging.commit(stored)
        return removed

    @contextmanager
    def _leading(self) -> Iterator[Staging]:
        """Be the only writer; what is not committed is undone."""
        if not self._writable:
            raise StoreUnwritable(
                f"« {self.address.uri} » a été ouvert pour être lu, non pour être écrit."
            )
        staging = Staging(self._connection, self.address.patience)
        try:
            with self._connection.translated():
                yield staging
        finally:
            staging.close()


def _alike(one: Judgement, other: Judgement) -> bool:
    return replace(one, date=other.date) == other


def _refuse_contradictions(
    scope: Scope, kept: Iterable[Judgement], fresh: Iterable[Judgement]
) -> None:
    """See `graph.store.Store.judge`."""
    held = [*kept]
    identities(held)  # what is not applied contradicts too
    keys = {key for j in held if j.verdict is Verdict.SAME for key in (j.one, j.other)}
    known = within_kinds(held, scope.kinds_of(sorted(keys)))
    for judgement in fresh:
        one, other = judgement.one, judgement.other
        if judgement.verdict is Verdict.SAME and known.get(one, one) != known.get(other, other):
            raise ContradictoryJudgement(one, other, "ce ne sont pas des choses de même sorte")


def _claims(texts: Iterable[str], sources: Mapping[str, Source]) -> list[StoredClaim]:
    return in_order_of_trust(claim_of(text, sources) for text in texts)


def _in_order(texts: Sequence[str], sources: Mapping[str, Source]) -> list[StoredClaim]:
    """Claims by source and record."""
    claims = [claim_of(text, sources) for text in texts]
    if len(claims) > 1:
        claims.sort(key=lambda claim: (claim.source.name, claim.record))
    return claims


def _tie(
    tie: Tie, start: str, end: str, texts: Sequence[str], sources: Mapping[str, Source]
) -> StoredTie:
    claims = _claims(texts, sources)
    return StoredTie(tie, start, end, merged(tie, claims), tuple(claims))
