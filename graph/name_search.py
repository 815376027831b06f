"""Finding things by name, whatever the accents, the case, and small typing errors."""

from collections.abc import Sequence

import apsw
from rapidfuzz import fuzz, process
from rapidfuzz.distance import DamerauLevenshtein

from graph.model import kind_named
from graph.store import Found
from graph.text import fold

# Names that hold the words are many for « rue » or « saint »: the best by BM25 are compared.
_CANDIDATES = 400
_SPELLINGS = 6
_LONGEST_QUERY = 200


class NameSearch:
    """Search over one generation of the names of a store.

    Words are looked up as prefixes in the full-text index (BM25). A word that starts no known
    word is replaced by the nearest ones under the Damerau-Levenshtein distance, one error for
    four letters. What was found is then ordered by its likeness to what was asked.
    """

    def __init__(self, db: apsw.Connection) -> None:
        self._db = db
        self._vocabulary = [str(row[0]) for row in db.execute("SELECT term FROM name_word")]

    def find(self, text: str, kinds: Sequence[str], limit: int) -> list[Found]:
        """The things whose names are most like `text`, the best first, at most `limit`."""
        asked = fold(text[:_LONGEST_QUERY])
        if not asked:
            return []
        words = [self._spellings(word) for word in asked.split()]
        if not all(words):
            return []
        rows = self._matching(" AND ".join(f"({' OR '.join(options)})" for options in words), kinds)
        found = [_scored(asked, *row) for row in rows]
        return sorted(found, key=lambda f: (-f.score, len(f.name), f.key))[:limit]

    def _matching(self, query: str, kinds: Sequence[str]) -> list[tuple[str, str, str]]:
        chosen = f"AND n.kind IN ({', '.join('?' * len(kinds))})" if kinds else ""
        sql = f"""SELECT n.key, n.kind, n.name FROM name_index JOIN node n
            ON n.id = name_index.rowid WHERE name_index MATCH ? AND n.kind IS NOT NULL {chosen}
            ORDER BY rank LIMIT {_CANDIDATES}"""
        rows = self._db.execute(sql, (query, *kinds))
        return [(str(key), str(kind), str(name)) for key, kind, name in rows]

    def _spellings(self, word: str) -> list[str]:
        """The full-text terms that stand for a word: itself as a prefix, else its likes."""
        prefix = f'"{word}"*'
        known = "SELECT 1 FROM name_index WHERE name_index MATCH ? LIMIT 1"
        if self._db.execute(known, (prefix,)).get:
            return [prefix]
        errors = max(1, len(word) // 4)
        near = process.extract(
            word,
            self._vocabulary,
            scorer=DamerauLevenshtein.distance,
            score_cutoff=errors,
            limit=_SPELLINGS,
        )
        return [f'"{term}"' for term, _, _ in near]


def _scored(asked: str, key: str, kind: str, name: str) -> Found:
    folded = fold(name)
    likeness = max(fuzz.ratio(asked, folded), 0.95 * fuzz.token_set_ratio(asked, folded)) / 100
    return Found(key, kind_named(kind), name, round(likeness, 4))
