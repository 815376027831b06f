"""How one source is written into the embedded store: gathered, compared, applied, merged."""

import datetime
from collections.abc import Iterable, Sequence
from itertools import groupby

import apsw
import orjson

from graph.claims import Claim, Source
from graph.errors import InvalidClaim
from graph.merge import in_order_of_trust, merged
from graph.model import TIES, kind_named
from graph.prepared import Batch, former_keys, to_json, words
from graph.sqlite.first import FirstEdition
from graph.sqlite.schema import Row, begin_generation, put_source, tie_table
from graph.store import StoredClaim, Written

_BATCH = 5_000

_NEW_NODES = """
INSERT OR IGNORE INTO node (key) SELECT key FROM incoming_claim
UNION SELECT start_key FROM incoming_tie UNION SELECT end_key FROM incoming_tie
"""

_TWO_KINDS = """
SELECT key, min(kind), max(kind) FROM incoming_claim GROUP BY key HAVING min(kind) <> max(kind)
"""

_OTHER_KIND = """
SELECT i.key, n.kind, i.kind FROM incoming_claim i JOIN node n ON n.key = i.key
WHERE n.kind <> i.kind
AND EXISTS (SELECT 1 FROM claim c WHERE c.node = n.id AND c.source <> ?) ORDER BY i.key
"""

# What a source alone spoke of, it may correct: its earlier claims were about another kind.
_DROP_CORRECTED = """
DELETE FROM claim WHERE source = ? AND node IN (
    SELECT n.id FROM incoming_claim i JOIN node n ON n.key = i.key WHERE n.kind <> i.kind
)
"""

_CHANGED_CLAIMS = """
INSERT OR IGNORE INTO changed_row SELECT i.row FROM incoming_claim i
LEFT JOIN node n ON n.key = i.key
LEFT JOIN claim c ON c.node = n.id AND c.source = ? AND c.record = i.record
WHERE c.node IS NULL OR n.kind IS NOT i.kind
    OR (c.properties, c.locator, c.url, c.date, c.ended, c.note)
    IS NOT (i.properties, i.locator, i.url, i.date, i.ended, i.note)
"""

_CHANGED_TIES = """
INSERT OR IGNORE INTO changed_row SELECT i.row FROM incoming_tie i
LEFT JOIN node s ON s.key = i.start_key LEFT JOIN node e ON e.key = i.end_key
LEFT JOIN {table} c ON c.start = s.id AND c.end = e.id AND c.source = ? AND c.record = i.record
WHERE i.tie = ? AND (c.start IS NULL OR (c.properties, c.locator, c.url, c.date, c.ended, c.note)
    IS NOT (i.properties, i.locator, i.url, i.date, i.ended, i.note))
"""

_PUT_CLAIMS = """
INSERT INTO claim (node, source, record, properties, locator, url, date, ended, note)
SELECT n.id, ?, i.record, i.properties, i.locator, i.url, i.date, i.ended,
    i.note
FROM incoming_claim i JOIN node n ON n.key = i.key WHERE true
ON CONFLICT DO UPDATE SET properties = excluded.properties, locator = excluded.locator,
    url = excluded.url, date = excluded.date, ended = excluded.ended, note = excluded.note
WHERE (properties, locator, url, date, ended, note) IS NOT (excluded.properties,
    excluded.locator, excluded.url, excluded.date, excluded.ended, excluded.note)
"""

_PUT_KINDS = """
UPDATE node SET kind = i.kind FROM incoming_claim i
WHERE i.key = node.key AND node.kind IS NOT i.kind
"""

_PUT_TIES = """
INSERT INTO {table} (start, end, source, record, properties, locator, url, date, ended, note)
SELECT s.id, e.id, ?, i.record, i.properties, i.locator, i.url, i.date, i.ended,
    i.note
FROM incoming_tie i JOIN node s ON s.key = i.start_key JOIN node e ON e.key = i.end_key
WHERE i.tie = ?
ON CONFLICT DO UPDATE SET properties = excluded.properties, locator = excluded.locator,
    url = excluded.url, date = excluded.date, ended = excluded.ended, note = excluded.note
WHERE (properties, locator, url, date, ended, note) IS NOT (excluded.properties,
    excluded.locator, excluded.url, excluded.date, excluded.ended, excluded.note)
"""

_VANISHED_CLAIMS = """
source = ?1 AND ended = '' AND NOT EXISTS (
    SELECT 1 FROM node n JOIN incoming_claim i ON i.key = n.key
    WHERE n.id = claim.node AND i.record = claim.record
)
"""

_VANISHED_TIES = """
source = ?1 AND ended = '' AND NOT EXISTS (
    SELECT 1 FROM node s, node e, incoming_tie i
    WHERE s.id = {table}.start AND e.id = {table}.end AND i.tie = '{tie}'
    AND i.start_key = s.key AND i.end_key = e.key AND i.record = {table}.record
)
"""

_WHOLE_IDENTITIES = (
    """INSERT OR IGNORE INTO touched SELECT n.same_as FROM touched t JOIN node n ON n.id = t.node
    WHERE n.same_as IS NOT NULL""",
    """INSERT OR IGNORE INTO touched SELECT n.id FROM touched t
    JOIN node n ON n.same_as = t.node""",
)

# An id that nobody describes any more has no kind of its own: the next to describe it gives one.
_UNDESCRIBED_OTHERS = """
UPDATE node SET kind = NULL WHERE same_as IS NOT NULL AND kind IS NOT NULL
AND id IN (SELECT node FROM touched) AND NOT EXISTS (SELECT 1 FROM claim c WHERE c.node = node.id)
"""

_CLAIMS_OF_TOUCHED = """
SELECT n.id, n.key, m.kind, c.record, c.properties, c.locator, c.url, c.date, c.ended, c.note,
    s.name, s.title, s.publisher, s.licence, s.url, s.date, s.trust, s.keeps_history
FROM touched t JOIN node n ON n.id = t.node AND n.same_as IS NULL
JOIN node m ON {members}
LEFT JOIN claim c ON c.node = m.id LEFT JOIN source s ON s.id = c.source
WHERE t.node BETWEEN ? AND ? ORDER BY n.id
"""

# Looking for the other ids of an identity doubles the time where there are none.
_ALONE, _WITH_OTHERS = "m.id = n.id", "m.id = n.id OR m.same_as = n.id"

_NEXT_TOUCHED = """
SELECT min(node), max(node) FROM (SELECT node FROM touched WHERE node > ? ORDER BY node LIMIT ?)
"""


class SourceWriting:
    """The writing of one source inside a transaction that the store has opened."""

    def __init__(self, connection: apsw.Connection, source: Source) -> None:
        self._connection = connection
        self._source = source
        self._edition: FirstEdition | NextEdition | None = None
        self._batch = Batch()
        self._records = 0
        self._silent = 0
        self._finished = False

    def add(self, claims: Iterable[Claim]) -> None:
        """Take claims, each as a record of its own; see `graph.store.Writing`."""
        for claim in claims:
            self.add_record((claim,))

    def add_record(self, claims: Sequence[Claim]) -> None:
        """Take all the claims of one record, or none; see `graph.store.Writing`."""
        batch = self._batch
        batch.add(claims)
        if len(batch.claims) + len(batch.ties) >= _BATCH:
            self._flush()

    def add_batch(self, batch: Batch) -> None:
        """Take records that were checked and laid out before."""
        self._flush()
        self._take(batch)

    def finish(self) -> Written:
        """Apply what was taken; see `graph.store.Writing`."""
        self._flush()
        self._finished = True
        edition = self._edition or NextEdition(self._connection, self._source)
        if isinstance(edition, NextEdition):
            return edition.finish(self._records)
        written = edition.finish(self._records - self._silent)
        refresh_touched(self._connection, edition.generation)
        unchanged = self._records - written
        return Written(self._records, written, unchanged, 0, 0, edition.generation)

    def close(self) -> None:
        """Take back what was not finished; the transaction goes on, as new."""
        if not self._finished:
            self._connection.execute("ROLLBACK")
            self._connection.execute("BEGIN")

    def _flush(self) -> None:
        batch, self._batch = self._batch, Batch()
        self._take(batch)

    def _take(self, batch: Batch) -> None:
        if self._edition is None and (batch.claims or batch.ties):
            edition = NextEdition if self._has_spoken() else FirstEdition
            self._edition = edition(self._connection, self._source)
        if self._edition is not None:
            self._edition.take(batch, self._records)
        self._records += batch.records
        self._silent += batch.silent

    def _has_spoken(self) -> bool:
        """Whether the store holds something that the source said before."""
        said = " UNION ALL ".join(
            f"SELECT 1 FROM {table} WHERE source = s.id"
            for table in ("claim", *map(tie_table, TIES))
        )
        sql = f"SELECT EXISTS (SELECT 1 FROM source s WHERE name = ? AND EXISTS ({said}))"
        return bool(self._connection.execute(sql, (self._source.name,)).get)


class NextEdition:
    """The writing of a source that spoke before: gathered, compared, applied."""

    def __init__(self, connection: apsw.Connection, source: Source) -> None:
        self._connection = connection
        self._source = source

    def take(self, batch: Batch, first: int) -> None:
        """Gather some records, of which the first has that number."""
        self._connection.executemany(
            f"INSERT OR REPLACE INTO incoming_claim VALUES (? + {first}, ?,?,?,?,?,?,?,?,?)",
            (row[:10] for row in batch.claims),
        )
        self._connection.executemany(
            f"INSERT OR REPLACE INTO incoming_tie VALUES (? + {first}, ?,?,?,?,?,?,?,?,?,?)",
            batch.ties,
        )

    def finish(self, records: int) -> Written:
        """Compare the whole with what the store holds, and apply it."""
        db = self._connection
        source, described = put_source(db, self._source)
        db.execute(_NEW_NODES)
        self._refuse_other_kinds(source)
        written = self._count_changed(source)
        changed = self._put(source)
        removed, ended = self._let_go_of_vanished(source)
        if changed or removed or ended or described:
            generation = begin_generation(db)
            db.execute("UPDATE source SET generation = ? WHERE id = ?", (generation, source))
            refresh_touched(db, generation)
        else:
            generation = int(db.execute("SELECT generation FROM state").get)
        return Written(records, written, records - written, removed, ended, generation)

    def _count_changed(self, source: int) -> int:
        """How many records say something that the store does not hold yet."""
        db = self._connection
        db.execute(_CHANGED_CLAIMS, (source,))
        for tie in TIES:
            db.execute(_CHANGED_TIES.format(table=tie_table(tie)), (source, tie.name))
        return int(db.execute("SELECT count(*) FROM changed_row").get)

    def _refuse_other_kinds(self, source: int) -> None:
        for key, one, other in self._connection.execute(_TWO_KINDS):
            raise InvalidClaim(key, [f"« {key} » est à la fois « {one} » et « {other} »"])
        for key, known, told in self._connection.execute(_OTHER_KIND, (source,)):
            raise InvalidClaim(key, [f"« {key} » est déjà « {known} », pas « {told} »"])

    def _put(self, source: int) -> int:
        db = self._connection
        db.execute(_DROP_CORRECTED, (source,))
        db.execute(_PUT_CLAIMS, (source,))
        written = db.changes()
        db.execute(_PUT_KINDS)
        for tie in TIES:
            db.execute(_PUT_TIES.format(table=tie_table(tie)), (source, tie.name))
            written += db.changes()
        return written

    def _let_go_of_vanished(self, source: int) -> tuple[int, int]:
        gone = 0
        tables = [("claim", _VANISHED_CLAIMS)]
        for tie in TIES:
            table = tie_table(tie)
            tables.append((table, _VANISHED_TIES.format(table=table, tie=tie.name)))
        today = datetime.datetime.now(datetime.UTC).date().isoformat()
        for table, condition in tables:
            if self._source.keeps_history:
                sql = f"UPDATE {table} SET ended = ?2 WHERE {condition}"
                self._connection.execute(sql, (source, today))
            else:
                self._connection.execute(f"DELETE FROM {table} WHERE {condition}", (source,))
            gone += self._connection.changes()
        return (0, gone) if self._source.keeps_history else (gone, 0)


def refresh_touched(db: apsw.Connection, generation: int) -> None:
    """Merge anew the things whose claims or ties changed, and index their names."""
    for statement in _WHOLE_IDENTITIES:
        db.execute(statement)
    db.execute("DELETE FROM alias WHERE node IN (SELECT node FROM touched)")
    db.execute("""DELETE FROM name_index WHERE rowid IN (
        SELECT t.node FROM touched t JOIN node n ON n.id = t.node WHERE n.changed > 0)""")
    merged_ids = db.execute("SELECT EXISTS (SELECT 1 FROM node WHERE same_as IS NOT NULL)").get
    if merged_ids:
        db.execute(_UNDESCRIBED_OTHERS)
    sql = _CLAIMS_OF_TOUCHED.format(members=_WITH_OTHERS if merged_ids else _ALONE)
    done = -1
    while True:
        first, last = next(iter(db.execute(_NEXT_TOUCHED, (done, _BATCH))))
        if last is None:
            return
        _refresh_rows(db, generation, db.execute(sql, (first, last)))
        done = int(str(last))


def _refresh_rows(db: apsw.Connection, generation: int, rows: Iterable[Row]) -> None:
    updates: list[Row] = []
    names: list[Row] = []
    aliases: list[Row] = []
    gone: list[tuple[int]] = []
    for (node, key), group in groupby(rows, key=lambda row: (row[0], str(row[1]))):
        told = [row[2:] for row in group if row[3] is not None]
        if not told:
            gone.append((int(str(node)),))
            continue
        kind, text, ended = _amounts_to(told)
        properties = orjson.loads(text)
        name = str(properties.get("name", key))
        updates.append((kind, name, text, ended, generation, node))
        names.append((node, words(key, properties, _names(told))))
        aliases.extend((alias, node) for alias in former_keys(key, properties))
    db.executemany(
        "UPDATE node SET kind = ?, name = ?, properties = ?, ended = ?, changed = ? WHERE id = ?",
        updates,
    )
    db.executemany("INSERT INTO name_index (rowid, words) VALUES (?, ?)", names)
    db.executemany("INSERT OR IGNORE INTO alias VALUES (?, ?)", aliases)
    _forget_nodes(db, gone, generation)


def _forget_nodes(db: apsw.Connection, gone: list[tuple[int]], generation: int) -> None:
    """A thing that no claim describes any more stays only while a tie mentions it."""
    reset = "UPDATE node SET kind = NULL, name = '', properties = '{}', ended = 0, changed = ?"
    db.executemany(f"{reset} WHERE id = ?", [(generation, node) for (node,) in gone])
    mentioned = " UNION ALL ".join(
        f"SELECT 1 FROM {tie_table(tie)} WHERE start = node.id OR end = node.id" for tie in TIES
    )
    db.executemany(f"DELETE FROM node WHERE id = ? AND NOT EXISTS ({mentioned})", gone)


def _amounts_to(told: list[Row]) -> tuple[str, str, int]:
    """The kind, the properties as JSON and the end that claims about one thing amount to.

    Each row is a kind and the columns of a claim; most things have one claim, which is passed on.
    """
    kind = str(told[0][0])
    if len(told) == 1:
        return kind, str(told[0][2]), int(bool(told[0][6]))
    claims = [claim_of(row[1:]) for row in told]
    properties = merged(kind_named(kind), in_order_of_trust(claims))
    return kind, to_json(properties), int(all(claim.ended for claim in claims))


def _names(told: list[Row]) -> list[str]:
    """How each of several claims calls a thing; the one that there is calls it as we do."""
    if len(told) == 1:
        return []
    return [orjson.loads(str(row[2])).get("name", "") for row in told]


def claim_of(row: Row) -> StoredClaim:
    """A claim from its columns: record, properties, place, ended, note, then its source."""
    record, properties, locator, url, date, ended, note = (str(value) for value in row[:7])
    source = source_of(row[7:])
    place = locator, url, date
    return StoredClaim(source, record, orjson.loads(properties), *place, ended, note)


def source_of(row: Row) -> Source:
    """A source from its columns: name, title, publisher, licence, url, date, trust, history."""
    name, title, publisher, licence, url, date = (str(value) for value in row[:6])
    trust, history = row[6:8]
    return Source(name, title, publisher, licence, url, date, int(str(trust)), bool(history))
