"""Which sources speak of a place: "no data" is not "no actor"."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from graph.columns import Array, Floats, Ints, Mask
from graph.model import Term
from graph.view import View, latest_of_view, once_a_view
from queries.expected import below, of_mean
from queries.ledger import COUNTED, ledger, of_kinds, units, within

_FORMAT = 1  # of the sources of a view; a change makes new ones
_LITTLE = 0.2  # of what its inhabitants would give, below which a source has holes here
_TELLING = 3.0  # the least expectation at which finding nothing tells something: e^-3 = 5 %
FRANCE = "nation:FR"


class Covers(Term):
    """How well a source covers a place."""

    WELL = "well", "couvre ce lieu", "covers this place"
    LITTLE = "little", "couvre peu ce lieu", "covers little of this place"
    ABSENT = "absent", "ne dit rien de ce lieu", "says nothing of this place"
    UNKNOWN = "unknown", "trop petite pour qu'on sache", "too small to tell"


@dataclass(frozen=True, slots=True)
class Cover:
    """What a source has of a place.

    Attributes:
        here, placed: things of which it speaks, here and in all places; those shared out among
            several places count in part, so the sum over a partition of places is that of all.
        unplaced: those of which no place within a nation is known.
        expected: how many there would be here, were its things spread as the inhabitants are.
    """

    source: str
    covers: Covers
    here: float
    placed: float
    unplaced: float
    expected: float


@dataclass(frozen=True)
class Sources:
    """Who speaks of each thing.

    Attributes:
        names: of the sources, sorted.
        thing, source: a node, and the position of a source that speaks of it, sorted; shape (s,).
    """

    names: list[str]
    thing: Ints
    source: Ints


@once_a_view
def sources(view: View) -> Sources:
    """The sources of all organisations, alliances, projects and calls; made once per generation."""
    found = view.derived(f"sources-{_FORMAT}", lambda: _made(view))
    names = bytes(found["names"]).decode().split("\n")
    return Sources(names, found["thing"], found["source"])


def _made(view: View) -> dict[str, Array]:
    counted = set(np.flatnonzero(of_kinds(view, np.arange(len(view)), *COUNTED)).tolist())
    said = {told for told in view.tellers() if told[0] in counted}
    names = sorted({name for _, name in said})
    position = {name: index for index, name in enumerate(names)}
    rows = np.array(sorted((node, position[name]) for node, name in said), dtype=np.int64)
    rows = rows.reshape(-1, 2)
    text = np.frombuffer("\n".join(names).encode(), dtype=np.uint8)
    return {"names": text, "thing": rows[:, 0], "source": rows[:, 1]}


@dataclass(frozen=True)
class _Spoken:
    """Of some things an entry of the ledger for each source that speaks of it.

    Attributes:
        source: the position of the source; rank, weight: as in the ledger; shape (e,).
        placed, unplaced: by source, how many are at a known place in France, and how many are
            nowhere known; shape (sources,).
    """

    source: Ints
    rank: Ints
    weight: Floats
    placed: Floats
    unplaced: Floats


def everything(view: View) -> Mask:
    """All things; shape (n,)."""
    return np.ones(len(view), dtype=np.bool_)


@latest_of_view(8)
def _spoken(view: View, among: Callable[[View], Mask]) -> _Spoken:
    known, spoken = ledger(view), sources(view)
    first = np.searchsorted(spoken.thing, known.thing)
    times = np.searchsorted(spoken.thing, known.thing, side="right") - first
    times = np.where(among(view)[known.thing], times, 0)
    entry = np.repeat(np.arange(len(known.thing)), times)
    nth = np.arange(len(entry)) - np.repeat(np.cumsum(times) - times, times)
    source = spoken.source[first[entry] + nth]
    rank, weight = known.rank[entry], known.weight[entry]

    def total(mask: Mask) -> Floats:
        return _totals(source[mask], weight[mask], len(spoken.names))

    nowhere = (rank < 0) | _nowhere(view, rank)
    return _Spoken(source, rank, weight, total(in_france(view, rank)), total(nowhere))


def _totals(source: Ints, weight: Floats, count: int) -> Floats:
    return np.bincount(source, weights=weight, minlength=count).astype(np.float64)


def coverage(
    view: View, place: int, among: Callable[[View], Mask] = everything
) -> tuple[Cover, ...]:
    """How each source that speaks of some things covers a place; by name.

    Args:
        view: the graph.
        place: the rank of a territory.
        among: tells which things of a view count; shape (n,).
    """
    spoken = _spoken(view, among)
    names, placed = sources(view).names, spoken.placed
    here = within(view, place, spoken.rank)
    sums = zip(
        names,
        _totals(spoken.source[here], spoken.weight[here], len(names)).tolist(),
        placed.tolist(),
        spoken.unplaced.tolist(),
        (placed * share_of_inhabitants(view, place)).tolist(),
        strict=True,
    )
    return tuple(
        Cover(
            name, _covers(here, expected), round(here, 6), round(all_, 6), round(not_, 6), expected
        )
        for name, here, all_, not_, expected in sums
        if all_ + not_ > 0
    )


def covered_each(
    view: View, places: Sequence[int], among: Callable[[View], Mask] = everything
) -> Mask:
    """Whether some source covers each of some disjoint places, by their ranks; shape (places,).

    As `covered` tells it of the `coverage` of each.
    """
    spoken, count = _spoken(view, among), len(sources(view).names)
    unit = np.append(units(view, places), -1)[spoken.rank]  # the last is that of nowhere
    mine = unit >= 0
    entry = unit[mine] * count + spoken.source[mine]
    here = _totals(entry, spoken.weight[mine], count * len(places)).reshape(-1, count)
    shares = np.array([share_of_inhabitants(view, place) for place in places])
    awaited = np.outer(shares, spoken.placed)
    few = below(here.astype(np.int64), _LITTLE * awaited, np.zeros_like(awaited)) < 1 / 2
    telling = (here.round(6) >= _TELLING) & ~((awaited >= _TELLING) & few)
    return np.asarray(telling.any(axis=1))


def in_france(view: View, ranks: Ints) -> Mask:
    """Whether each territory, by its rank, is one within France, and not the whole of it.

    All known ones where the graph has no France.
    """
    france = view.ordinal(FRANCE)
    if france is None:
        return np.asarray(ranks >= 0)
    rank = view.territories.rank(france)
    return np.asarray(within(view, rank, ranks) & (ranks != rank))


def _nowhere(view: View, ranks: Ints) -> Mask:
    """Whether all that is known of a place is that it is in France."""
    france = view.ordinal(FRANCE)
    return np.asarray(ranks == (view.territories.rank(france) if france is not None else -1))


def share_of_inhabitants(view: View, place: int) -> float:
    """The share of the inhabitants of France who live in a place, at most 1."""
    france = view.ordinal(FRANCE)
    population = view.territories.population
    whole = population[view.territories.rank(france)] if france is not None else population.max()
    return min(1.0, float(population[place]) / max(float(whole), 1.0))


def _covers(here: float, expected: float) -> Covers:
    if here <= 0:
        return Covers.ABSENT if expected >= _TELLING else Covers.UNKNOWN
    # Little: even with luck, what is here is far from what the inhabitants would give.
    few = of_mean(int(here), _LITTLE * expected).below
    return Covers.LITTLE if expected >= _TELLING and few < 1 / 2 else Covers.WELL


def covered(found: Iterable[Cover]) -> bool:
    """Whether some source covers the place, so that what is missing there tells something."""
    return any(each.covers is Covers.WELL and each.here >= _TELLING for each in found)
