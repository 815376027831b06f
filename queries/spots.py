"""Where is each actor put on a map, when all that is known of its address is a commune?

Around the centre of the territory of its seat, on the spiral by which a sunflower packs its seeds
(Vogel 1979): evenly, each on its own, and always the same for a generation of the graph. It is no
address, and a map that shows it says so.
"""

from math import pi

import numpy as np

from graph.columns import Array, Floats, Ints, Mask
from graph.errors import RequestError
from graph.model import ORGANISATION, Level
from graph.territories import LEVELS
from graph.view import View

Box = tuple[float, float, float, float]
"""West, south, east, north in degrees (WGS 84); RFC 7946, section 5."""

_FORMAT = 2
_GOLDEN = pi * (3 - 5**0.5)
_METRES_A_DEGREE = 111_195.0  # of latitude, on a sphere of 6,371 km
_WIDEST, _CLOSEST = 250.0, 60.0  # metres from one to the next
_TOWN = 2500.0  # metres: the side of the square over which those of a town spread
# A seat known by a wider territory only is nowhere in particular.
_PRECISE = (Level.COMMUNE, Level.ARRONDISSEMENT, Level.EPCI, Level.EPT)


def spots_of(view: View) -> Array:
    """Latitude and longitude of each node in degrees, NaN where it has no spot; shape (n, 2)."""
    spots: Array = view.derived(f"spots-{_FORMAT}", lambda: {"spots": _spots(view)})["spots"]
    return spots


def within(spots: Array, box: Box) -> Mask:
    """Which of some spots lie in a box; shape (n,)."""
    west, south, east, north = box
    latitude, longitude = spots.T
    inside = (west <= longitude) & (longitude <= east)
    return np.asarray(inside & (south <= latitude) & (latitude <= north))


def box_of(text: str, name: str = "--box") -> Box:
    """A box as it is written: west, south, east and north in degrees, separated by commas.

    Raises:
        RequestError: it is not four numbers, or no box on the globe.
    """
    try:
        west, south, east, north = map(float, text.split(","))
    except ValueError:
        west = south = east = north = float("nan")
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise RequestError(
            f"Le cadre ({name}) s'écrit ouest,sud,est,nord en degrés, comme 5.5,45,6,45.5."
        )
    return west, south, east, north


def _spots(view: View) -> Floats:
    found = np.full((len(view), 2), np.nan)
    nodes = view.of_kind(ORGANISATION)
    nodes = nodes[(view.seat[nodes] >= 0) & ~view.ended[nodes]]
    seats = view.seat[nodes].astype(np.int64)
    precise = np.isin(view.territories.level[seats], [LEVELS.index(each) for each in _PRECISE])
    nodes, seats = nodes[precise], seats[precise]
    order = np.argsort(seats, kind="stable")
    nodes, seats = nodes[order], seats[order]
    north, east = _seeds(seats)
    latitude, longitude = view.territories.centre[seats].T
    found[nodes, 0] = latitude + north / _METRES_A_DEGREE
    found[nodes, 1] = longitude + east / (_METRES_A_DEGREE * np.cos(np.radians(latitude)))
    return found


def _seeds(seats: Ints) -> tuple[Floats, Floats]:
    """Metres to the north and to the east of the centre, for seats in ascending order."""
    _, first, at, count = np.unique(
        seats, return_index=True, return_inverse=True, return_counts=True
    )
    turn = np.arange(len(seats)) - first[at]
    apart = np.clip(_TOWN / np.sqrt(count[at]), _CLOSEST, _WIDEST)
    # The spiral of radius c√k has one seed per πc².
    radius = np.where(count[at] > 1, apart / np.sqrt(pi) * np.sqrt(turn + 0.5), 0.0)
    return radius * np.cos(turn * _GOLDEN), radius * np.sin(turn * _GOLDEN)
