"""What do two texts have in common? The words of both sides, as they are written there."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from queries.matching.spelling import Spelling
from queries.matching.stems import Word, lines_of, words_in
from queries.matching.thesaurus import Thesaurus

_NEAR = 0.5  # words spelt this much alike are told


@dataclass(frozen=True, slots=True)
class Shared:
    """Something that two texts have in common.

    Attributes:
        own, other: the words of the request and those of the other.
        concept: what both mean, where the words differ; None where they are the same words, or
            spelt alike.
        weight: its part in the likeness, for ordering.
    """

    own: tuple[str, ...]
    other: tuple[str, ...]
    concept: str | None
    weight: float


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A term of the thesaurus as it is written in a text, and how strongly it evokes a concept."""

    stems: tuple[str, ...]
    written: str
    strength: float


@dataclass(frozen=True)
class Comparison:
    """By what two texts are compared: the meanings, the spelling, and how rare things are."""

    known: Thesaurus
    spelling: Spelling
    rarity_of_word: Callable[[str], float]
    rarity_of_concept: Callable[[int], float]

    def shared(self, text: str, other: str) -> list[Shared]:
        """What two texts have in common, what counts most first."""
        own, theirs = words_in(text), words_in(other)
        common = {word.stem for word in own} & {word.stem for word in theirs}
        meant = self._meant(self._phrases(text), self._phrases(other))
        told = common | {
            word.stem for shared in meant for word in words_in("\n".join(shared.own + shared.other))
        }
        left = [[word for word in words if word.stem not in told] for words in (own, theirs)]
        same = [
            Shared(_written(own, stem), _written(theirs, stem), None, self._weight(stem))
            for stem in common
        ]
        found = same + meant + self._spelt_alike(*left)
        return sorted(found, key=lambda shared: (-shared.weight, shared.own, shared.other))

    def _weight(self, stem: str) -> float:
        return self.rarity_of_word(stem) ** 2

    def _meant(
        self, ours: dict[int, list[_Phrase]], theirs: dict[int, list[_Phrase]]
    ) -> list[Shared]:
        """The concepts that different words evoke; of several for the same words the best one."""
        best: dict[tuple[tuple[str, ...], tuple[str, ...]], Shared] = {}
        for concept in sorted(ours.keys() & theirs.keys()):
            if {p.stems for p in ours[concept]} & {p.stems for p in theirs[concept]}:
                continue  # told as the same words
            weight = self.rarity_of_concept(concept) ** 2
            weight *= max(p.strength for p in ours[concept])
            weight *= max(p.strength for p in theirs[concept])
            words = _distinct(ours[concept]), _distinct(theirs[concept])
            if words not in best or best[words].weight < weight:
                best[words] = Shared(*words, self.known.concepts[concept].label, weight)
        return list(best.values())

    def _phrases(self, text: str) -> dict[int, list[_Phrase]]:
        """For each concept the phrases that evoke it."""
        found: dict[int, list[_Phrase]] = {}
        for told, evoked in phrases(text, self.known):
            for concept, strength in evoked.items():
                found.setdefault(concept, []).append(_Phrase(*told, strength))
        return found

    def _spelt_alike(self, own: Sequence[Word], other: Sequence[Word]) -> list[Shared]:
        ours = list(dict.fromkeys(word.stem for word in own))
        theirs = list(dict.fromkeys(word.stem for word in other))
        near = self.spelling.pairs(ours, theirs)
        return [
            Shared(
                _written(own, ours[row]),
                _written(other, theirs[column]),
                None,
                float(near[row, column])
                * self.rarity_of_word(ours[row])
                * self.rarity_of_word(theirs[column]),
            )
            for row, column in np.argwhere(near >= _NEAR).tolist()
        ]


def phrases(
    text: str, known: Thesaurus
) -> Iterator[tuple[tuple[tuple[str, ...], str], Mapping[int, float]]]:
    """The terms of the thesaurus in a text: (stems, as written), and what they evoke."""
    lines = lines_of(text)
    for number, group in groupby(words_in(text), key=lambda word: word.line):
        words = list(group)
        stems = [word.stem for word in words]
        for mention in known.mentions(stems):
            first, last = words[mention.start], words[mention.stop - 1]
            written = lines[number][first.start : last.stop]
            yield (tuple(stems[mention.start : mention.stop]), written), mention.evoked


def _written(words: Iterable[Word], stem: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word.written for word in words if word.stem == stem))


def _distinct(phrases: Iterable[_Phrase]) -> tuple[str, ...]:
    return tuple({phrase.stems: phrase.written for phrase in phrases}.values())
