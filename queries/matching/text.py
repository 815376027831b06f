"""How alike are the purposes of things, in words, in meaning and in spelling?"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from scipy import sparse

from graph.columns import Array, Floats, Ints, Strings
from graph.once import Once
from graph.view import View, once_a_view
from queries.matching.shared_words import Comparison, Shared
from queries.matching.spelling import Spelling, Spelt
from queries.matching.stems import stems_in
from queries.matching.thesaurus import Thesaurus, thesaurus
from queries.matching.words import dots, unit

_FORMAT = 1  # of the arrays; a change makes new ones
_TEXTS_KEPT = 8  # of those asked last: one is compared again for each reason
SPELLING = 0.2  # the part of the likeness that is of spelling; the rest is of words and concepts
_FIELDS = ("about", "offered", "needed")

Features = tuple[Mapping[str, float], Mapping[int, float]]


class TextIndex:
    """The texts of n things as weighted rows (TF-IDF; Salton & Buckley 1988).

    A row holds the stems of the words of a text, then the concepts of the thesaurus that they
    evoke, each weighing (1 + ln f) · (1 + ln((1 + n) / (1 + d))): f how often the text has it, d
    how many texts do. Rows have length 1. Words spelt alike count besides; see `Spelling`.

    Attributes:
        about: what each thing says of itself: names, purpose, offers and needs; shape (n, v).
        offered, needed: what it says that it offers, and that it needs; shape (n, v).
    """

    def __init__(self, arrays: Mapping[str, Array], known: Thesaurus) -> None:
        self._known = known
        self._words = Strings(arrays["word_data"], arrays["word_offsets"])
        self._words.index()
        self._rarity: Floats = arrays["rarity"]
        self._unheard = float(arrays["unheard"][0])
        self._spelling = Spelling(arrays)
        self._asked = Once(_TEXTS_KEPT)
        self._lengths = {field: arrays[f"{field}_lengths"] for field in _FIELDS}
        self.about, self.offered, self.needed = (
            sparse.csr_array(
                tuple(arrays[f"{field}_{part}"] for part in ("data", "indices", "indptr")),
                shape=(len(arrays[f"{field}_indptr"]) - 1, len(self._rarity)),
            )
            for field in _FIELDS
        )

    @classmethod
    def build(
        cls,
        texts: Sequence[str],
        offered: Sequence[str] = (),
        needed: Sequence[str] = (),
        known: Thesaurus | None = None,
    ) -> "TextIndex":
        """The index of n texts, and of the words of offers and needs of the same n things.

        Args:
            texts: of each thing; shape (n,).
            offered: of each thing, or empty where there are none; shape (n,).
            needed: as `offered`.
            known: the published thesaurus where it is not given.
        """
        known = thesaurus() if known is None else known
        nothing = [""] * len(texts)
        return cls(arrays_of(texts, offered or nothing, needed or nothing, known), known)

    def __len__(self) -> int:
        return int(self.about.shape[0])

    def vector(self, text: str) -> sparse.csr_array:
        """A text as a row like those of the index; shape (1, v).

        Of length 1, less what its unknown words weigh; empty where it knows none.
        """
        return _table([self._row(text)[0]], len(self._rarity))

    def similarity(self, text: str, among: Ints | None = None) -> Floats:
        """How alike a text and those of the index are, in [0, 1]; shape (n,).

        1 for the same words; 0 for all where the text is empty. `among`: the things that are
        wanted, all where it is not said; here and below.
        """
        return self._likeness(text, "about", self.about, among)

    def offering(self, needs: str, among: Ints | None = None) -> Floats:
        """How well what each thing offers answers needs in free words, in [0, 1]; shape (n,)."""
        return self._likeness(needs, "offered", self.offered, among)

    def needing(self, offers: str, among: Ints | None = None) -> Floats:
        """How well offers in free words answer what each thing needs, in [0, 1]; shape (n,)."""
        return self._likeness(offers, "needed", self.needed, among)

    def between(self, texts: Sequence[str], field: str, one: Ints, other: Ints) -> Floats:
        """How alike a text and a thing are, pair by pair, in [0, 1]; shape (pairs,).

        As `similarity`, `offering` or `needing`, by a field of the index (« about », « offered »,
        « needed »); but of a word that the index has not, the spelling counts for nothing.

        Args:
            texts: in which `one` tells which each pair compares.
            field: of the things.
            one: indices of texts; shape (pairs,).
            other: the things that they are compared with; shape (pairs,).
        """
        words = len(self._words)
        own = _table([self._row(text)[0] for text in texts], len(self._rarity))
        things, at = np.unique(other, return_inverse=True)
        rows: sparse.csr_array = {
            "about": self.about, "offered": self.offered, "needed": self.needed
        }[field][things]  # fmt: skip
        spelt, theirs = (self._spelling.rows(each[:, :words]) for each in (own, rows))
        meaning, spelling = dots(own[one], rows[at]), dots(spelt[one], theirs[at])
        return np.clip((1 - SPELLING) * meaning + SPELLING * spelling, 0, 1)

    def because(self, text: str, other: str) -> list[Shared]:
        """What a text and another have in common, what counts most first.

        Args:
            text: of the request.
            other: `told(view, ordinal)`, or the words of its offers or of its needs.
        """
        by = Comparison(self._known, self._spelling, self._rarity_of, self._rarity_of_concept)
        return by.shared(text, other)

    def _likeness(
        self, text: str, field: str, rows: sparse.csr_array, among: Ints | None
    ) -> Floats:
        lengths: Floats = self._lengths[field]
        words: Ints | None = None
        if among is not None:
            rows, lengths = rows[among], lengths[among]
            words = np.unique(rows.indices[rows.indices < len(self._words)])
        vector, spelt = self._asked(text, lambda: self._as_vectors(text))
        meaning = np.asarray(rows @ vector)
        near = np.zeros(len(self._rarity))
        near[slice(len(self._words)) if words is None else words] = self._spelling.alike(
            spelt, words
        )
        spelling = np.asarray(rows @ near) / np.where(lengths > 0, lengths, 1)
        return np.clip((1 - SPELLING) * meaning + SPELLING * spelling, 0, 1)

    def _as_vectors(self, text: str) -> tuple[Floats, Spelt]:
        """A text as a vector of words and concepts, and as it is spelt."""
        row, stems = self._row(text)
        vector = _table([row], len(self._rarity)).toarray().ravel()
        return vector, self._spelling.spelt(stems)

    def _row(self, text: str) -> tuple[dict[int, float], dict[str, float]]:
        """The weights of a text, by column and less what its unknown words weigh; of its stems."""
        stems, concepts = features(text, self._known)
        columns = {stem: self._words.find(stem) for stem in stems}
        of_words = {stem: often(f) * self._rarity_at(columns[stem]) for stem, f in stems.items()}
        row = {
            len(self._words) + concept: often(f) * self._rarity_of_concept(concept)
            for concept, f in concepts.items()
        }
        squares = [value * value for part in (of_words, row) for value in part.values()]
        length = float(np.sqrt(sum(squares))) or 1.0
        for stem, column in columns.items():
            if column is not None:
                row[column] = of_words[stem]
        return {column: weight / length for column, weight in row.items()}, of_words

    def _rarity_of(self, stem: str) -> float:
        return self._rarity_at(self._words.find(stem))

    def _rarity_at(self, column: int | None) -> float:
        return self._unheard if column is None else float(self._rarity[column])

    def _rarity_of_concept(self, concept: int) -> float:
        return float(self._rarity[len(self._words) + concept])


@once_a_view
def text_index(view: View) -> TextIndex:
    """The index of all things of a view, a row for each ordinal; made once per generation."""
    known = thesaurus()

    def make() -> dict[str, Array]:
        every = range(len(view))
        about = [told(view, ordinal) for ordinal in every]
        offered = [view.offered[ordinal] for ordinal in every]
        needed = [view.needed[ordinal] for ordinal in every]
        return arrays_of(about, offered, needed, known)

    return TextIndex(view.derived(f"text-{_FORMAT}-{known.digest}", make), known)


def vectors(view: View) -> sparse.csr_array:
    """What each thing of a view says of itself as a row of length 1; empty where it says nothing.

    Shape (n, v), n as the ordinals. The product of two rows is their likeness in words and
    concepts, in [0, 1].
    """
    return text_index(view).about


def told(view: View, ordinal: int) -> str:
    """All that a thing says of itself: names, purpose, offers and needs, a line each."""
    parts = (view.purposes[ordinal], view.offered[ordinal], view.needed[ordinal])
    return "\n".join(part for part in parts if part)


def features(text: str, known: Thesaurus) -> Features:
    """How often a text has each stem, and how often and strongly it evokes each concept."""
    stems: Counter[str] = Counter()
    concepts: defaultdict[int, float] = defaultdict(float)
    for line in stems_in(text):
        stems.update(line)
        for mention in known.mentions(line):
            for concept, strength in mention.evoked.items():
                concepts[concept] += strength
    return stems, concepts


def often(frequency: float) -> float:
    """The weight of a frequency: 1 + ln f from 1 on, itself below."""
    return float(1 + np.log(frequency)) if frequency > 1 else frequency


def arrays_of(
    about: Sequence[str], offered: Sequence[str], needed: Sequence[str], known: Thesaurus
) -> dict[str, Array]:
    """What a `TextIndex` is made of."""
    fields = [[features(text, known) for text in texts] for texts in (about, offered, needed)]
    words = sorted({stem for field in fields for stems, _ in field for stem in stems})
    column = {stem: index for index, stem in enumerate(words)}
    width = len(words) + len(known.concepts)
    counted = [_frequencies(field, column, width) for field in fields]
    having = np.bincount(counted[0].indices, minlength=width)
    count = np.count_nonzero(np.diff(counted[0].indptr))
    rarity = 1 + np.log((1 + count) / (1 + having))
    spelt = Spelling.arrays(words)
    strings = Strings.of(words)
    arrays = spelt | {
        "word_data": strings.data,
        "word_offsets": strings.offsets,
        "rarity": rarity,
        "unheard": np.array([1 + np.log1p(count)]),
    }
    for name, rows in zip(_FIELDS, counted, strict=True):
        arrays |= _field(name, unit(sparse.csr_array(rows * rarity)), len(words), Spelling(spelt))
    return arrays


def _frequencies(
    texts: Iterable[Features], column: Mapping[str, int], width: int
) -> sparse.csr_array:
    """The weights of the frequencies, before that of rarity; shape (n, width)."""
    return _table(
        (
            {column[stem]: often(f) for stem, f in stems.items()}
            | {len(column) + concept: often(f) for concept, f in concepts.items()}
            for stems, concepts in texts
        ),
        width,
    )


def _table(rows: Iterable[Mapping[int, float]], width: int) -> sparse.csr_array:
    """Rows of values by column, the columns ascending; shape (rows, width)."""
    indptr, indices = [0], list[int]()
    data: list[float] = []
    for row in rows:
        indices.extend(sorted(row))
        data.extend(row[index] for index in sorted(row))
        indptr.append(len(indices))
    parts = np.array(data, dtype=np.float64), np.array(indices, dtype=np.int32), np.array(indptr)
    return sparse.csr_array(parts, shape=(len(indptr) - 1, width))


def _field(name: str, rows: sparse.csr_array, words: int, spelling: Spelling) -> dict[str, Array]:
    return {
        f"{name}_data": rows.data,
        f"{name}_indices": rows.indices,
        f"{name}_indptr": rows.indptr,
        f"{name}_lengths": spelling.lengths(rows[:, :words]),
    }
