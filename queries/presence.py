"""Who is here: by its seat, by its perimeter of action, by an alliance that it takes part in.

Seat and perimeter of action are different facts; both count, and the reason says which. What is
not known is not a refusal: an organisation without any known place stays, « à vérifier ».
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from graph.columns import Floats, Ints
from graph.model import ACTS_IN, KINDS, MEMBER_OF, ORGANISATION, SEATED_IN, Level
from graph.territories import LEVELS
from graph.view import View, latest_of_view
from queries.answers import Reason, ReasonKind, evidence_of, fact_of

# How near an actor is whose territory contains the place asked, by the level of its territory.
_FROM_ABOVE = {
    Level.COMMUNE: 1.0,
    Level.ARRONDISSEMENT: 1.0,
    Level.EPCI: 0.9,
    Level.EPT: 0.9,
    Level.PERIMETER: 0.7,
    Level.DEPARTEMENT: 0.8,
    Level.REGION: 0.6,
    Level.NATION: 0.4,
}
NEAR = 0.9  # within the place, or at home in the intercommunality around it
WHOLE = 0.999
_OVERLAP = 0.5
_UNKNOWN = 0.2
# Having acted here through an alliance is weaker than being here.
_THROUGH_ALLIANCE = 0.8


class By(IntEnum):
    """How an organisation is here, the last being the strongest."""

    NOTHING = 0
    UNKNOWN = 1
    ALLIANCE = 2
    SEAT = 3
    PERIMETER = 4


@dataclass(frozen=True)
class Presence:
    """The presence of each node in a place.

    Attributes:
        nearness: in [0, 1], 0 where it is elsewhere; shape (n,).
        by: how, as `By`; shape (n,).
        through: the node that makes it so: a territory, or an alliance, else -1; shape (n,).
        share: for each node the greatest share of one of its territories that lies in the place,
            0 when none is known; shape (n,). A national actor has a small one.
        inside, covered: for each territory the share of it that lies in the place, and the share
            of the place that it covers; shape (territories,).
    """

    nearness: Floats
    by: Ints
    through: Ints
    share: Floats
    inside: Floats
    covered: Floats


@latest_of_view(4)
def presence(view: View, place: int) -> Presence:
    """The presence of every node in the territory of rank `place`; not to be changed."""
    inside, covered = view.territories.shares(place)
    near = _nearness_of_territories(view, inside, covered)
    count = len(view)
    found = Presence(
        np.zeros(count),
        np.zeros(count, np.int8),
        np.full(count, -1, np.int32),
        np.zeros(count),
        inside,
        covered,
    )
    organisation = view.kind == KINDS.index(ORGANISATION)
    ranks = np.full(count, -1, dtype=np.int64)
    ranks[view.territories.ordinals] = np.arange(len(view.territories))
    placed = np.zeros(count, dtype=np.bool_)
    for tie, by in ((SEATED_IN, By.SEAT), (ACTS_IN, By.PERIMETER)):
        columns = view.ties[tie]
        # Where an organisation no longer is counts for nothing; where an alliance acted does.
        lasting = (columns.until == 0) | ~organisation[columns.start]
        start, end = columns.start[lasting], columns.end[lasting]
        _raise_to(found, start, near[ranks[end]], by, end, inside[ranks[end]])
        placed[start] = True
    members = view.ties[MEMBER_OF]
    through = _THROUGH_ALLIANCE * found.nearness[members.end] * (members.until == 0)
    _raise_to(found, members.start, through, By.ALLIANCE, members.end, found.share[members.end])
    unknown = ~placed & (found.by == By.NOTHING)
    found.nearness[unknown] = _UNKNOWN
    found.by[unknown] = By.UNKNOWN
    for column in (found.nearness, found.by, found.through, found.share):
        column.flags.writeable = False
    return found


def _nearness_of_territories(view: View, inside: Floats, covered: Floats) -> Floats:
    """For each territory how near it is to the place."""
    above = np.array([_FROM_ABOVE[level] for level in LEVELS])[view.territories.level]
    near = np.where(inside + covered > 0, _OVERLAP, 0.0)
    near = np.where(covered > WHOLE, above, near)
    return np.where(inside > WHOLE, 1.0, near)


def _raise_to(
    found: Presence, nodes: Ints, nearness: Floats, by: By, through: Ints, share: Floats
) -> None:
    """Take for each node the strongest presence of those offered and the one it has."""
    stronger = np.flatnonzero(nearness > found.nearness[nodes])
    order = stronger[np.argsort(nearness[stronger], kind="stable")]
    chosen = nodes[order]
    found.nearness[chosen] = nearness[order]
    found.by[chosen] = by
    found.through[chosen] = through[order]
    some = np.flatnonzero(share > 0)
    np.maximum.at(found.share, nodes[some], share[some])


# Its territory lies in the place; it contains the place; the two overlap.
_TEXTS = {
    By.SEAT: (
        "A son siège ici",
        "A son siège dans un territoire plus large, qui comprend celui-ci",
        "A son siège dans un territoire qui recoupe celui-ci",
    ),
    By.PERIMETER: (
        "Agit ici",
        "Agit sur un territoire plus large, qui comprend celui-ci",
        "Agit sur un territoire qui recoupe celui-ci",
    ),
    By.ALLIANCE: (
        "A pris part ici à une alliance",
        "A pris part à une alliance dont le territoire, plus large, comprend celui-ci",
        "A pris part à une alliance dont le territoire recoupe celui-ci",
    ),
}


def place_reason(view: View, found: Presence, ordinal: int, place: str) -> Reason:
    """Why an organisation counts as being in a place, with its evidence."""
    by, through = By(int(found.by[ordinal])), int(found.through[ordinal])
    if by in (By.UNKNOWN, By.NOTHING):
        text = f"Son périmètre d'action n'est pas connu : à vérifier ({place})."
        return Reason(ReasonKind.PLACE, text, (), to_check=True)
    name = view.names[through]
    if by is By.ALLIANCE:
        territory = _nearest_territory(view, found, through)
        text = f"{_TEXTS[by][_case(view, found, territory)]} : {name}."
        ties = [(MEMBER_OF, ordinal, through), (ACTS_IN, through, territory)]
    else:
        ties = [(SEATED_IN if by is By.SEAT else ACTS_IN, ordinal, through)]
        text = f"{_TEXTS[by][_case(view, found, through)]} : {name}."
    stored = [tie for tie in (view.tie(*ends) for ends in ties) if tie is not None]
    claims = [claim for tie in stored for claim in tie.claims]
    return Reason(ReasonKind.PLACE, text, evidence_of(claims), facts=tuple(map(fact_of, stored)))


def _case(view: View, found: Presence, territory: int) -> int:
    """0: that territory lies in the place; 1: it contains the place; 2: they overlap."""
    rank = view.territories.rank(territory)
    if found.inside[rank] > WHOLE:
        return 0
    return 1 if found.covered[rank] > WHOLE else 2


def _nearest_territory(view: View, found: Presence, alliance: int) -> int:
    """Of the territories of an alliance the one that makes it present in the place."""
    territories = view.ties[ACTS_IN].ends_of(alliance).tolist()
    near = _nearness_of_territories(view, found.inside, found.covered)
    return int(max(territories, key=lambda t: (near[view.territories.rank(t)], -t)))
