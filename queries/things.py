"""Which organisation, alliance or other thing does a person mean, by its id or its name?"""

from collections.abc import Sequence

from graph.errors import AmbiguousName, UnknownId
from graph.model import ACTS_IN, SEATED_IN, Kind, Tie
from graph.text import fold
from graph.view import View
from queries.answers import Named

_LIKE_ENOUGH = 0.72
_CLEARLY_BETTER = 0.12


def resolve_thing(view: View, text: str, kinds: Sequence[Kind] = ()) -> int:
    """The ordinal of the thing of that id, former id or name.

    Raises:
        UnknownId: nothing is meant; the nearest names are suggested.
        AmbiguousName: several things bear that name; all are listed.
    """
    text = text.strip()
    ordinal = view.ordinal(text)
    if ordinal is not None and (not kinds or any(view.is_kind(ordinal, k) for k in kinds)):
        return ordinal
    found = view.search(text, kinds, limit=12)
    same = [f for f in found if fold(f.name) == fold(text)]
    likely = same or [f for f in found if f.score >= _LIKE_ENOUGH]
    if not likely:
        raise UnknownId(text, [f"{f.name} ({f.key})" for f in found[:5]])
    clear = len(likely) == 1 or likely[0].score - likely[1].score >= _CLEARLY_BETTER
    chosen = view.ordinal(likely[0].key)
    if chosen is None or not clear:
        raise AmbiguousName(text, [(f.key, f.name) for f in likely])
    return chosen


def named(view: View, ordinal: int) -> Named:
    """A thing by its id and its name."""
    return Named(view.keys[ordinal], view.names[ordinal])


def goal_named(view: View, number: int) -> Named:
    """A goal by its id and its name."""
    ordinal = view.ordinal(f"goal:{number}")
    return named(view, ordinal) if ordinal is not None else Named(f"goal:{number}", f"ODD {number}")


def place_name(view: View, ordinal: int) -> str | None:
    """The territory of the seat, else the widest perimeter of action, None when unknown."""
    territory = whereabouts(view, ordinal, (SEATED_IN, ACTS_IN))
    return view.names[territory] if territory is not None else None


def whereabouts(view: View, ordinal: int, ties: Sequence[Tie]) -> int | None:
    """The territory by the first of the ties that leads to one: the widest that has not ended."""
    for tie in ties:
        columns = view.ties[tie]
        positions = [p for p in columns.by_start[ordinal] if not columns.until[p]]
        territories = [int(columns.end[p]) for p in positions]
        if territories:
            return max(territories, key=lambda t: (_population(view, t), -t))
    return None


def _population(view: View, territory: int) -> int:
    return int(view.territories.population[view.territories.rank(territory)])
