"""The tables of the embedded store, derived from the model."""

import secrets
from collections.abc import Iterator
from itertools import product
from typing import TypeAlias

import apsw

from graph.claims import Source
from graph.model import TIES, Tie

Cell: TypeAlias = str | int | float | bytes | None
Row: TypeAlias = tuple[Cell, ...]

APPLICATION_ID = 0x416C6C69  # "Alli", so that `file` and we recognise a store of ours
SCHEMA_VERSION = 2

_TABLES = """
CREATE TABLE state (generation INTEGER NOT NULL, stamp TEXT NOT NULL) STRICT;
INSERT INTO state VALUES (0, '');

CREATE TABLE source (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, title TEXT NOT NULL,
    publisher TEXT NOT NULL, licence TEXT NOT NULL, url TEXT NOT NULL, date TEXT NOT NULL,
    trust INTEGER NOT NULL, keeps_history INTEGER NOT NULL, generation INTEGER NOT NULL
) STRICT;

-- `same_as` is the node that stands for this one since they were judged the same.
-- A node without kind is one that a tie mentions and that no source has described yet.
CREATE TABLE node (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, same_as INTEGER, kind TEXT,
    name TEXT NOT NULL DEFAULT '',
    properties TEXT NOT NULL DEFAULT '{}', ended INTEGER NOT NULL DEFAULT 0,
    changed INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX node_same_as ON node (same_as) WHERE same_as IS NOT NULL;

CREATE TABLE judgement (
    one TEXT NOT NULL, other TEXT NOT NULL, verdict TEXT NOT NULL, who TEXT NOT NULL,
    date TEXT NOT NULL, score REAL NOT NULL, note TEXT NOT NULL, PRIMARY KEY (one, other)
) STRICT, WITHOUT ROWID;

CREATE TABLE claim (
    node INTEGER NOT NULL, source INTEGER NOT NULL, record TEXT NOT NULL,
    properties TEXT NOT NULL, locator TEXT NOT NULL, url TEXT NOT NULL, date TEXT NOT NULL,
    ended TEXT NOT NULL, note TEXT NOT NULL, PRIMARY KEY (node, source, record)
) STRICT, WITHOUT ROWID;
CREATE INDEX claim_by_source ON claim (source);

-- Two things may claim one former id (a divided commune): the first by key has it.
CREATE TABLE alias (
    key TEXT NOT NULL, node INTEGER NOT NULL, PRIMARY KEY (key, node)
) STRICT, WITHOUT ROWID;
CREATE INDEX alias_by_node ON alias (node);

CREATE VIRTUAL TABLE name_index USING fts5(
    words, content='', contentless_delete=1, prefix='2 3',
    tokenize='unicode61 remove_diacritics 2'
);
CREATE VIRTUAL TABLE name_word USING fts5vocab(name_index, 'row');
"""

_TIE_TABLE = """
CREATE TABLE {table} (
    start INTEGER NOT NULL, end INTEGER NOT NULL, source INTEGER NOT NULL, record TEXT NOT NULL,
    properties TEXT NOT NULL, locator TEXT NOT NULL, url TEXT NOT NULL, date TEXT NOT NULL,
    ended TEXT NOT NULL, note TEXT NOT NULL, PRIMARY KEY (start, end, source, record)
) STRICT, WITHOUT ROWID;
CREATE INDEX {table}_back ON {table} (end, start);
CREATE INDEX {table}_by_source ON {table} (source);
"""

# What a writer gathers before it is compared with what the store holds.
_INCOMING = """
CREATE TEMP TABLE incoming_claim (
    row INTEGER NOT NULL, key TEXT NOT NULL,
    record TEXT NOT NULL, kind TEXT NOT NULL, properties TEXT NOT NULL,
    locator TEXT NOT NULL, url TEXT NOT NULL, date TEXT NOT NULL, ended TEXT NOT NULL,
    note TEXT NOT NULL, PRIMARY KEY (key, record)
) STRICT, WITHOUT ROWID;
CREATE TEMP TABLE incoming_tie (
    row INTEGER NOT NULL, tie TEXT NOT NULL,
    start_key TEXT NOT NULL, end_key TEXT NOT NULL, record TEXT NOT NULL,
    properties TEXT NOT NULL, locator TEXT NOT NULL, url TEXT NOT NULL, date TEXT NOT NULL,
    ended TEXT NOT NULL, note TEXT NOT NULL, PRIMARY KEY (tie, start_key, end_key, record)
) STRICT, WITHOUT ROWID;
-- What the first edition of a source says, in the order in which it does.
CREATE TEMP TABLE said (
    row INTEGER NOT NULL, tie TEXT NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL,
    record TEXT NOT NULL
) STRICT;
CREATE TEMP TABLE changed_row (row INTEGER PRIMARY KEY) STRICT;
CREATE TEMP TABLE touched (node INTEGER PRIMARY KEY) STRICT;
"""

# Not INSERT OR IGNORE: the conflict rule of an upsert overrides those inside its triggers.
_TOUCHING = """
CREATE TEMP TRIGGER {table}_{event} AFTER {event} ON main.{table} BEGIN
    {statements}
END;
"""
_TOUCH = """INSERT INTO touched SELECT {node}
    WHERE NOT EXISTS (SELECT 1 FROM touched WHERE node = {node});
"""


def tie_table(tie: Tie) -> str:
    """The name of the table of a kind of tie."""
    return f"tie_{tie.name.lower()}"


def create(connection: apsw.Connection) -> None:
    """Make the tables of an empty store, in the transaction of the caller."""
    connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
    connection.execute(_TABLES)
    for tie in TIES:
        connection.execute(_TIE_TABLE.format(table=tie_table(tie)))


def begin_generation(connection: apsw.Connection) -> int:
    """Count one more change of the store; gives its number."""
    sql = "UPDATE state SET generation = generation + 1, stamp = ? RETURNING generation"
    return int(connection.execute(sql, (secrets.token_hex(8),)).get)


def put_source(db: apsw.Connection, source: Source) -> tuple[int, bool]:
    """The number of a source in the store, and whether its description is new or changed."""
    columns = (source.title, source.publisher, source.licence, source.url, source.date)
    row = (source.name, *columns, source.trust, int(source.keeps_history))
    sql = """INSERT INTO source
        (name, title, publisher, licence, url, date, trust, keeps_history, generation)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0) ON CONFLICT (name) DO UPDATE SET
        title = excluded.title, publisher = excluded.publisher, licence = excluded.licence,
        url = excluded.url, date = excluded.date, trust = excluded.trust,
        keeps_history = excluded.keeps_history
        WHERE (title, publisher, licence, url, date, trust, keeps_history) IS NOT
        (excluded.title, excluded.publisher, excluded.licence, excluded.url, excluded.date,
        excluded.trust, excluded.keeps_history)"""
    db.execute(sql, row)
    changed = db.changes() > 0
    if changed:
        # A changed trust may change what its claims amount to.
        db.execute(
            "INSERT OR IGNORE INTO touched SELECT node FROM claim WHERE source ="
            " (SELECT id FROM source WHERE name = ?)",
            (source.name,),
        )
    return int(db.execute("SELECT id FROM source WHERE name = ?", (source.name,)).get), changed


def prepare_writing(connection: apsw.Connection) -> None:
    """Make the temporary tables of a writer, and the triggers that note what it touches."""
    connection.execute(_INCOMING)
    note_touched(connection)


def note_touched(connection: apsw.Connection) -> None:
    """Have each change of a claim note the things that it speaks of."""
    for table, event in _changes():
        row = "old" if event == "DELETE" else "new"
        ends = ["node"] if table == "claim" else ["start", "end"]
        touch = "".join(_TOUCH.format(node=f"{row}.{end}") for end in ends)
        connection.execute(_TOUCHING.format(table=table, event=event, statements=touch))


def stop_noting_touched(connection: apsw.Connection) -> None:
    """Leave the noting to the writer, until `note_touched`."""
    for table, event in _changes():
        connection.execute(f"DROP TRIGGER temp.{table}_{event}")


def _changes() -> Iterator[tuple[str, str]]:
    tables = ("claim", *map(tie_table, TIES))
    return product(tables, ("INSERT", "UPDATE", "DELETE"))


def clear_writing(connection: apsw.Connection) -> None:
    """Empty the temporary tables for the next source."""
    for table in ("incoming_claim", "incoming_tie", "said", "changed_row", "touched"):
        connection.execute(f"DELETE FROM {table}")
