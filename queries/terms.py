"""The words of a request: goals, means and worlds, as people write them."""

import re
from typing import TypeVar

from graph.errors import UnknownTerm
from graph.model import Means, Term, World
from graph.text import fold

_T = TypeVar("_T", bound=Term)
_GOAL = re.compile(r"(?:odd *|sdg *|goal *:? *)?0*([0-9]{1,2})", re.IGNORECASE)


def goal(text: str) -> int:
    """The number of a goal, from `11`, `ODD 11` or `goal:11`.

    Raises:
        UnknownTerm: it is not one of the 17.
    """
    written = _GOAL.fullmatch(text.strip())
    if written and 1 <= int(written[1]) <= 17:
        return int(written[1])
    raise UnknownTerm("un objectif de développement durable", text, ["les nombres de 1 à 17"])


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
    raise UnknownTerm(what, text, [_both_names(term) for term in vocabulary])


def _both_names(term: Term) -> str:
    return term.fr if fold(term.fr) == fold(term.en) else f"{term.fr} ({term.en})"
