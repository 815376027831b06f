"""The names of the embedded store, in its full-text index."""

from collections.abc import Sequence

import apsw

from graph.name_search import CANDIDATES, Wanted


class SqliteNames:
    """The names of one generation; see `graph.name_search.NameIndex`."""

    def __init__(self, db: apsw.Connection) -> None:
        self._db = db
        self._words = [str(row[0]) for row in db.execute("SELECT term FROM name_word")]

    def begins_a_word(self, beginning: str) -> bool:
        """Whether a word of some thing begins so."""
        known = "SELECT 1 FROM name_index WHERE name_index MATCH ? LIMIT 1"
        return bool(self._db.execute(known, (f'"{beginning}"*',)).get)

    def near_words(self) -> Sequence[str]:
        """The words of all things, sorted."""
        return self._words

    def matching(
        self, wanted: Sequence[Wanted], kinds: Sequence[str]
    ) -> list[tuple[str, str, str]]:
        """Id, kind and name of the best things that have all that is wanted."""
        query = " AND ".join(f"({_options(each)})" for each in wanted)
        chosen = f"AND n.kind IN ({', '.join('?' * len(kinds))})" if kinds else ""
        sql = f"""SELECT n.key, n.kind, n.name FROM name_index JOIN node n
            ON n.id = name_index.rowid WHERE name_index MATCH ? AND n.kind IS NOT NULL {chosen}
            ORDER BY rank LIMIT {CANDIDATES}"""
        rows = self._db.execute(sql, (query, *kinds))
        return [(str(key), str(kind), str(name)) for key, kind, name in rows]


def _options(wanted: Wanted) -> str:
    if wanted.beginning:
        return f'"{wanted.beginning}"*'
    return " OR ".join(f'"{word}"' for word in wanted.words)
