"""Which goals does a text in free words speak of, and which of its words say so?"""

import csv
import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from queries.matching.shared_words import phrases
from queries.matching.thesaurus import Concept, Entry, Relation, Thesaurus, thesaurus

_TABLE = files("queries.matching") / "goal_words.csv"
_RELATION = {"sure": Relation.SAME, "hint": Relation.BROADER}
_SURE = 0.5  # the part of the doubt that one sure word takes away
_LEAST = 0.3  # a goal below this score is not told: one term of two goals says that much
_BESIDE = 0.6  # nor is one for which the words weigh less than this part of those of the first


@dataclass(frozen=True, slots=True)
class GoalInText:
    """A goal that a text speaks of.

    Attributes:
        goal: its number, 1 to 17.
        score: in [0, 1]: how much the words say so, for ordering; not a probability.
        words: those that decided, as they are written, the strongest first.
    """

    goal: int
    score: float
    words: tuple[str, ...]


def goals_in(text: str) -> list[GoalInText]:
    """The goals that a text speaks of, the surest first; empty where nothing says so.

    Each distinct word or term that speaks of a goal takes away a part of the doubt, according to
    its strength (noisy or; Pearl 1988), a concept of several goals less of each.
    """
    weights: defaultdict[int, dict[tuple[str, ...], tuple[float, str]]] = defaultdict(dict)
    for stems, written, goal, strength in _evidence(text):
        known = weights[goal].get(stems, (0.0, written))
        weights[goal][stems] = max(known, (strength, known[1]))
    most = max((_sum(words) for words in weights.values()), default=0.0)
    found = [
        GoalInText(goal, _score(words), tuple(w for _, w in sorted(words.values(), key=_first)))
        for goal, words in weights.items()
        if _score(words) >= _LEAST and _sum(words) >= _BESIDE * most
    ]
    return sorted(found, key=lambda each: (-each.score, each.goal))


def _evidence(text: str) -> Iterator[tuple[tuple[str, ...], str, int, float]]:
    """Stems, words as written, goal, strength."""
    for known in (_goal_words(), thesaurus()):
        for (stems, written), evoked in phrases(text, known):
            for index, strength in evoked.items():
                goals = known.concepts[index].goals
                for goal in goals:
                    yield stems, written, goal, strength / math.sqrt(len(goals))


def _sum(words: dict[tuple[str, ...], tuple[float, str]]) -> float:
    return sum(strength for strength, _ in words.values())


def _score(words: dict[tuple[str, ...], tuple[float, str]]) -> float:
    return 1 - math.prod(1 - _SURE * strength for strength, _ in words.values())


def _first(word: tuple[float, str]) -> tuple[float, str]:
    return -word[0], word[1]


@cache
def _goal_words() -> Thesaurus:
    """The table of words of each goal, as a thesaurus whose concepts are the goals."""
    with _TABLE.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    concepts = [Concept(f"{goal:02}", (goal,)) for goal in range(1, 18)]
    entries = [
        Entry(row["term"], f"{int(row['goal']):02}", _RELATION[row["strength"]]) for row in rows
    ]
    return Thesaurus(concepts, entries)
