"""The goals that things aim at: how rare each is, and who says so."""

from collections.abc import Sequence

import numpy as np

from graph.columns import Floats
from graph.model import AIMS_AT
from graph.store import StoredClaim
from graph.view import View, once_a_view
from queries.masks import GOALS
from queries.terrain import tie_claims
from queries.things import goal_named
from queries.wording import listed


@once_a_view
def goal_rarity(view: View) -> Floats:
    """The rarity of each goal: what everybody aims at tells little; shape (17,).

    log((2 + N) / (1 + n)), N things having goals and n of them this one.
    """
    goals = view.goals[view.goals > 0].astype(np.int64)
    having = np.array([int((goals >> index & 1).sum()) for index in range(GOALS)])
    return np.asarray(np.log((2 + len(goals)) / (1 + having)), dtype=np.float64)


def aim_claims(view: View, node: int, numbers: Sequence[int]) -> list[StoredClaim]:
    """The claims that a thing aims at some goals, or at targets of theirs."""
    wanted = {f"goal:{number}" for number in numbers}
    targets = tuple(f"target:{number}." for number in numbers)
    return [
        claim
        for end in view.ties[AIMS_AT].ends_of(node).tolist()
        if view.keys[end] in wanted or view.keys[end].startswith(targets)
        for claim in tie_claims(view, AIMS_AT, node, end)
    ]


def goals_named(view: View, numbers: Sequence[int]) -> str:
    """Some goals in words: `l'ODD 3 (Bonne santé et bien-être) et l'ODD 11 (…)`."""
    return listed([f"l'ODD {number} ({goal_named(view, number).name})" for number in numbers])
