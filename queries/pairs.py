"""Which organisations here could work together, and do not?"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import TypeAlias

import numpy as np
from scipy import sparse

from graph.columns import Floats, Ints
from graph.errors import RequestError
from graph.model import MEMBER_OF, World
from graph.view import View, latest_of_view
from queries import partner_request
from queries.answers import Named, Reason
from queries.eligibility import Advice, advice, eligible
from queries.masks import GOALS
from queries.matching.history import incidence
from queries.matching.ranking import band, raised
from queries.matching.text import vectors
from queries.matching.weights import FULL_SCORE, WEIGHTS, Feature
from queries.partner_request import Question, Search, understand
from queries.partner_scores import DIRECT, Past, at_most, features, matching_of, pasts_of, scores
from queries.partners import kinds_of, told
from queries.places import Place
from queries.presence import By
from queries.things import named

_CANDIDATES = 2_000  # organisations of which something is known, the nearest to the place first
_PROMISING = 200  # pairs that are scored in full
_EACH = 2  # how often an organisation is shown
_FEW = 3

_Features: TypeAlias = Callable[[View, Search, Ints, Past], Mapping[Feature, Floats]]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two organisations that could work together.

    Attributes:
        score: the mean of what each is for the other, in [0, 1].
        for_one: why the other could be a partner of the one; `for_other` the other way round.
    """

    one: Named
    other: Named
    worlds: tuple[World | None, World | None]
    band: str
    score: float
    for_one: tuple[Reason, ...]
    for_other: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Pairs:
    """The answer: the best pairs of a place.

    Attributes:
        considered: organisations here of which a means, a goal, a purpose or an alliance is known.
        advice: what would give more, where there are few or none.
    """

    question: Question
    answers: tuple[Pair, ...]
    considered: int
    advice: Advice | None


@latest_of_view(64)
def pairs(view: View, request: partner_request.Request) -> Pairs:
    """Pairs of organisations here that fit each other and are not together yet.

    Bounded, in two steps. Of at most 2,000 organisations, the nearest to the place first, the 200
    most promising pairs by what they exchange, their goals, their words and their common partners
    (a lower bound of the score, from sparse products); of these the best in full, in both
    directions, as `queries.partners` scores. An organisation is in two of the shown pairs at most.

    Raises:
        RequestError: no place; UnknownPlace, AmbiguousPlace, UnknownTerm: see their sentences.
    """
    search = understand(view, request)
    if search.me is not None:
        raise RequestError("Les paires d'un lieu se demandent sans organisation (--for).")
    nodes = _candidates(view, search)
    promising = _promising(view, nodes)
    asking = _Askers(view, search.question, promising)
    answers = tuple(_spread(asking, _ranked(asking, promising), request.limit))
    more = advice(view, search) if len(answers) < min(_FEW, request.limit) else None
    return Pairs(search.question, answers, len(nodes), more)


def _candidates(view: View, search: Search) -> Ints:
    """Who is known to be here and of whom something is known, ascending.

    Not a group that the sources name without its members: nobody can introduce it.
    """
    here, _ = eligible(view, search)
    here = here[(search.here.by[here] != By.UNKNOWN) & ~view.collective[here]]
    matching = matching_of(view)
    past = matching.history.past[np.searchsorted(matching.history.organisations.ordinals, here)]
    stated = (view.offers[here] > 0) | (view.needs[here] > 0) | (search.goals_of[here] > 0)
    here = here[past | stated]
    order = np.lexsort((here, -search.here.nearness[here]))
    return np.sort(here[order[:_CANDIDATES]])


def _promising(view: View, nodes: Ints) -> list[tuple[int, int]]:
    """The pairs that the sparse part of the score puts first."""
    if len(nodes) < _FEW - 1:
        return []
    total = _exchanged(view, nodes) + _goals(view, nodes) + _words(view, nodes)
    total += _common_partners(view, nodes)
    total[_together(view, nodes)] = 0
    return [(int(nodes[i]), int(nodes[j])) for i, j in _greatest(np.triu(total, 1))]


def _greatest(total: Floats) -> Iterator[tuple[int, int]]:
    """The places of the greatest values above 0; of equal ones those of the first rows."""
    every = total.ravel()
    above = np.flatnonzero(every > 0)
    if len(above) > _PROMISING:
        least = np.partition(every[above], -_PROMISING)[-_PROMISING]
        above = above[every[above] >= least]
    first = above[np.argsort(-every[above], kind="stable")][:_PROMISING]
    yield from zip(*(each.tolist() for each in np.divmod(first, len(total))), strict=True)


def _exchanged(view: View, nodes: Ints) -> Floats:
    """What each offers of what the other needs, in both directions; shape (n, n)."""
    needs, offers = view.needs[nodes], view.offers[nodes]
    asking = np.flatnonzero(needs)
    met = np.bitwise_count(needs[asking, None] & offers[None, :]).astype(np.float32)
    share = np.zeros((len(nodes), len(nodes)), dtype=np.float32)
    share[asking] = met / np.bitwise_count(needs[asking])[:, None]
    weight = (WEIGHTS[Feature.GIVEN] + WEIGHTS[Feature.RECEIVED]) / 2
    return np.asarray(weight * (share + share.T))


def _goals(view: View, nodes: Ints) -> Floats:
    goals = view.goals[nodes]
    bits = (goals[:, None] >> np.arange(GOALS) & 1).astype(np.float32)
    most = np.maximum(np.bitwise_count(goals), 1).astype(np.float32)
    shared = bits @ bits.T
    return np.asarray(WEIGHTS[Feature.GOAL] * shared / np.maximum(most[:, None], most[None, :]))


def _words(view: View, nodes: Ints) -> Floats:
    rows = vectors(view)[nodes]
    return np.asarray(WEIGHTS[Feature.PURPOSE] * (rows @ rows.T).toarray())


def _common_partners(view: View, nodes: Ints) -> Floats:
    """Common past partners as a share of those of both (Jaccard)."""
    matching = matching_of(view)
    rows = np.searchsorted(matching.history.organisations.ordinals, nodes)
    ties = sparse.csr_array(matching.ties[rows])
    common = (ties @ ties.T).toarray()
    many = np.diff(ties.indptr)
    union = np.maximum(many[:, None] + many[None, :] - common, 1)
    return np.asarray((WEIGHTS[Feature.CIRCLE] + WEIGHTS[Feature.PARTNERS]) * common / union)


def _together(view: View, nodes: Ints) -> tuple[Ints, Ints]:
    """The pairs that work together already, or are tied directly, and each with itself."""
    members = view.ties[MEMBER_OF]
    running = (members.until == 0) & ~view.ended[members.end]
    at = running & np.isin(members.start, nodes)
    of_each = incidence(
        np.searchsorted(nodes, members.start[at]), members.end[at], (len(nodes), len(view))
    )
    found = (of_each @ of_each.T).tocoo()
    rows, columns = [np.arange(len(nodes)), found.row], [np.arange(len(nodes)), found.col]
    for columns_of in (view.ties[tie] for tie in DIRECT):
        both = np.isin(columns_of.start, nodes) & np.isin(columns_of.end, nodes)
        ends = [np.searchsorted(nodes, end[both]) for end in (columns_of.start, columns_of.end)]
        rows += ends
        columns += ends[::-1]
    return np.concatenate(rows), np.concatenate(columns)


class _Askers:
    """Each organisation of some pairs as the one who asks, understood once."""

    def __init__(self, view: View, asked: Question, pairs: list[tuple[int, int]]) -> None:
        self.view = view
        self._difference = asked.difference
        nodes = sorted({node for pair in pairs for node in pair})
        searches = [_asking(view, asked.place, node) for node in nodes]
        pasts = pasts_of(view, searches, np.array(nodes)) if nodes else []
        self._known = dict(zip(nodes, zip(searches, pasts, strict=True), strict=True))

    def score(self, one: int, other: int) -> float:
        """What two are for each other: the mean of both directions, unclipped."""
        return (self._of(one, [other], features)[0] + self._of(other, [one], features)[0]) / 2

    def bounds(self, pairs: list[tuple[int, int]]) -> list[float]:
        """What two can be for each other at most, before their words are compared."""
        others: defaultdict[int, list[int]] = defaultdict(list)
        for one, other in pairs:
            others[one].append(other)
            others[other].append(one)
        found = {
            (me, other): score
            for me, known in others.items()
            for other, score in zip(known, self._of(me, known, at_most), strict=True)
        }
        return [(found[i, j] + found[j, i]) / 2 for i, j in pairs]

    def _of(self, me: int, others: list[int], how: _Features) -> list[float]:
        """What others are for one who asks, unclipped."""
        search, past = self._known[me]
        found = scores(how(self.view, search, np.array(others), past))
        worlds = self.view.world[others].astype(np.int64)
        mine = int(self.view.world[me])
        return [float(v) for v in raised(found, worlds, mine, self._difference)]

    def reasons(self, me: int, other: int) -> tuple[Reason, ...]:
        """Why another could be a partner of one who asks."""
        search, past = self._known[me]
        return told(self.view, search, other, past)


def _asking(view: View, place: Place, me: int) -> Search:
    """One organisation as the one who asks, in a place."""
    return understand(view, partner_request.Request(place.id, organisation=view.keys[me]))


def _ranked(asking: _Askers, promising: list[tuple[int, int]]) -> Iterator[tuple[float, int, int]]:
    """Each pair with its score, the best first, then by id; no more is computed than is asked for.

    A pair waits under the most that it can reach; the first that waits is scored in full and waits
    again, and what comes first with its score is better than all others (the threshold algorithm,
    Fagin, Lotem and Naor 2003). The order is that of all scores.
    """
    bounds = zip(asking.bounds(promising), promising, strict=True)
    waiting = [(-most, False, *pair) for most, pair in bounds]
    heapify(waiting)
    while waiting:
        negated, known, one, other = heappop(waiting)
        if known:
            yield -negated, one, other
        else:
            heappush(waiting, (-asking.score(one, other), True, one, other))


def _spread(
    asking: _Askers, ranked: Iterator[tuple[float, int, int]], limit: int
) -> Iterator[Pair]:
    """The best pairs for which something speaks, no organisation in more than two of them."""
    shown: Counter[int] = Counter()
    for score, one, other in ranked:
        if max(shown[one], shown[other]) >= _EACH:
            continue
        forth, back = asking.reasons(one, other), asking.reasons(other, one)
        kinds = kinds_of((*forth, *back))
        if kinds:
            shown.update((one, other))
            yield _pair(asking.view, (one, other), score, kinds, (forth, back))
        if shown.total() == 2 * limit:
            return


def _pair(
    view: View,
    ends: tuple[int, int],
    raw: float,
    kinds: int,
    reasons: tuple[tuple[Reason, ...], tuple[Reason, ...]],
) -> Pair:
    one, other = ends
    return Pair(
        named(view, one),
        named(view, other),
        (view.world_of(one), view.world_of(other)),
        band(raw, kinds).name,
        round(min(max(raw, 0.0) / FULL_SCORE, 1.0), 4),
        *reasons,
    )
