"""What is new here, and more than chance would bring?"""

import datetime
from dataclasses import dataclass

import numpy as np

from graph.errors import RequestError
from graph.view import View
from queries.coverage import Cover, coverage
from queries.firsts import Firsts, firsts
from queries.matching.history import years
from queries.places import Place, resolve_place
from queries.triangles import Triangles, triangles

_MOST = 500


@dataclass(frozen=True, slots=True)
class Question:
    """The question as it was understood; `since` and `today` are ISO days."""

    place: Place
    since: str
    today: str
    limit: int


@dataclass(frozen=True, slots=True)
class Signals:
    """What is new in a place since a day; see `queries.firsts` and `queries.triangles`."""

    question: Question
    firsts: Firsts
    triangles: Triangles
    coverage: tuple[Cover, ...]


def signals(
    view: View,
    place: str | None,
    since: datetime.date,
    today: datetime.date,
    limit: int = 10,
) -> Signals:
    """What is new in a place since a day: firsts and closed triangles, against their base rates.

    What has no date is taken as known before: it is never called new.

    Raises:
        RequestError: no place, a day in the future, or a limit out of bounds.
        UnknownPlace, AmbiguousPlace: see their sentences.
    """
    if not place or not place.strip():
        raise RequestError("Dites où : donnez un territoire (--in).")
    if since > today:
        told = since.strftime("%d/%m/%Y")
        raise RequestError(f"Le {told} est dans l'avenir : donnez un jour passé (--since).")
    if not 1 <= limit <= _MOST:
        raise RequestError(f"Le nombre de réponses doit être entre 1 et {_MOST}.")
    rank, understood = resolve_place(view, place)
    return Signals(
        Question(understood, since.isoformat(), today.isoformat(), limit),
        firsts(view, rank, _number(since), limit),
        # Until the end of today: what begins today is known.
        triangles(view, rank, _years(since), _years(today + datetime.timedelta(days=1)), limit),
        coverage(view, rank),
    )


def _number(day: datetime.date) -> int:
    return day.year * 10_000 + day.month * 100 + day.day


def _years(day: datetime.date) -> float:
    return float(years(np.array([_number(day)]))[0])
