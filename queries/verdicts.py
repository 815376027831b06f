"""What every funder and call says of every seeker: one byte a pair, whatever the place and day."""

from collections.abc import Sequence
from datetime import date
from enum import IntEnum

import numpy as np

from graph.columns import Array, Ints, Mask
from graph.view import View, latest_of_view, once_a_view
from queries.conditions import ConditionKind, Judged, Judgements, dates, judge
from queries.funders import Funder, funders, met
from queries.seekers import Seekers, described
from queries.terrain import terrain

_FORMAT = 1  # of the bytes; a change makes new ones
_ENOUGH = 2
_MET = 255  # four conditions that do not apply, which no funder has
_BITS = 2  # a state takes them, from `Judged.REFUSED` on
_LASTING = (
    ConditionKind.PERIMETER,
    ConditionKind.WORLD,
    ConditionKind.GOALS,
    ConditionKind.MEANS,
)
_ORDER = tuple(ConditionKind)  # as conditions are told; a day adds `DATES` to the lasting ones


class Verdict(IntEnum):
    """What becomes of a pair; of a near miss, with the place of the condition that blocks added."""

    NOTHING = 0
    """Enough is known to speak of it, and two conditions or more are refused."""
    MET = 1
    FAINT = 2
    """Too little is known, or fits, to speak of it."""
    FITS = 3
    TO_CHECK = 4
    NEAR = 5


def blocked_by(kind: ConditionKind) -> int:
    """The verdict on a pair that this condition alone refuses."""
    return Verdict.NEAR + _ORDER.index(kind)


@once_a_view
def _codes(view: View) -> Ints:
    """The lasting states of all pairs, those that have met told apart; (funders, seekers)."""

    def make() -> dict[str, Array]:
        every = described(view, terrain(view), slice(None))
        rows = [_row(view, funder, every) for funder in funders(view)[0]]
        return {"codes": np.array(rows, dtype=np.uint8).reshape(len(rows), len(every))}

    return view.derived(f"verdicts-{_FORMAT}", make)["codes"]


def _row(view: View, funder: Funder, every: Seekers) -> Ints:
    states = judge(view, funder, every)
    code = np.zeros(len(every), dtype=np.int64)
    for place, kind in enumerate(_LASTING):
        code |= (states[kind].astype(np.int64) - Judged.REFUSED) << (_BITS * place)
    return np.where(met(funder, every), _MET, code)


def judgements(view: View, position: int, seeking: Seekers, at: Ints, day: date) -> Judgements:
    """What the conditions of one funder say of some seekers on a day.

    Args:
        view: the graph.
        position: of the funder in `queries.funders.funders`.
        seeking: some seekers.
        at: their places among all of them; shape (seekers,).
        day: that on which calls must be open.
    """
    funder = funders(view)[0][position]
    codes = _codes(view)[position, at]
    opened = np.full(len(codes), dates(funder, day), dtype=np.int8)
    states = {
        kind: opened if kind is ConditionKind.DATES else _unpacked(codes, kind) for kind in _ORDER
    }
    return Judgements(funder, seeking, states)


def _unpacked(codes: Ints, kind: ConditionKind) -> Ints:
    state = codes.astype(np.int16) >> (_BITS * _LASTING.index(kind)) & 3
    return np.asarray(state + Judged.REFUSED, dtype=np.int8)


def verdicts(view: View, day: date, at: Ints | slice) -> Ints:
    """The `Verdict` on each pair of a funder and one of some seekers on a day; (funders, seekers).

    `at`: the places of the seekers among all of them.
    """
    opened = np.array([_state_of(dates(funder, day)) for funder in funders(view)[0]], dtype=np.intp)
    return np.asarray(_TABLE[opened[:, None], _codes(view)[:, at]])


@latest_of_view(4)
def promising(view: View, day: date) -> Ints:
    """How many funders and calls fit each seeker, or may fit it, on a day; shape (seekers,)."""
    found = verdicts(view, day, slice(None))
    return np.asarray(((found == Verdict.FITS) | (found == Verdict.TO_CHECK)).sum(axis=0))


def _state_of(judged: Judged) -> int:
    return int(judged) - Judged.REFUSED


def _table() -> Ints:
    """The verdict by the state of the dates and by the byte of the lasting states; (4, 256)."""
    codes = np.arange(_MET + 1)
    found = np.full((4, len(codes)), Verdict.MET, dtype=np.uint8)
    for opened in Judged:
        states = [
            np.full(len(codes), opened) if kind is ConditionKind.DATES else _unpacked(codes, kind)
            for kind in _ORDER
        ]
        found[_state_of(opened)] = np.where(codes == _MET, Verdict.MET, _verdict(states))
    return found


def _verdict(states: Sequence[Ints]) -> Ints:
    """Of a pair that has not met; a pair is worth a word if its place fits, or two others do."""
    refused, unknown, satisfied = (
        np.sum([each == state for each in states], axis=0)
        for state in (Judged.REFUSED, Judged.UNKNOWN, Judged.SATISFIED)
    )
    here: Mask = states[_ORDER.index(ConditionKind.PERIMETER)] == Judged.SATISFIED
    first = np.argmax([each == Judged.REFUSED for each in states], axis=0)
    open_ = np.where(unknown > 0, Verdict.TO_CHECK, Verdict.FITS)
    shut = np.where(refused == 1, Verdict.NEAR + first, Verdict.NOTHING)
    worth = here | (satisfied >= _ENOUGH)
    return np.where(worth, np.where(refused > 0, shut, open_), Verdict.FAINT)


_TABLE = _table()
