"""In which order partners are shown: by score, then mixed in worlds, with a place for newcomers.

Each step is a function of arrays over the organisations, so that what a person sees and what is
evaluated are the same; the order depends on the history and on the asker, not on other requests.
"""

from collections import Counter

import numpy as np

from graph.columns import Floats, Ints, Mask
from queries.matching.weights import (
    BANDS,
    NEWCOMER_EVERY,
    OTHER_WORLD,
    SAME_WORLD_AGAIN,
    Band,
)

_POOL = 4  # how many times the shown number is looked at when worlds are mixed


def raised(scores: Floats, worlds: Ints, mine: int | Ints, factor: float = OTHER_WORLD) -> Floats:
    """Scores, times `factor` for an organisation of another world than `mine`; shape (n,).

    `mine`: the world of who asks, or of who asks for each.

    A world that is not known (-1) is neither the same nor another.
    """
    other = (worlds >= 0) & (worlds != mine) & (mine >= 0)
    return np.where(other, scores * factor, scores)


def ordered(scores: Floats) -> Ints:
    """Rows by score, the highest first, ties in the order of ids; -inf (not eligible) left out."""
    order = np.argsort(-scores, kind="stable")
    return order[: np.count_nonzero(scores > -np.inf)]


def mixed(
    order: Ints, scores: Floats, worlds: Ints, limit: int, cost: float = SAME_WORLD_AGAIN
) -> Ints:
    """The order with its first `limit` chosen one by one.

    Each further organisation of a world already shown costs `cost`: maximal marginal relevance
    (Carbonell & Goldstein 1998), with the world as similarity. The others follow as they were.
    """
    pool = [(float(scores[row]), int(worlds[row])) for row in order[: limit * _POOL].tolist()]
    left = list(range(len(pool)))
    chosen: list[int] = []
    shown: Counter[int] = Counter()
    while left and len(chosen) < limit:
        best = max(left, key=lambda place: pool[place][0] - cost * shown[pool[place][1]])
        left.remove(best)
        shown[pool[best][1]] += 1
        chosen.append(best)
    return np.concatenate([order[chosen], order[left], order[len(pool) :]]).astype(np.int64)


def with_newcomers(order: Ints, little: Mask, limit: int, every: int = NEWCOMER_EVERY) -> Ints:
    """The order with one of those with little past in each `every` of its first `limit` places.

    Where a run of `every` has none, the best of them from below takes its last place.
    """
    found = order.copy()
    for end in range(every, limit + 1, every):
        if little[found[end - every : end]].any():
            continue
        below = np.flatnonzero(little[found[end:]])
        if not len(below):
            break
        from_ = end + int(below[0])
        found[end - 1 : from_ + 1] = np.roll(found[end - 1 : from_ + 1], 1)
    return found


def ranked(
    scores: Floats,
    worlds: Ints,
    little: Mask,
    mine: int,
    limit: int = 10,
    factor: float = OTHER_WORLD,
) -> Ints:
    """All eligible rows, the first to be shown first.

    Args:
        scores: unclipped, -inf where not eligible; shape (n,).
        worlds: index into `World`, -1 when unknown; shape (n,).
        little: those with at most `LITTLE_PAST` past alliances; shape (n,).
        mine: the world of the asker, -1 when unknown.
        limit: how many are shown.
        factor: what an organisation of another world counts.
    """
    scores = raised(scores, worlds, mine, factor)
    order = mixed(ordered(scores), scores, worlds, limit)
    return with_newcomers(order, little, limit)


def band(score: float, kinds: int) -> Band:
    """The band of an unclipped score that `kinds` kinds of reasons carry."""
    return next((band for band in BANDS if score >= band.score and kinds >= band.kinds), BANDS[-1])
