"""How a source that the store holds nothing of yet is written: applied as it comes.

Nothing of it can vanish, be corrected or be there already: no record waits for the others, and a
thing that is new to the store is written with what it amounts to. What others speak of too is
merged at the end, as in every writing (`graph.sqlite.writing`), which gives the same content.
"""

import marshal
from collections import defaultdict
from collections.abc import Iterable

import apsw
import orjson

from graph.claims import Source
from graph.errors import InvalidClaim
from graph.model import TIES, tie_named
from graph.prepared import Batch, NodeRow, TieRow, words_of
from graph.sqlite.schema import (
    Cell,
    Row,
    begin_generation,
    note_touched,
    put_source,
    stop_noting_touched,
    tie_table,
)

_ENDS = 100_000  # communes and goals, at which ties end all the time

_KNOWN = "SELECT n.key, n.id, n.kind FROM json_each(?) j JOIN node n ON n.key = j.value"
_PUT_NODES = """
INSERT INTO node (id, key, kind, name, properties, ended, changed) VALUES (?, ?, ?, ?, ?, ?, ?)
"""
_AGAIN = """ON CONFLICT DO UPDATE SET properties = excluded.properties,
    locator = excluded.locator, url = excluded.url, date = excluded.date,
    ended = excluded.ended, note = excluded.note"""
_PUT_CLAIMS = f"INSERT INTO claim VALUES (?, {{source}}, ?, ?, ?, ?, ?, ?, ?) {_AGAIN}"
_PUT_TIES = f"INSERT INTO {{table}} VALUES (?, ?, {{source}}, ?, ?, ?, ?, ?, ?, ?) {_AGAIN}"

# What was said, some thousand claims in one row: looked at only where something is said twice.
_SAID = "CREATE TEMP TABLE said_at_once (claims BLOB NOT NULL) STRICT"

# Of a claim that several records make the last one counts: the others may have said nothing.
_RECORDS_KEPT = """
SELECT count(DISTINCT row) FROM (SELECT max(row) AS row FROM said GROUP BY tie, start, end, record)
"""


class FirstEdition:
    """The writing of a source of which the store holds no claim."""

    def __init__(self, db: apsw.Connection, source: Source) -> None:
        self._db = db
        self._source, _ = put_source(db, source)
        self.generation = begin_generation(db)
        db.execute("UPDATE source SET generation = ? WHERE id = ?", (self.generation, self._source))
        stop_noting_touched(db)
        db.execute(_SAID)
        self._first_new = self._next = int(
            db.execute("SELECT ifnull(max(id), 0) + 1 FROM node").get
        )
        self._ends: dict[str, int] = {}
        self._told: dict[str, tuple[str, dict[str, str]]] = {}
        self._claims = 0

    def take(self, batch: Batch, first: int) -> None:
        """Apply some records, of which the first has that number."""
        coming = _Coming(self._known(batch), self._next)
        for claim in batch.claims:
            self._take_claim(coming, claim, first)
        for tie in batch.ties:
            self._take_tie(coming, tie, first)
        self._next = coming.next
        self._claims += len(batch.claims) + len(batch.ties)
        self._put(coming)

    def finish(self, speaking: int) -> int:
        """Check the whole; gives how many records say something that is kept.

        Args:
            speaking: how many records said something.

        Raises:
            InvalidClaim: something is told to be of two kinds.
        """
        self._refuse_other_kinds()
        note_touched(self._db)
        counted = " + ".join(
            f"(SELECT count(*) FROM {table} WHERE source = {self._source})"
            for table in ("claim", *map(tie_table, TIES))
        )
        kept = int(self._db.execute(f"SELECT {counted}").get)
        records = speaking if kept == self._claims else self._records_kept()
        self._db.execute("DROP TABLE said_at_once")
        return records

    def _records_kept(self) -> int:
        """How many records say something that no later one says in their place."""
        for (packed,) in self._db.execute("SELECT claims FROM said_at_once ORDER BY rowid"):
            rows: list[Row] = marshal.loads(packed)
            self._db.executemany("INSERT INTO said VALUES (?, ?, ?, ?, ?)", rows)
        return int(self._db.execute(_RECORDS_KEPT).get)

    def _known(self, batch: Batch) -> Iterable[Row]:
        """What the store holds of the things that are spoken of."""
        ends = self._ends
        keys = dict.fromkeys(row[1] for row in batch.claims)  # in their order, near each other
        for row in batch.ties:
            if (start := row[2]) not in keys and start not in ends:
                keys[start] = None
            if (end := row[3]) not in keys and end not in ends:
                keys[end] = None
        return self._db.execute(_KNOWN, (orjson.dumps([*keys]).decode(),))

    def _take_claim(self, coming: "_Coming", claim: NodeRow, first: int) -> None:
        number, key, record, kind, text, locator, url, date, ended, note, name, named, former = (
            claim
        )
        node = coming.ids.get(key)
        if node is None:
            node = coming.new(key, kind)
            whole = (node, key, kind, name, text, 1 if ended else 0, self.generation)
            coming.nodes.append(whole)
            coming.names.append((node, words_of(named)))
            for each in former:
                coming.aliases.append((each, node))
        else:
            known = coming.kinds[key]
            if key in self._told or (
                known not in (None, kind) and self._is_described(coming, node)
            ):
                self._tell(coming, key, claim)
            elif known != kind:
                coming.kinds[key] = kind
                coming.described.append((kind, node))
            coming.touched.add(node)
        coming.claims.append((node, record, text, locator, url, date, ended, note))
        coming.said.append((first + number, "", node, 0, record))

    def _is_described(self, coming: "_Coming", node: int) -> bool:
        """Whether a claim gives a thing its kind: it may have that of what it was judged to be."""
        if any(claim[0] == node for claim in coming.claims):
            return True
        return bool(
            self._db.execute("SELECT EXISTS (SELECT 1 FROM claim WHERE node = ?)", (node,)).get
        )

    def _tell(self, coming: "_Coming", key: str, claim: NodeRow) -> None:
        """Remember which record gives which kind to a thing that is told to be of two."""
        node, known = coming.ids[key], str(coming.kinds[key])
        if key not in self._told:
            sql = "SELECT record FROM claim WHERE node = ? AND source = ?"
            before = [str(record) for (record,) in self._db.execute(sql, (node, self._source))]
            before += [str(one[1]) for one in coming.claims if one[0] == node]
            self._told[key] = known, dict.fromkeys(before, known)
        self._told[key][1][claim[2]] = claim[3]

    def _take_tie(self, coming: "_Coming", row: TieRow, first: int) -> None:
        number, tie, start, end, record, text, locator, url, date, ended, note = row
        one, other = self._end(coming, start), self._end(coming, end)
        coming.ties[tie].append((one, other, record, text, locator, url, date, ended, note))
        coming.said.append((first + number, tie, one, other, record))

    def _end(self, coming: "_Coming", key: str) -> int:
        node = coming.ids.get(key) or self._ends.get(key)
        if node is None:
            node = coming.new(key, None)
            coming.nodes.append((node, key, None, "", "{}", 0, self.generation))
        if node < self._first_new and key not in self._ends:
            coming.touched.add(node)
            if len(self._ends) >= _ENDS:
                self._ends.clear()
            self._ends[key] = node
        return node

    def _put(self, coming: "_Coming") -> None:
        db = self._db
        db.executemany(_PUT_NODES, coming.nodes)
        db.executemany(_PUT_CLAIMS.format(source=self._source), coming.claims)
        db.executemany("UPDATE node SET kind = ? WHERE id = ?", coming.described)
        for tie, rows in coming.ties.items():
            table = tie_table(tie_named(tie))
            db.executemany(_PUT_TIES.format(table=table, source=self._source), rows)
        db.executemany("INSERT INTO name_index (rowid, words) VALUES (?, ?)", coming.names)
        db.executemany("INSERT OR IGNORE INTO alias VALUES (?, ?)", coming.aliases)
        db.executemany("INSERT OR IGNORE INTO touched VALUES (?)", ((n,) for n in coming.touched))
        db.execute("INSERT INTO said_at_once VALUES (?)", (marshal.dumps(coming.said),))

    def _refuse_other_kinds(self) -> None:
        """Say the first thing of two kinds: this source tells both, or others told the one."""
        two, other = {}, {}
        sql = """SELECT EXISTS (SELECT 1 FROM claim c JOIN node n ON n.id = c.node
            WHERE n.key = ? AND c.source <> ?)"""
        for key, (known, told) in self._told.items():
            kinds = sorted({*told.values()})
            if len(kinds) > 1:
                two[key] = f"« {key} » est à la fois « {kinds[0]} » et « {kinds[-1]} »"
            elif kinds != [known] and self._db.execute(sql, (key, self._source)).get:
                other[key] = f"« {key} » est déjà « {known} », pas « {kinds[0]} »"
            else:
                self._db.execute("UPDATE node SET kind = ? WHERE key = ?", (kinds[0], key))
        for found in (two, other):
            if found:
                first = min(found)
                raise InvalidClaim(first, [found[first]])


class _Coming:
    """What a batch adds to the store, before it is written."""

    def __init__(self, known: Iterable[Row], following: int) -> None:
        self.ids: dict[str, int] = {}
        self.kinds: dict[str, Cell] = {}
        for key, node, kind in known:
            self.ids[str(key)] = int(str(node))
            self.kinds[str(key)] = kind
        self.next = following
        self.nodes: list[Row] = []
        self.claims: list[Row] = []
        self.described: list[Row] = []
        self.ties: defaultdict[str, list[Row]] = defaultdict(list)
        self.names: list[Row] = []
        self.aliases: list[Row] = []
        self.touched: set[int] = set()
        self.said: list[Row] = []

    def new(self, key: str, kind: str | None) -> int:
        """The number of a thing that the store does not know yet."""
        node = self.ids[key] = self.next
        self.kinds[key] = kind
        self.next += 1
        return node
