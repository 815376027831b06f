"""How judgements on identity are kept in the embedded store, and applied to its things."""

from collections.abc import Iterable, Mapping

import apsw

from graph.errors import ContradictoryJudgement
from graph.identity import Judgement, Verdict, identities, within_kinds
from graph.sqlite.schema import Row, begin_generation, clear_writing
from graph.sqlite.writing import refresh_touched

# A node that no claim describes any more stays while judgements hold it: what they join to it would
# else point to nothing, and be lost when a source speaks of it anew.
_KEEPING = """
CREATE TEMP TRIGGER identity_kept BEFORE DELETE ON main.node
WHEN EXISTS (SELECT 1 FROM node m WHERE m.same_as = old.id) BEGIN SELECT RAISE(IGNORE); END
"""

# Two things of two kinds are never one: as soon as a source says so, and before anything is merged
# anew, the whole identity is parted; `settle_judgements` then joins what may stay together.
_PARTING = """
CREATE TEMP TRIGGER identity_parted AFTER UPDATE OF kind ON main.node
WHEN new.kind IS NOT NULL AND new.kind IS NOT old.kind AND EXISTS (
    SELECT 1 FROM node m
    WHERE (m.id = new.same_as OR m.same_as = coalesce(new.same_as, new.id)) AND m.kind <> new.kind
    AND m.id <> new.id AND EXISTS (SELECT 1 FROM claim c WHERE c.node = m.id))
BEGIN
    INSERT INTO touched SELECT m.id FROM node m
    WHERE (m.id = coalesce(new.same_as, new.id) OR m.same_as = coalesce(new.same_as, new.id))
    AND NOT EXISTS (SELECT 1 FROM touched t WHERE t.node = m.id);
    UPDATE node SET same_as = NULL WHERE same_as = coalesce(new.same_as, new.id);
END
"""

UNAPPLIED = """SELECT j.* FROM judgement j LEFT JOIN node a ON a.key = j.one
LEFT JOIN node b ON b.key = j.other
WHERE j.verdict = 'same' AND coalesce(a.same_as, a.id) IS NOT coalesce(b.same_as, b.id)"""
"""The judgements *same* of two ids that do not stand for one thing."""

_VERDICTS = {verdict.value: verdict for verdict in Verdict}


def keep_identities(db: apsw.Connection) -> None:
    """Have a writer keep the nodes that stand for others, and part those of two kinds."""
    db.execute(_KEEPING)
    db.execute(_PARTING)


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


def put_judgements(db: apsw.Connection, judgements: Iterable[Judgement]) -> list[Judgement]:
    """Keep judgements; gives those that are new or changed."""
    changed = []
    for j in (judgement.ordered for judgement in judgements):
        db.execute(
            """INSERT INTO judgement VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
            verdict = excluded.verdict, who = excluded.who, date = excluded.date,
            score = excluded.score, note = excluded.note
            WHERE (verdict, who, score, note)
                IS NOT (excluded.verdict, excluded.who, excluded.score, excluded.note)""",
            (j.one, j.other, j.verdict.value, j.who, j.date, j.score, j.note),
        )
        if db.changes():
            changed.append(j)
    return changed


def drop_judgements(db: apsw.Connection, pairs: Iterable[tuple[str, str]]) -> int:
    """Take judgements back; gives how many there were."""
    dropped = 0
    for one, other in pairs:
        db.execute("DELETE FROM judgement WHERE one = ? AND other = ?", tuple(sorted((one, other))))
        dropped += db.changes()
    return dropped


def apply_judgements(db: apsw.Connection, fresh: Iterable[Judgement] = ()) -> None:
    """Make one the things that are judged the same, and part those that no longer are.

    Args:
        db: the store, in a transaction of the caller.
        fresh: the judgements to be refused, rather than kept, where they join two kinds.

    Raises:
        ContradictoryJudgement: the judgements contradict each other, or a fresh one joins two
            kinds.
    """
    kept = _kept(db)
    identities(kept)  # what is not applied contradicts too
    known = within_kinds(kept, _kinds(db))
    for judgement in fresh:
        one, other = judgement.one, judgement.other
        if judgement.verdict is Verdict.SAME and known.get(one, one) != known.get(other, other):
            raise ContradictoryJudgement(one, other, "ce ne sont pas des choses de même sorte")
    _apply(db, known)
    refresh_touched(db, begin_generation(db))
    clear_writing(db)


def settle_judgements(db: apsw.Connection) -> None:
    """Apply what sources, as they now speak, let be applied, after a writing in its transaction.

    Judgements that join two kinds of things stay, unapplied.
    """
    if not db.execute(f"SELECT EXISTS ({UNAPPLIED})").get:
        return
    clear_writing(db)
    _apply(db, within_kinds(_kept(db), _kinds(db)))
    refresh_touched(db, int(db.execute("SELECT generation FROM state").get))
    clear_writing(db)


def _kept(db: apsw.Connection) -> list[Judgement]:
    return [judgement_of(row) for row in db.execute("SELECT * FROM judgement")]


def _kinds(db: apsw.Connection) -> Mapping[str, str]:
    """The kinds of the ids that are judged the same as others and that a source describes."""
    sql = """SELECT n.key, n.kind FROM node n WHERE n.key IN (
        SELECT one FROM judgement WHERE verdict = 'same'
        UNION SELECT other FROM judgement WHERE verdict = 'same')
        AND EXISTS (SELECT 1 FROM claim c WHERE c.node = n.id)"""
    return {str(key): str(kind) for key, kind in db.execute(sql)}


def _apply(db: apsw.Connection, known: Mapping[str, str]) -> None:
    """Point each id to the one that stands for it; what that touches is to be refreshed."""
    keys = [(key,) for key in {*known, *known.values()}]
    db.executemany("INSERT OR IGNORE INTO node (key) VALUES (?)", keys)
    db.execute("CREATE TEMP TABLE identity (key TEXT PRIMARY KEY, whole TEXT) WITHOUT ROWID")
    try:
        db.executemany("INSERT INTO identity VALUES (?, ?)", known.items())
        _move(db)
    finally:
        db.execute("DROP TABLE identity")


def _move(db: apsw.Connection) -> None:
    """Point each node to the one that stands for it, and note whom that touches."""
    wanted = """(SELECT w.id FROM identity i JOIN node w ON w.key = i.whole
        WHERE i.key = node.key)"""
    db.execute(f"""INSERT OR IGNORE INTO touched SELECT id FROM node WHERE same_as IS NOT {wanted}
        AND (same_as IS NOT NULL OR key IN (SELECT key FROM identity))""")
    db.execute("""INSERT OR IGNORE INTO touched SELECT n.same_as FROM touched t
        JOIN node n ON n.id = t.node WHERE n.same_as IS NOT NULL""")
    db.execute(f"UPDATE node SET same_as = {wanted} WHERE id IN (SELECT node FROM touched)")
