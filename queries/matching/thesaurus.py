"""Equal meaning without equal wording: the concepts that words of the field stand for."""

import csv
import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from queries.matching.stems import stems_in

_TABLE = files("queries.matching") / "thesaurus.csv"
_LEAST = 0.2  # a concept evoked less than this is not counted


class Relation(StrEnum):
    """What a term is to a concept: how strongly it evokes it is in `STRENGTH`."""

    SAME = "same"
    NARROWER = "narrower"
    BROADER = "broader"
    RELATED = "related"


STRENGTH: Mapping[Relation, float] = {
    Relation.SAME: 1.0,
    Relation.NARROWER: 0.9,
    Relation.BROADER: 0.5,
    Relation.RELATED: 0.4,
}
_ONWARD = 0.5  # from a concept to one it is itself a term of, as réemploi is of économie circulaire


@dataclass(frozen=True, slots=True)
class Concept:
    """A meaning: its preferred term, and the goals that what it names serves."""

    label: str
    goals: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the table: a term, what it is to a concept."""

    term: str
    concept: str
    relation: Relation


@dataclass(frozen=True, slots=True)
class Mention:
    """A term found in a text: the words from `start` to before `stop`, and what they evoke.

    Attributes:
        evoked: strength in ]0, 1] by index of the concept.
    """

    start: int
    stop: int
    evoked: Mapping[int, float]


class Thesaurus:
    """Concepts, and the terms that evoke them.

    Attributes:
        concepts: sorted by label.
        digest: changes with any term, relation or goal.
    """

    def __init__(self, concepts: Sequence[Concept], entries: Sequence[Entry]) -> None:
        self.concepts = tuple(sorted(concepts, key=lambda concept: concept.label))
        stated = repr((self.concepts, sorted(map(repr, entries)), STRENGTH, _ONWARD))
        self.digest = hashlib.sha256(stated.encode()).hexdigest()[:12]
        self._evoked = _evoked(self.concepts, entries)
        self._lengths: dict[str, list[int]] = {}  # of the terms that begin with a stem
        for term in sorted(self._evoked, key=len, reverse=True):
            lengths = self._lengths.setdefault(term[0], [])
            if len(term) not in lengths:
                lengths.append(len(term))

    def mentions(self, stems: Sequence[str]) -> list[Mention]:
        """The terms in a line of stems, in order; of two that overlap, the first, then longest."""
        found = []
        start = 0
        while start < len(stems):
            mention = self._mention_at(stems, start)
            if mention:
                found.append(mention)
            start = mention.stop if mention else start + 1
        return found

    def _mention_at(self, stems: Sequence[str], start: int) -> Mention | None:
        for length in self._lengths.get(stems[start], ()):
            stop = start + length
            evoked = self._evoked.get(tuple(stems[start:stop]))
            if evoked and stop <= len(stems):
                return Mention(start, stop, evoked)
        return None


def _evoked(
    concepts: Sequence[Concept], entries: Sequence[Entry]
) -> dict[tuple[str, ...], dict[int, float]]:
    """For each term, as stems, the strength of the concepts that it evokes."""
    rank = {concept.label: index for index, concept in enumerate(concepts)}
    direct: defaultdict[tuple[str, ...], dict[int, float]] = defaultdict(dict)
    for entry in entries:
        _raise(direct[term_stems(entry.term)], rank[entry.concept], STRENGTH[entry.relation])
    labels = [term_stems(concept.label) for concept in concepts]
    evoked = {}
    for term, first in direct.items():
        reached = dict(first)
        for index, strength in first.items():
            for onward, further in direct.get(labels[index], {}).items():
                _raise(reached, onward, strength * further * _ONWARD)
        evoked[term] = {index: s for index, s in sorted(reached.items()) if s >= _LEAST}
    return evoked


def _raise(strengths: dict[int, float], index: int, strength: float) -> None:
    strengths[index] = max(strength, strengths.get(index, 0.0))


def term_stems(term: str) -> tuple[str, ...]:
    """The stems of a term of the table."""
    return tuple(stem for line in stems_in(term) for stem in line)


def entries() -> tuple[list[Concept], list[Entry]]:
    """The published table: its concepts and its rows, in its order."""
    concepts, rows = [], []
    with _TABLE.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            rows.append(Entry(row["term"], row["concept"], Relation(row["relation"])))
            if row["term"] == row["concept"]:
                goals = tuple(int(number) for number in row["goals"].split())
                concepts.append(Concept(row["concept"], goals))
    return concepts, rows


@cache
def thesaurus() -> Thesaurus:
    """The thesaurus that is published with the project."""
    return Thesaurus(*entries())
