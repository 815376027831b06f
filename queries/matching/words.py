"""Texts as rows of words, the rare ones weighing more."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from scipy import sparse

from graph.columns import Floats
from graph.text import fold

# Words that say nothing of what a name means, and single letters.
_EMPTY = frozenset([
    "de", "du", "des", "la", "le", "les", "et", "en", "au", "aux", "un", "une", "pour", "par",
    "sur", "dans", "of", "the", "and", "for", "in", "und", "der", "die", "fur", "di",
    "asso", "ass", "association",
])  # fmt: skip


def words_of(text: str) -> set[str]:
    """The folded words of a text that say something."""
    return {word for word in fold(text).split() if len(word) > 1 and word not in _EMPTY}


class Vocabulary:
    """The words that at least two texts have in common, with the rarity of each.

    A word weighs log(N / n), N texts of which n have it (Spärck Jones 1972).
    """

    def __init__(self, columns: Mapping[str, int], rarity: Floats) -> None:
        self.columns = columns
        self.rarity = rarity

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Vocabulary":
        """The vocabulary of some texts."""
        counts = Counter(word for text in texts for word in words_of(text))
        words = sorted(word for word, count in counts.items() if count > 1)
        rarity = np.log(len(texts) / np.array([counts[word] for word in words], dtype=np.float64))
        return cls({word: column for column, word in enumerate(words)}, rarity)

    def rows(self, texts: Iterable[str]) -> sparse.csr_array:
        """A row of length 1 for each text, empty where it has no known word; shape (texts, v)."""
        columns = [
            sorted(self.columns[word] for word in words_of(text) if word in self.columns)
            for text in texts
        ]
        starts = np.cumsum([0, *(len(each) for each in columns)])
        flat = np.array([column for each in columns for column in each], dtype=np.int64)
        found = sparse.csr_array(
            (self.rarity[flat], flat, starts), shape=(len(columns), max(len(self.columns), 1))
        )
        return unit(found)


def unit(rows: sparse.csr_array) -> sparse.csr_array:
    """The same rows, of length 1; an empty one stays empty."""
    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    return sparse.csr_array(sparse.diags_array(1 / np.where(lengths > 0, lengths, 1)) @ rows)


def dots(one: sparse.csr_array, other: sparse.csr_array) -> Floats:
    """The products of the rows of two tables, row by row; shape (rows,)."""
    return np.asarray(one.multiply(other).sum(axis=1)).ravel()
