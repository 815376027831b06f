"""The terms that a bit mask of a view stands for."""

from typing import TypeVar

from graph.model import Means, Term, World

GOALS = 17

_T = TypeVar("_T", bound=Term)


def goals_in(mask: int) -> list[int]:
    """The numbers of the goals, ascending."""
    return [number for number in range(1, GOALS + 1) if mask >> (number - 1) & 1]


def means_in(mask: int) -> list[Means]:
    """The means, in their order."""
    return _terms_in(Means, mask)


def worlds_in(mask: int) -> list[World]:
    """The worlds, in their order."""
    return _terms_in(World, mask)


def _terms_in(vocabulary: type[_T], mask: int) -> list[_T]:
    return [term for index, term in enumerate(vocabulary) if mask >> index & 1]


def mask_of(vocabulary: type[_T], terms: set[_T]) -> int:
    """The mask of some terms of a vocabulary."""
    return sum(1 << index for index, term in enumerate(vocabulary) if term in terms)
