"""Which territory or actor does a person mean, as they type?"""

from dataclasses import dataclass

from graph.errors import RequestError
from graph.model import ALLIANCE, ORGANISATION, PROJECT, TERRITORY, Kind, Level
from graph.store import Found
from graph.text import fold
from graph.view import View
from queries.places import place_of
from queries.things import place_name

_ACTORS = (ORGANISATION, ALLIANCE, PROJECT)
_MOST = 20
_COMPARED = 60


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something that may be meant.

    Attributes:
        level: of a territory, None for others.
        place: where an actor is, None when unknown, and for territories.
    """

    id: str
    kind: str
    name: str
    level: str | None
    place: str | None


@dataclass(frozen=True, slots=True)
class Suggested:
    """The answer: the territories and the actors, each the best first."""

    question: str
    territories: tuple[Suggestion, ...]
    actors: tuple[Suggestion, ...]


def suggest(view: View, text: str, limit: int = 6) -> Suggested:
    """Territories and actors whose names begin with the words of a text, in any order.

    Codes and postcodes are names too; accents, case and small typing errors do not matter.

    Raises:
        RequestError: the number of answers makes no sense.
    """
    if not 1 <= limit <= _MOST:
        raise RequestError(f"Le nombre de propositions doit être entre 1 et {_MOST}.")
    territories = _found(view, text, (TERRITORY,), _COMPARED)
    typed = fold(text)
    # Of names that begin so, that of the place where more people live is meant more often.
    territories.sort(key=lambda each: (*_unlike(typed, each[0]), -_population(view, each[1])))
    nodes = _of_number(view, text)
    nodes += [node for _, node in territories if node not in nodes]
    actors = _found(view, text, _ACTORS, limit)
    return Suggested(
        text.strip(),
        tuple(_territory(view, node) for node in nodes[:limit]),
        tuple(_actor(view, found, node) for found, node in actors),
    )


def _found(view: View, text: str, kinds: tuple[Kind, ...], limit: int) -> list[tuple[Found, int]]:
    found = [(each, view.ordinal(each.key)) for each in view.search(text, kinds, limit)]
    return [(each, node) for each, node in found if node is not None]


def _of_number(view: View, text: str) -> list[int]:
    """The département of a number: so many postcodes begin with it that a search passes it over."""
    node = view.ordinal(f"{Level.DEPARTEMENT}:{text.strip().upper()}")
    return [] if node is None else [node]


def _unlike(typed: str, found: Found) -> tuple[bool, bool]:
    """Whether a name is another than what was typed, and does not even begin so."""
    name = fold(found.name)
    return name != typed, not name.startswith(typed)


def _population(view: View, node: int) -> int:
    return int(view.territories.population[view.territories.rank(node)])


def _territory(view: View, node: int) -> Suggestion:
    place = place_of(view, view.territories.rank(node))
    return Suggestion(place.id, TERRITORY.name, place.name, place.level or None, None)


def _actor(view: View, found: Found, node: int) -> Suggestion:
    return Suggestion(found.key, found.kind.name, found.name, None, place_name(view, node))
