"""The words of a request: goals, means and worlds, as people write them."""

from typing import TypeVar

from graph.errors import UnknownTerm
from graph.model import Means, Term, World
from graph.text import fold

_T = TypeVar("_T", bound=Term)


def goal(text: str) -> int:
    """The number of a goal, from `11`, `ODD 11` or `goal:11`.

    Raises:
        UnknownTerm: it is not one of the 17.
    """
    digits = fold(text).removeprefix("odd").removeprefix("goal").strip()
    if digits.isdigit() and 1 <= int(digits) <= 17:
        return int(digits)
    raise UnknownTerm("un objectif de développement durable", text, ["1 à 17"])


def means(text: str) -> Means:
    """One of the seven means, by its French or English name.

    Raises:
        UnknownTerm: it is none of them.
    """
    return _term(Means, text, "un moyen")


def world(text: str) -> World:
    """One of the seven worlds, by its French or English name.

    Raises:
        UnknownTerm: it is none of them.
    """
    return _term(World, text, "un monde")


def _term(vocabulary: type[_T], text: str, what: str) -> _T:
    asked = fold(text)
    for term in vocabulary:
        if asked in {fold(spelling) for spelling in term.spellings}:
            return term
    raise UnknownTerm(what, text, [f"{term.fr} ({term.value})" for term in vocabulary])
