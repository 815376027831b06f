"""All the dated alliances of a store, and where they may be cut in a past and a future."""

import datetime
from math import floor

import numpy as np

from graph.errors import RequestError
from graph.store import Reader
from graph.view import View
from graph.view_columns import as_day
from queries.evaluation.coordinators import Gatherings, gatherings
from queries.evaluation.freezing import frozen
from queries.evaluation.participations import dated_participations
from queries.evaluation.protocol import PER_STRATUM, Split, Trial, beginnings, trial
from queries.matching.history import organisations_of, years

_HIDDEN = 1 / 5  # of the years, the last ones


class Record:
    """The dated alliances of a store.

    Attributes:
        first, last: the first and the last year in which an alliance of two or more begins.
    """

    def __init__(self, view: View, store: Reader) -> None:
        """Read all participations.

        Raises:
            RequestError: none of an alliance of two or more is dated.
        """
        self._view = view
        self._store = store
        self._alliances, self._participations = dated_participations(
            view, store, organisations_of(view)
        )
        begin = beginnings(self._alliances, self._participations)
        members = np.bincount(self._participations.alliance)
        dated = begin[(members[self._participations.alliance] > 1) & ~np.isnan(begin)]
        if not len(dated):
            raise RequestError(
                "Aucune alliance datée de deux organisations ou plus : donnez un fichier qui dit"
                " qui a pris part à quoi, et quand."
            )
        self.first, self.last = floor(dated.min()), floor(dated.max())

    def split(self, day: str | None = None, end: str | None = None) -> Split:
        """Where to cut: by default the last fifth of the years is hidden, one year at least.

        Args:
            day: ISO 8601; what begins on it or later is hidden.
            end: ISO 8601; what begins on it or later is not looked at.

        Raises:
            RequestError: it is no date, or nothing lies before it or after it.
        """
        after = self.last + 1.0
        hidden = max(1, round((after - self.first) * _HIDDEN))
        begin = after - hidden if day is None else _in_years(day)
        until = after if end is None else _in_years(end)
        if not self.first < begin < after or not begin < until:
            raise RequestError(
                f"Les alliances datées commencent de {self.first} à {self.last} : choisissez une"
                " coupure (--split) entre ces dates, et une fin (--end) après elle."
            )
        return Split(begin, min(until, after))

    def inner(self, split: Split) -> Split:
        """A window as long, right before a split: the weights are chosen there.

        Raises:
            RequestError: nothing lies before it.
        """
        begin = split.day - (split.end - split.day)
        if begin <= self.first:
            raise RequestError(
                "Il n'y a pas assez d'années avant la coupure pour y ajuster des poids :"
                " choisissez-en une plus tardive (--split), ou une fenêtre plus courte (--end)."
            )
        return Split(begin, split.day)

    def trial(self, split: Split, per_stratum: int = PER_STRATUM) -> Trial:
        """What may be read at a split, and what is asked."""
        seen = frozen(self._view, self._store, _iso(split.day))
        return trial(seen, self._alliances, self._participations, split, per_stratum)

    def gatherings(self, split: Split) -> Gatherings:
        """The alliances of a window whose coordinators are looked for."""
        seen = frozen(self._view, self._store, _iso(split.day))
        return gatherings(seen, self._alliances, self._participations, split)


def _in_years(text: str) -> float:
    try:
        # What is missing of a date is its beginning.
        datetime.date.fromisoformat(f"{text}-01-01"[:10])
    except ValueError as wrong:
        raise RequestError(
            f"« {text} » n'est pas une date : écrivez 2017, 2017-06 ou 2017-06-15."
        ) from wrong
    return float(years(np.array([as_day(text)]))[0])


def _iso(day: float) -> str:
    """The day of a number of years: `2017.25` is 2017-04-01."""
    year = floor(day + 1e-9)
    start = datetime.date(year, 1, 1)
    days = round((day - year) * 365.25)
    return (start + datetime.timedelta(days=days)).isoformat() if days else str(year)
