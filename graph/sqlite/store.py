"""The embedded store: one SQLite file, any number of readers while one writes."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path

import apsw
import orjson

from graph.claims import Properties, Source
from graph.errors import (
    EmptyStore,
    NewerStore,
    NotAStore,
    OlderStore,
    StoreBusy,
    StoreFull,
    StoreUnwritable,
    UnknownSource,
)
from graph.identity import Judgement
from graph.merge import in_order_of_trust, merged
from graph.model import TIES, Kind, Tie, kind_named
from graph.name_search import find
from graph.sqlite.identity import (
    UNAPPLIED,
    apply_judgements,
    drop_judgements,
    judgement_of,
    keep_identities,
    put_judgements,
    settle_judgements,
)
from graph.sqlite.names import SqliteNames
from graph.sqlite.schema import (
    APPLICATION_ID,
    SCHEMA_VERSION,
    Row,
    begin_generation,
    clear_writing,
    create,
    prepare_writing,
    tie_table,
)
from graph.sqlite.writing import SourceWriting, claim_of, refresh_touched, source_of
from graph.store import Found, StoredClaim, StoredNode, StoredSource, StoredTie

_SOURCE = "s.name, s.title, s.publisher, s.licence, s.url, s.date, s.trust, s.keeps_history"
# The node that stands for an id, and the nodes of one identity.
_WHOLE = "(SELECT coalesce(same_as, id) FROM node WHERE key = ?)"
_MEMBERS = "SELECT m.id FROM node k JOIN node m ON m.id = coalesce(k.same_as, k.id)"
_MEMBERS = f"{_MEMBERS} OR m.same_as = coalesce(k.same_as, k.id) WHERE k.key = ?"
# The ends of a tie c, as the things that they are the same as.
_ENDS = """JOIN node x ON x.id = c.start JOIN node a ON a.id = coalesce(x.same_as, x.id)
            JOIN node y ON y.id = c.end JOIN node b ON b.id = coalesce(y.same_as, y.id)"""
# A tie between two ids of one identity is no tie.
_NOT_WITHIN = "(a.id <> b.id OR c.start = c.end)"
_CLAIM = f"c.record, c.properties, c.locator, c.url, c.date, c.ended, c.note, {_SOURCE}"


class SqliteStore:
    """A store in one file; see `graph.store.Store` for what each method promises.

    Write-ahead log: readers in other processes go on while one writes. Each commit is synced
    to the disk, so that a killed process or a power cut leaves all of a source or nothing of it.
    """

    def __init__(self, path: Path, *, writable: bool = False, patience: float = 10.0) -> None:
        """Open a store, and make it when it is to be written and does not exist.

        Args:
            path: the file.
            writable: whether to write as well as read.
            patience: how long to wait for another writer, in seconds.

        Raises:
            EmptyStore: there is no file to read.
            NotAStore: the file is something else, or damaged.
            NewerStore: a later version of Alliage made it.
            StoreUnwritable: it may not be written there.
        """
        self.path = path
        self._writable = writable
        with _translated(path):
            self._db = _connect(path, writable=writable)
            self._db.set_busy_timeout(round(patience * 1000))
            try:
                self._check_or_create()
                self._db.execute("PRAGMA cache_size=-65536; PRAGMA mmap_size=1073741824")
            except BaseException:
                self._db.close()
                raise
        self._names: tuple[int, SqliteNames] | None = None

    def _check_or_create(self) -> None:
        db = self._db
        if _is_blank(db):
            if not self._writable:
                raise _empty(self.path)
            with self._transaction():
                if _is_blank(db):  # another process may have made it meanwhile
                    create(db)
        if int(db.pragma("application_id")) != APPLICATION_ID:
            raise NotAStore(f"« {self.path} » n'est pas un dépôt d'Alliage.")
        if (version := int(db.pragma("user_version"))) > SCHEMA_VERSION:
            raise NewerStore(
                f"« {self.path} » a été écrit par une version plus récente d'Alliage "
                f"(format {version}, le nôtre est {SCHEMA_VERSION}) : mettez Alliage à jour."
            )
        if version < SCHEMA_VERSION:
            raise OlderStore(
                f"« {self.path} » a été écrit par une version plus ancienne d'Alliage (format "
                f"{version}, le nôtre est {SCHEMA_VERSION}) : déplacez-le, puis lisez de nouveau "
                "vos sources (« alliage ingest »)."
            )
        if self._writable:
            db.pragma("journal_mode", "WAL")
            db.pragma("synchronous", "FULL")
            prepare_writing(db)
            keep_identities(db)

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    @contextmanager
    def snapshot(self) -> Iterator[int]:
        """Hold one generation still over several reads."""
        with _translated(self.path), self._db:
            yield self.generation()

    # Reading -------------------------------------------------------------------------------

    def generation(self) -> int:
        """The number of the last change."""
        return next(int(str(row[0])) for row in self._rows("SELECT generation FROM state"))

    def stamp(self) -> str:
        """A random mark of the last change."""
        return next(str(row[0]) for row in self._rows("SELECT stamp FROM state"))

    def sources(self) -> list[StoredSource]:
        """All sources, sorted by name."""
        ties = " + ".join(
            f"(SELECT count(*) FROM {tie_table(tie)} WHERE source = s.id)" for tie in TIES
        )
        sql = f"""SELECT {_SOURCE}, (SELECT count(*) FROM claim WHERE source = s.id), {ties},
            generation FROM source s ORDER BY s.name"""
        return [
            StoredSource(source_of(row[:8]), *(int(str(count)) for count in row[8:]))
            for row in self._rows(sql)
        ]

    def node(self, key: str) -> StoredNode | None:
        """The thing of that id or of that former id."""
        sql = "SELECT key, kind, name, properties, ended FROM node WHERE kind IS NOT NULL AND "
        present = f"id = {_WHOLE}"
        former = "id IN (SELECT node FROM alias WHERE key = ?) ORDER BY key LIMIT 1"
        for where in (present, former):
            for row in self._rows(f"{sql} {where}", (key,)):
                return _node(row)
        return None

    def claims(self, key: str) -> list[StoredClaim]:
        """All that is said about a thing, the most trusted first."""
        sql = f"""SELECT {_CLAIM} FROM claim c JOIN source s ON s.id = c.source
            WHERE c.node IN ({_MEMBERS})"""
        return in_order_of_trust(claim_of(row) for row in self._rows(sql, (key,)))

    def ties(self, key: str) -> list[StoredTie]:
        """All ties that start or end at a thing."""
        found: list[StoredTie] = []
        for tie in TIES:
            for end in ("start", "end"):
                where = f"c.{end} IN ({_MEMBERS})"
                found.extend(self._ties_where(tie, where, (key,)))
        unique = {(t.tie.name, t.start, t.end): t for t in found}
        return [unique[key] for key in sorted(unique)]

    def tie(self, tie: Tie, start: str, end: str) -> StoredTie | None:
        """The tie between two things, or None."""
        where = f"c.start IN ({_MEMBERS}) AND c.end IN ({_MEMBERS})"
        return next(self._ties_where(tie, where, (start, end)), None)

    def scan_nodes(self) -> Iterator[StoredNode]:
        """All things, sorted by key."""
        sql = "SELECT key, kind, name, properties, ended FROM node"
        known = "WHERE kind IS NOT NULL AND same_as IS NULL"
        return map(_node, self._rows(f"{sql} {known} ORDER BY key"))

    def scan_node_claims(self) -> Iterator[tuple[str, Kind, StoredClaim]]:
        """All claims about things, sorted by id, source and record."""
        sql = f"""SELECT n.key, n.kind, {_CLAIM} FROM node n JOIN claim c ON c.node = n.id
            JOIN source s ON s.id = c.source ORDER BY n.key, s.name, c.record"""
        for row in self._rows(sql):
            yield str(row[0]), kind_named(str(row[1])), claim_of(row[2:])

    def scan_ties(self, tie: Tie) -> Iterator[StoredTie]:
        """All ties of one kind whose two ends are known, sorted by start and end."""
        return self._ties_where(tie, "a.kind IS NOT NULL AND b.kind IS NOT NULL", ())

    def scan_tie_claims(self, tie: Tie) -> Iterator[tuple[str, str, StoredClaim]]:
        """All claims about ties of one kind, with the ids that sources use."""
        sql = f"""SELECT x.key, y.key, {_CLAIM} FROM {tie_table(tie)} c
            JOIN node x ON x.id = c.start JOIN node y ON y.id = c.end
            JOIN source s ON s.id = c.source ORDER BY x.key, y.key, s.name, c.record"""
        for row in self._rows(sql):
            yield str(row[0]), str(row[1]), claim_of(row[2:])

    def scan_tie_values(self, tie: Tie) -> Iterator[tuple[str, str, Properties]]:
        """As `scan_ties`, without the claims."""
        sql = f"""SELECT a.key, b.key, c.properties, c.ended, count(*) FROM {tie_table(tie)} c
            {_ENDS} WHERE a.kind IS NOT NULL AND b.kind IS NOT NULL AND {_NOT_WITHIN}
            GROUP BY a.key, b.key ORDER BY a.key, b.key"""
        for start, end, properties, ended, count in self._rows(sql):
            if count == 1:
                values = orjson.loads(str(properties))
            else:
                stored = self.tie(tie, str(start), str(end))
                values = dict(stored.properties) if stored else {}
                days = [claim.ended for claim in stored.claims] if stored else []
                ended = max(days) if all(days) else ""
            if ended:
                values.setdefault("until", str(ended))
            yield str(start), str(end), values

    def _ties_where(self, tie: Tie, where: str, values: tuple[str, ...]) -> Iterator[StoredTie]:
        sql = f"""SELECT a.key, b.key, {_CLAIM} FROM {tie_table(tie)} c
            {_ENDS} JOIN source s ON s.id = c.source
            WHERE {_NOT_WITHIN} AND {where} ORDER BY a.key, b.key"""
        rows = self._rows(sql, values)
        for (start, end), group in groupby(rows, key=lambda row: (str(row[0]), str(row[1]))):
            claims = in_order_of_trust(claim_of(row[2:]) for row in group)
            yield StoredTie(tie, start, end, merged(tie, claims), tuple(claims))

    def aliases(self) -> Iterator[tuple[str, str]]:
        """Former ids and what they are today."""
        sql = """SELECT key, min(present) FROM (
            SELECT a.key, n.key AS present FROM alias a JOIN node n ON n.id = a.node
            UNION ALL
            SELECT m.key, n.key FROM node m JOIN node n ON n.id = m.same_as
            WHERE n.kind IS NOT NULL) GROUP BY key ORDER BY key"""
        for former, present in self._rows(sql):
            yield str(former), str(present)

    def judgements(self) -> Iterator[Judgement]:
        """All judgements on identity, sorted."""
        for row in self._rows("SELECT * FROM judgement ORDER BY one, other"):
            yield judgement_of(row)

    def unapplied_judgements(self) -> Iterator[Judgement]:
        """The judgements *same* that are kept and not applied, sorted."""
        for row in self._rows(f"{UNAPPLIED} ORDER BY j.one, j.other"):
            yield judgement_of(row)

    def search(self, text: str, kinds: Iterable[Kind] = (), limit: int = 20) -> list[Found]:
        """Things by name, whatever the accents, the case, and small typing errors."""
        generation = self.generation()
        with _translated(self.path):
            if self._names is None or self._names[0] != generation:
                self._names = generation, SqliteNames(self._db)
            return find(self._names[1], text, [kind.name for kind in kinds], limit)

    def _rows(self, sql: str, values: tuple[str, ...] = ()) -> Iterator[Row]:
        with _translated(self.path):
            yield from self._db.execute(sql, values)

    # Writing -------------------------------------------------------------------------------

    @contextmanager
    def write(self, source: Source) -> Iterator[SourceWriting]:
        """Replace all that a source says, in one transaction."""
        with self._transaction():
            writing = SourceWriting(self._db, source)
            yield writing
            writing.close()
            settle_judgements(self._db)
            clear_writing(self._db)

    def judge(self, judgements: Iterable[Judgement]) -> int:
        """Keep judgements; things judged the same become one."""
        with self._transaction():
            changed = put_judgements(self._db, judgements)
            if changed:
                apply_judgements(self._db, changed)
        return len(changed)

    def withdraw(self, pairs: Iterable[tuple[str, str]]) -> int:
        """Take judgements back, by their two ids."""
        with self._transaction():
            changed = drop_judgements(self._db, pairs)
            if changed:
                apply_judgements(self._db)
        return changed

    def forget(self, name: str) -> int:
        """Remove a source and all its claims."""
        with self._transaction():
            db = self._db
            row = db.execute("SELECT id FROM source WHERE name = ?", (name,)).fetchone()
            if row is None:
                raise UnknownSource(name, [s.source.name for s in self.sources()])
            removed = 0
            for table in ("claim", *map(tie_table, TIES)):
                db.execute(f"DELETE FROM {table} WHERE source = ?", row)
                removed += db.changes()
            db.execute("DELETE FROM source WHERE id = ?", row)
            refresh_touched(db, begin_generation(db))
            settle_judgements(db)
            clear_writing(db)
        return removed

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        if not self._writable:
            raise _unwritable(self.path)
        with _translated(self.path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                # SQLite rolls back by itself on some errors (a full disk).
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise


def _connect(path: Path, *, writable: bool) -> apsw.Connection:
    if writable:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _unwritable(path) from error
        flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
    elif path.exists():
        flags = apsw.SQLITE_OPEN_READONLY
    else:
        raise _empty(path)
    return apsw.Connection(str(path), flags=flags)


def _is_blank(db: apsw.Connection) -> bool:
    """Whether a database holds nothing at all: it is new, or its maker was killed."""
    marked = int(db.pragma("application_id")) != 0
    return not marked and db.execute("SELECT count(*) FROM sqlite_schema").get == 0


def _empty(path: Path) -> EmptyStore:
    return EmptyStore(
        f"Le dépôt « {path} » n'existe pas encore : « alliage ingest reference » le crée."
    )


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    """Say what SQLite and the system report as sentences of ours."""
    try:
        yield
    except apsw.FullError as error:
        raise StoreFull(
            f"Le disque de « {path} » est plein : rien n'a été changé ; libérez de la place."
        ) from error
    except (apsw.BusyError, apsw.LockedError) as error:
        raise StoreBusy(
            f"Quelqu'un d'autre écrit dans « {path} » : réessayez dans un moment."
        ) from error
    except (apsw.NotADBError, apsw.CorruptError) as error:
        raise NotAStore(f"« {path} » n'est pas un dépôt d'Alliage, ou il est endommagé.") from error
    except (apsw.CantOpenError, apsw.ReadOnlyError, apsw.PermissionsError, apsw.IOError) as error:
        raise _unwritable(path) from error


def _unwritable(path: Path) -> StoreUnwritable:
    return StoreUnwritable(
        f"« {path} » ne peut pas être ouvert ou écrit : vérifiez le dossier et les droits."
    )


def _node(row: Row) -> StoredNode:
    key, kind, name, properties, ended = row
    return StoredNode(
        str(key), kind_named(str(kind)), str(name), orjson.loads(str(properties)), bool(ended)
    )
