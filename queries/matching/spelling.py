"""Which words are spelt alike? Misspelt ones, and those of one family that have several stems."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from graph.columns import Array, Floats, Ints, Strings
from graph.once import Once
from queries.matching.words import unit

_GRAMS = (3, 4, 5)
_ROWS_AT_ONCE = 4096
_ROWS_KEPT = 2048  # of words: those of one question come back for each answer


def grams(word: str) -> list[str]:
    """The runs of 3, 4 and 5 characters of a word, with a mark at its beginning and end."""
    marked = f"_{word}_"
    return [marked[at : at + n] for n in _GRAMS for at in range(len(marked) - n + 1)]


@dataclass(frozen=True)
class Spelt:
    """A text as weights over runs of characters.

    Attributes:
        grams: the weight of each run that the vocabulary has; shape (g,).
        length: of the text over all its runs.
    """

    grams: Floats
    length: float


class Spelling:
    """The words of a vocabulary as unit rows over their runs of characters, the rare ones more.

    The cosine of two rows says how alike two words are spelt, in [0, 1]; of two texts, weighing
    each pair of their words by it is the soft cosine (Sidorov et al. 2014).
    """

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        self._grams = Strings(arrays["gram_data"], arrays["gram_offsets"])
        self._grams.index()
        self._rarity: Floats = arrays["gram_rarity"]
        self._matrix = sparse.csr_array(
            (arrays["spelt_data"], arrays["spelt_indices"], arrays["spelt_indptr"]),
            shape=(len(arrays["spelt_indptr"]) - 1, len(self._grams)),
        )
        self._unheard = _rarity(np.zeros(1), self._matrix.shape[0])[0]
        self._rows = Once(_ROWS_KEPT)

    @staticmethod
    def arrays(words: Sequence[str]) -> dict[str, Array]:
        """What `Spelling` is made of, for a vocabulary."""
        counts = [Counter(grams(word)) for word in words]
        seen = Counter(gram for each in counts for gram in each)
        vocabulary = sorted(seen)
        column = {gram: index for index, gram in enumerate(vocabulary)}
        rarity = _rarity(np.array([seen[gram] for gram in vocabulary], dtype=float), len(words))
        strings = Strings.of(vocabulary)
        indices = np.array([column[gram] for each in counts for gram in each], dtype=np.int32)
        indptr = np.cumsum([0, *(len(each) for each in counts)], dtype=np.int64)
        often = np.array([count for each in counts for count in each.values()], dtype=float)
        data = _unit(often * rarity[indices], indptr)
        return {
            "gram_data": strings.data,
            "gram_offsets": strings.offsets,
            "gram_rarity": rarity,
            "spelt_indptr": indptr,
            "spelt_indices": indices,
            "spelt_data": data,
        }

    def lengths(self, rows: sparse.csr_array) -> Floats:
        """The length of weighted texts over runs of characters; shape (n,).

        `rows` has a column for each word of the vocabulary.
        """
        count = rows.shape[0]
        found = np.zeros(count)
        for start in range(0, count, _ROWS_AT_ONCE):  # all at once would be gigabytes
            spelt = rows[start : start + _ROWS_AT_ONCE] @ self._matrix
            found[start : start + _ROWS_AT_ONCE] = np.sqrt(spelt.multiply(spelt).sum(axis=1))
        return found

    def rows(self, weights: sparse.csr_array) -> sparse.csr_array:
        """Weighted texts as unit rows over runs of characters; shape (texts, runs).

        `weights` has a column for each word of the vocabulary. The product of two rows is the soft
        cosine of the two texts.
        """
        return unit(sparse.csr_array(weights @ self._matrix))

    def spelt(self, weights: Mapping[str, float]) -> Spelt:
        """A weighted text over runs of characters; its words need not be of the vocabulary."""
        found: defaultdict[str, float] = defaultdict(float)
        for word, weight in weights.items():
            for gram, share in self._row(word).items():
                found[gram] += weight * share
        length = float(np.sqrt(sum(value * value for value in found.values())))
        dense = np.zeros(len(self._grams))
        for gram, value in found.items():
            if (index := self._grams.find(gram)) is not None:
                dense[index] = value
        return Spelt(dense, length)

    def alike(self, text: Spelt, words: Ints | None = None) -> Floats:
        """How alike some words of the vocabulary, or all, and a text are spelt; shape (words,).

        Times the weights of another text, divided by its length, it is their soft cosine.
        """
        matrix = self._matrix if words is None else self._matrix[words]
        return np.asarray(matrix @ text.grams) / (text.length or 1.0)

    def pairs(self, own: Sequence[str], other: Sequence[str]) -> Floats:
        """How alike any words of two lists are spelt, in [0, 1]; shape (own, other)."""
        rows, others = ([self._row(word) for word in words] for words in (own, other))
        column = {gram: at for at, gram in enumerate(sorted({g for r in rows for g in r}))}

        def dense(spelt: Sequence[Mapping[str, float]]) -> Floats:
            found = np.zeros((len(spelt), len(column)))
            for at, row in enumerate(spelt):
                for gram, share in row.items():
                    if gram in column:
                        found[at, column[gram]] = share
            return found

        return np.minimum(dense(rows) @ dense(others).T, 1.0)

    def _row(self, word: str) -> dict[str, float]:
        """A word as a unit row, by its runs of characters."""
        return self._rows(word, lambda: self._row_of(word))

    def _row_of(self, word: str) -> dict[str, float]:
        counts = Counter(grams(word))
        values = {gram: count * self._rarity_of(gram) for gram, count in counts.items()}
        length = np.sqrt(sum(value * value for value in values.values()))
        return {gram: float(value / length) for gram, value in values.items()}

    def _rarity_of(self, gram: str) -> float:
        index = self._grams.find(gram)
        return float(self._unheard if index is None else self._rarity[index])


def _rarity(having: Floats, count: int) -> Floats:
    return 1 + np.log((1 + count) / (1 + having))


def _unit(data: Floats, indptr: Ints) -> Floats:
    """The data of a matrix by rows, each row, of which none is empty, divided by its length."""
    if not len(data):
        return data
    lengths = np.sqrt(np.add.reduceat(data * data, indptr[:-1]))
    return np.asarray(data / np.repeat(lengths, np.diff(indptr)))
