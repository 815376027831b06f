"""Which organisations here could work together, and do not?"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from graph.columns import Floats, Ints
from graph.errors import RequestError
from graph.model import World
from graph.view import View
from queries import partner_request
from queries.answers import Named, Reason
from queries.eligibility import Advice, advice, eligible, together_now
from queries.matching.ranking import band, raised
from queries.matching.text import vectors
from queries.matching.weights import FULL_SCORE, WEIGHTS, Feature
from queries.partner_request import Question, Search, understand
from queries.partner_scores import DIRECT, Past, features, matching_of, past_of, scores
from queries.partners import kinds_of, told
from queries.presence import By
from queries.things import named

_CANDIDATES = 2_000  # organisations of which something is known, the nearest to the place first
_PROMISING = 200  # pairs that are scored in full
_EACH = 2  # how often an organisation is shown
_FEW = 3


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


def pairs(view: View, request: partner_request.Request) -> Pairs:
    """Pairs of organisations here that fit each other and are not together yet.

    Bounded, in two steps. Of at most 2,000 organisations, the nearest to the place first, the 200
    most promising pairs by what they exchange, their goals, their words and their common partners
    (a lower bound of the score, from sparse products); these are scored in full in both
    directions, as `queries.partners` does. An organisation is in two of the shown pairs at most.

    Raises:
        RequestError: no place; UnknownPlace, AmbiguousPlace, UnknownTerm: see their sentences.
    """
    search = understand(view, request)
    if search.me is not None:
        raise RequestError("Les paires d'un lieu se demandent sans organisation (--for).")
    nodes = _candidates(view, search)
    asking = _Askers(view, request)
    scored = sorted(_scored(asking, _promising(view, nodes)))
    answers = tuple(_spread(asking, scored, request.limit))
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
    one, other = np.triu_indices(len(nodes), 1)
    value = total[one, other]
    order = np.argsort(-value, kind="stable")[:_PROMISING]
    return [(int(nodes[one[i]]), int(nodes[other[i]])) for i in order if value[i] > 0]


def _exchanged(view: View, nodes: Ints) -> Floats:
    """What each offers of what the other needs, in both directions; shape (n, n)."""
    needs, offers = view.needs[nodes], view.offers[nodes]
    met = np.bitwise_count(needs[:, None] & offers[None, :]).astype(np.float32)
    share = met / np.maximum(np.bitwise_count(needs), 1)[:, None]
    weight = (WEIGHTS[Feature.GIVEN] + WEIGHTS[Feature.RECEIVED]) / 2
    return np.asarray(weight * (share + share.T))


def _goals(view: View, nodes: Ints) -> Floats:
    goals = view.goals[nodes]
    shared = np.bitwise_count(goals[:, None] & goals[None, :]).astype(np.float32)
    most = np.maximum(np.bitwise_count(goals), 1).astype(np.float32)
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
    rank = {int(node): i for i, node in enumerate(nodes)}
    known = {(i, i) for i in range(len(nodes))}
    for node, i in rank.items():
        others = together_now(view, node)
        for tie in DIRECT:
            others += view.ties[tie].ends_of(node).tolist()
        known |= {pair for other in others if other in rank for pair in _both(i, rank[other])}
    one, other = zip(*sorted(known), strict=True)
    return np.array(one), np.array(other)


def _both(i: int, j: int) -> tuple[tuple[int, int], tuple[int, int]]:
    return (i, j), (j, i)


class _Askers:
    """Each organisation as the one who asks, understood once."""

    def __init__(self, view: View, request: partner_request.Request) -> None:
        self.view = view
        self._request = request
        self._known: dict[int, tuple[Search, Past]] = {}

    def scores(self, me: int, others: list[int]) -> list[float]:
        """What others are for one who asks, unclipped."""
        search, past = self._asking(me)
        found = scores(features(self.view, search, np.array(others), past))
        worlds = self.view.world[others].astype(np.int64)
        mine = int(self.view.world[me])
        return [float(v) for v in raised(found, worlds, mine, self._request.difference)]

    def reasons(self, me: int, other: int) -> tuple[Reason, ...]:
        """Why another could be a partner of one who asks."""
        search, past = self._asking(me)
        return told(self.view, search, other, past)

    def _asking(self, me: int) -> tuple[Search, Past]:
        if me not in self._known:
            key = self.view.keys[me]
            asked = partner_request.Request(at=self._request.at, organisation=key)
            search = understand(self.view, asked)
            self._known[me] = search, past_of(self.view, search)
        return self._known[me]


def _scored(asking: _Askers, promising: list[tuple[int, int]]) -> list[tuple[float, int, int]]:
    """Each pair with its score in full, negated so that the best sorts first."""
    others: defaultdict[int, list[int]] = defaultdict(list)
    for one, other in promising:
        others[one].append(other)
        others[other].append(one)
    found = {
        (me, other): score
        for me, known in others.items()
        for other, score in zip(known, asking.scores(me, known), strict=True)
    }
    return [(-(found[i, j] + found[j, i]) / 2, i, j) for i, j in promising]


def _spread(asking: _Askers, scored: list[tuple[float, int, int]], limit: int) -> Iterator[Pair]:
    """The best pairs for which something speaks, no organisation in more than two of them."""
    shown: Counter[int] = Counter()
    for negated, one, other in scored:
        if max(shown[one], shown[other]) >= _EACH:
            continue
        forth, back = asking.reasons(one, other), asking.reasons(other, one)
        kinds = kinds_of((*forth, *back))
        if kinds:
            shown.update((one, other))
            yield _pair(asking.view, (one, other), -negated, kinds, (forth, back))
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
