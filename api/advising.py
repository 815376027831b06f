"""What several answers of matching tell alike: how sure they are, and what would give more."""

from collections.abc import Iterator

from api.lines import advice, counted, wrapped
from queries.eligibility import Advice
from queries.matching.weights import BANDS

BAND_NAMES = {band.name: band.fr for band in BANDS}
_WITHOUT = {
    "outside_box": "Sans ce cadre",
    "other_world": "Sans choisir de monde",
    "ended": "En comptant celles qui n'existent plus",
    "already_together": "En comptant celles qui font déjà alliance avec elle",
}


def advised(given: Advice) -> Iterator[str]:
    """What would give more answers."""
    for each in given.without:
        if each.condition in _WITHOUT:
            found = counted(each.count, "organisation", "organisations")
            yield from wrapped(f"{_WITHOUT[each.condition]} : {found}.", "", "  ")
    yield from advice(given.wider, given.catalysts, ("organisation", "organisations"))
