"""Where organisations have their seat, level by level."""

import numpy as np

from graph.columns import Floats, Ints
from graph.model import ACTS_IN, Level
from graph.view import View, once_a_view

LEVELS = (Level.COMMUNE, Level.EPCI, Level.DEPARTEMENT, Level.REGION, Level.NATION)


@once_a_view
def holders_of(view: View) -> Ints:
    """For each of `LEVELS` the territory that holds each territory whole; shape (levels, ranks).

    -1 where none does: a département is in no commune, a perimeter over two régions in neither.
    """
    territories = view.territories
    told = np.diff(territories.extent.indptr) > 0
    starts = territories.extent.indptr[:-1][told]
    found = np.full((len(LEVELS), len(territories)), -1, dtype=np.int64)
    for row, level in enumerate(LEVELS):
        ranks = np.flatnonzero(territories.level == tuple(Level).index(level))
        holder = np.full(len(territories), -1, dtype=np.int64)
        for rank in ranks[::-1].tolist():
            holder[territories.extent[rank]] = rank
        of_atoms = holder[territories.extent.values]
        if len(starts):
            least = np.minimum.reduceat(of_atoms, starts)
            most = np.maximum.reduceat(of_atoms, starts)
            found[row, told] = np.where(least == most, least, -1)
        found[row, ranks] = ranks
    return found


def places_of(view: View, ordinals: Ints) -> Ints:
    """The places of the seat; where none is known, those that hold all the fields of action.

    Finest level first, -1 when unknown; shape (levels, organisations).
    """
    holders = np.append(holders_of(view), np.full((len(LEVELS), 1), -1), axis=1)  # of rank -1
    seat = view.seat[ordinals]
    places = holders[:, seat]
    acts = view.ties[ACTS_IN]
    unseated = np.isin(acts.start, ordinals[seat < 0])
    rows = np.searchsorted(ordinals, acts.start[unseated])
    ranks = np.searchsorted(view.territories.ordinals, acts.end[unseated])
    for level, holder in zip(places, holders, strict=True):
        least = np.full(len(ordinals), len(view.territories), dtype=np.int64)
        most = np.full(len(ordinals), -1, dtype=np.int64)
        np.minimum.at(least, rows, holder[ranks])
        np.maximum.at(most, rows, holder[ranks])
        level[:] = np.where((seat < 0) & (least == most), most, level)
    return places


def centres_of(view: View, ordinals: Ints, places: Ints) -> Floats:
    """The centre of the seat where it lies in one commune: that of a région says little.

    Latitude and longitude in degrees, NaN when unknown; shape (organisations, 2).
    """
    seat = view.seat[ordinals]
    told = (places[0] >= 0) & (seat >= 0)
    found = np.full((len(ordinals), 2), np.nan)
    found[told] = view.territories.centre[seat[told]]
    return found
