"""Who is here, what for, with which means, in which alliances, and what of it feeds the nation?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from graph.columns import Floats, Mask
from graph.errors import RequestError
from graph.view import View
from queries.answers import Fact
from queries.coverage import Cover, coverage
from queries.ledger import held, inside_of, parts_of, units
from queries.outside import outside
from queries.places import Place, place_of, resolve_place
from queries.programmes import Programme, programmes
from queries.tallies import Tally, facts_of, tallies

_MOST = 500


@dataclass(frozen=True, slots=True)
class Number:
    """One number of a profile.

    Attributes:
        name: stable (`actors.association`); `--list` with it lists the facts behind the number.
        label: in French.
        value: what it counts; a part of one where an alliance is shared out among places.
        additive: whether the numbers of the parts of a territory, and that of what lies in no
            part, add up to the number of the territory.
        why_not: why it is not, else empty.
        facts: some of the facts that are counted; `count` of them there are.
        things: how many different things are counted, each once, whole or in part: the alliances
            that are here, of which `value` is what falls to here.
    """

    name: str
    label: str
    value: float
    additive: bool
    why_not: str
    count: int
    facts: tuple[Fact, ...]
    things: int


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the place, and its additive numbers that are not zero."""

    place: Place
    inhabitants: int
    values: dict[str, float]


@dataclass(frozen=True, slots=True)
class Question:
    """The question as it was understood."""

    place: Place
    inhabitants: int
    listed: str | None
    limit: int


@dataclass(frozen=True, slots=True)
class Ecosystem:
    """The profile of a territory.

    Attributes:
        numbers: by group, the group being the name before the dot.
        parts: the territories one level down, each with what of it lies in the place.
        in_no_part: what lies in the place and wholly in none of its parts: the value of each
            additive number of the place less those of its parts.
        programmes: national frames that actors, alliances and projects from here contribute to.
    """

    question: Question
    numbers: tuple[Number, ...]
    parts: tuple[Part, ...]
    in_no_part: dict[str, float]
    programmes: tuple[Programme, ...]
    programmes_count: int
    coverage: tuple[Cover, ...]


def ecosystem(
    view: View, place: str | None, listed: str | None = None, limit: int = 5
) -> Ecosystem:
    """The profile of a place.

    Args:
        view: the graph.
        place: a territory.
        listed: the name of one number, to have that one alone.
        limit: the most facts listed behind a number, and programmes.

    Raises:
        RequestError: no place, no such number, or a limit out of bounds.
        UnknownPlace, AmbiguousPlace: see their sentences.
    """
    if not place or not place.strip():
        raise RequestError("Dites où : donnez un territoire (--in).")
    if not 1 <= limit <= _MOST:
        raise RequestError(f"Le nombre de réponses doit être entre 1 et {_MOST}.")
    rank, understood = resolve_place(view, place)
    counted = tallies(view)
    inside = inside_of(view, rank)
    numbers = [_number(view, inside, tally, limit) for tally in counted]
    numbers += [
        Number(
            each.name,
            each.label,
            each.count,
            False,
            each.why_not,
            each.count,
            each.facts,
            each.count,
        )
        for each in outside(view, rank, limit)
    ]
    if listed is not None:
        numbers = _chosen(numbers, listed)
    parts, in_no_part = _parts(view, rank, inside, counted)
    frames = programmes(view, rank)
    people = int(view.territories.population[rank])
    return Ecosystem(
        Question(understood, people, listed, limit),
        tuple(numbers),
        parts,
        in_no_part,
        tuple(frames.shown(limit)),
        len(frames),
        coverage(view, rank),
    )


def _chosen(numbers: Sequence[Number], name: str) -> list[Number]:
    found = [each for each in numbers if each.name == name]
    if not found:
        names = ", ".join(each.name for each in numbers)
        raise RequestError(f"Aucun nombre ne s'appelle « {name} » ; les nombres : {names}.")
    return found


def _number(view: View, inside: Mask, tally: Tally, limit: int) -> Number:
    here = np.flatnonzero(held(inside, tally.rank))
    value = _exact(float(tally.weight[here].sum()))
    facts = facts_of(view, tally, here[:limit])
    things = len(np.unique(np.stack([tally.thing[here], tally.other[here]]), axis=1).T)
    return Number(tally.name, tally.label, value, True, "", len(here), facts, things)


def _exact(value: float) -> float:
    """A sum of fractions without the noise of their addition."""
    return round(value, 6)


def _parts(
    view: View, rank: int, inside: Mask, counted: Sequence[Tally]
) -> tuple[tuple[Part, ...], dict[str, float]]:
    """The additive numbers of each part, and what lies in none."""
    ranks = parts_of(view, rank)
    if not ranks:
        return (), {}
    unit_of = units(view, ranks)
    sums: list[Floats] = []
    for tally in counted:
        at = np.where(tally.rank >= 0, unit_of[tally.rank], -1)
        here = held(inside, tally.rank)
        weights = tally.weight[here]
        totals = np.bincount(at[here] + 1, weights=weights, minlength=len(ranks) + 1)
        sums.append(totals.astype(np.float64))
    table = np.array(sums)
    names = [tally.name for tally in counted]

    def values(column: int) -> dict[str, float]:
        of_part = zip(names, table[:, column].tolist(), strict=True)
        return {name: _exact(value) for name, value in of_part if _exact(value)}

    population = view.territories.population
    parts = (
        Part(place_of(view, part), int(population[part]), values(position + 1))
        for position, part in enumerate(ranks)
    )
    return tuple(parts), values(0)
