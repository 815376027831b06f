"""Which questions do those ask each other who make an alliance?"""

from dataclasses import dataclass

from graph.claims import Properties
from graph.model import LEVER, LeverFamily
from graph.view import View

_FAMILIES = tuple(LeverFamily)


@dataclass(frozen=True, slots=True)
class Lever:
    """One of the 21 levers, with its question.

    Attributes:
        order: within its family, from 1.
        question: None where no source asks one.
    """

    id: str
    family: LeverFamily
    order: int
    name: str
    name_en: str | None
    question: str | None


@dataclass(frozen=True, slots=True)
class Charter:
    """The charter: the levers by family, each family in its order."""

    answers: tuple[Lever, ...]


def charter(view: View) -> Charter:
    """The levers of the charter, with their questions: 7 principles, 7 modalities, 7 means."""
    levers = [_lever(view, node) for node in view.of_kind(LEVER).tolist()]
    return Charter(tuple(sorted(levers, key=lambda x: (_FAMILIES.index(x.family), x.order))))


def _lever(view: View, node: int) -> Lever:
    known = view.describe(node).properties
    order = known["order"]
    return Lever(
        view.keys[node],
        next(each for each in _FAMILIES if each == known["family"]),
        order if isinstance(order, int) else 0,
        view.names[node],
        _text(known, "name_en"),
        _text(known, "question"),
    )


def _text(known: Properties, name: str) -> str | None:
    value = known.get(name)
    return value if isinstance(value, str) else None
