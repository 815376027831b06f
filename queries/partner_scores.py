"""Who is eligible as a partner, and how well each fits: features, score, mixing of worlds."""

from collections import Counter

import numpy as np

from graph.columns import Floats, Ints, Mask
from graph.model import MEMBER_OF, ORGANISATION, World
from graph.view import View
from queries.partner_request import Search, goals_in
from queries.weights import OTHER_WORLD, SAME_WORLD_AGAIN, WEIGHTS, Feature

_POOL = 4  # how many times the asked number is looked at when worlds are mixed


def eligible(view: View, search: Search) -> tuple[Ints, dict[str, int]]:
    """The ordinals of those who could answer, and how many others for each reason."""
    organisations = view.of_kind(ORGANISATION)
    rules: list[tuple[str, Mask]] = [
        ("elsewhere", search.here.nearness[organisations] > 0),
        ("ended", ~view.ended[organisations]),
    ]
    if search.question.worlds:
        wanted = [tuple(World).index(w) for w in search.question.worlds]
        rules.append(("other_world", np.isin(view.world[organisations], wanted)))
    if search.me is not None:
        rules.append(("itself", organisations != search.me))
        together = _together_now(view, search.me)
        rules.append(("already_together", ~np.isin(organisations, together)))
    keep = np.ones(len(organisations), dtype=np.bool_)
    left_out: Counter[str] = Counter()
    for reason, passes in rules:
        left_out[reason] += int((keep & ~passes).sum())
        keep &= passes
    return organisations[keep], {reason: n for reason, n in left_out.items() if n}


def _together_now(view: View, me: int) -> list[int]:
    """Who is in a running alliance with `me` already."""
    members = view.ties[MEMBER_OF]
    running = [
        int(members.end[p])
        for p in members.by_start[me]
        if not members.until[p] and not view.ended[members.end[p]]
    ]
    return [
        int(members.start[p])
        for alliance in running
        for p in members.by_end[alliance]
        if not members.until[p]
    ]


def features(view: View, search: Search, eligible: Ints) -> dict[Feature, Floats]:
    """Each feature that applies to the request, in [0, 1]; shape (eligible,)."""
    found = {Feature.PLACE: search.here.nearness[eligible]}
    if search.needs:
        given = _popcount(view.offers[eligible] & search.needs)
        found[Feature.GIVEN] = given / search.needs.bit_count()
    if search.offers:
        wanted = _popcount(view.needs[eligible])
        met = _popcount(view.needs[eligible] & search.offers)
        found[Feature.RECEIVED] = met / np.maximum(wanted, 1)
    if search.goals:
        found[Feature.GOAL] = _goal_feature(view, search, eligible)
    if search.me is not None:
        found[Feature.NETWORK] = search.network[eligible]
    found[Feature.EXPERIENCE] = _experienced(view, search)[eligible].astype(np.float64)
    return found


def _popcount(bits: Ints) -> Ints:
    return np.asarray(np.bitwise_count(bits), dtype=np.int64)


def _goal_feature(view: View, search: Search, eligible: Ints) -> Floats:
    """Shared goals among those asked, each weighted by log((2 + N) / (1 + n)).

    N organisations have a goal, n of them this one: the goal of all tells little.
    """
    organisations = view.of_kind(ORGANISATION)
    known = search.goals_of[organisations]
    total = int((known > 0).sum())
    shared = np.zeros(len(eligible))
    possible = 0.0
    for number in goals_in(search.goals):
        bit = 1 << (number - 1)
        rarity = np.log((2 + total) / (1 + int(((known & bit) > 0).sum())))
        shared += rarity * ((search.goals_of[eligible] & bit) > 0)
        possible += rarity
    return shared / possible


def _experienced(view: View, search: Search) -> Mask:
    """Who takes or took part in an alliance whose territory touches the place."""
    members = view.ties[MEMBER_OF]
    mask = np.zeros(len(view), dtype=np.bool_)
    mask[members.start[search.here.share[members.end] > 0.5]] = True
    return mask


def scores(view: View, search: Search, eligible: Ints, features: dict[Feature, Floats]) -> Floats:
    """The weighted mean of the features, raised for another world; not clipped."""
    total = sum(WEIGHTS[feature] for feature in features)
    scores = np.zeros(len(eligible))
    for feature, values in features.items():
        scores += WEIGHTS[feature] / total * values
    if search.me is not None and view.world[search.me] >= 0:
        world = view.world[eligible]
        other = (world >= 0) & (world != view.world[search.me])
        scores = np.where(other, scores * OTHER_WORLD, scores)
    return scores


def mix_worlds(view: View, nodes: Ints, scores: Floats, limit: int) -> list[tuple[int, float]]:
    """The best, each further actor of a world already chosen costing a little (greedy, as MMR).

    After Carbonell & Goldstein 1998, maximal marginal relevance, with the world as similarity.
    """
    pool = [(int(n), float(s)) for n, s in zip(nodes, scores, strict=True)][: limit * _POOL]
    chosen: list[tuple[int, float]] = []
    shown: Counter[int] = Counter()
    while pool and len(chosen) < limit:
        best = max(
            range(len(pool)),
            key=lambda i: (pool[i][1] - SAME_WORLD_AGAIN * shown[int(view.world[pool[i][0]])], -i),
        )
        node, score = pool.pop(best)
        shown[int(view.world[node])] += 1
        chosen.append((node, score))
    return chosen
