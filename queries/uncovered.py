"""Which parts of a place have no territorial catalyst, and who is the nearest that could extend?"""

from dataclasses import dataclass

import numpy as np

from graph.columns import Ints, Mask
from graph.model import ACTS_IN, SEATED_IN, Level, Role
from graph.territories import LEVELS
from graph.view import View, once_a_view
from queries.answers import Named, Reason, ReasonKind, reason_of
from queries.coverage import coverage, covered
from queries.ledger import parts_of
from queries.places import Place, place_of
from queries.terrain import Coverage, terrain
from queries.things import named

_FORMAT = 1  # of the mask that is kept; a change makes a new one
_CATALYST = 1 << tuple(Role).index(Role.CATALYST)


@dataclass(frozen=True, slots=True)
class Nearest:
    """The nearest catalyst that does not act in a part of the place.

    Attributes:
        at: its nearest territory.
        distance_km: between the centres of the two, along the great circle.
        overlap: the share of the place that was asked, by inhabitants, where it acts already.
    """

    catalyst: Named
    at: Place
    distance_km: float
    overlap: float
    reason: Reason


@dataclass(frozen=True, slots=True)
class Uncovered:
    """A part of a place where no catalyst is known to act.

    Attributes:
        no_data: no source that names catalysts covers the place: there may well be one.
    """

    place: Place
    inhabitants: int
    no_data: bool
    nearest: Nearest | None


@dataclass(frozen=True, slots=True)
class Found:
    """The parts without a catalyst, the most populated first, and how many parts there are."""

    without: tuple[Uncovered, ...]
    parts: int


def uncovered(view: View, place: int) -> Found:
    """The parts of a place where no catalyst is known to act; the place itself if it has none.

    A catalyst acts where it says so, else where it has its seat; to act in the whole nation is not
    to be the catalyst of each territory.
    """
    parts = parts_of(view, place) or [place]
    grounds = _grounds(view)
    extent = Coverage(view, np.array(parts))
    reached = np.zeros(len(extent.places), dtype=np.bool_)
    for ranks in grounds.values():
        reached |= np.nan_to_num(extent.by(ranks)) > 0
    lacking = [int(rank) for rank in extent.places[~reached]]
    population = view.territories.population
    lacking.sort(key=lambda rank: (-int(population[rank]), rank))
    no_data = not covered(coverage(view, place, named_catalysts))
    return Found(
        tuple(
            Uncovered(
                place_of(view, rank),
                int(population[rank]),
                no_data,
                _nearest(view, place, rank, grounds),
            )
            for rank in lacking
        ),
        len(parts),
    )


def named_catalysts(view: View) -> Mask:
    """The catalysts that a source names; shape (n,)."""
    return np.asarray((view.roles & _CATALYST) > 0)


@once_a_view
def _grounds(view: View) -> dict[int, Ints]:
    """The ranks of the territories, smaller than the nation, where each catalyst acts."""
    catalysts = np.flatnonzero(((view.roles & _CATALYST) > 0) & ~view.ended).tolist()
    known = terrain(view).known
    nation = LEVELS.index(Level.NATION)
    return {node: known[node][view.territories.level[known[node]] != nation] for node in catalysts}


def covering(view: View) -> Mask:
    """In which territories a catalyst is known to act, as in `uncovered`; shape (territories,)."""
    made = view.derived(f"covering-{_FORMAT}", lambda: {"covering": _covering(view)})
    found: Mask = made["covering"]
    return found


def _covering(view: View) -> Mask:
    grounds = list(_grounds(view).values())
    ranks = np.unique(np.concatenate([*grounds, np.zeros(0, np.int64)])).astype(np.int64)
    extent = Coverage(view, np.arange(len(view.territories)))
    return np.asarray(np.nan_to_num(extent.by(ranks)) > 0)


def _nearest(view: View, place: int, part: int, grounds: dict[int, Ints]) -> Nearest | None:
    """The catalyst with the nearest centre; of equal ones, that of the first id."""
    far = [
        (distance, node, rank)
        for node, ranks in grounds.items()
        for rank in ranks.tolist()
        if (distance := view.territories.distance_km(part, rank)) is not None
    ]
    if not far:
        return None
    distance, node, rank = min(far)
    at = place_of(view, rank)
    overlap = float(np.nan_to_num(Coverage(view, np.array([place])).by(grounds[node]))[0])
    return Nearest(
        named(view, node),
        at,
        round(distance, 1),
        round(overlap, 6),
        _reason(view, node, rank, distance),
    )


def _reason(view: View, node: int, rank: int, distance: float) -> Reason:
    far = f"{round(distance):,}".replace(",", " ")
    text = (
        f"{view.names[node]}, catalyseur territorial, agit à {far} km "
        f"(entre centres) : {view.names[view.territory_of(rank)]}."
    )
    territory = view.territory_of(rank)
    ties = [view.tie(tie, node, territory) for tie in (ACTS_IN, SEATED_IN)]
    return reason_of(ReasonKind.FUNCTION, text, [tie for tie in ties if tie is not None])
