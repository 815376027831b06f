"""How judgements on identity are kept in the embedded store, and applied to its things."""

from collections.abc import Iterable

import apsw

from graph.errors import ContradictoryJudgement
from graph.identity import Judgement, Verdict, identities
from graph.sqlite_schema import Row, begin_generation, clear_writing
from graph.sqlite_writing import refresh_touched

# A node that no claim describes any more stays while judgements hold it: what they join to it would
# else point to nothing, and be lost when a source speaks of it anew.
_KEEPING = """
CREATE TEMP TRIGGER identity_kept BEFORE DELETE ON main.node
WHEN EXISTS (SELECT 1 FROM node m WHERE m.same_as = old.id) BEGIN SELECT RAISE(IGNORE); END
"""

_VERDICTS = {verdict.value: verdict for verdict in Verdict}


def keep_identities(db: apsw.Connection) -> None:
    """Have a writer keep the nodes that stand for others."""
    db.execute(_KEEPING)


def judgement_of(row: Row) -> Judgement:
    """A judgement from its columns."""
    one, other, verdict, who, date, score, note = row
    return Judgement(
        str(one),
        str(other),
        _VERDICTS[str(verdict)],
        str(who),
        str(date),
        float(str(score)),
        str(note),
    )


def put_judgements(db: apsw.Connection, judgements: Iterable[Judgement]) -> int:
    """Keep judgements; gives how many are new or changed."""
    changed = 0
    for j in (judgement.ordered for judgement in judgements):
        db.execute(
            """INSERT INTO judgement VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
            verdict = excluded.verdict, who = excluded.who, date = excluded.date,
            score = excluded.score, note = excluded.note
            WHERE (verdict, who, score, note)
                IS NOT (excluded.verdict, excluded.who, excluded.score, excluded.note)""",
            (j.one, j.other, j.verdict.value, j.who, j.date, j.score, j.note),
        )
        changed += db.changes()
    return changed


def drop_judgements(db: apsw.Connection, pairs: Iterable[tuple[str, str]]) -> int:
    """Take judgements back; gives how many there were."""
    dropped = 0
    for one, other in pairs:
        db.execute("DELETE FROM judgement WHERE one = ? AND other = ?", tuple(sorted((one, other))))
        dropped += db.changes()
    return dropped


def apply_judgements(db: apsw.Connection) -> None:
    """Make one the things that are judged the same, and part those that no longer are.

    Raises:
        ContradictoryJudgement: the judgements contradict each other, or join two kinds.
    """
    kept = [judgement_of(row) for row in db.execute("SELECT * FROM judgement")]
    known = identities(kept)
    keys = [(key,) for key in {*known, *known.values()}]
    db.executemany("INSERT OR IGNORE INTO node (key) VALUES (?)", keys)
    db.execute("CREATE TEMP TABLE identity (key TEXT PRIMARY KEY, whole TEXT) WITHOUT ROWID")
    try:
        db.executemany("INSERT INTO identity VALUES (?, ?)", known.items())
        _refuse_two_kinds(db)
        _move(db)
    finally:
        db.execute("DROP TABLE identity")
    refresh_touched(db, begin_generation(db))
    clear_writing(db)


def _refuse_two_kinds(db: apsw.Connection) -> None:
    sql = """SELECT m.key, w.key FROM identity i JOIN node m ON m.key = i.key
        JOIN node w ON w.key = i.whole WHERE m.kind <> w.kind ORDER BY 1, 2"""
    for one, other in db.execute(sql):
        raise ContradictoryJudgement(
            str(one), str(other), "ce ne sont pas des choses de même sorte"
        )


def _move(db: apsw.Connection) -> None:
    """Point each node to the one that stands for it, and note whom that touches."""
    wanted = """(SELECT w.id FROM identity i JOIN node w ON w.key = i.whole
        WHERE i.key = node.key)"""
    db.execute(f"""INSERT OR IGNORE INTO touched SELECT id FROM node WHERE same_as IS NOT {wanted}
        AND (same_as IS NOT NULL OR key IN (SELECT key FROM identity))""")
    db.execute("""INSERT OR IGNORE INTO touched SELECT n.same_as FROM touched t
        JOIN node n ON n.id = t.node WHERE n.same_as IS NOT NULL""")
    db.execute(f"UPDATE node SET same_as = {wanted} WHERE id IN (SELECT node FROM touched)")
