"""How many there are behind each choice that a person could make next."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from graph.columns import Ints
from graph.model import Means, World
from graph.view import View
from queries.eligibility import eligible
from queries.partner_request import Search
from viz.pages.address import Address


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a facet.

    Attributes:
        value: as it stands in the address.
        count: of the actors here that have it; None where it does not restrict.
        chosen: whether it is chosen; `address` then is the page without it.
    """

    value: str
    label: str
    count: int | None
    chosen: bool
    address: Address


def candidates(view: View, search: Search) -> Ints:
    """The ordinals of those who are here, of every world, in ascending order."""
    return eligible(view, search)[0]


def by_world(view: View, nodes: Ints) -> dict[World | None, int]:
    """How many of the nodes are of each world that is there."""
    counted = np.bincount(view.world[nodes].astype(np.int64) + 1, minlength=len(World) + 1)
    every: tuple[World | None, ...] = (None, *World)
    found = dict(zip(every, counted.tolist(), strict=True))
    return {world: found[world] for world in (*World, None) if found[world]}


def by_goal(goals_of: Ints, nodes: Ints) -> dict[int, int]:
    """How many of the nodes aim at each of the 17 goals."""
    goals = goals_of[nodes]
    return {number: int((goals >> (number - 1) & 1).sum()) for number in range(1, 18)}


def by_means(mask: Ints, nodes: Ints) -> dict[Means, int]:
    """How many of the nodes have each of the seven means in a mask."""
    bits = mask[nodes]
    return {means: int((bits >> index & 1).sum()) for index, means in enumerate(Means)}


def choices(
    here: Address, name: str, labels: Sequence[tuple[str, str, int | None]], chosen: Sequence[str]
) -> list[Choice]:
    """The values of a parameter as choices, each with the address that changes it."""
    return [
        Choice(
            value,
            label,
            count,
            value in chosen,
            here.minus(name, value) if value in chosen else here.plus(name, value),
        )
        for value, label, count in labels
    ]
