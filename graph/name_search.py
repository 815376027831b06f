"""Finding things by name, whatever the accents, the case, and small typing errors."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from rapidfuzz import fuzz, process
from rapidfuzz.distance import DamerauLevenshtein

from graph.model import kind_named
from graph.store import Found
from graph.text import fold

# Names that hold the words are many for « rue » or « saint »: the best by BM25 are compared.
CANDIDATES = 400
_SPELLINGS = 6
_LONGEST_QUERY = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one word of a query may be: the beginning of a word, or one of some whole words."""

    beginning: str = ""
    words: tuple[str, ...] = ()


class NameIndex(Protocol):
    """The full-text index that a backend keeps over the folded words of its things."""

    def begins_a_word(self, beginning: str) -> bool:
        """Whether a word of some thing begins so."""

    def near_words(self) -> Sequence[str]:
        """The words of all things, sorted."""

    def matching(
        self, wanted: Sequence[Wanted], kinds: Sequence[str]
    ) -> Iterable[tuple[str, str, str]]:
        """Id, kind and name of the `CANDIDATES` best things (BM25) that have all that is wanted."""


def find(index: NameIndex, text: str, kinds: Sequence[str], limit: int) -> list[Found]:
    """The things whose names are most like `text`, the best first, at most `limit`.

    Words are looked up as prefixes. A word that starts no known word is replaced by the nearest
    ones under the Damerau-Levenshtein distance, one error for four letters. What was found is then
    ordered by its likeness to what was asked.
    """
    asked = fold(text[:_LONGEST_QUERY])
    wanted = [_wanted(index, word) for word in asked.split()]
    if not wanted or not all(each.beginning or each.words for each in wanted):
        return []
    found = [_scored(asked, *row) for row in index.matching(wanted, kinds)]
    return sorted(found, key=lambda f: (-f.score, len(f.name), f.key))[:limit]


def _wanted(index: NameIndex, word: str) -> Wanted:
    """What stands for a word: itself as a beginning, else its likes."""
    if index.begins_a_word(word):
        return Wanted(beginning=word)
    return Wanted(words=tuple(_near(word, index.near_words())))


def _near(word: str, vocabulary: Sequence[str]) -> Iterator[str]:
    errors = max(1, len(word) // 4)
    near = process.extract(
        word,
        vocabulary,
        scorer=DamerauLevenshtein.distance,
        score_cutoff=errors,
        limit=_SPELLINGS,
    )
    return (term for term, _, _ in near)


def _scored(asked: str, key: str, kind: str, name: str) -> Found:
    folded = fold(name)
    likeness = max(fuzz.ratio(asked, folded), 0.95 * fuzz.token_set_ratio(asked, folded)) / 100
    return Found(key, kind_named(kind), name, round(likeness, 4))
